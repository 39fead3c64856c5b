"""The Telegram channel delivers, edits, mends what it can and names what it cannot."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram.error import TelegramError

from notifier.channels.telegram import TelegramChannel, chat_id
from notifier.channels.telegram_api import TelegramApi
from notifier.channels.telegram_errors import GRACE, judge, table
from notifier.core.deliveries import Delivered, Failed, FailureReason, Parcel
from notifier.core.messages import Button, ButtonStyle, Message, bold, italic, plain
from notifier.core.secrets import Secret
from tests.channels.contract import CANARY, CHECKS, Bench, name_of
from tests.fakes.telegram import FakeTelegram, Fault

TOKEN = f"123456:{CANARY}"
LAN = 555000111
GROUP = -1001112223334
NEW_GROUP = -1009998887776


@dataclass
class SteppingClock:
    """Time moves by being slept through."""

    at: float = 100.0
    slept: list[float] = field(default_factory=list)

    def elapsed(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass
class World:
    fake: FakeTelegram
    api: TelegramApi
    clock: SteppingClock
    migrations: list[tuple[int, int]]

    def channel(self, chat: int | str = LAN, **facts: Any) -> TelegramChannel:
        return TelegramChannel("sales", chat, self.api, **facts)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    fake, clock, migrations = FakeTelegram(token=TOKEN), SteppingClock(), list[tuple[int, int]]()
    fake.chat(LAN)
    fake.chat(GROUP, topics={7}, username="sales")
    api = TelegramApi(
        Secret(TOKEN),
        clock,
        transport=fake.transport(),
        on_migrated=lambda old, new: migrations.append((old, new)),
    )
    yield World(fake, api, clock, migrations)
    await api.aclose()


def a_message(text: str = "Missed call", **facts: Any) -> Message:
    facts.setdefault("footer", (italic("#ABC123"),))
    return Message(header=(bold(text),), **facts)


def a_parcel(text: str = "Missed call", **facts: Any) -> Parcel:
    facts.setdefault("message", a_message(text))
    return Parcel("msg_1", 1, **facts)


def refused(description: str, status: int = 400) -> Fault:
    body = f'{{"ok":false,"error_code":{status},"description":"{description}"}}'
    return Fault(status=status, body=body.encode())


# Sending


async def test_a_message_is_sent_as_html_and_its_receipt_names_chat_and_message(
    world: World,
) -> None:
    outcome = await world.channel().send(a_parcel("<Lan & Co>"))

    (message,) = world.fake.messages(LAN)
    assert outcome == Delivered(receipt=f"{LAN}:{message.id}")
    assert message.text == "<Lan & Co>\n#ABC123"
    assert message.entities == [("b", "<Lan & Co>"), ("i", "#ABC123")]
    assert not message.preview
    assert not message.silent


@pytest.mark.parametrize(("channel", "parcel"), [(True, False), (False, True)])
async def test_a_silent_channel_or_message_makes_no_sound(
    world: World,
    channel: bool,  # noqa: FBT001
    parcel: bool,  # noqa: FBT001
) -> None:
    await world.channel(silent=channel).send(a_parcel(silent=parcel))

    assert world.fake.messages(LAN)[0].silent


async def test_a_topic_is_written_to(world: World) -> None:
    await world.channel(GROUP, topic=7).send(a_parcel())

    assert world.fake.messages(GROUP)[0].topic == 7


async def test_the_general_topic_goes_without_its_number(world: World) -> None:
    outcome = await world.channel(GROUP, topic=1).send(a_parcel())

    assert outcome == Delivered(receipt=f"{GROUP}:1")


async def test_a_message_that_may_have_arrived_is_marked(world: World) -> None:
    await world.channel(again_mark="(sent again)").send(a_parcel(again=True))

    assert world.fake.messages(LAN)[0].text.endswith("#ABC123 (sent again)")


async def test_a_channel_can_be_named_by_its_public_name(world: World) -> None:
    outcome = await world.channel("@sales").send(a_parcel())

    assert outcome == Delivered(receipt="@sales:1")


@pytest.mark.parametrize(
    ("written", "read"),
    [(" -1001 ", -1001), ("12", 12), (12, 12), ("@sales", "@sales")],
    ids=["group as text", "person as text", "number", "name"],
)
def test_a_chat_is_read_as_a_number_if_it_is_one(written: int | str, read: int | str) -> None:
    assert chat_id(written) == read


async def test_a_parcel_without_a_message_is_refused_for_good(world: World) -> None:
    outcome = await world.channel().send(Parcel("msg_1", 1, event="alert.fired", body=b"{}"))

    assert isinstance(outcome, Failed)
    assert outcome.permanent
    assert world.fake.calls == []


# Buttons


async def test_buttons_carry_their_act_their_text_to_copy_and_their_style(world: World) -> None:
    rows = (
        (
            Button("Take it", data="1:take:abc", style=ButtonStyle.GOOD),
            Button("Mute", data="1:mute:abc", style=ButtonStyle.DANGER),
        ),
        (Button("Copy", copies="+84901234567"),),
    )

    await world.channel().send(a_parcel(message=a_message(buttons=rows)))

    assert world.fake.messages(LAN)[0].keyboard == [
        [
            {"text": "Take it", "callback_data": "1:take:abc", "style": "success"},
            {"text": "Mute", "callback_data": "1:mute:abc", "style": "danger"},
        ],
        [{"text": "Copy", "copy_text": {"text": "+84901234567"}}],
    ]


@pytest.mark.parametrize(
    "button",
    [
        Button("long", data="é" * 33),
        Button("long", copies="9" * 257),
        Button("nothing"),
    ],
    ids=["data", "copied", "no act"],
)
async def test_a_button_that_would_sink_the_message_is_left_out(
    world: World, button: Button
) -> None:
    outcome = await world.channel().send(a_parcel(message=a_message(buttons=((button,),))))

    assert isinstance(outcome, Delivered)
    assert world.fake.messages(LAN)[0].keyboard == []


# Editing


async def test_a_card_is_edited_in_its_place_and_keeps_its_receipt(world: World) -> None:
    channel = world.channel()
    first = await channel.send(a_parcel())
    assert isinstance(first, Delivered)

    second = await channel.send(a_parcel("Correction", replaces=first.receipt))

    (message,) = world.fake.messages(LAN)
    assert second == first
    assert message.text == "Correction\n#ABC123"
    assert message.edits == ["Missed call\n#ABC123"]


async def test_an_edit_that_changes_nothing_is_delivered(world: World) -> None:
    channel = world.channel()
    first = await channel.send(a_parcel())
    assert isinstance(first, Delivered)

    assert await channel.send(a_parcel(replaces=first.receipt)) == first


async def test_an_edit_of_a_deleted_message_asks_for_a_new_one(world: World) -> None:
    channel = world.channel()
    first = await channel.send(a_parcel())
    assert isinstance(first, Delivered)
    world.fake.delete(LAN, 1)

    outcome = await channel.send(a_parcel("Correction", replaces=first.receipt))

    assert isinstance(outcome, Failed)
    assert outcome.resend
    assert not outcome.permanent


@pytest.mark.parametrize("receipt", ["nonsense", ":5", "5:", "555000111:x"])
async def test_a_receipt_that_names_no_message_asks_for_a_new_one(
    world: World, receipt: str
) -> None:
    outcome = await world.channel().send(a_parcel(replaces=receipt))

    assert isinstance(outcome, Failed)
    assert outcome.resend
    assert world.fake.calls == []


async def test_an_edit_goes_to_the_chat_of_its_receipt(world: World) -> None:
    await world.channel(GROUP).send(a_parcel())

    await world.channel(LAN).send(a_parcel("Correction", replaces=f"{GROUP}:1"))

    assert world.fake.messages(GROUP)[0].text == "Correction\n#ABC123"


# Errors


@dataclass
class Case:
    fault: Fault
    send: Failed
    edit: Failed | None = None
    """None if the same as for sending."""


def failed(reason: FailureReason, **facts: Any) -> Failed:
    return Failed(reason, **facts)


GONE = failed(FailureReason.GONE, permanent=True, status=403)
REFUSED = failed(FailureReason.REFUSED, permanent=True, status=400)
REFUSED_FOR_NOW = failed(FailureReason.REFUSED)
UNREACHABLE = failed(FailureReason.UNREACHABLE)
UNCERTAIN = failed(FailureReason.UNCERTAIN)
TIMED_OUT = failed(FailureReason.TIMED_OUT)
BAD_ANSWER = failed(FailureReason.BAD_ANSWER)
PAGE = b"<html>captive portal</html>"

CASES = {
    "blocked": Case(refused("Forbidden: bot was blocked by the user", 403), GONE),
    "kicked": Case(refused("Forbidden: bot was kicked from the supergroup chat", 403), GONE),
    "chat not found": Case(refused("Bad Request: chat not found"), REFUSED),
    "no rights": Case(refused("Bad Request: not enough rights to send text messages"), REFUSED),
    "token": Case(refused("Unauthorized", 401), REFUSED_FOR_NOW),
    "404 page": Case(Fault(status=404, body=PAGE), REFUSED_FOR_NOW),
    "conflict": Case(
        refused("Conflict: terminated by other getUpdates request", 409),
        failed(FailureReason.BAD_ANSWER, status=409),
    ),
    "page with 200": Case(Fault(status=200, body=PAGE), BAD_ANSWER),
    "ok false with 200": Case(Fault(status=200, body=b'{"ok":false}'), BAD_ANSWER),
    "no message in 200": Case(
        Fault(status=200, body=b'{"ok":true,"result":5}'), BAD_ANSWER, BAD_ANSWER
    ),
    "redirect": Case(Fault(status=302, body=PAGE), BAD_ANSWER),
    "proxy password": Case(Fault(status=407, body=b""), BAD_ANSWER),
    "too large": Case(Fault(status=413, body=PAGE), BAD_ANSWER),
    "500": Case(refused("Internal Server Error", 500), BAD_ANSWER),
    "502 page": Case(Fault(status=502, body=PAGE), BAD_ANSWER),
    "dropped before": Case(Fault(raises=httpx.ReadError("gone")), UNCERTAIN, TIMED_OUT),
    "dropped after": Case(
        Fault(raises=httpx.RemoteProtocolError("gone"), after=True), UNCERTAIN, TIMED_OUT
    ),
    "slow answer": Case(Fault(raises=httpx.ReadTimeout("slow")), UNCERTAIN, TIMED_OUT),
    "slow writing": Case(Fault(raises=httpx.WriteTimeout("slow")), UNCERTAIN, TIMED_OUT),
    "no connection": Case(Fault(raises=httpx.ConnectError("refused")), UNREACHABLE),
    "slow connection": Case(Fault(raises=httpx.ConnectTimeout("slow")), UNREACHABLE),
    "no room in the pool": Case(Fault(raises=httpx.PoolTimeout("full")), UNREACHABLE),
    "proxy": Case(Fault(raises=httpx.ProxyError("407")), UNREACHABLE),
    "bad address": Case(Fault(raises=httpx.InvalidURL("bad")), UNREACHABLE),
    "fault of our own": Case(Fault(raises=UnicodeError("bad")), BAD_ANSWER),
    "429 that does not say how long": Case(
        Fault(status=429, body=PAGE),
        failed(FailureReason.RATE_LIMITED, retry_after=timedelta(seconds=5)),
    ),
}


def without_detail(outcome: Delivered | Failed) -> Failed:
    assert isinstance(outcome, Failed), outcome
    assert outcome.detail
    return Failed(
        outcome.reason,
        permanent=outcome.permanent,
        retry_after=outcome.retry_after,
        status=outcome.status,
        resend=outcome.resend,
    )


@pytest.mark.parametrize("case", CASES)
async def test_a_send_that_fails_says_what_it_means(world: World, case: str) -> None:
    world.fake.fail(CASES[case].fault)

    outcome = await world.channel().send(a_parcel())

    assert without_detail(outcome) == CASES[case].send


@pytest.mark.parametrize("case", CASES.keys() - {"no message in 200"})
async def test_an_edit_that_fails_is_never_uncertain(world: World, case: str) -> None:
    channel = world.channel()
    first = await channel.send(a_parcel())
    assert isinstance(first, Delivered)
    world.fake.fail(CASES[case].fault)

    outcome = await channel.send(a_parcel("Correction", replaces=first.receipt))

    assert without_detail(outcome) == (CASES[case].edit or CASES[case].send)


def family(of: type[TelegramError]) -> Iterator[type[TelegramError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from family(kind)


def test_every_error_of_the_library_has_its_rule() -> None:
    assert {kind for kind, _ in table()} >= {TelegramError, *family(TelegramError)}


def test_a_rule_stands_before_the_rule_of_its_base() -> None:
    kinds = [kind for kind, _ in table()]

    for place, kind in enumerate(kinds):
        assert not any(issubclass(later, kind) for later in kinds[place + 1 :])


def test_an_error_of_a_class_to_come_is_judged_by_its_base() -> None:
    class NovelError(TelegramError):
        pass

    verdict = judge(NovelError("new"), editing=False, redact=str)

    assert verdict.failed == Failed(FailureReason.BAD_ANSWER, "new")


async def test_neither_token_nor_proxy_password_is_ever_shown(world: World) -> None:
    world.api.proxy = f"http://lan:{CANARY}-proxy@127.0.0.1:9"
    told = f"GET /bot{TOKEN}/x {CANARY} via {world.api.proxy}\nand more " + "x" * 400
    world.fake.fail(Fault(raises=httpx.ReadError(told)))

    outcome = await world.channel().send(a_parcel())

    assert isinstance(outcome, Failed)
    assert CANARY not in repr(outcome)
    assert len(outcome.detail.splitlines()) == 1
    assert len(outcome.detail) <= 200
    assert CANARY not in repr(world.api)


# What can be mended


async def test_markup_that_telegram_cannot_read_goes_as_plain_text(world: World) -> None:
    world.fake.fail(refused("Bad Request: can't parse entities: Unclosed start tag"))

    outcome = await world.channel().send(a_parcel("<Lan & Co>"))

    assert outcome == Delivered(receipt=f"{LAN}:1", note="sent as plain text")
    assert world.fake.messages(LAN)[0].text == "<Lan & Co>\n#ABC123"
    assert world.fake.messages(LAN)[0].entities == []


async def test_a_topic_that_is_gone_is_left_out(world: World) -> None:
    outcome = await world.channel(GROUP, topic=8).send(a_parcel())

    assert isinstance(outcome, Delivered)
    assert outcome.note == "topic is gone: sent to the chat itself"
    assert world.fake.messages(GROUP)[0].topic is None


async def test_a_message_that_telegram_finds_too_long_is_cut_harder(world: World) -> None:
    world.fake.fail(refused("Bad Request: message is too long"))
    message = a_message(lines=tuple((plain("x" * 99),) for _ in range(40)))

    outcome = await world.channel().send(a_parcel(message=message))

    assert isinstance(outcome, Delivered)
    assert outcome.note
    assert len(world.fake.messages(LAN)[0].text) <= 2048


async def test_a_remedy_is_tried_once(world: World) -> None:
    fault = refused("Bad Request: can't parse entities: still")
    world.fake.fail(fault, fault, fault)

    outcome = await world.channel().send(a_parcel())

    assert without_detail(outcome) == REFUSED
    assert len(world.fake.faults) == 1


async def test_several_faults_are_mended_together(world: World) -> None:
    world.fake.fail(refused("Bad Request: can't parse entities: x"))

    outcome = await world.channel(GROUP, topic=8).send(a_parcel())

    assert isinstance(outcome, Delivered)
    assert outcome.note == "sent as plain text; topic is gone: sent to the chat itself"


async def test_a_topic_refused_where_none_was_named_is_a_refusal(world: World) -> None:
    world.fake.fail(refused("Bad Request: message thread not found"))

    assert without_detail(await world.channel().send(a_parcel())) == REFUSED


# Migration


async def test_a_group_that_became_a_supergroup_gets_its_message_there(world: World) -> None:
    world.fake.chats[GROUP].migrated_to = NEW_GROUP
    world.fake.chat(NEW_GROUP)

    outcome = await world.channel(GROUP).send(a_parcel())

    assert isinstance(outcome, Delivered)
    assert outcome.receipt == f"{NEW_GROUP}:1"
    assert world.migrations == [(GROUP, NEW_GROUP)]


async def test_after_a_migration_every_channel_of_the_bot_uses_the_new_id(world: World) -> None:
    world.fake.chats[GROUP].migrated_to = NEW_GROUP
    world.fake.chat(NEW_GROUP)
    await world.channel(GROUP).send(a_parcel())
    asked = len(world.fake.calls)

    await world.channel(GROUP, topic=None).send(a_parcel("Another"))

    assert [parameters["chat_id"] for _, parameters in world.fake.calls[asked:]] == [str(NEW_GROUP)]
    assert len(world.migrations) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_a_card_of_the_old_group_is_said_anew(
    world: World,
    known: bool,  # noqa: FBT001
) -> None:
    first = await world.channel(GROUP).send(a_parcel())
    assert isinstance(first, Delivered)
    world.fake.chats[GROUP].migrated_to = NEW_GROUP
    if known:
        world.api.moved[GROUP] = NEW_GROUP

    outcome = await world.channel(GROUP).send(a_parcel("Correction", replaces=first.receipt))

    assert isinstance(outcome, Failed)
    assert outcome.resend
    assert not outcome.permanent
    assert world.api.home(GROUP) == NEW_GROUP


async def test_ids_that_lead_in_a_circle_end_somewhere(world: World) -> None:
    world.api.moved.update({GROUP: NEW_GROUP, NEW_GROUP: GROUP})

    assert world.api.home(GROUP) in {GROUP, NEW_GROUP}


async def test_a_migration_is_remembered_even_if_nobody_asked_to_be_told(world: World) -> None:
    world.api.on_migrated = None
    world.fake.chats[GROUP].migrated_to = NEW_GROUP
    world.fake.chat(NEW_GROUP)

    assert isinstance(await world.channel(GROUP).send(a_parcel()), Delivered)


# Pace


@pytest.fixture(params=["", "1"], ids=["seconds", "timedelta"])
def ptb_timedelta(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.pop("PTB_TIMEDELTA", None)
    if request.param:
        os.environ["PTB_TIMEDELTA"] = request.param
    yield
    os.environ.pop("PTB_TIMEDELTA", None)
    if before is not None:
        os.environ["PTB_TIMEDELTA"] = before


@pytest.mark.usefixtures("ptb_timedelta")
async def test_a_chat_that_is_told_to_wait_is_left_alone_and_others_flow(world: World) -> None:
    fault = refused("Too Many Requests: retry after 30", 429)
    fault.body = fault.body[:-1] + b',"parameters":{"retry_after":30}}'
    world.fake.fail(fault)
    wait = timedelta(seconds=30) + GRACE

    told = await world.channel(GROUP).send(a_parcel())
    asked = len(world.fake.calls)
    held = await world.channel(GROUP).send(a_parcel())
    other = await world.channel(LAN).send(a_parcel())

    assert without_detail(told) == Failed(FailureReason.RATE_LIMITED, retry_after=wait, status=429)
    assert without_detail(held) == Failed(FailureReason.RATE_LIMITED, retry_after=wait)
    assert isinstance(other, Delivered)
    assert len(world.fake.calls) == asked + 1
    world.clock.at += 30.5
    assert isinstance(await world.channel(GROUP).send(a_parcel()), Delivered)


async def test_a_person_gets_three_at_once_and_then_one_a_second(world: World) -> None:
    channel = world.channel()

    for _ in range(6):
        await channel.send(a_parcel())

    assert world.clock.slept == pytest.approx([1.0, 1.0, 1.0])


async def test_a_group_gets_eight_at_once_and_then_twenty_a_minute(world: World) -> None:
    channel = world.channel(GROUP)

    for _ in range(11):
        await channel.send(a_parcel())

    assert world.clock.slept == pytest.approx([3.0, 3.0, 3.0])


async def test_all_chats_together_get_no_more_than_25_a_second(world: World) -> None:
    for chat in range(1, 31):
        world.fake.chat(chat)
        await world.channel(chat).send(a_parcel())

    assert world.clock.slept == pytest.approx([0.04] * 5)


async def test_the_pace_keeps_within_the_limits_of_telegram(world: World) -> None:
    world.fake.elapsed = world.clock.elapsed
    channel = world.channel(GROUP)

    outcomes = [await channel.send(a_parcel(f"call {n}")) for n in range(100)]

    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert [m.text.split("\n")[0] for m in world.fake.messages(GROUP)] == [
        f"call {n}" for n in range(100)
    ]


# The way there


async def test_opening_asks_telegram_nothing(world: World) -> None:
    world.api.open()

    assert world.fake.calls == []


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("https://api.telegram.org", f"https://api.telegram.org/bot{TOKEN}/sendMessage"),
        ("https://relay.example/tg/", f"https://relay.example/tg/bot{TOKEN}/sendMessage"),
        ("https://x.example/bot{token}/test", f"https://x.example/bot{TOKEN}/test/sendMessage"),
    ],
    ids=["plain", "path", "token in its own place"],
)
async def test_the_base_url_is_where_the_bot_api_answers(base_url: str, address: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(403, json={"ok": False, "description": "Forbidden"})

    api = TelegramApi(
        Secret(TOKEN), SteppingClock(), base_url, transport=httpx.MockTransport(answer)
    )
    await TelegramChannel("sales", LAN, api).send(a_parcel())
    await api.aclose()

    assert [httpx.URL(url) for url in asked] == [httpx.URL(address)]


async def test_a_proxy_is_what_is_dialled() -> None:
    api = TelegramApi(Secret(TOKEN), SteppingClock(), proxy=f"http://lan:{CANARY}@127.0.0.1:1")

    outcome = await TelegramChannel("sales", LAN, api).send(a_parcel())
    await api.aclose()

    assert without_detail(outcome) == UNREACHABLE
    assert CANARY not in repr(outcome)


def test_the_library_is_loaded_only_when_it_is_used() -> None:
    lines = "import sys, notifier.channels.telegram; print('telegram' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", lines], capture_output=True, check=True, text=True)

    assert told.stdout.strip() == "False"


# What every channel must do


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_the_contract(check: Callable[[Bench], Awaitable[None]], world: World) -> None:
    broken = Fault(status=500, body=f"bad:\r\n{TOKEN} {CANARY}".encode())
    bench = Bench(
        channel=world.channel(),
        parcel=a_parcel(),
        arrived=lambda: len(world.fake.messages(LAN)),
        breaks=lambda: world.fake.fail(*[broken] * 3),
        mends=world.fake.faults.clear,
    )

    await check(bench)
