"""Who may see what, who may mute what for how long, and what somebody is told who comes late."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.core.acting import (
    LONGEST_MUTE,
    LONGEST_OF_ADMINS,
    Order,
    already,
    history,
    may_see,
    mute_of_card,
    mute_refused,
    mute_seen,
    mutes_of,
    name_of,
    number_of,
    read_mute,
    read_span,
    seen,
    signed,
    too_late,
    what_of,
)
from notifier.core.alerts import Alert, AlertKind, AlertState, Language
from notifier.core.call_lines import Reader
from notifier.core.people import Caller, Chat, ChatKind, Person, Role
from notifier.core.phones import Mask
from notifier.core.rules.model import Mute
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON, a_call, a_talk, an_alert
from tests.core.card_desk import DIRECTORY

HOUR = 60 * MINUTE

GROUP = Chat(-100, ChatKind.GROUP, bound=True)

HERE, THERE = "19001000", "02873001234"


def a_caller(role: Role = Role.OPERATOR, *hotlines: str) -> Caller:
    return Caller(Person(7, "Hạnh", role, hotlines=hotlines), GROUP)


def a_reader(mask: Mask = Mask.LAST3) -> Reader:
    return Reader(book(Language.EN), mask, HANOI, NOON + HOUR, DIRECTORY)


def a_mute(**facts: Any) -> Mute:
    return replace(Mute("m1", NOON, NOON + HOUR, "Hạnh", "họp"), **facts)


# --- people


@pytest.mark.parametrize(
    ("person", "name"),
    [
        (Person(7, " Lan\n Anh "), "Lan Anh"),
        (Person(7, " ", username="lan"), "lan"),
        (Person(7, ""), "7"),
    ],
    ids=["a name", "no name", "nothing"],
)
def test_everybody_is_called_something(person: Person, name: str) -> None:
    assert name_of(person) == name
    assert signed(person) == f"{name} (7)"


# --- what may be seen

BOTH = an_alert(a_call(), a_call(id="2", hotline=THERE))
QUIET = an_alert(kind=AlertKind.QUIET, calls=(), key=HERE)

SEEN = [
    pytest.param(an_alert(), (), True, id="everybody"),
    pytest.param(an_alert(), (HERE,), True, id="theirs"),
    pytest.param(an_alert(), (THERE,), False, id="not theirs"),
    pytest.param(an_alert(), ("",), False, id="nothing in common"),
    pytest.param(BOTH, (HERE,), False, id="partly theirs"),
    pytest.param(BOTH, (HERE, "+84 28 7300 1234"), True, id="all theirs, spelt otherwise"),
    pytest.param(QUIET, (HERE,), True, id="a quiet hotline of theirs"),
    pytest.param(QUIET, (THERE,), False, id="a quiet hotline of others"),
]


@pytest.mark.parametrize(("alert", "hotlines", "may"), SEEN)
def test_an_alert_is_seen_by_whoever_sees_all_of_its_calls(
    alert: Alert, hotlines: tuple[str, ...], *, may: bool
) -> None:
    assert may_see(alert, hotlines) is may


def test_calls_of_other_hotlines_are_left_out() -> None:
    calls = [a_call(), a_call(id="2", hotline=THERE)]

    assert seen(calls, (HERE,)) == calls[:1]
    assert seen(calls, ()) == calls


# --- too late

LATE = [
    (
        {"state": AlertState.ACKNOWLEDGED, "taken_by": "Lan", "taken_at": NOON + MINUTE},
        "Lan took it at 12:01",
    ),
    ({"state": AlertState.OPEN}, "Nobody has taken it yet"),
    ({"state": AlertState.ACKNOWLEDGED}, "Nobody has taken it yet"),
    ({"state": AlertState.WITHDRAWN}, "Withdrawn"),
    ({"state": AlertState.EXPIRED, "ended_at": NOON}, "Expired, nobody dealt with it · 12:00"),
    (
        {"state": AlertState.CLOSED, "ended_at": NOON, "ended_by": "0901234567"},
        "Closed · 12:00 · 09xxxxx567",
    ),
]


@pytest.mark.parametrize(
    ("facts", "told"),
    LATE,
    ids=["taken", "open", "taken by nobody known", "withdrawn", "expired", "closed"],
)
def test_who_comes_late_is_told_how_it_stands(facts: dict[str, Any], told: str) -> None:
    assert too_late(an_alert(**facts), a_reader()) == told


# --- a customer


def test_the_history_counts_and_lists_the_newest_and_has_no_number() -> None:
    calls = [a_talk(id="t"), *(a_call(id=f"{n}") for n in range(8))]

    told = history(calls, a_reader())

    lines = told.split("\n")
    assert lines[:3] == [
        "Last 30 days: 9 calls, 8 missed",
        "12:00 📞 101 (Lan) 2:00",
        "12:00 🔴",
    ]
    assert len(lines) == 7
    assert "567" not in told


def test_a_whole_number_is_that_of_the_one_customer() -> None:
    assert number_of(an_alert()) == "0901 234 567"
    assert number_of(an_alert(a_call(), a_call(id="2", customer="+84912345678"))) == ""


# --- mutes

RULES = ("goi_nho", "nho don dap")

READ = [
    ("0901234567 2h", Order(2 * HOUR, key="+84901234567")),
    (
        "0901 234 567 30m họp giao ban",
        Order(30 * MINUTE, key="+84901234567", reason="họp giao ban"),
    ),
    ("1900 1000 1D", Order(24 * HOUR, hotline=HERE)),
    ("goi_nho 2h bảo trì", Order(2 * HOUR, rule="goi_nho", reason="bảo trì")),
    ("nho don dap 2h", Order(2 * HOUR, rule="nho don dap")),
    ("", None),
    ("2h", None),
    ("0901234567", None),
    ("101 2h", None),
    ("goi 2h", None),
    ("0901234567 0h", None),
]


@pytest.mark.parametrize(("words", "order"), READ, ids=[row[0] or "nothing" for row in READ])
def test_a_mute_is_read_from_words(words: str, order: Order | None) -> None:
    assert read_mute(words.split(), RULES, DIRECTORY) == order


def test_a_length_is_a_number_with_its_unit() -> None:
    assert [read_span(word) for word in ("30m", "2H", "7d", "7w", "0h", "h")] == [
        30 * MINUTE,
        2 * HOUR,
        timedelta(days=7),
        None,
        None,
        None,
    ]


BUTTONS = [
    ("number-4", Order(4 * HOUR, key="+84901234567")),
    ("hotline-1", Order(HOUR, hotline=HERE)),
    ("rule-24", Order(24 * HOUR, rule="goi_nho")),
    ("number-5", None),
    ("everything-1", None),
    ("", None),
]


@pytest.mark.parametrize(("argument", "order"), BUTTONS, ids=[b[0] or "none" for b in BUTTONS])
def test_a_button_mutes_what_its_card_is_about(argument: str, order: Order | None) -> None:
    assert mute_of_card(an_alert(), argument) == order


REFUSED = [
    (Order(HOUR, key="k"), a_caller(), ""),
    (Order(LONGEST_MUTE, key="k"), a_caller(), ""),
    (Order(LONGEST_MUTE + MINUTE, key="k"), a_caller(), "acting.mute_too_long"),
    (Order(LONGEST_MUTE + MINUTE, key="k"), a_caller(Role.ADMIN), ""),
    (Order(LONGEST_OF_ADMINS + MINUTE, key="k"), a_caller(Role.ADMIN), "acting.mute_too_long_ever"),
    (Order(HOUR, rule="r"), a_caller(), "acting.rule_needs_admin"),
    (Order(HOUR, rule="r"), a_caller(Role.ADMIN), ""),
    (Order(HOUR, hotline=HERE), a_caller(Role.OPERATOR, HERE), ""),
    (Order(HOUR, hotline=THERE), a_caller(Role.OPERATOR, HERE), "acting.not_your_hotline"),
]


@pytest.mark.parametrize(("order", "caller", "why"), REFUSED)
def test_what_may_be_muted_depends_on_the_role_and_the_hotlines(
    order: Order, caller: Caller, why: str
) -> None:
    assert mute_refused(order, caller) == why


def test_a_mute_has_an_author_a_reason_and_an_end() -> None:
    (mute,) = mutes_of(Order(HOUR, key="k"), a_caller(), NOON, why="không nêu")

    assert mute == Mute(mute.id, NOON, NOON + HOUR, "Hạnh", "không nêu", key="k")
    assert len(mute.id) == 8


def test_who_sees_some_hotlines_mutes_a_number_on_those_only() -> None:
    mutes = mutes_of(
        Order(HOUR, key="k", reason="r"), a_caller(Role.OPERATOR, HERE, THERE), NOON, why=""
    )

    assert [mute.hotline for mute in mutes] == [THERE, HERE]
    assert len({mute.id for mute in mutes}) == 2


SAME = [
    (a_mute(id="m2"), True),
    (a_mute(until=NOON + HOUR + MINUTE), True),
    (a_mute(until=NOON + 2 * HOUR), False),
    (a_mute(key="k"), False),
    (a_mute(since=NOON - MINUTE), False),
]


@pytest.mark.parametrize(
    ("wanted", "same"), SAME, ids=["the same", "a minute more", "longer", "else", "begun later"]
)
def test_a_mute_that_comes_twice_is_known(wanted: Mute, *, same: bool) -> None:
    assert (already([a_mute()], wanted) == a_mute()) is same


@pytest.mark.parametrize(
    ("mute", "hotlines", "told"),
    [
        (a_mute(hotline=THERE), (), True),
        (a_mute(hotline=THERE), (HERE,), False),
        (a_mute(hotline=HERE), (HERE,), True),
        (a_mute(key="k"), (HERE,), True),
    ],
    ids=["to all", "of others", "theirs", "of no hotline"],
)
def test_a_mute_of_another_hotline_is_not_told(
    mute: Mute, hotlines: tuple[str, ...], *, told: bool
) -> None:
    assert mute_seen(mute, a_caller(Role.OPERATOR, *hotlines)) is told


@pytest.mark.parametrize(
    ("mute", "what"),
    [
        (a_mute(), "every alert"),
        (a_mute(key="+84901234567"), "number 09xx xxx 567"),
        (a_mute(rule="goi_nho", hotline=HERE), "rule goi_nho, hotline CSKH"),
        (a_mute(hotline="18001234"), "hotline 18001234"),
    ],
    ids=["everything", "a number", "a rule of a hotline", "a hotline without a name"],
)
def test_what_is_muted_is_told_under_the_mask(mute: Mute, what: str) -> None:
    assert what_of(mute, a_reader()) == what
