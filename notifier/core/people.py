"""Who talks to the bot, and what each may do: a role and a chat, the smaller wins."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from notifier.core.alerts import Language
from notifier.core.phones import Mask


class Role(StrEnum):
    """What a person is to the business."""

    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"
    STRANGER = "stranger"
    """Nobody has let them in; they are told nothing."""


class ChatKind(StrEnum):
    """Kinds of chat."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"
    """Nobody can be told apart in it: it only reads."""


class Right(StrEnum):
    """What a command or a button needs."""

    ANYBODY = "anybody"
    """Also of strangers: says nothing about calls."""
    LOOK = "look"
    WORK = "work"
    """Take, close, note, mute for a while."""
    LISTEN = "listen"
    """Recordings: granted to a person, in private."""
    NUMBER = "number"
    """A whole number, in a popup that only the person sees."""
    GOVERN = "govern"
    """People, chats, rules; in private."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by their Telegram id; a name is never an identity."""

    id: int
    name: str
    role: Role = Role.STRANGER
    username: str = ""
    language: Language | None = None
    """None for the language of the file."""
    extension: str = ""
    """Of the PBX, if somebody has linked it; "" if not."""
    hotlines: tuple[str, ...] = ()
    """Numbers of the hotlines whose calls they see; empty for all."""
    listens: bool = False
    """Whether recordings were granted."""
    quiet: str = ""
    """Local hours in which they are not mentioned, such as 22:00-07:00; "" for none."""
    since: datetime | None = None
    """When the role was given."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that an admin has bound, or a private one with a person."""

    id: int
    kind: ChatKind
    title: str = ""
    bound: bool = False
    """Whether an admin lets it be answered."""
    language: Language | None = None
    mask: Mask = Mask.LAST3
    hotlines: tuple[str, ...] = ()
    """Numbers of the hotlines whose calls it sees; empty for all."""
    topic: int | None = None
    quiet: str = ""
    parked: str = ""
    """Why nothing is sent to it any more, such as blocked; "" while all is well."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody in a chat: what they may do and see there."""

    person: Person
    chat: Chat

    def may(self, right: Right) -> bool:
        """Whether this person may do that in this chat."""
        if right is Right.ANYBODY:
            return True
        if self.person.role is Role.STRANGER or not (self.private or self.chat.bound):
            return False
        if right is Right.LOOK:
            return True
        if self.chat.kind is ChatKind.CHANNEL or self.person.role is Role.VIEWER:
            return False
        match right:
            case Right.GOVERN:
                return self.private and self.person.role is Role.ADMIN
            case Right.LISTEN:
                return self.private and (self.person.listens or self.person.role is Role.ADMIN)
            case _:
                return True

    @property
    def private(self) -> bool:
        """Whether nobody else reads."""
        return self.chat.kind is ChatKind.PRIVATE

    @property
    def hotlines(self) -> tuple[str, ...]:
        """Hotlines whose calls may be shown here; empty for all."""
        person, chat = set(self.person.hotlines), set(self.chat.hotlines)
        if person and chat:
            return tuple(sorted(person & chat)) or ("",)  # nothing in common: none
        return tuple(sorted(person or chat))

    @property
    def mask(self) -> Mask:
        """How much of a customer's number may be shown here."""
        if not self.private:
            return self.chat.mask
        return Mask.FULL if self.person.role in {Role.ADMIN, Role.OPERATOR} else Mask.LAST3


def a_stranger(
    identity: int, name: str, *, username: str = "", language: Language | None = None
) -> Person:
    """Return somebody who is in no table."""
    return Person(identity, name, username=username, language=language)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time way in, by a link; only a hash of its secret is kept."""

    hash: str
    role: Role
    by: str
    until: datetime
    used_by: int | None = None
    extension: str = ""
    hotlines: tuple[str, ...] = field(default_factory=tuple)
