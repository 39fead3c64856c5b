"""When a business is open: hours, holidays, closed and extra days; exact in local time."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_NOTHING = timedelta()

_FARTHEST = 400
"""Days that are looked through for open time: a calendar that never opens would have no end."""

_KEPT = 2_048
"""Days whose opening times a calendar keeps: two back-tests of a year, in half a megabyte."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the day, `start` included, `end` not; past midnight when `end` <= `start`."""

    start: time
    end: time

    @property
    def overnight(self) -> bool:
        """Whether it ends on the next day; 22:00-06:00 does, and so does 08:00-00:00."""
        return self.end <= self.start


def _no_holidays(_year: int) -> Mapping[date, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Named opening hours in one zone."""

    name: str
    zone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]]
    """Ranges of each weekday, 0 = Monday; a day that is not in it is closed."""
    holidays: Callable[[int], Mapping[date, str]] = _no_holidays
    """Holidays of a year with their names."""
    closed: frozenset[date] = frozenset()
    """Closed whatever the week says."""
    extra: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    """Open whatever else says: a Saturday that is worked, a holiday on duty."""
    # What `edges` has answered: no part of the value, and the same whenever a day is asked for.
    _kept: dict[int, tuple[timedelta, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Return the ranges that begin on `day`."""
        if day in self.extra:
            return self.extra[day]
        if day in self.closed or day in self.holidays(day.year):
            return ()
        return self.week.get(day.weekday(), ())

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at the instant `at` (aware).

        Instants are compared, not clock faces: those repeat and are left out when clocks change.
        """
        since = at - _EPOCH
        return bisect_right(self.edges(since.days), since) % 2 == 1

    def is_open_day(self, day: date) -> bool:
        """Whether it opens on `day` at all; a night belongs to the day on which it begins."""
        return bool(self.intervals(day, day))

    def edges(self, number: int) -> tuple[timedelta, ...]:
        """Return when it opens, closes, opens … within one day of UTC, as spans since 1970.

        `number` counts days since 1970. What is open at an end of the day is cut there; ranges
        that touch or overlap are one.
        """
        found = self._kept.get(number)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            day = _EPOCH.date() + timedelta(days=number)
            # a zone is less than a day from UTC, and a night begins on the day before
            nearby = self.intervals(day - 2 * _DAY, day + _DAY)
            found = _edges(((start - _EPOCH, end - _EPOCH) for start, end in nearby), number)
            self._kept[number] = found
        return found

    def intervals(self, first: date, last: date) -> list[tuple[datetime, datetime]]:
        """Return the open intervals that begin on `first` … `last`, in UTC, as they stand.

        A range that lies in an hour which the clocks leave out is none.
        """
        found: list[tuple[datetime, datetime]] = []
        day = first
        while day <= last:
            for span in self.spans_on(day):
                end_day = day + _DAY if span.overnight else day
                start, end = self._instant(day, span.start), self._instant(end_day, span.end)
                if start < end:
                    found.append((start, end))
            day += _DAY
        return found

    def _instant(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, self.zone).astimezone(UTC)


def _edges(intervals: Iterable[tuple[timedelta, timedelta]], number: int) -> tuple[timedelta, ...]:
    """Return the starts and ends of `intervals`, united and cut to the day `number`."""
    first, last = number * _DAY, (number + 1) * _DAY
    edges: list[timedelta] = []
    for start, end in sorted((max(start, first), min(end, last)) for start, end in intervals):
        if edges and start <= edges[-1]:
            edges[-1] = max(edges[-1], end)
        elif start < end:
            edges += start, end
    return tuple(edges)


def after(calendars: Sequence[Calendar], at: datetime, span: timedelta) -> datetime | None:
    """Return the first instant, in UTC, by which any of `calendars` was open for `span` since `at`.

    That is a closing time if the span ends with it, and `at` itself (aware) if it is zero. Without
    calendars all time counts. None if it does not come within 400 days of `at`.
    """
    if not calendars or span <= _NOTHING:
        return at.astimezone(UTC) + max(span, _NOTHING)
    since, left = at - _EPOCH, span
    for start, end in _open(calendars, since, since + _FARTHEST * _DAY):
        if left <= end - start:
            return _EPOCH + start + left
        left -= end - start
    return None


def open_time(calendars: Sequence[Calendar], since: datetime, until: datetime) -> timedelta:
    """Return for how long any of `calendars` was open from `since` to `until` (aware).

    Without calendars all time counts; zero if `until` is not after `since`.
    """
    first, last = since - _EPOCH, until - _EPOCH
    if not calendars:
        return max(last - first, _NOTHING)
    found = _open(calendars, first, last)
    return sum((end - start for start, end in found), _NOTHING)


def _open(
    calendars: Sequence[Calendar], since: timedelta, until: timedelta
) -> Iterator[tuple[timedelta, timedelta]]:
    """Yield the open intervals between two spans since 1970, cut there and at days of UTC."""
    for number in range(since.days, until.days + 1):
        edges = _united(calendars, number)
        for opens, closes in _pairs(edges):
            start, end = max(opens, since), min(closes, until)
            if start < end:
                yield start, end


def _united(calendars: Sequence[Calendar], number: int) -> tuple[timedelta, ...]:
    """Return when the first of `calendars` opens, the last closes … within a day of UTC."""
    first, *others = [calendar.edges(number) for calendar in calendars]
    if not others:
        return first
    pairs = [pair for edges in (first, *others) for pair in _pairs(edges)]
    return _edges(pairs, number)


def _pairs(edges: tuple[timedelta, ...]) -> Iterator[tuple[timedelta, timedelta]]:
    return zip(edges[::2], edges[1::2], strict=True)
