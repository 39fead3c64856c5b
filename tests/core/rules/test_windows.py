"""Windows hold what the calls say, whatever order they came in, and no more than they must."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifier.core.alerts import AlertState, Reason
from notifier.core.calls import Call
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.model import Quiet, Rule
from notifier.core.rules.rehearsals import Rehearsal
from notifier.core.rules.windows import SLACK, Windows
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, an_engine
from tests.core.rules.scenes import (
    HOUR,
    OFFICE,
    a_conversation,
    a_miss,
    a_prompt_rule,
    answered,
    at,
    pausing,
    played,
    why,
)

DAY = timedelta(days=1)


def counting(at_least: int = 2, **overrides: object) -> Rule:
    return a_prompt_rule(aggregate=Count(at_least, 10 * MINUTE, per="customer", **overrides))  # type: ignore[arg-type]  # names of its fields


def held(windows: Windows, rule: Rule, key: str = "+84901234567") -> list[str]:
    return [entry.identity for entry in windows.of(rule, key)]


def filled(rule: Rule, *calls: Call) -> Windows:
    windows = Windows((rule,), HANOI)
    for call in calls:
        windows.note(call)
    return windows


REACHES: list[tuple[str, Rule, timedelta]] = [
    ("no window", a_prompt_rule(), timedelta()),
    ("a window", counting(), 10 * MINUTE + SLACK),
    ("weeks", a_prompt_rule(aggregate=Spike(2, weeks=4)), 28 * DAY + HOUR + SLACK),
    ("what is new", a_prompt_rule(aggregate=New("customer", 30 * DAY)), 30 * DAY + SLACK),
    ("quiet", a_prompt_rule(quiet=Quiet(HOUR)), 30 * DAY),
]


@pytest.mark.parametrize(("rule", "reach"), [r[1:] for r in REACHES], ids=[r[0] for r in REACHES])
def test_calls_are_needed_for_as_long_as_a_window_may_look_back(
    rule: Rule, reach: timedelta
) -> None:
    assert Windows.reach([rule]) == reach


def test_calls_are_held_in_the_order_of_their_ends_however_they_came() -> None:
    rule = counting()
    calls = [a_miss(when) for when in ("09:02", "09:00", "09:01", "09:01")]

    windows = filled(rule, *calls, a_miss("09:01", id="b"), a_miss("09:01", id="a"))

    assert held(windows, rule) == ["09:00", "09:01", "a", "b", "09:02"]


def test_a_reading_takes_the_place_of_the_one_before() -> None:
    rule = counting()
    windows = filled(rule, a_miss("09:00"), a_miss("09:01"))

    windows.note(a_miss("09:00", customer="+84987654321"), a_miss("09:00"))
    windows.note(a_miss("09:01", ended_at=at("09:05")), a_miss("09:01"))

    assert held(windows, rule) == ["09:01"]
    assert held(windows, rule, "+84987654321") == ["09:00"]


def test_a_rule_without_a_window_has_none() -> None:
    rule = a_prompt_rule()
    windows = filled(rule, a_miss("09:00"))

    assert (held(windows, rule), windows.entry(rule, "", a_miss("09:00"))) == ([], None)


def test_what_no_window_reaches_any_more_is_let_go() -> None:
    rule = counting()

    windows = filled(rule, a_miss("06:00"), a_miss("06:51"), a_miss("09:01"))

    assert held(windows, rule) == ["06:51", "09:01"]


def test_a_call_that_comes_later_than_that_changes_nothing() -> None:
    run = played(counting(), [a_miss("09:00")], until="12:00")
    run.see(a_miss("12:00"), at("12:00"))

    run.see(a_miss("08:59"), at("12:01"))

    assert run.alerts == []


def test_keys_that_have_gone_idle_are_forgotten() -> None:
    rule = counting()
    start = at("00:00")
    calls = (
        a_call(id=str(n), customer=f"+849{n:08}", ended_at=start + n * SECOND)
        for n in range(5 * 4_096)
    )

    windows = filled(rule, *calls)

    remembered = sum(1 for n in range(5 * 4_096) if held(windows, rule, f"+849{n:08}"))
    assert remembered <= (SLACK + 10 * MINUTE) / SECOND + 1


def test_windows_without_anything_in_them_forget_nothing() -> None:
    rule = a_prompt_rule(aggregate=Count(2, MINUTE), test=lambda _: False)

    windows = filled(rule, *(a_call(id=str(n)) for n in range(4_096)))

    assert held(windows, rule, "") == []


def test_a_flood_of_keys_is_judged_each_by_itself() -> None:
    rule = a_prompt_rule(aggregate=Count(2, 90 * DAY, per="customer"), max_age=900 * DAY)
    run = Rehearsal(an_engine(rule), keeps_audit=False)
    run.begin(NOON)
    calls = [
        a_call(id=f"{turn} {n}", customer=f"+849{n:08}", started_at=NOON, ended_at=NOON)
        for turn in range(2)
        for n in range(10_000)
    ]

    run.see_all(calls[:10_000], NOON)
    run.see_all(calls[10_000:10_003], NOON)

    assert [alert.key for alert in run.alerts] == [f"+849{n:08}" for n in range(3)]


# Late, and corrected


def late(rule: Rule, *calls: Call, last: Call) -> Rehearsal:
    """Return a run that has read `calls` in time, and `last` at 09:30."""
    run = played(rule, calls, until="09:30")
    run.see(last, at("09:30"))
    return run


def test_a_late_call_makes_the_windows_of_later_calls_true() -> None:
    run = late(counting(3), a_miss("09:01"), a_miss("09:05"), last=a_miss("09:03"))

    (alert,) = run.alerts
    assert (alert.occurred_at, alert.count) == (at("09:05"), 3)
    assert alert.subject == "09:05@+84901234567"


def test_several_late_calls_of_one_poll_make_them_true_as_well() -> None:
    run = played(counting(2), [a_miss("09:05")], until="09:30")

    run.see_all([a_miss("09:03"), a_miss("09:04")], at("09:30"))

    assert sorted(alert.subject[:5] for alert in run.alerts) == ["09:04", "09:05"]


def test_a_late_call_that_is_too_late_for_them_tells_of_them_with_others() -> None:
    rule = replace(counting(3), max_age=10 * MINUTE)

    run = late(rule, a_miss("09:01"), a_miss("09:05"), last=a_miss("09:03"))

    assert [telling.reason for telling in run.tellings] == [Reason.DIGEST]


def test_a_late_call_that_resets_takes_back_what_it_should_have_kept_from_being_told() -> None:
    rule = counting(3, reset=answered)
    calls = [a_miss("09:01"), a_miss("09:03"), a_miss("09:05")]

    run = late(rule, *calls, last=a_conversation("09:03", ended_at=at("09:04")))

    assert [alert.state for alert in run.alerts] == [AlertState.REVISED]


def test_a_late_call_outside_the_hours_of_a_rule_resets_as_well() -> None:
    rule = replace(counting(3, reset=answered), test=lambda _: True, during=(OFFICE,))
    calls = [a_miss("13:01"), a_miss("13:03"), a_miss("13:05")]

    run = played(rule, calls, until="13:30")
    run.see(a_conversation("12:50", ended_at=at("13:04")), at("13:30"))

    assert [alert.state for alert in run.alerts] == [AlertState.REVISED]


def test_a_late_call_that_resets_leaves_what_is_true_all_the_same() -> None:
    calls = [a_miss("09:01"), a_miss("09:02"), a_miss("09:03")]

    run = late(counting(2, reset=answered), *calls, last=a_conversation("08:59"))

    states = {alert.subject[:5]: alert.state for alert in run.alerts}
    assert states == {"09:02": AlertState.OPEN, "09:03": AlertState.OPEN}


def test_a_reset_that_was_none_makes_true_what_it_kept_from_being_told() -> None:
    reset = a_conversation("09:02", ended_at=at("09:02"))
    rule = counting(3, reset=answered)

    run = late(
        rule,
        a_miss("09:01"),
        reset,
        a_miss("09:03"),
        a_miss("09:04"),
        last=replace(reset, state=a_miss("09:00").state, duration=timedelta()),
    )

    assert [(a.subject[:5], a.count) for a in run.alerts] == [("09:04", 3)]


def test_a_call_that_left_a_window_is_counted_in_it_no_more() -> None:
    calls = [a_miss(f"09:0{n}") for n in range(4)]
    rule = replace(counting(2), every=pausing(2 * MINUTE, forget_after=HOUR))

    run = late(rule, *calls, last=a_conversation("09:02", id="09:02", ended_at=at("09:02")))

    (alert,) = run.alerts
    assert (alert.state, alert.count) == (AlertState.OPEN, 3)
    assert [call.id for call in alert.calls] == ["09:00", "09:01", "09:03"]


def test_an_alert_none_of_whose_windows_is_true_is_revised() -> None:
    calls = [a_miss("09:00"), a_miss("09:01"), a_miss("09:03")]
    rule = replace(counting(2), every=pausing(2 * MINUTE, forget_after=HOUR))
    run = late(rule, *calls, last=a_conversation("09:00", id="09:00", ended_at=at("09:00")))
    said_again = [alert.state for alert in run.alerts]

    run.see(a_conversation("09:01", id="09:01", ended_at=at("09:01")), at("09:31"))

    assert said_again == [AlertState.OPEN]
    assert [alert.state for alert in run.alerts] == [AlertState.REVISED]


def test_a_call_that_flips_back_opens_the_alert_again() -> None:
    run = late(
        counting(), a_miss("09:00"), a_miss("09:01"), last=a_conversation("09:01", id="09:01")
    )
    taken_back = [alert.state for alert in run.alerts]

    run.see(a_miss("09:01"), at("09:31"))

    assert taken_back == [AlertState.REVISED]
    assert [(a.state, a.count) for a in run.alerts] == [(AlertState.OPEN, 2)]


SHARE = Ratio(lambda call: call.missed, HOUR, least=2, above=0.5)


def test_a_share_moves_with_what_becomes_of_its_calls() -> None:
    rule = a_prompt_rule(aggregate=SHARE, test=lambda _: True)
    talk = a_conversation("09:00", ended_at=at("09:00"))
    miss = a_miss("09:00", id=talk.id)

    run = late(rule, talk, a_miss("09:01"), last=miss)
    told = [(a.state, a.count) for a in run.alerts]
    run.see(talk, at("09:31"))

    assert told == [(AlertState.OPEN, 2)]
    assert [a.state for a in run.alerts] == [AlertState.REVISED]


KEEPING: list[tuple[str, Aggregate, bool]] = [
    ("count", Count(1, HOUR), True),
    ("distinct", Distinct("hotline", 1, HOUR), True),
    ("sum", Sum("ring", timedelta(), HOUR), True),
    ("share", replace(SHARE, least=1), True),
    ("spike", Spike(0, weeks=1), False),
    ("new", New("customer", HOUR), False),
]


@pytest.mark.parametrize(
    ("aggregate", "keeps"), [k[1:] for k in KEEPING], ids=[k[0] for k in KEEPING]
)
def test_long_windows_hold_instants_and_no_calls(aggregate: Aggregate, *, keeps: bool) -> None:
    rule = a_prompt_rule(aggregate=aggregate)
    windows = filled(rule, a_miss("09:00"))

    entries = [entry for key in ("", "+84901234567") for entry in windows.of(rule, key)]

    assert [entry.call is not None for entry in entries] == [keeps]


def test_a_value_that_a_late_call_had_before_was_not_new() -> None:
    rule = a_prompt_rule(aggregate=New("customer", HOUR))

    run = late(rule, a_miss("09:10"), last=a_miss("09:00"))

    assert [(a.subject[:5], a.state) for a in run.alerts] == [
        ("09:10", AlertState.REVISED),
        ("09:00", AlertState.OPEN),
    ]


# Hostile rules


def test_a_window_of_a_year_is_judged_and_keeps_its_newest_calls_only() -> None:
    calls = [
        a_call(id=f"{n:04}", started_at=NOON + n * HOUR, ended_at=NOON + n * HOUR)
        for n in range(200)
    ]
    rule = a_prompt_rule(aggregate=Count(200, 366 * DAY), max_age=900 * DAY)

    run = played(rule, calls, until="20 00:00")

    (alert,) = run.alerts
    assert (alert.count, len(alert.calls), alert.calls[-1].id) == (200, 50, "0199")
    assert why(run) == [Reason.NEW]
