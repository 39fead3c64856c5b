"""Instants, periods and spans, as they are typed behind an option."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_YEARS = range(1970, 2101)

_STAMP = "%Y-%m-%d %H:%M:%S"


def instants(
    since: str, until: str, zone: "ZoneInfo", *, now: datetime
) -> tuple[datetime, datetime]:
    """Return the instants that two options name; an empty `until` is `now`."""
    from notifier.core.queries import read_period

    start = read_period(since, now, zone)
    end = read_period(until, now, zone) if until else None
    if start is None or (until and end is None):
        raise click.UsageError("a period is 90m, 2h, 7d, today, yesterday or a date: 2026-11-20")
    return start.since, end.since if end else now


def instant(option: str, text: str, zone: "ZoneInfo") -> datetime:
    """Return the instant that `text` names, on the file's clock unless it has an offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.year not in _YEARS:
        raise click.UsageError(f'{option} {text}: write a time such as "2026-09-02 10:00"')
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(zone)


def length(option: str, text: str, zone: "ZoneInfo", *, now: datetime) -> timedelta:
    """Return the span that `text` names, such as 90m, 2h or 7d."""
    from notifier.core.queries import read_period

    period = read_period(text, now, zone)
    if period is None or period.until != now or period.word or "-" in text:
        raise click.UsageError(f"{option} {text}: write a span such as 90m, 2h or 7d")
    return now - period.since


def stamp(at: datetime, zone: "ZoneInfo") -> str:
    """Return `at` as results show it, on the clock of `zone`."""
    return at.astimezone(zone).strftime(_STAMP)
