"""Asks for updates and stores them before it confirms them; nothing ends it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from notifier.bot.doors import Clock, Source, Updates
from notifier.core.backoff import pause
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.hearing import Arrived, Hearing

log = logging.getLogger(__name__)

T = TypeVar("T")

OVERDUE = timedelta(seconds=60)
"""A question that has no answer by then never gets one: the network swallows it."""

LONGEST_PAUSE = timedelta(seconds=30)
"""Longest pause between two questions, unless the receiver itself asks for a longer one."""

SHORTEST_WAIT_S = 1.0
"""Least seconds between two questions: not every receiver waits for news before it has none."""

PRUNE_EVERY = timedelta(hours=1)
"""How often what is old is forgotten."""

_EVERY = timedelta(seconds=1)
"""Pause after the first failure; it doubles with each further one."""

_CONTESTED = 409


@dataclass(slots=True)
class Listener:
    """The way in; `run` works until it is cancelled."""

    source: Source
    updates: Updates
    hearing: Hearing
    clock: Clock
    on_news: Callable[[], None]
    on_open: Callable[[str], Awaitable[None]]
    """Told the bot's name whenever the way in was opened, such as after a start."""
    _offset: int | None = None
    _opened: bool = False
    _pruned_at: datetime | None = field(default=None)

    async def run(self) -> None:
        """Ask, store, confirm, over and over; StoreError where nothing can be stored."""
        while True:
            began = self.clock.elapsed()
            came = await self._ask()
            if isinstance(came, Failed):
                await self._rest(came)
                continue
            self._heard()
            if came:
                self._take(came)
            elif (took := self.clock.elapsed() - began) < SHORTEST_WAIT_S:
                await self.clock.sleep(SHORTEST_WAIT_S - took)

    async def _ask(self) -> Sequence[Arrived] | Failed:
        if not self._opened:
            name = await self._in_time(self.source.open())
            if isinstance(name, Failed):
                return name
            self._opened = True
            await self.on_open(name)
        return await self._in_time(self.source.listen(self._offset))

    async def _in_time(self, question: Awaitable[T | Failed]) -> T | Failed:
        """Return the answer to `question`, or a failure when it is overdue."""
        asked = asyncio.ensure_future(question)
        limit = asyncio.ensure_future(self.clock.sleep(OVERDUE.total_seconds()))
        try:
            await asyncio.wait({asked, limit}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
        finally:
            limit.cancel()
            asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        await self.source.renew()  # httpx loses its pool when a request is cancelled
        seconds = int(OVERDUE.total_seconds())
        return Failed(FailureReason.TIMED_OUT, f"no answer within {seconds} s")

    def _heard(self) -> None:
        if self.hearing.failures:
            log.info("updates come again", extra={"failures": self.hearing.failures})
        self.hearing.succeeded(self.clock.now())
        self._prune()

    def _take(self, came: Sequence[Arrived]) -> None:
        """Store what came, and only then let the next question confirm it."""
        if self.updates.take_in(came, self.clock.now()):
            self.on_news()
        self._offset = came[-1].id + 1

    async def _rest(self, failed: Failed) -> None:
        """Note a failure, say it once, and wait longer each time."""
        contested = failed.status == _CONTESTED
        if not self.hearing.failures:
            log.warning("no updates", extra={"error": failed.detail, "reason": failed.reason.value})
        elif contested and not self.hearing.contested:
            log.warning("another process uses this bot's token", extra={"error": failed.detail})
        self.hearing.failed(self.clock.now(), failed.detail, contested=contested)
        self._opened = self._opened and not contested  # a webhook may stand in the way
        jitter, wish = self.clock.jitter(), failed.retry_after
        rest = min(pause(self.hearing.failures, every=_EVERY, jitter=jitter), LONGEST_PAUSE)
        await self.clock.sleep(max(rest, wish or rest).total_seconds())

    def _prune(self) -> None:
        now = self.clock.now()
        if self._pruned_at is None or now - self._pruned_at >= PRUNE_EVERY:
            self._pruned_at = now
            self.updates.prune(now)
