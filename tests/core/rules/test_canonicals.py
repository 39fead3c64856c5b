"""Equal meaning has equal text, and the text reads back."""

from datetime import time

import pytest

from notifier.core.calendars import Calendar, Span
from notifier.core.rules.comparisons import negation
from notifier.core.rules.compiling import canonical
from notifier.core.rules.language import (
    EVERY,
    NEVER,
    Fact,
    Flag,
    Not,
    Present,
    Term,
    View,
    all_of,
    asks_for_internal,
    either_of,
)
from notifier.core.rules.reading import Source, Vocabulary, read_condition
from tests.builders import HANOI

VOCABULARY = Vocabulary(
    lists={"vip": frozenset({"0901234567"}), 'a "b" \\': frozenset()},
    calendars={"gio_lam": Calendar("gio_lam", HANOI, {0: (Span(time(8), time(12)),)})},
)


def text_of(source: Source) -> str:
    condition, faults = read_condition(source, VOCABULARY)
    assert condition is not None, faults
    return canonical(condition)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("missed and hour > 5", {"hour": "> 5", "all": ["missed"]}),
        ("missed and (hour > 5 and inbound)", "inbound and missed and hour > 5"),
        ("missed or hour > 5", {"any": [{"hour": "> 5"}, "missed", "missed"]}),
        ({"hotline": ["101", "102"]}, {"hotline": ["102", "101", "102"]}),
        ("hotline == 101 or hotline == 102", {"hotline": ["102", "101"]}),
        ("hotline != 101 and hotline != 102", "hotline not in [102, 101]"),
        ({"customer": "0901234567"}, {"customer": "+84 901 234 567"}),
        ({"duration": "> 1h30m"}, "5400 < duration"),
        ({"duration": "0s..5s"}, "0s <= duration <= 5s"),
        ("not (duration > 5)", "duration <= 5s"),
        ("not not missed", "missed"),
        ("not hour == 5", "hour != 5"),
        ("not has_recording", {"has_recording": "!= yes"}),
        ("not present(note)", {"note": "absent"}),
        ({"direction": "internal"}, "internal"),
        ({"direction": "out"}, "outbound"),
        ({"weekday": "mon-wed"}, "weekday in [0, 1, 2]"),
        ({"callee": "00*"}, 'startswith(callee, "00")'),
        ({"callee": "00**"}, 'callee like "00*"'),
        ({"callee": "!= @vip"}, "callee not in vip"),
        ({"started_at": "2026-09-07"}, 'started_at >= "2026-09-07" and started_at < "2026-09-08"'),
        ("any", "missed or true"),
        ("any", "any and true"),
        ("false", "missed and false"),
    ],
    ids=str,
)
def test_equal_meaning_has_equal_text(one: Source, other: Source) -> None:
    assert text_of(one) == text_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("missed", "not missed"),
        ("missed and inbound", "missed or inbound"),
        ('note != "a"', 'not note == "a"'),
        ({"customer": "@vip"}, {"customer": "!@vip"}),
        ({"note": "a*"}, {"note": "!= a*"}),
        ({"note": "= a*"}, {"note": "a*"}),
        ("wait > 5", "not wait <= 5"),
        ("duration > 5", "duration > 5m"),
    ],
    ids=str,
)
def test_other_meaning_has_other_text(one: Source, other: Source) -> None:
    assert text_of(one) != text_of(other)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            {"all": ["missed", {"customer": "@vip", "ring": "> 1d2h3m4s5ms"}]},
            '(customer in "@vip" and missed and ring > 1d2h3m4s5ms)',
        ),
        ({"duration": "0"}, "duration == 0s"),
        ({"has_recording": "yes"}, "has_recording == true"),
        ({"not": {"any": ["missed", 'open("gio_lam")']}}, 'not (missed or open("gio_lam"))'),
        ({"note": 'say "x" \\'}, 'note == "say \\"x\\" \\\\"'),
        ({"customer": '@a "b" \\'}, 'customer in "@a \\"b\\" \\\\"'),
        ('lower(note) not like "*a"', 'lower(note) not like "*a"'),
        ("present(len(note))", "present(len(note))"),
        ({"started_at": "< 2026-09-07T05:00Z"}, 'started_at < "2026-09-07T05:00:00+00:00"'),
        ("any", "any"),
        ("false", "false"),
    ],
    ids=str,
)
def test_the_text_is_an_expression_that_reads_back(source: Source, text: str) -> None:
    assert text_of(source) == text
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("internal", True),
        ({"direction": ["in", "ext_in"]}, True),
        ({"any": ["missed", {"not": {"direction": "ext"}}]}, True),
        ("any", False),
        ("not missed", False),
        ({"direction": "in", "duration": "> 10m"}, False),
    ],
    ids=str,
)
def test_a_condition_tells_whether_it_names_internal_calls(source: Source, *, asks: bool) -> None:
    condition, _ = read_condition(source, VOCABULARY)

    assert condition is not None
    assert asks_for_internal(condition) is asks


def test_what_is_always_there_is_not_turned_into_missing() -> None:
    always = Present(Term("duration"))

    assert negation(always) == Not(always)


def test_nothing_joined_is_every_call_or_none() -> None:
    assert all_of(()) == EVERY
    assert either_of(()) == NEVER
    assert either_of((Flag(Fact.MISSED), NEVER)) == Flag(Fact.MISSED)


def test_a_term_reads_as_users_write_it() -> None:
    assert [str(Term("note", view)) for view in View] == ["note", "len(note)", "lower(note)"]
