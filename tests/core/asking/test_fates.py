"""A miss is made good by the first talk after it, and by nothing else."""

from notifier.core.asking.fates import Carded, Waiting, answers, still_waiting
from notifier.core.calls import CallState
from tests.builders import MINUTE, NOON
from tests.core.asking.cases import HOUR, dialled, missed, talked


def test_a_miss_is_made_good_by_the_first_talk_after_it() -> None:
    miss, again = missed(HOUR), missed(40 * MINUTE)
    before, first, second = talked(2 * HOUR), dialled(50 * MINUTE), talked(30 * MINUTE)

    good = answers([miss, again], [second, before, first])

    assert good == {miss.id: first, again.id: second}


def test_a_call_that_nobody_took_makes_nothing_good() -> None:
    miss = missed(HOUR)
    tried = dialled(50 * MINUTE, state=CallState.NOT_ANSWERED)

    assert answers([miss], [miss, tried, talked(40 * MINUTE, who=1)]) == {}


def test_a_withheld_number_is_never_called_back() -> None:
    assert answers([missed(HOUR, customer="")], [talked(MINUTE, customer="")]) == {}


def test_customers_wait_from_their_first_miss_since_they_spoke_to_somebody() -> None:
    withheld = missed(MINUTE, customer="")
    misses = [missed(3 * HOUR, 1), missed(2 * HOUR, 2), missed(HOUR, 1), withheld]
    cards = {misses[0].id: Carded("a1", "Lan"), misses[2].id: Carded("a2")}

    waiting = still_waiting(misses, [dialled(150 * MINUTE, 3)], cards)

    assert waiting == [
        Waiting("+84901234501", "19001000", NOON - 3 * HOUR, 2, Carded("a2")),
        Waiting("+84901234502", "19001000", NOON - 2 * HOUR, 1, None),
    ]


def test_who_spoke_to_us_waits_from_the_next_miss_on() -> None:
    misses = [missed(3 * HOUR), missed(HOUR)]

    (waiting,) = still_waiting(misses, [talked(2 * HOUR)], {})

    assert (waiting.since, waiting.times) == (NOON - HOUR, 1)
