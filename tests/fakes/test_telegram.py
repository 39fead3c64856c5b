"""The fake Bot API refuses what Telegram refuses; each rule is one claim."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn

from tests.fakes.telegram import TOKEN, FakeTelegram, Fault

LAN = 555000111
GROUP = -1001112223334


class Wall:
    """A clock that a test moves."""

    at = 0.0

    def elapsed(self) -> float:
        return self.at


@pytest.fixture
def fake() -> FakeTelegram:
    fake = FakeTelegram()
    fake.chat(LAN)
    fake.chat(GROUP, topics={7}, username="sales")
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


def keyboard(**button: Any) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "tap", **button}]]})


async def test_it_takes_a_message(fake: FakeTelegram, client: httpx.AsyncClient) -> None:
    response = await client.post("sendMessage", json={"chat_id": LAN, "text": " hello "})

    assert response.json()["result"]["message_id"] == 1
    assert fake.messages(LAN)[0].text == "hello"


async def test_it_knows_itself_and_has_no_updates(client: httpx.AsyncClient) -> None:
    assert (await client.get("getMe")).json()["result"]["is_bot"]
    assert (await client.get("getUpdates")).json() == {"ok": True, "result": []}


async def test_another_token_is_unauthorized(fake: FakeTelegram) -> None:
    async with httpx.AsyncClient(transport=fake.transport()) as client:
        response = await client.get("http://fake/bot1:other/getMe")

    assert response.status_code == 401


async def test_a_method_that_there_is_not_is_not_found(client: httpx.AsyncClient) -> None:
    assert await told(client, "sendPigeon") == (404, "Not Found")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no chat": ({"chat_id": ""}, "chat_id is empty"),
    "unknown chat": ({"chat_id": 1}, "chat not found"),
    "unknown name": ({"chat_id": "@nobody"}, "chat not found"),
    "empty": ({"text": "  "}, "message text is empty"),
    "too long": ({"text": "😀" * 2049}, "message is too long"),
    "markdown": ({"parse_mode": "MarkdownV3"}, "unsupported parse_mode"),
    "unclosed": ({"parse_mode": "HTML", "text": "<b>x"}, "can't parse entities"),
    "unknown tag": ({"parse_mode": "HTML", "text": "<p>x</p>"}, "can't parse entities"),
    "span": ({"parse_mode": "HTML", "text": "<span>x</span>"}, "can't parse entities"),
    "bare sign": ({"parse_mode": "HTML", "text": "a < b"}, "can't parse entities"),
    "end alone": ({"parse_mode": "HTML", "text": "x</b>"}, "can't parse entities"),
    "crossed": ({"parse_mode": "HTML", "text": "<b><i>x</b></i>"}, "can't parse entities"),
    "long data": ({"reply_markup": keyboard(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
    "no act": ({"reply_markup": keyboard()}, "Text buttons are unallowed"),
    "two acts": ({"reply_markup": keyboard(callback_data="a", url="b")}, "Text buttons"),
    "long copy": ({"reply_markup": keyboard(copy_text={"text": "9" * 257})}, "COPY_TEXT"),
    "style": ({"reply_markup": keyboard(callback_data="a", style="pink")}, "STYLE_INVALID"),
    "json": ({"reply_markup": "{"}, "can't parse JSON"),
    "topic": ({"chat_id": GROUP, "message_thread_id": 8}, "message thread not found"),
    "general": ({"chat_id": GROUP, "message_thread_id": 1}, "message thread not found"),
    "no forum": ({"message_thread_id": 7}, "message thread not found"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_telegram_refuses_is_refused(
    fake: FakeTelegram, client: httpx.AsyncClient, case: str
) -> None:
    parameters, why = WRONG[case]

    status, description = await told(
        client, "sendMessage", **{"chat_id": LAN, "text": "x", **parameters}
    )

    assert status == 400
    assert why in description
    assert fake.messages(LAN) == []


async def test_length_is_counted_after_the_markup_is_read(client: httpx.AsyncClient) -> None:
    text = "<b>" + "&amp;" * 4096 + "</b>"

    assert await told(client, "sendMessage", chat_id=LAN, text=text, parse_mode="HTML") == (200, "")


async def test_html_is_read_as_telegram_reads_it(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    text = '<a href="x">l</a> <tg-spoiler>s</tg-spoiler> &lt;&#65;&#x42; &nbsp; <b></b>'

    await told(client, "sendMessage", chat_id=LAN, text=text, parse_mode="HTML")

    (message,) = fake.messages(LAN)
    assert message.text == "l s <AB &nbsp;"
    assert message.entities == [("a", "l"), ("tg-spoiler", "s")]


async def test_more_than_a_hundred_entities_lose_their_form(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    await told(client, "sendMessage", chat_id=LAN, text="<b>x</b>" * 120, parse_mode="HTML")

    assert len(fake.messages(LAN)[0].entities) == 100


async def test_an_edit_changes_the_message_and_keeps_what_it_was(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    await told(client, "sendMessage", chat_id="@sales", text="one", message_thread_id=7)

    assert await told(client, "editMessageText", chat_id=GROUP, message_id=1, text="two") == (
        200,
        "",
    )
    assert fake.messages(GROUP)[0].edits == ["one"]
    assert fake.messages(GROUP)[0].topic == 7


async def test_an_edit_that_changes_nothing_is_refused(client: httpx.AsyncClient) -> None:
    await told(client, "sendMessage", chat_id=LAN, text="one")

    _, why = await told(client, "editMessageText", chat_id=LAN, message_id=1, text="one")

    assert "message is not modified" in why


@pytest.mark.parametrize(
    ("message", "why"),
    [("1", "to edit not found"), ("2", "to edit not found"), ("", "identifier is not specified")],
    ids=["deleted", "unknown", "none"],
)
async def test_an_edit_of_what_is_not_there_is_refused(
    fake: FakeTelegram, client: httpx.AsyncClient, message: str, why: str
) -> None:
    await told(client, "sendMessage", chat_id=LAN, text="one")
    fake.delete(LAN, 1)

    status, description = await told(
        client, "editMessageText", chat_id=LAN, message_id=message, text="two"
    )

    assert status == 400
    assert why in description


async def test_a_chat_that_shut_the_bot_out_is_forbidden(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.chats[LAN].forbidden = "bot was blocked by the user"

    assert await told(client, "sendMessage", chat_id=LAN, text="x") == (
        403,
        "Forbidden: bot was blocked by the user",
    )


async def test_a_group_that_moved_says_where_to(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.chats[GROUP].migrated_to = -100999

    response = await client.post("sendMessage", data={"chat_id": GROUP, "text": "x"})

    assert response.status_code == 400
    assert response.json()["parameters"] == {"migrate_to_chat_id": -100999}


@pytest.mark.parametrize(
    ("chat", "most", "window"), [(LAN, 13, 10), (GROUP, 28, 60)], ids=["person", "group"]
)
async def test_a_flood_is_stopped_and_told_how_long_to_wait(
    fake: FakeTelegram, client: httpx.AsyncClient, chat: int, most: int, window: int
) -> None:
    wall = Wall()
    fake.elapsed = wall.elapsed
    for _ in range(most):
        assert await told(client, "sendMessage", chat_id=chat, text="x") == (200, "")

    response = await client.post("sendMessage", data={"chat_id": chat, "text": "x"})

    assert response.status_code == 429
    wait = response.json()["parameters"]["retry_after"]
    assert wait == window + 1
    wall.at += wait
    assert await told(client, "sendMessage", chat_id=chat, text="x") == (200, "")


async def test_without_a_clock_there_are_no_limits(client: httpx.AsyncClient) -> None:
    answers = {await told(client, "sendMessage", chat_id=LAN, text="x") for _ in range(50)}

    assert answers == {(200, "")}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_dropped_request_was_carried_out_or_not(
    fake: FakeTelegram,
    client: httpx.AsyncClient,
    after: bool,  # noqa: FBT001
) -> None:
    fake.fail(Fault(raises=httpx.ReadError("gone"), after=after))

    with pytest.raises(httpx.ReadError):
        await told(client, "sendMessage", chat_id=LAN, text="x")

    assert len(fake.messages(LAN)) == after


async def test_a_fault_answers_in_its_place_and_waits_for_its_method(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    fake.fail(Fault(status=502, body=b"<html>", method="sendMessage"))

    assert (await client.get("getMe")).status_code == 200
    response = await client.post("sendMessage", data={"chat_id": LAN, "text": "x"})

    assert (response.status_code, response.text) == (502, "<html>")
    assert fake.messages(LAN) == []


async def test_a_pause_is_slept_through_by_the_clock_that_is_given(
    fake: FakeTelegram, client: httpx.AsyncClient
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    fake.sleep = sleep
    fake.fail(Fault(pause=30.0))

    assert await told(client, "sendMessage", chat_id=LAN, text="x") == (200, "")
    assert slept == [30.0]


async def test_it_is_served_over_the_wire_and_drops_connections_there(fake: FakeTelegram) -> None:
    fake.over_wire = True
    config = uvicorn.Config(fake, host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait({serving}, timeout=0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/bot{TOKEN}/") as client:
        taken = await told(client, "sendMessage", chat_id=LAN, text="x")
        fake.fail(Fault(raises=httpx.ReadError("gone"), after=True))
        with pytest.raises(httpx.RemoteProtocolError):
            await told(client, "sendMessage", chat_id=LAN, text="y")
    server.should_exit = True
    await serving

    assert taken == (200, "")
    assert [message.text for message in fake.messages(LAN)] == ["x", "y"]
