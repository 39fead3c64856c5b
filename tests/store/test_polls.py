"""When polls went well, the gaps between them, and how late calls are listed."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifier.core.polls import Progress
from notifier.store.polls import gaps
from notifier.store.rows import ms
from tests.builders import MINUTE, NOON, SECOND, a_call
from tests.store.desk import LATER, Desk, a_desk

LONGEST = 2 * MINUTE


def poll(desk: Desk, *times: datetime, took: timedelta = SECOND) -> None:
    """Let good polls end at `times`."""
    for at in times:
        desk.ledger.note_good_poll(at - took, at, longest=LONGEST)


def gaps_of(desk: Desk) -> list[tuple[datetime, datetime]]:
    return gaps(desk.database, NOON - timedelta(days=1))


# --- good polls


def test_before_the_first_good_poll_there_was_none(desk: Desk) -> None:
    assert desk.ledger.good_poll() is None


def test_the_end_of_the_last_good_poll_is_known_at_once_and_written_twice_a_minute(
    path: Path,
) -> None:
    said: list[str] = []
    with a_desk(path, watch=said.append) as desk:
        said.clear()

        poll(desk, *(NOON + n * SECOND for n in range(0, 61, 5)))

        assert desk.ledger.good_poll() == NOON + 60 * SECOND
    assert said.count("COMMIT") == 3


def test_the_end_of_the_last_good_poll_outlives_the_process(path: Path) -> None:
    with a_desk(path) as desk:
        poll(desk, NOON, NOON + 29 * SECOND)

    with a_desk(path) as desk:
        assert desk.ledger.good_poll() == NOON


def test_a_clock_that_was_set_back_is_written_down(path: Path) -> None:
    with a_desk(path) as desk:
        poll(desk, LATER, NOON)

        assert gaps_of(desk) == []
    with a_desk(path) as desk:
        assert desk.ledger.good_poll() == NOON


# --- gaps


def test_polls_that_go_well_leave_no_gap(desk: Desk) -> None:
    poll(desk, NOON, NOON + LONGEST + SECOND, NOON + 2 * LONGEST)

    assert gaps_of(desk) == []


def test_when_nobody_has_asked_for_long_there_is_a_gap_until_a_poll_has_ended(desk: Desk) -> None:
    poll(desk, NOON, NOON + 10 * MINUTE, NOON + 11 * MINUTE)

    assert gaps_of(desk) == [(NOON, NOON + 10 * MINUTE)]


def test_a_poll_that_takes_long_is_no_gap(desk: Desk) -> None:
    poll(desk, NOON)
    poll(desk, NOON + 10 * MINUTE, took=10 * MINUTE - SECOND)

    assert gaps_of(desk) == []


def test_while_the_process_was_down_there_is_a_gap(path: Path) -> None:
    with a_desk(path) as desk:
        poll(desk, NOON)

    with a_desk(path) as desk:
        poll(desk, NOON + 60 * MINUTE)

        assert gaps_of(desk) == [(NOON, NOON + 60 * MINUTE)]
        assert desk.ledger.good_poll() == NOON + 60 * MINUTE


# --- lag


def listed(desk: Desk, *lags: timedelta, since: datetime = NOON) -> None:
    """Take in calls, a second apart, each so long after it ended."""
    for n, lag in enumerate(lags):
        ended_at = since + n * SECOND
        call = a_call(id=f"{ended_at} {n}", started_at=ended_at, ended_at=ended_at)
        desk.ledger.take_in({call.id: call}, None, ended_at + lag)


@pytest.fixture
def after_the_baseline(desk: Desk) -> Desk:
    """A desk whose first reading ended before noon, with a call that it found an hour late."""
    before = NOON - MINUTE
    listed(desk, 60 * MINUTE, since=before)
    desk.ledger.take_in({}, None, NOON, progress=Progress(before, ends_baseline=True))
    return desk


def test_before_the_baseline_and_right_after_it_no_lag_is_known(
    desk: Desk, after_the_baseline: Desk
) -> None:
    assert after_the_baseline.ledger.lag() is None

    desk.database.run("DELETE FROM facts")
    assert desk.ledger.lag() is None


@pytest.mark.parametrize(
    ("lags", "wanted"),
    [
        pytest.param([90], 90, id="one call"),
        pytest.param([30, -5], 30, id="a clock that is behind"),
        pytest.param([-5], 0, id="a clock that is behind, alone"),
        pytest.param([*range(1, 101)], 99, id="a hundred calls"),
        pytest.param([*range(100, 0, -1)], 99, id="in another order"),
        pytest.param([*range(1, 51)], 50, id="fifty calls"),
        pytest.param([10] * 199 + [3600] * 2, 10, id="one in a hundred is late"),
    ],
)
def test_the_lag_is_that_within_which_99_of_100_calls_are_listed(
    after_the_baseline: Desk, lags: list[int], wanted: int
) -> None:
    listed(after_the_baseline, *(lag * SECOND for lag in lags))

    assert after_the_baseline.ledger.lag() == wanted * SECOND


def test_the_lag_is_of_the_newest_calls(after_the_baseline: Desk) -> None:
    listed(after_the_baseline, *[60 * MINUTE] * 3, *[SECOND] * 2)

    assert after_the_baseline.ledger.lag(2) == SECOND


def test_a_call_that_goes_on_has_no_lag(after_the_baseline: Desk) -> None:
    after_the_baseline.ledger.take_in({"1": a_call(id="1", ended_at=None)}, None, LATER)

    assert after_the_baseline.ledger.lag() is None


def test_calls_that_nobody_asked_for_were_not_late(after_the_baseline: Desk) -> None:
    desk = after_the_baseline
    poll(desk, NOON, NOON + 60 * MINUTE)
    listed(desk, 60 * MINUTE)
    listed(desk, 20 * SECOND, since=NOON + 60 * MINUTE)

    assert desk.ledger.lag() == 20 * SECOND
    assert desk.ledger.fact("good_poll") == str(ms(NOON + 60 * MINUTE))
