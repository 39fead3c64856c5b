import signal
import sqlite3
from contextlib import closing

import pytest

from notifier.simulator.faults import hanging
from tests.fakes.receiver import Reply
from tests.journeys.process.town import RULES, Town


async def test_a_missed_call_reaches_the_chat_and_the_webhook(town: Town) -> None:
    async with town.watching() as service:
        call = town.miss()

        await town.until(lambda: town.cards and town.receiver.received, "both are told", service)
        assert await service.terminate() == 0

    (card,) = town.cards
    assert "19001000 (CSKH)" in card
    assert "0901234567" not in card
    assert town.hooked == [call.id]
    (told,) = town.receiver.received
    assert told.genuine
    assert told.event["type"] == "alert.fired"


async def test_what_was_there_before_the_first_start_alerts_nobody(town: Town) -> None:
    town.miss()

    async with town.watching() as service:
        news = town.miss("0912345678")
        await town.until(lambda: town.hooked, "the news is told", service)

    assert town.hooked == [news.id]


async def test_a_second_instance_is_refused_and_told_who_has_the_database(town: Town) -> None:
    async with town.watching() as first:
        second = await town.command("run", "-c", str(town.rules))

        assert second.code == 2
        assert f"process {first.process.pid} on " in second.err
        assert first.process.returncode is None


async def test_when_told_to_stop_it_finishes_what_is_being_sent(town: Town) -> None:
    town.receiver.script(Reply(delay=1.0))
    async with town.watching() as service:
        call = town.miss()
        await town.until(lambda: town.receiver.busy, "the receiver is answering", service)

        assert await service.terminate() == 0

    assert town.receiver.busy == 0
    async with town.watching() as again:
        other = town.miss("0912345678")
        await town.until(lambda: len(town.hooked) > 1, "the next is told", again)
    assert town.hooked == sorted([call.id, other.id])
    assert len(town.receiver.received) == 2
    assert len(town.cards) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
async def test_when_idle_it_stops_at_once(town: Town, number: signal.Signals) -> None:
    async with town.watching() as service:
        service.process.send_signal(number)

        assert await service.ended(patience_s=2) == 0


async def test_a_hangup_has_the_file_read_anew(town: Town) -> None:
    async with town.watching() as service:
        service.process.send_signal(signal.SIGHUP)

        await town.until(lambda: "took up" in service.said, "it is read", service)
        assert await service.terminate() == 0


async def test_it_stops_at_once_while_the_pbx_says_nothing(town: Town) -> None:
    async with town.watching() as service:
        town.faults.next(hanging(30))
        await town.until(
            lambda: any(seen.fault == "hanging" for seen in town.faults.requests),
            "the PBX hangs",
            service,
        )

        assert await service.terminate(patience_s=2) == 0


async def test_a_broken_file_is_all_its_problems_and_nothing_is_started(town: Town) -> None:
    broken = RULES.replace("every: 100ms", "evry: 100ms").replace("settle: 0s", "settle: soon")
    town.write_rules(broken)

    answer = await town.command("run", "-c", str(town.rules))

    assert answer.code == 2
    assert "source.evry" in answer.err
    assert "source.settle" in answer.err
    assert "2 problems; nothing was started" in answer.err
    assert not town.database.exists()
    assert town.polled() == 0


@pytest.mark.parametrize(
    "path", ["/proc/notifier.db", "rules.yaml/notifier.db", "no/such/folder/notifier.db"]
)
async def test_a_folder_that_cannot_be_written_is_a_sentence(town: Town, path: str) -> None:
    town.write_rules(RULES.replace("path: notifier.db", f"path: {path}"))

    answer = await town.command("run", "-c", str(town.rules))

    assert answer.code == 1
    assert "notifier.db.lock: " in answer.err
    assert "check that its folder can be written" in answer.err
    assert town.polled() == 0


async def test_health_beside_it_says_that_it_is_well(town: Town) -> None:
    async with town.watching():
        answer = await town.command("health", "-c", str(town.rules))

    assert answer.code == 0, answer


async def test_a_backup_taken_beside_it_is_a_good_copy(town: Town) -> None:
    async with town.watching() as service:
        call = town.miss()
        await town.until(lambda: town.cards and town.hooked, "both are told", service)
        copy = town.folder / "copy.db"
        answer = await town.command("backup", str(copy), "-c", str(town.rules))

        assert answer.code == 0, answer
        assert service.process.returncode is None

    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as tables:
        assert tables.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert tables.execute("SELECT id FROM calls").fetchall() == [(call.id,)]
        assert tables.execute("SELECT count(*) FROM deliveries").fetchone() == (2,)
