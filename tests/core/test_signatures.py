from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some
from standardwebhooks import Webhook

from notifier.core.signatures import key_of, seconds, sign
from tests.fakes.receiver import OTHER_SECRET, SECRET, genuine

AT = datetime(2026, 9, 7, 12, 0, 0, 750_000, tzinfo=timezone(timedelta(hours=7)))

BODY = '{"note":"Khách hẹn gọi lại chiều nay"}'.encode()


@given(
    key=some.binary(min_size=24, max_size=64),
    identity=some.from_regex(r"msg_[0-9a-f]{24}", fullmatch=True),
    at=some.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    hours=some.integers(-12, 14),
    body=some.text().map(lambda text: text.encode()),
)
def test_what_we_sign_in_any_zone_is_what_the_reference_library_signs_in_utc(
    key: bytes, identity: str, at: datetime, hours: int, body: bytes
) -> None:
    local = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    reference = Webhook(b64encode(key).decode())

    ours = sign([key], identity, at=local, body=body)

    assert ours == reference.sign(identity, local.astimezone(UTC), body.decode())


def test_while_a_secret_is_rotated_a_receiver_with_either_one_is_satisfied() -> None:
    keys = [key_of(SECRET), key_of(OTHER_SECRET)]

    signature = sign(keys, "msg_1", at=AT, body=BODY)

    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(seconds(AT)),
        "webhook-signature": signature,
    }
    assert signature.count("v1,") == 2
    assert genuine([SECRET], headers, BODY)
    assert genuine([OTHER_SECRET], headers, BODY)


@pytest.mark.parametrize(
    ("identity", "at", "body"),
    [
        pytest.param("msg_2", AT, BODY, id="other id"),
        pytest.param("msg_1", AT + timedelta(seconds=1), BODY, id="other time"),
        pytest.param("msg_1", AT, BODY + b" ", id="other body"),
    ],
)
def test_a_signature_holds_for_one_id_time_and_body_only(
    identity: str, at: datetime, body: bytes
) -> None:
    signature = sign([key_of(SECRET)], "msg_1", at=AT, body=BODY)

    headers = {
        "webhook-id": identity,
        "webhook-timestamp": str(seconds(at)),
        "webhook-signature": signature,
    }

    assert not genuine([SECRET], headers, body)


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("", id="empty"),
        pytest.param(SECRET.removeprefix("whsec_"), id="no prefix"),
        pytest.param("whsec_không phải base64", id="not ascii"),
        pytest.param("whsec_c2VjcmV0*c2VjcmV0c2VjcmV0c2VjcmV0", id="not base64"),
        pytest.param("whsec_" + b64encode(b"x" * 23).decode(), id="too short"),
        pytest.param("whsec_" + b64encode(b"x" * 65).decode(), id="too long"),
    ],
)
def test_a_secret_that_cannot_be_read_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret") as refused:
        key_of(secret)

    assert not secret or secret not in str(refused.value)
