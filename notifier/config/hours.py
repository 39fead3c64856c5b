"""The grammar of calendars: weekdays, ranges of the day, closed days, holidays."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from notifier.config.days_off import DaysOff, is_file
from notifier.config.problems import did_you_mean, quoted
from notifier.config.scalars import read_date, read_text, read_word
from notifier.core.calendars import Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Words of the week, 0 = Monday."""

_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")

_MANY_DAYS = 400
"""Days that one closed range may have."""

_LOCAL_LANGUAGE = {"VN": "vi"}
"""Countries whose holidays are named in a language other than the package's own choice."""

ClosedDays: TypeAlias = tuple[date, ...]


def read_days(value: object) -> tuple[int, ...]:
    """Return the weekdays of `sat`, `mon-fri`, `fri-mon` or `mon, wed`, 0 = Monday."""
    found: list[int] = []
    for part in read_text(value).split(","):
        first, dash, last = (piece.strip().lower() for piece in part.partition("-"))
        start, end = _day(first), _day(last if dash else first)
        found += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    if len(set(found)) < len(found):
        raise ValueError("a day stands in it twice")
    return tuple(found)


def _day(word: str) -> int:
    if word in DAYS:
        return DAYS.index(word)
    near = did_you_mean(word, DAYS) or f"; write {' '.join(DAYS)}, or mon-fri"
    raise ValueError(f"unknown day {quoted(word)}{near}")


def read_spans(value: object) -> tuple[Span, ...]:
    """Return the ranges of `08:00-12:00 13:00-17:30`; one that ends first runs past midnight."""
    text = read_word(value)
    spans = tuple(_span(piece) for piece in text.replace(",", " ").split())
    for earlier, later in pairwise(spans):
        if earlier.overnight or later.start < earlier.end:
            raise ValueError(f"the ranges of {quoted(text)} overlap or are out of order")
    return spans


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{quoted(text)} is not a range of the day; write 08:00-17:30")
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    if (end_hour, end_minute) == (24, 0):
        end_hour = 0
    try:
        start, end = time(start_hour, start_minute), time(end_hour, end_minute)
    except ValueError:
        raise ValueError(f"{quoted(text)} has no such time of day") from None
    if start == end != time():
        raise ValueError(f"{quoted(text)} begins and ends at once; the whole day is 00:00-24:00")
    return Span(start, end)


def read_closed(value: object) -> ClosedDays:
    """Return the day `2027-03-01`, or all of `2027-02-03..2027-02-11`."""
    text = read_text(value).strip()
    first, dots, last = text.partition("..")
    start = read_date(first)
    end = read_date(last) if dots else start
    count = (end - start).days + 1
    if not 1 <= count <= _MANY_DAYS:
        raise ValueError(f"{quoted(text)} must run forward, over at most {_MANY_DAYS} days")
    return tuple(start + timedelta(days=step) for step in range(count))


def read_holidays(value: object) -> str:
    """Return the code of a country whose holidays are known, or the name of an iCalendar file."""
    text = read_text(value).strip()
    if "://" in text:
        raise ValueError(
            "addresses are not read; save the file beside this one, and write its name"
        )
    if not text or is_file(text) or text in _countries():
        return text
    near = did_you_mean(text.upper(), _countries()) or "; a file ends in .ics"
    raise ValueError(f"unknown country {quoted(text)}; write its two letters, such as VN{near}")


@cache
def _countries() -> frozenset[str]:
    from holidays import list_supported_countries

    return frozenset(list_supported_countries())


@dataclass(frozen=True, slots=True)
class Holidays:
    """The public holidays of countries, days in lieu included, and the days off of files."""

    countries: tuple[str, ...] = ()
    """Their codes."""
    days_off: tuple[DaysOff, ...] = ()
    """Days that stand in files."""

    def __call__(self, year: int) -> Mapping[date, str]:
        """Return the days of `year` with their names, in order; what falls together is joined."""
        found: dict[date, str] = {}
        sources = [_holidays(country, year) for country in self.countries]
        sources += [events.names(year) for events in self.days_off]
        for day, name in (pair for source in sources for pair in source.items()):
            earlier = found.get(day, "")
            found[day] = name if earlier in ("", name) else f"{earlier}; {name}"
        return dict(sorted(found.items()))

    def unknown_in(self, year: int) -> tuple[str, ...]:
        """Return the countries whose holidays of `year` the package `holidays` does not know."""
        return tuple(one for one in self.countries if year not in _known_years(one))


@cache
def _holidays(country: str, year: int) -> Mapping[date, str]:
    from holidays import country_holidays

    if year not in _known_years(country):
        return {}
    found = country_holidays(country, years=year, language=_LOCAL_LANGUAGE.get(country))
    return dict(found.items())


@cache
def _known_years(country: str) -> range:
    from holidays import country_holidays

    rules = country_holidays(country)
    return range(rules.start_year, rules.end_year + 1)
