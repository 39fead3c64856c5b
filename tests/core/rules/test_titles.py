"""Titles of rules whose author wrote none: what was found, where, and by how much."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alerts import Language
from notifier.core.calls import Call, CallState, Direction
from notifier.core.phones import normalise
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.fields import FIELDS, PRESETS, Kind
from notifier.core.rules.language import EVERY, Condition, Listed, Term, all_of, one_of
from notifier.core.rules.model import FollowUp, Quiet, Report, Rule, Unless
from notifier.core.rules.titles import Occasion, Titler, title_name
from notifier.text import book
from tests.builders import DIRECTORY, MINUTE, a_call, a_leg, a_rule, a_talk

HOUR = 60 * MINUTE

MISSED, INBOUND = PRESETS["missed"], PRESETS["inbound"]

ON_OURS = all_of([INBOUND, Listed(Term("hotline"), "ban_hang")])


def titled(rule: Rule, *calls: Call, language: Language = Language.EN, **facts: Any) -> str:
    facts.setdefault("count", len(calls))
    return Titler(book(language), DIRECTORY).title(Occasion(rule, calls, **facts))


def waiting(*follow_ups: FollowUp) -> Rule:
    return a_rule(unless=Unless(follow_ups, 15 * MINUTE))


def windowed(aggregate: Aggregate, condition: Condition = EVERY) -> Rule:
    return a_rule(aggregate=aggregate, condition=condition)


KINDS = [
    ("missed", a_call()),
    ("abandoned", a_call(state=CallState.ANSWERED, legs=(a_leg(),))),
    ("unreached", a_call(direction=Direction.OUT)),
    ("internal", a_talk(direction=Direction.EXT_IN)),
    ("outgoing", a_talk(direction=Direction.OUT)),
    ("incoming", a_talk()),
    ("incoming", a_talk(direction=Direction.UNKNOWN)),
]


@pytest.mark.parametrize(("kind", "call"), KINDS)
def test_each_kind_of_call_has_a_title_in_every_language(kind: str, call: Call) -> None:
    assert title_name(call) == f"title.{kind}"
    assert all(book(language)(title_name(call)) for language in Language)


def test_a_plain_rule_says_what_the_call_was() -> None:
    assert titled(a_rule(), a_talk(), a_call()) == "Missed call"


def test_a_plain_rule_without_calls_says_its_name() -> None:
    assert titled(a_rule()) == "goi_nho"


def test_a_report_says_that_it_is_one() -> None:
    assert titled(a_rule(report=Report((), "today", ()))) == "Call report"


@pytest.mark.parametrize(
    ("called_back", "vi", "en"),
    [
        (True, "Khách chưa được gọi lại", "Customer not called back yet"),
        (False, "Chưa có cuộc gọi xử lý tiếp", "No follow-up call yet"),
    ],
    ids=["call back", "another follow-up"],
)
def test_an_absence_says_what_has_not_come(called_back: bool, vi: str, en: str) -> None:  # noqa: FBT001
    rule = waiting(FollowUp(lambda _: True, EVERY, called_back=called_back))

    assert titled(rule, a_call(), language=Language.VI) == vi
    assert titled(rule, a_call()) == en


@pytest.mark.parametrize(
    ("per", "key", "where"),
    [
        ("", "", ""),
        ("hotline", "19001000", " · CSKH"),
        ("hotline", "02873001234", " · 028 7300 1234"),
        ("hotline", "unknown", " · Không rõ hotline"),
        ("customer", "+84901234567", " · khách 09xx xxx 567"),
        ("extension", "101", " · 101 (Lan)"),
        ("target", "103", " · 103"),
        ("agent", "Lan", " · Lan"),
        ("weekday", "mon", ""),
        ("note", "gọi 0901234567", ""),
    ],
    ids=lambda value: value or "-",
)
def test_a_count_says_how_many_and_of_whom_or_where(per: str, key: str, where: str) -> None:
    rule = windowed(Count(5, 10 * MINUTE, per))

    title = titled(rule, *[a_call()] * 5, key=key, language=Language.VI)

    assert title == f"5 cuộc nhỡ trong 10 phút{where}"


@pytest.mark.parametrize(
    ("condition", "calls", "count", "title"),
    [
        (EVERY, (a_call(), a_talk()), 2, "2 calls in 10 min"),
        (EVERY, (a_call(),), 2, "2 calls in 10 min"),
        (EVERY, (a_call(),), 1, "1 missed call in 10 min"),
        (MISSED, (a_call(),), 70, "70 missed calls in 10 min"),
        (all_of([MISSED, INBOUND]), (a_call(),), 70, "70 missed calls in 10 min"),
    ],
    ids=["mixed", "not all known", "all missed", "asked for", "asked for with more"],
)
def test_calls_are_missed_where_all_are(
    condition: Condition, calls: tuple[Call, ...], count: int, title: str
) -> None:
    assert titled(windowed(Count(1, 10 * MINUTE), condition), *calls, count=count) == title


WINDOWS = [
    (Distinct("customer", 4, HOUR), 4, "4 different customers in 1 h"),
    (Distinct("trunk", 4, HOUR), 4, "4 different values in 1 h (trunks)"),
    (Sum("duration", MINUTE, HOUR, "extension"), 2520, "Total talk time 42 min in 1 h · 101 (Lan)"),
    (Spike(3, 4), 23, "23 calls in 1 h, unusually many"),
    (New("extension", timedelta(days=30)), 1, "First time in 30 days: extension 101 (Lan)"),
    (New("note", timedelta(days=30)), 1, "First time in 30 days: note"),
]


@pytest.mark.parametrize(
    ("aggregate", "amount", "title"), WINDOWS, ids=[title for _, _, title in WINDOWS]
)
def test_a_window_says_what_it_amounts_to(aggregate: Aggregate, amount: float, title: str) -> None:
    assert titled(windowed(aggregate), a_talk(), key="101", amount=amount) == title


def test_a_spike_of_misses_says_so() -> None:
    title = titled(windowed(Spike(3, 4), MISSED), a_call(), count=23, amount=23)

    assert title == "23 missed calls in 1 h, unusually many"


ABANDONED = a_talk(extension="", legs=(a_leg(),))


@pytest.mark.parametrize(
    ("calls", "amount", "title"),
    [
        ((a_call(),) * 7, 7 / 20, "Missed rate 35% in 30 min (7/20)"),
        ((a_talk(),) * 7, 7 / 21, "Answer rate 33.3% in 30 min (7/21)"),
        ((a_talk(), a_call()), 2 / 9, "Share of calls 22.2% in 30 min (2/9)"),
        ((a_call(),), 0, "Share of calls 0% in 30 min"),
        ((ABANDONED,), 1, "Missed rate 100% in 30 min (1/1)"),
    ],
    ids=["missed", "answered", "others", "none", "abandoned"],
)
def test_a_ratio_says_its_share_and_the_numbers_that_made_it(
    calls: tuple[Call, ...], amount: float, title: str
) -> None:
    rule = windowed(Ratio(lambda _: True, 30 * MINUTE))

    assert titled(rule, *calls, amount=amount) == title


@pytest.mark.parametrize(
    ("condition", "title"),
    [
        (EVERY, "No calls for 45 min · CSKH"),
        (ON_OURS, "No calls for 45 min · CSKH"),
        (one_of(Term("direction"), ["in"]), "No calls for 45 min · CSKH"),
        (PRESETS["answered"], "No such calls for 45 min · CSKH"),
    ],
    ids=["any", "inbound on a list", "inbound", "answered"],
)
def test_a_quiet_says_how_long_nothing_came(condition: Condition, title: str) -> None:
    rule = a_rule(condition=condition, quiet=Quiet(45 * MINUTE, "hotline"))

    assert titled(rule, key="19001000") == title


NUMBERS = st.from_regex(r"(\+84|0)(3|5|7|8|9)[0-9]{8}", fullmatch=True)
PHONES = [name for name, field in FIELDS.items() if field.kind is Kind.PHONE and name != "hotline"]


@given(per=st.sampled_from(PHONES), number=NUMBERS, language=st.sampled_from(Language))
def test_no_title_holds_a_whole_number_of_a_customer(
    per: str, number: str, language: Language
) -> None:
    key = normalise(number)

    counted = titled(windowed(Count(2, HOUR, per)), a_call(), key=key, language=language)
    new = titled(windowed(New(per, HOUR)), a_call(), key=key, language=language)

    assert number[-9:] not in f"{counted} {new}".replace(" ", "")
