"""A message about a request shows how it stands, to each as it concerns them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.access import No, Owing, RequestState
from notifier.core.access_cards import Eyes, greeting, knock, outcome, post_of
from notifier.core.admitting import GROUP_WAITS
from notifier.core.alerts import Language
from notifier.core.markup import TELEGRAM_LIMIT, to_html, to_text
from notifier.core.messages import Message
from notifier.core.people import Person, Right, Role
from notifier.core.talk import Command, read_data
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON
from tests.fakes.telegram_html import parse_html, units
from tests.people import AN, TU, a_request, a_request_of_group

VI = Eyes(book(Language.VI), HANOI, NOON + 5 * MINUTE)
EN = replace(VI, say=book(Language.EN))

COMMANDS = (
    Command("missed", Right.LOOK),
    Command("rec", Right.LISTEN),
    Command("help", Right.LOOK),
)

GRANTED = a_request(
    state=RequestState.GRANTED, role=Role.OPERATOR, decided_by="An", decided_at=NOON + MINUTE
)


def read(message: Message | None) -> str:
    assert message is not None
    return to_text(message)


def labels(message: Message | None) -> list[list[str]]:
    assert message is not None
    return [[button.label for button in row] for row in message.buttons]


def for_admin(eyes: Eyes, **facts: Any) -> Message | None:
    owing = Owing(a_request(**facts), AN.id, message=None if not facts else 7)
    return post_of(owing, eyes, COMMANDS)


def test_an_admin_reads_who_asks_and_may_answer() -> None:
    asked = for_admin(VI)

    assert read(asked) == "🙋 Yêu cầu cấp quyền\n👤 Tú @tu41 · 41\n🕑 12:00"
    assert labels(asked) == [["🎧 Nhân viên", "👑 Quản lý", "👁 Chỉ xem"], ["🚫 Từ chối", "⛔ Chặn"]]


def test_the_language_of_whoever_asks_helps_to_know_them() -> None:
    asked = for_admin(EN, language=Language.VI)

    assert read(asked).endswith("🕑 12:00 · Vietnamese")


ENDINGS = [
    pytest.param({"role": Role.VIEWER}, "✅", "An approved at 12:01: Viewer", id="granted"),
    pytest.param({"state": RequestState.REFUSED}, "🚫", "An declined at 12:01", id="refused"),
    pytest.param({"state": RequestState.BLOCKED}, "⛔", "An blocked at 12:01", id="blocked"),
]


@pytest.mark.parametrize(("facts", "icon", "said"), ENDINGS)
def test_every_admin_reads_who_decided_and_how(facts: dict[str, Any], icon: str, said: str) -> None:
    ended = {"state": RequestState.GRANTED, "decided_by": "An", "decided_at": NOON + MINUTE}

    message = for_admin(EN, **{**ended, **facts})

    assert read(message).startswith(icon)
    assert read(message).endswith(said)
    assert labels(message) == []


def test_an_admin_who_was_not_told_in_time_is_not_told_at_all() -> None:
    assert post_of(Owing(GRANTED, AN.id), EN, COMMANDS) is None


def test_whoever_asked_is_greeted_with_where_to_begin() -> None:
    greeted = post_of(Owing(GRANTED, TU.id), EN, COMMANDS)

    assert read(greeted) == (
        "Welcome, Tú!\nYour role: Operator\n/missed missed calls\n/help the commands"
    )


def test_whoever_was_refused_is_told_and_whoever_was_blocked_is_not() -> None:
    refused = replace(a_request(), state=RequestState.REFUSED)

    assert read(post_of(Owing(refused, TU.id), EN, ())) == "Your request was declined."
    assert post_of(Owing(replace(refused, state=RequestState.BLOCKED), TU.id), EN, ()) is None


def test_a_group_is_told_until_when_it_waits() -> None:
    request = a_request_of_group(leaves_at=NOON + GROUP_WAITS)

    told = post_of(Owing(request, -1002), EN, ())

    assert "leave at 12:10" in read(told)
    assert labels(told) == [["✅ Connect this group"]]


def test_a_group_is_told_who_let_it_in() -> None:
    request = a_request_of_group(state=RequestState.GRANTED, decided_by="An")

    told = post_of(Owing(request, -1002, message=7), EN, ())

    assert read(told) == "✅ This group is connected, approved by An."


@pytest.mark.parametrize("state", [RequestState.REFUSED, RequestState.EXPIRED])
def test_a_group_that_is_left_is_told_nothing_more(state: RequestState) -> None:
    assert post_of(Owing(a_request_of_group(state=state), -1002, message=7), EN, ()) is None


def test_an_admin_reads_which_group_and_who_brought_the_bot() -> None:
    request = a_request_of_group(leaves_at=NOON + GROUP_WAITS)

    told = post_of(Owing(request, AN.id), EN, ())

    assert read(told) == (
        "🙋 The bot was added to a group\n👥 Kho · -1002\n👤 Tú @tu41 · 41\n🕑 12:00\n"
        "Unless approved, the bot will leave the group at 12:10."
    )
    assert labels(told) == [["✅ Connect this group", "🚫 Decline"]]


def test_a_group_that_nobody_decided_about_was_left() -> None:
    request = a_request_of_group(state=RequestState.EXPIRED)

    assert outcome(request, EN) == "Nobody approved; the bot has left the group."


@pytest.mark.parametrize(
    ("why", "said", "asks"),
    [
        pytest.param(None, "You have no access yet.", True, id="may ask"),
        pytest.param(No.ALREADY_ASKED, "Your request is waiting", False, id="waits"),
    ],
)
def test_a_stranger_is_told_how_to_come_in(why: No | None, said: str, *, asks: bool) -> None:
    message = knock(TU, EN.say, why)

    assert read(message).startswith(f"Hello Tú!\n{said}")
    assert bool(message.buttons) is asks


def test_a_command_without_a_sentence_is_told_by_its_usage() -> None:
    commands = (Command("find", Right.LOOK, usage="<số>"), Command("open", Right.LOOK))
    said = {"people.welcome": "!", "people.you_are": "!", "role.viewer": "!"}

    message = greeting("Tú", Role.VIEWER, lambda name, /, **_: said[name], commands)

    assert read(message) == "!\n!\n/open open\n/find <số>"


ANY = st.text(st.characters(codec=None), max_size=400)


@given(
    name=ANY,
    title=ANY,
    by=ANY,
    state=st.sampled_from(RequestState),
    chat=st.sampled_from([11, -1002]),
)
def test_any_name_makes_a_message_that_telegram_takes(
    name: str, title: str, by: str, state: RequestState, chat: int
) -> None:
    request = a_request_of_group(name=name, title=title, decided_by=by, state=state, username=name)

    message = post_of(Owing(request, chat, message=7), VI, ()) or knock(
        Person(1, name), VI.say, None
    )

    shown = parse_html(to_html(message))
    assert shown.strays == 0
    assert 0 < units(shown.text) <= TELEGRAM_LIMIT
    assert all(
        read_data(button.data) and len(button.data.encode()) <= 64
        for row in message.buttons
        for button in row
    )
