"""Has cards edited that are behind, or too old for their buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

EVERY_S = 60.0
"""Seconds between two looks; a card may keep its buttons that much longer."""


class Clock(Protocol):
    """The time and a pause."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Give way for `seconds`."""
        ...


class Ledger(Protocol):
    """Where cards are remembered."""

    def sweep_cards(self, now: datetime) -> int:
        """Owe the edits that cards need and nobody owes, and return how many there are."""
        ...


@dataclass(frozen=True, slots=True)
class Tidying:
    """Looks after the cards; what they need goes out as any other edit does."""

    ledger: Ledger
    clock: Clock
    on_owed: Callable[[], None]

    async def run(self) -> None:
        """Look every minute until cancelled; StoreError where the cards cannot be read."""
        while True:
            if self.ledger.sweep_cards(self.clock.now()):
                self.on_owed()
            await self.clock.sleep(EVERY_S)
