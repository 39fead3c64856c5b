"""How fast one bot may write: to each chat, to all of them, and not at all while told to wait."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

PRIVATE = (1.0, 3)
"""Seconds a message and burst, for a chat with one person."""

GROUP = (3.0, 8)
"""The same for a group or channel: twenty a minute."""

RESERVE = 5
"""Messages beyond a group's burst that answers alone may have, so that nobody who asks waits."""

EVERYWHERE = (1 / 25, 25)
"""The same for all chats together."""

LONGEST_WAIT = timedelta(seconds=5)
"""A message that would wait longer is given back to the outbox: a lease must not run out here."""

MOST_CHATS = 10_000
"""Chats whose pace is remembered before those at rest are forgotten."""


class Ticks(Protocol):
    """What is needed of a clock to keep a pace."""

    def elapsed(self) -> float:
        """Return seconds since a fixed point; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Give way for `seconds`."""
        ...


@dataclass(slots=True)
class _Bucket:
    """Tokens as the one instant at which it would be full again."""

    full_at: float = 0.0

    def wait(self, rate: tuple[float, int], now: float, more: int = 0) -> float:
        every, burst = rate[0], rate[1] + more
        due_in = max(self.full_at, now) - (burst - 1) * every - now
        return max(round(due_in, 6), 0.0)  # what adding up has left over is no wait

    def take(self, rate: tuple[float, int], now: float) -> None:
        self.full_at = max(self.full_at, now) + rate[0]


@dataclass(slots=True)
class Pace:
    """Token buckets for each chat and for all, and the chats that Telegram has told to wait."""

    clock: Ticks
    most_chats: int = MOST_CHATS
    _chats: dict[int | str, _Bucket] = field(default_factory=dict)
    _everywhere: _Bucket = field(default_factory=_Bucket)
    _frozen: dict[int | str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._chats)

    async def take(self, chat: int | str, *, answers: bool = False) -> timedelta | None:
        """Wait for this chat's turn; or return at once how long its turn is off, if that is long.

        None means go. A chat that is frozen meanwhile is not written to either. What `answers`
        somebody in a group goes before what waits there, as far as the reserve reaches.
        """
        now = self.clock.elapsed()
        if left := self._frozen_for(chat, now):
            return left
        rate, bucket = _rate(chat), self._bucket(chat, now)
        more = RESERVE if answers and rate is GROUP else 0
        wait = max(bucket.wait(rate, now, more), self._everywhere.wait(EVERYWHERE, now))
        if wait > LONGEST_WAIT.total_seconds():
            return timedelta(seconds=wait)
        bucket.take(rate, now)
        self._everywhere.take(EVERYWHERE, now)
        if wait:
            await self.clock.sleep(wait)
        return self._frozen_for(chat, self.clock.elapsed())

    def freeze(self, chat: int | str, wait: timedelta) -> None:
        """Write nothing to `chat` for so long; other chats flow."""
        until = self.clock.elapsed() + wait.total_seconds()
        self._frozen[chat] = max(until, self._frozen.get(chat, until))

    def _frozen_for(self, chat: int | str, now: float) -> timedelta | None:
        until = self._frozen.get(chat, now)
        if until <= now:
            self._frozen.pop(chat, None)
            return None
        return timedelta(seconds=until - now)

    def _bucket(self, chat: int | str, now: float) -> _Bucket:
        if chat not in self._chats and len(self._chats) >= self.most_chats:
            self._chats = {key: it for key, it in self._chats.items() if it.full_at > now}
        return self._chats.setdefault(chat, _Bucket())


def _rate(chat: int | str) -> tuple[float, int]:
    """Return the rate for `chat`: people have positive ids, groups negative ones or a name."""
    return PRIVATE if isinstance(chat, int) and chat > 0 else GROUP
