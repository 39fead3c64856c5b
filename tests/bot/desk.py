"""The bot over a fake Telegram, real SQLite and virtual time, with a skill that a test writes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from notifier.app.botting import Bot, Botting, Talents, people_of
from notifier.channels.telegram_api import TelegramApi
from notifier.config.loading import load
from notifier.core.hearing import Stood
from notifier.core.messages import Message, plain
from notifier.core.people import Caller, Person, Right, Role
from notifier.core.secrets import Secret
from notifier.core.talk import Answer, Asked, Command, Reaction, Skill, Tapped
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from tests.builders import NOON
from tests.fakes.clock import FakeClock, settled
from tests.fakes.telegram import TOKEN, FakeMessage, FakeTelegram
from tests.fakes.telegram_queue import Tap

ADMIN, LAN, STRANGER = 555000111, 555000222, 555000333
GROUP, OTHER_GROUP = -1002223334445, -1009998887776

RULES = f"""
version: 1
timezone: Asia/Ho_Chi_Minh
language: en
source: {{api_key: "${{env:KEY}}", base_url: https://pbx.example.vn}}
telegram: {{token: "${{env:TOKEN}}", admins: [{ADMIN}]}}
channels:
  nhom: {{telegram: {{chat: {GROUP}, language: en}}}}
defaults: {{to: nhom}}
rules:
  goi_nho: {{when: missed}}
"""

COMMANDS = (
    Command("hi", Right.ANYBODY, aliases=("chao",)),
    Command("look", Right.LOOK, aliases=("xem",), usage="[period]", example="/look 7d"),
    Command("work", Right.WORK),
    Command("govern", Right.GOVERN, private=True),
    Command("secretly", Right.LOOK, private=True),
)

VERBS = {"peek": Right.LOOK, "take": Right.WORK, "rule": Right.GOVERN, "knock": Right.ANYBODY}


def an_answer(text: str, **facts: object) -> Answer:
    return replace(Answer(Message((plain(text),))), **facts)  # type: ignore[arg-type]


def a_reply(question: FakeMessage, chat: int = LAN) -> dict[str, Any]:
    """What makes a message the reply to `question`."""
    kind = "private" if chat > 0 else "supergroup"
    told = {"message_id": question.id, "date": 1, "chat": {"id": chat, "type": kind}}
    return {"reply_to_message": told}


async def _echo(asked: Asked) -> tuple[Answer, ...]:
    return (an_answer(" ".join((asked.command.name, *asked.words))),)


async def _done(tapped: Tapped) -> Reaction:
    return Reaction(f"{tapped.verb} {tapped.about}")


@dataclass
class Parrot:
    """A skill that notes what it is asked and does what the test says."""

    asked: list[Asked] = field(default_factory=list)
    tapped: list[Tapped] = field(default_factory=list)
    replies: Callable[[Asked], Awaitable[tuple[Answer, ...]]] = _echo
    reacts: Callable[[Tapped], Awaitable[Reaction]] = _done

    def skill(self) -> Skill:
        return Skill(COMMANDS, VERBS, self._reply, self._react)

    async def _reply(self, asked: Asked) -> tuple[Answer, ...]:
        self.asked.append(asked)
        return await self.replies(asked)

    async def _react(self, tapped: Tapped) -> Reaction:
        self.tapped.append(tapped)
        return await self.reacts(tapped)


@dataclass
class Stage:
    """A bot at work; `restart` is a process that died and came back."""

    path: Path
    clock: FakeClock
    fake: FakeTelegram
    parrot: Parrot = field(default_factory=Parrot)
    stood: list[tuple[Stood, Caller]] = field(default_factory=list)
    """What was told of the bot's standing."""
    _bot: Bot | None = None
    _api: TelegramApi | None = None
    _database: Database | None = None
    _task: asyncio.Task[None] | None = None

    @property
    def bot(self) -> Bot:
        assert self._bot, "the bot does not run"
        return self._bot

    @property
    def database(self) -> Database:
        assert self._database, "the bot does not run"
        return self._database

    async def start(self) -> None:
        rules = self.path.parent / "rules.yaml"
        rules.write_text(RULES, encoding="utf-8")
        config = load(rules, environment={"KEY": "k:1", "TOKEN": TOKEN})
        self._database = Database.open(self.path)
        self._api = TelegramApi(Secret(TOKEN), self.clock, transport=self.fake.transport())
        people = people_of(config, self._database)
        ledger = Ledger(self._database)
        botting = Botting(config, self.clock, self._database, ledger, self._api, people)
        self._bot = botting.bot(Talents([self.parrot.skill()], comes=(self._comes,)))
        self._let_in()
        self._task = asyncio.create_task(self._bot.run(), name="bot")
        await settled()

    async def stop(self) -> None:
        """End it where it stands."""
        if self._task and self._api and self._database:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._api.aclose()
            self._database.close()
        self._task = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def advance(self, seconds: float = 1.0) -> None:
        await self.clock.advance(timedelta(seconds=seconds))
        if self._task and self._task.done():
            await self._task

    async def says(self, text: str, *, person: int = LAN, chat: int = 0, **facts: Any) -> int:
        """Have somebody write, in their own chat unless another is named, and be heard."""
        message = self.fake.says(chat or person, person, text, **facts)
        await self.advance()
        return message

    async def taps(self, data: str, *, person: int = LAN, chat: int = GROUP) -> Tap:
        """Have somebody tap a button of the card in `chat`, and be heard."""
        tap = self.fake.taps(chat, person, self.card(chat), data)
        await self.advance()
        return tap

    def card(self, chat: int = GROUP) -> FakeMessage:
        """The message with buttons in `chat`, there from the beginning."""
        return next(m for m in self.fake.chats[chat].messages if m.text == "card")

    def said(self, chat: int = LAN) -> list[str]:
        """What the bot has said in `chat` since."""
        return [message.text for message in self.fake.messages(chat) if message.text != "card"]

    def rows(self, columns: str) -> list[object]:
        rows = self.database.run(f"SELECT {columns} FROM updates ORDER BY update_id")  # noqa: S608
        return [tuple(row) for row in rows]

    def forget_menus(self) -> None:
        database = Database.open(self.path)
        database.run("DELETE FROM facts WHERE key LIKE 'menu:%'")
        database.close()

    async def _comes(self, stood: Stood, caller: Caller) -> tuple[Answer, ...]:
        self.stood.append((stood, caller))
        return (an_answer("I am here"),) if stood.writes else ()

    def _let_in(self) -> None:
        self.bot.people.put_person(Person(LAN, "Lan", Role.OPERATOR))


@asynccontextmanager
async def a_stage(folder: Path) -> AsyncIterator[Stage]:
    clock = FakeClock(NOON)
    fake = FakeTelegram(sleep=clock.sleep)
    for chat in (ADMIN, LAN, STRANGER, GROUP, OTHER_GROUP):
        fake.chat(chat, topics={7} if chat < 0 else None)
        fake.chats[chat].messages.append(FakeMessage(9000 + abs(chat) % 1000, "card", "", [], []))
    stage = Stage(folder / "notifier.db", clock, fake)
    try:
        await stage.start()
        yield stage
    finally:
        await stage.stop()
