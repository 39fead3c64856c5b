import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from notifier.core.directory import Hotline
from notifier.core.errors import (
    SourceError,
    SourceNonsense,
    SourceRefused,
    SourceRejected,
    SourceUnavailable,
)
from notifier.core.pages import CallFilter, WalkEnd
from tests.fakes.clock import FakeClock, settled
from tests.pbx.desk import (
    KEY,
    MINUTE,
    MORNING,
    Handler,
    a_body,
    a_client,
    a_record,
    always,
)


@dataclass
class Line:
    """Answers from `script`, then `rest`; keeps what was asked."""

    script: list[httpx.Response | Exception] = field(default_factory=list)
    rest: bytes = a_body()
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.script.pop(0) if self.script else httpx.Response(200, content=self.rest)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.asked]


async def test_a_page_is_asked_for_with_the_key_and_read() -> None:
    line = Line(rest=a_body(a_record()))

    page = await a_client(line, key=f" {KEY}\n").page(after="c", filter=CallFilter(user_id="4"))

    [asked] = line.asked
    assert page.calls[0].id == a_record()["id"]
    assert (asked.method, str(asked.url)) == (
        "POST",
        "https://pbx.example.vn/v1/shop.Sencloud/ListCallLogs",
    )
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["content-type"] == "application/json"
    assert line.bodies == [{"filter": {"user_id": "4"}, "paging": {"after": "c", "limit": 100}}]


@pytest.mark.parametrize(
    ("base_url", "service", "url"),
    [
        ("https://a.vn", "shop.Sencloud", "https://a.vn/v1/shop.Sencloud/ListCallLogs"),
        ("https://a.vn/", "shop.Etelecom", "https://a.vn/v1/shop.Etelecom/ListCallLogs"),
        ("https://a.vn/v1", "shop.Sencloud", "https://a.vn/v1/shop.Sencloud/ListCallLogs"),
        ("https://a.vn/v1/shop/", "shop.Sencloud", "https://a.vn/v1/shop.Sencloud/ListCallLogs"),
        (
            "http://a.vn:81/pbx//",
            "partner.Etelecom",
            "http://a.vn:81/pbx/v1/partner.Etelecom/ListCallLogs",
        ),
    ],
)
async def test_a_base_url_may_end_in_many_ways(base_url: str, service: str, url: str) -> None:
    line = Line()

    await a_client(line, base_url=base_url, service=service).page()

    assert str(line.asked[0].url) == url


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "api.sencloud.vn"},
        {"base_url": "ftp://a.vn"},
        {"base_url": "https://"},
        {"base_url": "https://a.vn?key=1"},
        {"base_url": "https://u:p@a.vn"},
        {"base_url": "https://a.vn:port"},
        {"service": "sencloud"},
        {"service": "shop.Sencloud/../x"},
        {"key": ""},
        {"key": "canary with spaces"},
        {"key": "canary-ắ"},
    ],
    ids=str,
)
def test_what_cannot_work_is_said_at_once_without_the_key(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^source\.") as caught:
        a_client(Line(), **wrong)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong", [{"after": "a", "before": "b"}, {"limit": 0}, {"sort": "-created_at"}], ids=str
)
async def test_a_request_that_the_vendor_would_refuse_is_not_sent(wrong: dict[str, Any]) -> None:
    line = Line()

    with pytest.raises(ValueError, match="list calls"):
        await a_client(line).page(**wrong)

    assert not line.asked


async def test_the_page_before_and_the_safe_sort_can_be_asked_for() -> None:
    line = Line()

    await a_client(line).page(before="p", sort="-started_at", limit=5)

    assert line.bodies == [{"paging": {"before": "p", "limit": 5, "sort": "-started_at"}}]


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        pytest.param(always(401), SourceRefused, id="a wrong key"),
        pytest.param(always(404, b'{"code": "bad_route"}'), SourceRejected, id="a wrong route"),
        pytest.param(always(503), SourceUnavailable, id="a server that is down"),
        pytest.param(always(200, b"<html>"), SourceNonsense, id="a web page"),
        pytest.param(always(200, b"x" * 17_000_000), SourceNonsense, id="a flood"),
        pytest.param(always(204), SourceNonsense, id="nothing"),
        pytest.param(always(302, b"", {"location": "/"}), SourceNonsense, id="a redirect"),
        pytest.param(Line([httpx.ConnectError("no route")]), SourceUnavailable, id="no network"),
        pytest.param(Line([httpx.ReadTimeout("slow")]), SourceUnavailable, id="a time-out"),
        pytest.param(Line([httpx.PoolTimeout("full")]), SourceUnavailable, id="a broken pool"),
        pytest.param(
            Line([httpx.RemoteProtocolError("cut")]), SourceUnavailable, id="a broken line"
        ),
        pytest.param(
            always(200, b"not gzip", {"content-encoding": "gzip"}), SourceUnavailable, id="bad gzip"
        ),
    ],
)
async def test_whatever_goes_wrong_is_a_source_error(
    handler: Handler, kind: type[SourceError]
) -> None:
    with pytest.raises(SourceError, match=r"^ask pbx\.example\.vn for shop\.Sencloud/") as caught:
        await a_client(handler).page()

    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "handler",
    [
        always(200, KEY.encode()),
        always(200, f'{{"oops": "{KEY}"}}'.encode()),
        always(400, KEY.encode()),
        always(500, f'{{"msg": "{KEY}"}}'.encode()),
        Line([httpx.ConnectError(f"{KEY}")]),
    ],
    ids=["no JSON", "another object", "rejected", "down", "network"],
)
async def test_the_key_is_in_no_message(handler: Handler) -> None:
    client = a_client(handler)

    with pytest.raises(SourceError) as caught:
        await client.page()

    assert "canary" not in f"{caught.value!r} {client!r} {client.source}"


async def test_after_a_pool_broke_a_new_one_is_used() -> None:
    client = a_client(Line([httpx.PoolTimeout("full")], rest=a_body(a_record())))

    with pytest.raises(SourceUnavailable):
        await client.page()
    page = await client.page()

    assert page.size == 1


class Drip(httpx.AsyncByteStream):
    """A body that comes in drops, a minute apart."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(100):
            await self.clock.advance(MINUTE)
            yield b" "


async def test_an_answer_that_drips_is_given_up() -> None:
    clock = FakeClock(MORNING)
    client = a_client(lambda _: httpx.Response(200, stream=Drip(clock)), clock=clock)

    with pytest.raises(SourceUnavailable, match="not complete after 120 s"):
        await client.page()


@dataclass
class Gate(httpx.AsyncBaseTransport):
    """Lets requests through when opened, and counts how many stand before it at once."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    inside: int = 0
    most: int = 0
    cancelled: int = 0
    served: int = 0

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.inside -= 1
        self.served += 1
        return httpx.Response(200, content=a_body())


async def test_one_request_is_in_flight_at_a_time() -> None:
    gate = Gate()
    client = a_client(Line(), transport=gate)

    asked = asyncio.gather(*(client.page() for _ in range(5)))
    await settled()
    gate.opened.set()
    await asked

    assert (gate.most, gate.served) == (1, 5)


async def test_a_caller_that_gives_up_does_not_cancel_the_request() -> None:
    gate = Gate()
    client = a_client(Line(), transport=gate)
    impatient = asyncio.ensure_future(client.page())
    await settled()

    impatient.cancel()
    await asyncio.wait([impatient])
    gate.opened.set()
    await client.page()

    assert (gate.cancelled, gate.served) == (0, 2)


async def test_closing_gives_up_what_is_in_flight() -> None:
    gate = Gate()
    client = a_client(Line(), transport=gate)
    waiting = asyncio.ensure_future(client.page())
    await settled()

    await client.aclose()
    await asyncio.wait([waiting])

    assert gate.cancelled == 1
    assert waiting.cancelled()


async def test_a_client_that_asked_nothing_can_be_closed() -> None:
    await a_client(Line()).aclose()


class Answer(msgspec.Struct):
    name: str


async def test_a_neighbouring_service_is_asked_for_the_same_audience() -> None:
    line = Line(rest=b'{"name": "x", "more": 1}')

    answer = await a_client(line, service="partner.Etelecom").ask("Version", Answer, of="Misc")

    assert answer == Answer("x")
    assert line.asked[0].url.path == "/v1/partner.Misc/Version"


async def test_another_answer_than_was_wanted_is_nonsense() -> None:
    with pytest.raises(SourceNonsense, match=r"shop\.Misc/Version: what came is no answer"):
        await a_client(Line(rest=b"[]")).ask("Version", Answer, of="Misc")


HOTLINE = Hotline("19001000", id="7")


def at(minute: int) -> dict[str, Any]:
    started = (MORNING + minute * MINUTE).isoformat()
    return a_record(id=str(100 + minute), started_at=started)


async def test_calls_of_a_hotline_are_asked_for_back_to_a_time() -> None:
    page = httpx.Response(200, content=a_body(*(at(minute) for minute in range(100, 0, -1))))
    line = Line([page], rest=a_body(at(0), next="x"))

    found = await a_client(line).tagged(HOTLINE, MORNING + MINUTE)

    assert found == [str(100 + minute) for minute in range(100, 0, -1)]
    assert line.bodies[0]["filter"] == {"hotline_ids": ["7"]}
    assert len(line.asked) == 2


async def test_a_hotline_that_the_vendor_rejects_has_no_calls() -> None:
    found = await a_client(always(400, b'{"code": "malformed"}')).tagged(HOTLINE, MORNING)

    assert found == []


async def test_a_hotline_without_an_id_is_not_asked_for() -> None:
    line = Line()

    assert await a_client(line).tagged(Hotline("19001000"), MORNING) == []
    assert not line.asked


async def test_a_walk_goes_over_the_line() -> None:
    full = httpx.Response(200, content=a_body(*(at(minute) for minute in range(100))))
    line = Line([full], rest=a_body(at(0)))
    walk = a_client(line).walk(lambda _: False, filter=CallFilter(user_id="4"))

    pages = [page.size async for page in walk]

    assert (pages, walk.ended) == ([100, 1], WalkEnd.LAST)
    assert [body["filter"] for body in line.bodies] == [{"user_id": "4"}] * 2


async def test_the_time_out_is_named_in_its_message() -> None:
    client = a_client(Line([httpx.ReadTimeout("")]), timeout=timedelta(seconds=2.5))

    with pytest.raises(SourceUnavailable, match=r"nothing came within 2\.5 s") as caught:
        await client.page()

    assert caught.value.retry_after is None
