"""`every`: how long a key stays quiet, in the time of the events themselves."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.decisions import ThrottleState
from notifier.core.rules.model import Throttle
from notifier.core.rules.throttles import admit
from tests.builders import MINUTE, NOON, SECOND

HOUR = timedelta(hours=1)
FIXED = Throttle((30 * MINUTE,), forget_after=timedelta())
RISING = Throttle((15 * MINUTE, 30 * MINUTE, HOUR), forget_after=HOUR)


def after(step: int, swallowed: int = 0) -> ThrottleState:
    return ThrottleState(NOON, step, swallowed)


TABLE: list[tuple[str, Throttle, ThrottleState | None, timedelta, bool, int]] = [
    ("the first ever", FIXED, None, timedelta(), True, 0),
    ("at the same instant", FIXED, after(0), timedelta(), False, 0),
    ("just within the pause", FIXED, after(0), 30 * MINUTE - SECOND, False, 0),
    ("at its end", FIXED, after(0), 30 * MINUTE, True, 0),
    ("late, from just before", FIXED, after(0), -29 * MINUTE, False, 0),
    ("late, from long before", RISING, after(0), -HOUR, True, 1),
    ("the second pause is longer", RISING, after(1), 29 * MINUTE, False, 1),
    ("after the second pause", RISING, after(1), 30 * MINUTE, True, 2),
    ("the last pause repeats", RISING, after(9), HOUR - SECOND, False, 9),
    ("after the last pause", RISING, after(9), HOUR, True, 10),
    ("nearly forgotten", RISING, after(1), 90 * MINUTE - SECOND, True, 2),
    ("quiet so long that it starts again", RISING, after(1), 90 * MINUTE, True, 0),
]


@pytest.mark.parametrize(
    ("throttle", "state", "later", "admitted", "step"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_a_key_is_quiet_for_its_pause(
    throttle: Throttle,
    state: ThrottleState | None,
    later: timedelta,
    *,
    admitted: bool,
    step: int,
) -> None:
    verdict, follows = admit(throttle, state, NOON + later)

    assert (verdict, follows.step) == (admitted, step)
    assert follows.last_at == (max(NOON, NOON + later) if admitted else NOON)


def test_what_is_swallowed_is_counted_and_kept_for_the_next_alert_to_say() -> None:
    _, swallowed = admit(FIXED, after(0, swallowed=2), NOON + MINUTE)
    admitted, follows = admit(FIXED, swallowed, NOON + HOUR)

    assert swallowed.swallowed == 3
    assert (admitted, follows.swallowed) == (True, 3)


@given(
    offsets=some.lists(some.integers(0, 10_000), max_size=40),
    steps=some.lists(some.integers(1, 3_000), min_size=1, max_size=4),
)
def test_in_the_order_of_events_alerts_are_a_pause_apart_and_the_rest_is_counted(
    offsets: list[int], steps: list[int]
) -> None:
    throttle = Throttle(tuple(step * SECOND for step in steps), forget_after=20 * MINUTE)
    state: ThrottleState | None = None
    alerts, swallowed = [], 0
    for offset in sorted(offsets):
        before = state
        admitted, state = admit(throttle, state, NOON + offset * SECOND)
        if admitted:
            pause = throttle.pause(before.step) if before else timedelta()
            alerts.append((NOON + offset * SECOND, pause))
            swallowed += before.swallowed if before else 0
            state = ThrottleState(state.last_at, state.step, 0)

    for (earlier, _), (later, pause) in pairwise(alerts):
        assert later - earlier >= pause
    assert len(alerts) + swallowed + (state.swallowed if state else 0) == len(offsets)
