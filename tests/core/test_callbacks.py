"""What became of missed calls: matched with the first talk after each, by customer."""

from datetime import timedelta
from typing import Any

import pytest

from notifier.core.callbacks import MOST_OPEN, Misses, OpenCustomer, followed, spoken
from notifier.core.calls import Call, CallState, Direction
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_leg, a_talk

PROMISE = 15 * MINUTE
END = NOON + 27 * SECOND
"""End of the miss at noon."""

EVENING = NOON.astimezone(HANOI).replace(hour=20)


def a_callback(after: timedelta, **facts: Any) -> Call:
    """Return an outbound call that the customer took, `after` the miss at noon ended."""
    facts.setdefault("direction", Direction.OUT)
    return a_talk(id="back", started_at=END + after, ended_at=END + after + MINUTE, **facts)


def figures(*calls: Call, now: Any = EVENING) -> Misses:
    misses = [call for call in calls if call.missed]
    return followed(misses, calls, promise=PROMISE, now=now)[0]


def waiting(*calls: Call) -> tuple[OpenCustomer, ...]:
    misses = [call for call in calls if call.missed]
    return followed(misses, calls, promise=PROMISE, now=EVENING)[1]


RUNG = (a_leg(),)
PICKED_UP = (a_leg(status=CallState.ANSWERED),)

SPOKEN: dict[str, tuple[Call, bool]] = {
    "answered by a person": (a_talk(), True),
    "missed": (a_call(), False),
    "abandoned in the queue": (a_talk(legs=RUNG), False),
    "going on, picked up": (a_talk(ended_at=None, legs=PICKED_UP), True),
    "going on, perhaps in the menu": (a_talk(ended_at=None, legs=RUNG), False),
    "outbound, reached": (a_talk(direction=Direction.OUT), True),
    "outbound, going on": (a_talk(direction=Direction.OUT, ended_at=None), True),
    "outbound, not picked up": (a_call(direction=Direction.OUT), False),
    "internal": (a_talk(direction=Direction.EXT), False),
    "forwarded": (a_talk(direction=Direction.UNKNOWN), True),
    "of no known direction": (a_talk(direction=Direction.UNKNOWN, caller="101"), False),
    "of unknown end": (a_call(state=CallState.UNKNOWN), False),
}


@pytest.mark.parametrize("case", SPOKEN)
def test_people_spoke_where_one_of_us_and_a_customer_did(case: str) -> None:
    call, wanted = SPOKEN[case]

    assert spoken(call) is wanted


def test_a_miss_is_called_back_by_the_first_talk_after_it() -> None:
    found = figures(a_call(), a_callback(7 * MINUTE), a_callback(60 * MINUTE))

    assert found == Misses(called_back=1, due=1, in_time=1, median=7 * MINUTE)


def test_a_customer_who_calls_again_and_is_answered_waits_no_more() -> None:
    found = figures(a_call(), a_callback(7 * MINUTE, direction=Direction.IN))

    assert found == Misses(called_back=1, due=1, in_time=1, median=7 * MINUTE)


@pytest.mark.parametrize(
    "other",
    [
        a_callback(MINUTE, customer="+84912345678"),
        a_callback(MINUTE, direction=Direction.EXT),
        a_callback(MINUTE, state=CallState.NOT_ANSWERED),
        a_callback(-MINUTE),
        a_callback(NOON - END),
    ],
    ids=["another customer", "internal", "not picked up", "before the miss", "at its very start"],
)
def test_what_is_no_talk_with_the_customer_after_the_miss_calls_nobody_back(other: Call) -> None:
    found = figures(a_call(), other)

    assert found == Misses(still_open=1, customers=1, due=1)


def test_a_talk_that_began_while_the_miss_still_rang_took_no_time() -> None:
    found = figures(a_call(), a_callback(-10 * SECOND))

    assert found == Misses(called_back=1, due=1, in_time=1, median=timedelta())


def test_several_misses_of_one_customer_are_one_open_customer() -> None:
    calls = [
        a_call(id=str(n), started_at=NOON + n * MINUTE, ended_at=NOON + n * MINUTE, hotline=str(n))
        for n in range(3)
    ]

    expected = OpenCustomer("+84901234567", "2", NOON, NOON + 2 * MINUTE, 3)
    assert figures(*calls) == Misses(still_open=3, customers=1, due=3)
    assert waiting(*calls) == (expected,)


def test_one_talk_answers_all_misses_before_it_and_none_after() -> None:
    again, later = NOON + 5 * MINUTE, NOON + 30 * MINUTE
    calls = [
        a_call(),
        a_call(id="2", started_at=again, ended_at=again),
        a_callback(19 * MINUTE),
        a_call(id="3", started_at=later, ended_at=later),
    ]

    found = figures(*calls)

    assert (found.total, found.called_back, found.still_open) == (3, 2, 1)
    assert (found.in_time, found.due) == (1, 3)
    assert waiting(*calls) == (OpenCustomer("+84901234567", "19001000", later, later, 1),)


def test_a_withheld_number_can_be_neither_called_back_nor_matched() -> None:
    found = figures(a_call(customer=""), a_callback(MINUTE, customer=""))

    assert (found, found.kept) == (Misses(withheld=1), None)


@pytest.mark.parametrize(
    ("after", "in_time"), [(PROMISE, 1), (PROMISE + SECOND, 0)], ids=["just kept", "just broken"]
)
def test_the_promise_runs_from_the_end_of_the_miss(after: timedelta, in_time: int) -> None:
    found = figures(a_call(), a_callback(after))

    assert (found.in_time, found.due, found.median) == (in_time, 1, after)


@pytest.mark.parametrize(
    ("after", "due"), [(PROMISE, 0), (PROMISE + SECOND, 1)], ids=["still time", "too late"]
)
def test_an_open_miss_breaks_the_promise_only_once_it_has_run_out(
    after: timedelta, due: int
) -> None:
    assert figures(a_call(), now=END + after) == Misses(still_open=1, customers=1, due=due)


def test_a_miss_without_an_end_counts_from_its_start() -> None:
    found = figures(a_call(ended_at=None), a_callback(NOON - END + 5 * MINUTE))

    assert found.median == 5 * MINUTE


def test_the_share_that_kept_the_promise_is_of_those_that_are_due() -> None:
    found = figures(a_call(), a_call(id="2", customer="+84912345678"), a_callback(MINUTE))

    assert found.kept == 0.5


def test_who_called_most_comes_first_then_who_waits_longest() -> None:
    calls = [
        a_call(customer="late", started_at=NOON + MINUTE),
        a_call(customer="early"),
        a_call(customer="often", started_at=NOON + 2 * MINUTE),
        a_call(customer="often", started_at=NOON + 3 * MINUTE),
    ]

    assert [one.customer for one in waiting(*calls)] == ["often", "early", "late"]


def test_a_long_list_of_waiting_customers_is_cut_and_counted() -> None:
    calls = [a_call(customer=f"+8490123{n:04d}") for n in range(MOST_OPEN + 7)]

    assert len(waiting(*calls)) == MOST_OPEN
    assert figures(*calls).customers == MOST_OPEN + 7
