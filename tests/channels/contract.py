"""What every channel must do, as checks that each channel's tests run on a bench of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from notifier.core.deliveries import Delivered, Failed, Outcome, Parcel

CANARY = "canary-7f3a91c2e5"
"""Put this into every secret that the channel is given."""


class Channel(Protocol):
    name: str

    async def send(self, parcel: Parcel) -> Outcome: ...

    async def aclose(self) -> None: ...


@dataclass
class Bench:
    """A channel, and hands on the far end of it."""

    channel: Channel
    parcel: Parcel
    """Something that the far end takes."""
    arrived: Callable[[], int]
    """How many messages the far end has taken."""
    breaks: Callable[[], None]
    """Makes the far end fail from now on, quoting what it was sent if it can."""
    mends: Callable[[], None]
    """Makes the far end take messages again."""


async def a_parcel_that_is_taken_is_delivered(bench: Bench) -> None:
    outcome = await bench.channel.send(bench.parcel)

    assert isinstance(outcome, Delivered), outcome
    assert bench.arrived() == 1


async def a_failure_is_a_value_and_not_an_exception(bench: Bench) -> None:
    bench.breaks()

    outcome = await bench.channel.send(bench.parcel)

    assert isinstance(outcome, Failed), outcome
    assert not outcome.permanent


async def a_failure_is_told_on_one_short_line_without_a_secret(bench: Bench) -> None:
    bench.breaks()

    outcome = await bench.channel.send(bench.parcel)

    assert isinstance(outcome, Failed), outcome
    assert outcome.detail
    assert len(outcome.detail.splitlines()) == 1
    assert len(outcome.detail) <= 400
    assert CANARY not in repr(outcome)


async def a_channel_that_failed_delivers_again_when_the_far_end_is_back(bench: Bench) -> None:
    bench.breaks()
    await bench.channel.send(bench.parcel)
    bench.mends()
    before = bench.arrived()

    outcome = await bench.channel.send(replace(bench.parcel, attempt=2))

    assert isinstance(outcome, Delivered), outcome
    assert bench.arrived() == before + 1


async def parcels_at_the_same_time_all_arrive(bench: Bench) -> None:
    parcels = [replace(bench.parcel, id=f"msg_{number}") for number in range(3)]

    outcomes = await asyncio.gather(*map(bench.channel.send, parcels))

    assert all(isinstance(outcome, Delivered) for outcome in outcomes), outcomes
    assert bench.arrived() == 3


async def a_channel_has_a_name_and_does_not_show_its_secrets(bench: Bench) -> None:
    assert bench.channel.name
    assert CANARY not in repr(bench.channel)
    assert CANARY not in str(bench.channel)


async def closing_twice_is_harmless(bench: Bench) -> None:
    await bench.channel.send(bench.parcel)

    await bench.channel.aclose()
    await bench.channel.aclose()


CHECKS: tuple[Callable[[Bench], Awaitable[None]], ...] = (
    a_parcel_that_is_taken_is_delivered,
    a_failure_is_a_value_and_not_an_exception,
    a_failure_is_told_on_one_short_line_without_a_secret,
    a_channel_that_failed_delivers_again_when_the_far_end_is_back,
    parcels_at_the_same_time_all_arrive,
    a_channel_has_a_name_and_does_not_show_its_secrets,
    closing_twice_is_harmless,
)
"""Parametrize with these: `@pytest.mark.parametrize("check", CHECKS, ids=name_of)`."""


def name_of(check: Callable[[Bench], Awaitable[None]]) -> str:
    """Return the claim of `check` for a test's id."""
    return check.__name__
