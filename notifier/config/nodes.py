"""YAML as a tree of texts with places: nothing is typed here, so no zero is lost.

The tree is built from the parser's events, not by its composer: that one recurses in C without
a bound, and hides anchors and tags.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from notifier.config.problems import Path, Problem, path_text

_DEEPEST = 64
"""Nesting that is read; the contract needs 8, and a condition may nest 20 deep."""

_LARGEST = 1_000_000
"""Bytes of a file that is read."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; line and column from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, whatever it looks like."""

    place: Place
    value: str
    raw: str
    """As it stands in the file, quotes and escapes and line breaks included."""


@dataclass(slots=True)
class Table:
    """A mapping; keys are texts, each once, in the order of the file."""

    place: Place
    entries: dict[str, tuple[Text, "Node"]] = field(default_factory=dict)


@dataclass(slots=True)
class Listing:
    """A sequence."""

    place: Place
    items: list["Node"] = field(default_factory=list)


Node: TypeAlias = Text | Table | Listing


class Unreadable(Exception):  # noqa: N818 - a state of the file; ConfigError is the error
    """The file is no tree: nothing more can be said of it than these problems."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(*map(str, problems))


def read_nodes(content: bytes, file: str) -> tuple[Node, list[Problem]]:
    """Return the tree of a file and its duplicate keys, of which the first is kept.

    Raises Unreadable if it is not UTF-8, not YAML, too large or deep, or uses tags or anchors.
    """
    text = _decoded(content, file)
    builder = _Builder(file, text)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise Unreadable(*builder.fatal, _syntax_problem(file, error)) from None
    except yaml.YAMLError as error:
        raise Unreadable(_letter_problem(file, text, error)) from None
    if builder.fatal:
        raise Unreadable(*builder.fatal)
    if builder.root is None:
        raise Unreadable(Problem(file, 1, 1, "", "the file is empty"))
    return builder.root, builder.duplicates


def _decoded(content: bytes, file: str) -> str:
    if len(content) > _LARGEST:
        raise Unreadable(Problem(file, 1, 1, "", f"larger than {_LARGEST:,} bytes"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = _place_at(before, len(before))
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise Unreadable(Problem(file, line, column, "", message)) from None


def _events(text: str) -> Iterator[yaml.Event]:
    return yaml.parse(text, Loader=_LOADER)


def _syntax_problem(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(file, line, column, "", f"not YAML: {said}{_hint(said)}")


def _hint(said: str) -> str:
    if "cannot start any token" in said:
        return "; indent with spaces, and quote a value that starts with @ ` or a tab"
    if "did not find expected" in said or "mapping values are not allowed" in said:
        return "; check indent, commas and brackets, and quote a text with { } or ': '"
    return ""


def _letter_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    position = getattr(error, "position", 0)
    line, column = _place_at(text, position if isinstance(position, int) else 0)
    return Problem(file, line, column, "", "holds a character that YAML does not allow")


def _place_at(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


@dataclass(slots=True)
class _Builder:
    """Puts the tree together, one event after the other."""

    file: str
    text: str
    root: Node | None = None
    fatal: list[Problem] = field(default_factory=list)
    duplicates: list[Problem] = field(default_factory=list)
    open: list[Table | Listing] = field(default_factory=list)
    keys: list[Text | None] = field(default_factory=list)
    """For each open node, the key that waits for its value."""

    def take(self, event: yaml.Event) -> None:
        """Put `event` at its place in the tree."""
        match event:
            case yaml.ScalarEvent():
                self._refuse_tag(event)
                self._place(_scalar(event, self.text))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_tag(event)
                self._enter(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.open.pop()
                self.keys.pop()
                self._settle()
            case yaml.AliasEvent():
                self._refuse(event, "is an alias (*); write the value out, or quote it")
                self._place(Text(_place_of(event), "", ""))
            case yaml.DocumentStartEvent() if self.root is not None:
                self._refuse(event, "a second document starts here (---); one file is one document")
                raise Unreadable(*self.fatal)

    def _enter(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        place = _place_of(event)
        if len(self.open) >= _DEEPEST:
            message = f"nested deeper than {_DEEPEST}"
            raise Unreadable(Problem(self.file, place.line, place.column, "", message))
        if self.open and isinstance(self.open[-1], Table) and self.keys[-1] is None:
            self._refuse(event, "a key must be text; a text with {{ }} must stand in quotes")
            raise Unreadable(*self.fatal)
        mapping = isinstance(event, yaml.MappingStartEvent)
        node: Table | Listing = Table(place) if mapping else Listing(place)
        self._attach(node)
        self.open.append(node)
        self.keys.append(None)

    def _place(self, text: Text) -> None:
        if self.open and isinstance(self.open[-1], Table) and self.keys[-1] is None:
            self.keys[-1] = text
            return
        self._attach(text)
        self._settle()

    def _attach(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        around, key = self.open[-1], self.keys[-1]
        if isinstance(around, Listing):
            around.items.append(node)
        elif key is not None:
            self._set(around, key, node)

    def _settle(self) -> None:
        """Forget the key whose value is now complete."""
        if self.keys:
            self.keys[-1] = None

    def _set(self, around: Table, key: Text, node: Node) -> None:
        if key.value == "<<":
            message = "merge keys (<<) are not read; write the keys out"
            path = path_text(self._path()[:-1])
            self.fatal.append(Problem(self.file, key.place.line, key.place.column, path, message))
        elif key.value in around.entries:
            first = around.entries[key.value][0].place.line
            self.duplicates.append(
                self._problem(key.place, f"duplicate key; first at line {first}")
            )
        else:
            around.entries[key.value] = (key, node)

    def _refuse_tag(self, event: yaml.NodeEvent) -> None:
        if getattr(event, "tag", None) is not None:
            self._refuse(event, "is a tag (!); quote a value that starts with !")
        if event.anchor is not None:
            self._refuse(event, "is an anchor (&); write the value out where it is used")

    def _refuse(self, event: yaml.Event, message: str) -> None:
        self.fatal.append(self._problem(_place_of(event), message))

    def _problem(self, place: Place, message: str) -> Problem:
        return Problem(self.file, place.line, place.column, path_text(self._path()), message)

    def _path(self) -> Path:
        parts: list[str | int] = []
        for node, key in zip(self.open, self.keys, strict=True):
            if isinstance(node, Listing):
                parts.append(len(node.items) - (node is not self.open[-1]))
            elif key is not None:
                parts.append(key.value)
        return tuple(parts)


def _scalar(event: yaml.ScalarEvent, text: str) -> Text:
    start, end = event.start_mark, event.end_mark
    raw = text[start.index : end.index] if start and end else event.value
    return Text(_place_of(event), event.value, raw)


def _place_of(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
