"""The world outside, in a process of its own: a simulated PBX and a receiver of webhooks.

    python -m benchmarks.stage.outside COUNT SECONDS     calls in all, over so many seconds

With 0 seconds all calls are there from the second poll on: a burst. It says its addresses on its
first line of standard output, and writes what happened as one JSON line when its input closes.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.stage.pages import KEY
from notifier.simulator.journeys import missed_call
from notifier.simulator.serve import serving
from notifier.simulator.server import create_app
from notifier.simulator.world import World, burst

POLLS: list[float] = []
"""When each request for calls came, seconds since 1970."""

RECEIVED: list[float] = []
"""When each webhook was whole."""


def now() -> datetime:
    return datetime.now(UTC)


def timed(app: ASGIApp) -> ASGIApp:
    """Return `app`, noting when it is asked for calls."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith("/ListCallLogs"):
            POLLS.append(time.time())
        await app(scope, receive, send)

    return asked


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 204 to each post, for as long as the peer keeps on."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            RECEIVED.append(time.time())
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        writer.close()


async def main(count: int, seconds: float) -> None:
    world = World(7, start=now() - timedelta(hours=3))
    early = now() - timedelta(hours=2)
    world.add(missed_call(early), at=early)  # so that the baseline has a newest call
    if seconds == 0 and count:
        burst(world, count, now() + timedelta(seconds=12))  # built before anything is measured
    receiver = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = receiver.sockets[0].getsockname()[1]
    async with serving(timed(create_app(world, now, KEY))) as url:
        shown = [] if seconds == 0 else _scatter(world, count, seconds)
        told = {"pbx": url, "receiver": f"http://127.0.0.1:{port}/hook"}
        print(json.dumps(told), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"polls": POLLS, "received": RECEIVED, "shown": shown}), flush=True)


def _scatter(world: World, count: int, seconds: float) -> list[float]:
    """Add `count` missed calls that become visible one by one; return when."""
    begin = now() + timedelta(seconds=5)
    shown = []
    for number in range(count):
        # a step that is no part of a second, so that calls fall at every phase between two polls
        at = begin + timedelta(seconds=seconds * number / count)
        world.add(missed_call(at - timedelta(seconds=30), f"09{number:08d}"), at=at)
        shown.append(at.timestamp())
    return shown


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
