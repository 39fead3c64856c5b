"""Local times of day as instants: the next one to come, and the last one that was."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def next_of(times: Iterable[time], after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant later than `after` at which a clock in `zone` shows one of `times`.

    `times` must not be empty. A time that the clocks leave out is told by the offset before.
    """
    today = after.astimezone(zone).date()
    found = (
        datetime.combine(today + step * _DAY, at, zone).astimezone(UTC)
        for step in range(3)
        for at in sorted(times)
    )
    return next(instant for instant in found if instant > after)


def last_of(times: Iterable[time], until: datetime, zone: ZoneInfo) -> datetime:
    """Return the last instant, not later than `until`, at which a clock in `zone` shows one."""
    today = until.astimezone(zone).date()
    found = (
        datetime.combine(today - step * _DAY, at, zone).astimezone(UTC)
        for step in range(3)
        for at in sorted(times, reverse=True)
    )
    return next(instant for instant in found if instant <= until)
