"""Admins see everybody and everything that was done; each sees what is theirs."""

from dataclasses import replace

import pytest

from notifier.core.access import Deed, Done, No
from notifier.core.access_cards import Eyes
from notifier.core.access_lists import (
    PAGE,
    chat_list,
    deed_list,
    help_list,
    help_on,
    ids_of,
    oneself,
    people_list,
    person_card,
    usable,
)
from notifier.core.alerts import Language
from notifier.core.markup import to_text
from notifier.core.messages import Message
from notifier.core.people import Caller, Person, Right, Role
from notifier.core.phones import Mask
from notifier.core.talk import Command
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON
from tests.people import AN, GROUP, HOA, LAN, TU, alone, among

EN = Eyes(book(Language.EN), HANOI, NOON)

COMMANDS = (
    Command("start", Right.ANYBODY, usage="[code]"),
    Command("help", Right.ANYBODY, ("trogiup",), "[command]", "/help missed"),
    Command("id", Right.ANYBODY),
    Command("bind", Right.ANYBODY),
    Command("missed", Right.LOOK, ("nho",)),
    Command("ack", Right.WORK),
    Command("stop", Right.LOOK, private=True),
    Command("users", Right.GOVERN, private=True),
)


def buttons(message: Message) -> list[list[str]]:
    return [[f"{b.label}={b.data}" for b in row] for row in message.buttons]


def test_everybody_is_listed_with_what_they_have() -> None:
    lan = replace(LAN, extension="101", hotlines=("19001000",), listens=True)

    message = people_list([AN, HOA, lan], 0, EN.say)

    assert to_text(message) == (
        "People: 3\n👑 An @an_quanly · 11\n👁 Hoa · 31\n"
        "🎧 Lan · 21 · extension 101 · 19001000 · may hear recordings"
    )
    assert buttons(message) == [["An=1:person:11", "Hoa=1:person:31"], ["Lan=1:person:21"]]


@pytest.mark.parametrize(
    ("page", "heading", "turns"),
    [
        pytest.param(0, "People: 20 · 1/3", ["▶=1:users:1"], id="first"),
        pytest.param(1, "People: 20 · 2/3", ["◀=1:users:0", "▶=1:users:2"], id="middle"),
        pytest.param(99, "People: 20 · 3/3", ["◀=1:users:1"], id="beyond the last"),
    ],
)
def test_many_people_are_on_pages(page: int, heading: str, turns: list[str]) -> None:
    people = [Person(100 + n, f"P{n}", Role.VIEWER) for n in range(20)]

    message = people_list(people, page, EN.say)

    assert to_text(message).startswith(heading)
    assert buttons(message)[-1] == turns
    assert len(message.lines) <= PAGE


def test_a_button_has_a_label_even_where_a_name_is_blank() -> None:
    message = people_list([replace(LAN, name=" ")], 0, EN.say)

    assert buttons(message) == [["21=1:person:21"]]


def test_nobody_is_listed_where_nobody_is() -> None:
    assert to_text(people_list([], 0, EN.say)) == "People: 0"


def test_one_person_can_be_given_what_they_have_not() -> None:
    message = person_card(replace(LAN, extension="101", since=NOON), EN)

    assert to_text(message) == "🎧 Operator\nLan · 21\nextension 101\nSince 12:00"
    assert buttons(message) == [
        ["👑 Admin=1:role:21:admin", "👁 Viewer=1:role:21:viewer"],
        ["🎧 Allow recordings=1:listen:21:on", "❌ Take access away=1:role:21:stranger"],
        ["‹ Everybody=1:users:0"],
    ]


def test_recordings_can_be_taken_back() -> None:
    message = person_card(replace(LAN, listens=True), EN)

    assert buttons(message)[1][0] == "🔇 Disallow recordings=1:listen:21:off"


def test_whoever_has_no_role_can_only_be_given_one() -> None:
    message = person_card(TU, EN)

    assert [len(row) for row in message.buttons] == [3, 1]


def test_chats_are_listed_as_they_are_bound() -> None:
    chat = replace(GROUP, language=Language.VI, topic=7, hotlines=("1900",), parked="blocked")
    other = replace(GROUP, id=-5, title="Kho", bound=False)

    message = chat_list([chat, other], EN.say)

    assert to_text(message) == (
        "Groups: 2\n✅ CSKH · -1001 · connected · 1900 · last 3 digits only · Vietnamese · topic 7"
        " · nothing is sent: blocked\n▫️ Kho · -5 · not connected"
    )
    assert buttons(message) == [
        ["❌ Disconnect CSKH=1:chat:-1001:unbind"],
        ["✅ Connect Kho=1:chat:-5:bind"],
    ]


def test_the_audit_names_who_did_what_to_whom() -> None:
    done = [
        Done(NOON, 11, Deed.GRANTED, person=21, detail="operator"),
        Done(NOON + MINUTE, 0, Deed.LEFT, chat=-5, detail="Kho"),
        Done(NOON + MINUTE, 41, Deed.CODE_REFUSED),
    ]

    message = deed_list(done, {11: "An", 21: "Lan"}, EN)

    assert to_text(message) == (
        "Audit: 3\n12:00 An (11): gave access · Lan (21) · operator\n"
        "12:01 Notifier: the bot left a group · -5 · Kho\n12:01 41: gave a wrong code"
    )


@pytest.mark.parametrize(
    ("caller", "said"),
    [
        pytest.param(alone(TU), "Your id: 41", id="a stranger alone"),
        pytest.param(among(LAN), "Your id: 21\nId of the group: -1001", id="in a group"),
        pytest.param(
            among(LAN, topic=7), "Your id: 21\nId of the group: -1001\ntopic 7", id="in a topic"
        ),
    ],
)
def test_anybody_may_know_the_ids(caller: Caller, said: str) -> None:
    assert to_text(ids_of(caller, EN.say)) == said


@pytest.mark.parametrize(
    ("caller", "said"),
    [
        pytest.param(
            alone(AN),
            "Role: Admin\nevery hotline\nwhole numbers\nmay hear recordings",
            id="an admin",
        ),
        pytest.param(
            among(replace(LAN, hotlines=("1900",), extension="101")),
            "Role: Operator\n1900\nlast 3 digits only\nextension 101",
            id="an operator in a group",
        ),
        pytest.param(
            Caller(replace(HOA, hotlines=("1800",)), replace(GROUP, hotlines=("1900",))),
            "Role: Viewer\nno hotline\nlast 3 digits only",
            id="nothing in common",
        ),
    ],
)
def test_somebody_sees_what_they_may(caller: Caller, said: str) -> None:
    short = {"Your role": "Role", "You see: ": "", "Customers' numbers: ": ""}

    shown = to_text(oneself(caller, EN)).partition("\n")[2]

    assert replaced(shown, short) == said


def replaced(text: str, words: dict[str, str]) -> str:
    for word, other in words.items():
        text = text.replace(word, other)
    return text


@pytest.mark.parametrize(
    ("caller", "names"),
    [
        pytest.param(alone(TU), "start help id", id="a stranger"),
        pytest.param(among(TU), "start help id", id="a stranger in a group"),
        pytest.param(alone(HOA), "start help id bind missed stop", id="a viewer"),
        pytest.param(among(LAN), "start help id bind missed ack", id="an operator in a group"),
        pytest.param(alone(AN), "start help id bind missed ack stop users", id="an admin"),
        pytest.param(among(AN, bound=False), "start help id bind", id="a group that is not bound"),
    ],
)
def test_help_lists_what_may_be_asked_here(caller: Caller, names: str) -> None:
    assert [command.name for command in usable(COMMANDS, caller)] == names.split()


def test_help_says_what_each_command_does() -> None:
    message = help_list(COMMANDS[:2], EN.say)

    assert to_text(message) == (
        "Commands\n/start begin, ask for access or use a code\n/help the commands"
    )


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param(COMMANDS[2], "/id\nyour id and that of this chat", id="without anything"),
        pytest.param(
            COMMANDS[1],
            "/help [command]\nthe commands\nAlso: /trogiup\nExample: /help missed",
            id="with all",
        ),
    ],
)
def test_help_on_a_command_says_how_it_is_put(command: Command, said: str) -> None:
    assert to_text(help_on(command, EN.say)) == said


@pytest.mark.parametrize(
    "name",
    [
        *(f"people.no.{why.value}" for why in No),
        *(f"deed.{deed.value}" for deed in Deed),
        *(f"role.{role.value}" for role in Role),
        *(f"mask.{mask.value}" for mask in Mask),
        *(f"language.{language.value}" for language in Language),
    ],
)
@pytest.mark.parametrize("language", Language)
def test_every_word_has_its_sentence(language: Language, name: str) -> None:
    assert book(language)(name)
