"""Chats that take no messages: left alone, tried now and then, and told of once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from notifier.app.chats import Chats
from notifier.core.people import Chat, ChatKind
from notifier.store.people import People

TRIED_EVERY = timedelta(hours=1)
"""How often a parked chat is tried with one message; a sign of it from Telegram is quicker."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Owner(Protocol):
    """Who is told of what only a person can mend."""

    def chat_parked(self, channel: str, why: str) -> None:
        """Tell that a chat takes nothing."""
        ...

    def chat_revived(self, channel: str) -> None:
        """Say that it does again, if it was told."""
        ...

    def topic_gone(self, channel: str) -> None:
        """Tell that messages go to the group itself; once."""
        ...

    def parked(self) -> frozenset[str]:
        """Return the channels that were told of and are not revived."""
        ...


@dataclass(slots=True)
class ParkedChats:
    """Remembers with the chat why nothing is sent to it; the hour of the next try with itself."""

    chats: Chats
    people: People
    clock: Clock
    owner: Owner
    _next_try: dict[str, datetime] = field(default_factory=dict)
    _told: set[str] | None = None

    def until(self, channel: str) -> datetime | None:
        """Return until when `channel` is left alone; None if it is not parked, or to be tried."""
        chat = self.chats.behind(channel)
        if chat is not None and not self._why(chat):
            self._next_try.pop(channel, None)
        return self._next_try.get(channel)

    def park(self, channel: str, why: str) -> None:
        """Leave `channel` alone because of `why`, in the receiver's words."""
        self._next_try[channel] = self.clock.now() + TRIED_EVERY
        if (chat := self.chats.behind(channel)) is not None and not self._why(chat):
            kind = ChatKind.PRIVATE if chat > 0 else ChatKind.GROUP
            self.people.park(self.people.known_chat(chat) or Chat(chat, kind), why or "gone")
        if channel not in self._known():
            self._known().add(channel)
            self.owner.chat_parked(channel, why)

    def revive(self, channel: str) -> None:
        """Write to `channel` as to any other: it has taken a message."""
        self._next_try.pop(channel, None)
        chat = self.chats.behind(channel)
        if chat is not None and (known := self.people.known_chat(chat)) and known.parked:
            self.people.park(known, "")
        if channel in self._known():
            self._known().discard(channel)
            self.owner.chat_revived(channel)

    def went_astray(self, channel: str) -> None:
        """Tell the owner that the topic of `channel` is gone."""
        self.owner.topic_gone(channel)

    def _why(self, chat: int) -> str:
        known = self.people.known_chat(chat)
        return known.parked if known else ""

    def _known(self) -> set[str]:
        """Return the channels that the owner was told of, also by a process before this one."""
        if self._told is None:
            self._told = set(self.owner.parked())
        return self._told
