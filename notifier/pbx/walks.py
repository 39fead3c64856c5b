"""A walk over pages from the newest call backwards, with guards against one that never ends."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from notifier.core.pages import PAGE_LIMIT, CallFilter, Page, WalkEnd

PAGES = 1_000
"""Pages after which a walk gives up: a hundred thousand calls."""


class Pages(Protocol):
    """Whoever can be asked for a page."""

    def page(
        self,
        *,
        after: str = "",
        limit: int = PAGE_LIMIT,
        filter: CallFilter = ...,  # noqa: A002 - the vendor's word
    ) -> Awaitable[Page]:
        """Return the page after the cursor `after`, the newest for ""."""
        ...


class Walk:
    """Pages one after the other, each asked for when it is wanted.

    Ends by itself at `stop`, at an empty page or cursor, at a page shorter than its limit (which
    saves asking for the empty one), at a cursor that came before, and at the cap. The page that
    made it end is handed out too, but for an empty one. `ended` then says which it was: after
    REPEATED or CAPPED there are older calls that were not seen, and nothing is raised, because
    those that were seen are true. Errors of a page come through, and end the walk.
    """

    def __init__(
        self,
        source: Pages,
        stop: Callable[[Page], bool],
        *,
        filter: CallFilter,  # noqa: A002 - the vendor's word
        limit: int = PAGE_LIMIT,
        cap: int = PAGES,
    ) -> None:
        self._source = source
        self._stop = stop
        self._filter = filter
        self._limit = limit
        self._cap = cap
        self._after = ""
        self._seen: set[str] = set()
        self.pages = 0
        """How many pages were asked for."""
        self.ended: WalkEnd | None = None
        """None while it goes on."""

    def __aiter__(self) -> "Walk":
        return self

    async def __anext__(self) -> Page:
        if self.ended is not None:
            raise StopAsyncIteration
        page = await self._source.page(after=self._after, limit=self._limit, filter=self._filter)
        self.pages += 1
        self.ended = self._end(page)
        if not page.size:
            raise StopAsyncIteration
        self._seen.add(page.next)
        self._after = page.next
        return page

    def _end(self, page: Page) -> WalkEnd | None:
        if not page.size or not page.next:
            return WalkEnd.LAST
        if self._stop(page):
            return WalkEnd.STOPPED
        if page.size < min(self._limit, page.limit or self._limit):
            return WalkEnd.LAST
        if page.next in self._seen:
            return WalkEnd.REPEATED
        return WalkEnd.CAPPED if self.pages >= self._cap else None
