"""What is said to the bot and what it answers, for a chat and a terminal alike."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from notifier.core.messages import Message
from notifier.core.people import Caller, Right


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be asked."""

    name: str
    """Without its slash, ASCII."""
    right: Right
    aliases: tuple[str, ...] = ()
    """Vietnamese words without their marks."""
    usage: str = ""
    """What may follow it, such as `[period] [hotline]`."""
    example: str = ""
    """A whole example, such as `/missed 7d 19001234`."""
    private: bool = False
    """Whether it is answered in private only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that was understood and may be answered."""

    command: Command
    words: tuple[str, ...]
    """What followed it."""
    caller: Caller
    now: datetime
    replied_to: int | None = None
    """Id of the message that it answers; None if none."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button that was tapped."""

    verb: str
    about: str
    """Id of an alert, or what else the button is about; never a number."""
    argument: str
    """"" if the button has none."""
    caller: Caller
    message: int
    """Id of the message with the button."""
    now: datetime


@dataclass(frozen=True, slots=True)
class File:
    """Something to open: a picture, a table, a recording."""

    name: str
    content: bytes
    kind: str
    """photo, document or audio."""
    protected: bool = False
    """Whether it may be neither passed on nor kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One message in answer; the front shows it in its own way."""

    message: Message
    file: File | None = None
    """With it, `message` is its caption."""
    edits: bool = False
    """Whether it takes the place of the tapped message."""
    private: bool = False
    """Whether it is sent to the person and not to the chat."""
    asks_back: str = ""
    """Name of the dialog that the next text answers; "" for none."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What follows a tap: a popup, shown once to whoever tapped, and any messages."""

    popup: str = ""
    loud: bool = False
    """Whether the popup must be closed by hand."""
    answers: tuple[Answer, ...] = ()


Replies: TypeAlias = Callable[[Asked], Awaitable[tuple[Answer, ...]]]
Reacts: TypeAlias = Callable[[Tapped], Awaitable[Reaction]]


@dataclass(frozen=True, slots=True)
class Skill:
    """A group of commands and buttons with what answers them."""

    commands: tuple[Command, ...] = ()
    verbs: Mapping[str, Right] = field(default_factory=dict)
    """What each button needs; its right is looked at again at every tap."""
    reply: Replies | None = None
    react: Reacts | None = None


VERSION = "1"
"""First part of a button's data: buttons of another version are old."""

_LONGEST = 64
"""Bytes of a button's data: Telegram's bound."""


def data_of(verb: str, about: str, argument: str = "") -> str:
    """Return the data of a button; ValueError where it is longer than Telegram takes."""
    parts = (VERSION, verb, about, argument) if argument else (VERSION, verb, about)
    text = ":".join(parts)
    if len(text.encode()) > _LONGEST:
        raise ValueError(f"button {verb}: {len(text.encode())} bytes, at most {_LONGEST}")
    return text


def read_data(text: str) -> tuple[str, str, str] | None:
    """Return verb, what it is about, and argument; None for what no button of ours says."""
    version, _, rest = text.partition(":")
    verb, _, rest = rest.partition(":")
    about, _, argument = rest.partition(":")
    return (verb, about, argument) if version == VERSION and verb and about else None
