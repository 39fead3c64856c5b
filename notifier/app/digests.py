"""Draws up the digests that chats have asked for, each once, when it is due or soon after."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.app.chats import Chats
from notifier.app.rulebook import Rulebook
from notifier.clock import Clock
from notifier.core.alerts import Reason, alert_id
from notifier.core.dailies import CHAT_DIGEST, Daily, draw_daily, due_slot, span_of
from notifier.core.decisions import Decision, Standing, Timer, TimerKind
from notifier.core.followings import chat_channel
from notifier.core.health import Health
from notifier.core.rules.bench import EXPIRES_AFTER
from notifier.core.rules.postings import Postings
from notifier.store.daily import DailyLife
from notifier.store.ledger import Ledger
from notifier.store.reading import Archive

log = logging.getLogger(__name__)

LOOKED_EVERY = timedelta(seconds=20)
"""How often it is looked whether one is due: nobody minds a digest that comes so much later."""

_MOST_CALLS = 200_000
"""Calls that are read for one digest; no centre has so many in two days."""


@dataclass(slots=True)
class Digests:
    """The tables and the clock say what is due, so nothing is lost or told twice by a restart."""

    days: DailyLife
    chats: Chats
    ledger: Ledger
    archive: Archive
    rulebook: Rulebook
    health: Health
    clock: Clock
    on_owed: Callable[[], None]

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.tick()
            await self.clock.sleep(LOOKED_EVERY.total_seconds())

    def tick(self) -> None:
        """Draw up what is due now, if calls have been read since it was."""
        now, zone = self.clock.now(), self.rulebook.config.zone
        for daily in self.days.dailies():
            slot = due_slot(daily, now, zone)
            if slot and self._is_wanted(daily, slot):
                self._tell(daily, slot, now)

    def _is_wanted(self, daily: Daily, slot: datetime) -> bool:
        if self.health.good_since is None or self.health.good_since < slot:
            return False
        identity = alert_id(CHAT_DIGEST, chat_channel(daily.chat), slot.isoformat())
        return self.chats.reader(daily.chat) is not None and not self.days.was_told(identity)

    def _tell(self, daily: Daily, slot: datetime, now: datetime) -> None:
        engine = self.rulebook.engine()
        since = span_of(daily, slot, engine.wording.zone)
        calls = self.archive.calls_between(since, now, most=_MOST_CALLS)
        alert = draw_daily(daily, slot, calls, now=now, wording=engine.wording)
        expires = Timer(CHAT_DIGEST, alert.id, TimerKind.EXPIRE, now + EXPIRES_AFTER)
        decision = Decision(alerts=[alert], timers=[expires])
        Postings(engine, Standing(), decision, now).owe(
            alert, Reason.NEW, (chat_channel(daily.chat),)
        )
        self.ledger.record(decision, now)
        log.info("drew up a digest", extra={"chat": daily.chat, "alert": alert.id})
        self.on_owed()
