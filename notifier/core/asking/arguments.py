"""What follows a command, read word by word: a period, a hotline, a number."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from notifier.core.directory import Directory
from notifier.core.phones import digits_of, normalise
from notifier.core.queries import Period, read_period


class Part(StrEnum):
    """What a command may be followed by."""

    PERIOD = "period"
    HOTLINE = "hotline"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; what was not said is None or ""."""

    period: Period | None = None
    hotline: str = ""
    """Number of a hotline of the directory, as it is written there."""
    number: str = ""
    """Digits of any other number, or of its end."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when words are read."""

    now: datetime
    zone: ZoneInfo
    """Whose days and hours are meant."""
    directory: Directory


_FEWEST_DIGITS = 3
"""Digits by which calls can be looked for; fewer would find too many."""

_MOST_DIGITS = 15
"""Digits of the longest number of E.164."""

_LONGEST_NAME = 5
"""Words of a hotline's name that are put together at most."""


def folded(text: str) -> str:
    """Return `text` as it is typed without marks: small letters, no accents, d for đ."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def read_words(words: Sequence[str], parts: frozenset[Part], setting: Setting) -> Wanted | None:
    """Return what `words` ask for, each of `parts` once at most and in any order; else None.

    Vietnamese words may be written with their marks and apart (hôm nay), hotlines by number or
    name, numbers with blanks in them.
    """
    wanted, rest = Wanted(), list(words)
    while rest:
        taken = (
            _period(rest, parts, setting, wanted)
            or _hotline(rest, parts, setting, wanted)
            or _number(rest, parts, wanted)
        )
        if taken is None:
            return None
        used, wanted = taken
        rest = rest[used:]
    return wanted


_Taken = tuple[int, Wanted]
"""How many words were used, and what is wanted with them."""


def _period(
    rest: Sequence[str], parts: frozenset[Part], setting: Setting, wanted: Wanted
) -> _Taken | None:
    if Part.PERIOD not in parts or wanted.period:
        return None
    first, second = ([folded(word) for word in rest[:2]] + [""])[:2]
    for used, text in ((2, f"{first} {second}"), (2, first + second), (1, first)):
        period = read_period(text, setting.now, setting.zone) if used <= len(rest) else None
        if period:
            return used, replace(wanted, period=period)
    return None


def _hotline(
    rest: Sequence[str], parts: frozenset[Part], setting: Setting, wanted: Wanted
) -> _Taken | None:
    if Part.HOTLINE not in parts or wanted.hotline:
        return None
    for used in range(min(len(rest), _LONGEST_NAME), 0, -1):
        if found := hotline_called("".join(rest[:used]), setting.directory):
            return used, replace(wanted, hotline=found)
    return None


def hotline_called(word: str, directory: Directory) -> str:
    """Return the number of the hotline with this number or name, as the directory has it; or ""."""
    number, name = normalise(word), folded(word)
    found = (
        hotline.number
        for hotline in directory.hotlines
        if normalise(hotline.number) == number or (name and _run(hotline.name) == name)
    )
    return next(found, "")


def _run(name: str) -> str:
    return "".join(folded(name).split())


def _number(rest: Sequence[str], parts: frozenset[Part], wanted: Wanted) -> _Taken | None:
    if Part.NUMBER not in parts or wanted.number:
        return None
    used = next((n for n, word in enumerate(rest) if not _is_digits(word)), len(rest))
    number = "".join(rest[:used])
    if not _FEWEST_DIGITS <= len(digits_of(number)) <= _MOST_DIGITS:
        return None
    return used, replace(wanted, number=number)


def _is_digits(word: str) -> bool:
    return bool(word) and all(letter in "0123456789+-.()" for letter in word)
