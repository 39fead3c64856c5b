"""What people and time make of an alert, minute by minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.core.alerts import AlertState, Outcome, Reason
from notifier.core.decisions import Act, Deed, Due, Standing, Timer, TimerKind
from notifier.core.rules.bench import EXPIRES_AFTER
from notifier.core.rules.lives import REMIND_AFTER
from notifier.core.rules.model import Escalation, Rule, Unless
from notifier.core.rules.rehearsals import Rehearsal
from tests.builders import MINUTE, NOON, an_alert, an_engine
from tests.core.rules.scenes import (
    CALLED_BACK,
    a_conversation,
    a_miss,
    a_prompt_rule,
    acted,
    at,
    pausing,
    played,
    said,
    why,
)

STEPS = (
    Escalation(15 * MINUTE, ("truong_nhom",)),
    Escalation(45 * MINUTE, ("truong_nhom", "quan_ly")),
)


def escalating(**overrides: Any) -> Rule:
    return a_prompt_rule(escalate=STEPS, resolve=(CALLED_BACK,), **overrides)


def begun(until: str, rule: Rule | None = None) -> Rehearsal:
    """Return a run in which an alert fired at 09:00, gone on until `until`."""
    return played(rule or escalating(), [a_miss("09:00")], until=until)


def test_an_alert_that_nobody_takes_is_passed_on_step_by_step() -> None:
    run = begun("10:00")

    assert said(run) == [
        ("09:00", "quan_ly", Reason.NEW),
        ("09:15", "truong_nhom", Reason.ESCALATE),
        ("09:45", "truong_nhom", Reason.ESCALATE),
        ("09:45", "quan_ly", Reason.ESCALATE),
    ]


def test_whoever_takes_it_stops_that_and_is_reminded() -> None:
    run = begun("09:10")

    acted(run, Act.TAKE, "09:10")
    run.advance(at("10:00"))

    assert said(run) == [
        ("09:00", "quan_ly", Reason.NEW),
        ("09:10", "quan_ly", Reason.ACKNOWLEDGED),
        ("09:40", "quan_ly", Reason.REMIND),
    ]
    (alert,) = run.alerts
    assert (alert.taken_by, alert.taken_at) == ("Lan", at("09:10"))
    stopped = [row.detail for row in run.audit if row.reason is Reason.ACKNOWLEDGED]
    assert stopped.count("escalate") == 2
    assert at("09:10") + REMIND_AFTER == at("09:40")


def test_given_back_it_goes_on_where_it_stood() -> None:
    run = begun("09:10")

    acted(run, Act.TAKE, "09:10")
    acted(run, Act.RELEASE, "09:30")
    run.advance(at("11:00"))

    (alert,) = run.alerts
    assert (alert.state, alert.taken_by, alert.held) == (AlertState.OPEN, "", 20 * MINUTE)
    assert said(run)[3:] == [
        ("09:35", "truong_nhom", Reason.ESCALATE),
        ("10:05", "truong_nhom", Reason.ESCALATE),
        ("10:05", "quan_ly", Reason.ESCALATE),
    ]


def test_taken_and_given_back_twice_it_has_been_held_for_both_times() -> None:
    run = begun("09:10")

    acted(run, Act.TAKE, "09:10")
    acted(run, Act.RELEASE, "09:30")
    acted(run, Act.TAKE, "09:33")
    acted(run, Act.RELEASE, "09:43")
    run.advance(at("10:00"))

    assert run.alerts[0].held == 30 * MINUTE
    assert ("09:45", "truong_nhom", Reason.ESCALATE) in said(run)


def test_a_step_that_was_taken_is_not_taken_again_when_it_is_given_back() -> None:
    run = begun("09:20")

    acted(run, Act.TAKE, "09:20")
    decision = acted(run, Act.RELEASE, "09:50")

    due = [(t.key.partition(":")[2], t.due_at) for t in decision.timers]
    assert due == [("1", at("10:15"))]


def test_a_ladder_begins_again_when_an_alert_is_given_back() -> None:
    rule = a_prompt_rule(
        every=pausing(10 * MINUTE, 30 * MINUTE), unless=Unless((CALLED_BACK,), timedelta())
    )
    run = begun("09:15", rule)

    acted(run, Act.TAKE, "09:15")
    acted(run, Act.RELEASE, "09:35")
    run.advance(at("10:30"))

    repeated = [when for when, _, reason in said(run) if reason is Reason.REPEAT]
    assert repeated == ["09:10", "09:45", "10:15"]


ACTS = [
    ("take what is taken", [Act.TAKE], Act.TAKE),
    ("take what is closed", [Act.CLOSE], Act.TAKE),
    ("give back what nobody has", [], Act.RELEASE),
    ("close what is closed", [Act.CLOSE], Act.CLOSE),
    ("postpone what is closed", [Act.CLOSE], Act.REMIND),
]


@pytest.mark.parametrize(("before", "act"), [a[1:] for a in ACTS], ids=[a[0] for a in ACTS])
def test_an_act_that_comes_too_late_does_nothing(before: list[Act], act: Act) -> None:
    run = begun("09:05")
    decisions = [acted(run, one, "09:06") for one in before]

    late = acted(run, act, "09:07")

    assert all(decision.changed for decision in decisions)
    assert (late.changed, late.drafts, late.timers) == ([], [], [])


@pytest.mark.parametrize(
    ("act", "outcome"), [(Act.CLOSE, Outcome.BY_HAND), (Act.CALLED, Outcome.CALLED_BACK)]
)
def test_a_person_may_end_it(act: Act, outcome: Outcome) -> None:
    run = begun("09:05")

    acted(run, act, "09:10", by="Minh")
    run.advance(at("10:00"))

    (alert,) = run.alerts
    assert (alert.state, alert.outcome) == (AlertState.CLOSED, outcome)
    assert (alert.ended_by, alert.ended_at) == ("Minh", at("09:10"))
    assert said(run)[1:] == [("09:10", "quan_ly", Reason.RESOLVED)]
    assert why(run).count(Reason.OBSOLETE) == 2


def test_a_call_that_comes_after_a_person_ended_it_ends_nothing_more() -> None:
    run = begun("09:05")
    acted(run, Act.CLOSE, "09:10")

    run.see(a_conversation("09:20"), at("09:21"))

    assert run.alerts[0].ended_by == "Lan"


def test_a_taken_alert_is_ended_by_a_call_and_taken_again_if_it_was_none() -> None:
    run = begun("09:05")
    acted(run, Act.TAKE, "09:10")
    back = a_conversation("09:20")
    run.see(back, at("09:21"))
    ended = run.alerts[0].state

    run.see(replace(back, customer="+84987654321"), at("09:30"))

    assert (ended, run.alerts[0].state) == (AlertState.RESOLVED, AlertState.ACKNOWLEDGED)


def test_who_asks_to_be_reminded_is_reminded_then_and_it_is_still_passed_on() -> None:
    run = begun("09:05")
    deed = Deed(Act.REMIND, after=20 * MINUTE)

    decision = run.engine.act(deed, run.alerts[0], "Lan", Standing(), at("09:05"))

    (asked,) = decision.changed
    assert (asked.remind_at, asked.remind_by) == (at("09:25"), "Lan")
    timer = Timer("goi_nho", asked.id, TimerKind.REMIND, at("09:25"))
    assert decision.timers == [timer]
    reminded = run.engine.advance([Due(timer, alert=asked)], Standing(), at("09:25"))
    assert [(a.remind_at, a.remind_by) for a in reminded.changed] == [(None, "")]


def test_a_reminder_that_somebody_asked_for_outlives_taking_and_giving_back() -> None:
    asked = an_alert(remind_at=NOON + MINUTE, remind_by="Lan")
    engine = an_engine()

    taken = engine.act(Act.TAKE, asked, "Minh", Standing(), NOON)
    freed = engine.act(Act.RELEASE, taken.changed[0], "Minh", Standing(), NOON)

    assert [timer.due_at for timer in taken.timers] == [NOON + MINUTE]
    assert freed.over == []


NOTES = [("close", Deed(Act.CLOSE, text="máy hỏng")), ("note", Deed(Act.NOTE, text="máy hỏng"))]


@pytest.mark.parametrize("deed", [n[1] for n in NOTES], ids=[n[0] for n in NOTES])
def test_what_a_person_writes_is_kept(deed: Deed) -> None:
    decision = an_engine().act(deed, an_alert(), "Lan", Standing(), NOON)

    assert [(alert, note.by, note.text) for alert, note in decision.notes] == [
        (an_alert().id, "Lan", "máy hỏng")
    ]


@pytest.mark.parametrize(
    ("text", "state"), [("", AlertState.OPEN), ("x", AlertState.REVISED)], ids=["nothing", "untrue"]
)
def test_nothing_is_written_about_what_is_not_true_nor_nothing_at_all(
    text: str, state: AlertState
) -> None:
    deed = Deed(Act.NOTE, text=text)

    decision = an_engine().act(deed, an_alert(state=state), "Lan", Standing(), NOON)

    assert (decision.changed, decision.notes, decision.audit) == ([], [], [])


def test_an_alert_that_nobody_ends_expires_in_the_end() -> None:
    run = begun("14 08:59")
    before = run.alerts[0].state

    run.advance(at("14 09:00"))

    assert (before, run.alerts[0].state) == (AlertState.OPEN, AlertState.EXPIRED)
    assert timedelta(days=7) == EXPIRES_AFTER


def test_an_alert_that_has_ended_does_not_expire() -> None:
    run = begun("09:05")
    acted(run, Act.CLOSE, "09:10")

    run.advance(at("20 00:00"))

    assert run.alerts[0].state is AlertState.CLOSED


LATE: list[tuple[str, Timer, list[Reason]]] = [
    (
        "a repeat of a rule that repeats no more",
        Timer("goi_nho", "x", TimerKind.REPEAT, NOON),
        [Reason.OBSOLETE],
    ),
    (
        "a step of a rule that is no more",
        Timer("da_xoa", "x:0", TimerKind.ESCALATE, NOON),
        [Reason.OBSOLETE],
    ),
    ("a step that the rule has no more", Timer("goi_nho", "x:7", TimerKind.ESCALATE, NOON), []),
]


@pytest.mark.parametrize(("timer", "reasons"), [r[1:] for r in LATE], ids=[r[0] for r in LATE])
def test_a_timer_about_an_alert_that_the_file_no_longer_asks_for_does_nothing(
    timer: Timer, reasons: list[Reason]
) -> None:
    decision = an_engine().advance([Due(timer, alert=an_alert())], Standing(), NOON)

    assert ([row.reason for row in decision.audit], decision.drafts) == (reasons, [])


def test_a_timer_about_an_alert_that_was_forgotten_does_nothing() -> None:
    timer = Timer("goi_nho", "x", TimerKind.EXPIRE, NOON)

    decision = an_engine().advance([Due(timer)], Standing(), NOON)

    assert (decision.changed, decision.audit) == ([], [])
