"""What happens because time passes: timers that fall due, and the watchdog."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from notifier.core.alerts import Alert, Audit, Reason, Severity
from notifier.core.decisions import Decision, Intake, Standing
from notifier.core.deliveries import Claimed, Failed
from notifier.core.health import (
    CHAT_PARKED,
    CONFIG_REFUSED,
    SEND_FAILED,
    TOPIC_GONE,
    Health,
    Watchdog,
    a_watch,
    ended,
    watch,
)
from notifier.core.rules.engine import Engine
from notifier.core.rules.postings import Postings

log = logging.getLogger(__name__)

LONGEST_NAP = timedelta(seconds=5)
"""How often the watchdog looks, and what is due even if nobody wakes the scheduler."""


class Clock(Protocol):
    """The time and a pause."""

    def now(self) -> datetime: ...
    async def sleep(self, seconds: float) -> None: ...


class Ledger(Protocol):
    """Where timers and alerts are kept."""

    def advance(self, engine: Engine, now: datetime, *, good_since: datetime | None) -> Intake: ...
    def next_due(self, good_since: datetime | None) -> datetime | None: ...
    def open_watches(self) -> list[Alert]: ...
    def record(self, decision: Decision, now: datetime) -> None: ...


@dataclass(slots=True)
class Scheduler:
    """Judges what falls due and watches over the source; wakes whoever delivers."""

    ledger: Ledger
    clock: Clock
    engine: Callable[[], Engine]
    health: Health
    watchdog: Watchdog
    on_owed: Callable[[], None]
    stopping: bool = False
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Say that there may be a new timer."""
        self._bell.set()

    def stop(self) -> None:
        """Do no more; `run` returns at once."""
        self.stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Work until stopped."""
        while not self.stopping:
            self._bell.clear()
            self.tick()
            await self._nap()

    async def _nap(self) -> None:
        """Wait until the next timer falls due, or the bell rings."""
        alarm = asyncio.ensure_future(self.clock.sleep(self._pause()))
        ring = asyncio.ensure_future(self._bell.wait())
        try:
            await asyncio.wait((alarm, ring), return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
            ring.cancel()

    def tick(self) -> None:
        """Do all that is due now."""
        while True:
            now, good_since = self.clock.now(), self.health.good_since
            intake = self.ledger.advance(self.engine(), now, good_since=good_since)
            if not intake.seen:
                break
            if intake.owed:
                self.on_owed()
        self._watch()

    def gave_up(self, claimed: Claimed, failed: Failed) -> None:
        """Tell the owner that a delivery is dead; once a day for each channel.

        Over another channel where there is one; else over the same one, which may live again.
        """
        to = self.watchdog.send_failed
        to = tuple(name for name in to if name != claimed.channel) or to
        detail = f"{claimed.channel}: {failed.reason.value}: {failed.detail}"
        about = f"{claimed.channel}:{self.clock.now():%Y-%m-%d}"
        self._begin(SEND_FAILED, about, detail, to)

    def chat_parked(self, channel: str, why: str) -> None:
        """Tell the owner that a chat takes nothing, over other channels where there are any."""
        to = self.watchdog.send_failed or self.watchdog.to
        to = tuple(name for name in to if name != channel) or to
        about = f"{channel}:{self.clock.now().isoformat()}"
        self._begin(CHAT_PARKED, about, f"{channel}: {why}", to)

    def chat_revived(self, channel: str) -> None:
        """Say that a chat takes messages again, if the owner was told that it did not."""
        over = [one for one in self._parked() if _channel_of(one) == channel]
        self._end(over, self.watchdog.send_failed or self.watchdog.to)

    def parked(self) -> frozenset[str]:
        """Return the channels whose chats take nothing, as far as the owner was told."""
        return frozenset(map(_channel_of, self._parked()))

    def topic_gone(self, channel: str) -> None:
        """Tell the owner, once, that what goes to a topic arrives in the group itself."""
        to = self.watchdog.send_failed or self.watchdog.to
        self._begin(TOPIC_GONE, channel, channel, to)

    def _parked(self) -> list[Alert]:
        return [one for one in self.ledger.open_watches() if one.rule == CHAT_PARKED]

    def config_refused(self, problems: str) -> None:
        """Tell the owner why the changed file was not taken up; while it is ill, on one card."""
        now = self.clock.now()
        refused = next(iter(self._refused()), None)
        if refused is None:
            self._begin(CONFIG_REFUSED, now.isoformat(), problems, self.watchdog.to)
        elif refused.detail != problems:
            moved = replace(refused, detail=problems, revision=refused.revision + 1)
            decision = Decision(changed=[moved])
            self._post(decision, [moved], Reason.REVISED, self.watchdog.to)

    def config_taken_up(self) -> None:
        """Say that the file is well again, if it was not."""
        self._end(self._refused(), self.watchdog.to)

    def _end(self, watches: list[Alert], to: tuple[str, ...]) -> None:
        now, decision = self.clock.now(), Decision()
        over = [ended(alert) for alert in watches]
        decision.changed.extend(over)
        decision.audit.extend(Audit(now, one.rule, Reason.RESOLVED, one.id) for one in over)
        if over:
            self._post(decision, over, Reason.RESOLVED, to)

    def _refused(self) -> list[Alert]:
        return [one for one in self.ledger.open_watches() if one.rule == CONFIG_REFUSED]

    def _begin(self, rule: str, about: str, detail: str, to: tuple[str, ...]) -> None:
        alert = a_watch(rule, about, detail, Severity.WARNING, self.clock.now())
        if any(known.id == alert.id for known in self.ledger.open_watches()):
            return
        self._post(Decision(), [alert], Reason.NEW, to)

    def _watch(self) -> None:
        decision, begun, over = watch(
            self.health, self.watchdog, self.ledger.open_watches(), self.clock.now()
        )
        if begun:
            log.error("source trouble", extra={"rule": begun[0].rule, "detail": begun[0].detail})
            self._post(decision, begun, Reason.NEW, self.watchdog.to)
        if over:
            log.info("source is well again", extra={"rule": over[0].rule})
            self._post(decision, over, Reason.RESOLVED, self.watchdog.to)

    def _post(
        self, decision: Decision, alerts: list[Alert], reason: Reason, to: tuple[str, ...]
    ) -> None:
        """Owe `alerts` to the channels `to`, record it all, and wake the dispatcher."""
        now = self.clock.now()
        engine = self.engine()
        postings = Postings(engine, Standing(), decision, now)
        titled = [replace(a, title=engine.wording.said(f"watch.{a.rule}")) for a in alerts]
        if reason is Reason.NEW:
            decision.alerts = titled
        for alert in titled:
            postings.owe(alert, reason, to)
        self.ledger.record(decision, now)
        self.on_owed()

    def _pause(self) -> float:
        due = self.ledger.next_due(self.health.good_since)
        if due is None:
            return LONGEST_NAP.total_seconds()
        wait = min(due - self.clock.now(), LONGEST_NAP)
        return max(wait.total_seconds(), 0.01)


def _channel_of(parked: Alert) -> str:
    """Return the channel of an alert about a parked chat; its own name may hold a colon."""
    return parked.detail.partition(": ")[0]
