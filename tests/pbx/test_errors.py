from datetime import timedelta

import msgspec
import pytest

from notifier.core.errors import (
    SourceError,
    SourceNonsense,
    SourceRefused,
    SourceRejected,
    SourceUnavailable,
)
from notifier.pbx.errors import Attempt, refusal, retry_after
from tests.pbx.desk import KEY, MORNING, SECOND

ATTEMPT = Attempt("pbx.example.vn", "shop.Sencloud/ListCallLogs", KEY)


def refused(status: int, body: bytes = b"", **headers: str) -> SourceError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(ATTEMPT, status, named, body, now=MORNING)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, SourceNonsense),
        (302, SourceNonsense),
        (400, SourceRejected),
        (401, SourceRefused),
        (403, SourceRefused),
        (404, SourceRejected),
        (405, SourceRejected),
        (408, SourceUnavailable),
        (409, SourceRejected),
        (412, SourceRejected),
        (425, SourceUnavailable),
        (429, SourceUnavailable),
        (500, SourceUnavailable),
        (502, SourceUnavailable),
        (503, SourceUnavailable),
        (599, SourceUnavailable),
    ],
)
def test_each_status_is_an_error_of_its_own_kind(status: int, kind: type[SourceError]) -> None:
    assert type(refused(status)) is kind


def test_an_error_says_what_was_asked_of_whom_what_came_and_what_to_do() -> None:
    body = msgspec.json.encode({"code": "unauthenticated", "msg": "api_key không\nhợp lệ"})

    assert str(refused(401, body)) == (
        "ask pbx.example.vn for shop.Sencloud/ListCallLogs: "
        "it answered 401 unauthenticated (api_key không hợp lệ); "
        "check source.api_key, and that source.service is of the kind that the key is for"
    )


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, b'{"code": "bad_route"}', "404 bad_route; if nothing else works either"),
        (400, b'{"code": "malformed"}', "400 malformed; the request does not suit this API"),
        (502, b"<html>\n Bad Gateway", "502 (<html> Bad Gateway); asked again later"),
        (503, b"", "503 (nothing); asked again later"),
        (302, b"", "302 (nothing); check source.base_url"),
    ],
)
def test_the_advice_suits_what_came(status: int, body: bytes, said: str) -> None:
    assert said in str(refused(status, body))


def test_a_rejection_keeps_status_and_code() -> None:
    error = refused(404, b'{"code": "bad_route"}')

    assert isinstance(error, SourceRejected)
    assert (error.status, error.code) == (404, "bad_route")


def test_a_refusal_keeps_its_status() -> None:
    error = refused(403)

    assert isinstance(error, SourceRefused)
    assert error.status == 403


def test_a_wish_to_wait_is_kept() -> None:
    error = refused(429, retry_after="7")

    assert isinstance(error, SourceUnavailable)
    assert error.retry_after == 7 * SECOND


@pytest.mark.parametrize(
    ("header", "wish"),
    [
        ("", None),
        ("0", timedelta()),
        ("90", 90 * SECOND),
        ("1.5", 1.5 * SECOND),
        ("-3", timedelta()),
        ("9" * 400, timedelta(days=1)),
        ("nan", None),
        ("soon", None),
        ("Mon, 07 Sep 2026 02:02:00 GMT", 120 * SECOND),
        ("Mon, 07 Sep 2026 02:02:00 -0000", 120 * SECOND),
        ("Mon, 07 Sep 2026 01:00:00 GMT", timedelta()),
        ("Mon, 07 Sep 2099 01:00:00 GMT", timedelta(days=1)),
        ("Mon, 99 Sep 2026 02:02:00 GMT", None),
    ],
)
def test_a_wish_comes_as_seconds_or_as_a_date(header: str, wish: timedelta | None) -> None:
    assert retry_after(header, MORNING) == wish


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"no such key: {KEY}", id="in a text"),
        pytest.param(f"{' ' * 10}{'x' * 180}{KEY}", id="across the cut"),
        pytest.param(f'{{"code": "{KEY}", "msg": "Bearer {KEY}"}}', id="in the vendor's words"),
        pytest.param(f'{{"msg": "{KEY.partition(":")[2]}"}}', id="its secret half"),
    ],
)
def test_a_key_that_is_echoed_stays_out_of_the_message(status: int, body: str) -> None:
    error = refused(status, body.encode())

    assert "canary" not in f"{error!r} {error.__dict__} {ATTEMPT!r}"


def test_a_short_secret_is_hidden_only_with_its_key() -> None:
    attempt = Attempt("pbx", "x", "7:ab")

    assert attempt.hidden("absent 7:ab") == "absent [key]"
    assert Attempt("pbx", "x", "").hidden("a") == "a"
