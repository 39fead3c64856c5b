"""A room in which people act: a real store, a group and a private chat that show an alert."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from notifier.app.acting import Shower
from notifier.app.composing import Composer
from notifier.bot.acting import VERBS, acting
from notifier.bot.acting_doors import Desk as ActingDesk
from notifier.core.alerts import Alert, Language, Reason
from notifier.core.calls import Call
from notifier.core.deliveries import Delivered
from notifier.core.markup import to_text
from notifier.core.people import Caller, Chat, ChatKind, Person, Role
from notifier.core.recordings import Recording, Unheard
from notifier.core.talk import Answer, Asked, Command, Reaction, Skill, Tapped
from notifier.text import book
from tests.builders import HANOI, NOON, SECOND, a_route, a_rule, an_alert, an_engine
from tests.core.card_desk import DIRECTORY
from tests.fakes.clock import FakeClock
from tests.store.desk import DONE, Desk, a_draft
from tests.store.watch import CALLED_BACK, keep

GROUP = Chat(-100, ChatKind.GROUP, title="CSKH", bound=True, language=Language.EN)

ELSEWHERE = Chat(-200, ChatKind.GROUP, bound=True, language=Language.EN)

TAPPED_AT = NOON + timedelta(minutes=5)

ROLES = {role: Person(number, role.value.title(), role) for number, role in enumerate(Role, 1)}

GRANTED = replace(ROLES[Role.OPERATOR], listens=True)


def private(person: Person) -> Chat:
    return Chat(person.id, ChatKind.PRIVATE, language=Language.EN)


def a_caller(role: Role = Role.OPERATOR, chat: Chat | None = GROUP, **facts: Any) -> Caller:
    """Return somebody of `role` in the group; None for their private chat."""
    person = replace(ROLES[role], **facts)
    return Caller(person, chat or private(person))


@dataclass
class Room:
    """Where taps and commands are tried out."""

    store: Desk
    clock: FakeClock
    recording: Recording | Unheard = field(default_factory=lambda: Recording(b"ID3", "mp3"))
    fetched: list[str] = field(default_factory=list)
    woken: int = 0
    hears: bool = True

    def __post_init__(self) -> None:
        self.engine = an_engine(
            a_rule(resolve=(CALLED_BACK,)),
            routes={"nhom": a_route("nhom"), "quan_ly": a_route("quan_ly")},
        )

    @property
    def skill(self) -> Skill:
        composer = Composer(
            routes={"nhom": a_route("nhom", language=Language.EN)},
            private=frozenset(),
            zone=HANOI,
            clock=self.clock,
            directory=lambda: DIRECTORY,
            interactive=frozenset({"nhom"}),
            listens=self.hears,
        )
        return acting(
            ActingDesk(
                alerts=self.store.archive,
                ledger=self.store.ledger,
                cards=self.store.outbox,
                show=Shower(lambda: composer, Language.EN),
                fetch=self._fetch if self.hears else None,
                on_owed=self._wake,
                engine=lambda: self.engine,
                directory=lambda: DIRECTORY,
                book=book,
                language=Language.EN,
                zone=HANOI,
            )
        )

    def _wake(self) -> None:
        self.woken += 1

    async def _fetch(self, call: Call, /) -> Recording | Unheard:
        self.fetched.append(call.id)
        return self.recording

    def shown(self, alert: Alert | None = None) -> Alert:
        """Have an alert stand in the group."""
        alert = alert or an_alert()
        keep(self.store, alert)
        self.store.owe(
            a_draft(alert.id, "nhom", reason=Reason.NEW, event="", body=None, lane=alert.key)
        )
        (claimed,) = self.store.outbox.claim("nhom", 1, NOON)
        self.store.outbox.settle(claimed, Delivered("-100:7"), DONE, NOON, SECOND)
        return alert

    async def tap(
        self,
        verb: str,
        about: str,
        argument: str = "",
        *,
        caller: Caller | None = None,
        now: datetime = TAPPED_AT,
    ) -> Reaction:
        """Tap a button, as the front does: nobody reaches the skill who may not."""
        who = caller or a_caller()
        if not who.may(VERBS[verb]):
            return Reaction("refused by the front")
        react = self.skill.react
        assert react is not None
        self.clock.at = now
        return await react(Tapped(verb, about, argument, who, 7, now))

    async def say(
        self, line: str, *, caller: Caller | None = None, now: datetime = TAPPED_AT
    ) -> tuple[Answer, ...]:
        """Type a command."""
        name, *words = line.split()
        reply = self.skill.reply
        assert reply is not None
        command = self.command(name)
        return await reply(Asked(command, tuple(words), caller or a_caller(), now))

    def command(self, name: str) -> Command:
        (command,) = (one for one in self.skill.commands if one.name == name)
        return command

    def stands(self, alert: Alert) -> Alert:
        found = self.store.outbox.alert(alert.id)
        assert found is not None
        return found

    def owed(self, channel: str = "nhom") -> list[str]:
        rows = self.store.database.run(
            "SELECT reason FROM deliveries WHERE channel = ? AND state = 'pending' ORDER BY seq",
            (channel,),
        )
        return [row["reason"] for row in rows]

    def audited(self, reason: Reason) -> list[str]:
        rows = self.store.database.run(
            "SELECT detail FROM audit WHERE reason = ? ORDER BY seq", (reason.value,)
        )
        return [row["detail"] for row in rows]


def text_of(answers: tuple[Answer, ...]) -> str:
    return "\n".join(to_text(answer.message) for answer in answers)


def labels(answer: Answer) -> list[str]:
    return [tap.label for row in answer.message.buttons for tap in row]
