"""The titles and texts of alerts: the author's own words, else a phrase for what the call was."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from notifier.core.alerts import Language
from notifier.core.calls import Call
from notifier.core.rules.aggregates import Count
from notifier.core.rules.model import Rule
from notifier.core.rules.wording import CALL_FACTS
from tests.builders import MINUTE, SECOND, a_call, a_leg, a_rule, a_talk, a_wording, an_alert

FACTS = {"count": 1, "key": "k", "suppressed": 0}


def test_a_rule_without_words_has_the_built_in_title_and_no_text() -> None:
    wording = a_wording()

    assert wording.title(a_rule(), (a_call(),), FACTS) == dict.fromkeys(Language, "title.missed")
    assert wording.text(a_rule(), (a_call(),), FACTS) == {}


def test_a_rule_with_words_is_said_in_just_its_languages() -> None:
    rule = a_rule(title={Language.VI: lambda _: "Khách gọi"}, text={Language.EN: lambda _: "Hi"})
    wording = a_wording()

    assert wording.title(rule, (a_call(),), FACTS) == {Language.VI: "Khách gọi"}
    assert wording.text(rule, (a_call(),), FACTS) == {Language.EN: "Hi"}


def seen(*calls: Call, rule: Rule | None = None, **facts: object) -> Mapping[str, object]:
    """Return all that a template may say of an alert on `calls`."""
    met: list[Mapping[str, object]] = []

    def template(context: Mapping[str, object]) -> str:
        met.append(context)
        return ""

    told = replace(rule or a_rule(), text={Language.VI: template})
    a_wording().text(told, calls, {**FACTS, **facts}, amount=0.5)
    return met[0]


def test_a_template_is_told_the_call_with_local_times_and_masked_numbers() -> None:
    context = seen(a_talk(note="hẹn chiều"), count=1, key="k", suppressed=2)

    told = context["call"]
    assert context == {
        "count": 1,
        "key": "k",
        "suppressed": 2,
        "rule": "goi_nho",
        "hotline": "CSKH",
        "amount": 0.5,
        "call": told,
        "calls": [told],
    }
    assert told == {
        "id": "1415096549774721835",
        "direction": "in",
        "state": "answered",
        "missed": False,
        "caller": "09xxxxx567",
        "callee": "101",
        "customer": "09xx xxx 567",
        "hotline": "CSKH",
        "agent": "Lan",
        "extension": "101",
        "target": "101",
        "duration": 120,
        "ring": 5,
        "wait": 5,
        "started_at": "12:00:00",
        "ended_at": "12:02:05",
        "date": "07/09/2026",
        "note": "hẹn chiều",
        "miss_reason": "",
    }


def test_a_hotline_without_a_name_is_said_by_its_number_and_a_miss_by_its_reason() -> None:
    context = seen(a_call(hotline="19002000"))

    assert context["hotline"] == "19002000"
    told = context["call"]
    assert isinstance(told, dict)
    assert told["miss_reason"] == "caller_hung_up"


def told_of(call: Call) -> dict[str, object]:
    """Return the facts of `call` as a template has them."""
    told = seen(call)["call"]
    assert isinstance(told, dict)
    return told


def test_the_names_that_may_be_asked_of_a_call_are_those_that_are_told() -> None:
    assert tuple(told_of(a_talk())) == CALL_FACTS


def test_what_is_not_known_of_a_call_going_on_is_empty() -> None:
    told = told_of(a_call(ended_at=None, legs=()))

    assert (told["ended_at"], told["wait"], told["target"]) == ("", 0, "")


def test_a_template_is_told_all_that_were_rung_and_no_whole_number_of_theirs() -> None:
    told = told_of(a_call(legs=(a_leg("101"), a_leg("0912345678"), a_leg("101"), a_leg("102"))))

    assert told["target"] == "101 09xxxxx678 102"


@pytest.mark.parametrize(("ring", "whole"), [(MINUTE, 60), (1.9 * SECOND, 1)])
def test_a_template_is_told_whole_seconds(ring: object, whole: int) -> None:
    told = seen(a_call(legs=(a_leg(ring=ring),)))["call"]

    assert isinstance(told, dict)
    assert told["ring"] == whole


def test_a_template_is_told_every_call_and_the_newest_by_itself() -> None:
    context = seen(a_call(id="1"), a_call(id="2"), count=2)

    calls = context["calls"]
    assert isinstance(calls, list)
    assert [call["id"] for call in calls] == ["1", "2"]
    assert context["call"] == calls[1]


def test_a_template_of_an_alert_without_calls_is_told_of_none() -> None:
    context = seen(count=0)

    assert (context["call"], context["calls"], context["hotline"]) == ({}, [], "")


@pytest.mark.parametrize(("key", "hotline"), [("19001000", "CSKH"), ("19002000", "19002000")])
def test_a_rule_that_tells_hotlines_apart_says_the_one_that_it_is_about(
    key: str, hotline: str
) -> None:
    rule = a_rule(aggregate=Count(2, MINUTE, "hotline"))

    assert seen(a_call(hotline="1900"), rule=rule, key=key)["hotline"] == hotline


def test_what_a_rule_gathers_has_the_title_of_its_first_alert() -> None:
    member = an_alert()

    assert a_wording().gathered(member) == member.title
