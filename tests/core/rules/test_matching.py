"""What each comparison, field and preset means for a call."""

from datetime import UTC, time, timedelta
from typing import Any

import pytest

from notifier.core.calendars import Calendar, Span
from notifier.core.calls import Call, CallState, Direction
from notifier.core.rules.compiling import compile_condition
from notifier.core.rules.reading import Source, Vocabulary, read_condition
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_leg, a_talk

WORKDAYS = Calendar(
    "gio_lam", HANOI, {day: (Span(time(8), time(12)), Span(time(13), time(17))) for day in range(5)}
)
VOCABULARY = Vocabulary(
    lists={
        "vip": frozenset({"0901 234 567", "19001000"}),
        "names": frozenset({"Lan", "Minh", "khách vip"}),
        "reasons": frozenset({"busy"}),
    },
    calendars={"gio_lam": WORKDAYS},
)


def matches(source: Source, call: Call) -> bool:
    condition, faults = read_condition(source, VOCABULARY)
    assert condition is not None, faults
    return compile_condition(condition, VOCABULARY, HANOI)(call)


BARE = {
    "caller": "",
    "callee": "",
    "customer": "",
    "hotline": "",
    "extension": "",
    "agent": "",
    "note": "",
    "contact_id": "",
    "user_id": "",
    "external_id": "",
    "legs": (),
    "ended_at": None,
}
"""A call of which the PBX said next to nothing: every field that can be missing is."""

NUMBERS = ("caller", "callee", "customer", "hotline", "extension")
WORDS = ("agent", "note", "contact_id", "user_id", "external_id")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        ("0901234567", True),
        ("84901234567", True),
        ("+84 901 234 567", True),
        ("== 0901.234.567", True),
        ("0901234568", False),
        ("!= 0901234567", False),
        ("!= 0901234568", True),
        ("09*", True),
        ("+84*", True),
        ("*4567", True),
        ("090123456?", True),
        ("00*", False),
        ("!= 09*", False),
        ("!= 00*", True),
        ("@vip", True),
        ("!@vip", False),
        ("!= @vip", False),
        ("present", True),
        ("absent", False),
    ],
)
def test_a_number_is_the_same_however_it_is_written(
    name: str, matcher: str, *, holds: bool
) -> None:
    said = {**BARE, name: "+84901234567" if name == "customer" else "0901234567"}
    stored = {**BARE, name: "+84901234567"}

    assert matches({name: matcher}, a_call(**said)) is holds
    assert matches({name: matcher}, a_call(**stored)) is holds


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        ("Lan", True),
        ("= Lan", True),
        ("lan", False),
        ("!= Lan", False),
        ("!= Minh", True),
        ("L*", True),
        ("?an", True),
        ("L?", False),
        ("!= L*", False),
        ("!= M*", True),
        ("@names", True),
        ("!@names", False),
        ("!@vip", True),
        ("present", True),
        ("absent", False),
    ],
)
def test_a_text_is_compared_letter_by_letter(name: str, matcher: str, *, holds: bool) -> None:
    assert matches({name: matcher}, a_call(**{name: "Lan"})) is holds


@pytest.mark.parametrize("name", [*NUMBERS, *WORDS, "target", "trunk", "end_reason"])
@pytest.mark.parametrize("matcher", ["1", "!= 1", "1*", "!= 1*", "*", "@vip", "!@vip", "present"])
def test_what_is_missing_compares_false(name: str, matcher: str) -> None:
    assert not matches({name: matcher}, a_call(**BARE))
    assert matches({"not": {name: matcher}}, a_call(**BARE))
    assert matches({name: "absent"}, a_call(**BARE))


@pytest.mark.parametrize(
    "source",
    [
        {"wait": "> 1s"},
        {"wait": "< 1s"},
        {"wait": "1s"},
        {"wait": "!= 1s"},
        {"wait": "0s..1h"},
        {"wait": "present"},
        {"miss_reason": "busy"},
        {"miss_reason": "!= busy"},
        {"ended_at": "> 2026-09-01"},
        {"ended_at": "!= 2026-09-01"},
        {"ended_at": "2026-09-01"},
        "len(note) < 5",
        "len(target) != 5",
        'lower(note) != "x"',
        'lower(note) not in "@names"',
        'lower(end_reason) not like "x*"',
    ],
    ids=str,
)
def test_a_missing_time_length_or_reason_compares_false(source: Source) -> None:
    # given: still ringing out, with nothing but a direction and a start
    call = a_call(**BARE, direction=Direction.OUT, state=CallState.UNKNOWN)

    assert not matches(source, call)
    assert matches({"not": source}, call)


TWO_LEGS = (
    a_leg("101", trunk="0281", end_reason="busy"),
    a_leg("0901234567", trunk="viettel-1", end_reason="No Answer"),
)


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ({"target": "101"}, True),
        ({"target": "+84901234567"}, True),
        ({"target": ["102", "103"]}, False),
        ({"target": "!= 101"}, False),
        ({"target": "!= 102"}, True),
        ({"target": "09*"}, True),
        ({"target": "!= 09*"}, False),
        ({"target": "@vip"}, True),
        ({"trunk": "viettel-1"}, True),
        ({"trunk": "fpt-1"}, False),
        ({"trunk": "viettel*"}, True),
        ({"trunk": "present"}, True),
        ({"end_reason": "busy"}, True),
        ({"end_reason": "b*"}, True),
        ({"end_reason": "!= b*"}, False),
        ({"end_reason": "@reasons"}, True),
        ({"end_reason": "absent"}, False),
        ("len(target) == 2", True),
        ("len(target) > 2", False),
        ('lower(end_reason) == "no answer"', True),
        ('lower(end_reason) like "no*"', True),
    ],
    ids=str,
)
def test_a_field_of_the_legs_holds_when_any_leg_does(source: Source, *, holds: bool) -> None:
    assert matches(source, a_call(legs=TWO_LEGS)) is holds


@pytest.mark.parametrize("name", ["duration", "ring", "wait"])
@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        ("> 119s", True),
        ("> 2m", False),
        (">= 2m", True),
        ("< 2m", False),
        ("< 121", True),
        ("<= 120", True),
        ("2m", True),
        ("!= 2m", False),
        ("0s..2m", True),
        ("2m..1h30m", True),
        ("121s..1h", False),
        ("= 120000ms", True),
        (["1m", "> 90s"], True),
        ("present", True),
    ],
    ids=str,
)
def test_a_duration_is_compared_in_any_unit(name: str, matcher: Source, *, holds: bool) -> None:
    at = NOON + 2 * MINUTE
    leg = a_leg(status=CallState.ANSWERED, ring=2 * MINUTE, answered_at=at)

    assert matches({name: matcher}, a_talk(legs=(leg,))) is holds


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ({"direction": "in"}, True),
        ({"direction": "!= in"}, False),
        ({"direction": ["out", "in"]}, True),
        ({"direction": "internal"}, False),
        ({"direction": "!= internal"}, True),
        ({"direction": "present"}, True),
        ({"state": "not_answered"}, True),
        ({"miss_reason": "caller_hung_up"}, True),
        ({"miss_reason": ["busy", "failed"]}, False),
        ({"has_recording": "no"}, True),
        ({"has_recording": "!= no"}, False),
        ({"has_recording": "true"}, False),
        ({"hour": "12"}, True),
        ({"hour": "8..12"}, True),
        ({"hour": ">= 13"}, False),
        ({"weekday": "mon"}, True),
        ({"weekday": "0"}, True),
        ({"weekday": "tue-sun"}, False),
        ({"weekday": "sat-mon"}, True),
        ({"weekday": ["sat", "sun"]}, False),
        ({"weekday": "mon..fri"}, True),
        ("weekday <= 4 and hour() == 12", True),
        ({"started_at": "2026-09-07"}, True),
        ({"started_at": "2026-09-07T12:00"}, True),
        ({"started_at": "2026-09-07T05:00Z"}, True),
        ({"started_at": "!= 2026-09-07T12:00"}, False),
        ({"started_at": "!= 2026-09-07"}, False),
        ({"started_at": "< 2026-09-07"}, False),
        ({"started_at": "<= 2026-09-07"}, True),
        ({"started_at": "> 2026-09-07"}, False),
        ({"started_at": ">= 2026-09-07"}, True),
        ({"started_at": "2026-09-01..2026-09-07"}, True),
        ({"started_at": ["2026-09-06", "2026-09-08"]}, False),
        ('open("gio_lam")', False),
        ("open(gio_lam)", False),
        ('not open("gio_lam")', True),
    ],
    ids=str,
)
def test_choices_hours_days_and_times_of_a_missed_call_at_noon(
    source: Source, *, holds: bool
) -> None:
    assert matches(source, a_call()) is holds


ABANDONED = a_call(state=CallState.ANSWERED)
GOING_OUT = {"direction": Direction.OUT}
WORDS_THAT_HOLD: dict[str, tuple[Call, set[str]]] = {
    "missed": (a_call(), {"missed", "inbound"}),
    "talk": (a_talk(), {"answered", "inbound"}),
    "abandoned": (ABANDONED, {"missed", "abandoned", "inbound"}),
    "forwarded": (a_call(direction=Direction.UNKNOWN), {"missed", "inbound"}),
    "outbound talk": (a_talk(**GOING_OUT), {"answered", "outbound"}),
    "unreached": (a_call(**GOING_OUT), {"unreached", "outbound"}),
    "internal": (a_talk(direction=Direction.EXT_OUT), {"answered", "internal"}),
    "unknown": (a_call(direction=Direction.UNKNOWN, customer=""), set()),
}


@pytest.mark.parametrize("kind", WORDS_THAT_HOLD)
def test_each_preset_holds_for_its_calls_and_no_others(kind: str) -> None:
    call, expected = WORDS_THAT_HOLD[kind]
    presets = ("missed", "answered", "inbound", "outbound", "unreached", "internal", "abandoned")

    assert {word for word in presets if matches(word, call)} == expected
    assert matches("any", call)


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ({"all": ["missed", {"hotline": "19001000"}]}, True),
        ({"any": ["answered", {"hotline": "19001000"}]}, True),
        ({"not": "missed"}, False),
        ({"not": {"not": "missed"}}, True),
        ({"any": ["answered", {"all": ['caller like "09*"', {"not": "outbound"}]}]}, True),
        ("missed and (answered or not outbound)", True),
        ("true", True),
        ("false", False),
        ("missed and false", False),
        ("missed or true", True),
        ("not false", True),
        ("not missed or not inbound", False),
    ],
    ids=str,
)
def test_conditions_nest(source: Source, *, holds: bool) -> None:
    assert matches(source, a_call()) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("customer in vip", True),
        ('customer in "@vip"', True),
        ("customer in @vip", True),
        ('customer not in ["@vip", "0281"]', False),
        ('customer in ("0281", 0901234567)', True),
        ("customer == 0901234567", True),
        ("0901234567 != customer", False),
        ("10s < ring <= 20s", True),
        ("20 >= ring", True),
        ('startswith(caller, "09")', True),
        ("startswith(callee, 2)", False),
        ('note like "*\\"*"', False),
        ("has_recording", False),
        ("has_recording == false", True),
        ("not present(note) and absent(agent)", True),
        ('weekday() == "mon" and weekday in ["mon", 5]', True),
        ("\n  missed\n  and inbound ", True),
        ('callee not like "00*"', True),
        ('callee   not   like "101"', False),
    ],
)
def test_an_expression_says_it_in_one_line(text: str, *, holds: bool) -> None:
    assert matches(text, a_call()) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('lower(note) == "khách vip"', True),
        ('lower(note) like "*vip*"', True),
        ('lower(note) in "@names"', True),
        ('note like "*VIP"', True),
        ('note like "*vip"', False),
        ("len(note) == 9", True),
        ("len(note) >= 10", False),
        ("note == 'Khách VIP'", True),
        ('note == "Kh\\\\ách"', False),
    ],
)
def test_a_note_can_be_read_in_small_letters_or_measured(text: str, *, holds: bool) -> None:
    assert matches(text, a_call(note="Khách VIP")) is holds


def test_a_comparison_of_local_time_crosses_midnight_where_the_business_is() -> None:
    late = a_call(started_at=NOON.astimezone(UTC) + timedelta(hours=13))

    assert matches({"weekday": "tue", "hour": "1"}, late)


def test_a_dialled_number_is_matched_as_dialled() -> None:
    abroad: dict[str, Any] = {"direction": Direction.OUT, "callee": "0066 2123 4567"}

    assert matches('direction == "out" and callee like "00*"', a_talk(**abroad))
    assert matches({"callee": "+66*"}, a_talk(**abroad))
    assert not matches({"callee": "00*"}, a_talk(callee="0901234567"))


def test_an_unplaced_hotline_can_be_asked_for() -> None:
    assert matches({"hotline": "unknown"}, a_call(hotline="unknown"))


def test_a_pattern_of_many_stars_is_answered_at_once() -> None:
    call = a_call(note="a" * 5_000)

    assert not matches({"note": "*a" * 90 + "*b"}, call)
    assert matches({"note": "a**a*?*a"}, call)


def test_the_ring_is_the_longest_of_all_legs() -> None:
    assert matches({"ring": "20s"}, a_call(legs=(a_leg(), a_leg("102", ring=3 * SECOND))))
