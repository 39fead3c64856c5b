"""A rule that means something else begins anew; one that says it in other words goes on."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from notifier.core.decisions import ABOUT_ALERTS, Decision, ThrottleState, Timer, TimerKind
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import Quiet, Report, Rule
from tests.builders import MINUTE, NOON, SECOND, a_rule, an_engine
from tests.store.desk import LATER, Desk, a_desk, remembered
from tests.store.watch import a_watch

PAUSE = ThrottleState(NOON, 1, 2)


def engine_of(meaning: str, *others: Rule) -> Engine:
    return an_engine(a_rule("goi_nho", meaning=meaning), *others)


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A desk on which goi_nho has a pause and a timer of each kind, and so has another rule."""
    desk.ledger.adopt(engine_of("missed", a_rule("khac")), [], NOON)
    timers = [Timer(rule, "k", kind, LATER) for rule in ("goi_nho", "khac") for kind in TimerKind]
    throttles = {(rule, "k"): PAUSE for rule in ("goi_nho", "khac")}
    desk.ledger.record(Decision(timers=timers, throttles=throttles), NOON)
    return desk


def stands(desk: Desk, rule: str) -> set[str]:
    """Return what stands of `rule`: the kinds of its timers, and whether it pauses."""
    timers = desk.database.run("SELECT kind FROM timers WHERE rule = ?", (rule,))
    pauses = desk.database.run("SELECT 1 FROM rule_state WHERE rule = ?", (rule,))
    return {row["kind"] for row in timers} | ({"pause"} if pauses else set())


EVERYTHING = {"pause", *TimerKind}


def test_a_rule_that_means_the_same_goes_on(kept: Desk) -> None:
    reset = kept.ledger.adopt(engine_of("missed", a_rule("khac")), [], LATER)

    assert reset == []
    assert stands(kept, "goi_nho") == stands(kept, "khac") == EVERYTHING


def test_a_rule_that_means_something_else_begins_anew_but_its_alerts_go_on(kept: Desk) -> None:
    reset = kept.ledger.adopt(engine_of("unreached", a_rule("khac")), [], LATER)

    assert reset == ["goi_nho"]
    assert stands(kept, "goi_nho") == ABOUT_ALERTS
    assert stands(kept, "khac") == EVERYTHING


def test_a_rule_begins_anew_once(kept: Desk) -> None:
    resets = [kept.ledger.adopt(engine_of("unreached"), [], LATER) for _ in range(2)]

    assert resets == [["goi_nho"], []]


def test_of_a_rule_that_is_gone_its_alerts_go_on_and_it_is_new_when_it_comes_back(
    kept: Desk,
) -> None:
    gone = kept.ledger.adopt(an_engine(a_rule("khac")), [], LATER)
    assert stands(kept, "goi_nho") == ABOUT_ALERTS
    assert list(kept.ledger.facts("meaning:")) == ["khac"]

    back = kept.ledger.adopt(engine_of("unreached", a_rule("khac")), [], LATER)

    assert (gone, back) == ([], [])


def test_a_rule_that_is_seen_for_the_first_time_has_nothing_to_forget(desk: Desk) -> None:
    desk.ledger.record(Decision(throttles={("goi_nho", "k"): PAUSE}), NOON)

    assert desk.ledger.adopt(engine_of("missed"), [], NOON) == []

    assert stands(desk, "goi_nho") == {"pause"}


def test_reports_and_rules_about_quiet_are_planned_and_not_put_off_by_a_restart(
    path: Path,
) -> None:
    rules = (
        a_rule("bao_cao", report=Report((time(12, 30),), "today", ("totals",))),
        a_rule("im_lang", quiet=Quiet(45 * MINUTE), lag=timedelta()),
    )
    with a_desk(path) as desk:
        desk.ledger.adopt(an_engine(*rules), [], NOON)
        before = remembered(path)
    with a_desk(path) as desk:
        desk.ledger.adopt(an_engine(*rules), [], LATER)

        rows = desk.database.run("SELECT rule, kind FROM timers ORDER BY due_at_ms")
        due = desk.ledger.next_due(NOON + 30 * MINUTE)

    assert remembered(path) == before
    assert [tuple(row) for row in rows] == [("bao_cao", "report"), ("im_lang", "quiet")]
    assert due == NOON + 30 * MINUTE


def test_a_planned_rule_that_means_something_else_is_planned_anew(desk: Desk) -> None:
    rule = a_rule("im_lang", quiet=Quiet(45 * MINUTE), lag=timedelta(), meaning="a")
    desk.ledger.adopt(an_engine(rule), [], NOON)

    shorter = a_rule("im_lang", quiet=Quiet(5 * MINUTE), lag=timedelta(), meaning="b")
    desk.ledger.adopt(an_engine(shorter), [], LATER)

    assert desk.ledger.next_due(LATER + 5 * MINUTE) == LATER + 5 * MINUTE


def test_every_kind_of_rule_can_be_adopted_twice(desk: Desk, path: Path) -> None:
    desk.ledger.adopt(a_watch(), [], NOON)
    before = remembered(path)

    desk.ledger.adopt(a_watch(), [], NOON + SECOND)

    assert remembered(path) == before
