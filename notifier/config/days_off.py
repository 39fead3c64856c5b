"""iCalendar files that calendars name: the days that their events touch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from notifier.config.problems import Path, Problem, quoted
from notifier.config.sheet import Sheet

if TYPE_CHECKING:
    from icalendar import Calendar, Event
    from recurring_ical_events import CalendarQuery

_LARGEST = 1_048_576
"""Bytes of a file that is read: thousands of events."""

_YEARS = range(1970, 2200)
"""Years that are looked through; repetitions have no end of their own."""

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

_DAILY_OR_RARER = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_BY_THE_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")
"""Parts of a repetition that make thousands of events out of one day."""


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The events of one file."""

    text: str = field(repr=False)
    """What the file holds."""
    zone: ZoneInfo
    """Whose days are counted, and whose clock is meant by events that name no zone."""

    def names(self, year: int) -> Mapping[date, str]:
        """Return the days of `year` that an event touches, with the names of their events.

        A cancelled event touches none; one that ends at midnight does not touch the next day.
        """
        return _names(self, year) if year in _YEARS else {}


def is_file(name: str) -> bool:
    """Whether `name`, which stands under `holidays`, is a file's."""
    return name.lower().endswith(".ics")


def read_files(sheet: Sheet, folder: FilePath) -> tuple[dict[str, str], list[Problem]]:
    """Return the text of each iCalendar file by the name that is written, and the problems."""
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for path, name in _named(sheet):
        try:
            files[name] = _content(folder / name)
            _try_out(folder / name, files[name])
        except _UnusableError as error:
            problems.append(sheet.problem(path, str(error)))
    return files, problems


def _named(sheet: Sheet) -> Iterator[tuple[Path, str]]:
    for calendar in sheet.table("calendars"):
        path: Path = ("calendars", calendar, "holidays")
        found = sheet.at(*path)
        several = enumerate(found) if isinstance(found, list) else ()
        names = [(path, found), *(((*path, index), name) for index, name in several)]
        for at, name in names:
            if isinstance(name, str) and is_file(name.strip()) and "://" not in name:
                yield at, name.strip()


class _UnusableError(Exception):
    """A file gives no days; the message says why."""


def _content(path: FilePath) -> str:
    try:
        with path.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise _UnusableError(f"{path} is larger than {_LARGEST:,} bytes")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _UnusableError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise _UnusableError(f"{path} is not UTF-8 text, or not a path") from None


def _try_out(path: FilePath, text: str) -> None:
    """Look through the years in which events begin, so that no fault shows up later."""
    try:
        events = _parsed(text).events
    except Exception:  # noqa: BLE001 - the parser raises whatever it stumbles over
        raise _UnusableError(f"{path} is not an iCalendar file") from None
    for event in events:
        _check_event(path, event)
    _check_identities(path, events)
    try:
        for year in sorted({event.start.year for event in events} & set(_YEARS)):
            DaysOff(text, ZoneInfo("UTC")).names(year)
    except Exception as error:  # noqa: BLE001 - likewise
        fault = quoted(str(error).strip("'"))  # a KeyError's text is in quotes
        raise _UnusableError(f"{path} has events that cannot be read: {fault}") from None


def _check_event(path: FilePath, event: "Event") -> None:
    name = quoted(_summary(event))
    try:
        _ = event.start  # raises where there is none
        wild = _wild_repetition(event)
    except Exception:  # noqa: BLE001 - likewise
        raise _UnusableError(f"{path} has an event that cannot be read: {name}") from None
    if wild:
        message = f"{path} repeats {name} by {wild}; days off repeat daily at most"
        raise _UnusableError(message)


def _check_identities(path: FilePath, events: "list[Event]") -> None:
    """Refuse what was copied and not given a UID of its own: only one of the two would count."""
    begins: dict[str, date] = {}
    for event in events:
        identity = str(event.get("UID", ""))
        moved = "RECURRENCE-ID" in event
        if identity and not moved and begins.setdefault(identity, event.start) != event.start:
            said = f"has two events with the UID {quoted(identity)}, of which one would be lost"
            raise _UnusableError(f"{path} {said}")


def _wild_repetition(event: "Event") -> str:
    """Return the repetition of `event` that gives more than one a day, or "" if none does."""
    for key in ("RRULE", "EXRULE"):
        found: Any = event.get(key, [])
        for rule in found if isinstance(found, list) else [found]:
            rare = set(rule.get("FREQ", ())) <= _DAILY_OR_RARER
            moves_on = 0 not in rule.get("INTERVAL", ())
            if not rare or not moves_on or any(part in rule for part in _BY_THE_CLOCK):
                return str(rule.to_ical().decode())
    return ""


@lru_cache(maxsize=256)
def _names(days_off: DaysOff, year: int) -> Mapping[date, str]:
    found: dict[date, list[str]] = {}
    # a day more at either end: the query has its own idea of when a day begins
    near = _query(days_off.text).between(date(year - 1, 12, 31), date(year + 1, 1, 2))
    for event in near:
        if str(event.get("STATUS", "")).upper() != "CANCELLED":
            for day in _touched(event, days_off.zone):
                names = found.setdefault(day, [])
                names += [name for name in [_summary(event)] if name not in names]
    return {day: "; ".join(found[day]) for day in sorted(found) if day.year == year}


def _touched(event: "Event", zone: ZoneInfo) -> Iterator[date]:
    first, last = _days(event.start, event.end, zone)
    while first <= last:
        yield first
        first += _DAY


def _days(start: date, end: date, zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day of what lasts from `start` up to `end`."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return start, max(start, end - _DAY)
    start, end = _local(start, zone), _local(end, zone)
    return start.date(), max(start, end - _INSTANT).date()


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return (at.astimezone(zone) if at.tzinfo else at).replace(tzinfo=None)


def _summary(event: "Event") -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())


@lru_cache(maxsize=16)
def _query(text: str) -> "CalendarQuery":
    from recurring_ical_events import of

    return of(_parsed(text), components=["VEVENT"])


@lru_cache(maxsize=16)
def _parsed(text: str) -> "Calendar":
    from icalendar import Calendar

    return Calendar.from_ical(text)
