"""What happens because time passes: timers that fall due, and the watchdog."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from notifier.core.alerts import Alert, Reason, Severity
from notifier.core.decisions import Decision, Intake, Standing
from notifier.core.deliveries import Claimed, Failed
from notifier.core.health import SEND_FAILED, Health, Watchdog, a_watch, watch
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

    def judge_due(self, engine: Engine, now: datetime) -> Intake: ...
    def next_due(self) -> datetime | None: ...
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
            intake = self.ledger.judge_due(self.engine(), self.clock.now())
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
        now = self.clock.now()
        detail = f"{claimed.channel}: {failed.reason.value}: {failed.detail}"
        about = f"{claimed.channel}:{now:%Y-%m-%d}"
        alert = a_watch(SEND_FAILED, about, detail, Severity.WARNING, now)
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
        postings = Postings(
            routes=engine.routes,
            chat_limit=engine.chat_limit,
            wording=engine.wording,
            standing=Standing(),
            decision=decision,
            now=now,
        )
        titled = [replace(a, title=engine.wording.said(f"watch.{a.rule}")) for a in alerts]
        if reason is Reason.NEW:
            decision.alerts = titled
        for alert in titled:
            postings.owe(alert, reason, to)
        self.ledger.record(decision, now)
        self.on_owed()

    def _pause(self) -> float:
        due = self.ledger.next_due()
        if due is None:
            return LONGEST_NAP.total_seconds()
        wait = min(due - self.clock.now(), LONGEST_NAP)
        return max(wait.total_seconds(), 0.01)
