"""From a text to a command, or to the reason why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alerts import Language
from notifier.core.commanding import (
    Order,
    Refused,
    Understood,
    language_of,
    read_order,
    refusal,
    understand,
    usage_of,
    verb_of,
)
from notifier.core.markup import to_text
from notifier.core.people import Caller, Chat, ChatKind, Person, Right, Role
from notifier.core.talk import Command, Skill
from notifier.text import book

MISSED = Command("missed", Right.LOOK, aliases=("nho", "m"), usage="[period]", example="/missed 7d")
USERS = Command("users", Right.GOVERN, private=True)
ID = Command("id", Right.ANYBODY)
EXPORT = Command("export", Right.LOOK, private=True)

LOOKING = Skill((MISSED, ID), {"page": Right.LOOK})
GOVERNING = Skill((USERS, EXPORT), {"grant": Right.GOVERN})
SKILLS = (LOOKING, GOVERNING)

PRIVATE = Chat(1, ChatKind.PRIVATE)
BOUND = Chat(-1, ChatKind.GROUP, bound=True)
UNBOUND = Chat(-2, ChatKind.GROUP)


def a_caller(role: Role = Role.ADMIN, chat: Chat = PRIVATE, **facts: Language) -> Caller:
    return Caller(Person(1, "Lan", role, **facts), chat)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("/missed", Order("missed", ())),
        ("/Missed  7d \n 101", Order("missed", ("7d", "101"))),
        ("/missed@N_bot 7d", Order("missed", ("7d",), "n_bot")),
        ("missed", None),
        ("/", None),
        ("/@n_bot", None),
        ("", None),
        ("   ", None),
    ],
)
def test_a_text_that_begins_with_a_slash_is_an_order(text: str, order: Order | None) -> None:
    assert read_order(text) == order


@given(st.text())
def test_any_text_is_an_order_or_none(text: str) -> None:
    order = read_order(text)

    assert order is None or order.name


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (Order("missed", ("7d",)), ("7d",)),
        (Order("nho", ("7d",)), ("7d",)),
        (Order("m_1042", ("7d",)), ("1042", "7d")),
    ],
    ids=["name", "alias", "tapped id"],
)
def test_a_command_is_found_by_each_of_its_names(order: Order, words: tuple[str, ...]) -> None:
    assert understand(order, SKILLS, a_caller()) == Understood(LOOKING, MISSED, words)


STRANGER = Refused("bot.stranger")

REFUSALS = {
    "stranger": ("missed", a_caller(Role.STRANGER), STRANGER),
    "stranger, no such": ("zzz", a_caller(Role.STRANGER), STRANGER),
    "stranger in a group": ("missed", a_caller(Role.STRANGER, BOUND), STRANGER),
    "viewer": ("users", a_caller(Role.VIEWER), Refused("bot.denied")),
    "operator": ("users", a_caller(Role.OPERATOR), Refused("bot.denied")),
    "admin in a group": ("users", a_caller(chat=BOUND), Refused("bot.private_only")),
    "for private chats": ("export", a_caller(chat=BOUND), Refused("bot.private_only")),
    "unbound": ("missed", a_caller(chat=UNBOUND), Refused("bot.unbound")),
    "far": ("zzz_9", a_caller(), Refused("command.unknown", {"command": "/zzz_9"})),
    "bare": ("zzz_", a_caller(), Refused("command.unknown", {"command": "/zzz_"})),
    "near": (
        "mised",
        a_caller(),
        Refused("command.did_you_mean", {"command": "/mised", "suggestion": "/missed"}),
    ),
    "near what they may not use": (
        "user",
        a_caller(Role.VIEWER),
        Refused("command.unknown", {"command": "/user"}),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_refused_says_why(case: str) -> None:
    name, caller, refused = REFUSALS[case]

    assert understand(Order(name, ()), SKILLS, caller) == refused


def test_a_stranger_may_use_what_is_for_anybody_even_in_a_group_of_nobody() -> None:
    caller = a_caller(Role.STRANGER, UNBOUND)

    assert understand(Order("id", ()), SKILLS, caller) == Understood(LOOKING, ID, ())


@pytest.mark.parametrize(
    ("right", "caller", "why"),
    [
        (Right.ANYBODY, a_caller(Role.STRANGER), ""),
        (Right.WORK, a_caller(Role.STRANGER), "bot.stranger"),
        (Right.WORK, a_caller(Role.VIEWER), "bot.denied"),
        (Right.WORK, a_caller(chat=UNBOUND), "bot.unbound"),
        (Right.LISTEN, a_caller(chat=BOUND), "bot.private_only"),
        (Right.WORK, a_caller(chat=BOUND), ""),
    ],
)
def test_a_right_that_is_missing_has_its_sentence(right: Right, caller: Caller, why: str) -> None:
    assert refusal(right, caller) == why


def test_a_refusal_is_put_in_words() -> None:
    message = Refused("bot.denied").message(book(Language.VI))

    assert to_text(message) == "Bạn không có quyền làm việc này."


def test_a_verb_belongs_to_the_skill_that_knows_it() -> None:
    assert verb_of("grant", SKILLS) == (GOVERNING, Right.GOVERN)
    assert verb_of("nuke", SKILLS) is None


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (MISSED, "Usage: /missed [period]. Example: /missed 7d"),
        (ID, "Usage: /id. Example: /id"),
    ],
    ids=["with words", "alone"],
)
def test_usage_is_one_line_with_an_example(command: Command, line: str) -> None:
    assert to_text(usage_of(command, book(Language.EN))) == line


VI, EN = Language.VI, Language.EN

LANGUAGES = {
    "group's own": (a_caller(chat=Chat(-1, ChatKind.GROUP, language=EN), language=VI), None, EN),
    "group without": (a_caller(chat=BOUND, language=EN), EN, VI),
    "person's choice": (a_caller(language=EN), None, EN),
    "private chat's": (a_caller(chat=Chat(1, ChatKind.PRIVATE, language=EN)), None, EN),
    "nobody's": (a_caller(), EN, VI),
    "stranger's client": (a_caller(Role.STRANGER), EN, EN),
    "stranger's unknown": (a_caller(Role.STRANGER), None, VI),
}


@pytest.mark.parametrize("case", LANGUAGES)
def test_the_language_is_the_groups_or_the_persons(case: str) -> None:
    caller, spoken, language = LANGUAGES[case]

    assert language_of(caller, spoken, VI) is language
