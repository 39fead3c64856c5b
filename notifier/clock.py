"""The one clock read, the one sleep and the one source of chance in the package."""

import asyncio
import random
import secrets
import time
from datetime import UTC, datetime
from typing import Protocol

from notifier.core.secrets import Secret


class Clock(Protocol):
    """What everything that needs the time, a pause or chance is given."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Return seconds since an arbitrary fixed point; never goes back, for measuring spans."""
        ...

    def jitter(self) -> float:
        """Return a number drawn evenly from [0, 1), so that equals do not act in step."""
        ...

    def secret(self) -> Secret:
        """Return 128 bits that nobody can guess, in letters that a link may hold."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Give way for `seconds`; zero or less gives way once."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Return seconds of the monotonic clock, which setting the time of day does not move."""
        return time.monotonic()

    def jitter(self) -> float:
        """Return a number drawn evenly from [0, 1); not for secrets."""
        return random.random()

    def secret(self) -> Secret:
        """Return 128 bits of the system's own chance, as 22 letters of A-Z a-z 0-9 _ -."""
        return Secret(secrets.token_urlsafe(16))

    async def sleep(self, seconds: float) -> None:
        """Give way to the event loop for `seconds`."""
        await asyncio.sleep(max(seconds, 0.0))
