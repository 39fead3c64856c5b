"""A recording is fetched within bounds of size and time, and nothing of its address gets out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from notifier.core.recordings import MOST_BYTES, Recording, Unheard
from notifier.pbx.recordings import Recordings
from tests.builders import a_call

SECRET = "https://ghi-am.example.vn/a.mp3?token=canary"

CALL = a_call(recording_urls=("https://ghi-am.example.vn/older.mp3", SECRET))

SOUND = {"content-type": "audio/mpeg"}


class Endless(httpx.AsyncByteStream):
    """More than fits, a megabyte at a time."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield bytes(1024 * 1024)


class Silent(httpx.AsyncByteStream):
    """A sound that never comes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""


def answering(**facts: Any) -> Recordings:
    status = facts.pop("status", 200)
    return Recordings(httpx.MockTransport(lambda _: httpx.Response(status, **facts)))


def failing(fault: Callable[[], Exception]) -> Recordings:
    def fail(_: httpx.Request) -> httpx.Response:
        raise fault()

    return Recordings(httpx.MockTransport(fail))


async def test_the_newest_recording_is_fetched_without_any_key() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"ID3", headers=SOUND)

    found = await Recordings(httpx.MockTransport(answer))(CALL)

    assert found == Recording(b"ID3", "mp3")
    assert [str(request.url) for request in asked] == [SECRET]
    assert "authorization" not in asked[0].headers


async def test_a_way_can_be_gone_twice() -> None:
    fetch = answering(content=b"ID3", headers=SOUND)

    first, second = await fetch(CALL), await fetch(CALL)

    assert first == second == Recording(b"ID3", "mp3")


ANSWERS: list[tuple[str, dict[str, Any], Unheard]] = [
    ("gone", {"status": 404}, Unheard.NONE),
    ("run out", {"status": 403}, Unheard.NONE),
    ("broken", {"status": 500}, Unheard.UNREACHABLE),
    ("elsewhere", {"status": 302, "headers": {"location": SECRET}}, Unheard.UNREACHABLE),
    ("a page", {"content": b"<html>", "headers": {"content-type": "text/html"}}, Unheard.NO_SOUND),
    (
        "said to be large",
        {"headers": {**SOUND, "content-length": f"{MOST_BYTES + 1}"}},
        Unheard.TOO_LARGE,
    ),
    ("endless", {"stream": Endless(), "headers": SOUND}, Unheard.TOO_LARGE),
    ("nonsense", {"headers": {**SOUND, "content-length": "many"}}, Unheard.UNREACHABLE),
]


@pytest.mark.parametrize(("facts", "why"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
async def test_what_is_no_recording_has_its_reason(facts: dict[str, Any], why: Unheard) -> None:
    assert await answering(**facts)(CALL) is why


async def test_a_call_that_was_not_recorded_asks_nobody() -> None:
    assert await failing(AssertionError)(a_call()) is Unheard.NONE


@pytest.mark.parametrize(
    "fault",
    [
        lambda: httpx.ConnectError(SECRET),
        lambda: httpx.ReadTimeout(SECRET),
        lambda: OSError(SECRET),
        lambda: httpx.InvalidURL(SECRET),
    ],
    ids=["refused", "slow", "broken", "no address"],
)
async def test_a_fault_is_told_without_its_address(
    fault: Callable[[], Exception], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    assert await failing(fault)(CALL) is Unheard.UNREACHABLE

    assert "canary" not in caplog.text
    assert "recording not fetched" in caplog.text


async def test_nobody_waits_for_ever() -> None:
    silent = answering(stream=Silent(), headers=SOUND)

    found = await replace(silent, within=timedelta(milliseconds=50))(CALL)

    assert found is Unheard.UNREACHABLE
