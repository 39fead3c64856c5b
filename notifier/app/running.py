"""The service at work: what runs beside what, and in which order it stops."""

import asyncio
import logging
import os
from dataclasses import dataclass, field
from datetime import timedelta

from notifier.app.botting import Bot
from notifier.app.digests import Digests
from notifier.app.pulse import FIRST_PULSES, PULSE_EVERY, BotPulse, Pulse, write_pulse
from notifier.app.reloading import Reloader
from notifier.app.rulebook import Names, Rulebook
from notifier.clock import Clock
from notifier.config.settings import Config
from notifier.core.errors import SourceError
from notifier.core.health import Health
from notifier.core.rules.engine import LAG
from notifier.dispatcher import Dispatcher
from notifier.pbx.client import PbxClient
from notifier.pbx.directory import fetch_directory
from notifier.poller import Poller
from notifier.scheduler import Scheduler
from notifier.store.ledger import Ledger
from notifier.store.outbox import Outbox
from notifier.store.reading import Archive

log = logging.getLogger(__name__)

GRACE_S = 20.0
"""Seconds that claimed deliveries are given to finish when the process is asked to stop."""

NAMES_WAIT_S = 5.0
"""Seconds that polling and delivering wait at most for the names of people and hotlines."""

DIRECTORY_EVERY = timedelta(hours=1)
"""How often the PBX is asked for its hotlines and extensions."""

DIRECTORY_AGAIN = timedelta(minutes=5)
"""How soon, after it did not answer."""


@dataclass(slots=True)
class App:
    """Every room, wired; `run` works until it is told to stop."""

    config: Config
    clock: Clock
    ledger: Ledger
    outbox: Outbox
    archive: Archive
    source: PbxClient
    rulebook: Rulebook
    reloader: Reloader
    health: Health
    poller: Poller
    dispatcher: Dispatcher
    scheduler: Scheduler
    bot: Bot | None = None
    """None where no channel leads to Telegram."""
    digests: Digests | None = None
    """Likewise."""
    _asked_to_stop: asyncio.Event = field(default_factory=asyncio.Event)
    _names_asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def names(self) -> Names:
        """The directory in force."""
        return self.rulebook.names

    def stop(self) -> None:
        """Ask nothing more of the PBX, claim nothing more, finish what was claimed."""
        self._asked_to_stop.set()

    async def run(self) -> None:
        """Poll, judge and deliver until `stop`; raise what no room could deal with."""
        self._take_over()
        intake = [
            asyncio.create_task(self._refresh_names(), name="directory"),
            asyncio.create_task(self._beat(), name="pulse"),
            asyncio.create_task(self._poll(), name="poller"),
            asyncio.create_task(self.scheduler.run(), name="scheduler"),
            asyncio.create_task(self.reloader.run(), name="reloader"),
        ]
        if self.bot:
            intake.append(asyncio.create_task(self.bot.run(), name="bot"))
        if self.digests:
            intake.append(asyncio.create_task(self.digests.run(), name="digests"))
        delivery = asyncio.create_task(self._deliver(), name="dispatcher")
        stop = asyncio.create_task(self._asked_to_stop.wait(), name="stop")
        try:
            await asyncio.wait((*intake, delivery, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            await self._wind_down(intake, delivery)

    def _take_over(self) -> None:
        """Make due again what a process that died had claimed, and set the rules' own timers."""
        now = self.clock.now()
        self._measure_lag()
        reset = self.ledger.adopt(self.rulebook.engine(), self.config.mutes, now)
        if reset:
            log.info("rules mean something else now; their state was reset", extra={"rules": reset})
        self.scheduler.config_taken_up()  # one that was refused before has been corrected since
        reclaimed = self.outbox.reclaim(now)
        given_up = self.outbox.forget_channels(self.dispatcher.lanes, now)
        if reclaimed or given_up:
            log.info("took over the outbox", extra={"again": reclaimed, "given_up": given_up})

    async def _wind_down(
        self, intake: list[asyncio.Task[None]], delivery: asyncio.Task[None]
    ) -> None:
        """Stop in order: intake first, then delivery with its grace; raise what went wrong."""
        for task in intake:
            task.cancel()
        await asyncio.gather(*intake, return_exceptions=True)
        self.dispatcher.stop()
        grace = asyncio.create_task(self.clock.sleep(GRACE_S))
        await asyncio.wait({delivery, grace}, return_when=asyncio.FIRST_COMPLETED)
        grace.cancel()
        if not delivery.done():
            log.warning("deliveries still under way were left to their leases")
            delivery.cancel()
        await asyncio.gather(delivery, return_exceptions=True)
        for task in (*intake, delivery):
            if not task.cancelled() and (fault := task.exception()):
                raise fault
        self._pulse(stopped=True)

    async def _poll(self) -> None:
        """Poll once the PBX has been asked for its hotlines, whatever it answered.

        A baseline without them would find the hotline of old calls later, and so have news of them;
        later starts do not wait for long.
        """
        await self._names(wait=None if self.ledger.watermark() is None else NAMES_WAIT_S)
        await self.poller.run()

    async def _deliver(self) -> None:
        """Deliver once cards can have names on them, or soon in any case."""
        await self._names(wait=NAMES_WAIT_S)
        await self.dispatcher.run()

    async def _names(self, *, wait: float | None) -> None:
        """Wait until the PBX has been asked for names, at most `wait` seconds; None for ever."""
        asked = asyncio.ensure_future(self._names_asked.wait())
        waits = [asked] if wait is None else [asked, asyncio.ensure_future(self.clock.sleep(wait))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    def _measure_lag(self) -> None:
        """Take up how late calls are listed: what did not come is judged that much later."""
        self.rulebook.lag = self.ledger.lag() or LAG

    async def _refresh_names(self) -> None:
        while True:
            wait = DIRECTORY_EVERY
            self._measure_lag()
            try:
                self.names.add(await fetch_directory(self.source))
            except SourceError as fault:
                wait = DIRECTORY_AGAIN
                log.warning("directory not refreshed", extra={"error": str(fault)})
            self._names_asked.set()
            await self.clock.sleep(wait.total_seconds())

    async def _beat(self) -> None:
        while True:
            self._pulse(stopped=False)
            pause = PULSE_EVERY if self.health.polls else FIRST_PULSES
            await self.clock.sleep(pause.total_seconds())

    def _pulse(self, *, stopped: bool) -> None:
        now, health = self.clock.now(), self.health
        failing = tuple(sorted(self.dispatcher.failing))
        bot = BotPulse(self.bot.hearing.last_good_at, self.bot.hearing.error) if self.bot else None
        pulse = Pulse(now, os.getpid(), health.last_good_at, health.error, stopped, failing, bot)
        write_pulse(self.ledger, pulse)
