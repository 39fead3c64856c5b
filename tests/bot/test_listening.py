"""The way in: stored before it is confirmed, and nothing that comes over the wire ends it."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from notifier.bot.listening import OVERDUE
from notifier.channels.telegram_ear import KINDS
from tests.bot.desk import LAN, Stage
from tests.fakes.telegram import TOKEN, Fault

PAGE = b"<html>captive portal</html>"


def refused(status: int, description: str) -> Fault:
    body = {"ok": False, "error_code": status, "description": description}
    return Fault(status=status, body=json.dumps(body).encode(), method="getUpdates")


async def test_a_poll_names_what_it_wants_and_confirms_what_was_stored(stage: Stage) -> None:
    await stage.says("/look")

    first, second = stage.fake.queue.polls
    assert json.loads(first["allowed_updates"]) == list(KINDS)
    assert "offset" not in first
    assert second["offset"] == "2"
    assert stage.rows("update_id") == [(1,)]


async def test_nothing_is_confirmed_that_was_not_stored(stage: Stage) -> None:
    stage.database.run("DROP TABLE updates")

    stage.fake.says(LAN, LAN, "/look")
    with pytest.raises(Exception, match="no such table"):
        await stage.advance()

    assert [update["update_id"] for update in stage.fake.queue.updates] == [1]


async def test_what_came_twice_is_handled_once(stage: Stage) -> None:
    await stage.says("/look one", identity=5)
    await stage.says("/look one", identity=5)
    await stage.says("/look two", identity=4)

    assert stage.said() == ["look one", "look two"]


async def test_after_a_quiet_week_ids_begin_anew_and_lower(stage: Stage) -> None:
    await stage.says("/look one", identity=900)
    await stage.advance(8 * 86_400)
    await stage.says("/look two", identity=17)
    await stage.says("/look three", identity=18)

    assert stage.said() == ["look one", "look two", "look three"]


async def test_what_was_said_while_it_was_off_is_answered(stage: Stage) -> None:
    await stage.stop()
    stage.fake.says(LAN, LAN, "/look")
    await stage.start()

    assert stage.said() == ["look"]


FAULTS = {
    "404": refused(404, "Not Found"),
    "401": refused(401, "Unauthorized"),
    "409": refused(409, "Conflict: terminated by other getUpdates request"),
    "502": Fault(status=502, body=PAGE, method="getUpdates"),
    "page": Fault(status=200, body=PAGE, method="getUpdates"),
    "no list": Fault(status=200, body=b'{"ok":true,"result":5}', method="getUpdates"),
    "cut short": Fault(status=200, body=b'{"ok":true,"resu', method="getUpdates"),
    "reset": Fault(raises=httpx.ReadError("reset"), method="getUpdates"),
    "no connection": Fault(raises=httpx.ConnectError("refused"), method="getUpdates"),
    "slow": Fault(raises=httpx.ReadTimeout("slow"), method="getUpdates"),
}


@pytest.mark.parametrize("case", FAULTS)
@pytest.mark.parametrize("times", [1, 20])
async def test_no_answer_ends_it(stage: Stage, case: str, times: int) -> None:
    stage.fake.fail(*[FAULTS[case]] * times)
    await stage.advance(40)  # the poll that was under way
    failing = stage.bot.seen()
    await stage.advance(900)
    await stage.says("/look")

    assert failing.failures > 0
    assert failing.down_since is not None
    assert stage.said() == ["look"]
    assert stage.bot.seen().failures == 0


async def test_a_network_that_swallows_everything_is_given_up_and_tried_again(
    stage: Stage,
) -> None:
    stage.fake.fail(Fault(pause=10_000.0, method="getUpdates"))
    await stage.advance(31)
    await stage.advance(OVERDUE.total_seconds() + 1)
    seen = stage.bot.seen()
    await stage.says("/look")
    await stage.advance(5)

    assert seen.error == "no answer within 60 s"
    assert stage.said() == ["look"]


async def test_pauses_grow_to_half_a_minute(stage: Stage) -> None:
    stage.fake.fail(*[FAULTS["502"]] * 1000)
    await stage.advance(31)
    asked = len(stage.fake.calls)
    left = len(stage.fake.faults)
    await stage.advance(600)

    assert 20 <= left - len(stage.fake.faults) <= 30
    assert len(stage.fake.calls) == asked


async def test_telegrams_own_wish_is_granted(stage: Stage) -> None:
    body = b'{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":120}}'
    stage.fake.fail(Fault(status=429, body=body, method="getUpdates"))
    await stage.advance(31)
    stage.fake.says(LAN, LAN, "/look")
    await stage.advance(80)
    before = stage.said()
    await stage.advance(60)

    assert (before, stage.said()) == ([], ["look"])


async def test_a_server_that_does_not_wait_is_asked_once_a_second(stage: Stage) -> None:
    stage.fake.sleep = None
    await stage.advance(31)
    asked = len(stage.fake.queue.polls)
    await stage.advance(60)

    assert len(stage.fake.queue.polls) - asked == 60


async def test_another_process_with_this_token_is_seen_and_survived(stage: Stage) -> None:
    async with httpx.AsyncClient(
        transport=stage.fake.transport(), base_url=f"http://fake/bot{TOKEN}/"
    ) as other:
        rival = asyncio.create_task(other.post("getUpdates", data={"timeout": 50}))
        await stage.advance(0.5)
        seen = stage.bot.seen()
        await stage.advance(3)
        await rival
    await stage.says("/look")

    assert seen.contested
    assert rival.result().status_code == 409, "the newer poll ends the older, both ways"
    assert stage.said() == ["look"]
    assert not stage.bot.seen().contested


async def test_a_webhook_that_somebody_set_is_taken_away(stage: Stage) -> None:
    stage.fake.queue.webhook = "https://elsewhere.example.vn"
    await stage.advance(40)
    await stage.says("/look")

    assert stage.fake.queue.webhook == ""
    assert stage.said() == ["look"]


async def test_a_start_without_network_listens_once_there_is_one(stage: Stage) -> None:
    await stage.stop()
    stage.fake.fail(*[Fault(raises=httpx.ConnectError("down"), method="deleteWebhook")] * 5)
    stage.fake.says(LAN, LAN, "/look")
    await stage.start()
    before = stage.said()
    await stage.advance(120)

    assert (before, stage.said()) == ([], ["look"])


async def test_its_health_is_the_age_of_the_last_good_poll(stage: Stage) -> None:
    heard_at = stage.bot.seen().last_good_at
    await stage.advance(31)
    stage.fake.fail(*[FAULTS["502"]] * 1000)
    await stage.advance(31)
    good_at = stage.bot.seen().last_good_at
    await stage.advance(600)
    seen = stage.bot.seen()

    assert heard_at is None, "the first poll still waits"
    assert seen.last_good_at == good_at
    assert seen.silent(stage.clock.now()) >= timedelta(seconds=600)


async def test_what_was_handled_is_forgotten_after_two_days(stage: Stage) -> None:
    await stage.says("/look")
    await stage.advance(86_400)
    await stage.says("/look")
    await stage.advance(86_400 + 3600)

    assert stage.rows("update_id") == [(2,)]
