"""What is said to people: lines of marked words and buttons, before any channel's own markup."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias


class Phrases(Protocol):
    """The sentences of one language; `text` holds them, the core only asks for them by name."""

    def __call__(self, name: str, /, **facts: object) -> str:
        """Return the sentence `name` with `facts` filled in; KeyError if there is none."""
        ...


class Mark(StrEnum):
    """How a piece of text stands out."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    MENTION = "mention"
    """The name of a person, who is told that they were named."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, unescaped, with one mark."""

    text: str
    mark: Mark = Mark.PLAIN
    person: int = 0
    """Id of the person whom a mention names."""


Line: TypeAlias = tuple[Span, ...]


class ButtonStyle(StrEnum):
    """What kind of act a button is; old clients show all alike."""

    NORMAL = "normal"
    GOOD = "good"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A tap: either an act (`data`, at most 64 bytes, never a number) or text to copy."""

    label: str
    data: str = ""
    copies: str = ""
    """Text that the tap copies on the reader's own device; private chats only."""
    style: ButtonStyle = ButtonStyle.NORMAL


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a header, lines that may be dropped from the end, and a footer that may not."""

    header: Line
    lines: tuple[Line, ...] = ()
    footer: Line = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    more: str = ""
    """Says how many lines were left out, with `{n}` for the number; "" to say nothing."""


def plain(text: str) -> Span:
    """Return `text` without a mark."""
    return Span(text)


def bold(text: str) -> Span:
    """Return `text` in bold."""
    return Span(text, Mark.BOLD)


def italic(text: str) -> Span:
    """Return `text` in italics."""
    return Span(text, Mark.ITALIC)


def code(text: str) -> Span:
    """Return `text` in a fixed width, which a tap copies."""
    return Span(text, Mark.CODE)


def mention(name: str, person: int) -> Span:
    """Return the `name` of the person with the id `person`, who is told that they were named."""
    return Span(name, Mark.MENTION, person)
