"""Who asks to be let in and what people do about it, as values."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.core.alerts import Language
from notifier.core.people import Chat, Invitation, Person, Role
from notifier.core.secrets import Secret


class No(StrEnum):
    """Why something is not done; each has its sentence."""

    NOT_ADMIN = "not_admin"
    ONESELF = "oneself"
    """Nobody changes their own role, so that no slip shuts an admin out."""
    OF_FILE = "of_file"
    """The file makes them an admin: only there can it be taken back."""
    LAST_ADMIN = "last_admin"
    NOBODY = "nobody"
    """They have no access that could be changed."""
    ALREADY_IN = "already_in"
    ALREADY_ASKED = "already_asked"
    TOO_OFTEN = "too_often"
    BLOCKED = "blocked"
    BAD_CODE = "bad_code"
    """Wrong, used or too old: which of them is not told."""
    TOO_MANY_CODES = "too_many_codes"
    DECIDED = "decided"
    TAKEN = "taken"
    """The extension is somebody else's."""
    GONE = "gone"
    """What the button was about is not there any more."""


class RequestState(StrEnum):
    """What has become of a request."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    BLOCKED = "blocked"
    """Refused, and the person may not ask again."""
    EXPIRED = "expired"
    """Nobody decided, and the group was left."""


class Choice(StrEnum):
    """What an admin answers to a request."""

    OPERATOR = "operator"
    ADMIN = "admin"
    VIEWER = "viewer"
    BIND = "bind"
    """Let a group in."""
    NO = "no"
    BLOCK = "block"


OF_PERSON = (Choice.OPERATOR, Choice.ADMIN, Choice.VIEWER, Choice.NO, Choice.BLOCK)
"""Answers to a person's request, in the order of their buttons."""

OF_GROUP = (Choice.BIND, Choice.NO)
"""Answers to a group's request."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Somebody asks to be let in, or has brought the bot into a group."""

    id: str
    person: int
    """Who asks."""
    name: str
    asked_at: datetime
    username: str = ""
    language: Language | None = None
    chat: int | None = None
    """The group; None if they ask for themselves."""
    title: str = ""
    state: RequestState = RequestState.OPEN
    role: Role | None = None
    """What was given; None if nothing was."""
    decided_by: str = ""
    decided_at: datetime | None = None
    leaves_at: datetime | None = None
    """When the group is to be left; None if it is not, or has been."""


class Deed(StrEnum):
    """What somebody did about people and chats."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    BLOCKED = "blocked"
    INVITED = "invited"
    JOINED = "joined"
    """With a one-time code."""
    CODE_REFUSED = "code_refused"
    REVOKED = "revoked"
    LINKED = "linked"
    LISTENS = "listens"
    BOUND = "bound"
    UNBOUND = "unbound"
    ENTERED = "entered"
    """The bot came into a group."""
    LEFT = "left"
    MOVED = "moved"
    """A group became a supergroup, under another id."""
    LANGUAGE = "language"
    STOPPED = "stopped"
    """Gave up their own access."""


@dataclass(frozen=True, slots=True)
class Done:
    """One deed, for the audit."""

    at: datetime
    by: int
    """Who did it; 0 for the notifier itself."""
    deed: Deed
    person: int = 0
    """To whom; 0 for nobody."""
    chat: int = 0
    """To which chat; 0 for none."""
    detail: str = ""
    """Free of secrets."""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an act: all of it is written down, or none."""

    people: tuple[Person, ...] = ()
    chats: tuple[Chat, ...] = ()
    requests: tuple[AccessRequest, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    tell: tuple[tuple[str, int], ...] = ()
    """Requests, and the chats that are to have a message about each."""
    done: tuple[Done, ...] = ()


@dataclass(frozen=True, slots=True)
class Owing:
    """A message about a request that does not show how it stands, or was not sent yet."""

    request: AccessRequest
    chat: int
    message: int | None = None
    """Id of the message to edit; None to send a new one."""

    @property
    def own(self) -> bool:
        """Whether it is for whoever asked, or for the group; else it is for an admin."""
        return self.chat == (
            self.request.person if self.request.chat is None else self.request.chat
        )


@dataclass(frozen=True, slots=True)
class Admins:
    """Who are admins now."""

    all: frozenset[int]
    of_file: frozenset[int] = frozenset()


def hash_of(code: Secret) -> str:
    """Return what is kept of a one-time code: it has 128 bits, so that no salt is needed."""
    return hashlib.sha256(code.reveal().encode()).hexdigest()
