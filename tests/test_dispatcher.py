"""The dispatcher: a worker a channel, its width kept busy, and all settled before it ends."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from notifier.core.alerts import Alert, AlertState, Reason
from notifier.core.deliveries import (
    Claimed,
    Delivered,
    DeliveryState,
    Failed,
    FailureReason,
    Outcome,
    Parcel,
    Standing,
)
from notifier.core.errors import StoreError
from notifier.core.messages import Line, Message, plain
from notifier.core.owed import TIDIES
from notifier.dispatcher import Channel, Dispatcher, Lane
from tests.builders import NOON, SECOND, a_claimed, an_alert
from tests.fakes.clock import FakeClock, settled


@dataclass
class Owed:
    """An outbox in memory: one delivery a lane at a time, in the order they were put in."""

    rows: list[Claimed] = field(default_factory=list)
    due: dict[str, datetime] = field(default_factory=dict)
    sending: set[str] = field(default_factory=set)
    settled: list[tuple[str, DeliveryState]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    told: bool = False
    broken: str = ""
    """Method that the database refuses."""

    def put(self, *names: str, channel: str = "crm", lane: str = "", at: datetime = NOON) -> None:
        for name in names:
            one = a_claimed(id=name, channel=channel, lane=lane or name, event="alert.fired")
            self.rows.append(replace(one, body=b"{}", alert=f"call:{name}"))
            self.due[name] = at

    def claim(self, channel: str, most: int, now: datetime) -> list[Claimed]:
        self._check("claim")
        self.asked.append((channel, most))
        found: list[Claimed] = []
        lanes = {row.lane for row in self.rows if row.id in self.sending}
        for row in self.rows:
            if row.channel == channel and row.lane not in lanes and len(found) < most:
                lanes.add(row.lane)
                if self.due[row.id] <= now:
                    found.append(row)
                    self.sending.add(row.id)
        return found

    def settle(
        self, claimed: Claimed, outcome: Outcome, standing: Standing, now: datetime, took: timedelta
    ) -> None:
        del outcome, now, took
        self._check("settle")
        self.settled.append((claimed.id, standing.state))
        self.sending.discard(claimed.id)
        if standing.due_at:
            self.due[claimed.id] = standing.due_at
        else:
            self.rows.remove(claimed)

    def release(self, claims: Iterable[Claimed], now: datetime) -> None:
        for claimed in claims:
            self.released.append(claimed.id)
            self.sending.discard(claimed.id)
            self.due[claimed.id] = now

    def drop(self, claimed: Claimed, now: datetime) -> None:
        del now
        self.dropped.append(claimed.id)
        self.sending.discard(claimed.id)
        self.rows.remove(claimed)

    def alert(self, identity: str) -> Alert | None:
        return self.alerts.get(identity)

    def card(self, alert: str, channel: str) -> str:
        del channel
        return self.cards.get(alert, "")

    def was_told(self, alert: str, channel: str) -> bool:
        del alert, channel
        return self.told

    def superseded(self, claimed: Claimed) -> bool:
        del claimed
        return False

    def next_due(self, channel: str) -> datetime | None:
        mine = [r for r in self.rows if r.channel == channel and r.id not in self.sending]
        return min((self.due[row.id] for row in mine), default=None)

    def _check(self, method: str) -> None:
        if method == self.broken:
            raise StoreError("disk full")


@dataclass
class Way:
    """A channel that answers what it is told to, when it is told to."""

    outcomes: list[Outcome | Exception] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    wait: Callable[[Parcel], Awaitable[object]] | None = None
    busy: int = 0
    busiest: int = 0

    async def send(self, parcel: Parcel) -> Outcome:
        self.parcels.append(parcel)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            if self.wait:
                await self.wait(parcel)
        finally:
            self.busy -= 1
        outcome = self.outcomes.pop(0) if self.outcomes else Delivered()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def ids(self) -> list[str]:
        return [parcel.id for parcel in self.parcels]


def said(alert: Alert, channel: str) -> Message:
    return Message((plain(f"{alert.rule} to {channel}"),))


@dataclass
class Desk:
    """A dispatcher at work, with its outbox and clock."""

    ways: dict[str, Channel]
    owed: Owed = field(default_factory=Owed)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    abreast: int = 1
    ahead: int = 1
    dead: list[tuple[str, FailureReason]] = field(default_factory=list)

    def open(self) -> Dispatcher:
        lanes = {name: Lane(way, self.abreast, self.ahead) for name, way in self.ways.items()}

        def on_dead(claimed: Claimed, failed: Failed) -> None:
            self.dead.append((claimed.id, failed.reason))

        return Dispatcher(self.owed, lanes, said, self.clock, on_dead)


async def finish(dispatcher: Dispatcher, task: asyncio.Task[None]) -> None:
    dispatcher.stop()
    await settled()
    await task


async def test_what_is_due_is_sent_in_order_and_settled() -> None:
    way = Way()
    desk = Desk({"crm": way})
    desk.owed.put("a", "b", "c", lane="key")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await settled()

    assert way.ids == ["a", "b", "c"]
    assert desk.owed.settled == [(name, DeliveryState.DELIVERED) for name in "abc"]
    await finish(dispatcher, task)


async def test_a_channel_is_never_given_more_than_its_width_at_once() -> None:
    gate = asyncio.Event()
    way = Way(wait=lambda _: gate.wait())
    desk = Desk({"crm": way}, abreast=3)
    desk.owed.put(*"abcdefgh")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await settled()
    held = way.ids
    gate.set()
    await settled()

    assert held == ["a", "b", "c"]
    assert way.busiest == 3
    assert sorted(way.ids) == list("abcdefgh")
    assert max(most for _, most in desk.owed.asked) == 3
    await finish(dispatcher, task)


async def test_what_comes_while_one_is_under_way_takes_a_free_place_at_once() -> None:
    gate = asyncio.Event()

    async def hold_first(parcel: Parcel) -> None:
        if parcel.id == "a":
            await gate.wait()

    way = Way(wait=hold_first)
    desk = Desk({"crm": way}, abreast=2)
    desk.owed.put("a")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()

    desk.owed.put("b")
    dispatcher.wake()
    await settled()

    assert desk.owed.settled == [("b", DeliveryState.DELIVERED)]
    gate.set()
    await finish(dispatcher, task)
    assert len(desk.owed.settled) == 2


async def test_what_falls_due_while_one_is_under_way_is_sent_when_it_does() -> None:
    gate = asyncio.Event()

    async def hold_first(parcel: Parcel) -> None:
        if parcel.id == "a":
            await gate.wait()

    way = Way(wait=hold_first)
    desk = Desk({"crm": way}, abreast=2)
    desk.owed.put("a")
    desk.owed.put("later", at=NOON + 7 * SECOND)
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await desk.clock.advance(6 * SECOND)
    before = way.ids
    await desk.clock.advance(2 * SECOND)

    assert (before, way.ids) == (["a"], ["a", "later"])
    gate.set()
    await finish(dispatcher, task)


async def test_the_second_of_a_lane_waits_for_the_first_and_others_pass_it() -> None:
    gate = asyncio.Event()

    async def hold_first(parcel: Parcel) -> None:
        if parcel.id == "a1":
            await gate.wait()

    way = Way(wait=hold_first)
    desk = Desk({"crm": way}, abreast=5)
    desk.owed.put("a1", "a2", lane="a")
    desk.owed.put("b1", lane="b")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()
    held = way.ids
    gate.set()
    await settled()

    assert held == ["a1", "b1"]
    assert way.ids == ["a1", "b1", "a2"]
    await finish(dispatcher, task)


async def test_a_channel_that_never_answers_delays_no_other() -> None:
    dead, alive = Way(wait=lambda _: asyncio.Event().wait()), Way()
    desk = Desk({"dead": dead, "alive": alive})
    desk.owed.put("a", channel="dead")
    desk.owed.put("b", "c", channel="alive")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await settled()

    assert alive.ids == ["b", "c"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_failure_comes_again_when_its_pause_is_over() -> None:
    way = Way([Failed(FailureReason.UNREACHABLE)])
    desk = Desk({"crm": way})
    desk.owed.put("a")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await desk.clock.advance(4 * SECOND)
    soon = len(way.parcels)
    await desk.clock.advance(2 * SECOND)

    assert (soon, len(way.parcels)) == (1, 2)
    await finish(dispatcher, task)


async def test_nobody_needs_to_ring_for_what_was_put_in_silently() -> None:
    way = Way()
    desk = Desk({"crm": way})
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()

    desk.owed.put("a")
    await desk.clock.advance(31 * SECOND)

    assert way.ids == ["a"]
    await finish(dispatcher, task)


async def test_an_idle_dispatcher_stops_at_once() -> None:
    desk = Desk({"crm": Way(), "nhom": Way()})
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()

    dispatcher.stop()
    await settled()

    assert task.done()


async def test_stopping_finishes_what_was_claimed_and_claims_nothing_more() -> None:
    gate = asyncio.Event()
    way = Way(wait=lambda _: gate.wait())
    desk = Desk({"crm": way}, abreast=2)
    desk.owed.put("a", "b", "c")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()

    dispatcher.stop()
    await settled()
    still = task.done()
    gate.set()
    await settled()

    assert not still
    assert task.done()
    assert sorted(desk.owed.settled) == [(n, DeliveryState.DELIVERED) for n in ("a", "b")]
    assert [row.id for row in desk.owed.rows] == ["c"]


async def test_stopping_gives_back_what_was_claimed_ahead_and_not_begun() -> None:
    gate = asyncio.Event()
    desk = Desk({"crm": Way(wait=lambda _: gate.wait())}, ahead=3)
    desk.owed.put("a", "b", "c")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()

    dispatcher.stop()
    gate.set()
    await task

    assert desk.owed.settled == [("a", DeliveryState.DELIVERED)]
    assert desk.owed.released == ["b", "c"]


async def test_one_that_was_stopped_before_it_ran_ends_at_once() -> None:
    desk = Desk({"crm": Way()})
    dispatcher = desk.open()

    dispatcher.stop()
    await asyncio.wait_for(dispatcher.run(), 1)

    assert desk.owed.asked == []


async def test_cancelling_it_leaves_no_task_behind() -> None:
    way = Way(wait=lambda _: asyncio.Event().wait())
    desk = Desk({"crm": way})
    desk.owed.put("a")
    task = asyncio.create_task(desk.open().run())
    await settled()

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await settled()

    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert desk.owed.settled == []


@pytest.mark.parametrize("method", ["claim", "settle"])
async def test_an_outbox_that_cannot_remember_ends_the_service_with_its_own_error(
    method: str,
) -> None:
    desk = Desk({"crm": Way(), "nhom": Way(wait=lambda _: asyncio.Event().wait())})
    desk.owed.put("a")
    desk.owed.broken = method

    with pytest.raises(StoreError, match="disk full"):
        await desk.open().run()
    await settled()

    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_one_that_cannot_be_made_or_sent_is_put_off_and_the_next_goes_out() -> None:
    way = Way([ValueError("canary: the text is in the log alone")])
    desk = Desk({"crm": way})
    desk.owed.put("odd", "next")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await settled()

    assert desk.owed.settled == [
        ("odd", DeliveryState.PENDING),
        ("next", DeliveryState.DELIVERED),
    ]
    await finish(dispatcher, task)


async def test_what_is_given_up_is_told_with_its_reason() -> None:
    way = Way([Failed(FailureReason.GONE, permanent=True)])
    desk = Desk({"crm": way})
    desk.owed.put("a")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await settled()

    assert desk.dead == [("a", FailureReason.GONE)]
    await finish(dispatcher, task)


async def test_what_is_too_old_is_given_up_unsent() -> None:
    way = Way()
    desk = Desk({"crm": way})
    desk.owed.put("a")
    desk.owed.rows[0] = replace(desk.owed.rows[0], expires_at=NOON)
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())

    await settled()

    assert way.parcels == []
    assert desk.dead == [("a", FailureReason.EXPIRED)]
    await finish(dispatcher, task)


# What a parcel says


async def sent(
    claimed: Claimed, alert: Alert, *outcomes: Outcome, card: str = "", told: bool = False
) -> tuple[Desk, list[Parcel]]:
    way = Way(list(outcomes))
    desk = Desk({"quan_ly": way})
    one = replace(claimed, alert=alert.id)
    desk.owed.rows.append(one)
    desk.owed.due[one.id] = NOON
    desk.owed.alerts[alert.id] = alert
    desk.owed.told = told
    if card:
        desk.owed.cards[alert.id] = card
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()
    await finish(dispatcher, task)
    return desk, way.parcels


async def test_people_are_sent_a_message_that_is_made_when_it_is_sent() -> None:
    _, (parcel,) = await sent(a_claimed(), an_alert())

    assert parcel.message == Message((plain("goi_nho to quan_ly"),))
    assert (parcel.replaces, parcel.again, parcel.silent) == ("", False, True)


async def test_what_may_have_arrived_is_marked_when_it_is_sent_again() -> None:
    _, (parcel,) = await sent(a_claimed(uncertain=True), an_alert())

    assert parcel.again


@pytest.mark.parametrize("reason", [Reason.REVISED, Reason.RESOLVED])
async def test_a_correction_edits_the_card_and_needs_no_mark(reason: Reason) -> None:
    claimed = a_claimed(reason=reason, revision=2, uncertain=True)

    _, (parcel,) = await sent(claimed, an_alert(state=AlertState.REVISED), card="-1:7", told=True)

    assert (parcel.replaces, parcel.again) == ("-1:7", False)


async def test_a_card_that_is_gone_is_sent_anew_in_the_same_attempt() -> None:
    claimed = a_claimed(reason=Reason.REVISED, revision=2)
    gone = Failed(FailureReason.REFUSED, resend=True)

    desk, parcels = await sent(
        claimed, an_alert(state=AlertState.REVISED), gone, card="-1:7", told=True
    )

    assert [parcel.replaces for parcel in parcels] == ["-1:7", ""]
    assert desk.owed.settled == [(claimed.id, DeliveryState.DELIVERED)]


@pytest.mark.parametrize("reason", sorted(TIDIES))
async def test_a_card_that_is_gone_is_not_sent_anew_only_to_be_tidy(reason: Reason) -> None:
    claimed = a_claimed(reason=reason, revision=2)
    gone = Failed(FailureReason.REFUSED, resend=True)

    desk, parcels = await sent(claimed, an_alert(), gone, card="-1:7", told=True)

    assert [parcel.replaces for parcel in parcels] == ["-1:7"]
    assert desk.owed.settled == [(claimed.id, DeliveryState.DELIVERED)]


async def test_a_first_word_that_is_no_longer_true_is_dropped_unsent() -> None:
    desk, parcels = await sent(a_claimed(), an_alert(state=AlertState.WITHDRAWN))

    assert parcels == []
    assert desk.owed.dropped == ["msg_1"]


async def test_a_channel_is_failing_from_one_given_up_until_one_delivered() -> None:
    way = Way([Failed(FailureReason.GONE, permanent=True), Delivered()])
    desk = Desk({"crm": way})
    desk.owed.put("a")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()
    first = set(dispatcher.failing)

    desk.owed.put("b")
    dispatcher.wake()
    await settled()
    await finish(dispatcher, task)

    assert (first, dispatcher.failing) == ({"crm"}, set())


@dataclass
class Lot:
    """Parked channels in memory; one is tried again after a minute."""

    clock: FakeClock
    parked: dict[str, datetime] = field(default_factory=dict)
    done: list[tuple[str, str]] = field(default_factory=list)

    def until(self, channel: str) -> datetime | None:
        return self.parked.get(channel)

    def park(self, channel: str, why: str) -> None:
        self.done.append(("park", why))
        self.parked[channel] = self.clock.now() + 60 * SECOND

    def revive(self, channel: str) -> None:
        self.done.append(("revive", channel))
        self.parked.pop(channel, None)

    def went_astray(self, channel: str) -> None:
        self.done.append(("astray", channel))


class Courtesy:
    """Everybody sleeps, and somebody is called."""

    def silent(self, alert: Alert, channel: str) -> bool:
        del alert
        return channel == "quan_ly"

    def waking(self, alert: Alert, channel: str, reason: Reason) -> tuple[Line, ...]:
        del alert, channel
        return ((plain(f"wake for {reason.value}"),),)


def put_alerts(desk: Desk, *names: str) -> None:
    for name in names:
        one = a_claimed(id=name, alert=name, lane=name)
        desk.owed.rows.append(one)
        desk.owed.due[name] = NOON
        desk.owed.alerts[name] = an_alert(id=name)


async def test_a_chat_that_wants_nothing_is_left_alone_and_loses_nothing() -> None:
    way = Way([Failed(FailureReason.GONE, "kicked", permanent=True)])
    desk = Desk({"quan_ly": way})
    put_alerts(desk, "a", "b")
    dispatcher = desk.open()
    dispatcher.parking = lot = Lot(desk.clock)
    task = asyncio.create_task(dispatcher.run())
    await settled()
    tried, failing = list(way.ids), set(dispatcher.failing)

    lot.parked.clear()
    desk.clock.at += 31 * SECOND
    dispatcher.wake()
    await settled()
    await finish(dispatcher, task)

    assert (tried, failing) == (["a"], {"quan_ly"})
    assert sorted(way.ids) == ["a", "a", "b"]
    assert lot.done == [("park", "kicked"), ("revive", "quan_ly"), ("revive", "quan_ly")]
    assert desk.dead == []


async def test_a_lost_topic_is_passed_on() -> None:
    way = Way([Delivered("1:2", astray=True)])
    desk = Desk({"quan_ly": way})
    put_alerts(desk, "a")
    dispatcher = desk.open()
    dispatcher.parking = lot = Lot(desk.clock)
    task = asyncio.create_task(dispatcher.run())

    await settled()
    await finish(dispatcher, task)

    assert lot.done == [("revive", "quan_ly"), ("astray", "quan_ly")]


async def test_a_message_wakes_whom_it_must_and_no_one_else() -> None:
    way = Way()
    desk = Desk({"quan_ly": way})
    put_alerts(desk, "a")
    dispatcher = desk.open()
    dispatcher.manners = Courtesy()
    task = asyncio.create_task(dispatcher.run())

    await settled()
    await finish(dispatcher, task)

    (parcel,) = way.parcels
    assert parcel.silent
    assert parcel.message
    assert parcel.message.lines == ((plain("wake for new"),),)


async def test_a_channel_may_come_while_others_are_served() -> None:
    late = Way()
    desk = Desk({"crm": Way()})
    put_alerts(desk, "a")
    dispatcher = desk.open()
    task = asyncio.create_task(dispatcher.run())
    await settled()

    dispatcher.add_lane("quan_ly", Lane(late))
    await settled()
    await finish(dispatcher, task)

    assert late.ids == ["a"]


async def test_a_channel_that_comes_before_the_start_is_served_from_it() -> None:
    way = Way()
    desk = Desk({"crm": Way()})
    put_alerts(desk, "a")
    dispatcher = desk.open()

    dispatcher.add_lane("quan_ly", Lane(way))
    task = asyncio.create_task(dispatcher.run())
    await settled()
    await finish(dispatcher, task)

    assert way.ids == ["a"]
