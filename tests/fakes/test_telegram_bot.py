"""The fake Bot API hands out updates, takes answers to taps, menus and files as Telegram does."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.builders import NOON
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TOKEN, FakeMessage, FakeTelegram

LAN = 555000111
GROUP = -1001112223334


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def fake(clock: FakeClock) -> FakeTelegram:
    fake = FakeTelegram(sleep=clock.sleep)
    fake.chat(LAN)
    fake.chat(GROUP)
    return fake


@pytest.fixture
async def client(fake: FakeTelegram) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=fake.transport(), base_url=f"http://fake/bot{TOKEN}/"
    ) as client:
        yield client


async def told(client: httpx.AsyncClient, method: str, **parameters: Any) -> tuple[int, str]:
    response = await client.post(method, data=parameters)
    return response.status_code, response.json().get("description", "")


async def ids(client: httpx.AsyncClient, **parameters: Any) -> list[int]:
    response = await client.post("getUpdates", data=parameters)
    return [update["update_id"] for update in response.json()["result"]]


def a_card(fake: FakeTelegram, chat: int = GROUP) -> FakeMessage:
    card = FakeMessage(900, "card", "", [], [])
    fake.chats[chat].messages.append(card)
    return card


# Updates


async def test_an_offset_confirms_what_is_before_it(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.says(LAN, LAN, "/one")
    fake.says(LAN, LAN, "/two")

    assert await ids(client) == [1, 2]
    assert await ids(client, offset=2) == [2]
    assert await ids(client, offset=3) == []
    assert await ids(client) == []


async def test_an_offset_that_is_not_in_the_queue_means_from_its_head(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.says(LAN, LAN, "/one", identity=17)

    assert await ids(client, offset=901) == [17]


async def test_a_negative_offset_keeps_the_last_ones(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.says(LAN, LAN, "/one")
    fake.says(LAN, LAN, "/two")

    assert await ids(client, offset=-1) == [2]


async def test_an_answer_holds_no_more_than_the_limit(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.says(LAN, LAN, "/one")
    fake.says(LAN, LAN, "/two")

    assert await ids(client, limit=1) == [1]


async def test_a_poll_waits_for_news_and_no_longer_than_it_said(
    fake: FakeTelegram, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    first = asyncio.create_task(ids(client, timeout=30))
    await clock.advance(timedelta(seconds=29))
    waits = not first.done()
    fake.says(LAN, LAN, "/one")
    got = await first
    second = asyncio.create_task(ids(client, offset=2, timeout=30))
    await clock.advance(timedelta(seconds=30))

    assert waits
    assert (got, await second) == ([1], [])


async def test_no_poll_waits_longer_than_fifty_seconds(
    client: httpx.AsyncClient, clock: FakeClock
) -> None:
    poll = asyncio.create_task(ids(client, timeout=600))
    await clock.advance(timedelta(seconds=50))

    assert await poll == []


async def test_a_second_poll_ends_the_first(client: httpx.AsyncClient, clock: FakeClock) -> None:
    first = asyncio.create_task(told(client, "getUpdates", timeout=30))
    await clock.advance(timedelta(seconds=1))
    second = asyncio.create_task(told(client, "getUpdates", timeout=30))
    await clock.advance(timedelta(seconds=30))

    assert (await first)[0] == 409
    assert "terminated by other getUpdates request" in (await first)[1]
    assert await second == (200, "")


async def test_updates_and_a_webhook_exclude_each_other(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.says(LAN, LAN, "/one")
    await told(client, "setWebhook", url="https://x.example.vn")
    refused = await told(client, "getUpdates")
    pending = (await client.get("getWebhookInfo")).json()["result"]["pending_update_count"]
    await told(client, "deleteWebhook")

    assert refused[0] == 409
    assert "while webhook is active" in refused[1]
    assert pending == 1
    assert await ids(client) == [1]


async def test_kinds_that_were_not_named_last_are_not_kept(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    await ids(client, allowed_updates='["callback_query"]')
    await ids(client)
    fake.says(LAN, LAN, "/one")
    fake.taps(GROUP, LAN, a_card(fake), "1:take:a")

    assert await ids(client) == [2]


async def test_a_group_that_moves_is_told_of_twice(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.migrates(GROUP, -100999, LAN)
    response = await client.get("getUpdates")
    facts = [update["message"] for update in response.json()["result"]]

    assert [one["chat"]["id"] for one in facts] == [GROUP, -100999]
    assert (facts[0]["migrate_to_chat_id"], facts[1]["migrate_from_chat_id"]) == (-100999, GROUP)


# Taps


async def test_a_tap_is_answered_once(fake: FakeTelegram, client: httpx.AsyncClient) -> None:
    tap = fake.taps(GROUP, LAN, a_card(fake), "1:take:a")
    query = next(iter(fake.queue.taps))
    answer = {"callback_query_id": query, "text": "done", "show_alert": "true"}

    assert await told(client, "answerCallbackQuery", **answer) == (200, "")
    assert (tap.text, tap.loud) == ("done", True)
    status, why = await told(client, "answerCallbackQuery", **answer)
    assert (status, "query is too old" in why) == (400, True)


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"callback_query_id": "1"}, "query ID is invalid"), ({"text": "x" * 201}, "TOO_LONG")],
    ids=["unknown", "too long"],
)
async def test_an_answer_to_no_tap_or_too_long_is_refused(
    fake: FakeTelegram, client: httpx.AsyncClient, facts: dict[str, str], why: str
) -> None:
    fake.taps(GROUP, LAN, a_card(fake), "1:take:a")
    query = next(iter(fake.queue.taps))

    status, said = await told(
        client, "answerCallbackQuery", **{"callback_query_id": query, **facts}
    )

    assert (status, why in said) == (400, True)


async def test_a_tap_that_waited_too_long_cannot_be_answered(
    fake: FakeTelegram, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    fake.elapsed = clock.elapsed
    fake.taps(GROUP, LAN, a_card(fake), "1:take:a")
    await clock.advance(timedelta(seconds=61))

    query = next(iter(fake.queue.taps))
    status, _ = await told(client, "answerCallbackQuery", callback_query_id=query)

    assert status == 400


# Menus


def a_menu(*names: str, **facts: Any) -> dict[str, str]:
    commands = [{"command": name, "description": "x"} for name in names]
    return {
        "commands": json.dumps(commands),
        **{name: json.dumps(fact) for name, fact in facts.items() if name == "scope"},
        **{name: fact for name, fact in facts.items() if name != "scope"},
    }


async def test_the_most_special_menu_is_shown(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    private = {"type": "all_private_chats"}
    await told(client, "setMyCommands", **a_menu("default"))
    await told(client, "setMyCommands", **a_menu("private", scope=private))
    await told(client, "setMyCommands", **a_menu("rieng", scope=private, language_code="vi"))
    await told(client, "setMyCommands", **a_menu("own", scope={"type": "chat", "chat_id": LAN}))

    assert fake.menus.shown(LAN, "vi") == ["own"]
    assert fake.menus.shown(7, "vi") == ["rieng"]
    assert fake.menus.shown(7, "en") == ["private"]
    assert fake.menus.shown(GROUP, "vi") == ["default"]
    await told(client, "deleteMyCommands")
    assert fake.menus.shown(GROUP, "vi") == []
    kept = await client.post("getMyCommands", data={"scope": json.dumps(private)})
    assert [command["command"] for command in kept.json()["result"]] == ["private"]


@pytest.mark.parametrize(
    ("menu", "why"),
    [
        (a_menu("Nhỡ"), "BOT_COMMAND_INVALID"),
        (a_menu("x" * 33), "BOT_COMMAND_INVALID"),
        (a_menu(*["x"] * 101), "TOO_MUCH"),
        ({"commands": '[{"command":"x","description":""}]'}, "DESCRIPTION_INVALID"),
        (a_menu("x", language_code="vie"), "LANG_CODE_INVALID"),
        (a_menu("x", scope={"type": "moon"}), "unsupported scope"),
    ],
    ids=["letters", "length", "number", "description", "language", "scope"],
)
async def test_a_menu_that_telegram_refuses_is_refused(
    client: httpx.AsyncClient, menu: dict[str, str], why: str
) -> None:
    status, said = await told(client, "setMyCommands", **menu)

    assert (status, why in said) == (400, True)


# Files


@pytest.mark.parametrize(
    ("method", "kind"),
    [("sendPhoto", "photo"), ("sendAudio", "audio"), ("sendDocument", "document")],
)
async def test_a_file_is_taken(
    fake: FakeTelegram, client: httpx.AsyncClient, method: str, kind: str
) -> None:
    facts = {"chat_id": str(LAN), "caption": "<b>x</b>", "parse_mode": "HTML"}
    response = await client.post(
        method,
        data={**facts, "protect_content": "true"},
        files={kind: ("a.bin", b"\x00\r\n--content")},
    )

    assert response.status_code == 200
    (message,) = fake.messages(LAN)
    assert (message.text, message.file, message.protected) == (
        "x",
        ("a.bin", b"\x00\r\n--content"),
        True,
    )


@pytest.mark.parametrize(
    ("content", "caption", "status", "why"),
    [
        (b"1" * 10_000_001, "", 413, "Too Large"),
        (b"", "", 400, "non-empty"),
        (b"1", "x" * 1025, 400, "caption is too long"),
        (None, "", 400, "there is no photo"),
    ],
    ids=["large", "empty", "caption", "none"],
)
async def test_a_file_that_telegram_refuses_is_refused(
    client: httpx.AsyncClient, content: bytes | None, caption: str, status: int, why: str
) -> None:
    files = {"other" if content is None else "photo": ("a.png", content or b"")}
    response = await client.post(
        "sendPhoto", data={"chat_id": str(LAN), "caption": caption}, files=files
    )

    assert response.status_code == status
    assert why in response.json()["description"]


async def test_a_picture_has_no_text_to_edit(fake: FakeTelegram, client: httpx.AsyncClient) -> None:
    files = {"photo": ("a.png", b"1")}
    await client.post("sendPhoto", data={"chat_id": str(LAN)}, files=files)
    message = fake.messages(LAN)[0].id

    status, why = await told(client, "editMessageText", chat_id=LAN, message_id=message, text="x")

    assert (status, "no text in the message" in why) == (400, True)


# Messages and chats


async def test_a_reply_to_what_is_gone_is_refused_unless_it_may_stand_alone(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    heard = fake.says(LAN, LAN, "/one")
    there, gone = json.dumps({"message_id": heard}), {"message_id": 999}
    alone = json.dumps({**gone, "allow_sending_without_reply": True})

    taken = await told(client, "sendMessage", chat_id=LAN, text="x", reply_parameters=there)
    refused = await told(
        client, "sendMessage", chat_id=LAN, text="y", reply_parameters=json.dumps(gone)
    )
    lonely = await told(client, "sendMessage", chat_id=LAN, text="z", reply_parameters=alone)

    assert (taken, lonely) == ((200, ""), (200, ""))
    assert "message to be replied not found" in refused[1]
    assert [m.replies_to for m in fake.messages(LAN)] == [heard, None]


async def test_a_keyboard_alone_can_be_changed_and_not_to_the_same(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    card = a_card(fake)
    keyboard = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "1:take:a"}]]})
    facts = {"chat_id": GROUP, "message_id": card.id, "reply_markup": keyboard}

    assert await told(client, "editMessageReplyMarkup", **facts) == (200, "")
    assert card.data("a") == "1:take:a"
    assert "not modified" in (await told(client, "editMessageReplyMarkup", **facts))[1]


async def test_a_message_is_deleted_once(fake: FakeTelegram, client: httpx.AsyncClient) -> None:
    card = a_card(fake)
    facts = {"chat_id": GROUP, "message_id": card.id}

    assert await told(client, "deleteMessage", **facts) == (200, "")
    assert "to delete not found" in (await told(client, "deleteMessage", **facts))[1]


async def test_a_group_that_was_left_is_forbidden(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    assert await told(client, "leaveChat", chat_id=GROUP) == (200, "")
    assert fake.chats[GROUP].left
    assert (await told(client, "sendMessage", chat_id=GROUP, text="x"))[0] == 403
    assert (await told(client, "leaveChat", chat_id=LAN))[0] == 400


async def test_who_may_not_write_is_told_so(fake: FakeTelegram, client: httpx.AsyncClient) -> None:
    fake.chats[GROUP].no_rights = True

    assert "not enough rights" in (await told(client, "sendMessage", chat_id=GROUP, text="x"))[1]
