"""People who come in and admins who let them, over real SQLite and with a mouth that notes."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from notifier.bot.access import COMMANDS, Access
from notifier.bot.errands import Errands
from notifier.bot.reception import House, Reception
from notifier.core.access import AccessRequest, Deed
from notifier.core.alerts import Language
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.hearing import Place, Post, Speaker, Stood
from notifier.core.markup import to_text
from notifier.core.messages import Message
from notifier.core.people import Caller, Chat, ChatKind, Person, Right
from notifier.core.talk import Answer, Asked, Command, Reaction, Tapped, read_data
from notifier.store.database import Database
from notifier.store.entrance import Entrance
from notifier.store.people import People
from notifier.text import book
from tests.builders import HANOI, NOON
from tests.fakes.clock import FakeClock
from tests.people import AN, BINH, HOA, LAN

KHO = Chat(-1002, ChatKind.GROUP, "Kho")

OTHERS = (Command("missed", Right.LOOK), Command("users_only", Right.GOVERN, private=True))

DOWN = Failed(FailureReason.UNREACHABLE, "no network")
BLOCKED = Failed(FailureReason.REFUSED, "blocked by the user", permanent=True)


@dataclass
class Mouth:
    """Notes what it is to send; fails as the test says."""

    posts: list[Post] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    fails: Failed | None = None

    async def post(self, post: Post) -> int | Failed:
        if self.fails:
            return self.fails
        self.posts.append(post)
        return post.edits or 100 + len(self.posts)

    async def leave(self, chat: int) -> Failed | None:
        if not self.fails:
            self.left.append(chat)
        return self.fails

    def said(self, chat: int) -> list[str]:
        """What was sent to `chat` so far, edits included."""
        return [to_text(post.answer.message) for post in self.posts if post.chat == chat]


@dataclass
class Hall:
    """The skill at work; An and Bình are admins, Lan is an operator and Hoa a viewer."""

    database: Database
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    mouth: Mouth = field(default_factory=Mouth)
    hotlines: tuple[str, ...] = ("19001000", "19002000")
    people: People = field(init=False)
    entrance: Entrance = field(init=False)
    access: Access = field(init=False)
    errands: Errands = field(init=False)

    def __post_init__(self) -> None:
        self.people = People(self.database)
        self.entrance = Entrance(self.database, self.people)
        house = House(
            books={language: book(language) for language in Language},
            language=lambda: Language.EN,
            zone=lambda: HANOI,
            hotlines=lambda: self.hotlines,
            commands=OTHERS,
        )
        reception = Reception(
            self.people,
            self.entrance,
            house,
            self.clock.secret,
            lambda secret: f"https://t.me/a_bot?start={secret.reveal()}",
            self._wake,
        )
        self.access = Access(reception, self.clock.now)
        self.errands = Errands(reception, self.mouth, self.clock)

    def _wake(self) -> None:
        self.errands.wake()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def caller(self, person: Person, chat: Chat | None = None) -> Caller:
        """Return somebody as the front finds them at this moment."""
        place = chat or Chat(person.id, ChatKind.PRIVATE)
        return Caller(
            self.people.person(person.id, person.name, username=person.username),
            self.people.chat(place.id, place.kind, title=place.title),
        )

    async def asks(self, person: Person, text: str, chat: Chat | None = None) -> str:
        """Have somebody write a command; return what they are answered."""
        return "\n--\n".join(to_text(one.message) for one in await self.reply(person, text, chat))

    async def reply(
        self, person: Person, text: str, chat: Chat | None = None
    ) -> tuple[Answer, ...]:
        name, *words = text.removeprefix("/").split()
        command = next(command for command in COMMANDS if command.name == name)
        reply = self.access.skill.reply
        assert reply
        return await reply(Asked(command, tuple(words), self.caller(person, chat), self.now))

    async def taps(self, person: Person, data: str, chat: Chat | None = None) -> str:
        """Have somebody tap a button; return the popup, or what takes the message's place."""
        reaction = await self.reacts(person, data, chat)
        return reaction.popup or "\n".join(to_text(one.message) for one in reaction.answers)

    async def reacts(self, person: Person, data: str, chat: Chat | None = None) -> Reaction:
        read, react = read_data(data), self.access.skill.react
        assert read
        assert react
        return await react(Tapped(*read, self.caller(person, chat), 7, self.now))

    async def stands(
        self, chat: Chat, by: Person, *, member: bool = True, writes: bool = True
    ) -> None:
        """Have somebody change how the bot stands in `chat`."""
        place = Place(chat.id, chat.kind, chat.title)
        stood = Stood(Speaker(by.id, by.name), place, member=member, writes=writes)
        assert await self.access.comes(stood, self.caller(by, chat)) == ()

    def waits(self, minutes: float) -> None:
        self.clock.at += timedelta(minutes=minutes)

    def known(self, person: Person) -> Person:
        found = self.people.known(person.id)
        assert found
        return found

    def request(self) -> AccessRequest:
        """Return the one request that nobody has decided."""
        (request,) = self.entrance.undecided()
        return request

    def on_disk(self, folder: Path) -> bytes:
        """Return all that is kept in `folder`, journal and all."""
        return b"".join(each.read_bytes() for each in folder.iterdir())

    def deeds(self) -> list[tuple[int, Deed]]:
        """Return who did what, oldest first."""
        return [(done.by, done.deed) for done in reversed(self.entrance.deeds(most=99))]


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


@contextmanager
def a_hall(path: Path) -> Iterator[Hall]:
    with closing(Database.open(path)) as database:
        hall = Hall(database)
        for person in (AN, BINH, LAN, HOA):
            hall.people.put_person(replace(person, since=NOON))
        yield hall
