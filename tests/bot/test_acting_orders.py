"""Who types has the same deeds as who taps, by an id that stands on the card."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.core.alerts import Alert, AlertState, Reason
from notifier.core.people import Role
from tests.bot.acting_room import ELSEWHERE, TAPPED_AT, Room, a_caller, labels, text_of
from tests.builders import MINUTE, a_call, an_alert
from tests.fakes.clock import FakeClock
from tests.store.desk import a_desk, a_mute

HOUR = 60 * MINUTE


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with a_desk(tmp_path / "notifier.db") as store:
        yield Room(store, FakeClock(TAPPED_AT))


@pytest.fixture
def alert(room: Room) -> Alert:
    return room.shown()


def short(alert: Alert) -> str:
    return f"#{alert.id[:6].upper()}"


DEEDS = [
    ("ack", "", AlertState.ACKNOWLEDGED, "it is yours"),
    ("done", "", AlertState.CLOSED, "closed"),
    ("done", " khách đã mua hàng", AlertState.CLOSED, "closed"),
    ("note", " hẹn gọi lại 15:00", AlertState.OPEN, "note kept"),
]


@pytest.mark.parametrize(
    ("name", "more", "state", "told"), DEEDS, ids=[f"{d[0]}{d[1]}" for d in DEEDS]
)
@pytest.mark.parametrize("whole", [False, True], ids=["short id", "whole id"])
async def test_a_deed_is_done_by_an_id(
    room: Room, alert: Alert, name: str, more: str, state: AlertState, told: str, *, whole: bool
) -> None:
    word = alert.id if whole else short(alert)

    answers = await room.say(f"{name} {word}{more}", caller=a_caller(chat=ELSEWHERE))

    after = room.stands(alert)
    assert text_of(answers) == f"{short(alert)}: {told}"
    assert after.state is state
    assert [note.text for note in after.notes] == [more.strip()] * bool(more)
    assert room.woken == 1


async def test_who_comes_late_is_told_how_it_stands(room: Room, alert: Alert) -> None:
    await room.say(f"ack {alert.id}", caller=a_caller(Role.ADMIN))

    answers = await room.say(f"ack {alert.id}")

    assert text_of(answers) == f"{short(alert)}: Admin took it at 12:05"


async def test_a_note_that_comes_twice_is_kept_once_and_said_to_be_kept(
    room: Room, alert: Alert
) -> None:
    line = f"note {alert.id} hẹn 15:00"

    first, second = await room.say(line), await room.say(line)

    assert first == second
    assert len(room.stands(alert).notes) == 1


async def test_a_note_on_what_was_not_true_is_not_kept(room: Room) -> None:
    alert = room.shown(an_alert(state=AlertState.REVISED))

    answers = await room.say(f"note {alert.id} hẹn 15:00")

    assert text_of(answers) == f"{short(alert)}: Corrected"
    assert room.stands(alert).notes == ()


USAGES = ["ack", "ack 3F9A0C now", "done", "note 3F9A0C", "mute", "mute 101 2h", "mute 0901234567"]
USAGES += ["unmute", "unmute a b", "rec", "rec a b"]


@pytest.mark.parametrize("line", USAGES)
async def test_words_that_do_not_fit_get_the_usage_with_an_example(room: Room, line: str) -> None:
    answers = await room.say(line)

    name = line.split(maxsplit=1)[0]
    assert f"/{name}" in text_of(answers)
    assert room.command(name).example in text_of(answers)


@pytest.mark.parametrize("word", ["zzzzzz", "#ZZZZZZ", "%", "a'b", "x" * 40])
async def test_an_id_that_nothing_has_is_said_back(room: Room, word: str) -> None:
    room.shown()

    answers = await room.say(f"ack {word}")

    assert text_of(answers).startswith(f"There is no #{word.lstrip('#')[:16].upper()}.")


async def test_an_id_that_several_have_must_be_longer(room: Room) -> None:
    room.shown(an_alert(a_call(id="1"), id="abc156789abcdefg", key="1"))
    room.shown(an_alert(a_call(id="2"), id="abc256789abcdefg", key="2"))

    answers = await room.say("ack ABC")

    assert "Several alerts begin with #ABC" in text_of(answers)


async def test_an_alert_of_other_hotlines_is_not_there(room: Room, alert: Alert) -> None:
    answers = await room.say(f"ack {alert.id}", caller=a_caller(hotlines=("02873001234",)))

    assert text_of(answers).startswith("There is no")
    assert room.stands(alert).state is AlertState.OPEN


# --- mutes


async def test_a_number_is_muted_with_a_reason(room: Room) -> None:
    answers = await room.say("mute 0901 234 567 2h quấy rối")

    (mute,) = room.store.ledger.mutes(TAPPED_AT)
    assert (mute.key, mute.reason, mute.until) == ("+84901234567", "quấy rối", TAPPED_AT + 2 * HOUR)
    assert text_of(answers) == "🔕 Operator muted number 09xx xxx 567 until 14:05"


REFUSED = [
    ("mute 0901234567 2d", Role.OPERATOR, "24 hours at most"),
    ("mute 0901234567 91d", Role.ADMIN, "90 days at most"),
    ("mute goi_nho 1h", Role.OPERATOR, "Only an admin"),
]


@pytest.mark.parametrize(("line", "role", "told"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_what_is_too_much_is_refused(room: Room, line: str, role: Role, told: str) -> None:
    answers = await room.say(line, caller=a_caller(role))

    assert told in text_of(answers)
    assert room.store.ledger.mutes(TAPPED_AT) == []


async def test_what_is_muted_already_is_said_to_be(room: Room) -> None:
    await room.say("mute 0901234567 2h")

    answers = await room.say("mute 0901234567 1h")

    assert text_of(answers) == "Muted already: number 09xx xxx 567"
    assert len(room.store.ledger.mutes(TAPPED_AT)) == 1


async def test_the_list_has_who_until_when_and_why_and_a_button_each(room: Room) -> None:
    room.store.ledger.add_mute(
        a_mute(key="+84901234567", reason="gọi 0912345678"), "cli", TAPPED_AT
    )
    room.store.ledger.add_mute(a_mute("m2", hotline="02873001234"), "cli", TAPPED_AT)

    (everything,) = await room.say("mutes")
    (theirs,) = await room.say("mutes", caller=a_caller(hotlines=("19001000",)))

    assert text_of((everything,)).split("\n") == [
        "🔕 Muted now: 2",
        "m1 · number 09xx xxx 567 · until 13:00 · Hạnh: gọi 09xx xxx 678",
        "m2 · hotline Bán hàng · until 13:00 · Hạnh: họp",
    ]
    assert labels(everything) == ["🔔 End m1", "🔔 End m2"]
    assert text_of((theirs,)).startswith("🔕 Muted now: 1\nm1 ")


async def test_an_empty_list_says_so(room: Room) -> None:
    assert text_of(await room.say("mutes")) == "Nothing is muted."


async def test_a_mute_is_ended_by_its_id(room: Room) -> None:
    room.store.ledger.add_mute(a_mute(), "cli", TAPPED_AT)

    first, again = await room.say("unmute M1"), await room.say("unmute m1")

    assert text_of(first) == "🔔 Operator ended the mute of every alert"
    assert text_of(again) == "No mute in force has this id. See /mutes."


async def test_the_mute_of_a_rule_is_ended_by_an_admin_only(room: Room) -> None:
    room.store.ledger.add_mute(a_mute(rule="goi_nho"), "cli", TAPPED_AT)

    refused = await room.say("unmute m1")
    ended = await room.say("unmute m1", caller=a_caller(Role.ADMIN))

    assert "Only an admin" in text_of(refused)
    assert "ended the mute" in text_of(ended)


# --- recordings

RECORDED = a_call(recording_urls=("https://ghi-am.example.vn/secret.mp3",))


@pytest.mark.parametrize("by", ["alert", "call"])
async def test_a_recording_is_had_by_the_id_of_its_alert_or_its_call(room: Room, by: str) -> None:
    alert = room.shown(an_alert(RECORDED))
    word = {"alert": short(alert), "call": RECORDED.id}[by]

    (answer,) = await room.say(f"rec {word}", caller=a_caller(Role.ADMIN, None))

    assert answer.file is not None
    assert answer.private
    assert room.fetched == [RECORDED.id]
    assert room.audited(Reason.HEARD) == ["Admin (1)"]


@pytest.mark.parametrize("word", ["none", RECORDED.id], ids=["nothing", "of another hotline"])
async def test_a_recording_that_may_not_be_seen_is_not_there(room: Room, word: str) -> None:
    room.shown(an_alert(RECORDED))
    caller = a_caller(Role.ADMIN, None, hotlines=("02873001234",))

    (answer,) = await room.say(f"rec {word}", caller=caller)

    assert answer.file is None
    assert text_of((answer,)).startswith("There is no")
    assert room.fetched == []
