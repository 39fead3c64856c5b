"""The titles and texts of alerts: the author's own words, else a phrase for what the call was."""

from collections.abc import Mapping

import pytest

from notifier.core.alerts import Language
from notifier.core.calls import Call, CallState, Direction
from notifier.core.rules.wording import CALL_FACTS, title_name
from notifier.text import book
from tests.builders import MINUTE, SECOND, a_call, a_leg, a_rule, a_talk, a_wording

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


def test_a_rule_without_words_has_the_built_in_title_and_no_text() -> None:
    wording = a_wording()

    assert wording.title(a_rule(), a_call(), {}) == dict.fromkeys(Language, "title.missed")
    assert wording.text(a_rule(), a_call(), {}) == {}


def test_a_rule_with_words_is_said_in_just_its_languages() -> None:
    rule = a_rule(title={Language.VI: lambda _: "Khách gọi"}, text={Language.EN: lambda _: "Hi"})
    wording = a_wording()

    assert wording.title(rule, a_call(), {}) == {Language.VI: "Khách gọi"}
    assert wording.text(rule, a_call(), {}) == {Language.EN: "Hi"}


def seen(call: Call, **facts: object) -> Mapping[str, object]:
    """Return all that a template may say of `call`."""
    met: list[Mapping[str, object]] = []

    def template(context: Mapping[str, object]) -> str:
        met.append(context)
        return ""

    a_wording().text(a_rule(text={Language.VI: template}), call, facts)
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
