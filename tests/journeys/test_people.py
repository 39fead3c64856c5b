"""Journeys of people: from nobody to the first admin, from a stranger to a colleague, and out."""

import logging
from pathlib import Path

import pytest

from tests.fakes.telegram import FakeMessage
from tests.journeys.house import MINUTE, SECOND, House, a_service

AN, LAN = 555000901, 555000902
NEW_GROUP, MOVED_GROUP = -1004445556667, -1007778889990


def prepare(house: House) -> None:
    for chat in (AN, LAN, NEW_GROUP):
        house.telegram.chat(chat)


async def says(house: House, person: int, text: str, chat: int = 0) -> None:
    house.telegram.says(chat or person, person, text)
    await house.advance(6 * SECOND)


async def taps(house: House, person: int, label: str, chat: int = 0) -> str:
    """Have somebody tap the button with that label on the last message; return the popup."""
    message = last(house, chat or person)
    tap = house.telegram.taps(chat or person, person, message, message.data(label))
    await house.advance(6 * SECOND)
    return tap.text or ""


def last(house: House, chat: int) -> FakeMessage:
    return house.telegram.messages(chat)[-1]


def code_in(caplog: pytest.LogCaptureFixture) -> str:
    """Return the one-time code that the log shows to whoever started the service."""
    links = [vars(record)["link"] for record in caplog.records if "link" in vars(record)]
    return str(links[-1]).rpartition("=")[2].split()[-1]


async def an_admin(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Have An become the first admin."""
    prepare(house)
    await house.advance(MINUTE)
    await says(house, AN, f"/start {code_in(caplog)}")


@pytest.fixture(autouse=True)
def _the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


async def test_whoever_reads_the_log_becomes_the_first_admin_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_service(tmp_path) as house:
        await an_admin(house, caplog)
        await says(house, LAN, f"/start {code_in(caplog)}")

        assert "Your role: Admin" in last(house, AN).text
        assert last(house, LAN).text.startswith("This code does not work")


async def test_a_stranger_asks_an_admin_decides_and_the_stranger_is_greeted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_service(tmp_path) as house:
        await an_admin(house, caplog)
        await says(house, LAN, "/start")
        await taps(house, LAN, "Ask for access")

        popup = await taps(house, AN, "Operator")

        assert popup.endswith(": Operator")
        assert last(house, AN).text.startswith("✅ Request for access")
        assert last(house, AN).keyboard == []
        assert "Your role: Operator" in last(house, LAN).text


async def test_a_restart_forgets_neither_people_nor_what_is_owed_to_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_service(tmp_path) as house:
        await an_admin(house, caplog)
        await says(house, LAN, "/start")
        await taps(house, LAN, "Ask for access")

        await house.restart()
        await taps(house, AN, "Viewer")
        await says(house, LAN, "/whoami")

        assert "Your role: Viewer" in last(house, LAN).text


async def test_a_revoked_person_can_do_nothing_from_that_moment_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_service(tmp_path) as house:
        await an_admin(house, caplog)
        await says(house, AN, f"/grant {LAN} admin")
        await says(house, LAN, "/users")

        await says(house, AN, f"/revoke {LAN}")
        popup = await taps(house, LAN, "P901")
        await says(house, LAN, "/whoami")

        told = "You have no access to this bot. Send /start to ask for it."
        assert popup == last(house, LAN).text == told


async def test_a_group_that_nobody_lets_in_is_told_once_and_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_service(tmp_path) as house:
        await an_admin(house, caplog)
        house.telegram.stands(NEW_GROUP, LAN, "member")
        await house.advance(9 * MINUTE)
        assert not house.telegram.chats[NEW_GROUP].left

        await house.advance(2 * MINUTE)

        assert len(house.telegram.messages(NEW_GROUP)) == 1
        assert house.telegram.chats[NEW_GROUP].left
        assert last(house, AN).text.endswith("Nobody approved; the bot has left the group.")


async def test_a_group_that_an_admin_lets_in_stays_and_follows_to_its_new_id(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_service(tmp_path) as house:
        await an_admin(house, caplog)
        house.telegram.stands(NEW_GROUP, LAN, "member")
        await house.advance(MINUTE)

        refused = await taps(house, LAN, "Connect this group", NEW_GROUP)
        await taps(house, AN, "Connect this group", NEW_GROUP)
        house.telegram.migrates(NEW_GROUP, MOVED_GROUP, LAN)
        await house.advance(15 * MINUTE)
        await says(house, AN, "/whoami", MOVED_GROUP)

        assert refused == "Only an admin can do this."
        assert not house.telegram.chats[NEW_GROUP].left
        assert last(house, MOVED_GROUP).text.startswith("P901 · ")
