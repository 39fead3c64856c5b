"""Journeys of the bot in the whole service: what is tapped and asked, and Telegram at its worst."""

from pathlib import Path

import httpx
import pytest

from notifier.core.people import Person, Role
from notifier.simulator.journeys import missed_call
from tests.fakes.telegram import FakeMessage, Fault
from tests.fakes.telegram_queue import Tap
from tests.journeys.house import GROUP, MINUTE, SECOND, House, a_service

LAN, MINH, VIEWER, NOBODY = 555000201, 555000202, 555000203, 555000204
NEW_GROUP = -1003334445556


async def let_in(house: House) -> None:
    """Have people with roles, whose private chats are open."""
    bot = house.app.bot
    assert bot
    roles = {LAN: Role.OPERATOR, MINH: Role.ADMIN, VIEWER: Role.VIEWER}
    for person, role in roles.items():
        bot.people.put_person(Person(person, f"P{person % 1000}", role))
        house.telegram.chat(person)
    house.telegram.chat(NOBODY)


async def a_card(house: House, number: str = "0901234567") -> FakeMessage:
    """Have a call missed and return its card in the group."""
    await let_in(house)
    await house.advance(MINUTE)
    house.show(missed_call(house.pbx_now() - MINUTE, number))
    await house.advance(2 * MINUTE)
    return house.cards()[-1]


async def tap(
    house: House, card: FakeMessage, verb: str, person: int = LAN, chat: int = GROUP
) -> Tap:
    told = house.telegram.taps(chat, person, card, button(card, verb))
    await house.advance(5 * SECOND)
    return told


def button(card: FakeMessage, verb: str) -> str:
    """What the button for `verb` carries."""
    found = [str(b.get("callback_data", "")) for row in card.keyboard for b in row]
    return next(data for data in found if data.startswith(f"1:{verb}:"))


async def ask(house: House, text: str, person: int = LAN) -> list[str]:
    """Return what is answered in private."""
    before = len(house.telegram.messages(person))
    house.telegram.says(person, person, text)
    await house.advance(5 * SECOND)
    return [message.text for message in house.telegram.messages(person)[before:]]


def taken(house: House) -> list[str]:
    """Who has taken alerts, each time somebody did."""
    return [row["taken_by"] for row in house.rows("alerts", "taken_by <> ''")]


# Taps


async def test_a_tap_takes_the_alert_and_the_card_says_who(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        told = await tap(house, card, "take")
        await house.advance(MINUTE)

        assert told.text is not None
        assert taken(house) == ["P201"]
        assert "P201" in house.cards()[-1].text


async def test_of_two_who_tap_at_once_one_wins_and_the_other_sees_who(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        data = button(card, "take")
        first = house.telegram.taps(GROUP, LAN, card, data)
        second = house.telegram.taps(GROUP, MINH, card, data)
        await house.advance(MINUTE)

        assert taken(house) == ["P201"]
        assert first.text is not None
        assert "P201" in (second.text or "")


async def test_a_tap_that_is_replayed_changes_nothing_more(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        data = button(card, "take")
        await tap(house, card, "take")
        await house.advance(MINUTE)
        before = house.rows("audit", "reason = 'acknowledged'")
        house.telegram.taps(GROUP, LAN, card, data)
        await house.advance(MINUTE)

        assert house.rows("audit", "reason = 'acknowledged'") == before
        assert taken(house) == ["P201"]


async def test_a_card_from_before_a_restart_is_still_alive(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        data = button(card, "take")
        await house.stop()
        house.telegram.taps(GROUP, LAN, card, data)
        await house.start()
        await house.advance(MINUTE)

        assert taken(house) == ["P201"]


@pytest.mark.parametrize("person", [VIEWER, NOBODY], ids=["viewer", "stranger"])
async def test_who_may_not_act_is_told_so_and_nothing_happens(tmp_path: Path, person: int) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        told = await tap(house, card, "take", person)

        assert told.text
        assert told.loud
        assert taken(house) == []


async def test_who_was_sent_away_cannot_act_on_an_old_card(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        assert house.app.bot
        house.app.bot.people.put_person(Person(LAN, "P201", Role.STRANGER))
        told = await tap(house, card, "take")

        assert told.loud
        assert taken(house) == []


@pytest.mark.parametrize(
    "data",
    ["1:take:AAAAAAAA", "1:take:' OR 1=1", "9:take:x", "garbage", "1:grant:1:admin"],
    ids=["no alert", "sql", "version", "garbage", "no verb"],
)
async def test_forged_data_does_nothing_and_is_answered(tmp_path: Path, data: str) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        told = house.telegram.taps(GROUP, LAN, card, data)
        await house.advance(MINUTE)

        assert told.text is not None
        assert taken(house) == []


async def test_an_alert_is_not_taken_from_a_chat_that_never_saw_it(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        other = FakeMessage(77, "x", "", [], [])
        house.telegram.chats[VIEWER].messages.append(other)
        told = house.telegram.taps(VIEWER, VIEWER, other, button(card, "take"))
        await house.advance(MINUTE)

        assert told.text is not None
        assert taken(house) == []


async def test_a_tap_that_is_answered_too_late_is_acted_on(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        house.telegram.queue.patience = -1
        told = await tap(house, card, "take")

        assert told.text is None
        assert taken(house) == ["P201"]


# Telegram at its worst


LOST = {
    "refused": Fault(raises=httpx.ConnectError("refused"), method="getUpdates"),
    "page": Fault(status=200, body=b"<html>", method="getUpdates"),
    "404": Fault(status=404, body=b"", method="getUpdates"),
    "401": Fault(status=401, body=b'{"ok":false,"error_code":401}', method="getUpdates"),
    "409": Fault(status=409, body=b'{"ok":false,"error_code":409}', method="getUpdates"),
    "black hole": Fault(pause=100_000.0, method="getUpdates"),
}


@pytest.mark.parametrize("case", LOST)
async def test_ten_minutes_without_updates_keep_nothing_else_from_going_on(
    tmp_path: Path, case: str
) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        house.telegram.fail(*[LOST[case]] * 10)
        await house.advance(MINUTE)
        polled = house.requests()
        house.show(missed_call(house.pbx_now() - MINUTE, "0909999999"))
        await house.advance(10 * MINUTE)
        cards, told, polls = len(house.cards()), len(house.told), house.requests() - polled
        house.telegram.faults.clear()
        await house.advance(2 * MINUTE)
        await tap(house, card, "take")

        assert (cards, told) == (2, 2)
        assert polls >= 39
        assert taken(house) == ["P201"]


async def test_a_start_without_telegram_polls_and_posts(tmp_path: Path) -> None:
    async with a_service(tmp_path, started=False) as house:
        down = Fault(raises=httpx.ConnectError("down"))
        house.telegram.fail(*[down] * 50)
        house.telegram.fail(*[Fault(raises=down.raises, method="deleteWebhook")] * 50)
        await house.start()
        await house.advance(MINUTE)
        house.show(missed_call(house.pbx_now() - MINUTE))
        await house.advance(3 * MINUTE)

        assert len(house.told) == 1
        assert house.app.bot
        assert house.app.bot.seen().failures > 0


async def test_five_minutes_of_another_process_lose_no_word(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        card = await a_card(house)
        conflict = b'{"ok":false,"error_code":409,"description":"Conflict: terminated"}'
        fault = Fault(status=409, body=conflict, method="getUpdates")
        house.telegram.fail(*[fault] * 1000)
        await house.advance(31 * SECOND)
        house.telegram.taps(GROUP, LAN, card, button(card, "take"))
        await house.advance(5 * MINUTE)
        assert house.app.bot
        seen, before = house.app.bot.seen(), taken(house)
        house.telegram.faults.clear()
        await house.advance(MINUTE)

        assert (seen.contested, before) == (True, [])
        assert taken(house) == ["P201"]
        assert house.rows("updates", "tries <> 1") == []


async def test_the_service_stops_in_the_middle_of_a_poll(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        began = house.clock.elapsed()
        await house.stop()

        assert house.clock.elapsed() - began < 25


async def test_the_way_to_telegram_is_part_of_the_sign_of_life(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(5 * MINUTE)
        (pulse,) = [row["value"] for row in house.rows("facts", "key = 'pulse'")]

        assert '"bot":{"heard_at":"2026-09-07T02:0' in pulse


# Chats


async def test_a_group_that_becomes_a_supergroup_keeps_its_rights_and_its_alerts(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        await a_card(house)
        house.telegram.migrates(GROUP, NEW_GROUP, MINH)
        await house.advance(5 * SECOND)
        house.show(missed_call(house.pbx_now() - MINUTE, "0909999999"))
        await house.advance(2 * MINUTE)
        (card,) = house.cards(NEW_GROUP)
        told = await tap(house, card, "take", chat=NEW_GROUP)

        assert told.text is not None
        assert taken(house) == ["P201"]
        sent = [call for method, call in house.telegram.calls if method == "sendMessage"]
        assert {int(one["chat_id"]) for one in sent[-1:]} == {NEW_GROUP}


async def test_a_stranger_is_told_nothing_but_how_to_ask(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await a_card(house)
        answers = [*await ask(house, "/missed", NOBODY), *await ask(house, "/id", NOBODY)]

        assert len(answers) == 2
        assert "901" not in answers[0]
        assert str(NOBODY) in answers[1]


async def test_what_was_said_is_not_kept(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await a_card(house)
        await ask(house, "/id my number is 0901234567")
        bodies = {row["body"] for row in house.rows("updates")}

        assert bodies == {""}
