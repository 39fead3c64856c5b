"""Journeys of what keeps the chat calm: gathered, muted, spoken for; and of reports."""

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from notifier.core.rules.model import Mute
from notifier.simulator.journeys import answered_call
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from tests.journeys.hours import HOURS, File
from tests.journeys.house import DAY, HOUR, MINUTE, SECOND, House, a_service

FILE: File = {"to": "[nhom]", "more": HOURS}

BY_CUSTOMER = "  goi_nho: {when: missed, group: {by: [customer], wait: 3m, interval: 10m}}"
AT_NIGHT = "  ngoai_gio: {when: {direction: in}, outside: gio_lam, digest: {at: [08:05]}}"
DAILY = "  bao_cao: {report: {at: [17:35], range: today, sections: [totals, missed_open]}}"
TWO = """
  goi_nho: {when: missed}
  don_dap: {when: missed, count: {at_least: 2, within: 30m}, every: 1h}
"""
SPOKEN_FOR = "suppress:\n  - {while: don_dap, rules: [goi_nho]}\n"


def muted_beside(house: House, rule: str, span: timedelta) -> None:
    """Mute `rule` from another connection, as a command beside the service does."""
    mute = Mute("m1", house.now, house.now + span, "Lan", "họp giao ban", rule=rule)
    with closing(Database.open(house.app.config.storage_path)) as database:
        Ledger(database).add_mute(mute, "cli", house.now)


def reports(house: House) -> list[str]:
    return [card.text for card in house.cards() if card.text.startswith("📊")]


async def test_what_one_customer_does_in_minutes_is_one_message(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=BY_CUSTOMER) as house:
        await house.advance(MINUTE)
        house.miss("0901111111")
        await house.advance(MINUTE)
        calls = [house.miss("0901111111"), house.miss("0902222222")]
        await house.advance(5 * MINUTE)

        assert sorted(card.text.count("09xx") for card in house.cards()) == [1, 2]
        assert "grouped" in {row["reason"] for row in house.why(calls[0].id)}


async def test_the_calls_of_a_night_are_one_message_in_the_morning(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=AT_NIGHT, every="5m") as house:
        await house.pause(10 * HOUR)
        house.miss("0901111111", ago=40 * SECOND)
        await house.advance(10 * MINUTE)
        await house.pause(5 * HOUR)
        house.miss("0902222222", ago=40 * SECOND)
        await house.advance(10 * MINUTE)
        await house.pause(7 * HOUR)
        await house.advance(40 * MINUTE)
        at_eight = house.headlines()
        await house.advance(6 * MINUTE)

        (card,) = house.cards()
        assert at_eight == []
        assert "111" in card.text
        assert "222" in card.text


async def test_a_call_in_working_hours_is_none_of_the_night(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=AT_NIGHT) as house:
        await house.advance(MINUTE)
        call = house.miss()
        await house.advance(MINUTE)

        assert [row["reason"] for row in house.why(call.id)] == ["outside_calendar"]


async def test_a_report_comes_once_a_day_whatever_restarts(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=DAILY, every="5m") as house:
        await house.advance(MINUTE)
        house.miss()
        house.show(answered_call(house.pbx_now() - 2 * MINUTE))
        await house.advance(9 * MINUTE)
        await house.pause(8 * HOUR)
        await house.advance(30 * MINUTE)
        await house.restart()
        await house.advance(10 * MINUTE)
        on_monday = reports(house)
        await house.pause(DAY - HOUR)
        await house.advance(HOUR)

        assert len(on_monday) == 1
        assert "2" in on_monday[0]
        assert "was not running" not in on_monday[0]
        assert len(reports(house)) == 2


async def test_a_report_that_was_slept_through_comes_late_and_says_so(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=DAILY, every="5m") as house:
        await house.advance(MINUTE)
        house.miss()
        await house.advance(6 * MINUTE)
        await house.pause(10 * HOUR)
        await house.advance(10 * MINUTE)

        (report,) = reports(house)
        assert "was not running at 17:35" in report


async def test_a_report_that_is_moved_comes_at_its_new_time_and_at_no_other(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, **FILE, rules=DAILY, every="5m") as house:
        await house.advance(MINUTE)
        await house.pause(8 * HOUR + 20 * MINUTE)
        house.edit(rules=DAILY.replace("17:35", "18:30"))
        await house.advance(30 * MINUTE)
        at_ten_to_six = reports(house)
        await house.advance(50 * MINUTE)

        assert at_ten_to_six == []
        assert len(reports(house)) == 1


async def test_a_mute_that_is_given_while_it_runs_holds_until_its_end(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        muted_beside(house, "goi_nho", 10 * MINUTE)
        call = house.miss("0901111111")
        await house.advance(10 * MINUTE)
        meanwhile = house.headlines()
        house.miss("0902222222")
        await house.advance(2 * MINUTE)

        assert meanwhile == []
        assert len(house.cards()) == 1
        (told,) = house.why(call.id)
        assert (told["reason"], told["detail"]) == ("muted", "m1 Lan")


async def test_a_rule_that_speaks_for_another_counts_what_it_keeps_quiet(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]", more=SPOKEN_FOR, rules=TWO) as house:
        await house.advance(MINUTE)
        house.miss("0901111111")
        await house.advance(2 * MINUTE)
        house.miss("0902222222")
        await house.advance(2 * MINUTE)
        call = house.miss("0903333333")
        await house.advance(2 * MINUTE)

        many = next(card for card in house.cards() if "2 missed calls" in card.text)
        assert "333" not in "".join(card.text for card in house.cards())
        assert re.search(r"\+\d more calls", many.text)
        assert {"suppressed", "throttled"} == {row["reason"] for row in house.why(call.id)}
