from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calls import (
    UNKNOWN_HOTLINE,
    Call,
    CallState,
    Direction,
    Known,
    Leg,
    MissReason,
    in_order,
    meaning,
    news,
    settles_at,
)
from tests.builders import MINUTE, NOON, SECOND, a_call, a_change, a_leg, a_talk

ANSWERED, MISSED, UNSURE = CallState.ANSWERED, CallState.NOT_ANSWERED, CallState.UNKNOWN


@pytest.mark.parametrize(
    ("call", "missed"),
    [
        pytest.param(a_call(), True, id="nobody picked up"),
        pytest.param(a_talk(), False, id="somebody did"),
        pytest.param(a_call(direction=Direction.UNKNOWN), True, id="forwarded, by a customer"),
        pytest.param(
            a_call(direction=Direction.UNKNOWN, caller="101", callee="0901234567"),
            False,
            id="unknown, but to a customer",
        ),
        pytest.param(
            a_call(direction=Direction.UNKNOWN, caller="101", customer=""),
            False,
            id="unknown, without a customer",
        ),
        pytest.param(a_call(direction=Direction.OUT), False, id="outgoing"),
        pytest.param(a_call(direction=Direction.EXT_IN), False, id="internal"),
        pytest.param(a_call(state=UNSURE), False, id="in an unknown state"),
        pytest.param(a_call(state=ANSWERED), True, id="only the menu picked up"),
        pytest.param(a_call(state=ANSWERED, ended_at=None), False, id="still going on"),
        pytest.param(a_call(state=ANSWERED, legs=()), True, id="nobody was rung, and none named"),
        pytest.param(
            a_call(state=ANSWERED, legs=(), extension_id="7"), False, id="answered by an extension"
        ),
    ],
)
def test_a_call_is_missed_if_a_customer_spoke_to_nobody(call: Call, *, missed: bool) -> None:
    assert call.missed is missed
    assert (call.miss_reason is not None) is missed


@pytest.mark.parametrize(
    ("direction", "state", "unreached"),
    [
        (Direction.OUT, MISSED, True),
        (Direction.OUT, ANSWERED, False),
        (Direction.IN, MISSED, False),
    ],
)
def test_a_customer_is_unreached_if_our_call_was_not_answered(
    direction: Direction, state: CallState, *, unreached: bool
) -> None:
    assert a_call(direction=direction, state=state).unreached is unreached


@pytest.mark.parametrize(
    ("overrides", "subject"),
    [
        ({"session": "s"}, "1415096549774721835"),
        ({"direction": Direction.EXT_OUT, "session": "s"}, "session:s"),
        ({"direction": Direction.EXT_OUT}, "1415096549774721835"),
    ],
    ids=["with a customer", "internal", "internal without a session"],
)
def test_an_alert_is_about_the_call_or_the_session_of_both_twins(
    overrides: dict[str, Any], subject: str
) -> None:
    assert a_call(**overrides).subject == subject


REFUSED = a_leg(ring=timedelta(), end_reason="Unknown", fail_code=404)


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"state": ANSWERED}, MissReason.ABANDONED),
        ({"legs": ()}, MissReason.NOBODY_RUNG),
        ({"legs": (a_leg(fail_code=486), a_leg("102", fail_code=600))}, MissReason.BUSY),
        ({"legs": (a_leg(fail_code=486), a_leg("102"))}, MissReason.CALLER_HUNG_UP),
        ({"legs": (a_leg(end_reason="cancelled"),)}, MissReason.CALLER_HUNG_UP),
        ({"legs": (REFUSED,)}, MissReason.FAILED),
        ({"legs": (REFUSED, a_leg("102", end_reason="Unknown"))}, MissReason.NO_ANSWER),
        ({"legs": (a_leg(end_reason="Unknown"),)}, MissReason.NO_ANSWER),
    ],
    ids=[
        "only the menu",
        "no leg",
        "all busy",
        "one busy, then hung up",
        "cancelled",
        "all failed",
        "one failed",
        "rung out",
    ],
)
def test_the_legs_tell_why_a_call_was_missed(overrides: dict[str, Any], reason: MissReason) -> None:
    assert a_call(**overrides).miss_reason is reason


@pytest.mark.parametrize(
    ("call", "wait"),
    [
        pytest.param(a_talk(), 5 * SECOND, id="until somebody answered"),
        pytest.param(
            a_talk(
                legs=(
                    a_leg(status=ANSWERED, answered_at=NOON + 9 * SECOND),
                    a_leg("102", status=ANSWERED, answered_at=NOON + 7 * SECOND),
                )
            ),
            7 * SECOND,
            id="until the first of two answered",
        ),
        pytest.param(a_call(), 27 * SECOND, id="until the customer gave up"),
        pytest.param(a_call(ended_at=None), None, id="nobody knows yet"),
        pytest.param(a_talk(legs=()), None, id="nobody knows at all"),
        pytest.param(a_call(ended_at=NOON - SECOND), timedelta(), id="never less than nothing"),
    ],
)
def test_a_customer_waits_from_the_start(call: Call, wait: timedelta | None) -> None:
    assert call.wait == wait


def test_the_ring_is_the_longest_of_all_legs() -> None:
    assert a_call(legs=(a_leg(ring=9 * SECOND), a_leg("102", ring=12 * SECOND))).ring == 12 * SECOND
    assert a_call(legs=()).ring == timedelta()


def test_each_target_is_named_once() -> None:
    call = a_call(legs=(a_leg("101"), a_leg("101", added_at=None), a_leg(""), a_leg("102")))

    assert call.targets == ("101", "102")


LEGS = st.lists(
    st.builds(
        Leg,
        number=st.sampled_from(["", "101", "102"]),
        added_at=st.sampled_from([None, NOON]),
        status=st.sampled_from(CallState),
        ring=st.sampled_from([timedelta(), SECOND]),
        answered_at=st.sampled_from([None, NOON]),
        end_reason=st.sampled_from(["", "cancelled"]),
        fail_code=st.sampled_from([0, 486]),
    ),
    max_size=6,
)


@given(LEGS, st.randoms(use_true_random=False))
def test_the_order_in_which_legs_come_means_nothing(legs: list[Leg], chance: Any) -> None:
    shuffled = chance.sample(legs, len(legs))

    assert in_order(tuple(shuffled)) == in_order(tuple(legs))
    assert meaning(a_call(legs=tuple(shuffled))) == meaning(a_call(legs=tuple(legs)))


@pytest.mark.parametrize(
    "overrides",
    [
        {"state": ANSWERED},
        {"duration": SECOND},
        {"ended_at": None},
        {"note": "gọi lại"},
        {"recording_urls": ("https://r",)},
        {"extension": "101"},
        {"legs": ()},
        {"legs": (a_leg("102"),)},
        {"legs": (a_leg(status=ANSWERED),)},
        {"legs": (a_leg(end_reason="replaced"),)},
        {"legs": (a_leg(fail_code=486),)},
    ],
    ids=str,
)
def test_a_call_that_says_something_else_means_something_else(overrides: dict[str, Any]) -> None:
    assert meaning(a_call(**overrides)) != meaning(a_call())


@pytest.mark.parametrize(
    "overrides",
    [{"hotline": "x"}, {"agent": "Lan"}, {"created_at": None}, {"session": "s"}],
    ids=str,
)
def test_what_is_told_from_elsewhere_is_not_in_the_meaning(overrides: dict[str, Any]) -> None:
    assert meaning(a_call(**overrides)) == meaning(a_call())


def sighted(*calls: Call) -> dict[str, Call]:
    return {call.id: call for call in calls}


def known(call: Call, **overrides: Any) -> dict[str, Known]:
    return {call.id: replace(Known(meaning(call), call.hotline, 1), **overrides)}


def test_a_call_that_is_not_known_is_news() -> None:
    call = a_call()

    assert news(sighted(call), {}) == [(call, meaning(call))]


def test_a_call_that_says_the_same_is_no_news() -> None:
    call = a_call()

    assert news(sighted(call), known(call)) == []


def test_a_call_that_says_something_else_is_news() -> None:
    after = a_talk()

    assert news(sighted(after), known(a_call())) == [(after, meaning(after))]


def test_a_hotline_that_was_found_is_news() -> None:
    call = a_call()

    assert news(sighted(call), known(call, hotline=UNKNOWN_HOTLINE)) == [(call, meaning(call))]


def test_a_hotline_that_was_found_before_is_remembered() -> None:
    unplaced = a_call(hotline=UNKNOWN_HOTLINE)
    changed = a_talk(hotline=UNKNOWN_HOTLINE)

    assert news(sighted(unplaced), known(a_call())) == []
    assert news(sighted(changed), known(a_call())) == [(a_talk(), meaning(a_talk()))]


def test_a_first_reading_moves_nothing() -> None:
    change = a_change()

    assert change.created
    assert change.moved == ()


def test_a_later_reading_names_the_fields_that_moved() -> None:
    before = a_call()
    after = a_call(note="x", legs=(replace(before.legs[0], fail_code=486),))
    change = a_change(after, before)

    assert not change.created
    assert change.moved == ("legs", "note")


@pytest.mark.parametrize(
    ("call", "settles"),
    [
        pytest.param(a_call(), NOON + 27 * SECOND + MINUTE, id="some time after its end"),
        pytest.param(a_call(ended_at=None), NOON + 2 * MINUTE, id="a miss without an end"),
        pytest.param(a_call(state=ANSWERED, ended_at=None), None, id="a call that goes on"),
    ],
)
def test_a_call_may_be_judged_when_it_has_settled(call: Call, settles: Any) -> None:
    assert settles_at(call, MINUTE, NOON + MINUTE) == settles
