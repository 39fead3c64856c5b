"""What is asked of the API to learn its manners: limits, last pages, dates, sorts, hotlines."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from notifier.core.calls import Call
from notifier.core.directory import Hotline
from notifier.core.errors import SourceError, SourceRejected
from notifier.core.findings import Finding, Verdict
from notifier.core.pages import EVERY_CALL, PAGE_LIMIT, CallFilter, Page
from notifier.pbx import wire
from notifier.pbx.client import LIST_CALLS, PbxClient

LIMIT, SHORT, DATES = "limit is clamped", "a short page is the last", "date filter"
SORT, HOTLINE_FILTER = "sort", "hotline_ids finds missed calls"

_TOO_MANY = 200
_MOST_HOTLINES = 10
_APART = timedelta(minutes=2)
"""A row written this long after its call began tells the two columns of dates apart."""
_MARGIN = timedelta(seconds=1)
_TELL_US = "tell the notifier's maintainers: walks take a short page for the last"
_BY_HAND = "directory.hotlines: give each its extensions: and callees:, to place calls without it"


@dataclass(frozen=True, slots=True)
class Sight:
    """What most questions start from."""

    client: PbxClient
    page: Page
    """The newest calls."""
    body: bytes
    """The same page as it came, for what reading it evens out."""
    hotlines: tuple[Hotline, ...] = ()


Question: TypeAlias = Callable[[Sight], Awaitable[Finding]]


async def limit(sight: Sight) -> Finding:
    """Ask for more than a page holds."""
    try:
        page = await sight.client.page(limit=_TOO_MANY)
    except SourceRejected:
        return Finding(LIMIT, Verdict.OK, f"a limit of {_TOO_MANY} is rejected, none such is sent")
    if page.size >= PAGE_LIMIT:
        return Finding(LIMIT, Verdict.OK, f"a limit of {_TOO_MANY} gives {page.size}")
    if page.next and (await sight.client.page(after=page.next)).size:
        what = f"a page has only {page.size}, with more to come"
        return Finding(LIMIT, Verdict.WARNING, what, _TELL_US)
    return Finding(LIMIT, Verdict.UNKNOWN, f"the account has only {page.size} calls")


async def short_page(sight: Sight) -> Finding:
    """Follow the cursor of a page that is not full."""
    wanted, page = EVERY_CALL, sight.page
    if page.size >= PAGE_LIMIT:
        numbers = Counter(call.caller for call in page.calls if call.caller)
        rarest = min(numbers, key=lambda number: numbers[number], default="")
        wanted = CallFilter(call_number=rarest)
        page = await sight.client.page(filter=wanted)
    if not 0 < page.size < PAGE_LIMIT:
        return Finding(SHORT, Verdict.UNKNOWN, f"no short page was found, one had {page.size}")
    if not page.next:
        return Finding(SHORT, Verdict.OK, "a short page has no next")
    after = await sight.client.page(after=page.next, filter=wanted)
    if after.size:
        what = f"after a page of {page.size} came {after.size} more"
        return Finding(SHORT, Verdict.WARNING, what, _TELL_US)
    return Finding(SHORT, Verdict.OK, "a short page has a next, and the page after it is empty")


async def dates(sight: Sight) -> Finding:
    """Bracket when a row was written and when its call began, and see which finds it."""
    written = ((call, call.created_at) for call in sight.page.calls)
    apart = ((call, at) for call, at in written if at and at - call.started_at > _APART)
    call, created_at = next(apart, (None, None))
    if call is None or created_at is None:
        return Finding(DATES, Verdict.UNKNOWN, "no row was written long after its call began")
    acts_on = {
        "created_at": await _finds(sight, call, created_at),
        "started_at": await _finds(sight, call, call.started_at),
    }
    columns = [column for column, found in acts_on.items() if found]
    if len(columns) == 1:
        return Finding(DATES, Verdict.OK, f"date_from and date_to act on {columns[0]}")
    what = "either column finds the row" if columns else "neither column finds the row"
    return Finding(DATES, Verdict.WARNING, what, "do not rely on date_from and date_to")


async def _finds(sight: Sight, call: Call, at: datetime) -> bool:
    page = await sight.client.page(filter=CallFilter(date_from=at - _MARGIN, date_to=at + _MARGIN))
    return any(found.id == call.id for found in page.calls)


async def sorts(sight: Sight) -> Finding:
    """Ask for the one sort that is safe, and for the one that would be good to have."""
    served: list[str] = []
    for sort in ("-started_at", "-created_at"):
        asked = wire.list_request(EVERY_CALL, wire.Paging(limit=1, sort=sort))
        try:
            await sight.client.send(LIST_CALLS, asked)
        except SourceError:
            continue
        served.append(sort)
    if "-started_at" not in served:
        return Finding(SORT, Verdict.WARNING, "-started_at is not served; no sort is sent")
    rest = "works too" if "-created_at" in served else "is not served"
    return Finding(SORT, Verdict.OK, f"-started_at works, -created_at {rest}; none is sent")


async def hotline_filter(sight: Sight) -> Finding:
    """Ask for each hotline's calls, and see how many of the missed ones come."""
    hotlines = [hotline for hotline in sight.hotlines if hotline.id][:_MOST_HOTLINES]
    if not hotlines:
        advice = 'directory.hotlines: {number: …, id: "…"}, with the id that the vendor tells'
        return Finding(HOTLINE_FILTER, Verdict.UNKNOWN, "no hotline's id is known", advice)
    pages = [
        await sight.client.page(filter=CallFilter(hotline_ids=(hotline.id,)))
        for hotline in hotlines
    ]
    if _ignored(pages):
        what = "the filter is ignored: it finds calls that cannot be of one hotline"
        return Finding(HOTLINE_FILTER, Verdict.NO, what, f"leave out every id:; {_BY_HAND}")
    tagged = {call.id for page in pages for call in page.calls}
    missed = [call for call in sight.page.calls if call.missed]
    return _verdict(len(missed), sum(call.id in tagged for call in missed), hotlines)


def _ignored(pages: Iterable[Page]) -> bool:
    calls = [call for page in pages for call in page.calls]
    return any(call.internal for call in calls) or len({c.id for c in calls}) < len(calls)


def _verdict(missed: int, found: int, hotlines: Iterable[Hotline]) -> Finding:
    what = f"{found} of {missed} missed calls on the newest page are found by hotline"
    if not missed:
        return Finding(HOTLINE_FILTER, Verdict.UNKNOWN, "no missed call on the newest page")
    if not found:
        return Finding(HOTLINE_FILTER, Verdict.NO, what, _BY_HAND)
    if found < missed:
        return Finding(HOTLINE_FILTER, Verdict.WARNING, what, _BY_HAND)
    return Finding(HOTLINE_FILTER, Verdict.OK, what, f"directory.hotlines: [{_lines(hotlines)}]")


def _lines(hotlines: Iterable[Hotline]) -> str:
    return ", ".join(
        f'{{number: "{one.number}", name: {msgspec.json.encode(one.name).decode()}, '
        f'id: "{one.id}"}}'
        for one in hotlines
    )


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        LIMIT: limit,
        SHORT: short_page,
        DATES: dates,
        SORT: sorts,
        HOTLINE_FILTER: hotline_filter,
    }
)
"""By the name of the finding; any of them may raise SourceError."""
