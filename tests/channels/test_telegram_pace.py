"""A bot keeps its pace in each chat, and leaves alone the chat that told it to wait."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from notifier.channels.telegram_pace import LONGEST_WAIT, RESERVE, Pace

LAN = 555000111
GROUP = -1001112223334


@dataclass
class StillClock:
    """Time stands still, whoever sleeps: as if all came at once."""

    at: float = 100.0
    slept: list[float] = field(default_factory=list)
    pace: Pace | None = None

    def elapsed(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.pace:
            self.pace.freeze(LAN, timedelta(seconds=9))


async def test_a_turn_that_is_far_off_is_given_back_and_costs_nothing() -> None:
    clock = StillClock()
    pace = Pace(clock)
    for _ in range(9):
        assert await pace.take(GROUP) is None

    off = [await pace.take(GROUP), await pace.take(GROUP)]

    assert off == [timedelta(seconds=6)] * 2
    assert timedelta(seconds=3) < LONGEST_WAIT < timedelta(seconds=6)
    assert clock.slept == pytest.approx([3.0])


async def test_a_chat_that_is_frozen_while_waiting_is_not_written_to() -> None:
    clock = StillClock()
    pace = clock.pace = Pace(clock)
    for _ in range(3):
        await pace.take(LAN)

    assert await pace.take(LAN) == timedelta(seconds=9)


async def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    pace = Pace(StillClock())
    pace.freeze(LAN, timedelta(seconds=30))
    pace.freeze(LAN, timedelta(seconds=5))

    assert await pace.take(LAN) == timedelta(seconds=30)


async def test_a_frozen_chat_thaws() -> None:
    clock = StillClock()
    pace = Pace(clock)
    pace.freeze(LAN, timedelta(seconds=30))
    clock.at += 30

    assert await pace.take(LAN) is None


async def test_a_named_channel_is_paced_as_a_group() -> None:
    clock = StillClock()
    pace = Pace(clock)

    for _ in range(9):
        await pace.take("@sales")

    assert clock.slept == pytest.approx([3.0])


async def test_chats_at_rest_are_forgotten_when_there_are_many() -> None:
    clock = StillClock()
    pace = Pace(clock, most_chats=2)
    await pace.take(1)
    clock.at += 60
    await pace.take(2)

    await pace.take(3)

    assert len(pace) == 2


async def test_an_answer_in_a_group_does_not_wait_behind_alerts_while_the_reserve_lasts() -> None:
    clock = StillClock()
    pace = Pace(clock)
    for _ in range(8):
        await pace.take(GROUP)

    for _ in range(RESERVE):
        assert await pace.take(GROUP, answers=True) is None
    at_once = list(clock.slept)
    await pace.take(GROUP, answers=True)

    assert at_once == []
    assert clock.slept == pytest.approx([3.0])


async def test_what_answers_took_from_the_reserve_alerts_wait_for() -> None:
    pace = Pace(StillClock())
    for _ in range(8):
        await pace.take(GROUP)
    await pace.take(GROUP, answers=True)

    assert await pace.take(GROUP) == timedelta(seconds=6)


async def test_a_private_chat_has_no_reserve() -> None:
    clock = StillClock()
    pace = Pace(clock)

    for _ in range(4):
        await pace.take(LAN, answers=True)

    assert clock.slept == pytest.approx([1.0])
