"""A condition asked of the table of calls picks just the calls that it is true of in Python."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.calendars import Calendar, Span
from notifier.core.calls import Call, Direction
from notifier.core.rules.compiling import compile_condition
from notifier.core.rules.faults import Vocabulary
from notifier.core.rules.fields import FIELDS, Kind
from notifier.core.rules.language import (
    EVERY,
    NEVER,
    All,
    Compare,
    Condition,
    Either,
    Fact,
    Flag,
    Like,
    Listed,
    Not,
    OneOf,
    Open,
    Order,
    Present,
    Term,
    Value,
    View,
    asks_for_internal,
    one_of,
)
from notifier.core.rules.reading import Source, read_condition
from notifier.core.rules.sql import Where, meant, where_of
from notifier.store.database import Database
from notifier.store.rows import CALL_COLUMNS, call_row, insert
from notifier.store.schema import FIRST
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_change, a_talk
from tests.config.files import HEAD
from tests.config.files import read as read_file
from tests.core.rules.strategies import calls, pairs_of_one_meaning

US = timedelta(microseconds=1)

HOURS = Calendar("gio_lam", HANOI, {day: (Span(time(8), time(12)),) for day in range(4)})
WORDS = Vocabulary(
    lists={
        "vip": frozenset({"0901 234 567", "101", "Khách VIP", "Lan"}),
        "long": frozenset({"Lan", *map(str, range(900_000_000, 900_002_000))}),
    },
    calendars={"gio_lam": HOURS},
)


def picked(where: Where, some: Sequence[Call]) -> list[bool]:
    """Return of each of `some` whether SQLite picks it from the table of calls."""
    rows = [call_row(a_change(replace(c, id=str(n))), NOON) for n, c in enumerate(some)]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        database = Database(connection)
        database.run(FIRST[0])
        database.run_many(insert("calls", CALL_COLUMNS), rows)
        sql = f"SELECT ({where.text}) AS holds FROM calls ORDER BY rowid"  # noqa: S608
        return [{0: False, 1: True}[row["holds"]] for row in database.stream(sql, where.values)]


def judged(condition: Condition, some: Iterable[Call], zone: ZoneInfo = HANOI) -> list[bool]:
    return list(map(compile_condition(condition, WORDS, zone), some))


def asked(condition: Condition, some: Sequence[Call], zone: ZoneInfo = HANOI) -> list[bool]:
    return picked(where_of(condition, WORDS, zone), some)


def read(source: Source) -> Condition:
    condition, faults = read_condition(source, WORDS)
    assert condition is not None, faults
    return condition


# --- any condition, any calls

TEXTS = ("", "Lan", "lan", "Khách VIP", "a\x00b", '"\\\u2028💥', "%_*[?'", " ", "101")
VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.PHONE: st.sampled_from(("101", "+84901234567", "viettel-1", "unknown")),
    Kind.TEXT: st.sampled_from(TEXTS),
    Kind.DURATION: st.sampled_from((0, 1, 4_999_999, 5_000_000, 5_000_001, 20_000_000)).map(
        lambda number: number * US
    ),
    Kind.HOUR: st.integers(0, 23),
    Kind.WEEKDAY: st.integers(0, 6),
    Kind.FLAG: st.booleans(),
    Kind.TIME: st.sampled_from(
        (NOON, NOON + US, NOON - US, datetime(2026, 9, 7), datetime(2026, 9, 8, 12, 0, 0, 1))  # noqa: DTZ001
    ),
    Kind.COUNT: st.integers(0, 8),
}
COUNTED = [name for name, known in FIELDS.items() if known.kind in {Kind.TEXT, Kind.PHONE}]
LOWERED = [name for name, known in FIELDS.items() if known.kind is Kind.TEXT]
ORDERED = [name for name, known in FIELDS.items() if known.kind in set(VALUES) - {Kind.FLAG}]

MEASURED = ("duration", "ring", "started_at", "ended_at")

itself = st.one_of(st.sampled_from(sorted(FIELDS)), st.sampled_from(MEASURED)).map(Term)
letters = st.sampled_from(COUNTED).map(lambda name: Term(name, View.LENGTH))
lowered = st.sampled_from(LOWERED).map(lambda name: Term(name, View.LOWER))
textual = st.one_of(st.sampled_from(COUNTED).map(Term), lowered)


def values_of(term: Term) -> st.SearchStrategy[Value]:
    known = FIELDS[term.field]
    if term.view is View.LENGTH:
        return VALUES[Kind.COUNT]
    return st.sampled_from(known.choices) if known.choices else VALUES[known.kind]


@st.composite
def comparisons(draw: st.DrawFn) -> Condition:
    measured = [name for name in ORDERED if FIELDS[name].kind not in {Kind.TEXT, Kind.PHONE}]
    term = draw(st.one_of(st.sampled_from(measured).map(Term), letters))
    return Compare(term, draw(st.sampled_from(Order)), draw(values_of(term)))


@st.composite
def memberships(draw: st.DrawFn) -> Condition:
    term = draw(st.one_of(itself, letters, lowered))
    values = draw(st.lists(values_of(term), max_size=3))
    return one_of(term, values, negated=draw(st.booleans()))


written = pairs_of_one_meaning.map(lambda pair: read_condition(pair.mapping, WORDS)[0] or EVERY)
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(
        written,
        comparisons(),
        memberships(),
        st.builds(
            Like, textual, st.sampled_from(("*", "?*", "*01", "l*", "*\x00?")), st.booleans()
        ),
        st.builds(Listed, textual, st.sampled_from(sorted(WORDS.lists)), st.booleans()),
        st.builds(Present, itself, st.booleans()),
        st.builds(Flag, st.sampled_from(Fact)),
        st.just(Open("gio_lam")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=4).map(lambda parts: Either(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)

shifts = st.sampled_from((timedelta(), US, -US, timedelta(milliseconds=1), -5 * SECOND))


@st.composite
def odd_calls(draw: st.DrawFn) -> Call:
    """Draw a call whose spans and instants lie off the second, with texts of every kind."""
    call = draw(calls)
    texts: dict[str, Any] = {
        name: draw(st.sampled_from(TEXTS)) for name in LOWERED if name != "end_reason"
    }
    return replace(
        call,
        **texts,
        caller=draw(st.sampled_from((call.caller, call.customer, *TEXTS))),
        duration=call.duration + draw(shifts),
        started_at=call.started_at + draw(shifts),
        ended_at=call.ended_at and call.ended_at + draw(shifts),
        legs=tuple(
            replace(leg, ring=leg.ring + draw(shifts), fail_code=draw(st.sampled_from((0, 486))))
            for leg in call.legs
        ),
    )


zones = st.sampled_from((HANOI, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")))


@given(condition=conditions, some=st.lists(odd_calls(), min_size=1, max_size=8), zone=zones)
@settings(max_examples=400, deadline=None)
def test_sql_picks_the_calls_that_python_does(
    condition: Condition, some: list[Call], zone: ZoneInfo
) -> None:
    where = where_of(condition, WORDS, zone)

    assert picked(where, some) == judged(condition, some, zone)


FRAGMENTS = frozenset(
    "AND OR NOT IN IS NULL judge json_array_length direction state missed duration_s ring_s "
    "started_at_ms ended_at_ms caller callee customer hotline extension agent record 'in' 'out' "
    "'unknown' 'answered' 'not_answered' '$.recording_urls' ( ) , ? = < <= > >= 0 1".split()
)


@given(condition=conditions)
def test_the_expression_is_made_of_our_own_words_only(condition: Condition) -> None:
    text = where_of(condition, WORDS, HANOI).text

    assert set(re.findall(r"\w+|'[^']*'|[<>]=?|\S", text)) <= FRAGMENTS


# --- what SQL does by itself, and what it has judged


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("any", "(1)", id="every call"),
        pytest.param("missed", "(missed = 1)", id="missed"),
        pytest.param("abandoned", "(missed = 1 AND state = 'answered')", id="abandoned"),
        pytest.param("unreached", "(direction = 'out' AND state = 'not_answered')", id="unreached"),
        pytest.param(
            "inbound",
            "(direction = 'in' OR (direction = 'unknown' AND judge(?, record)))",
            id="inbound, read whole only when it was forwarded",
        ),
        pytest.param("outbound", "(direction IN (?))", id="one direction"),
        pytest.param({"state": "!= answered"}, "(state NOT IN (?))", id="not one state"),
        pytest.param({"duration": ">= 10m"}, "(duration_s >= ?)", id="a span, from it on"),
        pytest.param(
            {"duration": "> 10m"},
            "((duration_s > ? OR (duration_s = ? AND judge(?, record))))",
            id="a span, beyond it: the second is not all of it",
        ),
        pytest.param(
            {"ring": "< 500ms"},
            "((ring_s < ? OR (ring_s = ? AND judge(?, record))))",
            id="a part of a second",
        ),
        pytest.param(
            {"started_at": "2026-09-07"},
            "((started_at_ms >= ?) AND (started_at_ms < ?))",
            id="a day",
        ),
        pytest.param(
            {"ended_at": "< 2026-09-07"},
            "(ended_at_ms IS NOT NULL AND ended_at_ms < ?)",
            id="an end that may be missing",
        ),
        pytest.param(
            {"duration": "!= 5s"},
            "(NOT (duration_s IN (?) AND judge(?, record)))",
            id="not one span",
        ),
        pytest.param({"ended_at": "absent"}, "(ended_at_ms IS NULL)", id="no end"),
        pytest.param({"miss_reason": "present"}, "(missed = 1)", id="any reason of a miss"),
        pytest.param({"miss_reason": "busy"}, "(missed = 1 AND judge(?, record))", id="one reason"),
        pytest.param(
            {"has_recording": "yes"},
            "((json_array_length(record, '$.recording_urls') > 0) IN (?))",
            id="a recording",
        ),
        pytest.param({"hotline": "@vip"}, "judge(?, hotline)", id="a number"),
        pytest.param({"agent": "L*"}, "judge(?, agent)", id="a name"),
        pytest.param('open("gio_lam")', "judge(?, started_at_ms)", id="a calendar"),
        pytest.param({"hour": ">= 18"}, "judge(?, started_at_ms)", id="an hour"),
        pytest.param({"target": "101"}, "judge(?, record)", id="legs"),
        pytest.param({"wait": "> 20s"}, "judge(?, record)", id="a wait"),
        pytest.param({"note": "*vip*"}, "judge(?, record)", id="a note"),
    ],
)
def test_columns_are_asked_wherever_they_are_enough(source: Source, text: str) -> None:
    condition = read(source)

    assert where_of(condition, WORDS, HANOI).text == text


def test_what_one_column_tells_is_judged_once_and_the_dearest_comes_last() -> None:
    condition = read(
        'target == "101" and hour >= 8 and wait > 20s and caller like "09*" and missed '
        'and has_recording == true and caller != "0901234567" and hour < 18'
    )

    assert where_of(condition, WORDS, HANOI).text == (
        "((missed = 1) AND judge(?, caller) AND judge(?, started_at_ms) AND "
        "((json_array_length(record, '$.recording_urls') > 0) IN (?)) AND judge(?, record))"
    )


def test_what_nothing_meets_and_what_everything_meets_are_said_so() -> None:
    assert picked(where_of(EVERY, WORDS, HANOI), [a_call()]) == [True]
    assert picked(where_of(NEVER, WORDS, HANOI), [a_call()]) == [False]


# --- the edges

LONGER = 5 * SECOND + US


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("value", [5 * SECOND, LONGER], ids=["whole", "with a part"])
def test_a_span_is_compared_to_the_microsecond(order: Order, value: timedelta) -> None:
    some = [a_talk(duration=span) for span in (4 * SECOND, 5 * SECOND, LONGER, 6 * SECOND)]
    condition = Compare(Term("duration"), order, value)

    assert asked(condition, some) == judged(condition, some)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("value", [NOON, NOON + US, datetime(2026, 9, 7, 12)])  # noqa: DTZ001
def test_an_instant_is_compared_to_the_microsecond(order: Order, value: datetime) -> None:
    some = [a_call(ended_at=at) for at in (None, NOON - US, NOON, NOON + US, NOON + SECOND)]
    condition = Compare(Term("ended_at"), order, value)

    assert asked(condition, some) == judged(condition, some)


@pytest.mark.parametrize("negated", [False, True], ids=["any", "none"])
@pytest.mark.parametrize("values", [[], [NOON], [NOON + US, NOON - US]], ids=["no", "one", "two"])
def test_an_instant_is_one_of_several_to_the_microsecond(
    values: list[datetime], *, negated: bool
) -> None:
    some = [a_call(ended_at=at) for at in (None, NOON - US, NOON, NOON + US, NOON + SECOND)]
    condition = one_of(Term("ended_at"), values, negated=negated)

    assert asked(condition, some) == judged(condition, some)


@pytest.mark.parametrize("field", ["caller", "agent", "note"])
@pytest.mark.parametrize("text", ["a\x00b", "\x00", '"', "'", "\\", "đ", "💥", "%", "?"])
def test_any_letter_is_itself(field: str, text: str) -> None:
    some = [a_call(**{field: value}) for value in (text, f"{text}x", "", "a")]
    alike = one_of(Term(field), [text])

    assert asked(alike, some) == judged(alike, some) == [True, False, False, False]
    assert asked(Compare(Term(field, View.LENGTH), Order.ABOVE, len(text)), some)[:2] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    "source",
    [
        {"any": [{"duration": f"> {number}s"} for number in range(2_000)]},
        {"all": [{"duration": f"> {number}s"} for number in range(390)]},
        {"caller": [str(number) for number in range(900_000_000, 900_005_000)]},
        {"started_at": [f"2026-09-07T12:00:00.{number:03}" for number in range(900)]},
        {"all": ["missed", {"customer": "@long"}]},
    ],
    ids=["many parts", "as many as SQL takes", "many numbers", "many instants", "a long list"],
)
def test_a_condition_of_any_length_is_asked(source: Source) -> None:
    condition = read(source)
    some = [a_call(duration=300 * SECOND), a_talk(), a_call(customer="+84900001000")]

    assert asked(condition, some) == judged(condition, some)


def test_what_is_too_much_for_sql_is_judged_whole() -> None:
    many = one_of(Term("ended_at"), [NOON + number * SECOND for number in range(401)])
    some: list[Condition] = [many, Not(many), All((many, Flag(Fact.MISSED))), deep(21)]

    texts = {where_of(condition, WORDS, HANOI).text for condition in some}

    assert texts == {"judge(?, record)"}


@pytest.mark.parametrize("depth", [1, 19, 20, 21, 40])
def test_a_condition_of_any_depth_is_asked(depth: int) -> None:
    some = [a_call(), a_talk(), a_talk(duration=10 * MINUTE)]
    condition = deep(depth)

    assert asked(condition, some) == judged(condition, some)


def deep(depth: int) -> Condition:
    """Return a condition in which brackets of every kind stand in `depth` others."""
    longer = Compare(Term("duration"), Order.ABOVE, 2 * MINUTE)
    condition: Condition = Not(one_of(Term("ended_at"), [NOON], negated=True))
    for number in range(depth):
        condition = All((longer, condition)) if number % 2 else Either((condition, longer))
    return condition


@pytest.mark.parametrize(
    "condition",
    [
        Compare(Term("direction"), Order.ABOVE, "in"),
        Like(Term("state"), "not*"),
        Listed(Term("direction"), "vip"),
        OneOf(Term("direction"), ()),
        OneOf(Term("ended_at"), (), negated=True),
    ],
    ids=str,
)
def test_what_no_user_can_write_is_asked_too(condition: Condition) -> None:
    some = [a_call(direction=direction) for direction in Direction]

    assert asked(condition, some) == judged(condition, some)


# --- as a rule means it


@given(
    condition=conditions, some=st.lists(odd_calls(), min_size=1, max_size=5), inside=st.booleans()
)
def test_a_rule_means_calls_between_extensions_only_where_it_or_what_is_around_it_asks(
    condition: Condition, some: list[Call], *, inside: bool
) -> None:
    holds = judged(condition, some)
    wanted = inside or asks_for_internal(condition)

    expected = [
        verdict and (wanted or not call.internal) for verdict, call in zip(holds, some, strict=True)
    ]
    assert asked(meant(condition, internal=inside), some) == expected


RULES = """
  nho: {when: missed}
  noi_bo: {when: internal}
  moi_cuoc: {when: any}
  tru_goi_di: {when: {direction: "!= out"}}
  tru_noi_bo: {when: {not: {direction: internal}}}
"""


def test_the_rules_of_a_file_judge_as_what_they_mean(tmp_path: Path) -> None:
    some = [a_call(direction=direction) for direction in Direction]
    rules = read_file(tmp_path, f"{HEAD}rules:{RULES}").rules

    by_rule = {rule.name: [rule.test(call) for call in some] for rule in rules}

    assert {rule.name: asked(meant(rule.condition), some) for rule in rules} == by_rule
    assert by_rule["noi_bo"] == [call.internal for call in some]
