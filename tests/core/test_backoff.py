from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.backoff import LONGEST, LONGEST_WISH, pause

EVERY = timedelta(seconds=15)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 15), (1, 15), (2, 30), (3, 60), (4, 120), (5, 150), (6, 150), (10_000, 150)],
)
def test_the_pause_doubles_up_to_a_bound(failures: int, seconds: int) -> None:
    assert pause(failures, every=EVERY, jitter=0.0) == seconds * SECOND


def test_jitter_spreads_the_upper_half() -> None:
    assert pause(2, every=EVERY, jitter=0.5) == 45 * SECOND
    assert pause(9, every=EVERY, jitter=0.5) == 225 * SECOND


def test_who_asks_rarely_is_not_made_to_ask_more_often() -> None:
    hourly = timedelta(hours=1)

    assert pause(3, every=hourly, jitter=0.0) == hourly


@pytest.mark.parametrize(
    ("wish", "paused"),
    [
        (timedelta(), 30 * SECOND),
        (10 * SECOND, 30 * SECOND),
        (100 * SECOND, 100 * SECOND),
        (timedelta(days=1), LONGEST_WISH),
    ],
    ids=["none at all", "shorter", "longer", "absurd"],
)
def test_a_wish_makes_it_longer_up_to_an_hour(wish: timedelta, paused: timedelta) -> None:
    assert pause(2, every=EVERY, jitter=0.0, wish=wish) == paused


@given(
    st.integers(0, 10**6),
    st.timedeltas(SECOND, timedelta(days=1)),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.timedeltas(timedelta(), timedelta(days=9)),
)
def test_a_pause_is_never_shorter_than_the_turn_nor_longer_than_every_bound(
    failures: int, every: timedelta, jitter: float, wish: timedelta | None
) -> None:
    paused = pause(failures, every=every, jitter=jitter, wish=wish)

    assert every <= paused <= max(every, LONGEST, LONGEST_WISH if wish else LONGEST)
