import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from notifier.channels.addresses import ForbiddenAddressError
from notifier.channels.sender import Answer, HttpxSender, PostError
from notifier.channels.webhook import PROTECTED, REASONS, Endpoint, WebhookChannel, open_webhook
from notifier.clock import SystemClock
from notifier.core.deliveries import Delivered, Failed, FailureReason, Parcel
from notifier.core.events import MOST_BYTES
from tests.builders import NOON, SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.receiver import OTHER_SECRET, SECRET, Fault, Receiver, Reply

BODY = '{"note":"Khách hẹn gọi lại"}'.encode()
PARCEL = Parcel(id="msg_5f", attempt=1, event="alert.fired", body=BODY)


def an_endpoint(**overrides: Any) -> Endpoint:
    endpoint = Endpoint("crm", "https://crm.example.vn/hooks/calls?key=canary", (SECRET,))
    return replace(endpoint, **overrides)


def to(receiver: Receiver, **overrides: Any) -> WebhookChannel:
    sender = HttpxSender(5 * SECOND, clock=FakeClock(NOON), transport=receiver.transport)
    endpoint = an_endpoint(**overrides)
    return WebhookChannel(endpoint, sender=sender, clock=FakeClock(NOON), version="26.11.0")


class Deaf:
    """A sender that has no answer, only this error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        del url, headers, body
        raise self.error

    async def aclose(self) -> None: ...


def failing(error: Exception, **endpoint: Any) -> WebhookChannel:
    clock = FakeClock(NOON)
    return WebhookChannel(
        an_endpoint(**endpoint), sender=Deaf(error), clock=clock, version="26.11.0"
    )


async def test_an_event_arrives_signed_with_its_id_attempt_and_time() -> None:
    receiver = Receiver()

    outcome = await to(receiver).send(replace(PARCEL, attempt=3))

    got = receiver.received[0]
    assert outcome == Delivered(status=204)
    assert (got.id, got.attempt, got.body, got.genuine) == ("msg_5f", 3, BODY, True)
    assert got.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert got.headers["user-agent"] == "notifier/26.11.0"
    assert got.headers["content-type"] == "application/json"
    assert got.path == "/hooks/calls?key=canary"


@pytest.mark.parametrize("kept", [SECRET, OTHER_SECRET])
async def test_while_a_secret_is_rotated_receivers_with_either_accept(kept: str) -> None:
    receiver = Receiver(kept)

    await to(receiver, secrets=(OTHER_SECRET, SECRET)).send(PARCEL)

    assert receiver.received[0].genuine


async def test_without_a_secret_an_event_goes_unsigned() -> None:
    receiver = Receiver()

    await to(receiver, secrets=()).send(PARCEL)

    assert "webhook-signature" not in receiver.received[0].headers


async def test_custom_headers_go_along_but_never_over_ours() -> None:
    receiver = Receiver()
    headers = {name.title(): "mine" for name in PROTECTED} | {"X-Team": "cskh"}

    await to(receiver, headers=headers).send(PARCEL)

    got = receiver.received[0]
    assert got.headers["x-team"] == "cskh"
    assert got.genuine
    assert [name for name, value in got.headers.items() if value == "mine"] == []


async def test_a_login_in_the_url_becomes_a_header() -> None:
    receiver = Receiver()

    await to(receiver, url="https://an:m%40t@crm.example.vn/hook").send(PARCEL)

    got = receiver.received[0]
    assert got.headers["authorization"] == "Basic YW46bUB0"
    assert got.headers["host"] == "crm.example.vn"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(Reply(200), Delivered(status=200), id="200"),
        pytest.param(Reply(202, body=b"no such thing"), Delivered(status=202), id="202"),
        pytest.param(
            Reply(429, {"retry-after": "120"}),
            (FailureReason.RATE_LIMITED, False, timedelta(minutes=2)),
            id="429",
        ),
        pytest.param(
            Reply(429, {"retry-after": "soon"}),
            (FailureReason.RATE_LIMITED, False, None),
            id="429 nonsense",
        ),
        pytest.param(
            Reply(503, {"retry-after": "Mon, 07 Sep 2026 05:01:00 GMT"}),
            (FailureReason.BAD_ANSWER, False, timedelta(minutes=1)),
            id="503",
        ),
        pytest.param(Reply(410), (FailureReason.GONE, True, None), id="410"),
        pytest.param(Reply(400), (FailureReason.BAD_ANSWER, False, None), id="400"),
        pytest.param(Reply(401), (FailureReason.BAD_ANSWER, False, None), id="401"),
        pytest.param(Reply(404), (FailureReason.BAD_ANSWER, False, None), id="404"),
        pytest.param(Reply(413), (FailureReason.BAD_ANSWER, False, None), id="413"),
        pytest.param(
            Reply(500, {"retry-after": "9"}), (FailureReason.BAD_ANSWER, False, None), id="500"
        ),
        pytest.param(
            Reply(301, {"location": "http://127.0.0.1/"}),
            (FailureReason.BAD_ANSWER, False, None),
            id="301",
        ),
        pytest.param(Reply(304), (FailureReason.BAD_ANSWER, False, None), id="304"),
    ],
)
async def test_each_status_has_its_outcome(
    reply: Reply, expected: Delivered | tuple[FailureReason, bool, timedelta | None]
) -> None:
    receiver = Receiver()
    receiver.script(reply)

    outcome = await to(receiver).send(PARCEL)

    if isinstance(outcome, Failed):
        assert (outcome.reason, outcome.permanent, outcome.retry_after) == expected
        assert outcome.status == reply.status
    else:
        assert outcome == expected
    assert len(receiver.received) == 1


@pytest.mark.parametrize("kind", PostError.__subclasses__())
async def test_every_way_of_getting_no_answer_has_its_reason(kind: type[PostError]) -> None:
    outcome = await failing(kind("no luck")).send(PARCEL)

    assert isinstance(outcome, Failed)
    assert outcome.reason is REASONS[kind]
    assert outcome.detail == "crm.example.vn/hooks/calls no luck"
    assert outcome.status is None


async def test_a_name_that_leads_to_a_forbidden_address_may_lead_elsewhere_later() -> None:
    outcome = await failing(ForbiddenAddressError("inside")).send(PARCEL)

    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.permanent) == (FailureReason.FORBIDDEN_ADDRESS, False)


@pytest.mark.parametrize(
    ("host", "fixed"),
    [
        ("10.0.0.1", True),
        ("127.1", True),
        ("2130706433", True),
        ("0x7f000001", True),
        ("[::1]", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("crm.example.vn", False),
        ("abc.de", False),
        ("10.0.0.1.example.vn", False),
    ],
)
async def test_a_forbidden_address_is_permanent_where_the_host_is_one(
    host: str, *, fixed: bool
) -> None:
    channel = failing(ForbiddenAddressError("inside"), url=f"https://{host}/hooks")

    outcome = await channel.send(PARCEL)

    assert isinstance(outcome, Failed)
    assert outcome.permanent is fixed


async def test_a_body_above_the_bound_is_not_sent_and_never_will_be() -> None:
    receiver = Receiver()

    outcome = await to(receiver).send(replace(PARCEL, body=b"x" * (MOST_BYTES + 1)))

    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.permanent) == (FailureReason.TOO_LARGE, True)
    assert receiver.received == []


async def test_a_parcel_without_an_event_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no event"):
        await to(Receiver()).send(replace(PARCEL, body=None))


async def test_the_receivers_answer_is_told_on_one_short_line() -> None:
    receiver = Receiver()
    receiver.script(Reply(500, body=b"<h1>Oh\r\n\x1b[31mno</h1>\n" + b"x" * 5_000))

    outcome = await to(receiver).send(PARCEL)

    assert isinstance(outcome, Failed)
    assert outcome.detail.startswith(
        "crm.example.vn/hooks/calls answered 500: <h1>Oh [31mno</h1> xxx"
    )
    assert outcome.detail.endswith("x…")
    assert len(outcome.detail) < 250


async def test_an_answer_that_repeats_our_secrets_does_not_give_them_away() -> None:
    receiver = Receiver()
    key = "T0KEN7c9e6679f3b1"
    url = f"https://an:matkhau@crm.example.vn/services/{key}?sign=q-secret&v=1"
    headers = {"authorization": "Bearer b-secret", "x-key": "h-secret"}
    said = f"{url} {headers} {SECRET} b-secret".encode()
    receiver.script(Reply(500, body=said))

    outcome = await to(receiver, url=url, headers=headers).send(PARCEL)

    assert isinstance(outcome, Failed)
    for secret in (key, "matkhau", "q-secret", "b-secret", "h-secret", SECRET):
        assert secret not in repr(outcome)
    assert outcome.detail.startswith("crm.example.vn/services/T0K… answered 500")


async def test_an_endpoint_does_not_show_its_secrets() -> None:
    endpoint = an_endpoint(headers={"x-key": "canary"})

    assert "canary" not in repr(endpoint)
    assert SECRET not in repr(endpoint)


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        pytest.param({"url": "http://crm.example.vn/canary"}, "plain http", id="plain http"),
        pytest.param({"url": "ftp://crm.example.vn/canary"}, "https://host/path", id="scheme"),
        pytest.param({"url": "https:///canary"}, "https://host/path", id="no host"),
        pytest.param({"url": "https://[canary/"}, "cannot be read", id="half an address"),
        pytest.param({"url": "https://crm.vn:canary/"}, "cannot be read", id="port"),
        pytest.param({"headers": {"x-key": "canary\r\nx: y"}}, "x-key", id="header with a break"),
        pytest.param({"headers": {"x-key": "khách canary"}}, "x-key", id="header not in ASCII"),
        pytest.param({"secrets": ("whsec_canary",)}, "webhook secret", id="secret"),
    ],
)
def test_an_endpoint_that_cannot_be_used_is_refused_before_anything_is_sent(
    overrides: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        to(Receiver(), **overrides)

    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("allowed", ["allow_http", "allow_private"])
async def test_plain_http_goes_where_the_file_allows_it(allowed: str) -> None:
    receiver = Receiver()

    outcome = await to(receiver, url="http://crm.example.vn/", **{allowed: True}).send(PARCEL)

    assert outcome == Delivered(status=204)


# Over real sockets


async def test_an_attempt_that_takes_too_long_is_timed_out_and_the_next_one_is_delivered() -> None:
    receiver = Receiver()
    receiver.script(Reply(fault=Fault.DRIP_HEAD))
    async with receiver.serving() as url:
        endpoint = an_endpoint(url=url, allow_private=True, timeout=timedelta(seconds=0.2))
        channel = open_webhook(endpoint, clock=SystemClock(), version="26.11.0")

        first = await channel.send(PARCEL)
        second = await channel.send(replace(PARCEL, attempt=2))
        await channel.aclose()

    assert isinstance(first, Failed)
    assert first.reason is FailureReason.TIMED_OUT
    assert second == Delivered(status=204)
    assert [(got.id, got.attempt, got.genuine) for got in receiver.received] == [
        ("msg_5f", 1, True),
        ("msg_5f", 2, True),
    ]


async def test_this_machine_is_refused_unless_the_file_allows_it() -> None:
    receiver = Receiver()
    async with receiver.serving() as url:
        endpoint = an_endpoint(url=url, allow_http=True)
        channel = open_webhook(endpoint, clock=SystemClock(), version="26.11.0")

        outcome = await channel.send(PARCEL)
        await channel.aclose()

    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.permanent) == (FailureReason.FORBIDDEN_ADDRESS, True)
    assert receiver.connections == 0


async def test_nobody_listening_is_unreachable_and_tried_again() -> None:
    async with Receiver().serving() as url:
        pass
    endpoint = an_endpoint(url=url, allow_private=True)
    channel = open_webhook(endpoint, clock=SystemClock(), version="26.11.0")

    outcome = await channel.send(PARCEL)
    await channel.aclose()

    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.permanent) == (FailureReason.UNREACHABLE, False)


def test_a_receiver_in_a_thread_serves_a_whole_process() -> None:
    receiver = Receiver()

    async def send(url: str) -> object:
        endpoint = an_endpoint(url=url, allow_private=True)
        channel = open_webhook(endpoint, clock=SystemClock(), version="26.11.0")
        outcome = await channel.send(PARCEL)
        await channel.aclose()
        return outcome

    with receiver.serving_in_thread() as url:
        outcome = asyncio.run(send(url))

    assert outcome == Delivered(status=204)
    assert receiver.received[0].genuine


async def test_no_log_line_holds_the_url(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver()
    caplog.set_level("DEBUG")

    async with receiver.serving() as url:
        endpoint = an_endpoint(url=f"{url}/canary?key=canary", allow_private=True)
        channel = open_webhook(endpoint, clock=SystemClock(), version="26.11.0")
        await channel.send(PARCEL)
        await channel.aclose()

    assert receiver.received
    assert caplog.records
    assert "canary" not in caplog.text
    assert httpx.__name__ not in {record.name for record in caplog.records}
