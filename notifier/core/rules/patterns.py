"""Texts as conditions compare them: phone numbers in one form, patterns of `*` and `?`."""

import re
from collections.abc import Callable
from functools import lru_cache

from notifier.core.phones import normalise

_PUNCTUATION = re.compile(r"[\s.()-]")
_HOME = "+84"

Match = Callable[[str], re.Match[str] | None]


@lru_cache(maxsize=65_536)
def comparable(number: str) -> str:
    """Return the form in which equal numbers are equal; a name such as `viettel-1` is kept."""
    if any(map(str.isalpha, number)):
        return number.strip()
    return normalise(number)


@lru_cache(maxsize=65_536)
def forms(number: str) -> tuple[str, ...]:
    """Return the ways to write `number` that a pattern may fit: as dialled, +84…, 0…."""
    normal = comparable(number)
    if not normal:
        return ()
    home = f"0{normal.removeprefix(_HOME)}" if normal.startswith(_HOME) else normal
    return tuple(dict.fromkeys((number, _PUNCTUATION.sub("", number), normal, home)))


def comparables(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """Return each of `numbers` in its comparable form."""
    return tuple(map(comparable, numbers))


def all_forms(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the forms of all `numbers`."""
    return tuple(form for number in numbers for form in forms(number))


def matcher(pattern: str) -> Match:
    """Return a test for the whole of a text, in time that grows with its length only.

    Each piece between stars is taken at its first place and never tried again, so a pattern of
    many stars cannot be made to hang.
    """
    first, *rest = (_piece(piece) for piece in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL).fullmatch
    *middle, last = rest
    steps = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(f"{first}{steps}.*{last}", re.DOTALL).fullmatch


def _piece(text: str) -> str:
    return "".join("." if letter == "?" else re.escape(letter) for letter in text)
