"""The store is asked for just what a judgement will look at."""

from datetime import time
from typing import Any

import pytest

from notifier.core.decisions import Due, Needs, Timer, TimerKind, Wanted
from notifier.core.rules.aggregates import Count
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import FollowUp, Group, Quiet, Report, Rule, Unless
from tests.builders import MINUTE, a_change, an_alert, an_engine
from tests.core.rules.scenes import (
    CALLED_BACK,
    a_conversation,
    a_miss,
    a_prompt_rule,
    answered,
    at,
    pausing,
)

CUSTOMER = "+84901234567"

COUNTING = a_prompt_rule(aggregate=Count(2, 10 * MINUTE, per="customer", reset=answered))
WAITING = a_prompt_rule(unless=Unless((CALLED_BACK,), MINUTE))

KEYS: list[tuple[str, Rule, set[str]]] = [
    ("nothing", a_prompt_rule(), set()),
    ("a window's", COUNTING, {CUSTOMER}),
    ("a throttle's", a_prompt_rule(key="customer", every=pausing(MINUTE)), {CUSTOMER}),
    ("a throttle's of each call", a_prompt_rule(every=pausing(MINUTE)), {"09:00"}),
    ("that of live alerts", a_prompt_rule(key="hotline", resolve=(CALLED_BACK,)), {"19001000"}),
    ("a hotline's that may be quiet", a_prompt_rule(quiet=Quiet(MINUTE, "hotline")), {"19001000"}),
    (
        "a group's",
        a_prompt_rule(group=Group(("hotline", "customer"), MINUTE, MINUTE)),
        {f"group:goi_nho:19001000 {CUSTOMER}"},
    ),
]


@pytest.mark.parametrize(("rule", "keys"), [k[1:] for k in KEYS], ids=[k[0] for k in KEYS])
def test_a_match_asks_for_where_its_key_stands(rule: Rule, keys: set[str]) -> None:
    needs = an_engine(rule).needs([a_change(a_miss("09:00"))])

    assert needs.keys == {("goi_nho", key) for key in keys}


def test_a_call_that_is_no_match_asks_for_nothing_but_itself() -> None:
    needs = an_engine(a_prompt_rule()).needs([a_change(a_conversation("09:00"))])

    assert needs == Needs(subjects=frozenset({"talk 09:00"}))


def test_a_late_call_asks_for_the_alerts_of_the_windows_that_hold_it() -> None:
    engine = an_engine(COUNTING)
    windows = engine.windows()
    for when in ("09:00", "09:05", "09:09", "09:10"):
        windows.note(a_miss(when))

    needs = engine.needs([a_change(a_miss("09:00", id="new"))], windows)

    assert needs.subjects == {
        "new",
        *(f"{call}@{CUSTOMER}" for call in ("new", "09:05", "09:09")),
    }


def test_a_late_call_that_resets_asks_for_them_too() -> None:
    engine = an_engine(COUNTING)
    windows = engine.windows()
    windows.note(a_miss("09:05"))

    needs = engine.needs([a_change(a_conversation("09:00"))], windows)

    assert f"09:05@{CUSTOMER}" in needs.subjects
    assert needs.keys == {("goi_nho", CUSTOMER)}


def test_a_correction_asks_for_what_the_call_was_part_of_before() -> None:
    engine = an_engine(COUNTING)

    needs = engine.needs([a_change(a_miss("09:00", customer="+84987654321"), a_miss("09:00"))])

    assert needs.keys == {("goi_nho", CUSTOMER), ("goi_nho", "+84987654321")}
    assert needs.turned == {"09:00"}


def test_a_call_back_asks_for_the_alerts_on_its_customer() -> None:
    needs = an_engine(WAITING).needs([a_change(a_conversation("09:00"))])

    assert needs.endings == {("goi_nho", CUSTOMER)}


def test_what_ends_by_another_field_asks_for_every_live_alert_of_its_rule() -> None:
    follow_up = FollowUp(answered, EVERY, same=("hotline",))

    needs = an_engine(a_prompt_rule(resolve=(follow_up,))).needs([])

    assert needs.rules == {"goi_nho"}


def due(kind: TimerKind, key: str = "", **about: Any) -> Due:
    return Due(Timer("goi_nho", key, kind, at("09:15")), **about)


def test_a_deadline_asks_for_the_calls_that_may_have_followed() -> None:
    one = due(TimerKind.ABSENCE, "09:00", change=a_change(a_miss("09:00")))

    needs = an_engine(WAITING).needs_due([one], at("09:15"))

    assert needs.wanted == {Wanted((("customer", CUSTOMER),), at("09:00"))}


def test_a_deadline_of_a_rule_that_waits_no_more_asks_for_no_calls() -> None:
    one = due(TimerKind.ABSENCE, "09:00", change=a_change(a_miss("09:00")))

    assert an_engine(a_prompt_rule()).needs_due([one], at("09:15")).wanted == frozenset()


def test_a_report_asks_for_the_calls_of_its_day_until_now() -> None:
    rule = a_prompt_rule(report=Report((time(9),), "today", ()))

    needs = an_engine(rule).needs_due([due(TimerKind.REPORT)], at("09:15"))

    assert needs.periods == {(at("00:00"), at("09:15"))}


def test_a_report_of_a_rule_that_is_another_one_now_asks_for_none() -> None:
    needs = an_engine(a_prompt_rule()).needs_due([due(TimerKind.REPORT)], at("09:15"))

    assert needs.periods == frozenset()


def test_what_is_quiet_asks_for_its_live_alert() -> None:
    rule = a_prompt_rule(quiet=Quiet(MINUTE, "hotline"))

    needs = an_engine(rule).needs_due([due(TimerKind.QUIET, "19001000")], at("09:15"))

    assert needs.keys == {("goi_nho", "19001000")}


def test_what_is_said_again_asks_for_what_was_told_and_for_its_ladder() -> None:
    alert = an_alert()

    needs = an_engine(WAITING).needs_due(
        [due(TimerKind.REPEAT, alert.id, alert=alert)], at("09:15")
    )

    assert needs.alerts == {alert.id}
    assert needs.keys == {("goi_nho", f"repeat:{alert.id}")}
