"""The line to the PBX: one request at a time, with the key, the time-outs and the errors."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import httpx

from notifier import __version__
from notifier.core.directory import Hotline
from notifier.core.errors import SourceNonsense, SourceRejected, SourceUnavailable
from notifier.core.pages import EVERY_CALL, PAGE_LIMIT, CallFilter, Page
from notifier.pbx import wire
from notifier.pbx.errors import Attempt, refusal
from notifier.pbx.walks import PAGES, Walk

LIST_CALLS = "ListCallLogs"
"""The vendor's method that lists calls."""

_NEWEST_FIRST = "-started_at"
_LARGEST = 16 * 1024 * 1024
"""Bytes beyond which an answer is no page: a full one has about a hundred thousand."""
_STEPS = 4
"""A whole answer may take this many time-outs, each of which bounds one step of it."""

_SERVICE = re.compile(r"[a-z]+\.[A-Za-z]+")
_KEY = re.compile(r"[!-~]+")
_VERSION = re.compile(r"(?:/v1(?:/[a-z]+)?)?/*$")
"""Some of the vendor's pages have the version, and even the audience, in their base URL."""

T = TypeVar("T")


class Clock(Protocol):
    """The time of day, for dates in answers, and spans, for slow ones."""

    def now(self) -> datetime:
        """Return the present instant, aware."""
        ...

    def elapsed(self) -> float:
        """Return seconds since some fixed point."""
        ...


class PbxClient:
    """Asks one account of the PBX.

    One request is in flight at a time, and none is cancelled before the client is closed: a caller
    that gives up leaves it to its time-outs, because a cancelled request can cost httpx its pool.
    Every failure is a SourceError, and no message of one ever holds the key.
    """

    def __init__(
        self,
        base_url: str,
        service: str,
        key: str,
        *,
        clock: Clock,
        timeout: timedelta = timedelta(seconds=30),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Store what to ask and how; ValueError for a URL, service or key that cannot work.

        `service` is such as shop.Sencloud. `timeout` bounds connecting, sending and each wait for
        a part of the answer. `transport` takes the place of the network.
        """
        if not _SERVICE.fullmatch(service):
            raise ValueError(f"source.service is {service!r}, not such as shop.Sencloud")
        if not _KEY.fullmatch(key.strip()):
            raise ValueError("source.api_key is empty, or holds characters that no key has")
        self._base = _base(base_url)
        self._service = service
        self._key = key.strip()
        self._clock = clock
        self._timeout = timeout
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._line = asyncio.Lock()
        self._flying: set[asyncio.Task[bytes]] = set()

    @property
    def source(self) -> str:
        """Host and service, for reports."""
        return f"{self._base.host} {self._service}"

    @property
    def for_partners(self) -> bool:
        """Whether it asks as a partner, for whom some methods have other names."""
        return self._service.startswith("partner.")

    async def page(
        self,
        *,
        after: str = "",
        before: str = "",
        limit: int = PAGE_LIMIT,
        sort: str = "",
        filter: CallFilter = EVERY_CALL,  # noqa: A002 - the vendor's word
    ) -> Page:
        """Return one page of calls, newest start first.

        `after` takes a page's `next`, `before` a page's `prev`; ValueError for both. `sort` can
        only say what holds without it, -started_at: the vendor falls over most others.
        """
        if after and before:
            raise ValueError("list calls: give after or before, not both")
        if limit < 1:
            raise ValueError(f"list calls: the limit is {limit}, and must be 1 or more")
        if sort not in ("", _NEWEST_FIRST):
            raise ValueError(f"list calls: the sort is {sort!r}, and can only be {_NEWEST_FIRST}")
        paging = wire.Paging(after=after, before=before, limit=limit, sort=sort)
        body = await self.send(LIST_CALLS, wire.list_request(filter, paging))
        try:
            return wire.read_page(body)
        except SourceNonsense:
            raise self._nonsense(LIST_CALLS, "", body) from None

    def walk(
        self,
        stop: Callable[[Page], bool],
        *,
        filter: CallFilter = EVERY_CALL,  # noqa: A002 - the vendor's word
        limit: int = PAGE_LIMIT,
        cap: int = PAGES,
    ) -> Walk:
        """Return a walk from the newest call backwards, until `stop` says of a page: enough."""
        return Walk(self, stop, filter=filter, limit=limit, cap=cap)

    async def tagged(self, hotline: Hotline, since: datetime) -> list[str]:
        """Return ids of the calls of `hotline` that started at `since` or later.

        None where the PBX rejects the query, as it does for an id that it does not know: knowing
        the hotline is a convenience, and must not keep the calls themselves from being read.
        """
        if not hotline.id:
            return []
        found: list[str] = []
        wanted = CallFilter(hotline_ids=(hotline.id,))
        walk = self.walk(lambda page: any(c.started_at < since for c in page.calls), filter=wanted)
        try:
            async for page in walk:
                found.extend(call.id for call in page.calls if call.started_at >= since)
        except SourceRejected:
            return []
        return found

    async def ask(self, method: str, kind: type[T], body: bytes = b"{}", *, of: str = "") -> T:
        """Return the answer of `method` as `kind`, a msgspec Struct that says what is wanted."""
        answer = await self.send(method, body, of=of)
        try:
            return wire.read(answer, kind)
        except SourceNonsense:
            raise self._nonsense(method, of, answer) from None

    async def send(self, method: str, body: bytes, *, of: str = "") -> bytes:
        """Return the body of the answer to `method`, of any 2xx status; SourceError for others.

        `of` names a neighbouring service, such as Shop, that is asked for the same audience.
        """
        # In a task of its own, so that a cancelled caller does not cancel the request.
        task = asyncio.ensure_future(self._exchange(self._attempt(method, of), body))
        self._flying.add(task)
        task.add_done_callback(self._landed)
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Give up what is in flight, and hang up."""
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)
        await self._hang_up()

    def _landed(self, task: asyncio.Task[bytes]) -> None:
        self._flying.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that one nobody waits for any more makes no noise

    def _attempt(self, method: str, of: str) -> Attempt:
        audience = self._service.partition(".")[0]
        service = f"{audience}.{of}" if of else self._service
        return Attempt(self._base.host, f"{service}/{method}", self._key)

    def _nonsense(self, method: str, of: str, body: bytes) -> SourceNonsense:
        attempt = self._attempt(method, of)
        came = f"what came is no answer to it ({attempt.excerpt(body)})"
        return SourceNonsense(attempt.says(came, "asked again later; check source.base_url"))

    async def _exchange(self, attempt: Attempt, body: bytes) -> bytes:
        async with self._line:
            try:
                return await self._post(attempt, body)
            except httpx.PoolTimeout as error:
                # Alone on the line, only a broken pool has no connection to give.
                await self._hang_up()
                came = "no connection became free"
                raise SourceUnavailable(attempt.says(came, "asked again later")) from error
            except httpx.TimeoutException as error:
                came = f"nothing came within {self._timeout.total_seconds():g} s"
                advice = "asked again later; if it stays so, raise source.timeout"
                raise SourceUnavailable(attempt.says(came, advice)) from error
            except httpx.RequestError as error:
                came = f"no answer came ({type(error).__name__}: {error})"
                advice = "asked again later; check the network and source.base_url"
                raise SourceUnavailable(attempt.says(came, advice)) from error

    async def _post(self, attempt: Attempt, body: bytes) -> bytes:
        url = self._base.copy_with(path=f"{self._base.path.rstrip('/')}/v1/{attempt.route}")
        async with self._open().stream("POST", url, content=body) as response:
            answer = await self._read(attempt, response)
        if response.is_success:
            return answer
        now = self._clock.now()
        raise refusal(attempt, response.status_code, response.headers, answer, now=now)

    async def _read(self, attempt: Attempt, response: httpx.Response) -> bytes:
        began = self._clock.elapsed()
        longest = self._timeout.total_seconds() * _STEPS
        answer = bytearray()
        async for part in response.aiter_bytes():
            answer += part
            if len(answer) > _LARGEST:
                came = f"more than {_LARGEST} bytes came"
                raise SourceNonsense(attempt.says(came, "check source.base_url"))
            if self._clock.elapsed() - began > longest:
                came = f"the answer was not complete after {longest:g} s"
                raise SourceUnavailable(attempt.says(came, "asked again later"))
        return bytes(answer)

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                headers={
                    "authorization": f"Bearer {self._key}",
                    "content-type": "application/json",
                    "accept": "application/json",
                    "user-agent": f"notifier/{__version__}",
                },
                timeout=self._timeout.total_seconds(),
                transport=self._transport,
            )
        return self._client

    async def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _base(base_url: str) -> httpx.URL:
    """Return `base_url` without the version that some write at its end; ValueError if unusable."""
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        raise ValueError("source.base_url is no URL, such as https://api.sencloud.vn") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("source.base_url needs http:// or https://, and a host")
    if url.query or url.fragment or url.userinfo:
        raise ValueError("source.base_url must end with its path: no ?, # or user before the host")
    return url.copy_with(path=_VERSION.sub("", url.path) or "/")
