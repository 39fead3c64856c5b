"""Conditions and rules in words, in both languages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alerts import Language, Severity
from notifier.core.calls import CallState, Direction
from notifier.core.phones import Mask
from notifier.core.report_parts import Part
from notifier.core.reports import Covers
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.descriptions import rule_sentence
from notifier.core.rules.fields import FIELDS, PRESETS, TEXTUAL, Kind
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
    one_of,
)
from notifier.core.rules.model import (
    Digest,
    Escalation,
    FollowUp,
    Group,
    Limit,
    Quiet,
    Report,
    Rule,
    Stale,
    Throttle,
    Unless,
)
from notifier.core.rules.naming import MOST_NAMED, Namer, Naming, runs
from notifier.core.rules.reading import Source, Vocabulary, read_condition
from notifier.core.rules.sentences import sentence
from notifier.text import book
from tests.builders import DIRECTORY, HANOI, MINUTE, NOON, SECOND, a_rule
from tests.core.rules.strategies import VOCABULARY as SMALL

VIP = frozenset(f"09012345{n}" for n in range(10, 22))
VOCABULARY = Vocabulary(
    {"vip": VIP, "mot": frozenset({"0912000111"}), "ten": frozenset({"Lan", "Minh"})},
    SMALL.calendars,
)
NAMING = Naming(HANOI, {name: len(v) for name, v in VOCABULARY.lists.items()}, DIRECTORY)


def said(source: Source, language: Language = Language.EN) -> str:
    condition, faults = read_condition(source, VOCABULARY)
    assert condition is not None, faults
    return sentence(condition, book(language), NAMING)


@pytest.mark.parametrize(
    ("preset", "vi", "en"),
    [
        ("any", "mọi cuộc gọi", "any call"),
        ("missed", "cuộc gọi nhỡ", "a missed call"),
        ("answered", "cuộc gọi có người nghe máy", "an answered call"),
        ("inbound", "cuộc gọi đến", "an inbound call"),
        ("outbound", "cuộc gọi đi", "an outbound call"),
        ("internal", "cuộc gọi nội bộ", "an internal call"),
        (
            "unreached",
            "cuộc gọi đi mà khách không nghe máy",
            "an outbound call that the customer did not pick up",
        ),
        (
            "abandoned",
            "cuộc gọi mà khách cúp máy trong lúc chờ kết nối",
            "a call abandoned while waiting",
        ),
    ],
)
def test_a_preset_is_a_noun(preset: str, vi: str, en: str) -> None:
    assert said(preset, Language.VI) == vi
    assert said(preset) == en


def test_every_preset_has_its_noun() -> None:
    plain = {said(preset) for preset in PRESETS}

    assert len(plain) == len(PRESETS)
    assert not any("whose" in noun or "(" in noun for noun in plain)


@pytest.mark.parametrize(
    ("source", "vi", "en"),
    [
        pytest.param(
            'missed and direction == "in" and hotline == 19001000 and wait > 10m',
            "cuộc gọi đến bị nhỡ, hotline 19001000 (CSKH), và khách chờ trên 10 phút",
            "a missed inbound call on hotline 19001000 (CSKH) whose customer waited more than "
            "10 min",
            id="kind, place and one more",
        ),
        pytest.param(
            {"direction": "in", "hotline": "19001000", "duration": "> 10m"},
            "cuộc gọi đến, hotline 19001000 (CSKH), và thời lượng trên 10 phút",
            "an inbound call on hotline 19001000 (CSKH) that lasted more than 10 min",
            id="mapping",
        ),
        pytest.param(
            {"all": ["missed", {"customer": "@vip"}]},
            "cuộc gọi nhỡ, số khách thuộc danh sách vip (12 số)",
            "a missed call whose customer is in the list vip (12 numbers)",
            id="list",
        ),
        pytest.param(
            'direction == "out" and callee like "00*" and not open("gio_lam")',
            "cuộc gọi đi, số được gọi bắt đầu bằng “00”, và bắt đầu ngoài giờ mở của lịch gio_lam",
            "an outbound call whose dialled number starts with “00” and that began while gio_lam "
            "was closed",
            id="pattern and hours",
        ),
        pytest.param(
            {"hotline": "19001000", "duration": "5s..1m", "agent": "Lan"},
            "cuộc gọi, hotline 19001000 (CSKH), thời lượng từ 5 giây đến 1 phút, "
            "và nhân viên là “Lan”",
            "a call on hotline 19001000 (CSKH) that lasted from 5 s to 1 min and whose agent is "
            "“Lan”",
            id="range after a place",
        ),
        pytest.param(
            "missed and ring > 25s and hour() in [12, 13, 18]",
            "cuộc gọi nhỡ, đổ chuông trên 25 giây, và bắt đầu lúc 12:00–13:59 hoặc 18:00–18:59",
            "a missed call that rang for more than 25 s and that began at 12:00–13:59 or "
            "18:00–18:59",
            id="hours",
        ),
        pytest.param(
            {"weekday": ["mon-fri", "sun"], "hour": "8..17", "note": "*gấp*"},
            "cuộc gọi mà bắt đầu vào thứ Hai–thứ Sáu hoặc Chủ nhật, bắt đầu lúc 08:00–17:59, "
            "và ghi chú chứa “gấp”",
            "a call that began on Monday–Friday or Sunday, that began at 08:00–17:59 and whose "
            "note contains “gấp”",
            id="days",
        ),
        pytest.param(
            {"any": ["missed", {"all": ["outbound", {"ring": ">= 1m"}]}, {"customer": "absent"}]},
            "cuộc gọi nhỡ; cuộc gọi đi, đổ chuông từ 1 phút trở lên; "
            "hoặc cuộc gọi mà không có số khách",
            "a missed call; an outbound call that rang for at least 1 min; or a call without "
            "customer",
            id="any of several",
        ),
        pytest.param(
            'missed and (customer in vip or (hotline == 19001000 and not open("gio_lam")))',
            "cuộc gọi nhỡ, (số khách thuộc danh sách vip (12 số) hoặc (hotline 19001000 (CSKH), "
            "và bắt đầu ngoài giờ mở của lịch gio_lam))",
            "a missed call (whose customer is in the list vip (12 numbers) or (on hotline "
            "19001000 (CSKH) and that began while gio_lam was closed))",
            id="nested",
        ),
        pytest.param(
            {"not": {"all": ["missed", {"hotline": "19001000"}]}},
            "cuộc gọi mà không phải (cuộc gọi nhỡ, hotline 19001000 (CSKH))",
            "a call that is not (a missed call on hotline 19001000 (CSKH))",
            id="not all",
        ),
        pytest.param(
            {"started_at": "2026-09-07", "ended_at": "< 2026-09-07T09:30:15"},
            "cuộc gọi mà bắt đầu từ 00:00 7/9/2026 đến trước 00:00 8/9/2026, "
            "và kết thúc trước 09:30:15 7/9/2026",
            "a call that began from 00:00 7 Sep 2026 until 00:00 8 Sep 2026 and that ended before "
            "09:30:15 7 Sep 2026",
            id="instants",
        ),
        pytest.param(
            'len(note) > 10 and len(target) >= 2 and lower(agent) == "lan"',
            "cuộc gọi mà ghi chú dài trên 10 ký tự, có từ 2 trở lên máy đổ chuông, "
            "và nhân viên viết thường là “lan”",
            "a call whose note is more than 10 letters long, with at least 2 rung numbers and "
            "whose agent in lower case is “lan”",
            id="views",
        ),
        pytest.param(
            {"target": ["101", "102"], "state": "answered", "miss_reason": "absent"},
            "cuộc gọi mà trong máy đổ chuông có 101 (Lan) hoặc 102 (Minh), "
            "trạng thái là đã nghe máy, và không có lý do nhỡ",
            "a call whose rung numbers include 101 (Lan) or 102 (Minh), whose state is answered "
            "and without reason of the miss",
            id="choices and people",
        ),
    ],
)
def test_a_condition_reads_as_people_would_say_it(source: Source, vi: str, en: str) -> None:
    assert said(source, Language.VI) == vi
    assert said(source) == en


CUSTOMER = Term("customer")
NOTE = Term("note")
TARGET = Term("target")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Not(Flag(Fact.MISSED)), "that was not missed"),
        (Not(Not(Flag(Fact.MISSED))), "that was missed"),
        (Not(Open("gio_lam")), "that began while gio_lam was closed"),
        (Open("gio_lam"), "that began while gio_lam was open"),
        (Not(Present(NOTE)), "without note"),
        (Not(Present(NOTE, negated=True)), "whose note is known"),
        (Listed(CUSTOMER, "vip", negated=True), "whose customer is not in the list vip"),
        (Not(Listed(CUSTOMER, "vip")), "is not in the list vip (12 numbers) (or missing)"),
        (Not(Listed(CUSTOMER, "vip", negated=True)), "is in the list vip (12 numbers) (or miss"),
        (Listed(CUSTOMER, "mot"), "in the list mot (1 number)"),
        (Listed(Term("agent"), "ten"), "in the list ten (2 entries)"),
        (Not(one_of(Term("hotline"), ["101"])), "whose hotline is not 101 (Lan) (or missing)"),
        (one_of(Term("hotline"), ["unknown"]), "on hotline unknown"),
        (Not(Compare(Term("duration"), Order.ABOVE, MINUTE)), "that lasted at most 1 min"),
        (Not(Compare(Term("duration"), Order.AT_MOST, MINUTE)), "that lasted more than 1 min"),
        (Not(Compare(Term("wait"), Order.BELOW, MINUTE)), "waited at least 1 min (or missing)"),
        (Not(Compare(Term("wait"), Order.AT_LEAST, MINUTE)), "waited less than 1 min (or miss"),
        (one_of(Term("ring"), [SECOND, MINUTE]), "that rang for exactly 1 s or 1 min"),
        (one_of(Term("ring"), [SECOND], negated=True), "that rang for not exactly 1 s"),
        (one_of(Term("started_at"), [NOON]), "that began exactly at 12:00 7 Sep 2026"),
        (Like(NOTE, "*x"), "whose note ends with “x”"),
        (Like(NOTE, "x*"), "whose note starts with “x”"),
        (Like(NOTE, "x*y"), "whose note looks like “x*y”"),
        (Like(NOTE, "?x*"), "whose note looks like “?x*”"),
        (Like(NOTE, "*"), "whose note looks like “*”"),
        (Like(NOTE, "x"), "whose note looks like “x”"),
        (Like(NOTE, "*x*", negated=True), "whose note does not contain “x”"),
        (Like(TARGET, "1*"), "one of whose rung numbers starts with “1”"),
        (Like(TARGET, "1*", negated=True), "none of whose rung numbers starts with “1”"),
        (one_of(Term("has_recording"), [True]), "that was recorded"),
        (one_of(Term("has_recording"), [True], negated=True), "that was not recorded"),
        (one_of(Term("has_recording"), []), "that cannot be"),
        (Not(one_of(Term("has_recording"), [])), "of any kind"),
        (Compare(Term("hour"), Order.ABOVE, 20), "that began at 21:00–23:59"),
        (Compare(Term("hour"), Order.BELOW, 8), "that began at 00:00–07:59"),
        (Compare(Term("weekday"), Order.AT_LEAST, 5), "that began on Saturday–Sunday"),
        (one_of(Term("weekday"), [0], negated=True), "that began on Tuesday–Sunday"),
        (one_of(Term("direction"), ["ext_in"]), "whose direction is internal, receiving"),
        (one_of(Term("miss_reason"), ["busy"]), "whose reason of the miss is line busy"),
        (All((NEVER, Flag(Fact.MISSED))), "a missed call that cannot be"),
        (All((EVERY, Open("gio_lam"))), "a call of any kind and that began while gio_lam was op"),
        (NEVER, "no call at all"),
        (Either((Flag(Fact.MISSED),)), "a missed call"),
        (Not(Either((Flag(Fact.MISSED), NEVER))), "that is not (a missed call; or no call at a"),
    ],
)
def test_every_form_of_a_condition_has_its_words(condition: Condition, words: str) -> None:
    assert words in sentence(condition, book(Language.EN), NAMING)


@pytest.mark.parametrize(
    ("way", "noun"),
    [
        ("in", "an answered inbound call"),
        ("out", "an answered outbound call"),
        ("internal", "an answered internal call"),
    ],
)
def test_how_and_which_way_make_one_noun(way: str, noun: str) -> None:
    assert said({"all": ["answered", {"direction": way}]}) == noun


def test_a_way_that_does_not_go_with_the_end_stays_a_clause() -> None:
    condition = All((Flag(Fact.MISSED), one_of(Term("direction"), ["out"])))

    words = sentence(condition, book(Language.EN), NAMING)

    assert words == "a missed call whose direction is outbound"


def test_comparisons_of_one_clock_are_told_as_the_time_that_they_leave() -> None:
    assert said("hour() >= 9 and hour() < 12") == "a call that began at 09:00–11:59"
    assert said("hour() >= 9 and missed and hour() != 12") == (
        "a missed call that began at 09:00–11:59 or 13:00–23:59"
    )


def test_only_the_ends_of_one_field_are_a_range() -> None:
    assert said({"ring": ">= 5s", "duration": "<= 9s"}) == (
        "a call that rang for at least 5 s and that lasted at most 9 s"
    )
    assert said("ring >= 5s and ring < 9s and ring > 6s") == (
        "a call that rang for at least 5 s and less than 9 s and that rang for more than 6 s"
    )


@pytest.mark.parametrize(
    ("term", "number", "shown"),
    [
        ("customer", "+84901234567", "09xx xxx 567"),
        ("caller", "0901234567", "09xxxxx567"),
        ("target", "+84901234567", "09xx xxx 567"),
        ("hotline", "+842873001234", "028 7300 1234"),
        ("trunk", "02873001234", "02873001234"),
        ("callee", "19001000", "19001000 (CSKH)"),
        ("callee", "18001234", "18001234"),
        ("extension", "101", "101 (Lan)"),
        ("trunk", "viettel-1", "viettel-1"),
    ],
)
def test_only_what_may_be_a_customers_number_is_masked(term: str, number: str, shown: str) -> None:
    condition = one_of(Term(term), [number])

    assert sentence(condition, book(Language.EN), NAMING).endswith(f" {shown}")


def test_a_reader_who_may_see_them_sees_whole_numbers() -> None:
    naming = Naming(HANOI, mask=Mask.FULL)

    words = sentence(one_of(CUSTOMER, ["+84901234567"]), book(Language.EN), naming)

    assert words == "a call whose customer is 0901 234 567"


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (Like(CUSTOMER, "+84901234567*"), "“+84xxxxxx567”"),
        (Like(CUSTOMER, "0901234?67"), "“09xxxx4?67”"),
        (Like(CUSTOMER, "*1234567"), "“1234567”"),
        (Like(Term("hotline"), "02873001*"), "“02873001”"),
        (Like(NOTE, "*gọi 0901234567*"), "“gọi 09xx xxx 567”"),
        (one_of(NOTE, ["gọi 0901234567\nngay"]), "“gọi 09xx xxx 567 ngay”"),
        (one_of(Term("external_id"), ["0901234567"]), "“0901234567”"),
    ],
)
def test_patterns_and_notes_show_no_whole_number(condition: Condition, shown: str) -> None:
    words = sentence(condition, book(Language.EN), NAMING)

    assert words.endswith(f" {shown}")


def test_of_very_many_values_the_first_are_named_and_the_rest_counted() -> None:
    many = one_of(Term("extension"), [str(n) for n in range(110, 110 + MOST_NAMED + 3)])
    one_more = one_of(Term("extension"), [str(n) for n in range(110, 110 + MOST_NAMED + 1)])

    assert sentence(many, book(Language.EN), NAMING).endswith("116, 117 and 3 others")
    assert sentence(one_more, book(Language.EN), NAMING).endswith("116, 117 and 1 other")


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(), "0 s"),
        (timedelta(milliseconds=1_500), "1 s 500 ms"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4), "1 day 2 h 3 min 4 s"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_length_is_told_exactly(length: timedelta, text: str) -> None:
    assert Namer(book(Language.EN), NAMING).length(length) == text


def test_an_instant_without_an_offset_is_on_the_files_clock() -> None:
    naive = NOON.astimezone(HANOI).replace(tzinfo=None)
    namer = Namer(book(Language.EN), NAMING)

    assert namer.instant(naive) == namer.instant(NOON) == "12:00 7 Sep 2026"


@given(numbers=st.frozensets(st.integers(0, 30)))
def test_runs_hold_just_the_numbers_and_touch_nowhere(numbers: frozenset[int]) -> None:
    found = runs(numbers)

    assert {n for first, last in found for n in range(first, last + 1)} == numbers
    assert all(second[0] > first[1] + 1 for first, second in pairwise(found))


texts = st.text(max_size=12) | st.sampled_from(("0901234567", "+84901234567", "101", "unknown"))
patterns = st.text(st.sampled_from("*?09ax {}%"), max_size=8)
lengths = st.timedeltas(timedelta(), timedelta(days=366))
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31)) | st.datetimes(  # noqa: DTZ001
    datetime(2000, 1, 1),  # noqa: DTZ001
    datetime(2100, 12, 31),  # noqa: DTZ001
    timezones=st.just(HANOI),
)
MEASURES: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.DURATION: lengths,
    Kind.TIME: instants,
    Kind.HOUR: st.integers(0, 23),
    Kind.WEEKDAY: st.integers(0, 6),
    Kind.COUNT: st.integers(0, 2_000),
}


def several(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Sequence[Value]]:
    return st.lists(values, min_size=1, max_size=12)


@st.composite
def comparisons(draw: st.DrawFn) -> Condition:
    """Return a comparison that the reader could make: any field, in any of its forms."""
    name = draw(st.sampled_from(sorted(FIELDS)))
    field, negated = FIELDS[name], draw(st.booleans())
    if field.kind in TEXTUAL:
        view = draw(st.sampled_from(View))
        term = Term(name, view)
        if view is View.LENGTH:
            return draw(measured(term, MEASURES[Kind.COUNT]))
        forms: list[st.SearchStrategy[Condition]] = [
            several(texts).map(lambda values: one_of(term, values, negated=negated)),
            patterns.map(lambda pattern: Like(term, pattern, negated)),
            st.sampled_from(sorted(VOCABULARY.lists)).map(lambda n: Listed(term, n, negated)),
            st.just(Present(term, negated)),
        ]
        return draw(st.one_of(forms))
    term = Term(name)
    if field.kind in MEASURES:
        return draw(measured(term, MEASURES[field.kind]) | st.just(Present(term, negated)))
    choices: Sequence[Value] = field.choices or (False, True)
    values = draw(st.sets(st.sampled_from(choices), min_size=1))
    chosen: list[Condition] = [one_of(term, values, negated=negated), Present(term, negated)]
    return draw(st.sampled_from(chosen))


def measured(term: Term, values: st.SearchStrategy[Value]) -> st.SearchStrategy[Condition]:
    return st.builds(Compare, st.just(term), st.sampled_from(Order), values) | st.builds(
        lambda some, negated: one_of(term, some, negated=negated), several(values), st.booleans()
    )


conditions: st.SearchStrategy[Condition] = st.recursive(
    comparisons() | st.builds(Flag, st.sampled_from(Fact)) | st.just(Open("gio_lam")),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, max_size=4).map(lambda parts: All(tuple(parts)))
        | st.lists(inner, max_size=4).map(lambda parts: Either(tuple(parts)))
    ),
    max_leaves=10,
)


@given(condition=conditions, mask=st.sampled_from(Mask))
def test_any_condition_can_be_said_in_both_languages(condition: Condition, mask: Mask) -> None:
    naming = Naming(HANOI, NAMING.lists, DIRECTORY, mask)

    words = {language: sentence(condition, book(language), naming) for language in Language}

    assert all(text.strip() for text in words.values())
    assert words[Language.VI] != words[Language.EN]


@given(condition=conditions)
def test_the_numbers_of_a_list_are_never_told(condition: Condition) -> None:
    for language in Language:
        words = sentence(condition, book(language), NAMING)

        assert not any(number in words for number in VIP)


@given(values=several(texts), data=st.data())
def test_a_sentence_does_not_hang_on_the_order_of_values(
    values: list[Value], data: st.DataObject
) -> None:
    turned = data.draw(st.permutations(values))
    say = book(Language.EN)

    one, other = (OneOf(CUSTOMER, tuple(order)) for order in (values, turned))

    assert sentence(one, say, NAMING) == sentence(other, say, NAMING)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("language", Language)
def test_every_field_has_its_noun(name: str, language: Language) -> None:
    assert Namer(book(language), NAMING).term(Term(name))


@pytest.mark.parametrize("language", Language)
def test_every_choice_has_its_word(language: Language) -> None:
    namer = Namer(book(language), NAMING)

    for direction in Direction:
        assert namer.value(Term("direction"), direction.value)
    for state in CallState:
        assert namer.value(Term("state"), state.value)


def test_a_truth_is_a_word() -> None:
    namer = Namer(book(Language.EN), NAMING)

    assert [namer.value(Term("has_recording"), truth) for truth in (True, False)] == ["yes", "no"]


HOURS = VOCABULARY.calendars["gio_lam"]


def test_a_plain_rule_in_words() -> None:
    rule = a_rule(condition=Flag(Fact.MISSED))

    assert rule_sentence(rule, book(Language.EN), NAMING) == (
        "Alerts on a missed call; judged 45 s after the call has ended; one alert is about one "
        "call; every match alerts; within the chat's common limit; older than 30 min it goes into "
        "one message with others; severity info; to quan_ly."
    )
    assert rule_sentence(rule, book(Language.VI), NAMING) == (
        "Cảnh báo khi có cuộc gọi nhỡ; xét sau khi cuộc gọi kết thúc 45 giây; mỗi cảnh báo là về "
        "một cuộc gọi; lần khớp nào cũng cảnh báo; theo giới hạn chung của nơi nhận; cũ hơn 30 "
        "phút thì gộp chung vào một tin; mức thông tin; gửi tới quan_ly."
    )


def test_a_rule_with_everything_in_words() -> None:
    rule = a_rule(
        condition=Flag(Fact.MISSED),
        during=(HOURS,),
        outside=(HOURS, HOURS),
        settle=timedelta(),
        key="customer",
        every=Throttle((15 * MINUTE, 60 * MINUTE), 60 * MINUTE),
        limit=Limit(1, 10 * MINUTE),
        stale=Stale.DROP,
        severity=Severity.CRITICAL,
        to=("quan_ly", "crm"),
    )

    assert rule_sentence(rule, book(Language.EN), NAMING) == (
        "Alerts on a missed call; only during gio_lam; only outside gio_lam or gio_lam; judged as "
        "soon as the call has ended; one alert is about one customer; after an alert the same is "
        "not told again for 15 min, then 1 h; at most 1 message to a chat in 10 min, the rest as "
        "one; older than 30 min it is not sent; severity critical; to quan_ly, crm."
    )


@pytest.mark.parametrize(
    ("stale", "words"),
    [
        (Stale.SEND, "; older than 30 min it is still sent;"),
        (Stale.DIGEST, "; older than 30 min it goes into one message with others;"),
        (Stale.DROP, "; older than 30 min it is not sent;"),
    ],
)
def test_what_becomes_of_old_matches_is_told(stale: Stale, words: str) -> None:
    assert words in rule_sentence(a_rule(stale=stale), book(Language.EN), NAMING)


def test_a_rule_that_knows_no_age_says_so() -> None:
    rule = a_rule(max_age=timedelta(days=3_650), to=())

    assert rule_sentence(rule, book(Language.EN), NAMING).endswith(
        "; sent however old; severity info."
    )


def test_a_pause_that_grows_long_is_told_by_its_beginning_and_end() -> None:
    rule = a_rule(every=Throttle(tuple(n * MINUTE for n in range(1, 9)), MINUTE))

    assert " for 1 min, 2 min, 3 min, 4 min, …, then 8 min;" in rule_sentence(
        rule, book(Language.EN), NAMING
    )


HOUR = 60 * MINUTE
MISSED, INBOUND, ANSWERED = (PRESETS[name] for name in ("missed", "inbound", "answered"))
BACK = FollowUp(lambda call: not call.missed, ANSWERED, called_back=True)
ANOTHER = FollowUp(lambda call: not call.missed, ANSWERED, ("hotline", "target"))


def parts_of(rule: Rule, language: Language = Language.EN) -> list[str]:
    return rule_sentence(rule, book(language), NAMING).removesuffix(".").split("; ")


WINDOWS = [
    pytest.param(
        Count(5, 10 * MINUTE, "hotline"),
        "Cảnh báo khi có cuộc gọi nhỡ, từ 5 cuộc trở lên của cùng một hotline trong 10 phút",
        "Alerts on a missed call once there are at least 5 within 10 min with the same hotline",
        id="count by hotline",
    ),
    pytest.param(
        Count(3, HOUR, "target"),
        "Cảnh báo khi có cuộc gọi nhỡ, từ 3 cuộc trở lên của cùng một máy đổ chuông trong 1 giờ",
        "Alerts on a missed call once there are at least 3 within 1 h with the same rung number",
        id="count by leg",
    ),
    pytest.param(
        Distinct("customer", 4, HOUR),
        "Cảnh báo khi có cuộc gọi nhỡ, với từ 4 số khách khác nhau trở lên trong 1 giờ",
        "Alerts on a missed call once there are at least 4 different values of customer within 1 h",
        id="distinct",
    ),
    pytest.param(
        Sum("ring", 30 * MINUTE, HOUR, "extension"),
        "Cảnh báo khi có cuộc gọi nhỡ, tổng thời gian đổ chuông các cuộc của cùng một máy lẻ "
        "trong 1 giờ trên 30 phút",
        "Alerts on a missed call once the ringing time of all within 1 h with the same extension "
        "is more than 30 min together",
        id="sum",
    ),
    pytest.param(
        Ratio(lambda _: True, HOUR, 10, above=0.2, counts=MISSED),
        "Cảnh báo khi có cuộc gọi nhỡ, trong 1 giờ có từ 10 cuộc trở lên, và trên 20 % trong số đó "
        "là cuộc gọi nhỡ",
        "Alerts on a missed call once there are at least 10 within 1 h, and more than 20% of them "
        "are: a missed call",
        id="share above",
    ),
    pytest.param(
        Ratio(lambda _: True, HOUR, 10, above=0.955, below=0.2, counts=MISSED),
        "Cảnh báo khi có cuộc gọi nhỡ, trong 1 giờ có từ 10 cuộc trở lên, và trên 95,5 % hoặc dưới "
        "20 % trong số đó là cuộc gọi nhỡ",
        "Alerts on a missed call once there are at least 10 within 1 h, and more than 95.5% or "
        "less than 20% of them are: a missed call",
        id="share above or below",
    ),
    pytest.param(
        Spike(2.5, 4, 10),
        "Cảnh báo khi có cuộc gọi nhỡ, từ 10 cuộc trở lên trong 1 giờ, gấp từ 2,5 lần mức trung "
        "bình cùng giờ của 4 tuần trước",
        "Alerts on a missed call once there are at least 10 within 1 h, and 2.5 times as many as "
        "at the same hour of the past 4 weeks on average",
        id="spike",
    ),
    pytest.param(
        New("customer", timedelta(days=90)),
        "Cảnh báo khi có cuộc gọi nhỡ, với số khách chưa gặp trong 90 ngày trước đó",
        "Alerts on a missed call whose customer no such call has had for 90 days",
        id="new",
    ),
]


@pytest.mark.parametrize(("aggregate", "vi", "en"), WINDOWS)
def test_what_a_rule_asks_of_several_calls_is_told(aggregate: Aggregate, vi: str, en: str) -> None:
    rule = a_rule(condition=MISSED, aggregate=aggregate)

    assert parts_of(rule, Language.VI)[0] == vi
    assert parts_of(rule)[0] == en


def test_what_starts_a_count_again_is_told() -> None:
    count = Count(3, HOUR, "customer", lambda call: not call.missed, ANSWERED)
    rule = a_rule(condition=MISSED, aggregate=count)

    assert "an answered call starts the count again" in parts_of(rule)
    assert "có cuộc gọi có người nghe máy thì đếm lại từ đầu" in parts_of(rule, Language.VI)


@pytest.mark.parametrize(
    ("unless", "vi", "en"),
    [
        pytest.param(
            Unless((BACK,), 15 * MINUTE, (HOURS,)),
            "Cảnh báo khi có cuộc gọi nhỡ, mà trong 15 phút (tính theo giờ mở của lịch gio_lam) "
            "khách chưa được gọi lại",
            "Alerts on a missed call whose customer has not been called back within 15 min of "
            "gio_lam time",
            id="call back by business time",
        ),
        pytest.param(
            Unless((BACK, ANOTHER), HOUR),
            "Cảnh báo khi có cuộc gọi nhỡ, mà trong 1 giờ chưa có cuộc gọi lại hoặc cuộc gọi có "
            "người nghe máy cùng hotline và máy đổ chuông sau đó",
            "Alerts on a missed call that is not followed within 1 h by a call back or an answered "
            "call with the same hotline and rung number",
            id="another follow-up",
        ),
    ],
)
def test_what_a_rule_waits_for_is_told(unless: Unless, vi: str, en: str) -> None:
    rule = a_rule(condition=MISSED, unless=unless)

    assert parts_of(rule, Language.VI)[0] == vi
    assert parts_of(rule)[0] == en


def test_a_rule_about_calls_that_do_not_come_is_told_whole() -> None:
    rule = a_rule(
        condition=MISSED,
        during=(HOURS,),
        unless=Unless((BACK,), 15 * MINUTE),
        key="customer",
        lag=2 * MINUTE,
        every=Throttle((30 * MINUTE,), HOUR),
        escalate=(
            Escalation(15 * MINUTE, ("truong_nhom",)),
            Escalation(45 * MINUTE, ("giam_doc", "crm")),
        ),
        resolve=(BACK,),
        severity=Severity.WARNING,
    )

    assert rule_sentence(rule, book(Language.EN), NAMING) == (
        "Alerts on a missed call whose customer has not been called back within 15 min; only "
        "during gio_lam; judged 45 s after the call has ended; judged another 2 min later, since "
        "calls may be listed late; one alert is about one customer; an open alert is told again "
        "after 30 min until somebody takes it; while an alert is open, further matches are added "
        "to it; within the chat's common limit; older than 30 min it goes into one message with "
        "others; severity warning; to quan_ly; to truong_nhom as well if nobody has taken it after "
        "15 min; to giam_doc, crm as well if nobody has taken it after 45 min; over with a call "
        "back."
    )
    assert rule_sentence(rule, book(Language.VI), NAMING) == (
        "Cảnh báo khi có cuộc gọi nhỡ, mà trong 15 phút khách chưa được gọi lại; chỉ trong giờ mở "
        "của lịch gio_lam; xét sau khi cuộc gọi kết thúc 45 giây; chờ thêm 2 phút rồi mới xét, vì "
        "tổng đài có thể ghi cuộc gọi muộn; mỗi cảnh báo là về một khách; chưa ai nhận thì nhắc "
        "lại sau 30 phút; cảnh báo còn mở thì cuộc khớp tiếp theo được gộp vào; theo giới hạn "
        "chung của nơi nhận; cũ hơn 30 phút thì gộp chung vào một tin; mức cảnh báo; gửi tới "
        "quan_ly; sau 15 phút chưa ai nhận thì gửi thêm cho truong_nhom; sau 45 phút chưa ai nhận "
        "thì gửi thêm cho giam_doc, crm; tự đóng khi có cuộc gọi lại."
    )


def test_a_rule_about_quiet_is_told_without_what_is_of_single_calls() -> None:
    rule = a_rule(condition=INBOUND, quiet=Quiet(45 * MINUTE, "hotline"), during=(HOURS,))

    assert parts_of(rule)[:5] == [
        "Alerts when for 45 min there is no call of this kind: an inbound call",
        "only during gio_lam",
        "judged as much later as the PBX lists calls late",
        "one alert is about one hotline",
        "an alert is told once",
    ]
    assert parts_of(rule)[-1] == "over with the next such call"


def test_windows_that_tell_nothing_apart_are_about_nothing_by_name() -> None:
    rule = a_rule(condition=MISSED, aggregate=Count(5, HOUR), settle=timedelta())

    assert not any("one alert is about" in part for part in parts_of(rule))


def test_a_throttled_rule_adds_nothing_to_its_open_alerts() -> None:
    rule = a_rule(key="customer", resolve=(ANOTHER,))

    assert "while an alert is open, further matches are added to it" in parts_of(rule)
    assert not any(
        "further matches" in part for part in parts_of(replace(rule, every=Throttle((HOUR,), HOUR)))
    )
    assert parts_of(rule)[-1] == (
        "over with an answered call with the same hotline and rung number"
    )


@pytest.mark.parametrize(
    ("rule", "vi", "en"),
    [
        pytest.param(
            a_rule(digest=Digest((time(8, 5), time(17, 35)), per="hotline")),
            "gộp thành một tin, gửi lúc 08:05 và 17:35, mỗi hotline một tin",
            "gathered into one message at 08:05 and 17:35, one for each hotline",
            id="digest at times",
        ),
        pytest.param(
            a_rule(digest=Digest(every=HOUR), group=Group((), MINUTE, HOUR)),
            "gộp trong 1 giờ thành một tin",
            "gathered into one message for 1 h",
            id="digest for a span",
        ),
        pytest.param(
            a_rule(group=Group(("customer", "hotline"), 30 * SECOND, 5 * MINUTE)),
            "các cuộc cùng khách và hotline trong 30 giây gộp thành một tin, hai tin cách nhau ít "
            "nhất 5 phút",
            "those with the same customer and hotline within 30 s go into one message, and "
            "messages keep 5 min apart",
            id="group by",
        ),
        pytest.param(
            a_rule(group=Group((), 30 * SECOND, 5 * MINUTE)),
            "các cuộc trong 30 giây gộp thành một tin, hai tin cách nhau ít nhất 5 phút",
            "those within 30 s go into one message, and messages keep 5 min apart",
            id="group",
        ),
    ],
)
def test_what_a_rule_gathers_is_told(rule: Rule, vi: str, en: str) -> None:
    assert vi in parts_of(rule, Language.VI)
    assert en in parts_of(rule)


def test_a_report_in_words() -> None:
    rule = a_rule(report=Report((time(17, 35),), "today", ("totals", "chart"), HOURS))

    assert rule_sentence(rule, book(Language.EN), NAMING) == (
        "Sends a report of the day so far at 17:35, with totals, a chart by hour; only on days "
        "when gio_lam is open; within the chat's common limit; older than 30 min it goes into one "
        "message with others; severity info; to quan_ly."
    )
    assert rule_sentence(rule, book(Language.VI), NAMING) == (
        "Gửi báo cáo trong ngày lúc 17:35, gồm số liệu chung, biểu đồ theo giờ; chỉ những ngày "
        "lịch gio_lam có mở; theo giới hạn chung của nơi nhận; cũ hơn 30 phút thì gộp chung vào "
        "một tin; mức thông tin; gửi tới quan_ly."
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("covers", Covers)
@pytest.mark.parametrize("part", Part)
def test_every_stretch_and_part_of_a_report_has_its_words(
    part: Part, covers: Covers, language: Language
) -> None:
    report = Report((time(8),), covers.value, (part.value,))

    assert parts_of(a_rule(report=report), language)[0]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", FIELDS)
def test_calls_can_be_told_apart_by_every_field(name: str, language: Language) -> None:
    rule = a_rule(aggregate=Count(2, HOUR, name), digest=Digest(every=HOUR, per=name))

    assert rule_sentence(rule, book(language), NAMING)
