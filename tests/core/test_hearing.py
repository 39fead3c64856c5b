"""How the way to the chats is."""

from notifier.core.hearing import Hearing
from tests.builders import MINUTE, NOON, SECOND


def test_it_is_silent_since_the_start_and_then_since_it_last_heard() -> None:
    hearing = Hearing(started_at=NOON)
    before = hearing.silent(NOON + MINUTE)
    hearing.succeeded(NOON + MINUTE)

    assert before == MINUTE
    assert hearing.silent(NOON + MINUTE + SECOND) == SECOND
    assert hearing.silent(NOON) == 0 * SECOND, "a clock that was set back"


def test_failures_are_counted_from_the_first_until_one_goes_well() -> None:
    hearing = Hearing(started_at=NOON)
    hearing.failed(NOON + SECOND, "refused")
    hearing.failed(NOON + MINUTE, "conflict", contested=True)
    down = Hearing(NOON, None, NOON + SECOND, 2, "conflict", contested=True)

    assert hearing == down
    hearing.succeeded(NOON + 2 * MINUTE)
    assert hearing == Hearing(NOON, NOON + 2 * MINUTE)
