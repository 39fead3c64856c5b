"""A month of a call centre: 1,500 calls a day as values, the same with the same seed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from notifier.core.calls import Call, CallState, Direction, Leg
from notifier.core.phones import normalise

BEGAN = datetime(2026, 9, 30, 17, 0, tzinfo=UTC)
"""A Thursday, midnight in Vietnam."""

HOTLINES = ("19001000", "02873001234", "unknown")
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)

_EXTENSIONS = 30
_CUSTOMERS = 6_000


class _Dice:
    """Chance by a fixed sum: the standard library's is for those who need surprise."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, sides: int) -> int:
        self._state = (self._state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return (self._state >> 33) % sides


def calls(days: int = 30, a_day: int = 1_500, seed: int = 7) -> Iterator[Call]:
    """Give the calls of `days`, in the order in which they began, between 07:00 and 21:00."""
    dice = _Dice(seed)
    for day in range(days):
        opens = BEGAN + day * DAY + timedelta(hours=7)
        starts = sorted(dice.below(14 * 3_600) for _ in range(a_day))
        for number, second in enumerate(starts):
            yield _call(day * a_day + number, opens + second * SECOND, dice)


def _call(number: int, at: datetime, dice: _Dice) -> Call:
    out, missed = dice.below(100) < 35, dice.below(100) < 15  # noqa: PLR2004 - shares of a hundred
    customer = f"09{dice.below(_CUSTOMERS):08d}"
    extension = f"{101 + dice.below(_EXTENSIONS)}"
    ring, talk = dice.below(30) * SECOND, (0 if missed else dice.below(600)) * SECOND
    state = CallState.NOT_ANSWERED if missed else CallState.ANSWERED
    ended = at + ring + talk
    leg = Leg(
        number=extension,
        added_at=at,
        status=state,
        rung_at=at,
        ring=ring,
        answered_at=None if missed else at + ring,
        ended_at=ended,
        end_reason="caller_disconnect",
    )
    return Call(
        id=f"{1_415_000_000_000_000_000 + number}",
        direction=Direction.OUT if out else Direction.IN,
        state=state,
        caller=extension if out else customer,
        callee=customer if out else extension,
        customer=normalise(customer),
        duration=talk,
        started_at=at,
        ended_at=ended,
        extension="" if missed and not out else extension,
        hotline=HOTLINES[dice.below(len(HOTLINES))],
        legs=(leg,),
    )
