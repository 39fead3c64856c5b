import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

import httpcore
import httpx
import pytest

from notifier.channels.addresses import AddressGuard, ForbiddenAddressError
from notifier.channels.network import GuardedNetwork
from notifier.channels.sender import (
    CONNECTIONS,
    MEANINGS,
    MOST_READ,
    HttpxSender,
    NonsenseError,
    PostError,
    TimedOutError,
    UnreachableError,
    UnsendableError,
    guarded_transport,
    open_sender,
    wait_of,
)
from notifier.clock import SystemClock
from tests.fakes.receiver import Fault, Receiver, Reply

NOW = datetime(2026, 9, 7, 5, 0, tzinfo=UTC)
URL = "http://crm.example.vn/hook"


def a_sender(seconds: float = 5.0) -> HttpxSender:
    return open_sender(timedelta(seconds=seconds), clock=SystemClock(), allow_private=True)


def over(transport: httpx.AsyncBaseTransport) -> HttpxSender:
    return HttpxSender(timedelta(seconds=5), clock=SystemClock(), transport=lambda: transport)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    async with receiver.serving() as url:
        yield url


def family(parent: type[Exception]) -> Iterator[type[Exception]]:
    yield parent
    for child in parent.__subclasses__():
        yield from family(child)


@pytest.mark.parametrize("kind", [*family(httpx.HTTPError), httpx.InvalidURL])
async def test_every_exception_of_httpx_has_a_meaning(kind: type[Exception]) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        if kind is httpx.HTTPStatusError:
            raise httpx.HTTPStatusError("no", request=request, response=httpx.Response(500))
        raise kind("no")

    sender = over(httpx.MockTransport(fail))

    assert kind in MEANINGS, f"say in MEANINGS what {kind.__name__} means"
    with pytest.raises(MEANINGS[kind]):
        await sender.post(URL, headers={}, body=b"{}")
    await sender.aclose()


async def test_a_post_arrives_as_it_was_given(receiver: Receiver, url: str) -> None:
    sender = a_sender()
    receiver.script(Reply(200, body=b"thanks"))

    answer = await sender.post(url, headers={"webhook-id": "msg_1"}, body="gọi nhỡ".encode())

    assert (answer.status, answer.excerpt) == (200, "thanks")
    assert receiver.ids == ["msg_1"]
    assert receiver.received[0].body == "gọi nhỡ".encode()
    await sender.aclose()


async def test_connections_are_used_again(receiver: Receiver, url: str) -> None:
    sender = a_sender()

    for _ in range(20):
        await sender.post(url, headers={}, body=b"{}")

    assert receiver.connections == 1
    await sender.aclose()


async def test_at_most_five_posts_are_in_flight(receiver: Receiver, url: str) -> None:
    sender = a_sender()
    receiver.script(then=Reply(delay=0.02))

    await asyncio.gather(*(sender.post(url, headers={}, body=b"{}") for _ in range(20)))

    assert len(receiver.received) == 20
    assert receiver.busiest == receiver.connections == CONNECTIONS
    await sender.aclose()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.SILENT, TimedOutError),
        (Fault.DRIP_HEAD, TimedOutError),
        (Fault.GARBAGE, NonsenseError),
        (Fault.DROP, NonsenseError),
    ],
)
async def test_a_receiver_that_misbehaves_is_an_error_in_time(
    receiver: Receiver, url: str, fault: Fault, error: type[PostError]
) -> None:
    sender = a_sender(1.0)
    receiver.script(Reply(fault=fault))
    began = time.perf_counter()

    with pytest.raises(error):
        await sender.post(url, headers={}, body=b"{}")

    assert time.perf_counter() - began < 5
    assert (await sender.post(url, headers={}, body=b"{}")).status == 204
    await sender.aclose()


@pytest.mark.parametrize("fault", [Fault.DRIP_BODY, Fault.ENDLESS])
async def test_a_status_that_has_come_stands_though_the_body_never_ends(
    receiver: Receiver, url: str, fault: Fault
) -> None:
    sender = a_sender(1.0)
    receiver.script(Reply(200, fault=fault))
    began = time.perf_counter()

    answer = await sender.post(url, headers={}, body=b"{}")

    assert answer.status == 200
    assert answer.excerpt.startswith("x")
    assert len(answer.excerpt) <= MOST_READ
    assert time.perf_counter() - began < 5
    await sender.aclose()


async def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver, url: str) -> None:
    sender = a_sender()
    receiver.script(Reply(307, {"location": url}))

    answer = await sender.post(url, headers={}, body=b"{}")

    assert answer.status == 307
    assert len(receiver.received) == 1
    await sender.aclose()


async def test_a_compressed_answer_is_not_unpacked(receiver: Receiver, url: str) -> None:
    sender = a_sender()
    receiver.script(Reply(200, {"content-encoding": "gzip"}, b"\x1f\x8b" + b"\x00" * 100))

    answer = await sender.post(url, headers={}, body=b"{}")

    assert (answer.status, answer.excerpt) == (200, "")
    assert receiver.received[0].headers["accept-encoding"] == "identity"
    await sender.aclose()


async def test_cookies_of_one_answer_do_not_go_into_the_next_post(
    receiver: Receiver, url: str
) -> None:
    sender = a_sender()
    receiver.script(Reply(200, {"set-cookie": "seen=1; Path=/"}))

    for _ in range(2):
        await sender.post(url, headers={}, body=b"{}")

    assert all("cookie" not in one.headers for one in receiver.received)
    await sender.aclose()


async def test_a_cancelled_caller_leaves_and_the_request_runs_to_its_end(
    receiver: Receiver, url: str
) -> None:
    sender = a_sender()
    receiver.script(then=Reply(delay=0.05))
    caller = asyncio.create_task(sender.post(url, headers={}, body=b"{}"))
    while not receiver.received:
        await SystemClock().sleep(0.001)

    caller.cancel()
    with suppress(asyncio.CancelledError):
        await caller
    await sender.aclose()

    assert caller.cancelled()
    assert (len(receiver.received), receiver.busy) == (1, 0)


async def test_the_pool_lives_through_400_cancelled_callers(receiver: Receiver, url: str) -> None:
    sender = a_sender()
    receiver.script(then=Reply(delay=0.001))
    callers = [asyncio.create_task(sender.post(url, headers={}, body=b"{}")) for _ in range(400)]

    for caller in callers:
        await SystemClock().sleep(0.0005)
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    answers = [await sender.post(url, headers={}, body=b"{}") for _ in range(8)]

    assert [answer.status for answer in answers] == [204] * 8
    await sender.aclose()


class Counted(httpx.MockTransport):
    """A transport that knows whether it was closed."""

    closed = False

    async def aclose(self) -> None:
        self.closed = True


async def test_a_pool_without_a_connection_to_give_is_replaced_and_closed() -> None:
    numbers, made = count(1), []

    def handle(request: httpx.Request) -> httpx.Response:
        del request
        if next(numbers) == 1:
            raise httpx.PoolTimeout("none free")
        return httpx.Response(204)

    def transport() -> httpx.AsyncBaseTransport:
        made.append(Counted(handle))
        return made[-1]

    sender = HttpxSender(timedelta(seconds=5), clock=SystemClock(), transport=transport)

    with pytest.raises(UnreachableError):
        await sender.post(URL, headers={}, body=b"{}")
    answer = await sender.post(URL, headers={}, body=b"{}")

    assert answer.status == 204
    assert [one.closed for one in made] == [True, False]
    await sender.aclose()
    assert [one.closed for one in made] == [True, True]


async def test_an_address_inside_is_refused_on_the_real_transport_without_harm_to_the_pool(
    receiver: Receiver, url: str
) -> None:
    sender = open_sender(timedelta(seconds=1), clock=SystemClock())

    for _ in range(3 * CONNECTIONS):
        with pytest.raises(ForbiddenAddressError):
            await sender.post(url, headers={}, body=b"{}")

    assert receiver.connections == 0
    await sender.aclose()


class Handshakes(httpcore.AsyncMockStream):
    """A connection that remembers for which name TLS was begun, and by which rules."""

    def __init__(self) -> None:
        super().__init__([b"HTTP/1.1 204 No Content\r\n\r\n"])
        self.begun: list[tuple[str | None, bool, ssl.VerifyMode]] = []

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        del timeout
        rules = (ssl_context.check_hostname, ssl_context.verify_mode)
        self.begun.append((server_hostname, *rules))
        return self


class OneStream(httpcore.AsyncMockBackend):
    """A network that leads to one stream, whatever is dialled."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        super().__init__([])
        self.stream = stream

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ASYNC109
        del port, timeout, local_address, socket_options
        assert host == "8.8.8.8"
        return self.stream


async def test_the_certificate_must_be_of_the_urls_name_though_an_address_is_dialled() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        del host, port
        return ["8.8.8.8"]

    stream, clock = Handshakes(), SystemClock()
    network = GuardedNetwork(AddressGuard(resolve=resolve), clock, OneStream(stream))
    sender = over(guarded_transport(network))

    answer = await sender.post("https://crm.example.vn/hook", headers={}, body=b"{}")

    assert answer.status == 204
    assert stream.begun == [("crm.example.vn", True, ssl.CERT_REQUIRED)]
    await sender.aclose()


async def test_a_name_that_cannot_be_looked_up_is_unreachable() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        del host, port
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    sender = open_sender(timedelta(seconds=1), clock=SystemClock(), resolve=resolve)

    with pytest.raises(UnreachableError, match="name resolution"):
        await sender.post(URL, headers={}, body=b"{}")
    await sender.aclose()


async def test_a_proxy_in_the_environment_is_not_asked(
    receiver: Receiver, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    sender = a_sender()

    await sender.post(url, headers={}, body=b"{}")

    assert len(receiver.received) == 1
    await sender.aclose()


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        pytest.param("ftp://crm.example.vn/canary-42", {}, id="scheme"),
        pytest.param("http://crm.example.vn:canary-42/", {}, id="url"),
        pytest.param(URL, {"x-key": "canary-42\r\nx: y"}, id="header"),
    ],
)
async def test_what_cannot_be_sent_is_said_without_being_repeated(
    url: str, headers: dict[str, str]
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        del host, port
        return ["127.0.0.1"]

    async with Receiver().serving() as real:
        sender = open_sender(
            timedelta(seconds=1), clock=SystemClock(), allow_private=True, resolve=resolve
        )
        target = real if url == URL else url
        with pytest.raises(UnsendableError) as raised:
            await sender.post(target, headers=headers, body=b"{}")
        await sender.aclose()

    assert "canary-42" not in str(raised.value)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("120.6", timedelta(seconds=120.6)),
        ("0", timedelta()),
        ("Mon, 07 Sep 2026 05:02:00 GMT", timedelta(minutes=2)),
        ("Mon, 07 Sep 2026 12:02:00 +0700", timedelta(minutes=2)),
        ("Mon, 07 Sep 2026 05:02:00 -0000", timedelta(minutes=2)),
        ("Mon, 07 Sep 2026 04:00:00 GMT", timedelta()),
        ("", None),
        ("-5", None),
        ("1e400", None),
        ("inf", None),
        ("nan", None),
        ("9" * 400, None),
        ("soon", None),
        ("٣", None),
        ("Mon, 99 Sep 2026 05:02:00 GMT", None),
        ("Mon, 07 Sep 99999999999 05:02:00 GMT", None),
    ],
)
def test_a_wish_to_wait_is_read_as_seconds_or_a_date_or_not_at_all(
    header: str, wait: timedelta | None
) -> None:
    assert wait_of(header, NOW) == wait
