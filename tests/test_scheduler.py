"""The scheduler: what falls due, when it looks again, and what it says of the source."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from notifier.core.alerts import Alert, AlertState, Reason
from notifier.core.decisions import Decision, Intake
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.errors import SourceRefused, SourceUnavailable, StoreError
from notifier.core.health import (
    CHAT_PARKED,
    CONFIG_REFUSED,
    POLL_STALE,
    SEND_FAILED,
    SOURCE_ERRORS,
    SOURCE_REFUSED,
    TOPIC_GONE,
    Health,
    Watchdog,
)
from notifier.core.rules.engine import Engine
from notifier.scheduler import LONGEST_NAP, Scheduler
from tests.builders import MINUTE, NOON, SECOND, a_claimed, an_engine
from tests.fakes.clock import FakeClock

FAILED = Failed(FailureReason.GONE, "answered 410", permanent=True)


@dataclass
class Book:
    """A ledger in memory."""

    intakes: list[Intake] = field(default_factory=list)
    due: datetime | None = None
    decisions: list[Decision] = field(default_factory=list)
    watches: dict[str, Alert] = field(default_factory=dict)
    judged_at: list[datetime] = field(default_factory=list)
    broken: bool = False

    def advance(self, engine: Engine, now: datetime, *, good_since: datetime | None) -> Intake:
        del engine, good_since
        if self.broken:
            raise StoreError("disk full")
        self.judged_at.append(now)
        return self.intakes.pop(0) if self.intakes else Intake(0, (), (), 0)

    def next_due(self, good_since: datetime | None) -> datetime | None:
        del good_since
        return self.due

    def open_watches(self) -> list[Alert]:
        return [alert for alert in self.watches.values() if alert.state is AlertState.OPEN]

    def record(self, decision: Decision, now: datetime) -> None:
        del now
        self.decisions.append(decision)
        self.watches.update({alert.id: alert for alert in decision.alerts + decision.changed})

    @property
    def owed(self) -> list[tuple[str, str, Reason]]:
        """Rule, channel and reason of everything that came to be owed."""
        rules = {alert.id: alert.rule for alert in self.watches.values()}
        return [(rules[d.alert], d.channel, d.reason) for one in self.decisions for d in one.drafts]


@dataclass
class Desk:
    book: Book = field(default_factory=Book)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    health: Health = field(default_factory=lambda: Health(NOON, last_good_at=NOON))
    woken: int = 0
    watchdog: Watchdog = field(
        default_factory=lambda: Watchdog(5 * MINUTE, 3, ("quan_ly", "crm"), ("truong_nhom", "crm"))
    )

    def open(self) -> Scheduler:
        def wake() -> None:
            self.woken += 1

        return Scheduler(self.book, self.clock, an_engine, self.health, self.watchdog, wake)


def seen(count: int, owed: int = 0) -> Intake:
    return Intake(count, (), (), owed)


def test_everything_that_is_due_is_judged_in_one_go() -> None:
    desk = Desk(Book([seen(500, 2), seen(500), seen(3, 1)]))

    desk.open().tick()

    assert desk.book.intakes == []
    assert desk.woken == 2


def test_nothing_due_wakes_nobody() -> None:
    desk = Desk()

    desk.open().tick()

    assert desk.woken == 0
    assert desk.book.decisions == []


@pytest.mark.parametrize(
    ("due_in", "looked_at"),
    [
        pytest.param(None, 5.0, id="nothing: after a nap"),
        pytest.param(2.5, 2.5, id="soon: when it is due"),
        pytest.param(3600.0, 5.0, id="much later: after a nap"),
        pytest.param(-10.0, 0.01, id="already due: hardly at all"),
    ],
)
async def test_it_looks_again_when_something_falls_due_and_after_a_nap_at_the_latest(
    due_in: float | None, looked_at: float
) -> None:
    desk = Desk()
    desk.book.due = None if due_in is None else NOON + timedelta(seconds=due_in)
    task = asyncio.create_task(desk.open().run())

    await desk.clock.advance(timedelta(seconds=looked_at))

    times = [(at - NOON).total_seconds() for at in desk.book.judged_at]
    assert times[:2] == [0.0, looked_at]
    task.cancel()


async def test_a_stop_ends_it_within_a_nap() -> None:
    desk = Desk()
    one = desk.open()
    task = asyncio.create_task(one.run())
    await desk.clock.advance(SECOND)

    one.stop()
    await desk.clock.advance(LONGEST_NAP)

    assert task.done()


async def test_a_ledger_that_cannot_remember_ends_it() -> None:
    desk = Desk(Book(broken=True))

    with pytest.raises(StoreError):
        await desk.open().run()


def ill(desk: Desk, rule: str) -> None:
    if rule == SOURCE_REFUSED:
        desk.health.failed(desk.clock.now(), SourceRefused("401", 401))
    elif rule == SOURCE_ERRORS:
        for _ in range(3):
            desk.health.failed(desk.clock.now(), SourceUnavailable("down"))
    else:
        desk.clock.at += 6 * MINUTE


@pytest.mark.parametrize("rule", [SOURCE_REFUSED, SOURCE_ERRORS, POLL_STALE])
def test_trouble_is_told_once_and_its_end_too(rule: str) -> None:
    desk = Desk()
    one = desk.open()
    ill(desk, rule)
    for _ in range(3):
        one.tick()
    begun = list(desk.book.owed)

    desk.health.succeeded(desk.clock.now(), desk.clock.now())
    for _ in range(3):
        one.tick()

    assert begun == [(rule, name, Reason.NEW) for name in ("quan_ly", "crm")]
    over = [(rule, name, Reason.RESOLVED) for name in ("quan_ly", "crm")]
    assert desk.book.owed == begun + over
    assert desk.woken == 2
    (alert,) = desk.book.watches.values()
    assert alert.state is AlertState.RESOLVED
    assert alert.title, "whatever the trouble is, there are words for it"


def test_one_outage_is_one_alert_whatever_its_symptoms() -> None:
    desk = Desk()
    one = desk.open()

    for rule in (SOURCE_ERRORS, POLL_STALE, SOURCE_REFUSED):
        ill(desk, rule)
        one.tick()

    assert {rule for rule, _, _ in desk.book.owed} == {SOURCE_ERRORS}


def test_a_second_outage_is_another_alert() -> None:
    desk = Desk()
    one = desk.open()
    for _ in range(2):
        ill(desk, SOURCE_ERRORS)
        one.tick()
        desk.clock.at += MINUTE
        desk.health.succeeded(desk.clock.now(), desk.clock.now())
        one.tick()

    assert len(desk.book.watches) == 2


def test_what_was_given_up_is_told_to_others_than_the_channel_itself() -> None:
    desk = Desk()

    desk.open().gave_up(a_claimed(channel="crm"), FAILED)

    assert desk.book.owed == [(SEND_FAILED, "truong_nhom", Reason.NEW)]
    (alert,) = desk.book.watches.values()
    assert alert.detail == "crm: gone: answered 410"
    assert alert.title


def test_a_thousand_given_up_in_a_day_are_one_message_a_channel() -> None:
    desk = Desk()
    one = desk.open()

    for number in range(1000):
        one.gave_up(a_claimed(id=f"msg_{number}", channel="quan_ly"), FAILED)
    same_day = len(desk.book.decisions)
    desk.clock.at += timedelta(days=1)
    one.gave_up(a_claimed(channel="quan_ly"), FAILED)

    assert same_day == 1
    assert len(desk.book.decisions) == 2


def test_where_there_is_no_other_channel_the_same_one_is_told() -> None:
    desk = Desk(watchdog=Watchdog(5 * MINUTE, 3, ("crm",), ("crm",)))

    desk.open().gave_up(a_claimed(channel="crm"), FAILED)

    assert [(rule, channel) for rule, channel, _ in desk.book.owed] == [(SEND_FAILED, "crm")]


def test_a_parked_chat_is_told_of_elsewhere_until_it_is_revived() -> None:
    desk = Desk()
    one = desk.open()

    one.chat_parked("truong_nhom", "bot was kicked")
    parked = one.parked()
    one.chat_revived("quan_ly")
    one.chat_revived("truong_nhom")

    assert parked == {"truong_nhom"}
    assert one.parked() == frozenset()
    assert desk.book.owed[0] == (CHAT_PARKED, "crm", Reason.NEW)
    assert desk.book.watches
    assert all(alert.state is AlertState.RESOLVED for alert in desk.book.watches.values())


def test_where_every_channel_is_parked_the_news_waits_with_the_rest() -> None:
    desk = Desk(watchdog=Watchdog(5 * MINUTE, 3, ("quan_ly",)))

    desk.open().chat_parked("quan_ly", "bot was blocked")

    assert desk.book.owed == [(CHAT_PARKED, "quan_ly", Reason.NEW)]


def test_a_topic_that_is_gone_is_told_once() -> None:
    desk = Desk()
    one = desk.open()

    one.topic_gone("truong_nhom")
    one.topic_gone("truong_nhom")

    assert [rule for rule, _, _ in desk.book.owed] == [TOPIC_GONE, TOPIC_GONE]
    assert len(desk.book.decisions) == 1


def refused(desk: Desk, *problems: str) -> list[tuple[str, Reason, int]]:
    """Refuse the file for each of `problems` in turn; what was owed, and at which revision."""
    one = desk.open()
    for problem in problems:
        one.config_refused(problem)
    owed = [draft for decision in desk.book.decisions for draft in decision.drafts]
    return [(draft.channel, draft.reason, draft.revision) for draft in owed]


def test_a_refused_file_is_told_to_its_owner_once_however_often_it_is_read() -> None:
    desk = Desk(watchdog=Watchdog(5 * MINUTE, 3, ("quan_ly",)))

    owed = refused(desk, "rules.a: no", "rules.a: no", "rules.a: no")

    assert owed == [("quan_ly", Reason.NEW, 1)]
    (alert,) = desk.book.watches.values()
    assert (alert.rule, alert.detail) == (CONFIG_REFUSED, "rules.a: no")
    assert alert.title


def test_other_problems_are_an_edit_of_the_card_that_is_there() -> None:
    desk = Desk(watchdog=Watchdog(5 * MINUTE, 3, ("quan_ly",)))

    owed = refused(desk, "rules.a: no", "rules.b: no", "rules.b: no")

    assert owed == [("quan_ly", Reason.NEW, 1), ("quan_ly", Reason.REVISED, 2)]
    (alert,) = desk.book.watches.values()
    assert alert.detail == "rules.b: no"


def test_a_good_file_ends_it_and_the_next_fault_is_another() -> None:
    desk = Desk(watchdog=Watchdog(5 * MINUTE, 3, ("quan_ly",)))
    refused(desk, "rules.a: no")
    desk.clock.at += MINUTE

    desk.open().config_taken_up()
    over = [alert.state for alert in desk.book.watches.values()]
    refused(desk, "rules.a: no")

    assert over == [AlertState.RESOLVED]
    assert [reason for _, _, reason in desk.book.owed] == [
        Reason.NEW,
        Reason.RESOLVED,
        Reason.NEW,
    ]
    assert len(desk.book.watches) == 2


def test_a_good_file_after_a_good_one_says_nothing() -> None:
    desk = Desk()

    desk.open().config_taken_up()

    assert desk.book.decisions == []
