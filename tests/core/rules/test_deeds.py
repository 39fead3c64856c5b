"""What people ask of an alert besides taking it: a reminder, a note, an end by hand; and tries."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.core.alerts import Alert, AlertState, Note, Outcome, Reason
from notifier.core.calls import Call, CallState, Direction
from notifier.core.decisions import Act, Decision, Deed, Standing, TimerKind, Told
from notifier.core.deliveries import DeliveryState
from notifier.core.rules.model import Rule
from notifier.core.rules.rehearsals import Rehearsal
from tests.builders import MINUTE, NOON, a_change, an_alert, an_engine
from tests.core.rules.scenes import (
    CALLED_BACK,
    a_conversation,
    a_miss,
    a_prompt_rule,
    acted,
    at,
    played,
    said,
)

HEARD = {"quan_ly": Told(DeliveryState.DELIVERED, tried=True)}

RULE = a_prompt_rule(resolve=(CALLED_BACK,))

CLOSE = Deed(Act.CLOSE, text="Cuộc gọi rác")

HALF_AN_HOUR = Deed(Act.REMIND, after=30 * MINUTE)


def done(deed: Deed, alert: Alert | None = None) -> Decision:
    """Return what follows when Hạnh does `deed` at noon about an alert that quan_ly has heard."""
    about = alert or an_alert()
    return an_engine().act(deed, about, "Hạnh", Standing(told={about.id: HEARD}), NOON)


def asked(run: Rehearsal, deed: Deed, when: str) -> None:
    run.advance(at(when))
    decision = run.engine.act(deed, run.alerts[-1], "Lan", run._past.standing, at(when))  # noqa: SLF001 - as a store would
    run._apply(decision, at(when))  # noqa: SLF001 - likewise


def a_try(when: str, **overrides: Any) -> Call:
    """Return a call out to the customer that nobody picked up."""
    facts: dict[str, Any] = {
        "id": f"try {when}",
        "state": CallState.NOT_ANSWERED,
        "duration": timedelta(),
    }
    return a_conversation(when, **{**facts, "extension": "101", **overrides})


def counted(run: Rehearsal, *readings: Call) -> list[int]:
    """Return how many tries there were after each of `readings`, a minute after the other."""
    counts = []
    for minute, call in enumerate(readings, start=6):
        run.see(call, at(f"09:{minute:02}"))
        counts.append(run.alerts[0].tried)
    return counts


# --- ends by hand


def test_called_back_by_hand_is_an_end_of_that_kind() -> None:
    decision = done(Deed(Act.CALLED))

    (over,) = decision.changed
    assert (over.state, over.outcome, over.ended_by) == (
        AlertState.CLOSED,
        Outcome.CALLED_BACK,
        "Hạnh",
    )
    assert decision.notes == []


def test_why_it_is_closed_is_kept_as_a_note() -> None:
    decision = done(CLOSE)

    assert decision.changed[0].outcome is Outcome.BY_HAND
    assert decision.notes == [(an_alert().id, Note(NOON, "Hạnh", "Cuộc gọi rác"))]


@pytest.mark.parametrize(
    "deed", [CLOSE, HALF_AN_HOUR, Deed(Act.CALLED)], ids=["close", "remind", "called"]
)
def test_what_is_over_cannot_be_ended_or_put_off(deed: Deed) -> None:
    assert done(deed, an_alert(state=AlertState.RESOLVED)) == Decision()


# --- reminders


def test_a_reminder_is_said_when_it_was_asked_for_though_nobody_has_taken_it() -> None:
    run = played(a_prompt_rule(), [a_miss("09:00")], until="09:10")

    asked(run, HALF_AN_HOUR, "09:10")
    waiting = run.alerts[-1]
    run.advance(at("10:00"))

    assert (waiting.remind_at, waiting.remind_by) == (at("09:40"), "Lan")
    assert said(run)[1:] == [
        ("09:10", "quan_ly", Reason.REVISED),
        ("09:40", "quan_ly", Reason.REMIND),
    ]
    assert (run.alerts[-1].remind_at, run.alerts[-1].remind_by) == (None, "")


def test_who_takes_it_is_reminded_when_somebody_asked_for_it() -> None:
    run = played(a_prompt_rule(), [a_miss("09:00")], until="09:10")

    asked(run, Deed(Act.REMIND, after=60 * MINUTE), "09:10")
    acted(run, Act.TAKE, "09:15")
    run.advance(at("11:00"))

    assert [row for row in said(run) if row[2] is Reason.REMIND] == [
        ("10:10", "quan_ly", Reason.REMIND)
    ]


def test_a_reminder_that_was_asked_for_stays_when_it_is_given_back() -> None:
    taken = an_alert(
        state=AlertState.ACKNOWLEDGED, taken_by="Lan", taken_at=NOON, remind_at=NOON + MINUTE
    )

    assert done(Deed(Act.RELEASE), taken).over == []
    assert done(Deed(Act.RELEASE), replace(taken, remind_at=None)).over == [
        ("goi_nho", taken.id, TimerKind.REMIND)
    ]


def test_nobody_is_reminded_of_what_is_over() -> None:
    run = played(RULE, [a_miss("09:00")], until="09:10")

    asked(run, HALF_AN_HOUR, "09:10")
    asked(run, CLOSE, "09:20")
    run.advance(at("10:00"))

    assert Reason.REMIND not in [row[2] for row in said(run)]


# --- notes


@pytest.mark.parametrize("state", AlertState)
def test_a_note_is_kept_and_shown_whatever_the_state_as_long_as_it_is_true(
    state: AlertState,
) -> None:
    alert = an_alert(state=state)

    decision = done(Deed(Act.NOTE, text="hẹn 15:00"), alert)

    true = state not in {AlertState.REVISED, AlertState.WITHDRAWN}
    assert decision.notes == [(alert.id, Note(NOON, "Hạnh", "hẹn 15:00"))] * true
    assert [(d.channel, d.reason, d.revision) for d in decision.drafts] == [
        ("quan_ly", Reason.REVISED, 2)
    ] * true


@pytest.mark.parametrize(
    ("by", "text", "kept"),
    [("Hạnh", "hẹn 15:00", False), ("Lan", "hẹn 15:00", True), ("Hạnh", "", False)],
    ids=["the same again", "the same of another", "nothing"],
)
def test_a_note_is_kept_once(by: str, text: str, *, kept: bool) -> None:
    alert = an_alert(notes=(Note(NOON - MINUTE, "Hạnh", "hẹn 15:00"),))

    decision = an_engine().act(Deed(Act.NOTE, text=text), alert, by, Standing(), NOON)

    assert bool(decision.notes) is kept


# --- tries


def tried(rule: Rule = RULE, *calls: Call) -> int:
    run = played(rule, [a_miss("09:00"), *calls], until="12:00")
    return run.alerts[0].tried


def test_calls_back_that_nobody_picks_up_are_counted_and_shown() -> None:
    run = played(RULE, [a_miss("09:00"), a_try("09:05"), a_try("09:20")], until="12:00")

    assert run.alerts[0].tried == 2
    assert [row[2] for row in said(run)] == [Reason.NEW, Reason.REVISED, Reason.REVISED]
    assert [row.detail for row in run.audit if row.reason is Reason.TRIED] == ["1", "2"]


@pytest.mark.parametrize(
    ("call", "times"),
    [
        (a_try("09:05"), 1),
        (a_try("09:05", customer="+84912345678"), 0),
        (a_try("09:05", customer=""), 0),
        (a_try("08:30", ended_at=at("09:10")), 0),
        (a_try("09:05", direction=Direction.IN), 0),
        (a_miss("09:05"), 0),
    ],
    ids=["a try", "of another", "of nobody", "begun before", "a call in", "a further miss"],
)
def test_only_a_later_call_to_that_customer_is_a_try(call: Call, times: int) -> None:
    assert tried(RULE, call) == times


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        (a_prompt_rule(), 0),
        (a_prompt_rule(resolve=(replace(CALLED_BACK, called_back=False),)), 0),
        (a_prompt_rule(resolve=(replace(CALLED_BACK, same=("hotline",)),)), 0),
    ],
    ids=["no end", "another end", "an end by hotline"],
)
def test_tries_are_counted_where_a_call_back_is_waited_for(rule: Rule, times: int) -> None:
    assert tried(rule, a_try("09:05")) == times


def test_a_try_that_still_rings_or_is_over_is_counted_once_and_taken_back_if_it_was_none() -> None:
    ringing = replace(a_try("09:05"), ended_at=None)
    missed, spoken = a_try("09:05"), a_conversation("09:05", id="try 09:05", duration=timedelta())
    run = played(RULE, [a_miss("09:00")], until="09:04")

    counts = counted(run, ringing, missed, replace(missed, note="bận"), spoken)

    assert counts == [0, 1, 1, 0]


def test_what_was_never_counted_is_not_taken_back() -> None:
    before = replace(a_try("12:30"), started_at=NOON + MINUTE, ended_at=NOON + 2 * MINUTE)
    after = replace(before, state=CallState.UNKNOWN)
    alert = an_alert()
    standing = Standing(
        endings={("goi_nho", after.customer): (alert, replace(alert, state=AlertState.CLOSED))}
    )

    decision = an_engine(RULE).feed([a_change(after, before)], standing, NOON + 3 * MINUTE)

    assert decision.changed == []
