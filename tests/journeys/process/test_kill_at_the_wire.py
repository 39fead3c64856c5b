"""A process that dies at any moment that the outside can see loses no alert."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from notifier.simulator import faults
from tests.fakes.receiver import Reply
from tests.fakes.telegram import Fault
from tests.journeys.process.town import AGAIN, AGE, CLOCK, Town


@dataclass(frozen=True)
class Moment:
    """When the process is killed."""

    name: str
    prepare: Callable[[Town], None]
    """Makes the town hold still at that moment."""
    reached: Callable[[Town], object]


def nothing(_town: Town) -> None:
    """Hold nobody."""


def hold_the_pbx(town: Town) -> None:
    town.faults.next(faults.hanging(30))


def hold_the_receiver(town: Town) -> None:
    town.receiver.script(Reply(delay=2.0))


def hold_telegram_before_it_sends(town: Town) -> None:
    town.telegram.fail(Fault(pause=2.0, method="sendMessage", status=503))


def _hung(town: Town) -> bool:
    return any(seen.fault == "hanging" for seen in town.faults.requests)


def _listed(town: Town) -> bool:
    """Whether a page has been asked for since the calls were there; the loop has answered it."""
    newest = max(call.started_at for call in town.world.truth(CLOCK.now()).calls)
    return any(seen.at > newest + AGE for seen in town.faults.requests)


def _answered(town: Town) -> bool:
    return bool(town.receiver.received) and not town.receiver.busy


MOMENTS = [
    Moment("the PBX holds its answer", hold_the_pbx, _hung),
    Moment("the PBX has just answered", nothing, _listed),
    Moment("the receiver holds its answer", hold_the_receiver, lambda town: town.receiver.busy),
    Moment("the receiver has just answered", nothing, _answered),
    Moment(
        "Telegram holds the message",
        hold_telegram_before_it_sends,
        lambda town: not town.telegram.faults,
    ),
    Moment("Telegram has just sent the message", nothing, lambda town: town.cards),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
async def test_killed_while(town: Town, moment: Moment) -> None:
    async with town.watching() as doomed:
        moment.prepare(town)
        calls = [town.miss(), town.miss("0912345678")]
        await town.until(lambda: moment.reached(town), moment.name, doomed)
        await doomed.kill()
    town.faults.clear()

    async with town.watching() as heir:
        await town.until(
            lambda: len(town.told_in_chat) == len(town.hooked) == 2 and not town.owed,
            "both are told to both",
            heir,
        )
        assert await heir.terminate() == 0

    assert town.hooked == sorted(call.id for call in calls)
    assert all(one.genuine for one in town.receiver.received)
    duplicates = [card for card in town.cards if AGAIN in card]
    assert len(duplicates) <= 1
    assert len(town.cards) - len(duplicates) <= 2
