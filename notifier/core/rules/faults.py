"""What can be wrong with a condition as it was written, and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from notifier.core.calendars import Calendar


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must be corrected before the condition can be used."""

    path: tuple[str | int, ...]
    """Keys and positions from the condition's root to the text at fault."""
    column: int | None
    """Letters before the place within that text, when it is an expression; else None."""
    message: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that a condition may use besides the fields."""

    lists: Mapping[str, frozenset[str]]
    """Texts and numbers as they stand in the file."""
    calendars: Mapping[str, Calendar]


class Mistake(Exception):  # noqa: N818 - it is a word of the reader, not a crash
    """Raised inside the readers at the first thing wrong in one comparison; becomes a `Fault`."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


_SHOWN = 40
"""Letters of a user's text that a message repeats."""


def shown(text: str) -> str:
    """Return `text` between backticks, cut when it is long."""
    return f"`{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}`"


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean …?" when something in `known` is near to `word`, else ""."""
    if len(word) > _SHOWN:
        return ""
    near = get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""
