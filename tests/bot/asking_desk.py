"""Questions put by somebody in some chat, over a real store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from notifier.bot.asking import Doors, asking_skill
from notifier.bot.asking.doors import Records
from notifier.core.alerts import Language
from notifier.core.asking.drawings import HourChart
from notifier.core.asking.rulings import Rehearsed, Rules
from notifier.core.calls import Call
from notifier.core.commanding import Understood, read_order, understand
from notifier.core.messages import Button
from notifier.core.people import Caller, Chat, ChatKind, Person, Role
from notifier.core.rules.naming import Naming
from notifier.core.talk import Answer, Asked, Reaction, Skill, Tapped, read_data
from notifier.store.asking import Records as Tables
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON, a_rule
from tests.core.asking.cases import NAMES, said
from tests.store.desk import Desk, a_desk

T = TypeVar("T")

LAN = Person(1, "Lan", Role.OPERATOR)
AN = Person(2, "An", Role.ADMIN)
GUEST = Person(3, "Guest", Role.VIEWER)
PRIVATE = Chat(1, ChatKind.PRIVATE)
GROUP = Chat(-100, ChatKind.GROUP, bound=True)


@dataclass
class Talk:
    """A conversation of one person in one chat."""

    desk: Desk
    doors: Doors
    caller: Caller
    now: datetime = NOON
    drawn: list[HourChart] = field(default_factory=list)

    @property
    def skill(self) -> Skill:
        return asking_skill(self.doors)

    def by(self, person: Person, chat: Chat = PRIVATE) -> "Talk":
        """Return the same, of somebody else or elsewhere."""
        return replace(self, caller=Caller(person, chat))

    async def ask(self, text: str) -> Answer:
        """Return the one answer to `text`."""
        order = read_order(text)
        assert order is not None
        found = understand(order, [self.skill], self.caller)
        assert isinstance(found, Understood), found
        assert found.skill.reply is not None
        (answer,) = await found.skill.reply(
            Asked(found.command, found.words, self.caller, self.now)
        )
        return answer

    async def lines(self, text: str) -> list[str]:
        """Return the lines of the answer to `text`."""
        return said((await self.ask(text)).message)

    async def tap(self, button: Button) -> Reaction:
        """Return what follows a tap on `button`."""
        read = read_data(button.data)
        assert read is not None
        return await self.press(*read)

    async def press(self, verb: str, about: str, argument: str = "") -> Reaction:
        react = self.skill.react
        assert react is not None
        return await react(Tapped(verb, about, argument, self.caller, 7, self.now))


@contextmanager
def a_talk_with(folder: Path, *calls: Call, **overrides: Any) -> Iterator[Talk]:
    """Yield a conversation of Lan in private, about `calls` that were read at the first start."""
    drawn: list[HourChart] = []

    def draw(chart: HourChart) -> bytes:
        drawn.append(chart)
        return b"png"

    with a_desk(folder / "notifier.db") as desk:
        desk.ledger.take_in({call.id: call for call in calls}, None, NOON + MINUTE)

        async def look(question: Callable[[Records], T], /) -> T:
            return question(Tables(desk.database))

        rules = Rules((a_rule(), a_rule("goi_dai")), Naming(HANOI, {}, NAMES))
        doors = Doors(
            look=look,
            book=book,
            language=Language.EN,
            zone=HANOI,
            directory=lambda: NAMES,
            rules=lambda: rules,
            observed=lambda status: replace(status, last_poll_at=NOON - MINUTE),
            draw=draw,
            salt=b"salt",
            rehearse=_rehearse,
        )
        yield Talk(desk, replace(doors, **overrides), Caller(LAN, PRIVATE), drawn=drawn)


async def _rehearse(rule: str, since: datetime) -> Rehearsed:
    return Rehearsed(rule, since, NOON, 12)
