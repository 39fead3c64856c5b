"""When a business is open: hours, holidays, closed and extra days; exact in local time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


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
        today = at.astimezone(self.zone).date()
        yesterday = today - timedelta(days=1)
        return any(start <= at < end for start, end in self.intervals(yesterday, today))

    def intervals(self, first: date, last: date) -> list[tuple[datetime, datetime]]:
        """Return the open intervals that begin on `first` … `last`, in UTC, as they stand.

        A range that lies in an hour which the clocks leave out is none.
        """
        found: list[tuple[datetime, datetime]] = []
        day = first
        while day <= last:
            for span in self.spans_on(day):
                end_day = day + timedelta(days=1) if span.overnight else day
                start, end = self._instant(day, span.start), self._instant(end_day, span.end)
                if start < end:
                    found.append((start, end))
            day += timedelta(days=1)
        return found

    def _instant(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, self.zone).astimezone(UTC)
