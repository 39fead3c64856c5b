"""What a delivery becomes after an attempt, and how it ends."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import Reason
from notifier.core.deliveries import (
    LONGEST_WISH,
    PARKED_PAUSE,
    SCHEDULE,
    UNCERTAIN_PAUSE,
    ChannelKind,
    Claimed,
    Delivered,
    DeliveryState,
    Draft,
    Failed,
    FailureReason,
    Outcome,
    Standing,
    after,
    delivery_id,
)
from tests.builders import MINUTE, NOON, SECOND, a_claimed, a_hook, a_route

HOUR = timedelta(hours=1)

FIRED = "alert.fired"
DOWN = Failed(FailureReason.UNREACHABLE)
BUSY = Failed(FailureReason.RATE_LIMITED)
UNSURE = Failed(FailureReason.UNCERTAIN)

PAUSES = [
    (1, 5 * SECOND),
    (2, 30 * SECOND),
    (3, 2 * MINUTE),
    (4, 10 * MINUTE),
    (5, 30 * MINUTE),
    (6, 2 * HOUR),
    (7, 6 * HOUR),
    (8, 12 * HOUR),
    (9, 24 * HOUR),
]


@pytest.mark.parametrize(
    ("attempt", "pause"), PAUSES, ids=[f"after attempt {n}: {p}" for n, p in PAUSES]
)
def test_the_schedule(attempt: int, pause: timedelta) -> None:
    standing = after(a_claimed(attempt=attempt, event=FIRED), DOWN, NOON, 0.0)

    assert standing == Standing(DeliveryState.PENDING, NOON + pause, FailureReason.UNREACHABLE)


def test_the_tenth_attempt_of_a_webhook_is_the_last() -> None:
    standing = after(a_claimed(attempt=10, event=FIRED), DOWN, NOON, 0.0)

    assert standing == Standing(DeliveryState.DEAD, None, FailureReason.UNREACHABLE)


@pytest.mark.parametrize("attempt", [4, 9, 10, 400])
def test_a_message_for_people_is_tried_every_ten_minutes_at_least(attempt: int) -> None:
    standing = after(a_claimed(attempt=attempt), DOWN, NOON, 0.0)

    due = NOON + 10 * MINUTE
    assert standing == Standing(DeliveryState.PENDING, due, FailureReason.UNREACHABLE)


@given(attempt=some.integers(1, 9), jitter=some.floats(0, 1, exclude_max=True))
def test_chance_lengthens_a_pause_by_a_fifth_at_most(attempt: int, jitter: float) -> None:
    due = after(a_claimed(attempt=attempt, event=FIRED), DOWN, NOON, jitter).due_at

    assert due is not None
    assert SCHEDULE[attempt - 1] <= due - NOON <= SCHEDULE[attempt - 1] * 1.2


WISHES: list[tuple[str, FailureReason, timedelta | None, timedelta]] = [
    ("none", FailureReason.UNREACHABLE, None, 5 * SECOND),
    ("shorter than the pause", FailureReason.UNREACHABLE, SECOND, 5 * SECOND),
    ("longer than the pause", FailureReason.UNREACHABLE, HOUR, HOUR),
    ("longer than is honoured", FailureReason.UNREACHABLE, 99 * HOUR, LONGEST_WISH),
    ("rate limit without a wish", FailureReason.RATE_LIMITED, None, 30 * SECOND),
    ("rate limit of nothing", FailureReason.RATE_LIMITED, timedelta(), 30 * SECOND),
    ("rate limit of an instant", FailureReason.RATE_LIMITED, SECOND / 1000, SECOND),
    ("rate limit in the past", FailureReason.RATE_LIMITED, -HOUR, SECOND),
    ("rate limit", FailureReason.RATE_LIMITED, 3 * SECOND, 3 * SECOND),
    ("rate limit beyond what is honoured", FailureReason.RATE_LIMITED, 99 * HOUR, LONGEST_WISH),
]


@pytest.mark.parametrize(
    ("reason", "wish", "pause"), [w[1:] for w in WISHES], ids=[w[0] for w in WISHES]
)
def test_a_receivers_wish_is_honoured_within_bounds(
    reason: FailureReason, wish: timedelta | None, pause: timedelta
) -> None:
    standing = after(a_claimed(), Failed(reason, retry_after=wish), NOON, 0.0)

    assert standing.due_at == NOON + pause


def test_a_rate_limit_never_counts_towards_giving_up() -> None:
    standing = after(a_claimed(attempt=10), BUSY, NOON, 0.0)

    assert (standing.state, standing.counts) == (DeliveryState.PENDING, False)


def test_a_rate_limit_that_is_called_permanent_is_waited_for_all_the_same() -> None:
    standing = after(a_claimed(), replace(BUSY, permanent=True), NOON, 0.0)

    assert standing.state is DeliveryState.PENDING


@pytest.mark.parametrize(
    ("attempt", "pause"),
    [(1, UNCERTAIN_PAUSE), (2, 10 * MINUTE), (5, 30 * MINUTE), (6, 2 * HOUR), (9, 24 * HOUR)],
)
def test_a_message_that_may_have_arrived_is_sent_again_ever_more_seldom(
    attempt: int, pause: timedelta
) -> None:
    claimed = a_claimed(attempt=attempt, uncertain=attempt > 1)

    standing = after(claimed, UNSURE, NOON, 0.0)

    assert standing == Standing(DeliveryState.PENDING, NOON + pause, FailureReason.UNCERTAIN)


def test_a_message_whose_answers_are_all_lost_is_given_up_after_the_tenth() -> None:
    standing = after(a_claimed(attempt=10, uncertain=True), UNSURE, NOON, 0.0)

    assert standing == Standing(DeliveryState.DEAD, None, FailureReason.UNCERTAIN)


@pytest.mark.parametrize("reason", sorted(set(FailureReason) - {FailureReason.RATE_LIMITED}))
def test_what_is_permanent_is_dead_at_once_with_its_reason(reason: FailureReason) -> None:
    claimed = a_claimed(event="alert.fired")

    standing = after(claimed, Failed(reason, permanent=True), NOON, 0.0)

    assert standing == Standing(DeliveryState.DEAD, None, reason)


def test_what_is_owed_to_a_chat_that_wants_none_waits_and_costs_no_attempt() -> None:
    standing = after(a_claimed(), Failed(FailureReason.GONE, permanent=True), NOON, 0.0)

    due_at = NOON + PARKED_PAUSE
    assert standing == Standing(DeliveryState.PENDING, due_at, FailureReason.GONE, counts=False)


def test_what_was_taken_is_delivered() -> None:
    standing = after(a_claimed(attempt=7), Delivered("1:2"), NOON, 0.0)

    assert standing == Standing(DeliveryState.DELIVERED, None)


@pytest.mark.parametrize("failed", [DOWN, BUSY, UNSURE], ids=lambda failed: str(failed.reason))
@pytest.mark.parametrize("left", [timedelta(), SECOND, 5 * SECOND])
def test_what_would_be_tried_only_after_its_expiry_is_given_up_now(
    failed: Failed, left: timedelta
) -> None:
    standing = after(a_claimed(expires_at=NOON + left), failed, NOON, 0.0)

    assert standing == Standing(DeliveryState.DEAD, None, FailureReason.EXPIRED)


wishes = some.none() | some.timedeltas(-HOUR, 400 * HOUR)
failures = some.builds(
    Failed,
    reason=some.sampled_from(FailureReason),
    permanent=some.sampled_from([False, False, False, True]),
    retry_after=wishes,
)
jitters = some.floats(0, 1, exclude_max=True)


def journey(
    outcomes: list[Outcome], jitter: float, event: str = ""
) -> tuple[list[datetime], Standing]:
    """Return when attempts were made, the last outcome repeating, and how it ended."""
    claimed: Claimed = a_claimed(event=event)
    now, times = NOON, []
    while True:
        times.append(now)
        outcome = outcomes[min(len(times), len(outcomes)) - 1]
        standing = after(claimed, outcome, now, jitter)
        if standing.due_at is None:
            return times, standing
        unsure = isinstance(outcome, Failed) and outcome.reason is FailureReason.UNCERTAIN
        claimed = replace(
            claimed,
            attempt=claimed.attempt + standing.counts,
            uncertain=claimed.uncertain or unsure,
        )
        now = standing.due_at


@given(
    outcomes=some.lists(some.just(Delivered()) | failures, min_size=1, max_size=20), jitter=jitters
)
def test_every_delivery_is_delivered_or_dead_before_it_expires(
    outcomes: list[Outcome], jitter: float
) -> None:
    if outcomes[-1] != Delivered():
        outcomes.append(DOWN)

    times, end = journey(outcomes, jitter)

    assert end.state in {DeliveryState.DELIVERED, DeliveryState.DEAD}
    assert all(later - earlier >= SECOND for earlier, later in pairwise(times))
    assert times[-1] < a_claimed().expires_at
    assert (end.reason is None) is (end.state is DeliveryState.DELIVERED)


@given(jitter=jitters)
def test_a_receiver_that_never_answers_is_tried_ten_times_with_rising_pauses(jitter: float) -> None:
    times, end = journey([DOWN], jitter, event=FIRED)

    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert (len(times), end.reason) == (10, FailureReason.UNREACHABLE)
    assert pauses == sorted(pauses)


def test_a_receiver_that_only_limits_is_waited_for_until_the_delivery_expires() -> None:
    times, end = journey([replace(BUSY, retry_after=24 * HOUR)], 0.0)

    assert (len(times), end.reason) == (3, FailureReason.EXPIRED)


# Identity, and what a route wants


def test_a_debt_is_the_same_by_alert_channel_reason_and_revision() -> None:
    draft = Draft("a", "crm", Reason.NEW, 1, "lane", NOON, NOON + HOUR)

    assert draft.id == delivery_id("a", "crm", Reason.NEW, 1)
    assert draft.id == replace(draft, due_at=NOON + HOUR, lane="other", body=b"{}").id
    others = [
        replace(draft, alert="b"),
        replace(draft, channel="kho"),
        replace(draft, reason=Reason.REVISED),
        replace(draft, revision=2),
    ]
    assert len({draft.id, *(other.id for other in others)}) == 5


@pytest.mark.parametrize("kind", ChannelKind)
def test_only_webhooks_are_not_for_people(kind: ChannelKind) -> None:
    assert a_route(kind=kind).for_people is (kind is not ChannelKind.WEBHOOK)


WANTS = [
    (("alert.*",), "alert.revised", True),
    (("alert.*",), "call.created", False),
    (("*",), "call.created", True),
    (("alert.fired",), "alert.fired", True),
    (("alert.fire",), "alert.fired", False),
    (("alert.fired", "call.*"), "call.updated", True),
    ((), "alert.fired", False),
]


@pytest.mark.parametrize(("events", "event", "wanted"), WANTS)
def test_a_route_names_its_events_or_their_beginning(
    events: tuple[str, ...], event: str, *, wanted: bool
) -> None:
    assert a_hook(events=events).wants(event) is wanted
