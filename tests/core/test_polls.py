"""How far back a walk through the call log goes."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.polls import AHEAD, Reach, WalkKind, believable, horizon
from tests.builders import MINUTE, NOON

HOUR = timedelta(hours=1)
REACH = Reach(overlap=45 * MINUTE, sweep=24 * HOUR, baseline=48 * HOUR)

WALKS: list[tuple[str, WalkKind, datetime | None, datetime]] = [
    ("the first ever", WalkKind.BASELINE, None, NOON - 48 * HOUR),
    ("a tail with nothing remembered", WalkKind.TAIL, None, NOON - 48 * HOUR),
    ("a tail", WalkKind.TAIL, NOON, NOON - 45 * MINUTE),
    ("an overlap", WalkKind.OVERLAP, NOON, NOON - 45 * MINUTE),
    ("after an outage", WalkKind.OVERLAP, NOON - 9 * HOUR, NOON - 9 * HOUR - 45 * MINUTE),
    ("a sweep", WalkKind.SWEEP, NOON, NOON - 24 * HOUR),
    ("a log that lost its newest calls", WalkKind.TAIL, NOON + HOUR, NOON - 45 * MINUTE),
    ("a baseline that was begun before", WalkKind.BASELINE, NOON, NOON - 45 * MINUTE),
]


@pytest.mark.parametrize(
    ("kind", "watermark", "oldest"), [w[1:] for w in WALKS], ids=[w[0] for w in WALKS]
)
def test_a_walk_reaches_as_far_as_its_occasion_wants(
    kind: WalkKind, watermark: datetime | None, oldest: datetime
) -> None:
    assert horizon(kind, watermark, NOON, REACH) == oldest


@given(some.sampled_from(WalkKind), some.integers(-9_000, 9_000))
def test_what_was_not_listed_yet_is_always_within_reach(kind: WalkKind, minutes: int) -> None:
    watermark = NOON + minutes * MINUTE

    assert horizon(kind, watermark, NOON, REACH) <= min(watermark, NOON) - REACH.overlap


def test_a_start_in_the_future_is_left_out() -> None:
    wrong = NOON + timedelta(days=3000)

    assert believable([NOON, wrong, NOON + AHEAD], NOON) == [NOON, NOON + AHEAD]


def test_where_every_start_is_ahead_our_clock_is_wrong_and_all_count() -> None:
    ahead = [NOON + timedelta(days=30), NOON + timedelta(days=31)]

    assert believable(ahead, NOON) == ahead
    assert believable([], NOON) == []
