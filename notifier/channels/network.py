"""The network below httpx: dials only checked addresses, and ends everything by one deadline."""

import asyncio
import math
import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Protocol

import httpcore

from notifier.channels.addresses import AddressGuard

DEADLINE: ContextVar[float] = ContextVar("DEADLINE", default=math.inf)
"""When the request of the running task must be over, in seconds of the clock's `elapsed`.

httpx has a time-out for each read and none for the whole, so a receiver that drips a byte now and
then could hold a connection for days. httpcore reads and writes in the task that asked, so here,
where each wait begins, the wait is cut to what is left. Nothing has to be cancelled for it.
"""

_MOST_DIALLED = 4
"""Addresses of one host that are tried in turn."""


class Ticks(Protocol):
    """What is needed of a clock to measure a span."""

    def elapsed(self) -> float:
        """Return seconds since a fixed point; never goes back."""
        ...


def _left(clock: Ticks, timeout: float | None) -> float:
    """Return the seconds that may be waited: `timeout`, or less if the deadline is nearer."""
    return min(math.inf if timeout is None else timeout, DEADLINE.get() - clock.elapsed())


def _bounded(seconds: float) -> float | None:
    return None if math.isinf(seconds) else seconds


# The two classes below derive from httpcore's, because its pool asks for these types.


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves, checks all answers, and dials exactly one of the checked addresses.

    TLS is not touched: the name that the certificate must have is still that of the URL.
    """

    def __init__(
        self,
        guard: AddressGuard,
        clock: Ticks,
        inner: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to `host` within `timeout` seconds, all its addresses together."""
        until = self._clock.elapsed() + _left(self._clock, timeout)
        waiting = list(await self._addresses(host, port, until))[:_MOST_DIALLED]
        while True:
            address, share = waiting.pop(0), (until - self._clock.elapsed()) / (len(waiting) + 1)
            try:
                stream = await self._inner.connect_tcp(
                    address,
                    port,
                    timeout=_bounded(max(share, 0.0)),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not waiting:
                    raise
            else:
                return _TimedStream(stream, self._clock)

    async def _addresses(self, host: str, port: int, until: float) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(_bounded(until - self._clock.elapsed())):
                return await self._guard.addresses(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"no answer in time about the name {host}") from None
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from None


class _TimedStream(httpcore.AsyncNetworkStream):
    """A connection whose every wait ends with the deadline of the running request."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, clock: Ticks) -> None:
        self._inner = inner
        self._clock = clock

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if (left := _left(self._clock, timeout)) <= 0:
            raise httpcore.ReadTimeout("the whole request took too long")
        return await self._inner.read(max_bytes, _bounded(left))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if (left := _left(self._clock, timeout)) <= 0:
            raise httpcore.WriteTimeout("the whole request took too long")
        await self._inner.write(buffer, _bounded(left))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface has it
    ) -> httpcore.AsyncNetworkStream:
        left = max(_left(self._clock, timeout), 0.0)
        stream = await self._inner.start_tls(ssl_context, server_hostname, _bounded(left))
        return _TimedStream(stream, self._clock)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
