"""How a text of the file becomes a value: durations, times, numbers, names; or why it cannot.

Each reader takes what stands in the file and raises ValueError with a sentence for its author.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from notifier.config.problems import did_you_mean, quoted
from notifier.core.secrets import Secret

T = TypeVar("T")

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}

DURATION_PATTERN = r"([0-9]{1,9}(ms|s|m|h|d|w))+|0"
"""What a duration looks like; a bare 0 needs no unit."""

_DURATION_PART = re.compile(r"([0-9]{1,9})(ms|s|m|h|d|w)")

LONGEST = timedelta(days=3_650)
"""Ten years: a longer duration is a slip, and dates would overflow."""

_WEEKS = range(1, 13)
"""Weeks back that may say what is usual: a season at most."""

_YEARS = range(2000, 2101)
"""Years of moments: others are slips, and their ends overflow in some zone."""

_YES = frozenset({"yes", "true", "on"})
_NO = frozenset({"no", "false", "off"})

_NAME = re.compile(r"\w[\w-]{0,63}")
_RULE_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PHONE = re.compile(r"\+?[0-9*#][0-9 .()*#-]*")
_NOT_IN_HEADERS = re.compile(r"[^\x21-\x7e]")


def read_text(value: object) -> str:
    """Return the text that `value` is."""
    if isinstance(value, str):
        return value
    raise ValueError("expected one value, not a list or a mapping")


def tried(read: Callable[[object], T], value: object) -> T | None:
    """Return what `read` makes of `value`; None for none and for what it cannot read.

    For looking at two values together: what is wrong with one alone is told by the model.
    """
    try:
        return None if value is None else read(value)
    except ValueError:
        return None


def read_word(value: object) -> str:
    """Return the text that `value` is, which must not be empty."""
    if text := read_text(value).strip():
        return text
    raise ValueError("is empty")


def read_duration(value: object) -> timedelta:
    """Return a duration such as 15s, 1h30m or 0s; never negative, at most ten years."""
    text = read_text(value).strip()
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(f"{quoted(text)} is not a duration; write 90s, 10m, 1h30m or 2d")
    parts = _DURATION_PART.findall(text)
    try:
        total = sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta())
    except OverflowError:
        total = timedelta.max
    if total > LONGEST:
        raise ValueError(f"{quoted(text)} is longer than ten years")
    return total


def read_span(value: object) -> timedelta:
    """Return a duration that is longer than nothing."""
    if found := read_duration(value):
        return found
    raise ValueError(f"{quoted(read_text(value))} must be longer than 0")


def read_span_or_off(value: object) -> timedelta | None:
    """Return a duration; None for `off` and for 0."""
    text = read_text(value).strip()
    return None if text.lower() in _NO else read_duration(text) or None


def read_weeks(value: object) -> int:
    """Return how many weeks `week` or `2w` … `12w` are."""
    text = read_text(value).strip()
    found = re.fullmatch(r"([0-9]{1,2})w", text)
    weeks = 1 if text == "week" else int(found[1]) if found else 0
    if weeks in _WEEKS:
        return weeks
    raise ValueError(f"{quoted(text)} is not what a spike is against; write week, or 2w to 12w")


def duration_text(duration: timedelta) -> str:
    """Return `duration` as it is written in the file, in the fewest units: 1h30m."""
    text = ""
    for unit in ("d", "h", "m", "s", "ms"):
        count, duration = divmod(duration, _UNITS[unit])
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def read_flag(value: object) -> bool:
    """Return what yes, no, true, false, on or off say."""
    text = read_text(value).strip().lower()
    if text in _YES | _NO:
        return text in _YES
    raise ValueError(f"{quoted(text)} is neither yes nor no; write true or false")


def read_number(value: object) -> int:
    """Return a whole number, which may be negative."""
    text = read_text(value).strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    raise ValueError(f"{quoted(text)} is not a whole number")


def read_count(value: object) -> int:
    """Return a whole number from 1."""
    number = read_number(value)
    if number < 1:
        raise ValueError(f"{quoted(read_text(value))} must be 1 or more")
    return number


def read_times(value: object) -> int:
    """Return a whole number from 0."""
    number = read_number(value)
    if number < 0:
        raise ValueError(f"{quoted(read_text(value))} must be 0 or more")
    return number


def read_factor(value: object) -> float:
    """Return a number from 1 to 1000, such as 2 or 1.5."""
    text = read_text(value).strip()
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", text) and 1 <= float(text) <= 1000:  # noqa: PLR2004
        return float(text)
    raise ValueError(f"{quoted(text)} is not a factor; write a number of 1 or more, such as 2")


def read_share(value: object) -> float:
    """Return a percentage such as 20% as a part of 1."""
    text = read_text(value).strip()
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})? ?%", text) and float(text[:-1]) <= 100:  # noqa: PLR2004
        return float(text[:-1]) / 100
    raise ValueError(f"{quoted(text)} is not a percentage; write 20%")


def read_phone(value: object) -> str:
    """Return a phone number, extension or service number as it was written, zeros and all."""
    text = read_word(value)
    if _PHONE.fullmatch(text):
        return text
    raise ValueError(f"{quoted(text)} is not a phone number")


def read_name(value: object) -> str:
    """Return the name of a channel, list or calendar."""
    text = read_text(value)
    if _NAME.fullmatch(text):
        return text
    raise ValueError("not a name; use letters, digits, _ and -")


def read_rule_name(value: object) -> str:
    """Return the name of a rule: it is a key in the store and a word in commands."""
    text = read_text(value)
    if _RULE_NAME.fullmatch(text):
        return text
    raise ValueError("not a rule name; use a-z, 0-9 and _, and begin with a letter")


def read_time(value: object) -> time:
    """Return a time of day such as 08:05."""
    text = read_text(value).strip()
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text)
    if found and int(found[1]) < 24 and int(found[2]) < 60:  # noqa: PLR2004
        return time(int(found[1]), int(found[2]))
    raise ValueError(f"{quoted(text)} is not a time of day; write 08:05")


def read_date(value: object) -> date:
    """Return a day such as 2027-02-03."""
    text = read_text(value).strip()
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{quoted(text)} is not a day; write 2027-02-03")


def read_moment(value: object) -> datetime:
    """Return a moment such as 2026-12-01T00:00; naive where no offset is written."""
    text = read_text(value).strip()
    try:
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}", text):
            moment = datetime.fromisoformat(text)
            if moment.year in _YEARS:
                return moment
    except ValueError:
        pass
    raise ValueError(f"{quoted(text)} is not a moment; write 2026-12-01T08:00")


def read_zone(value: object) -> ZoneInfo:
    """Return the time zone of an IANA name."""
    text = read_word(value)
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        near = did_you_mean(text, available_timezones())
        home = "; Vietnam is Asia/Ho_Chi_Minh" if text.startswith("Asia/") else near
        raise ValueError(f"unknown time zone {quoted(text)}{home}") from None


def read_secret(value: object) -> Secret:
    """Return a key or token; the message never repeats it."""
    text = read_text(value).strip()
    if not text:
        raise ValueError("is empty")
    if _NOT_IN_HEADERS.search(text):
        raise ValueError("holds a space or a letter that no key or token has")
    return Secret(text)


def read_url(value: object) -> str:
    """Return an http or https address without a slash at its end; no message repeats it."""
    text = read_text(value).strip()
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if good and not _NOT_IN_HEADERS.search(text):
        return text
    raise ValueError("not an address; write https://host/path")


def unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return `names` in their order, each once."""
    return tuple(dict.fromkeys(names))


def read_choice(value: object, known: Iterable[str]) -> str:
    """Return the one of `known` that `value` is."""
    text, words = read_text(value).strip(), list(known)
    if text in words:
        return text
    near = did_you_mean(text, words) or f"; known: {', '.join(words)}"
    raise ValueError(f"unknown value {quoted(text)}{near}")
