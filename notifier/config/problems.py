"""What is wrong with a file, and where: every problem has a place, and all are told at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of a file down to a value."""

_HARMLESS = re.compile(r"[\w@./ -]*")
"""What is shown of a key; `token:123:ABC`, a forgotten space, is a key that holds a secret."""

_LONGEST = 40
"""Letters of a user's own text that a message repeats."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, for the person who wrote the file; holds no secret."""

    file: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    path: str
    """Such as `rules.goi_nho.every`; "" for the file as a whole."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: "
        return place + (f"{self.path}: " if self.path else "") + self.message


class ConfigError(Exception):
    """A file cannot be used; `str` tells every problem in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        total = f"{count} problem{'' if count == 1 else 's'}; nothing was started"
        super().__init__("\n".join([*map(str, self.problems), total]))


def path_text(path: Path) -> str:
    """Return `path` as people write it: `directory.hotlines[1].number`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + shown_key(part)
    return text


def shown_key(key: str) -> str:
    """Return what a message may show of a key that a user wrote: its harmless beginning."""
    found = _HARMLESS.match(key)
    start = found[0][:_LONGEST] if found else ""
    return start if start == key else f"{start}…"


def quoted(text: str) -> str:
    """Return the beginning of a user's text in quotes, on one line."""
    line = " ".join(text.split())
    return f"'{line}'" if len(line) <= _LONGEST else f"'{line[:_LONGEST]}…'"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean x?` for the known word nearest to `word`, or "" if none is near."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
