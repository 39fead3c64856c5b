"""What the skills about people share: the doors that they need, and how they speak."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from notifier.core.access import AccessRequest, Admins, Done, No, Owing, Step
from notifier.core.access_cards import Eyes
from notifier.core.alerts import Language
from notifier.core.commanding import language_of, usage_of
from notifier.core.messages import Message, Phrases, plain
from notifier.core.people import Caller, Chat, ChatKind, Invitation, Person
from notifier.core.secrets import Secret
from notifier.core.talk import Answer, Asked, Command, Reaction


class People(Protocol):
    """Who may talk to the bot, and where."""

    def known(self, identity: int) -> Person | None:
        """Return who has this id; None if nobody has let them in."""
        ...

    def with_extension(self, extension: str) -> Person | None:
        """Return who answers at an extension; None if nobody is linked to it."""
        ...

    def people(self) -> list[Person]:
        """Return everybody who has a role."""
        ...

    def admins(self) -> Admins:
        """Return who may let others in."""
        ...

    def chat(self, identity: int, kind: ChatKind, *, title: str = "") -> Chat:
        """Return the chat with this id, unbound if it is not known."""
        ...

    def known_chat(self, identity: int) -> Chat | None:
        """Return the chat with this id; None if it is not known."""
        ...

    def chats(self) -> list[Chat]:
        """Return every group that is known."""
        ...

    def park(self, chat: Chat, why: str) -> None:
        """Send nothing more to a chat because of `why`; "" to send to it again."""
        ...

    def moved(self, old: int, new: int, now: datetime) -> None:
        """Follow a group to its new id."""
        ...


class Entrance(Protocol):
    """Where requests, invitations and deeds are kept."""

    def record(self, step: Step, now: datetime) -> None:
        """Write down all that follows from an act, or none of it."""
        ...

    def request(self, identity: str) -> AccessRequest | None:
        """Return one request; None if there is none."""
        ...

    def asked_by(self, person: int) -> list[AccessRequest]:
        """Return what somebody has asked for so far."""
        ...

    def open_of_chat(self, chat: int) -> AccessRequest | None:
        """Return the undecided request of a group; None if there is none."""
        ...

    def undecided(self) -> list[AccessRequest]:
        """Return the requests that nobody has decided."""
        ...

    def invitation(self, hashed: str) -> Invitation | None:
        """Return the invitation whose secret has this hash; None if there is none."""
        ...

    def forget_first_run(self) -> None:
        """Let no earlier code for the first admin open anything."""
        ...

    def owed(self) -> list[Owing]:
        """Return the messages that are to be sent or edited."""
        ...

    def posted(self, owing: Owing, message: int | None) -> None:
        """Note which message shows it; None where it is given up."""
        ...

    def leaving(self, now: datetime) -> list[AccessRequest]:
        """Return the requests of groups that are to be left."""
        ...

    def deeds(self, *, person: int = 0, most: int) -> list[Done]:
        """Return what somebody did and what was done to them, newest first; 0 for everybody's."""
        ...

    def wrong_codes(self, person: int, since: datetime) -> int:
        """Return how many codes of somebody opened nothing after `since`."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """What the file says, asked for each time: it may be read again while we run."""

    books: Mapping[Language, Phrases]
    language: Callable[[], Language]
    zone: Callable[[], ZoneInfo]
    hotlines: Callable[[], Sequence[str]]
    """Numbers of the directory; empty if it names none."""
    commands: tuple[Command, ...] = ()
    """Of the other skills."""


@dataclass(frozen=True, slots=True)
class Reception:
    """The doors, and the house around them."""

    people: People
    entrance: Entrance
    house: House
    secret: Callable[[], Secret]
    """Draws 128 bits that nobody can guess."""
    link: Callable[[Secret], str]
    """Makes of a code what an invited person taps or types."""
    on_owed: Callable[[], None] = lambda: None
    """Called when a message about a request is owed."""

    def say(self, caller: Caller) -> Phrases:
        """Return the sentences of whoever is answered."""
        return self.house.books[language_of(caller, None, self.house.language())]

    def eyes(self, caller: Caller, now: datetime) -> Eyes:
        """Return who reads an answer, and when."""
        return Eyes(self.say(caller), self.house.zone(), now)

    def eyes_of(self, language: Language | None, now: datetime) -> Eyes:
        """Return who reads a message in `language`; None for the file's."""
        say = self.house.books[language or self.house.language()]
        return Eyes(say, self.house.zone(), now)

    def record(self, step: Step, now: datetime) -> None:
        """Write down what follows from an act, and have its messages sent."""
        self.entrance.record(step, now)
        self.on_owed()

    def told(self, caller: Caller, name: str, **facts: object) -> tuple[Answer, ...]:
        """Return one sentence as an answer."""
        return (Answer(Message((plain(self.say(caller)(name, **facts)),))),)

    def no(self, caller: Caller, why: No) -> tuple[Answer, ...]:
        """Return why something is not done, as an answer."""
        return self.told(caller, f"people.no.{why.value}")

    def popup(self, caller: Caller, name: str, **facts: object) -> Reaction:
        """Return one sentence as a popup."""
        return Reaction(self.say(caller)(name, **facts))

    def no_popup(self, caller: Caller, why: No) -> Reaction:
        """Return why something is not done, as a popup that must be closed."""
        return Reaction(self.say(caller)(f"people.no.{why.value}"), loud=True)

    def usage(self, asked: Asked) -> tuple[Answer, ...]:
        """Return how a command is put rightly."""
        return (Answer(usage_of(asked.command, self.say(asked.caller))),)

    def tell_admins(self, *requests: AccessRequest) -> tuple[tuple[str, int], ...]:
        """Return that every admin is to have a message about each of `requests`, in private."""
        admins = sorted(self.people.admins().all)
        return tuple((request.id, admin) for request in requests for admin in admins)
