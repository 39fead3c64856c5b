"""Each tap is looked at anew, does its deed once, and its popup says how it went."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.bot.acting import VERBS
from notifier.core.alerts import Alert, AlertState, Outcome, Reason
from notifier.core.card_views import BUTTONS_FOR
from notifier.core.people import Caller, Role
from notifier.core.phones import Mask
from notifier.core.recordings import Recording, Unheard
from notifier.core.talk import File
from tests.bot.acting_room import (
    ELSEWHERE,
    GRANTED,
    GROUP,
    TAPPED_AT,
    Room,
    a_caller,
    labels,
    private,
    text_of,
)
from tests.builders import MINUTE, NOON, a_call, a_talk, an_alert
from tests.fakes.clock import FakeClock
from tests.store.desk import a_desk

HOUR = 60 * MINUTE

RECORDED = a_call(recording_urls=("https://ghi-am.example.vn/secret.mp3",))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with a_desk(tmp_path / "notifier.db") as store:
        yield Room(store, FakeClock(TAPPED_AT))


@pytest.fixture
def alert(room: Room) -> Alert:
    return room.shown()


# --- verb x role x state

OPEN, TAKEN, CLOSED = AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.CLOSED

MOVES = {
    ("take", OPEN): ("It is yours", TAKEN),
    ("take", TAKEN): ("Minh took it at 12:01", TAKEN),
    ("take", CLOSED): ("Closed · 12:02 · Minh", CLOSED),
    ("called", OPEN): ("Noted as called back", CLOSED),
    ("called", TAKEN): ("Noted as called back", CLOSED),
    ("called", CLOSED): ("Closed · 12:02 · Minh", CLOSED),
    ("release", OPEN): ("Nobody has taken it yet", OPEN),
    ("release", TAKEN): ("Given back, others can take it", OPEN),
    ("release", CLOSED): ("Closed · 12:02 · Minh", CLOSED),
    ("close:spam", OPEN): ("Closed", CLOSED),
    ("close:spam", TAKEN): ("Closed", CLOSED),
    ("close:spam", CLOSED): ("Closed · 12:02 · Minh", CLOSED),
    ("remind:15", OPEN): ("It will be said again in time", OPEN),
    ("remind:15", TAKEN): ("It will be said again in time", TAKEN),
    ("remind:15", CLOSED): ("Closed · 12:02 · Minh", CLOSED),
}


STANDING = {
    OPEN: an_alert(),
    TAKEN: an_alert(state=TAKEN, taken_by="Minh", taken_at=NOON + MINUTE),
    CLOSED: an_alert(
        state=CLOSED, ended_by="Minh", ended_at=NOON + 2 * MINUTE, outcome=Outcome.BY_HAND
    ),
}

MAY = {Role.ADMIN, Role.OPERATOR}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", [OPEN, TAKEN, CLOSED])
@pytest.mark.parametrize("tap", ["take", "called", "release", "close:spam", "remind:15"])
async def test_a_step_moves_the_alert_if_the_role_and_the_state_let_it(
    room: Room, tap: str, state: AlertState, role: Role
) -> None:
    alert = room.shown(STANDING[state])
    verb, _, argument = tap.partition(":")

    reaction = await room.tap(verb, alert.id, argument, caller=a_caller(role))

    popup, after = MOVES[tap, state] if role in MAY else ("refused by the front", state)
    assert (reaction.popup, room.stands(alert).state) == (popup, after)


@pytest.mark.parametrize("verb", VERBS)
async def test_no_stranger_and_no_viewer_does_more_than_look(
    room: Room, alert: Alert, verb: str
) -> None:
    before = room.stands(alert)

    stranger = await room.tap(verb, alert.id, caller=a_caller(Role.STRANGER))
    viewer = await room.tap(verb, alert.id, caller=a_caller(Role.VIEWER))

    assert stranger.popup == "refused by the front"
    assert (viewer.popup == "refused by the front") is (verb != "history")
    assert room.stands(alert) == before


async def test_a_step_is_owed_to_every_card_and_the_outbox_is_woken(
    room: Room, alert: Alert
) -> None:
    reaction = await room.tap("take", alert.id)

    assert reaction.answers == ()
    assert room.owed() == ["acknowledged"]
    assert room.woken == 1
    assert room.stands(alert).taken_by == "Operator"


async def test_of_two_taps_one_wins_and_the_other_is_told_who(room: Room, alert: Alert) -> None:
    won = await room.tap("take", alert.id, caller=a_caller(Role.ADMIN))
    lost = await room.tap("take", alert.id)

    assert (won.popup, lost.popup) == ("It is yours", "Admin took it at 12:05")
    assert room.stands(alert).taken_by == "Admin"
    assert room.owed() == ["acknowledged"]


async def test_who_comes_late_gets_the_card_as_it_is(room: Room, alert: Alert) -> None:
    await room.tap("take", alert.id)

    lost = await room.tap("take", alert.id, caller=a_caller(Role.ADMIN))

    (card,) = lost.answers
    assert card.edits
    assert "Operator" in text_of(lost.answers)
    assert "✅ Take it" not in labels(card)


@pytest.mark.parametrize(
    ("verb", "argument"),
    [("take", ""), ("called", ""), ("close", "spam"), ("remind", "15"), ("mute", "number-1")],
)
async def test_a_tap_that_comes_twice_does_its_deed_once(
    room: Room, alert: Alert, verb: str, argument: str
) -> None:
    await room.tap(verb, alert.id, argument)
    stands, owed = room.stands(alert), room.owed()
    mutes = room.store.ledger.mutes(TAPPED_AT)

    await room.tap(verb, alert.id, argument, now=TAPPED_AT + timedelta(seconds=2))

    assert room.stands(alert) == stands
    assert room.owed() == owed
    assert room.store.ledger.mutes(TAPPED_AT) == mutes


# --- forged, elsewhere, and old


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in {"unmute", "rec"}])
async def test_an_alert_whose_card_is_not_in_the_chat_cannot_be_tapped(
    room: Room, alert: Alert, verb: str
) -> None:
    before = room.stands(alert)

    reaction = await room.tap(verb, alert.id, "1", caller=a_caller(chat=ELSEWHERE))

    assert reaction.popup == "This button does not work here."
    assert (reaction.loud, reaction.answers) == (True, ())
    assert room.stands(alert) == before


FORGED = [
    ("take", "15"),
    ("close", "because"),
    ("close", ""),
    ("remind", "5"),
    ("remind", ""),
    ("mute", "number-9999"),
    ("mute", "everything-1"),
    ("menu", "people"),
]


@pytest.mark.parametrize(("verb", "argument"), FORGED, ids=[":".join(f) for f in FORGED])
async def test_an_argument_that_no_button_has_does_nothing(
    room: Room, alert: Alert, verb: str, argument: str
) -> None:
    before = room.stands(alert)

    reaction = await room.tap(verb, alert.id, argument)

    assert reaction.popup == "This button does not work here."
    assert room.stands(alert) == before
    assert room.store.ledger.mutes(TAPPED_AT) == []


@pytest.mark.parametrize("about", ["none", "", "0123456789abcdef", "' OR 1=1 --"])
async def test_an_alert_that_is_not_there_cannot_be_tapped(room: Room, about: str) -> None:
    reaction = await room.tap("take", about)

    assert reaction.popup == "This button does not work here."


async def test_who_sees_other_hotlines_cannot_tap_though_the_card_is_there(
    room: Room, alert: Alert
) -> None:
    caller = a_caller(hotlines=("02873001234",))

    reaction = await room.tap("number", alert.id, caller=caller)

    assert reaction.popup == "This button does not work here."


async def test_a_card_too_old_says_so_and_loses_its_buttons(room: Room, alert: Alert) -> None:
    reaction = await room.tap("take", alert.id, now=alert.fired_at + BUTTONS_FOR)

    (card,) = reaction.answers
    assert reaction.popup == "This card is too old, its buttons no longer work."
    assert (card.edits, card.message.buttons) == (True, ())
    assert room.stands(alert).state is AlertState.OPEN


async def test_a_card_that_was_asked_for_in_private_is_edited_there(
    room: Room, alert: Alert
) -> None:
    reaction = await room.tap("take", alert.id, caller=a_caller(chat=None))

    (card,) = reaction.answers
    assert card.edits
    assert "0901 234 567" in text_of(reaction.answers)
    assert "↩️ Give back" in labels(card)


async def test_in_a_group_the_card_is_rendered_as_its_channel_does(
    room: Room, alert: Alert
) -> None:
    whole = replace(GROUP, mask=Mask.FULL)

    reaction = await room.tap("menu", alert.id, "remind", caller=a_caller(chat=whole))

    assert "09xx xxx 567" in text_of(reaction.answers)


# --- menus


@pytest.mark.parametrize(
    ("menu", "first"),
    [("remind", "15 min"), ("mute", "Number 1 h"), ("close", "Solved"), ("main", "✅ Take it")],
)
async def test_a_menu_takes_the_place_of_the_buttons(
    room: Room, alert: Alert, menu: str, first: str
) -> None:
    reaction = await room.tap("menu", alert.id, menu)

    (card,) = reaction.answers
    assert card.edits
    assert labels(card)[0] == first
    assert room.owed() == []


# --- notes, history, numbers


async def test_a_note_is_asked_for_by_the_command_that_its_answer_ends(
    room: Room, alert: Alert
) -> None:
    reaction = await room.tap("note", alert.id)

    (question,) = reaction.answers
    assert question.asks_back == f"note {alert.id}"
    assert f"#{alert.id[:6].upper()}" in text_of(reaction.answers)


async def test_why_it_was_closed_stands_on_the_card(room: Room, alert: Alert) -> None:
    await room.tap("close", alert.id, "wrong_number")

    (note,) = room.stands(alert).notes
    assert (note.by, note.text) == ("Operator", "Wrong number")


async def test_the_history_is_a_popup_of_that_customers_calls_and_hotlines(
    room: Room, alert: Alert
) -> None:
    others = [
        a_talk(id="2", started_at=NOON - HOUR),
        a_talk(id="3", started_at=NOON - HOUR, hotline="02873001234"),
        a_call(id="4", customer="+84912345678"),
        a_call(id="5", started_at=NOON - timedelta(days=31)),
    ]
    room.store.ledger.take_in({call.id: call for call in others}, None, NOON)

    everything = await room.tap("history", alert.id)
    theirs = await room.tap("history", alert.id, caller=a_caller(hotlines=("19001000",)))

    assert everything.popup.startswith("Last 30 days: 3 calls, 1 missed\n12:00 🔴\n")
    assert theirs.popup.startswith("Last 30 days: 2 calls, 1 missed")
    assert everything.answers == ()


async def test_a_whole_number_is_a_popup_with_an_audit_row_and_never_a_message(
    room: Room, alert: Alert
) -> None:
    reaction = await room.tap("number", alert.id)

    assert (reaction.popup, reaction.loud, reaction.answers) == ("0901 234 567", True, ())
    assert room.audited(Reason.SEEN) == ["Operator (2)"]


@pytest.mark.parametrize("verb", ["history", "number"])
async def test_of_several_customers_no_number_is_shown(room: Room, verb: str) -> None:
    alert = room.shown(an_alert(a_call(id="1"), a_call(id="2", customer="+84912345678")))

    reaction = await room.tap(verb, alert.id)

    assert reaction.popup == "This button does not work here."
    assert room.audited(Reason.SEEN) == []


# --- mutes


async def test_a_mute_by_button_is_told_to_the_chat_with_a_way_back(
    room: Room, alert: Alert
) -> None:
    reaction = await room.tap("mute", alert.id, "number-4")

    (mute,) = room.store.ledger.mutes(TAPPED_AT)
    card, told = reaction.answers
    assert (mute.key, mute.author, mute.until) == ("+84901234567", "Operator", TAPPED_AT + 4 * HOUR)
    assert reaction.popup == "Muted until 16:05: number 09xx xxx 567"
    assert card.edits
    assert text_of((told,)) == "🔕 Operator muted number 09xx xxx 567 until 16:05"
    assert labels(told) == [f"🔔 End {mute.id}"]


@pytest.mark.parametrize(
    ("role", "muted"), [(Role.ADMIN, True), (Role.OPERATOR, False)], ids=["admin", "operator"]
)
async def test_only_an_admin_mutes_a_rule(
    room: Room, alert: Alert, role: Role, *, muted: bool
) -> None:
    reaction = await room.tap("mute", alert.id, "rule-1", caller=a_caller(role))

    assert bool(room.store.ledger.mutes(TAPPED_AT)) is muted
    assert reaction.popup.startswith("Muted" if muted else "Only an admin")


async def test_a_mute_is_ended_by_its_button_once(room: Room, alert: Alert) -> None:
    await room.tap("mute", alert.id, "hotline-1")
    (mute,) = room.store.ledger.mutes(TAPPED_AT)

    ended = await room.tap("unmute", mute.id)
    again = await room.tap("unmute", mute.id)

    assert ended.popup == "Not muted any more: hotline CSKH"
    assert ended.answers[0].edits
    assert (again.popup, again.answers) == ("No mute in force has this id. See /mutes.", ())
    assert room.store.ledger.mutes(TAPPED_AT) == []


# --- recordings


async def test_a_recording_is_sent_protected_and_to_the_person_alone(room: Room) -> None:
    alert = room.shown(an_alert(RECORDED))

    reaction = await room.tap("rec", alert.id, caller=a_caller(chat=private(GRANTED), listens=True))

    (answer,) = reaction.answers
    assert answer.file == File("20260907-120000.mp3", b"ID3", "audio", protected=True)
    assert answer.private
    assert "ghi-am" not in text_of(reaction.answers)
    assert room.audited(Reason.HEARD) == ["Operator (2)"]


@pytest.mark.parametrize(
    "why", [why for why in Unheard if why is not Unheard.OFF], ids=lambda why: why.value
)
async def test_why_there_is_no_recording_is_said(room: Room, why: Unheard) -> None:
    alert = room.shown(an_alert(RECORDED))
    room.recording = why

    reaction = await room.tap("rec", alert.id, caller=a_caller(Role.ADMIN, None))

    (answer,) = reaction.answers
    assert answer.file is None
    assert text_of(reaction.answers) != ""
    assert "ghi-am" not in text_of(reaction.answers)


@pytest.mark.parametrize(
    ("hears", "said"),
    [(False, "Recordings are not turned on here."), (True, "This call was not recorded")],
    ids=["turned off", "not recorded"],
)
async def test_nothing_is_fetched_where_there_is_nothing_to_hear(
    room: Room, alert: Alert, said: str, *, hears: bool
) -> None:
    room.hears = hears

    reaction = await room.tap("rec", alert.id, caller=a_caller(Role.ADMIN, None))

    assert said in text_of(reaction.answers)
    assert room.fetched == []
    assert room.audited(Reason.HEARD) == []


@pytest.mark.parametrize(
    "caller",
    [a_caller(Role.ADMIN), a_caller(chat=None), a_caller(Role.VIEWER, None, listens=True)],
    ids=["in a group", "without a grant", "a viewer"],
)
async def test_who_may_not_listen_hears_nothing(room: Room, caller: Caller) -> None:
    alert = room.shown(an_alert(RECORDED))
    room.recording = Recording(b"ID3", "mp3")

    await room.tap("rec", alert.id, caller=caller)

    assert room.fetched == []
