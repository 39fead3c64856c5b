"""What a correction does to an alert, by what each channel has been told of it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import UNTRUE, AlertState, Reason
from notifier.core.decisions import Told
from notifier.core.deliveries import DeliveryState
from notifier.core.rules.revisions import revise
from tests.builders import (
    MINUTE,
    NOON,
    SECOND,
    Memory,
    a_call,
    a_rule,
    a_talk,
    an_alert,
    an_engine,
    by_channel,
)

SOON = NOON + 2 * MINUTE

PENDING, SENDING, DELIVERED, DEAD, OBSOLETE = DeliveryState

TOLD = [
    ("waiting, untouched", Told(PENDING, tried=False), "withdrawn"),
    ("waiting, after an attempt", Told(PENDING, tried=True), "edited"),
    ("being sent", Told(SENDING, tried=True), "edited"),
    ("sent", Told(DELIVERED, tried=True), "edited"),
    ("given up", Told(DEAD, tried=True), ""),
    ("spared", Told(OBSOLETE, tried=False), ""),
]


@pytest.mark.parametrize(("told", "group"), [t[1:] for t in TOLD], ids=[t[0] for t in TOLD])
def test_what_is_no_longer_true_is_withdrawn_where_unsent_and_edited_where_it_may_be_read(
    told: Told, group: str
) -> None:
    revised = revise(an_alert(), {"quan_ly": told}, a_talk(), holds=False, shown=True)

    assert revised is not None
    groups = {name: getattr(revised, name) for name in ("withdrawn", "anew", "edited")}
    assert groups == {
        name: ("quan_ly",) if name == group else () for name in ("withdrawn", "anew", "edited")
    }
    heard = group == "edited"
    assert revised.alert.state is (AlertState.REVISED if heard else AlertState.WITHDRAWN)
    assert revised.turned


AGAIN = [
    ("waiting, untouched", Told(PENDING, tried=False), ""),
    ("sent", Told(DELIVERED, tried=True), "edited"),
    ("given up", Told(DEAD, tried=True), ""),
    ("spared", Told(OBSOLETE, tried=False), "anew"),
]


@pytest.mark.parametrize(("told", "group"), [t[1:] for t in AGAIN], ids=[t[0] for t in AGAIN])
@pytest.mark.parametrize("state", sorted(UNTRUE))
def test_what_is_true_again_is_told_where_it_was_spared_and_edited_where_it_was_read(
    state: AlertState, told: Told, group: str
) -> None:
    alert = an_alert(a_talk(), state=state, revision=2, corrected=1)

    revised = revise(alert, {"quan_ly": told}, a_call(), holds=True, shown=True)

    assert revised is not None
    assert (revised.withdrawn, revised.anew, revised.edited) == (
        (),
        ("quan_ly",) if group == "anew" else (),
        ("quan_ly",) if group == "edited" else (),
    )
    assert (revised.alert.state, revised.alert.revision) == (AlertState.OPEN, 3)
    assert (revised.alert.corrected, revised.alert.calls) == (2, (a_call(),))


QUIET = [
    (AlertState.OPEN, True),
    (AlertState.ACKNOWLEDGED, True),
    (AlertState.RESOLVED, True),
    (AlertState.CLOSED, True),
    (AlertState.REVISED, False),
    (AlertState.WITHDRAWN, False),
]


@pytest.mark.parametrize(("state", "holds"), QUIET, ids=[state.value for state, _ in QUIET])
def test_what_says_the_same_moves_nothing_and_a_shown_fact_edits_what_was_read(
    state: AlertState, *, holds: bool
) -> None:
    alert = an_alert(state=state)
    told = {"a": Told(DELIVERED, tried=True), "b": Told(PENDING, tried=False)}
    noted = a_call(note="hẹn chiều")

    assert revise(alert, told, noted, holds=holds, shown=False) is None
    shown = revise(alert, told, noted, holds=holds, shown=True)
    assert shown is not None
    assert (shown.turned, shown.edited, shown.anew, shown.withdrawn) == (False, ("a",), (), ())
    assert (shown.alert.state, shown.alert.corrected, shown.alert.revision) == (state, 0, 2)


@pytest.mark.parametrize("state", sorted(set(AlertState) - UNTRUE))
def test_an_alert_is_taken_back_wherever_it_stood(state: AlertState) -> None:
    told = {"a": Told(DELIVERED, tried=True)}

    revised = revise(an_alert(state=state), told, a_talk(), holds=False, shown=False)

    assert revised is not None
    assert revised.alert.state is AlertState.REVISED


# A whole judgement


def test_a_flip_edits_the_sent_message_tells_systems_so_and_never_alerts_again() -> None:
    memory = Memory(an_engine(a_rule(to=("quan_ly", "crm"))))
    memory.take_in([a_call()], SOON)
    memory.deliver(SOON)

    there = memory.take_in([a_talk()], SOON + MINUTE)
    back = memory.take_in([a_call()], SOON + 2 * MINUTE)

    for decision in (there, back):
        assert by_channel(decision.drafts) == {"quan_ly": [Reason.REVISED], "crm": [Reason.REVISED]}
        assert decision.alerts == []
    events = [draft.event for draft in memory.drafts(channel="crm")]
    assert events == ["alert.fired", "alert.revised", "alert.revised"]


def test_an_unheard_alert_is_withdrawn_and_told_anew_under_a_new_revision() -> None:
    memory = Memory(an_engine())
    memory.take_in([a_call()], SOON)

    there = memory.take_in([a_talk()], SOON + SECOND)
    back = memory.take_in([a_call()], SOON + 2 * SECOND)
    sent = memory.deliver(SOON + 3 * SECOND)

    assert there.drafts == []
    assert [draft.revision for draft in back.drafts] == [3]
    assert [(draft.reason, draft.revision) for draft in sent] == [(Reason.NEW, 3)]


def test_one_channel_may_have_read_what_another_is_spared() -> None:
    memory = Memory(an_engine(a_rule(to=("quan_ly", "truong_nhom"))))
    memory.take_in([a_call()], SOON)
    memory.deliver(SOON, "quan_ly")

    there = memory.take_in([a_talk()], SOON + SECOND)
    back = memory.take_in([a_call()], SOON + 2 * SECOND)

    assert by_channel(there.drafts) == {"quan_ly": [Reason.REVISED]}
    assert by_channel(back.drafts) == {"truong_nhom": [Reason.NEW], "quan_ly": [Reason.REVISED]}


@pytest.mark.parametrize(
    "moved", ["note", "recording_urls", "extension", "hotline", "started_at", "direction"]
)
def test_a_fact_on_the_card_edits_it_once_it_was_sent(moved: str) -> None:
    values = {
        "note": "hẹn chiều",
        "recording_urls": ("https://r/1",),
        "extension": "102",
        "hotline": "19002000",
        "started_at": NOON - SECOND,
        "direction": "out",
    }
    memory = Memory(an_engine(a_rule(test=lambda _: True, to=("quan_ly", "crm"))))
    memory.take_in([a_call()], SOON)
    memory.deliver(SOON)

    decision = memory.take_in([a_call(**{moved: values[moved]})], SOON + SECOND)

    assert by_channel(decision.drafts) == {"quan_ly": [Reason.REVISED]}


def test_a_fact_that_no_card_shows_edits_nothing() -> None:
    memory = Memory(an_engine())
    memory.take_in([a_call()], SOON)
    memory.deliver(SOON)

    decision = memory.take_in([a_call(external_id="crm-7")], SOON + SECOND)

    assert (decision.drafts, decision.changed) == ([], [])


@given(flips=some.lists(some.booleans(), min_size=1, max_size=12))
def test_the_reader_ends_with_one_message_and_the_last_word_is_the_last_reading(
    flips: list[bool],
) -> None:
    memory = Memory(an_engine(a_rule(to=("quan_ly", "crm"))))
    now = SOON
    sent = []
    for missed in flips:
        now += timedelta(seconds=30)
        memory.take_in([a_call() if missed else a_talk()], now)
        sent += memory.deliver(now)

    people = [draft.reason for draft in sent if draft.channel == "quan_ly"]
    turns = sum(before != after for before, after in pairwise(flips))
    heard = turns - (not flips[0])
    if any(flips):
        assert people == [Reason.NEW] + [Reason.REVISED] * heard
        (alert,) = memory.alerts.values()
        assert (alert.state is AlertState.OPEN) is flips[-1]
    else:
        assert people == []
