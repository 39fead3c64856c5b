"""How the source is doing, and when its owner is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import Alert, AlertKind, AlertState, Reason, Severity
from notifier.core.decisions import Decision, Intake
from notifier.core.errors import SourceError, SourceRefused, SourceRejected, SourceUnavailable
from notifier.core.health import (
    POLL_STALE,
    SEND_FAILED,
    SOURCE_ERRORS,
    SOURCE_REFUSED,
    Health,
    Watchdog,
    a_watch,
    trouble,
    watch,
)
from tests.builders import MINUTE, NOON, SECOND, a_call, a_change, a_talk

WATCHDOG = Watchdog(poll_stale=5 * MINUTE, source_errors=3, to=("quan_ly",))
DOWN = SourceUnavailable("GET /calls: 503")
REFUSED = SourceRefused("GET /calls: 401", 401)
REJECTED = SourceRejected("GET /calls: 400", 400, "bad_route")


def health(**overrides: Any) -> Health:
    return replace(Health(started_at=NOON), **overrides)


TROUBLES: list[tuple[str, dict[str, Any], timedelta, str]] = [
    ("just begun", {}, 5 * MINUTE, ""),
    ("never polled", {}, 5 * MINUTE + SECOND, POLL_STALE),
    ("polled of late", {"last_good_at": NOON + 4 * MINUTE}, 9 * MINUTE, ""),
    ("polled too long ago", {"last_good_at": NOON}, 9 * MINUTE, POLL_STALE),
    ("two failures", {"failures": 2}, MINUTE, ""),
    ("three failures", {"failures": 3}, MINUTE, SOURCE_ERRORS),
    ("failing and stale", {"failures": 3}, 9 * MINUTE, SOURCE_ERRORS),
    ("refused at once", {"refused": True, "failures": 1}, MINUTE, SOURCE_REFUSED),
    ("refused and failing", {"refused": True, "failures": 9}, 9 * MINUTE, SOURCE_REFUSED),
]


@pytest.mark.parametrize(
    ("seen", "later", "name"), [t[1:] for t in TROUBLES], ids=[t[0] for t in TROUBLES]
)
def test_the_gravest_trouble_is_named(seen: dict[str, Any], later: timedelta, name: str) -> None:
    assert trouble(health(**seen), WATCHDOG, NOON + later) == name


def test_failures_are_no_trouble_by_themselves_where_they_are_not_counted() -> None:
    watchdog = replace(WATCHDOG, source_errors=0)

    assert trouble(health(failures=99), watchdog, NOON) == ""


@pytest.mark.parametrize(
    ("fault", "refused"),
    [(DOWN, False), (REFUSED, True), (REJECTED, True)],
    ids=["unavailable", "refused", "rejected"],
)
def test_a_failure_is_remembered_until_a_poll_goes_well(
    fault: SourceError, *, refused: bool
) -> None:
    seen = health()

    seen.failed(NOON, fault)
    seen.failed(NOON + MINUTE, fault)

    assert (seen.failures, seen.down_since, seen.refused) == (2, NOON, refused)
    assert seen.error == str(fault)
    seen.succeeded(NOON + 2 * MINUTE, NOON + 2 * MINUTE)
    assert (seen.failures, seen.down_since, seen.refused, seen.error) == (0, None, False, "")
    assert (seen.polls, seen.last_good_at) == (3, NOON + 2 * MINUTE)


def test_the_lag_is_the_median_of_new_calls_that_ended() -> None:
    seen, fresh = health(), health()
    ended = [a_change(a_call(id=str(n), ended_at=NOON - n * MINUTE)) for n in (1, 2, 9)]
    others = [
        a_change(a_call(id="going on", ended_at=None)),
        a_change(a_call(id="edited", ended_at=NOON - timedelta(days=9)), a_talk()),
    ]

    seen.took_in(Intake(5, (*ended, *others), (), 0), NOON)

    assert (seen.lag, seen.calls) == (2 * MINUTE, 4)
    assert fresh.lag is None


def test_a_call_that_ended_in_the_future_has_no_lag_and_only_the_latest_count() -> None:
    seen = health()
    ahead = [a_change(a_call(id=str(n), ended_at=NOON + MINUTE)) for n in range(400)]
    seen.took_in(Intake(400, tuple(ahead), (), 0), NOON)
    late = [a_change(a_call(id=str(n), ended_at=NOON - MINUTE)) for n in range(400)]

    seen.took_in(Intake(400, tuple(late), (), 0), NOON)

    assert (len(seen.lags), min(seen.lags), seen.lag) == (500, timedelta(), MINUTE)


def test_malformed_records_are_counted() -> None:
    seen = health()

    seen.met_malformed(2)
    seen.met_malformed(1)

    assert seen.malformed == 3


def test_an_outage_is_one_alert_whatever_its_symptoms_and_one_word_when_it_is_over() -> None:
    seen = health(last_good_at=NOON)
    for minute in range(3):
        seen.failed(NOON + minute * MINUTE, DOWN)

    began, begun, _ = watch(seen, WATCHDOG, [], NOON + 3 * MINUTE)
    (alert,) = begun
    seen.failed(NOON + 9 * MINUTE, REFUSED)
    still = watch(seen, WATCHDOG, begun, NOON + 9 * MINUTE)
    seen.succeeded(NOON + 10 * MINUTE, NOON + 10 * MINUTE)
    ended, _, over = watch(seen, WATCHDOG, begun, NOON + 10 * MINUTE)

    assert (alert.rule, alert.kind, alert.severity) == (
        SOURCE_ERRORS,
        AlertKind.WATCH,
        Severity.CRITICAL,
    )
    assert (began.alerts, alert.detail) == ([alert], "GET /calls: 503")
    assert still == (Decision(), [], [])
    assert over == [replace(alert, state=AlertState.RESOLVED, revision=2)]
    assert ended.changed == over
    assert [row.reason for row in ended.audit] == [Reason.RESOLVED]


def test_an_outage_that_began_before_this_process_ends_with_its_first_good_poll() -> None:
    before = [a_watch(POLL_STALE, "x", "", Severity.CRITICAL, NOON)]
    seen = health()

    early = watch(seen, WATCHDOG, before, NOON)
    seen.succeeded(NOON + SECOND, NOON + SECOND)
    seen.failed(NOON + 2 * SECOND, DOWN)
    wavering = watch(seen, WATCHDOG, before, NOON + 3 * SECOND)
    seen.succeeded(NOON + 4 * SECOND, NOON + 4 * SECOND)
    _, _, over = watch(seen, WATCHDOG, before, NOON + 4 * SECOND)

    assert early == wavering == (Decision(), [], [])
    assert [alert.state for alert in over] == [AlertState.RESOLVED]


def test_a_delivery_that_was_given_up_is_no_outage_of_the_source() -> None:
    failed = a_watch(SEND_FAILED, "crm:2026-09-07", "", Severity.WARNING, NOON)
    seen = health(last_good_at=NOON)

    assert watch(seen, WATCHDOG, [failed], NOON) == (Decision(), [], [])
    _, begun, _ = watch(seen, WATCHDOG, [failed], NOON + 6 * MINUTE)
    assert [alert.rule for alert in begun] == [POLL_STALE]


@given(
    polls=some.lists(
        some.tuples(some.sampled_from([None, None, DOWN, REFUSED]), some.integers(1, 400)),
        max_size=40,
    )
)
def test_alerts_of_an_outage_begin_and_end_by_turns_and_never_share_an_identity(
    polls: list[tuple[SourceError | None, int]],
) -> None:
    seen, now = health(), NOON
    open_: list[Alert] = []
    told: list[Alert] = []
    for fault, pause in polls:
        now += pause * SECOND
        if fault:
            seen.failed(now, fault)
        else:
            seen.succeeded(now, now)
        _, begun, over = watch(seen, WATCHDOG, open_, now)

        assert not (begun and (open_ or over))
        assert len(begun) <= 1
        open_ = [alert for alert in open_ if not over] + begun
        told += begun
        assert bool(open_) or not trouble(seen, WATCHDOG, now)
    assert len({alert.id for alert in told}) == len(told)
