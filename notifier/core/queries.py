"""What can be asked in words: commands, periods and numbers, from a chat or a terminal."""

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from notifier.core.phones import digits_of


class Ask(StrEnum):
    """What a question is about."""

    MISSED = "missed"
    CALLS = "calls"
    STATUS = "status"
    HELP = "help"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, `since` included, `until` not; both aware."""

    since: datetime
    until: datetime
    word: str = ""
    """`today` or `yesterday` if it was asked for so, else ""."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question that was understood."""

    ask: Ask
    period: Period
    number: str = ""
    """Only calls of this number, or of one that ends so; "" for all."""


@dataclass(frozen=True, slots=True)
class Usage:
    """A question that was not understood, and how it is put rightly."""

    command: str
    suggestion: str = ""
    """The command that was perhaps meant; "" if nothing is near."""
    usage: str = ""
    example: str = ""


COMMANDS: dict[str, Ask] = {
    "missed": Ask.MISSED,
    "nho": Ask.MISSED,
    "calls": Ask.CALLS,
    "goi": Ask.CALLS,
    "status": Ask.STATUS,
    "trangthai": Ask.STATUS,
    "help": Ask.HELP,
    "trogiup": Ask.HELP,
    "quit": Ask.QUIT,
    "exit": Ask.QUIT,
    "thoat": Ask.QUIT,
}
"""Words that are understood, Vietnamese ones without their marks, as Telegram wants commands."""

USAGE = "[today | yesterday | 2h | 7d | 2026-11-20] [number]"
"""What may follow /missed and /calls."""

_SPAN = re.compile(r"(\d{1,4})([mhd])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_FEWEST_DIGITS = 3
"""Digits by which calls can be looked for; fewer would find too many."""


def parse(text: str, now: datetime, zone: ZoneInfo) -> Query | Usage:
    """Return what `text`, such as `/missed 2h 0901234567`, asks; days are those of `zone`."""
    words = text.strip().lstrip("/").lower().split()
    if not words:
        return Usage("", suggestion="/help")
    command = words[0].partition("@")[0]  # in a group, Telegram adds the bot's name
    ask = COMMANDS.get(command)
    if ask is None:
        near = difflib.get_close_matches(command, COMMANDS, n=1)
        return Usage(command, suggestion=f"/{near[0]}" if near else "")
    period, number = None, ""
    for word in words[1:]:
        found = read_period(word, now, zone)
        if found and period is None:
            period = found
        elif _is_number(word) and not number:
            number = word
        else:
            example = f"/{command} 2h"
            return Usage(command, usage=f"/{command} {USAGE}", example=example)
    return Query(ask, period or _day(now.astimezone(zone).date(), zone, "today", now), number)


def read_period(word: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """Return the period that `word` names: today, yesterday, 90m, 2h, 7d or a date; else None."""
    try:
        return _period(word, now, zone)
    except (ValueError, OverflowError):
        return None  # there is no such day, or none that every zone can name


def _period(word: str, now: datetime, zone: ZoneInfo) -> Period | None:
    today = now.astimezone(zone).date()
    if word in {"today", "homnay"}:
        return _day(today, zone, "today", now)
    if word in {"yesterday", "homqua"}:
        return _day(today - timedelta(days=1), zone, "yesterday", now)
    if found := _SPAN.fullmatch(word):
        length = timedelta(**{_UNITS[found[2]]: int(found[1])})
        return Period(now - length, now)
    return _day(date.fromisoformat(word), zone, "", now) if _DATE.fullmatch(word) else None


def _day(day: date, zone: ZoneInfo, word: str, now: datetime) -> Period:
    since = datetime.combine(day, time(), zone).astimezone(UTC)
    until = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return Period(since, max(min(until, now), since), word)


def _is_number(word: str) -> bool:
    if _DATE.fullmatch(word) or any(letter.isalpha() for letter in word):
        return False
    return len(digits_of(word)) >= _FEWEST_DIGITS
