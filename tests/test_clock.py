"""The machine's clock is aware, never goes back, and gives way."""

import asyncio
import re
from datetime import UTC, timedelta

import pytest

from notifier.clock import Clock, SystemClock


def test_the_time_is_aware_and_in_utc() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC


def test_elapsed_seconds_never_go_back() -> None:
    clock: Clock = SystemClock()

    read = [clock.elapsed() for _ in range(1000)]

    assert read == sorted(read)


def test_chance_is_drawn_from_zero_up_to_one() -> None:
    clock = SystemClock()

    drawn = [clock.jitter() for _ in range(1000)]

    assert 0 <= min(drawn) < max(drawn) < 1


def test_a_secret_is_new_each_time_and_fits_a_link() -> None:
    clock = SystemClock()

    drawn = {clock.secret().reveal() for _ in range(1000)}

    assert len(drawn) == 1000
    assert all(re.fullmatch("[A-Za-z0-9_-]{22}", secret) for secret in drawn)


@pytest.mark.parametrize("seconds", [-1.0, 0.0], ids=["negative", "zero"])
async def test_no_pause_still_gives_way_once(seconds: float) -> None:
    order: list[str] = []

    async def other() -> None:
        order.append("other")

    task = asyncio.create_task(other())
    await SystemClock().sleep(seconds)
    order.append("after")
    await task

    assert order == ["other", "after"]


async def test_a_pause_takes_its_time() -> None:
    clock = SystemClock()
    began = clock.now()

    await clock.sleep(0.02)

    assert clock.now() - began >= timedelta(seconds=0.015)
