"""Stretches of time as people name them, from a chat, a terminal or an option."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, `since` included, `until` not; both aware."""

    since: datetime
    until: datetime
    word: str = ""
    """`today`, `yesterday`, `week` or `month` if it was asked for so, else ""."""


_NAMED = {
    "today": "today",
    "homnay": "today",
    "yesterday": "yesterday",
    "homqua": "yesterday",
    "week": "week",
    "tuan": "week",
    "tuannay": "week",
    "month": "month",
    "thang": "month",
    "thangnay": "month",
}
_SPAN = re.compile(r"(\d{1,4})([mhd])", re.ASCII)
_HOURS = re.compile(r"(\d{1,2}:\d\d)-(\d{1,2}:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def read_period(word: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """Return the period that `word` names, else None.

    That is today, yesterday, this week (from Monday) or month, 90m, 2h, 7d, a date, hours of today
    such as 08:00-12:00, or a date and hours with a blank between them. None reaches beyond `now`.
    """
    try:
        return _period(word, now, zone)
    except (ValueError, OverflowError):
        return None  # there is no such day or time, or none that every zone can name


def _period(word: str, now: datetime, zone: ZoneInfo) -> Period | None:
    today = now.astimezone(zone).date()
    if name := _NAMED.get(word):
        return _named(name, today, zone, now)
    if found := _SPAN.fullmatch(word):
        length = timedelta(**{_UNITS[found[2]]: int(found[1])})
        return Period(now - length, now)
    date_word, _, hours = word.rpartition(" ")
    if found := _HOURS.fullmatch(hours):
        day = date.fromisoformat(date_word) if date_word else today
        return _hours(day, (found[1], found[2]), zone, now)
    return _day(date.fromisoformat(word), zone, "", now) if _DATE.fullmatch(word) else None


def _named(name: str, today: date, zone: ZoneInfo, now: datetime) -> Period:
    if name == "yesterday":
        return _day(today - timedelta(days=1), zone, name, now)
    back = {"today": 0, "week": today.weekday(), "month": today.day - 1}[name]
    first = _day(today - timedelta(days=back), zone, name, now)
    return Period(first.since, max(now, first.since).astimezone(UTC), name)


def _hours(day: date, ends: tuple[str, str], zone: ZoneInfo, now: datetime) -> Period:
    """Return the hours of `day` between `ends`; into the next day where the end is not later."""
    first, last = (time.fromisoformat(end.rjust(5, "0")) for end in ends)
    over = day + timedelta(days=1) if last <= first else day
    since = datetime.combine(day, first, zone).astimezone(UTC)
    until = datetime.combine(over, last, zone).astimezone(UTC)
    return Period(since, max(min(until, now), since).astimezone(UTC))


def _day(day: date, zone: ZoneInfo, word: str, now: datetime) -> Period:
    since = datetime.combine(day, time(), zone).astimezone(UTC)
    until = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return Period(since, max(min(until, now), since), word)
