"""Cards are looked after once a minute, and the outbox is woken only when there is something."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.bot.tidying import EVERY_S, Tidying
from tests.builders import NOON
from tests.fakes.clock import FakeClock, settled


@dataclass
class Cards:
    """A ledger that owes so many edits at each look."""

    owed: list[int]
    looked: list[datetime] = field(default_factory=list)

    def sweep_cards(self, now: datetime) -> int:
        self.looked.append(now)
        return self.owed.pop(0)


async def test_every_minute_what_is_behind_is_owed_and_the_outbox_woken() -> None:
    clock, cards, woken = FakeClock(NOON), Cards([0, 2, 0]), []
    tidying = Tidying(cards, clock, lambda: woken.append(clock.now()))
    minute = timedelta(seconds=EVERY_S)

    task = asyncio.create_task(tidying.run())
    await settled()
    await clock.advance(minute)
    await clock.advance(minute)
    task.cancel()

    assert cards.looked == [NOON, NOON + minute, NOON + 2 * minute]
    assert woken == [NOON + minute]
