"""What the bot asks of the other rooms."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from notifier.core.alerts import Language
from notifier.core.deliveries import Failed
from notifier.core.hearing import Arrived, Moved, Post, Stood
from notifier.core.people import Caller, Chat, ChatKind, Person
from notifier.core.talk import Answer


class Clock(Protocol):
    """The time, chance and a pause."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Return seconds since a fixed point; never goes back."""
        ...

    def jitter(self) -> float:
        """Return a number drawn evenly from [0, 1)."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Give way for `seconds`."""
        ...


class Source(Protocol):
    """Where updates come from."""

    async def open(self) -> str | Failed:
        """Make ready to be asked for updates; return the bot's own name, or why it is not ready."""
        ...

    async def listen(self, offset: int | None) -> Sequence[Arrived] | Failed:
        """Wait for updates from `offset` on, which confirms those before it; None for all."""
        ...

    async def renew(self) -> None:
        """Give up the connection of a `listen` that was abandoned."""
        ...


class Mouth(Protocol):
    """What answers; it never raises for what the receiver or the network does."""

    async def post(self, post: Post) -> int | Failed:
        """Send or edit a message; return its id, or why there is none."""
        ...

    async def popup(self, query: str, text: str, *, loud: bool) -> Failed | None:
        """Answer a tap, with a popup if `text` is not empty; None if it was taken."""
        ...

    async def leave(self, chat: int) -> Failed | None:
        """Leave a group; None if it was left."""
        ...


class Updates(Protocol):
    """Where what came in is remembered."""

    def take_in(self, arrived: Sequence[Arrived], now: datetime) -> int:
        """Remember what came and return how much of it is new."""
        ...

    def waiting(self) -> list[int]:
        """Return the chats that have something to be handled."""
        ...

    def first(self, chat: int) -> Arrived | None:
        """Return what is to be handled next of `chat`."""
        ...

    def begin(self, identity: int) -> int:
        """Count a try and return which one it is."""
        ...

    def handled(self, identity: int, now: datetime, *, failure: str = "") -> None:
        """Note that nothing more follows from an update."""
        ...

    def prune(self, now: datetime) -> None:
        """Forget what is old."""
        ...


class Dialogs(Protocol):
    """Which replies are waited for."""

    def ask_back(self, chat: int, message: int, *, person: int, line: str, until: datetime) -> None:
        """Remember that a reply to `message` completes the command `line`."""
        ...

    def asked_back(self, chat: int, message: int, *, person: int, now: datetime) -> str:
        """Return the command that a reply to `message` completes; "" for none."""
        ...


class People(Protocol):
    """Who somebody is, looked up each time: a right that was taken away is gone at once."""

    def person(
        self, identity: int, name: str, *, username: str = "", language: Language | None = None
    ) -> Person:
        """Return the person with this id, a stranger if nobody has let them in.

        `language` is that of their client.
        """
        ...

    def chat(self, identity: int, kind: ChatKind, *, title: str = "") -> Chat:
        """Return the chat with this id, one that is not bound if nobody has bound it."""
        ...


Comes: TypeAlias = Callable[[Stood, Caller], Awaitable[tuple[Answer, ...]]]
"""Told of the bot's standing in a chat; what it answers goes to that chat."""

Moves: TypeAlias = Callable[[Moved], None]
"""Told of a group's new id."""
