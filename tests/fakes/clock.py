"""A clock whose time moves only when a test says so, or when everybody waits."""

import asyncio
import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from notifier.core.secrets import Secret

_FEWEST, _MOST = 8, 200_000
"""Turns of the event loop: those that are always made, and those after which nothing rests."""


async def settled() -> None:
    """Let every task that can go on, go on, until the loop has nothing left to do."""
    ready = getattr(asyncio.get_running_loop(), "_ready", ())
    for turn in range(_MOST):
        await asyncio.sleep(0)
        if turn >= _FEWEST and not ready:
            return
    raise RuntimeError("something in this process goes on without ever waiting")


@dataclass
class FakeClock:
    """Virtual time: `sleep` waits for `advance`; `jitter` is what the test wants, 0 if nothing."""

    at: datetime
    drawn: float = 0.0
    _began: datetime | None = None
    _sleepers: list[tuple[timedelta, int, asyncio.Future[None]]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _drawn: "count[int]" = field(default_factory=count)
    _moved: timedelta = timedelta()
    """Monotonic time, by which sleepers wake: nobody sets it back."""

    def now(self) -> datetime:
        return self.at

    def elapsed(self) -> float:
        return self._moved.total_seconds()

    def jitter(self) -> float:
        return self.drawn

    def secret(self) -> Secret:
        """Return a new text each time, of the length of a real one."""
        return Secret(f"canary_{next(self._drawn):015d}")

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._moved + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (due, next(self._numbers), alarm))
        await alarm

    async def advance(self, span: timedelta) -> None:
        """Move time on by `span`, waking sleepers in their order and letting each do its work."""
        end = self._moved + span
        await settled()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, alarm = heapq.heappop(self._sleepers)
            if not alarm.done():
                self._move(max(due, self._moved))
                alarm.set_result(None)
                await settled()
        self._move(end)
        await settled()

    def set_back(self, span: timedelta) -> None:
        """Set the time of day back, as an operator may; the monotonic time goes on."""
        self.at -= span

    def _move(self, to: timedelta) -> None:
        self.at += to - self._moved
        self._moved = to
