"""Sends what is owed: a worker for each channel claims, composes, sends and settles."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from notifier.core.alerts import Alert, Reason, Severity
from notifier.core.deliveries import (
    Claimed,
    DeliveryState,
    Failed,
    FailureReason,
    Outcome,
    Parcel,
    Standing,
    after,
)
from notifier.core.errors import NotifierError
from notifier.core.messages import Line, Message
from notifier.core.owed import EDITS, Situation, is_obsolete, tidied

log = logging.getLogger(__name__)

LONGEST_NAP = timedelta(seconds=30)
"""A worker looks at the outbox at least this often, even if nobody wakes it."""


class Clock(Protocol):
    """The time, chance and a pause."""

    def now(self) -> datetime: ...
    def elapsed(self) -> float: ...
    def jitter(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class Outbox(Protocol):
    """What is owed, and where it is settled."""

    def claim(self, channel: str, most: int, now: datetime) -> list[Claimed]: ...
    def release(self, claims: Iterable[Claimed], now: datetime) -> None: ...
    def settle(
        self, claimed: Claimed, outcome: Outcome, standing: Standing, now: datetime, took: timedelta
    ) -> None: ...
    def drop(self, claimed: Claimed, now: datetime) -> None: ...
    def alert(self, identity: str) -> Alert | None: ...
    def card(self, alert: str, channel: str) -> str: ...
    def was_told(self, alert: str, channel: str) -> bool: ...
    def superseded(self, claimed: Claimed) -> bool: ...
    def next_due(self, channel: str) -> datetime | None: ...


class Channel(Protocol):
    """A way out; never raises for what a receiver or a network does."""

    async def send(self, parcel: Parcel) -> Outcome: ...


Compose: TypeAlias = Callable[[Alert, str], Message]
"""Renders an alert for a people's channel, in its language and with its mask."""

OnDead: TypeAlias = Callable[[Claimed, Failed], None]
"""Told of each delivery that is given up."""


class Manners(Protocol):
    """How the people of a channel want to be spoken to at this hour."""

    def silent(self, alert: Alert, channel: str) -> bool: ...
    def waking(self, alert: Alert, channel: str, reason: Reason) -> tuple[Line, ...]: ...


class Parking(Protocol):
    """Which channels take nothing for now, and until when they are left alone."""

    def until(self, channel: str) -> datetime | None: ...
    def park(self, channel: str, why: str) -> None: ...
    def revive(self, channel: str) -> None: ...
    def went_astray(self, channel: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Lane:
    """A channel and how many of its deliveries may be under way at once."""

    channel: Channel
    abreast: int = 1
    ahead: int = 1
    """How many are claimed at a time: a claim is a transaction. All must be sent within a lease."""


@dataclass(slots=True)
class Dispatcher:
    """One worker a channel, so that a slow or dead one delays no other."""

    outbox: Outbox
    lanes: MutableMapping[str, Lane]
    compose: Compose
    clock: Clock
    on_dead: OnDead | None = None
    manners: Manners | None = None
    parking: Parking | None = None
    failing: set[str] = field(default_factory=set)
    """Channels whose last settled delivery, since the start, was given up."""
    _bells: dict[str, asyncio.Event] = field(default_factory=dict)
    _stopping: bool = False
    _workers: asyncio.TaskGroup | None = None

    def add_lane(self, name: str, lane: Lane) -> None:
        """Deliver to one channel more, or in another way; also while running."""
        known = name in self.lanes
        self.lanes[name] = lane
        if self._workers is not None and not known and not self._stopping:
            self._workers.create_task(self._work(name), name=f"deliver to {name}")

    def wake(self) -> None:
        """Say that the outbox may hold something new."""
        for bell in self._bells.values():
            bell.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when what was claimed is settled."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Work until stopped.

        Raises:
            StoreError: the outbox cannot be used.
        """
        try:
            async with asyncio.TaskGroup() as workers:
                self._workers = workers
                for name in self.lanes:
                    workers.create_task(self._work(name), name=f"deliver to {name}")
        except BaseExceptionGroup as faults:
            raise faults.exceptions[0] from None  # the first one stopped the others
        finally:
            self._workers = None

    async def _work(self, name: str) -> None:
        """Keep the lane's width busy until stopped, and then finish what is under way."""
        bell = self._bells.setdefault(name, asyncio.Event())
        under_way: set[asyncio.Task[None]] = set()
        claimed: deque[Claimed] = deque()
        try:
            while under_way or not self._stopping:
                lane = self.lanes[name]
                bell.clear()
                self._claim(name, claimed, room=lane.abreast - len(under_way))
                while claimed and len(under_way) < lane.abreast:
                    task = asyncio.create_task(self._deliver(lane, claimed.popleft()))
                    under_way.add(task)
                due_in = None if len(under_way) >= lane.abreast else self._due_in(name)
                await self._await_any(under_way, bell, due_in)
                done = {task for task in under_way if task.done()}
                under_way -= done
                for task in done:
                    task.result()
            self._claim(name, claimed, room=0)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _claim(self, name: str, claimed: deque[Claimed], *, room: int) -> None:
        """Have something claimed where there is room for it; give it back when stopping."""
        now = self.clock.now()
        if self._stopping and claimed:
            self.outbox.release(claimed, now)
            claimed.clear()
        elif room and not claimed and not self._stopping and not self._parked(name):
            claimed.extend(self.outbox.claim(name, max(self.lanes[name].ahead, room), now))

    def _due_in(self, name: str) -> float:
        """Seconds until the next delivery of `name` falls due, or until a look is due anyway."""
        due = self._parked(name) or self.outbox.next_due(name)
        pause = LONGEST_NAP if due is None else min(due - self.clock.now(), LONGEST_NAP)
        return max(pause.total_seconds(), 0.01)

    def _parked(self, name: str) -> datetime | None:
        """Return until when `name` is left alone; None if it is not."""
        until = self.parking.until(name) if self.parking else None
        return until if until and until > self.clock.now() else None

    async def _await_any(
        self, under_way: set[asyncio.Task[None]], bell: asyncio.Event, due_in: float | None
    ) -> None:
        """Wait until something under way ends, the bell rings, or `due_in` seconds are over."""
        waits: list[asyncio.Task[object]] = []
        if not self._stopping:
            waits.append(asyncio.create_task(bell.wait()))
            if due_in is not None:
                waits.append(asyncio.create_task(self.clock.sleep(due_in)))
        try:
            await asyncio.wait([*under_way, *waits], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _deliver(self, lane: Lane, claimed: Claimed) -> None:
        """Look once more, send, and write down what came of it."""
        situation = self._situation(claimed)
        if is_obsolete(claimed, situation):
            self.outbox.drop(claimed, self.clock.now())
            return
        began = self.clock.elapsed()
        outcome = await self._send(lane.channel, claimed, situation)
        took = timedelta(seconds=self.clock.elapsed() - began)
        now = self.clock.now()
        standing = after(claimed, outcome, now, self.clock.jitter())
        self.outbox.settle(claimed, outcome, standing, now, took)
        self._tell(claimed, outcome, standing)
        if self.parking and not claimed.event:
            self._place(self.parking, claimed.channel, outcome)

    def _place(self, parking: Parking, channel: str, outcome: Outcome) -> None:
        """Leave a channel alone that wants nothing, and take up again one that does."""
        if isinstance(outcome, Failed):
            if outcome.reason is FailureReason.GONE:
                self.failing.add(channel)
                parking.park(channel, outcome.detail)
            return
        parking.revive(channel)
        if outcome.astray:
            parking.went_astray(channel)

    async def _send(self, channel: Channel, claimed: Claimed, situation: Situation) -> Outcome:
        if self.clock.now() >= claimed.expires_at:
            return Failed(FailureReason.EXPIRED, "it was due too long ago", permanent=True)
        try:
            parcel = self._parcel(claimed, situation)
            outcome = await channel.send(parcel)
            if isinstance(outcome, Failed) and outcome.resend:
                # the message was deleted by a person: what is still true is said anew
                known = tidied(claimed, situation.card)
                outcome = known or await channel.send(replace(parcel, replaces=""))
        except NotifierError:
            raise
        except Exception as fault:
            # one message that cannot be made must not keep all the others from going out, now
            # and after each restart; the text of `fault` may hold anything, so the log redacts it
            log.exception("could not make or send", extra={"delivery": claimed.id})
            told = f"unexpected {type(fault).__name__}; the log has the details"
            return Failed(FailureReason.REFUSED, told)
        return outcome

    def _situation(self, claimed: Claimed) -> Situation:
        outbox, alert, channel = self.outbox, claimed.alert, claimed.channel
        if claimed.event and claimed.reason not in EDITS:
            return Situation(alert=None, card="", told=False, superseded=False)
        return Situation(
            alert=None if alert.startswith("call:") else outbox.alert(alert),
            card=outbox.card(alert, channel),
            told=outbox.was_told(alert, channel),
            superseded=outbox.superseded(claimed),
        )

    def _parcel(self, claimed: Claimed, situation: Situation) -> Parcel:
        if claimed.event or situation.alert is None:
            return Parcel(claimed.id, claimed.number, event=claimed.event, body=claimed.body)
        alert, edit = situation.alert, claimed.reason in EDITS
        message, silent = self.compose(alert, claimed.channel), alert.severity is Severity.INFO
        if self.manners and not edit:
            silent = self.manners.silent(alert, claimed.channel)
            top = self.manners.waking(alert, claimed.channel, claimed.reason)
            message = replace(message, lines=(*top, *message.lines))
        return Parcel(
            claimed.id,
            claimed.number,
            message=message,
            replaces=situation.card if edit else "",
            again=claimed.uncertain and not edit,
            silent=silent,
        )

    def _tell(self, claimed: Claimed, outcome: Outcome, standing: Standing) -> None:
        if not isinstance(outcome, Failed):
            self.failing.discard(claimed.channel)
            log.debug("delivered", extra={"delivery": claimed.id, "channel": claimed.channel})
            return
        facts = {
            "delivery": claimed.id,
            "channel": claimed.channel,
            "attempt": claimed.attempt,
            "reason": outcome.reason.value,
            "detail": outcome.detail,
        }
        if standing.state is DeliveryState.DEAD:
            self.failing.add(claimed.channel)
            log.error("gave up a delivery", extra=facts)
            if self.on_dead:
                self.on_dead(claimed, outcome)
        else:
            log.warning("delivery put off", extra=facts)
