"""A file once its references are filled in: plain texts to type, and the way back to places."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from notifier.config.masking import masked
from notifier.config.nodes import Listing, Node, Place, Table, Text
from notifier.config.problems import Path, Problem, path_text

Plain: TypeAlias = str | Mapping[str, "Plain"] | Sequence["Plain"]
"""What the model is given: every scalar is text."""

_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}
"""Letters of a double-quoted escape, by its second letter; all others have two."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its tree as plain texts, and where each of them stands."""

    file: str
    root: Node
    plain: Plain
    filled: Mapping[Path, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """By place: what references brought in, and the reference, which messages show instead."""

    def at(self, *path: str | int) -> Plain | None:
        """Return the plain value at `path`, or None if there is none."""
        return _plain_at(self.plain, path)

    def table(self, *path: str | int) -> Mapping[str, Plain]:
        """Return the mapping at `path`; empty if there is none or it is something else."""
        found = _plain_at(self.plain, path)
        return found if isinstance(found, Mapping) else {}

    def node(self, path: Path) -> tuple[Text | None, Node]:
        """Return the key and the node at `path`, or of the nearest node above that is there."""
        key: Text | None = None
        node = self.root
        for part in path:
            if isinstance(node, Table) and isinstance(part, str) and part in node.entries:
                key, node = node.entries[part]
            elif isinstance(node, Listing) and isinstance(part, int) and part < len(node.items):
                key, node = None, node.items[part]
            else:
                break
        return key, node

    def problem(self, path: Path, message: str, *, at_key: bool = False) -> Problem:
        """Return a problem with the value at `path`, or with its key."""
        key, node = self.node(path)
        place = key.place if at_key and key else node.place
        return self._problem(path, message, place)

    def problem_inside(self, path: Path, message: str, offset: int) -> Problem:
        """Return a problem with the letter at `offset` of the text at `path`."""
        _, node = self.node(path)
        exact = isinstance(node, Text) and path not in self.filled
        place = place_inside(node, offset) if exact and isinstance(node, Text) else node.place
        return self._problem(path, message, place)

    def _problem(self, path: Path, message: str, place: Place) -> Problem:
        shown = masked(message, path, self.filled)
        return Problem(self.file, place.line, place.column, path_text(path), shown)


def walk(node: Node) -> Iterator[tuple[Path, Node]]:
    """Give every node of a tree with its path, the top first."""
    waiting: list[tuple[Path, Node]] = [((), node)]
    while waiting:
        path, found = waiting.pop()
        yield path, found
        if isinstance(found, Table):
            waiting += [((*path, key), value) for key, (_, value) in found.entries.items()]
        elif isinstance(found, Listing):
            waiting += [((*path, index), value) for index, value in enumerate(found.items)]


def _plain_at(plain: Plain, path: Path) -> Plain | None:
    for part in path:
        if isinstance(plain, Mapping) and isinstance(part, str) and part in plain:
            plain = plain[part]
        elif _is_list(plain) and isinstance(part, int) and part < len(plain):
            plain = plain[part]  # type: ignore[index]  # a sequence, as was just asked
        else:
            return None
    return plain


def _is_list(plain: Plain) -> bool:
    return isinstance(plain, Sequence) and not isinstance(plain, str)


def place_inside(text: Text, offset: int) -> Place:
    """Return where letter `offset` of a scalar's value stands in the file.

    Quotes, escapes, folded lines and indentation are stepped over; past the end it is the end.
    """
    raw, value = text.raw, text.value
    style = raw[:1] if raw[:1] in {"'", '"', "|", ">"} else ""
    at = raw.find("\n") + 1 if style in {"|", ">"} else len(style)
    seen = 0
    while at < len(raw):
        at = _over_space(raw, value, seen, at)
        if seen >= offset or seen >= len(value):
            break
        at, seen = _over_letter(raw, value, seen, at, style=style)
    lines = raw.count("\n", 0, at)
    column = at - raw.rfind("\n", 0, at) if lines else text.place.column + at
    return Place(text.place.line + lines, column)


def _over_space(raw: str, value: str, seen: int, at: int) -> int:
    if value[seen : seen + 1].isspace():
        return at
    gap = re.compile(r"\s*").match(raw, at)
    return gap.end() if gap else at


def _over_letter(raw: str, value: str, seen: int, at: int, *, style: str) -> tuple[int, int]:
    """Return the positions in the file's text and in the value after one letter or one gap."""
    if style == '"' and raw[at : at + 1] == "\\":
        return at + _ESCAPE_LENGTHS.get(raw[at + 1 : at + 2], 2), seen + 1
    if value[seen].isspace():
        if raw[at : at + 2].isspace() or raw[at : at + 1] == "\n":
            gap = re.compile(r"\s*").match(raw, at)
            run = re.compile(r"\s*").match(value, seen)
            return (gap.end() if gap else at), (run.end() if run else seen + 1)
        return at + 1, seen + 1
    return at + (2 if style == "'" and raw[at : at + 2] == "''" else 1), seen + 1
