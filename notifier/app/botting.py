"""Joins the bot: what comes in, the skills that answer, and the way back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from notifier.bot.doors import Comes, Moves
from notifier.bot.front import Front
from notifier.bot.handling import Attendant
from notifier.bot.listening import Listener
from notifier.bot.offering import Offers
from notifier.bot.posting import Poster
from notifier.channels.telegram_api import TelegramApi
from notifier.channels.telegram_ear import TelegramEar
from notifier.channels.telegram_mouth import TelegramMouth
from notifier.channels.telegram_updates import read_update
from notifier.clock import Clock
from notifier.config.settings import Config, TelegramEndpoint
from notifier.core.alerts import Language
from notifier.core.hearing import Hearing, Moved
from notifier.core.menus import menus
from notifier.core.people import Chat, ChatKind
from notifier.core.talk import Skill
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from notifier.store.people import People
from notifier.store.updates import Updates
from notifier.text import book


@dataclass(slots=True)
class Bot:
    """The bot at work; Telegram may be away for as long as it likes, and nothing else waits."""

    front: Front
    people: People
    listener: Listener
    attendant: Attendant
    hearing: Hearing
    beside: tuple[Callable[[], Awaitable[None]], ...] = ()
    """What works as long as the bot does."""

    async def run(self) -> None:
        """Listen and answer until cancelled; raise what no room could deal with."""
        works = (self.listener.run, self.attendant.run, *self.beside)
        tasks = [asyncio.ensure_future(work()) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def take_up(self, config: Config) -> None:
        """Heed a file that was read again."""
        self.front.language = config.language
        self.people.follow_file(config.telegram.admins if config.telegram else (), chats_of(config))

    def seen(self) -> Hearing:
        """Return how the way to Telegram is, as it is now."""
        return replace(self.hearing)


@dataclass(frozen=True, slots=True)
class Talents:
    """What is joined to the bot: skills, and who is told of what befalls it."""

    skills: Sequence[Skill] = ()
    comes: tuple[Comes, ...] = ()
    moves: tuple[Moves, ...] = ()
    beside: tuple[Callable[[], Awaitable[None]], ...] = ()
    on_open: Callable[[], None] = lambda: None
    """Called once Telegram is reached and the bot's name is known."""


@dataclass(frozen=True, slots=True)
class Botting:
    """What the bot is made of."""

    config: Config
    clock: Clock
    database: Database
    ledger: Ledger
    """The one that judges, too: a second one would keep windows of its own."""
    api: TelegramApi
    people: People
    hearing: Hearing = field(init=False)
    mouth: TelegramMouth = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hearing", Hearing(started_at=self.clock.now()))
        object.__setattr__(self, "mouth", TelegramMouth(self.api))

    def bot(self, talents: Talents) -> Bot:
        """Return the bot, which asks Telegram nothing yet."""
        updates = Updates(self.database)
        front = Front(
            skills=tuple(talents.skills),
            people=self.people,
            poster=Poster(self.mouth, self.clock),
            dialogs=updates,
            clock=self.clock,
            book=book,
            language=self.config.language,
            comes=talents.comes,
            moves=(self._follow, *talents.moves),
        )
        attendant = Attendant(updates, read_update, front.hear, front.give_up, self.clock)

        async def on_open(name: str) -> None:
            front.name = self.hearing.name = name
            talents.on_open()
            await self._offer(talents.skills)

        source = TelegramEar(self.api)
        listener = Listener(source, updates, self.hearing, self.clock, attendant.wake, on_open)
        return Bot(front, self.people, listener, attendant, self.hearing, talents.beside)

    async def _offer(self, skills: Sequence[Skill]) -> None:
        """Have clients offer the commands, in English where they speak none of our languages."""
        commands = [command for skill in skills for command in skill.commands]
        books = [(None, book(Language.EN)), *((one, book(one)) for one in Language)]
        offers = Offers(self.ledger, self.mouth.show)
        if commands:
            await offers.offer(menus(commands, books, sorted(self.people.admins().all)))

    def _follow(self, moved: Moved) -> None:
        """Write to a group under its new id from now on."""
        self.api.moved[moved.old] = moved.new
        self.people.moved(moved.old, moved.new, self.clock.now())


def people_of(config: Config, database: Database) -> People:
    """Return people and chats: those of the file as well as those let in since."""
    people = People(database)
    people.follow_file(config.telegram.admins if config.telegram else (), chats_of(config))
    return people


def chats_of(config: Config) -> tuple[Chat, ...]:
    """Return the chats that the file names as channels, which it binds by that."""
    return tuple(
        Chat(
            id=channel.endpoint.chat,
            kind=ChatKind.PRIVATE if channel.endpoint.chat > 0 else ChatKind.GROUP,
            bound=True,
            language=channel.route.language,
            mask=channel.route.mask,
        )
        for channel in config.channels.values()
        if isinstance(channel.endpoint, TelegramEndpoint) and isinstance(channel.endpoint.chat, int)
    )
