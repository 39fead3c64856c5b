"""What falls due is done once, and what asks for something that has not come waits for a poll."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from notifier.core.alerts import AlertState, Reason
from notifier.core.calls import Call
from notifier.core.decisions import ABOUT_ALERTS, PATIENT, Decision, Due, Timer, TimerKind
from notifier.core.rules.bench import EXPIRES_AFTER
from notifier.core.rules.engine import Engine
from notifier.store.timing import with_what_about
from tests.builders import MINUTE, NOON, SECOND, a_call, a_rule, a_talk, an_alert, an_engine
from tests.store.desk import LATER, Desk, a_busy_engine, take_in_the_morning
from tests.store.watch import (
    STEPS,
    a_call_back,
    a_wait_rule,
    a_watch,
    begin_the_watch,
    go_on_before,
    keep,
    misses,
)


def take_in(desk: Desk, *calls: Call, engine: Engine, now: datetime = LATER) -> None:
    desk.ledger.take_in({call.id: call for call in calls}, engine, now)


def set_timers(desk: Desk, *timers: Timer) -> None:
    desk.ledger.record(Decision(timers=list(timers)), NOON)


def kinds(desk: Desk) -> set[str]:
    return {row["kind"] for row in desk.database.run("SELECT kind FROM timers")}


# --- once


def test_a_timer_is_used_once(desk: Desk) -> None:
    take_in_the_morning(desk)
    due = LATER - 20 * SECOND + 45 * SECOND
    assert desk.ledger.next_due(None) == due

    early = desk.ledger.advance(a_busy_engine(), due - SECOND, good_since=None)
    first = desk.ledger.advance(a_busy_engine(), due, good_since=None)
    again = desk.ledger.advance(a_busy_engine(), due, good_since=None)

    assert (early.seen, again.seen) == (0, 0)
    assert {alert.rule for alert in first.alerts} == {"goi_nho"}
    assert kinds(desk) == {"expire"}


def test_what_is_not_due_costs_no_transaction(desk: Desk) -> None:
    begin_the_watch(desk)
    before = desk.database.run("SELECT total_changes() AS n")[0]["n"]

    assert desk.ledger.advance(a_watch(), NOON + 3 * MINUTE, good_since=NOON).seen == 0

    assert desk.database.run("SELECT total_changes() AS n")[0]["n"] == before


def test_a_call_that_ended_between_two_milliseconds_is_not_judged_before_it_settled(
    desk: Desk,
) -> None:
    ended_at = NOON + timedelta(microseconds=1)
    engine = an_engine()
    take_in(desk, a_call(id="1001", ended_at=ended_at), engine=engine, now=NOON + SECOND)

    due = desk.ledger.next_due(None)

    assert due is not None
    assert len(desk.ledger.advance(engine, due, good_since=None).alerts) == 1
    assert desk.ledger.next_due(None) == due + EXPIRES_AFTER


@pytest.mark.parametrize("kind", TimerKind)
def test_a_timer_of_which_nothing_is_known_any_more_does_not_stay_due(
    desk: Desk, kind: TimerKind
) -> None:
    set_timers(desk, Timer("goi_nho", "no such thing", kind, NOON))

    judged = desk.ledger.advance(an_engine(), LATER, good_since=LATER)

    assert (judged.seen, judged.alerts) == (1, ())
    assert desk.ledger.next_due(LATER) is None


@pytest.mark.parametrize("kind", TimerKind)
def test_a_timer_of_a_rule_that_is_gone_is_used_up(desk: Desk, kind: TimerKind) -> None:
    keep(desk, an_alert(a_call(id="1001")))
    set_timers(desk, Timer("goi_nho", "1001", kind, NOON))

    judged = desk.ledger.advance(an_engine(a_rule("moi")), LATER, good_since=LATER)

    assert (judged.seen, judged.alerts) == (1, ())
    assert desk.ledger.next_due(LATER) is None


def test_a_call_that_was_answered_after_all_alerts_nobody_when_its_timer_falls_due(
    desk: Desk,
) -> None:
    take_in_the_morning(desk)
    take_in(desk, a_talk(id="1005", ended_at=LATER - 20 * SECOND), engine=a_busy_engine())

    judged = desk.ledger.advance(a_busy_engine(), LATER + 5 * MINUTE, good_since=None)

    assert judged.alerts == ()


def test_a_great_many_are_done_a_batch_at_a_time_the_earliest_first(desk: Desk) -> None:
    set_timers(
        desk,
        *(Timer("r", f"{n}", TimerKind.SETTLE, NOON + n * SECOND) for n in range(1, 502)),
        Timer("r", "", TimerKind.REPORT, NOON),
    )
    now = NOON + 60 * MINUTE

    seen = [desk.ledger.advance(an_engine(), now, good_since=now).seen for _ in range(3)]

    assert seen == [500, 2, 0]


def test_a_timer_that_is_set_again_while_it_is_used_stays(desk: Desk) -> None:
    go_on_before("repeat", desk)

    now = NOON + STEPS["repeat"]
    desk.ledger.advance(a_watch(), now, good_since=None)

    rows = desk.database.run("SELECT due_at_ms FROM timers WHERE kind = 'repeat'")
    assert len(rows) == 2


def test_a_timer_that_is_over_goes_before_a_new_one_comes(desk: Desk) -> None:
    timer = Timer("goi_nho", "1001", TimerKind.SETTLE, NOON)
    over = [("goi_nho", "1001", TimerKind.SETTLE), ("goi_nho", "1002", TimerKind.SETTLE)]
    set_timers(desk, timer, replace(timer, key="1002"), replace(timer, kind=TimerKind.ABSENCE))

    desk.ledger.record(Decision(timers=[replace(timer, due_at=LATER)], over=over), NOON)

    rows = desk.database.run("SELECT key, kind FROM timers ORDER BY kind")
    assert [tuple(row) for row in rows] == [("1001", "absence"), ("1001", "settle")]
    assert desk.ledger.next_due(NOON) == NOON


# --- what waits for a poll


@pytest.mark.parametrize("kind", TimerKind)
@pytest.mark.parametrize(
    ("good_since", "patient"),
    [(None, 0), (NOON - SECOND, 0), (NOON, 1), (LATER, 1)],
    ids=["no poll yet", "a poll before", "a poll from then on", "a poll since"],
)
def test_only_what_asks_for_something_that_has_not_come_waits_for_a_good_poll(
    desk: Desk, kind: TimerKind, good_since: datetime | None, patient: int
) -> None:
    set_timers(desk, Timer("goi_nho", "k", kind, NOON))

    seen = desk.ledger.advance(an_engine(), LATER, good_since=good_since).seen

    assert seen == (patient if kind in PATIENT else 1)


def test_a_poll_in_our_future_lets_nothing_fall_due_early(desk: Desk) -> None:
    set_timers(desk, Timer("goi_nho", "k", TimerKind.ABSENCE, LATER))

    assert desk.ledger.advance(an_engine(), NOON, good_since=LATER).seen == 0


@pytest.mark.parametrize(
    ("good_since", "due"),
    [(None, LATER), (NOON - SECOND, LATER), (NOON, NOON), (LATER, NOON)],
    ids=["no poll yet", "a poll before", "a poll from then on", "a poll since"],
)
def test_what_waits_for_a_poll_does_not_keep_the_scheduler_turning(
    desk: Desk, good_since: datetime | None, due: datetime
) -> None:
    set_timers(
        desk,
        Timer("goi_nho", "", TimerKind.QUIET, NOON),
        Timer("goi_nho", "1001", TimerKind.SETTLE, LATER),
    )

    assert desk.ledger.next_due(good_since) == due


def test_nobody_alerts_that_a_customer_waits_whose_call_back_came_with_the_poll(
    desk: Desk,
) -> None:
    engine = an_engine(a_wait_rule())
    (missed,) = misses(1).values()
    take_in(desk, missed, engine=engine, now=NOON + 3 * MINUTE)
    deadline = NOON + 17 * MINUTE
    held_up = desk.ledger.advance(engine, deadline, good_since=NOON + 10 * MINUTE)

    take_in(desk, a_call_back(missed), engine=engine, now=deadline + 30 * MINUTE)
    since = deadline + 30 * MINUTE
    judged = desk.ledger.advance(engine, since, good_since=since)

    assert (held_up.seen, judged.seen, judged.alerts) == (0, 1, ())
    decisions = [row.reason for row in desk.archive.decisions(call="m001")]
    assert decisions == [Reason.WAITING, Reason.OBSOLETE]


# --- what a timer is about


def test_a_timer_comes_with_the_call_or_alert_that_it_is_about(desk: Desk) -> None:
    call = a_call(id="1001")
    alert = an_alert(call)
    keep(desk, alert)
    keys = dict.fromkeys(ABOUT_ALERTS, alert.id) | {TimerKind.ESCALATE: f"{alert.id}:1"}
    timers = [Timer("goi_nho", keys.get(kind, "1001"), kind, NOON) for kind in TimerKind]

    due = {one.timer.kind: one for one in with_what_about(desk.database, timers)}

    change = due[TimerKind.SETTLE].change
    assert change is not None
    assert (change.after, change.before, change.first_seen_at) == (call, None, NOON)
    assert due[TimerKind.ABSENCE].change == change
    assert {kind for kind, one in due.items() if one.alert == alert} == ABOUT_ALERTS
    assert due[TimerKind.QUIET] == Due(Timer("goi_nho", "1001", TimerKind.QUIET, NOON))


def test_an_alert_that_nobody_ends_is_over_after_a_week(desk: Desk) -> None:
    take_in(desk, a_call(id="1001"), engine=an_engine())
    late = LATER + EXPIRES_AFTER

    desk.ledger.advance(an_engine(), late, good_since=None)

    (alert,) = desk.archive.alerts_about("1001")
    assert (alert.state, alert.ended_at) == (AlertState.EXPIRED, late)
