"""The service as a whole: what starts with what, what ends it, and in which order it stops."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app import build
from notifier.app.building import secrets_of
from notifier.app.pulse import read_pulse
from notifier.app.running import DIRECTORY_AGAIN, DIRECTORY_EVERY, GRACE_S
from notifier.config.loading import load
from notifier.core.errors import StoreError
from notifier.simulator import faults as wrong
from notifier.simulator.journeys import missed_call
from notifier.store.lock import HeldError
from tests.fakes.clock import FakeClock
from tests.fakes.receiver import SECRET, Reply
from tests.fakes.telegram import TOKEN, Fault
from tests.journeys.house import (
    GROUP,
    HOUR,
    KEY,
    MINUTE,
    SECOND,
    START,
    WEBHOOK,
    a_service,
    environment,
)


async def test_a_second_instance_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        config = house.app.config
        with pytest.raises(HeldError):
            async with build(config, FakeClock(START)):
                pass
        await house.restart()

        assert house.app.config.storage_path.exists()


async def test_every_secret_of_the_file_is_known_to_the_log(tmp_path: Path) -> None:
    async with a_service(tmp_path, started=False) as house:
        house.write_rules()
        config = load(house.rules_path, environment=environment())

    assert set(secrets_of(config)) == {KEY, TOKEN, SECRET}


async def test_a_slow_pace_that_the_file_asks_for_is_no_silence(tmp_path: Path) -> None:
    async with a_service(tmp_path, every="10m") as house:
        await house.advance(2 * HOUR)

        assert house.events == []


async def test_nothing_is_read_before_the_hotlines_have_been_asked_for(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        asked = [seen.method for seen in house.faults.requests]

    assert asked == ["GetHotlines", "GetExtensions", "GetAccountUsers", "ListCallLogs"]


async def test_a_directory_that_does_not_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with a_service(tmp_path, started=False) as house:
        house.faults.next(wrong.status(500), method="GetHotlines")
        await house.start()
        first = house.requests()
        await house.advance(DIRECTORY_AGAIN)

        assert first == 1
        assert house.faults.count("GetHotlines") == 2
        assert [hotline.name for hotline in house.app.names.current.hotlines] == [
            "CSKH",
            "Bán hàng",
        ]


async def test_names_are_asked_for_again_from_time_to_time(tmp_path: Path) -> None:
    async with a_service(tmp_path, every="10m") as house:
        await house.advance(2 * DIRECTORY_EVERY + MINUTE)

        assert house.faults.count("GetHotlines") == 3


async def test_an_idle_service_stops_without_time_passing(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        before = house.clock.elapsed()
        await house.stop()

        assert house.clock.elapsed() == before


async def test_a_stop_finishes_the_post_under_way_and_leaves_the_rest_in_the_outbox(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, to="[crm]", settle="0s") as house:
        await house.advance(MINUTE)
        house.receiver.script(then=Reply(delay=0.05))
        for number in range(40):
            house.show(missed_call(house.pbx_now() - 20 * SECOND, f"09012345{number:02}"))
        await house.advance(15 * SECOND)
        house.app.stop()
        service = house.service
        while not service.done():
            await asyncio.wait({service}, timeout=0.05)

        states = Counter(row["state"] for row in house.rows("deliveries"))
        assert set(states) == {"delivered", "pending"}
        assert states["delivered"] == len(house.events) >= 5


async def test_a_post_that_outlasts_the_grace_is_left_to_its_lease_and_sent_again(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, to="[crm]", settle="0s") as house:
        await house.advance(MINUTE)
        house.receiver.script(Reply(delay=0.5))
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        await house.advance(15 * SECOND)
        began = house.clock.elapsed()
        await house.stop()
        took = house.clock.elapsed() - began
        (row,) = house.rows("deliveries")
        await house.start()
        await house.advance(SECOND)

        assert GRACE_S <= took <= GRACE_S + 2
        assert row["state"] == "sending"
        assert len(house.events) == 2
        assert len(set(house.receiver.ids)) == 1


def failing_at(verb: str) -> Callable[[str], None]:
    def watch(sql: str) -> None:
        if sql.lstrip().startswith(verb):
            raise sqlite3.OperationalError("database or disk is full")

    return watch


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param("INSERT INTO calls", id="a call"),
        pytest.param("INSERT INTO alerts", id="an alert"),
        pytest.param("INSERT INTO deliveries", id="a delivery"),
        pytest.param("DELETE FROM timers", id="a timer"),
        pytest.param("UPDATE deliveries SET tries", id="a claim"),
        pytest.param("INSERT INTO attempts", id="an attempt"),
        pytest.param("INSERT INTO facts", id="a sign of life"),
    ],
)
async def test_what_cannot_remember_ends_with_a_sentence_and_tells_all_of_it_later(
    tmp_path: Path, verb: str
) -> None:
    broken: list[Callable[[str], None]] = []
    async with a_service(tmp_path, started=False) as house:

        def watch(sql: str) -> None:
            for one in broken:
                one(sql)

        house.watch = watch
        await house.start()
        await house.advance(MINUTE)
        broken.append(failing_at(verb))
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        with pytest.raises(StoreError, match="disk is full"):
            await house.advance(3 * MINUTE)
        broken.clear()
        with suppress(StoreError):
            await house.stop()
        await house.start()
        await house.advance(5 * MINUTE)

        assert [event for event, _ in house.told] == ["alert.fired"]
        assert len(house.cards()) in {1, 2}
        assert not house.rows("deliveries", "state <> 'delivered'")


async def test_an_event_for_what_is_a_chat_now_is_given_up(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[crm]", settle="0s") as house:
        await house.advance(MINUTE)
        house.receiver.script(then=Reply(503))
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        await house.advance(16 * SECOND)
        await house.restart(crm=f"  crm: {{telegram: {{chat: {GROUP}}}}}")
        await house.advance(MINUTE)

        (row,) = house.rows("deliveries", "channel = 'crm'")
        assert row["state"] == "dead"
        assert not house.service.done()


async def test_a_card_for_what_is_a_webhook_now_stops_nobody(tmp_path: Path) -> None:
    chat = f"  crm: {{telegram: {{chat: {GROUP}}}}}"
    async with a_service(tmp_path, to="[crm]", settle="0s", crm=chat) as house:
        await house.advance(MINUTE)
        house.telegram.fail(*[Fault(status=502, body=b"{}")] * 9)
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        await house.advance(16 * SECOND)
        await house.restart(crm=WEBHOOK % "[alert.*]")
        await house.advance(MINUTE)
        house.show(missed_call(house.pbx_now() - 20 * SECOND, "0909000002"))
        await house.advance(MINUTE)

        old, new = house.rows("deliveries", "channel = 'crm'")
        assert (old["state"], new["state"]) == ("pending", "delivered")


async def test_signs_of_life_are_written_while_it_runs(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(10 * MINUTE)
        path = house.app.config.storage_path
        well = read_pulse(path, stale=5 * MINUTE, now=house.now)
        await house.stop()
        dead = read_pulse(path, stale=5 * MINUTE, now=house.now + timedelta(minutes=3))

    assert well.well
    assert not dead.well
