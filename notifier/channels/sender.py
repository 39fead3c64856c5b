"""The one seam through which webhooks are posted, and httpx 0.28 behind it with its faults."""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from types import MappingProxyType
from typing import Protocol, cast

import httpcore
import httpx

from notifier.channels.addresses import AddressGuard, Resolve, system_resolve
from notifier.channels.network import DEADLINE, GuardedNetwork
from notifier.core.errors import NotifierError

CONNECTIONS = 5
"""Posts in flight to one endpoint; httpx slows down with more (benchmarks/posting.py)."""

MOST_READ = 4 * 1024
"""Bytes of an answer that are read and kept."""

_IDLE = 30.0
"""Seconds that a connection is kept for the next post."""


class Clock(Protocol):
    """What is needed of a clock: for a Retry-After that is a date, and for deadlines."""

    def now(self) -> datetime:
        """Return the present instant, aware."""
        ...

    def elapsed(self) -> float:
        """Return seconds since a fixed point; never goes back."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said."""

    status: int
    retry_after: timedelta | None = None
    """Its wish, from now on; None if it has none, or one that makes no sense."""
    excerpt: str = ""
    """The beginning of the body, at most `MOST_READ` bytes; "" if it is compressed."""


class PostError(NotifierError):
    """There is no answer. Messages hold neither the URL nor anything of the request."""


class UnreachableError(PostError):
    """No name, no connection, or it broke before the answer."""


class TimedOutError(PostError):
    """The answer did not come in time; the receiver may have taken it."""


class NonsenseError(PostError):
    """What came is not HTTP."""


class UnsendableError(PostError):
    """The URL or a header cannot be put into a request."""


MEANINGS: Mapping[type[Exception], type[PostError]] = MappingProxyType(
    {
        httpx.ConnectTimeout: TimedOutError,
        httpx.ReadTimeout: TimedOutError,
        httpx.WriteTimeout: TimedOutError,
        httpx.TimeoutException: TimedOutError,
        httpx.PoolTimeout: UnreachableError,
        httpx.ConnectError: UnreachableError,
        httpx.ReadError: UnreachableError,
        httpx.WriteError: UnreachableError,
        httpx.CloseError: UnreachableError,
        httpx.NetworkError: UnreachableError,
        httpx.ProxyError: UnreachableError,
        httpx.TransportError: UnreachableError,
        httpx.RequestError: UnreachableError,
        httpx.HTTPError: UnreachableError,
        httpx.RemoteProtocolError: NonsenseError,
        httpx.ProtocolError: NonsenseError,
        httpx.DecodingError: NonsenseError,
        httpx.TooManyRedirects: NonsenseError,
        httpx.HTTPStatusError: NonsenseError,
        httpx.LocalProtocolError: UnsendableError,
        httpx.UnsupportedProtocol: UnsendableError,
        httpx.InvalidURL: UnsendableError,
    }
)
"""What each of httpx's exceptions means to us; a test finds any that is not here."""


class Sender(Protocol):
    """Posts to one endpoint."""

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Return the answer, of whatever status; PostError or ForbiddenAddressError if none."""
        ...

    async def aclose(self) -> None:
        """Wait for what is in flight, and let go of the connections."""
        ...


@dataclass(slots=True)
class _Pool:
    """A transport, and how many requests are using it."""

    transport: httpx.AsyncBaseTransport
    users: int = 0


class HttpxSender:
    """Posts over an httpx transport of its own, one an endpoint.

    httpx 0.28 leaves its pool broken when a request in flight is cancelled. So a request runs in a
    task that our caller's cancellation does not reach, and only time-outs of the transport end it;
    a pool that still has no connection to give is replaced. The transport is used without httpx's
    client, which would follow redirects, keep cookies, and write URLs to the log.
    """

    def __init__(
        self, timeout: timedelta, *, clock: Clock, transport: Callable[[], httpx.AsyncBaseTransport]
    ) -> None:
        """Take `timeout` for the whole of a post, and `transport`, which makes a new one."""
        self._seconds = timeout.total_seconds()
        self._clock = clock
        self._new_transport = transport
        self._pool = _Pool(transport())
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._in_flight: set[asyncio.Task[Answer]] = set()

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post `body`; a cancelled caller goes at once, and the request runs to its end."""
        await self._slots.acquire()
        task = asyncio.create_task(self._post(url, headers, body))
        self._in_flight.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[Answer]) -> None:
        self._in_flight.discard(task)
        self._slots.release()

    async def aclose(self) -> None:
        """Wait for the requests in flight, which their time-outs bound, and close."""
        while self._in_flight:
            await asyncio.wait(self._in_flight)
        await self._pool.transport.aclose()

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        pool = self._pool
        pool.users += 1
        try:
            return await self._answer(pool.transport, url, headers, body)
        except tuple(MEANINGS) as error:
            if isinstance(error, httpx.PoolTimeout) and pool is self._pool:
                self._pool = _Pool(self._new_transport())
            raise _meaning(error) from None
        finally:
            pool.users -= 1
            if pool is not self._pool and not pool.users:
                await pool.transport.aclose()

    async def _answer(
        self,
        transport: httpx.AsyncBaseTransport,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        until = self._clock.elapsed() + self._seconds
        DEADLINE.set(until)  # in the context of this request's own task
        times = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        request = httpx.Request(
            "POST",
            url,
            headers={"accept-encoding": "identity", **headers},
            content=body,
            extensions={"timeout": times},
        )
        response = await transport.handle_async_request(request)
        try:
            excerpt = await self._excerpt(response, until)
        finally:
            await response.aclose()
        wish = response.headers.get("retry-after", "")
        return Answer(response.status_code, wait_of(wish, self._clock.now()), excerpt)

    async def _excerpt(self, response: httpx.Response, until: float) -> str:
        """Return the beginning of the body; a status that has come stands, if the rest does not."""
        kept = bytearray()
        try:
            stream = cast("httpx.AsyncByteStream", response.stream)
            raw = cast("AsyncGenerator[bytes, None]", aiter(stream))
            async with aclosing(raw) as chunks:
                async for chunk in chunks:
                    kept += chunk
                    if len(kept) >= MOST_READ or self._clock.elapsed() >= until:
                        break
        except httpx.TransportError:
            pass
        if "content-encoding" in response.headers:
            return ""
        return bytes(kept[:MOST_READ]).decode("utf-8", "replace")


def _meaning(error: Exception) -> PostError:
    kind = next(MEANINGS[cls] for cls in type(error).__mro__ if cls in MEANINGS)
    if kind is UnsendableError:  # httpx quotes the header or the URL, which may be secret
        return UnsendableError(f"the URL or a header cannot be sent ({type(error).__name__})")
    return kind(str(error) or type(error).__name__)


_SECONDS = re.compile(r"\d{1,9}(\.\d+)?", re.ASCII)


def wait_of(retry_after: str, now: datetime) -> timedelta | None:
    """Return how long a Retry-After header asks to wait, in seconds or until a date.

    Zero for a date in the past; None for no header, a negative number and whatever is neither.
    """
    text = retry_after.strip()
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=float(text))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta())


@cache
def _trust() -> ssl.SSLContext:
    """Return the one TLS context of all senders: half a MiB and 20 ms each time it is made."""
    return httpx.create_ssl_context(trust_env=False)


def guarded_transport(network: httpcore.AsyncNetworkBackend) -> httpx.AsyncHTTPTransport:
    """Return an httpx transport that reaches the world through `network` alone."""
    transport = httpx.AsyncHTTPTransport(verify=_trust(), trust_env=False)
    if not isinstance(getattr(transport, "_pool", None), httpcore.AsyncConnectionPool):
        raise TypeError(
            "cannot guard httpx's connections: it keeps its pool elsewhere than in 0.28"
        )
    # httpx has no public door for a network of one's own; httpcore has.
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
        ssl_context=_trust(),
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS,
        keepalive_expiry=_IDLE,
        network_backend=network,
    )
    return transport


def open_sender(
    timeout: timedelta,
    *,
    clock: Clock,
    allow_private: bool = False,
    resolve: Resolve = system_resolve,
) -> HttpxSender:
    """Return a sender for one endpoint, for use in the running event loop."""
    network = GuardedNetwork(AddressGuard(allow_private=allow_private, resolve=resolve), clock)
    return HttpxSender(timeout, clock=clock, transport=lambda: guarded_transport(network))
