"""Admins govern people and chats in private; everybody learns what is theirs."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.bot.access import COMMANDS, VERBS
from notifier.core.access import Deed
from notifier.core.alerts import Language
from notifier.core.commanding import names_of
from notifier.core.hearing import Moved
from notifier.core.people import Chat, Person, Right, Role
from notifier.core.phones import Mask
from notifier.core.talk import Command, data_of
from notifier.text import book
from tests.bot.hall import KHO, Hall, a_hall, labels
from tests.people import AN, BINH, BY_ROLE, GROUP, HOA, LAN, TU


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with a_hall(tmp_path / "notifier.db") as opened:
        opened.people.put_chat(GROUP)
        yield opened


def usage(command: str) -> str:
    return f"Usage: /{command}"


# --- people


async def test_an_admin_sees_everybody(hall: Hall) -> None:
    assert (await hall.asks(AN, "/users")).startswith("People: 4\n👑 An @an_quanly · 11\n")


async def test_an_admin_turns_to_somebody_and_back(hall: Hall) -> None:
    person = await hall.reacts(AN, data_of("person", str(LAN.id)))
    back = await hall.reacts(AN, data_of("users", "0"))

    assert [answer.edits for answer in (*person.answers, *back.answers)] == [True, True]
    assert "🎧 Operator\nLan · 21" in await hall.taps(AN, data_of("person", str(LAN.id)))
    assert (await hall.taps(AN, "1:users:x")).startswith("People: 4")


@pytest.mark.parametrize("verb", ["person", "role", "listen"])
@pytest.mark.parametrize("about", ["999", "x"])
async def test_a_button_about_nobody_does_nothing(hall: Hall, verb: str, about: str) -> None:
    assert await hall.taps(AN, data_of(verb, about, "on")) == "This person has no access."


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPERATOR, Role.VIEWER])
async def test_a_role_is_given_by_word_and_by_button(hall: Hall, role: Role) -> None:
    hall.waits(1)
    said = await hall.asks(AN, f"/grant {TU.id} {role.value}")
    shown = await hall.taps(AN, data_of("role", str(HOA.id), role.value))

    assert f"{role.value.title()}\n41 · 41" in said
    assert f"{role.value.title()}\nHoa · 31" in shown
    assert hall.known(TU).role is hall.known(HOA).role is role
    assert hall.deeds() == [(AN.id, Deed.GRANTED)] * 2


async def test_a_role_is_given_for_some_hotlines(hall: Hall) -> None:
    await hall.asks(AN, f"/grant {LAN.id} operator 1900.1000 19002000")
    some = hall.known(LAN).hotlines

    await hall.asks(AN, f"/grant {LAN.id} viewer")
    kept = hall.known(LAN).hotlines
    await hall.asks(AN, f"/grant {LAN.id} viewer all")

    assert some == kept == ("19001000", "19002000")
    assert hall.known(LAN).hotlines == ()


async def test_recordings_are_granted_and_taken_back_by_word_and_by_button(hall: Hall) -> None:
    listens = []

    await hall.asks(AN, f"/grant {LAN.id} listen")
    listens.append(hall.known(LAN).listens)
    await hall.asks(AN, f"/revoke {LAN.id} ghiam")
    listens.append(hall.known(LAN).listens)
    await hall.taps(AN, data_of("listen", str(LAN.id), "on"))
    listens.append(hall.known(LAN).listens)
    await hall.taps(AN, data_of("listen", str(LAN.id), "off"))
    listens.append(hall.known(LAN).listens)

    assert listens == [True, False, True, False]


async def test_recordings_are_nothing_for_a_stranger(hall: Hall) -> None:
    assert await hall.asks(AN, f"/grant {TU.id} listen") == "This person has no access."


async def test_what_was_revoked_is_gone_at_once(hall: Hall) -> None:
    before = hall.caller(LAN).may(Right.LOOK)

    said = await hall.asks(AN, f"/revoke {LAN.id}")

    assert before
    assert said.startswith("▫️ No access")
    assert not hall.caller(LAN).may(Right.LOOK)
    assert hall.deeds() == [(AN.id, Deed.REVOKED)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f"/revoke {AN.id}", "You cannot change your own role.", id="oneself"),
        pytest.param(f"/grant {AN.id} viewer", "You cannot change your own role.", id="one's own"),
        pytest.param(f"/revoke {BINH.id}", "The configuration file makes", id="of the file"),
        pytest.param("/revoke 999", "This person has no access.", id="nobody"),
        pytest.param("/link 999 101", "This person has no access.", id="link nobody"),
    ],
)
async def test_what_cannot_be_done_is_said(hall: Hall, text: str, said: str) -> None:
    hall.people.follow_file([BINH.id], [])

    assert (await hall.asks(AN, text)).startswith(said)
    assert hall.deeds() == []


@pytest.mark.parametrize("person", [LAN, HOA, TU], ids=lambda person: person.role.value)
async def test_nobody_else_gives_roles_even_if_the_front_let_them_through(
    hall: Hall, person: Person
) -> None:
    said = await hall.asks(person, f"/grant {TU.id} admin")
    popup = await hall.taps(person, data_of("role", str(HOA.id), "admin"))

    assert said == popup == "Only an admin can do this."


@pytest.mark.parametrize(
    "text",
    [
        "/grant",
        "/grant 21",
        "/grant @lan operator",
        "/grant 21 boss",
        "/grant 21 operator 19009999",
        "/revoke",
        "/revoke Lan",
        "/revoke 21 all",
        "/link 21",
        "/link 21 extension",
        "/link lan 101",
        "/invite",
        "/invite boss",
        "/audit lan",
        "/bind",
        "/bind -999",
        "/bind -1001 mask=some",
        "/unbind",
        "/unbind -1001 please",
        "/lang",
        "/lang fr",
    ],
)
async def test_a_wrong_word_is_answered_with_the_usage(hall: Hall, text: str) -> None:
    name = text.split(maxsplit=1)[0].removeprefix("/")

    assert (await hall.asks(AN, text)).startswith(usage(name))
    assert hall.deeds() == []


async def test_a_person_is_linked_to_an_extension(hall: Hall) -> None:
    said = await hall.asks(AN, f"/link {LAN.id} 101")

    assert "extension 101" in said
    assert hall.people.with_extension("101") == hall.known(LAN)
    assert await hall.asks(AN, f"/link {HOA.id} 101") == (
        "This extension is linked to somebody else."
    )


async def test_a_link_is_taken_away(hall: Hall) -> None:
    await hall.asks(AN, f"/link {LAN.id} 101")

    await hall.asks(AN, f"/link {LAN.id} off")

    assert hall.people.with_extension("101") is None


async def test_an_invitation_says_for_what_and_until_when(hall: Hall) -> None:
    said = await hall.asks(AN, "/invite viewer")

    assert said.startswith(
        "Invitation link, role Viewer. It works once, until 12:15:\nhttps://t.me/"
    )


async def test_the_audit_tells_everything_or_of_one(hall: Hall) -> None:
    await hall.asks(AN, f"/grant {HOA.id} operator")
    await hall.asks(AN, "/bind -1001")

    assert await hall.asks(AN, f"/audit {HOA.id}") == (
        "Audit: 1\n12:00 An (11): gave access · Hoa (31) · operator"
    )
    assert await hall.asks(AN, "/audit") == (
        "Audit: 2\n12:00 An (11): connected a group · CSKH (-1001)\n"
        "12:00 An (11): gave access · Hoa (31) · operator"
    )


# --- chats


async def test_an_admin_sees_every_group(hall: Hall) -> None:
    assert (await hall.asks(AN, "/chats")).startswith("Groups: 1\n✅ CSKH · -1001 · connected")


async def test_a_group_is_bound_from_within_with_its_options(hall: Hall) -> None:
    await hall.stands(KHO, TU)

    said = await hall.asks(AN, "/bind hotlines=19001000 mask=hidden lang=en topic=7", KHO)
    hall.waits(11)
    await hall.errands.once()

    assert said == ("✅ Kho · -1002 · connected · 19001000 · numbers hidden · English · topic 7")
    assert hall.people.known_chat(KHO.id) == replace(
        KHO, bound=True, hotlines=("19001000",), mask=Mask.HIDDEN, language=Language.EN, topic=7
    )
    assert hall.mouth.left == []


async def test_a_group_is_bound_again_from_private(hall: Hall) -> None:
    await hall.asks(AN, "/bind -1001 mask=full")

    assert hall.people.known_chat(GROUP.id) == replace(GROUP, mask=Mask.FULL)


@pytest.mark.parametrize("command", ["bind", "unbind"])
@pytest.mark.parametrize(
    ("person", "said"),
    [
        (LAN, "Only an admin can do this."),
        (HOA, "Only an admin can do this."),
        (TU, "You have no access to this bot. Send /start to ask for it."),
    ],
    ids=["operator", "viewer", "stranger"],
)
async def test_only_an_admin_binds(hall: Hall, command: str, person: Person, said: str) -> None:
    assert await hall.asks(person, f"/{command}", GROUP) == said
    assert hall.people.known_chat(GROUP.id) == GROUP


async def test_a_group_that_is_unbound_may_nothing_at_once(hall: Hall) -> None:
    before = hall.caller(LAN, GROUP).may(Right.LOOK)

    said = await hall.asks(AN, "/unbind", GROUP)

    assert before
    assert said == "▫️ CSKH · -1001 · not connected"
    assert not hall.caller(LAN, GROUP).may(Right.LOOK)


async def test_groups_are_bound_and_unbound_in_the_list(hall: Hall) -> None:
    off = await hall.taps(AN, data_of("chat", str(GROUP.id), "unbind"))
    on = await hall.taps(AN, data_of("chat", str(GROUP.id), "bind"))

    assert off == "Groups: 1\n▫️ CSKH · -1001 · not connected"
    assert on.startswith("Groups: 1\n✅ CSKH · -1001 · connected")
    assert hall.deeds() == [(AN.id, Deed.UNBOUND), (AN.id, Deed.BOUND)]


async def test_a_group_of_the_file_is_unbound_only_there(hall: Hall) -> None:
    hall.people.follow_file([], [GROUP])

    popup = await hall.taps(AN, data_of("chat", str(GROUP.id), "unbind"))

    assert popup == "The configuration file names this group; it can be removed only there."


@pytest.mark.parametrize("about", ["-999", "x"])
async def test_a_button_about_no_group_does_nothing(hall: Hall, about: str) -> None:
    assert await hall.taps(AN, data_of("chat", about, "bind")) == "This button no longer works."


async def test_a_group_that_became_a_supergroup_stays_bound(hall: Hall) -> None:
    hall.access.moves(Moved(GROUP.id, -100999))

    assert hall.people.known_chat(-100999) == replace(GROUP, id=-100999)


# --- oneself


async def test_anybody_may_know_their_id(hall: Hall) -> None:
    assert await hall.asks(TU, "/id") == "Your id: 41"


async def test_somebody_may_know_what_they_may(hall: Hall) -> None:
    assert (await hall.asks(LAN, "/whoami")).startswith("Lan · 21\nYour role: Operator")


async def test_a_stranger_is_told_of_three_commands_only(hall: Hall) -> None:
    listed = [line.split()[0] for line in (await hall.asks(TU, "/help")).splitlines()[1:]]

    assert sorted(listed) == ["/help", "/id", "/start"]
    assert await hall.asks(TU, "/help users") == (
        "There is no command “/users”. Type /help to see them all."
    )


async def test_help_knows_the_commands_of_every_skill_by_each_of_their_names(hall: Hall) -> None:
    assert "/missed missed calls" in await hall.asks(LAN, "/help")
    assert (await hall.asks(AN, "/help /moi")).startswith("/invite admin|operator|viewer")


async def test_a_person_chooses_their_language(hall: Hall) -> None:
    said = await hall.asks(LAN, "/lang vi")

    assert said == "Đã đổi sang tiếng Việt."
    assert hall.known(LAN).language is Language.VI


async def test_an_admin_chooses_the_language_of_a_group(hall: Hall) -> None:
    said = [await hall.asks(person, "/lang vi", GROUP) for person in (LAN, AN)]

    assert said == ["Only an admin can do this.", "Đã đổi sang tiếng Việt."]
    assert hall.people.known_chat(GROUP.id) == replace(GROUP, language=Language.VI)


async def test_whoever_stops_means_it(hall: Hall) -> None:
    (answer,) = await hall.reply(LAN, "/stop")
    before = hall.known(LAN).role

    said = await hall.taps(LAN, data_of("stop", "me"))

    assert labels(answer.message) == ["❌ Give up my access"]
    assert before is Role.OPERATOR
    assert said == "You have no access any more. Type /start to ask for it again."
    assert hall.known(LAN).role is Role.STRANGER


async def test_the_last_admin_stays(hall: Hall) -> None:
    await hall.asks(AN, f"/revoke {BINH.id}")

    said = [await hall.asks(AN, "/stop"), await hall.taps(AN, data_of("stop", "me"))]

    assert said == ["This is the only admin. Make somebody else an admin first."] * 2


# --- the skill as a whole


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("language", Language)
def test_every_command_says_what_it_does(hall: Hall, language: Language, command: Command) -> None:
    assert hall.access.skill.reply
    assert book(language)(f"command.{command.name}")


def test_no_name_stands_for_two_commands() -> None:
    names = [name for command in COMMANDS for name in names_of(command)]

    assert len(names) == len(set(names))


GOVERNS = {verb for verb, right in VERBS.items() if right is Right.GOVERN}


@pytest.mark.parametrize("verb", sorted(GOVERNS))
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("chat", [None, GROUP], ids=["private", "group"])
def test_whoever_governs_is_an_admin_in_private(
    hall: Hall, verb: str, role: Role, chat: Chat | None
) -> None:
    caller = hall.caller(BY_ROLE[role], chat)

    assert caller.may(VERBS[verb]) == (role is Role.ADMIN and chat is None)


async def test_errands_are_run_when_something_is_owed_and_now_and_then(hall: Hall) -> None:
    running = asyncio.create_task(hall.errands.run())
    await hall.clock.advance(timedelta())

    await hall.taps(TU, data_of("ask", "me"))
    await hall.clock.advance(timedelta())
    woken = len(hall.mouth.posts)
    await hall.stands(KHO, TU)
    await hall.clock.advance(timedelta(minutes=11))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert woken == 2
    assert hall.mouth.left == [KHO.id]
