"""A webhook receiver that verifies, records and misbehaves on demand, on loopback or in memory."""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from notifier.clock import SystemClock

SECRET = "whsec_" + base64.b64encode(b"the first secret of the tests").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"the other secret of the tests").decode()


class Fault(StrEnum):
    """What is wrong with an answer; only on loopback."""

    NONE = "none"
    DROP = "drop"
    """Takes the request and hangs up without a word."""
    GARBAGE = "garbage"
    """Says something that is not HTTP."""
    DRIP_HEAD = "drip_head"
    """Says a byte of the head each 20 ms, for ever."""
    DRIP_BODY = "drip_body"
    """Says the head and then a byte of the body each 20 ms, for ever."""
    ENDLESS = "endless"
    """Says the head and then as many bytes as are taken."""
    SILENT = "silent"
    """Takes the request and says nothing, with the connection open."""


@dataclass(frozen=True)
class Reply:
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    """Seconds before the answer."""
    fault: Fault = Fault.NONE


@dataclass(frozen=True)
class Received:
    id: str
    attempt: int
    body: bytes
    headers: Mapping[str, str]
    genuine: bool
    """Whether one of the receiver's secrets signed exactly this."""
    path: str = "/"

    @property
    def event(self) -> Any:
        return json.loads(self.body)


def genuine(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Verify by the text of Standard Webhooks, without a line of our own signing."""
    identity, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = b"%s.%s.%s" % (identity.encode(), timestamp.encode(), body)
    given = [
        base64.b64decode(signature.removeprefix("v1,"))
        for signature in headers.get("webhook-signature", "").split(" ")
        if signature.startswith("v1,")
    ]
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = hmac.new(key, signed, hashlib.sha256).digest()
        if any(hmac.compare_digest(wanted, one) for one in given):
            return True
    return False


class Receiver:
    """Answers what the script says, then 204 for ever; remembers all that it took."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets or (SECRET,)
        self.received: list[Received] = []
        self.connections = 0
        """Opened so far, on loopback."""
        self.busy = 0
        self.busiest = 0
        """Most requests that were being answered at once."""
        self._script: list[Reply] = []
        self._usual = Reply()
        self._clock = SystemClock()

    def script(self, *replies: Reply, then: Reply | None = None) -> None:
        """Answer the next requests with `replies`, and `then` from there on."""
        self._script = list(replies)
        self._usual = then or Reply()

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.received]

    def take(self, headers: Mapping[str, str], body: bytes, path: str = "/") -> Reply:
        lower = {name.lower(): value for name, value in headers.items()}
        self.received.append(
            Received(
                id=lower.get("webhook-id", ""),
                attempt=int(lower.get("notifier-attempt", "0")),
                body=body,
                headers=lower,
                genuine=genuine(self.secrets, lower, body),
                path=path,
            )
        )
        return self._script.pop(0) if self._script else self._usual

    # In memory

    def transport(self) -> httpx.MockTransport:
        """Return a transport that reaches this receiver without a socket."""
        return httpx.MockTransport(self._handle)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        reply = self.take(dict(request.headers), await request.aread(), path)
        if reply.delay:
            await self._clock.sleep(reply.delay)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    # On loopback

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a free port of 127.0.0.1; yields the URL."""
        talks: set[asyncio.Task[None]] = set()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                talks.add(task)
                task.add_done_callback(talks.discard)
            try:
                await self._talk(reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        finally:
            server.close()
            for task in talks:
                task.cancel()
            await asyncio.gather(*talks, return_exceptions=True)

    @contextmanager
    def serving_in_thread(self) -> Iterator[str]:
        """Serve from a thread with a loop of its own, for journeys of whole processes."""
        ready: list[str] = []
        up = threading.Event()
        loop = asyncio.new_event_loop()
        stop = asyncio.Event()

        async def serve() -> None:
            async with self.serving() as url:
                ready.append(url)
                up.set()
                await stop.wait()

        def run() -> None:
            loop.run_until_complete(serve())

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            if not up.wait(10):
                raise TimeoutError("the receiver did not start")
            yield ready[0]
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = dict(line.split(": ", 1) for line in head[1:] if line)
                lower = {name.lower(): value for name, value in headers.items()}
                body = await reader.readexactly(int(lower.get("content-length", "0")))
                reply = self.take(lower, body, head[0].split(" ")[1])
                self.busy += 1
                self.busiest = max(self.busiest, self.busy)
                try:
                    if not await self._reply(reply, writer):
                        return
                finally:
                    self.busy -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def _reply(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        """Write the answer; True if the connection goes on."""
        await self._clock.sleep(reply.delay)
        lines = [f"HTTP/1.1 {reply.status} Said", *(f"{k}: {v}" for k, v in reply.headers.items())]
        match reply.fault:
            case Fault.NONE:
                if reply.status not in {204, 304}:
                    lines.append(f"content-length: {len(reply.body)}")
                writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + reply.body)
                await writer.drain()
                return True
            case Fault.DROP:
                return False
            case Fault.GARBAGE:
                writer.write(b"SSH-2.0-nothing to do with it\r\n\r\n")
                await writer.drain()
                return False
            case Fault.SILENT:
                await asyncio.Event().wait()
        first = lines[0] if reply.fault is Fault.DRIP_HEAD else "\r\n".join([*lines, "\r\n"])
        writer.write(first.encode())
        while True:
            writer.write(b"x" * (65_536 if reply.fault is Fault.ENDLESS else 1))
            await writer.drain()
            await self._clock.sleep(0.0 if reply.fault is Fault.ENDLESS else 0.02)
