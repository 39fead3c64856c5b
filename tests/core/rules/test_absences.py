"""What should have followed and did not: when it is judged, what counts as done, what ends it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.core.alerts import Alert, AlertKind, AlertState, Outcome, Reason
from notifier.core.calendars import Calendar
from notifier.core.calls import Call, CallState, Direction
from notifier.core.decisions import Decision, Due, Standing, Timer, TimerKind
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import FollowUp, Quiet, Rule, Stale, Unless
from notifier.core.rules.rehearsals import Rehearsal
from tests.builders import HANOI, MINUTE, a_change, an_alert, an_engine
from tests.core.rules.scenes import (
    CALLED_BACK,
    HOUR,
    OFFICE,
    a_conversation,
    a_miss,
    a_prompt_rule,
    answered,
    at,
    clock,
    fired,
    pausing,
    played,
    said,
    single,
    why,
)

QUARTER = 15 * MINUTE


def waiting(**overrides: Any) -> Rule:
    """Return a rule about misses that nobody has called back within 15 minutes."""
    return a_prompt_rule(
        **{"name": "chua_goi_lai", "unless": Unless((CALLED_BACK,), QUARTER), **overrides}
    )


MISS = a_miss("09:00")

FOLLOWED: list[tuple[str, list[Call], list[str]]] = [
    ("nobody", [], ["09:15"]),
    ("just before the deadline", [a_conversation("09:13")], []),
    ("over by the deadline", [a_conversation("09:14", ended_at=at("09:14"))], []),
    ("begun in time and not over yet", [a_conversation("09:14")], ["09:15"]),
    ("after the deadline", [a_conversation("09:20")], ["09:15"]),
    ("by the customer", [a_conversation("09:10", direction=Direction.IN)], []),
    ("by a try that nobody answered", [a_miss("09:10", direction=Direction.OUT)], ["09:15"]),
    ("by a call that goes on", [a_conversation("09:10", ended_at=None)], ["09:15"]),
    ("with another customer", [a_conversation("09:10", customer="+84987654321")], ["09:15"]),
    ("before it was missed", [a_conversation("08:50")], ["09:15"]),
    ("at the instant it was missed", [a_conversation("09:00")], ["09:15"]),
]


@pytest.mark.parametrize(
    ("calls", "moments"), [f[1:] for f in FOLLOWED], ids=[f[0] for f in FOLLOWED]
)
def test_only_a_call_that_was_answered_and_is_over_calls_back(
    calls: list[Call], moments: list[str]
) -> None:
    assert fired(played(waiting(), [MISS, *calls])) == moments


def test_a_customer_who_withholds_the_number_cannot_be_called_back() -> None:
    calls = [a_miss("09:00", customer=""), a_conversation("09:05", customer="")]

    run = played(waiting(key="customer"), calls)

    assert [(clock(alert.fired_at), alert.key) for alert in single(run)] == [("09:15", "09:00")]


def test_what_follows_has_every_field_in_common_that_is_asked_for() -> None:
    same = FollowUp(answered, EVERY, same=("customer", "hotline"))
    rule = waiting(unless=Unless((same,), QUARTER))
    elsewhere, here = a_conversation("09:05", hotline="19002000"), a_conversation("09:06")

    assert fired(played(rule, [MISS, elsewhere])) == ["09:15"]
    assert fired(played(rule, [MISS, elsewhere, here])) == []


LATE = [
    ("known by the deadline and the lag", "09:20", []),
    ("known at that instant", "09:21", ["09:21"]),
]


@pytest.mark.parametrize(("over", "moments"), [r[1:] for r in LATE], ids=[r[0] for r in LATE])
def test_it_is_judged_once_calls_that_are_listed_late_are_there(
    over: str, moments: list[str]
) -> None:
    rule = waiting(lag=6 * MINUTE)

    run = played(rule, [MISS, a_conversation("09:10", ended_at=at(over))])

    assert fired(run) == moments


def test_the_lag_is_that_which_was_measured_unless_the_rule_says_another() -> None:
    rules = (waiting(lag=None), waiting(name="ngay"))

    run = played(an_engine(*rules, lag=4 * MINUTE), [MISS])

    assert [(a.rule, clock(a.fired_at)) for a in single(run)] == [
        ("ngay", "09:15"),
        ("chua_goi_lai", "09:19"),
    ]


CLOCKS: list[tuple[str, str, str]] = [
    ("in the morning", "09:00", "09:15"),
    ("up to the minute of closing", "11:45", "12:00"),
    ("over lunch", "11:55", "13:10"),
    ("at lunch", "12:30", "13:15"),
    ("over night", "17:20", "08 08:05"),
    ("at night", "20:00", "08 08:15"),
]


@pytest.mark.parametrize(("missed", "moment"), [c[1:] for c in CLOCKS], ids=[c[0] for c in CLOCKS])
def test_the_clock_of_a_business_stands_still_while_it_is_closed(missed: str, moment: str) -> None:
    rule = waiting(unless=Unless((CALLED_BACK,), QUARTER, clock=(OFFICE,)))

    run = played(rule, [a_miss(missed)], until="09 00:00")

    assert fired(run) == [moment]
    assert [clock(alert.deadline) for alert in single(run) if alert.deadline] == [moment]


def test_the_clock_stands_still_over_the_holidays_of_a_new_year() -> None:
    tet = replace(OFFICE, closed=frozenset(at(f"{day:02} 00:00").date() for day in range(8, 14)))
    rule = waiting(unless=Unless((CALLED_BACK,), QUARTER, clock=(tet,)))

    run = played(rule, [a_miss("17:20")], until="20 00:00")

    assert fired(run) == ["14 08:05"]


def test_a_clock_that_never_opens_again_is_waited_for_and_no_more() -> None:
    never = Calendar("nghi", HANOI, {})
    rule = waiting(unless=Unless((CALLED_BACK,), QUARTER, clock=(never,)))

    run = played(rule, [MISS])

    assert (fired(run), why(run)) == ([], [Reason.WAITING])


def test_a_wait_and_what_cancelled_it_can_be_read_in_the_audit() -> None:
    run = played(waiting(), [MISS, a_conversation("09:05")])

    assert [(row.reason, row.call, row.detail) for row in run.audit] == [
        (Reason.WAITING, "09:00", "2026-09-07T09:15:00+07:00"),
        (Reason.OBSOLETE, "09:00", "called_back by Lan, call talk 09:05"),
    ]


ENDED: list[tuple[str, Call, AlertState, Outcome]] = [
    ("late", a_conversation("09:20"), AlertState.RESOLVED, Outcome.CALLED_BACK),
    (
        "late by the customer",
        a_conversation("09:20", direction=Direction.IN),
        AlertState.RESOLVED,
        Outcome.CUSTOMER_CALLED,
    ),
    (
        "in time, listed late",
        a_conversation("09:10", ended_at=at("09:40")),
        AlertState.REVISED,
        Outcome.CALLED_BACK,
    ),
]


@pytest.mark.parametrize(
    ("call", "state", "outcome"), [e[1:] for e in ENDED], ids=[e[0] for e in ENDED]
)
def test_a_call_back_ends_the_alert_and_edits_its_card(
    call: Call, state: AlertState, outcome: Outcome
) -> None:
    run = played(waiting(), [MISS, call])

    (alert,) = run.alerts
    assert (alert.state, alert.outcome, alert.ended_at) == (state, outcome, call.started_at)
    assert (alert.ended_by, alert.ended_call) == ("Lan", call.id)
    assert said(run)[0][2] is Reason.NEW
    assert len(run.tellings) == 2


def test_a_call_back_that_was_none_opens_the_alert_again() -> None:
    back = a_conversation("09:20")
    run = played(waiting(), [MISS, back], until="09:30")

    run.see(replace(back, state=CallState.NOT_ANSWERED), at("09:40"))

    (alert,) = run.alerts
    assert (alert.state, alert.outcome, alert.ended_call) == (AlertState.OPEN, None, "")
    assert alert.corrected == 1
    assert run.audit[-1].detail == "reopened"


def test_a_note_on_the_call_that_ended_an_alert_opens_nothing() -> None:
    back = a_conversation("09:20")
    run = played(waiting(), [MISS, back], until="09:30")

    run.see(replace(back, note="đã hẹn"), at("09:40"))

    assert [alert.state for alert in run.alerts] == [AlertState.RESOLVED]


def test_a_miss_that_was_none_is_waited_for_no_more() -> None:
    run = played(waiting(), [MISS], until="09:05")

    run.see(a_conversation("09:00", id="09:00", direction=Direction.IN), at("09:06"))
    run.advance(at("10:00"))

    assert (run.alerts, why(run)) == ([], [Reason.WAITING, Reason.OBSOLETE])


def test_another_miss_of_the_same_customer_is_counted_on_the_live_alert() -> None:
    calls = [MISS, a_miss("09:10"), a_miss("09:12", customer="+84987654321")]

    run = played(waiting(key="customer"), calls)

    assert [(a.key[-3:], a.count, [c.id for c in a.calls]) for a in single(run)] == [
        ("567", 2, ["09:00", "09:10"]),
        ("321", 1, ["09:12"]),
    ]
    assert why(run).count(Reason.THROTTLED) == 1


def test_a_call_back_before_the_newest_miss_ends_nothing() -> None:
    calls = [MISS, a_miss("09:10"), a_conversation("09:05", ended_at=at("09:40"))]

    run = played(waiting(key="customer"), calls)

    assert [alert.state for alert in run.alerts] == [AlertState.OPEN]


def test_the_same_customer_without_a_key_is_an_alert_a_miss() -> None:
    assert fired(played(waiting(), [MISS, a_miss("09:10")])) == ["09:15", "09:25"]


def test_an_alert_is_said_again_by_its_ladder_until_somebody_has_called_back() -> None:
    rule = waiting(every=pausing(10 * MINUTE, 20 * MINUTE))

    run = played(rule, [MISS, a_conversation("10:10")])

    assert said(run) == [
        ("09:15", "quan_ly", Reason.NEW),
        ("09:25", "quan_ly", Reason.REPEAT),
        ("09:45", "quan_ly", Reason.REPEAT),
        ("10:05", "quan_ly", Reason.REPEAT),
        ("10:11", "quan_ly", Reason.RESOLVED),
    ]


def judged_late(rule: Rule, gaps: tuple[tuple[str, str], ...]) -> list[Reason]:
    timer = Timer(rule.name, MISS.id, TimerKind.ABSENCE, at("09:15"))
    standing = Standing(gaps=tuple((at(start), at(end)) for start, end in gaps))
    due = Due(timer, change=a_change(MISS))
    return [row.reason for row in an_engine(rule).advance([due], standing, at("09:40")).audit]


def test_what_could_not_be_judged_in_time_says_that_the_source_was_down() -> None:
    rule = waiting()

    assert judged_late(rule, (("09:10", "09:35"),)) == [Reason.SOURCE_DOWN, Reason.NEW]
    assert judged_late(rule, (("08:00", "09:10"), ("09:20", "09:30"))) == [Reason.NEW]


def test_a_wait_for_a_call_that_was_forgotten_or_by_a_rule_that_waits_no_more_is_over() -> None:
    timer = Timer("goi_nho", "1", TimerKind.ABSENCE, at("09:15"))
    quiet = Timer("goi_nho", "", TimerKind.QUIET, at("09:15"))
    engine = an_engine(a_prompt_rule())

    decision = engine.advance(
        [Due(timer), Due(timer, change=a_change(MISS)), Due(quiet)], Standing(), at("09:40")
    )

    assert (decision.alerts, decision.audit) == ([], [])


def follow(back: Call, alert: Alert) -> Decision:
    """Return what `back` makes of a live alert that nobody has been told of yet."""
    rule = waiting(name=alert.rule)
    standing = Standing(endings={(rule.name, "+84901234567"): (alert,)})
    return an_engine(rule).feed([a_change(back)], standing, at("09:30"))


def test_an_alert_that_nobody_was_told_of_is_withdrawn_by_a_call_back_in_time() -> None:
    decision = follow(a_conversation("09:10"), an_alert(MISS, deadline=at("09:15")))

    assert [alert.state for alert in decision.changed] == [AlertState.WITHDRAWN]
    assert decision.drafts == []


def test_an_alert_whose_calls_have_all_left_it_is_ended_by_none() -> None:
    decision = follow(a_conversation("09:10"), replace(an_alert(MISS), calls=(), subject="x"))

    assert decision.changed == []


# Quiet


def a_quiet_rule(**overrides: Any) -> Rule:
    """Return a rule that alerts when nobody has called for 45 minutes."""
    quiet = Quiet(45 * MINUTE, per="hotline")
    return a_prompt_rule("im_lang", **{"quiet": quiet, "test": lambda c: c.inbound, **overrides})


def test_a_hotline_that_nobody_calls_is_told_of_once_until_somebody_does() -> None:
    calls = [a_miss("09:00"), a_miss("11:00"), a_miss("11:30")]

    run = played(a_quiet_rule(), calls, until="12:00")

    (alert,) = run.alerts
    assert (alert.kind, alert.key, alert.count) == (AlertKind.QUIET, "19001000", 0)
    assert (alert.occurred_at, alert.deadline) == (at("09:00"), at("09:45"))
    assert (alert.state, alert.outcome) == (AlertState.RESOLVED, Outcome.CALLS_AGAIN)
    assert alert.ended_at == at("11:00")


def test_hotlines_are_watched_apart_once_they_have_had_a_call() -> None:
    calls = [a_miss("09:00"), a_miss("09:10", hotline="19002000"), a_miss("09:40")]

    run = played(a_quiet_rule(), calls, until="10:00")

    assert [(a.key, clock(a.fired_at)) for a in run.alerts] == [("19002000", "09:55")]


def test_a_call_that_was_listed_late_takes_back_that_it_was_quiet() -> None:
    run = played(a_quiet_rule(), [a_miss("09:00")], until="09:50")

    run.see(a_miss("09:40"), at("09:55"))

    assert [alert.state for alert in run.alerts] == [AlertState.REVISED]


def test_a_quiet_hotline_is_told_of_again_by_its_ladder() -> None:
    rule = a_quiet_rule(every=pausing(20 * MINUTE))

    run = played(rule, [a_miss("09:00"), a_miss("10:20")], until="11:00")

    assert said(run) == [
        ("09:45", "quan_ly", Reason.NEW),
        ("10:05", "quan_ly", Reason.REPEAT),
        ("10:20", "quan_ly", Reason.RESOLVED),
    ]


LUNCH = [
    ("in the morning", "09:00", "09:45"),
    ("over lunch", "11:30", "13:15"),
    ("over night", "17:00", "08 08:15"),
]


@pytest.mark.parametrize(("last", "moment"), [r[1:] for r in LUNCH], ids=[r[0] for r in LUNCH])
def test_quiet_is_counted_in_opening_hours_only(last: str, moment: str) -> None:
    run = played(a_quiet_rule(during=(OFFICE,)), [a_miss(last)], until="08 09:00")

    assert fired(run) == [moment]


def test_a_call_outside_opening_hours_breaks_no_quiet() -> None:
    run = played(a_quiet_rule(during=(OFFICE,)), [a_miss("11:30"), a_miss("12:30")], until="14:00")

    assert fired(run) == ["13:15"]


UNHEARD: list[tuple[str, timedelta, str, str, str]] = [
    ("all day", 45 * MINUTE, "09:00", "09:45", "09:00"),
    ("over lunch", 45 * MINUTE, "11:30", "13:15", "11:30"),
    ("longer than any half day", 5 * HOUR, "09:00", "15:00", "09:00"),
    ("begun while closed", 45 * MINUTE, "12:30", "13:45", "12:00"),
]


@pytest.mark.parametrize(
    ("span", "since", "moment", "quiet_since"),
    [u[1:] for u in UNHEARD],
    ids=[u[0] for u in UNHEARD],
)
def test_that_nobody_calls_at_all_is_told_as_well(
    span: timedelta, since: str, moment: str, quiet_since: str
) -> None:
    rule = a_quiet_rule(quiet=Quiet(span), during=(OFFICE,))

    run = played(rule, since=since)

    assert [(clock(a.fired_at), clock(a.occurred_at)) for a in run.alerts] == [
        (moment, quiet_since)
    ]


GAPS: list[tuple[str, list[tuple[str, str]], str | None]] = [
    ("none", [], None),
    ("long before", [("07:00", "08:00")], None),
    ("in the middle", [("09:10", "09:30")], "10:05"),
    ("when it began", [("08:30", "09:10")], "09:55"),
    ("not over yet", [("09:40", "10:00")], "10:05"),
    ("twice", [("09:10", "09:20"), ("09:50", "10:00")], "10:05"),
]


@pytest.mark.parametrize(("gaps", "later"), [g[1:] for g in GAPS], ids=[g[0] for g in GAPS])
def test_quiet_is_not_counted_while_no_poll_goes_well(
    gaps: list[tuple[str, str]], later: str | None
) -> None:
    rule = a_quiet_rule()
    engine = an_engine(rule)
    windows = engine.windows()
    windows.note(a_miss("09:00"))
    due = Due(Timer(rule.name, "19001000", TimerKind.QUIET, at("09:45")))
    standing = Standing(gaps=tuple((at(start), at(end)) for start, end in gaps))

    decision = engine.advance([due], standing, at("10:10"), windows=windows)

    moved = [clock(timer.due_at) for timer in decision.timers if timer.kind is TimerKind.QUIET]
    assert moved == ([later] if later else [])
    assert bool(decision.alerts) is (later is None)


def test_a_quiet_that_is_too_old_may_be_dropped() -> None:
    run = Rehearsal(an_engine(a_quiet_rule(stale=Stale.DROP, max_age=timedelta(), lag=MINUTE)))
    run.begin(at("08:00"))
    run.see(a_miss("09:00"), at("09:00"))

    run.advance(at("10:00"))

    assert (run.alerts, why(run)) == ([], [Reason.STALE])
