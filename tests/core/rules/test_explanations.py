"""Why a rule holds for one call, condition by condition."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alerts import Language
from notifier.core.calendars import Calendar, Span
from notifier.core.calls import Call, CallState, Direction
from notifier.core.rules.aggregates import Count, New
from notifier.core.rules.compiling import compile_condition
from notifier.core.rules.explanations import Judged, Scene, explain, found
from notifier.core.rules.fields import FIELDS, TEXTUAL
from notifier.core.rules.language import EVERY, Condition, Present, Term, View, one_of
from notifier.core.rules.model import FollowUp, Quiet, Report, Rule, Unless
from notifier.core.rules.naming import Naming
from notifier.core.rules.patterns import comparable
from notifier.core.rules.reading import Source, read_condition
from notifier.text import book
from tests.builders import DIRECTORY, HANOI, MINUTE, NOON, SECOND, a_call, a_leg, a_rule, a_talk
from tests.core.rules.strategies import VOCABULARY, Pair, calls, pairs_of_one_meaning

SCENE = Scene(
    Naming(HANOI, {name: len(v) for name, v in VOCABULARY.lists.items()}, DIRECTORY),
    VOCABULARY,
    NOON + 10 * MINUTE,
)
MORNING = VOCABULARY.calendars["gio_lam"]
"""Mondays, 8 to 12: closed at noon."""
ALWAYS = Calendar("ca_ngay", HANOI, {day: (Span(time(0), time(0)),) for day in range(7)})


def compiled(condition: Condition) -> Rule:
    return a_rule(
        condition=condition,
        test=compile_condition(condition, VOCABULARY, HANOI),
        settle=45 * SECOND,
    )


def a_written(source: Source) -> Rule:
    condition, faults = read_condition(source, VOCABULARY)
    assert condition is not None, faults
    return compiled(condition)


def told(rule: Rule, call: Call, language: Language = Language.EN) -> list[str]:
    return [
        f"{'  ' * one.depth}{'✓' if one.holds else '✗'} {one.text}"
        for one in explain(rule, call, book(language), scene=SCENE)
    ]


def test_each_condition_is_told_with_what_was_found() -> None:
    rule = a_written({"direction": "in", "duration": "> 10m"})

    assert told(rule, a_talk()) == [
        "✗ all of these hold:",
        '  ✓ direction == "in": it was inbound',
        "  ✗ duration > 10m: it was 2 min",
        "✓ settled at 12:02:50 7 Sep 2026",
    ]
    assert told(rule, a_talk(), Language.VI)[2] == "  ✗ duration > 10m: thực tế là 2 phút"


def test_nested_conditions_are_told_one_inside_the_other() -> None:
    rule = a_written('missed and not (open("gio_lam") or customer in vip)')

    assert told(rule, a_call())[:-1] == [
        "✗ all of these hold:",
        "  ✓ missed: it was inbound, not answered",
        "  ✗ this does not hold:",
        "    ✓ at least one of these holds:",
        '      ✗ open("gio_lam"): it was closed at 12:00 7 Sep 2026',
        '      ✓ customer in "@vip": it was 09xx xxx 567',
    ]
    assert (
        "it was open at" in told(a_written('open("gio_lam")'), a_call(started_at=NOON - MINUTE))[0]
    )


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("any", "✓ any"),
        ("not any", "✗ this does not hold:"),
        ({"agent": "Lan"}, '✗ agent == "Lan": there was none'),
        ({"customer": "0901234567"}, '✓ customer == "+84xxxxxx567": it was 09xx xxx 567'),
        ({"customer": "0901234*"}, '✓ customer like "0901234*": it was 09xx xxx 567'),
        ({"customer": "09012345*"}, '✓ customer like "09xxx345*": it was 09xx xxx 567'),
        ({"target": ["101", "103"]}, '✓ target in ["101", "103"]: it was 101 (Lan), 102 (Minh)'),
        ({"hotline": "present"}, "✓ present(hotline): it was 19001000 (CSKH)"),
        ({"has_recording": "yes"}, "✗ has_recording == true: it was no"),
        ({"hour": "13"}, "✗ hour == 13: it was 12"),
        ({"weekday": "mon"}, "✓ weekday == 0: it was Monday"),
        ({"note": "*x*"}, '✗ note like "*x*": it was “gọi lại 09xx xxx 567”'),
        ("len(note) > 30", "✗ len(note) > 30: it was 18"),
        ("len(target) > 1", "✓ len(target) > 1: it was 2"),
        ('lower(end_reason) == "busy"', '✗ lower(end_reason) == "busy": it was “cancel”, “cancel”'),
        ({"trunk": "absent"}, "✓ absent(trunk): there was none"),
        ({"wait": "> 1m"}, "✗ wait > 1m: it was 27 s"),
    ],
)
def test_what_was_found_is_told_in_the_words_of_its_type(source: Source, line: str) -> None:
    legs = (a_leg("101", end_reason="Cancel"), a_leg("102", end_reason="Cancel"))
    call = a_call(legs=legs, note="gọi lại 0901234567")

    assert told(a_written(source), call)[0] == line


def test_a_long_text_is_cut() -> None:
    line = told(a_written({"note": "x"}), a_call(note="vui lòng " * 100))[0]

    assert line.endswith("…")
    assert len(line) < 250


def test_many_values_are_cut_to_the_first() -> None:
    rule = compiled(one_of(Term("extension"), [str(n) for n in range(110, 140)]))

    assert '"117"]: there was none' in told(rule, a_call())[0]


def test_a_call_between_extensions_is_told_to_be_none_of_the_rules() -> None:
    rule = a_rule(test=lambda call: not call.internal)

    assert told(rule, a_call(direction=Direction.EXT))[1] == (
        "✗ an internal call, and the rule does not ask for those"
    )


@pytest.mark.parametrize(
    ("during", "outside", "lines"),
    [
        ((MORNING,), (), ["✗ during gio_lam: it was closed at 12:00 7 Sep 2026"]),
        ((), (MORNING,), ["✓ outside gio_lam: it was closed at 12:00 7 Sep 2026"]),
        ((), (ALWAYS,), ["✗ outside ca_ngay: it was open at 12:00 7 Sep 2026"]),
        (
            (MORNING, ALWAYS),
            (),
            [
                "✓ at least one of these holds:",
                "  ✗ during gio_lam: it was closed at 12:00 7 Sep 2026",
                "  ✓ during ca_ngay: it was open at 12:00 7 Sep 2026",
            ],
        ),
        (
            (),
            (MORNING, ALWAYS),
            [
                "✗ all of these hold:",
                "  ✓ outside gio_lam: it was closed at 12:00 7 Sep 2026",
                "  ✗ outside ca_ngay: it was open at 12:00 7 Sep 2026",
            ],
        ),
    ],
)
def test_calendars_are_judged_at_the_start_of_the_call(
    during: tuple[Calendar, ...], outside: tuple[Calendar, ...], lines: list[str]
) -> None:
    rule = replace(a_written("missed"), during=during, outside=outside)

    assert told(rule, a_call())[1:-1] == lines


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (a_call(), "✓ settled at 12:01:12 7 Sep 2026"),
        (a_call(ended_at=NOON + 10 * MINUTE), "✗ not settled before 12:10:45 7 Sep 2026"),
        (a_talk(ended_at=None), "✗ not settled: the call is still going on"),
        (
            a_call(ended_at=None),
            "✓ settles 45 s after it was first seen: the PBX gave no end",
        ),
        (
            a_call(ended_at=None, started_at=SCENE.now),
            "✗ settles 45 s after it was first seen: the PBX gave no end",
        ),
    ],
    ids=["settled", "too young", "going on", "no end", "no end yet"],
)
def test_whether_a_call_has_settled_is_told(call: Call, line: str) -> None:
    assert told(a_written("any"), call)[-1] == line


@given(pair=pairs_of_one_meaning, call=calls, language=st.sampled_from(Language))
def test_an_explanation_agrees_with_the_rule(pair: Pair, call: Call, language: Language) -> None:
    condition, _ = read_condition(pair.mapping, VOCABULARY)
    if condition is None:
        return

    lines: list[Judged] = explain(compiled(condition), call, book(language), scene=SCENE)

    assert lines[0].holds is compile_condition(condition, VOCABULARY, HANOI)(call)
    assert all(line.text.strip() for line in lines)


VIEWED = [
    *(Term(name) for name in FIELDS),
    *(Term(name, view) for name, f in FIELDS.items() if f.kind in TEXTUAL for view in View if view),
]


@pytest.mark.parametrize("term", VIEWED, ids=str)
@given(call=calls)
def test_what_is_told_as_found_is_what_conditions_compare(term: Term, call: Call) -> None:
    values = found(term, call, HANOI)

    there = compile_condition(Present(term), VOCABULARY, HANOI)(call)
    assert bool(values) is there
    for value in values:
        compared = comparable(value) if is_number(term) and isinstance(value, str) else value
        assert compile_condition(one_of(term, [compared]), VOCABULARY, HANOI)(call)


def is_number(term: Term) -> bool:
    return FIELDS[term.field].kind.value == "phone" and term.view is View.ITSELF


def test_an_answered_call_is_told_as_such() -> None:
    line = told(a_written("missed"), a_talk(state=CallState.ANSWERED))[0]

    assert line == "✗ missed: it was inbound, answered"


BACK = FollowUp(lambda call: not call.missed, EVERY, called_back=True)


@pytest.mark.parametrize(
    ("within", "line", "vi"),
    [
        (
            5 * MINUTE,
            "✓ what should follow had time until 12:05:27 7 Sep 2026",
            "✓ hạn chờ cuộc tiếp theo là 12:05:27 7/9/2026",
        ),
        (
            15 * MINUTE,
            "✗ what should follow has time until 12:15:27 7 Sep 2026",
            "✗ còn chờ cuộc tiếp theo đến 12:15:27 7/9/2026",
        ),
    ],
    ids=["over", "to come"],
)
def test_until_when_a_rule_waits_for_what_should_follow_is_told(
    within: timedelta, line: str, vi: str
) -> None:
    rule = replace(a_written("missed"), unless=Unless((BACK,), within))

    assert told(rule, a_call())[-1] == line
    assert told(rule, a_call(), Language.VI)[-1] == vi


@pytest.mark.parametrize(
    ("per", "call", "line"),
    [
        ("hotline", a_call(), "✓ counts for hotline 19001000 (CSKH)"),
        ("customer", a_call(), "✓ counts for customer 09xx xxx 567"),
        ("customer", a_call(customer=""), "✗ counts nowhere: it has no customer"),
        (
            "target",
            a_call(legs=(a_leg("101"), a_leg("103"))),
            "✓ counts for rung numbers 101 (Lan), 103",
        ),
    ],
    ids=["hotline", "customer", "withheld", "legs"],
)
def test_where_a_call_counts_is_told(per: str, call: Call, line: str) -> None:
    rule = replace(a_written("missed"), aggregate=Count(3, 10 * MINUTE, per))

    assert told(rule, call)[-1] == line


def test_a_count_of_all_calls_tells_only_of_the_call() -> None:
    rule = replace(a_written("missed"), aggregate=Count(3, 10 * MINUTE))

    assert told(rule, a_call()) == told(a_written("missed"), a_call())


def test_a_value_that_is_new_is_told_by_itself() -> None:
    rule = replace(a_written("missed"), aggregate=New("hotline", MINUTE))

    assert told(rule, a_call())[-1] == "✓ counts for hotline 19001000 (CSKH)"


@pytest.mark.parametrize(("call", "sign"), [(a_call(), "✓"), (a_talk(), "✗")], ids=["miss", "talk"])
def test_a_call_begins_the_wait_of_a_rule_about_quiet_anew_if_it_is_a_match(
    call: Call, sign: str
) -> None:
    rule = replace(a_written("missed"), quiet=Quiet(45 * MINUTE, "hotline"))

    assert told(rule, call)[1:] == [
        f"{sign} begins the wait for the next such call anew",
        "✓ counts for hotline 19001000 (CSKH)",
    ]


def test_a_report_is_told_to_ask_nothing_of_a_call() -> None:
    rule = a_rule(report=Report((time(17, 35),), "today", ("totals",)))

    assert told(rule, a_call()) == ["✗ a report asks nothing of a single call"]
