"""What comes in from chats, before anybody has judged it, and what goes back to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from notifier.core.alerts import Language
from notifier.core.people import ChatKind
from notifier.core.talk import Answer


@dataclass(frozen=True, slots=True)
class Arrived:
    """An update as it came, unread; it is stored before anything follows from it."""

    id: int
    """The sender's own number, by which a repeated one is known."""
    chat: int
    """Chat that it is about, within which order is kept; 0 if it names none."""
    body: str
    """JSON; "" once it has been handled."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said or tapped something, by their own words: only the id proves anything."""

    id: int
    name: str
    username: str = ""
    language: Language | None = None
    """Language of their client, if it is one of ours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was said."""

    id: int
    kind: ChatKind
    title: str = ""
    topic: int | None = None
    """Topic to answer in; None for the chat itself."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text."""

    speaker: Speaker
    place: Place
    message: int
    text: str
    replied_to: int | None = None
    """Id of the message that it replies to; None if none."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A tap on a button; what it carries may be forged."""

    speaker: Speaker
    place: Place | None
    """None where the message with the button is in no chat that we know."""
    query: str
    """Id by which the tap is answered, once."""
    data: str
    message: int


@dataclass(frozen=True, slots=True)
class Stood:
    """The bot's own standing in a chat has changed: let in, shut out, or free to write again."""

    speaker: Speaker
    """Who changed it."""
    place: Place
    member: bool
    """Whether the bot is in the chat and not blocked."""
    writes: bool
    """Whether it may send."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup, under another id."""

    old: int
    new: int


Heard: TypeAlias = Said | Pressed | Stood | Moved


@dataclass(frozen=True, slots=True)
class Post:
    """An answer on its way to a chat."""

    chat: int
    answer: Answer
    topic: int | None = None
    replies_to: int | None = None
    """Id of the message that it replies to; None if none."""
    edits: int | None = None
    """Id of the message whose place it takes; None to send a new one."""
    silent: bool = False


@dataclass(slots=True)
class Hearing:
    """What the process has seen of the way to the chats since it started; the listener keeps it."""

    started_at: datetime
    last_good_at: datetime | None = None
    """When updates were last asked for with success; None until then."""
    down_since: datetime | None = None
    """When the first of the failures in a row was met; None while all is well."""
    failures: int = 0
    """In a row."""
    error: str = ""
    contested: bool = False
    """Whether another process asks for the same updates."""
    name: str = ""
    """The bot's own, by which a link leads to it; "" until it is known."""

    def succeeded(self, now: datetime) -> None:
        """Note that updates were asked for, with success; there may have been none."""
        self.last_good_at, self.down_since = now, None
        self.failures, self.error, self.contested = 0, "", False

    def failed(self, now: datetime, error: str, *, contested: bool = False) -> None:
        """Note that asking went wrong."""
        self.failures += 1
        self.down_since = self.down_since or now
        self.error, self.contested = error, contested

    def silent(self, now: datetime) -> timedelta:
        """Return for how long nothing was heard, since the start at most."""
        return max(now - (self.last_good_at or self.started_at), timedelta())
