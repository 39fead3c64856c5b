"""Journeys of an owner who edits the file while the service runs: all of an edit, or nothing."""

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.hours import ESCALATED, HOURS
from tests.journeys.house import MINUTE, SECOND, House, a_service
from tests.journeys.owner import FILE, LOOKS, MANY, RULES, at_work, refusals, what_stands

TOOK_UP = "took up the changed configuration"


async def edited(house: House, times: int) -> None:
    """Edit what the rules say, and never what they mean, so often and a look apart."""
    for number in range(times):
        text = MANY.format(when="missed", title=f"Nhỡ nhiều {number}")
        house.edit(rules=f"# bản thứ {number}\n{text}\n{ESCALATED}")
        await house.advance(LOOKS)


async def half_written(house: House, steps: int) -> None:
    """Write the file in so many steps, each a look apart."""
    whole = house.rules_path.read_text(encoding="utf-8")
    for step in range(1, steps + 1):
        house.rules_path.write_text(whole[: len(whole) * step // steps], encoding="utf-8")
        await house.advance(2 * SECOND)


def without_times(stands: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows without their instants: the scheduler naps in another step."""
    return {
        table: [{n: cell for n, cell in row.items() if not n.endswith("at_ms")} for row in rows]
        for table, rows in stands.items()
    }


def taken_up(caplog: pytest.LogCaptureFixture) -> list[list[str]]:
    """Return the rules that were reset, for each time that the file was taken up."""
    return [vars(one)["reset"] for one in caplog.records if one.message == TOOK_UP]


async def test_two_hundred_edits_of_words_leave_everything_as_if_there_were_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "untouched").mkdir()
    (tmp_path / "edited").mkdir()
    caplog.set_level(logging.INFO)
    async with a_service(tmp_path / "untouched", **FILE) as house:
        await at_work(house)
        await house.advance(200 * LOOKS)
        untouched = without_times(what_stands(house))

    async with a_service(tmp_path / "edited", **FILE) as house:
        await at_work(house)
        await edited(house, 200)
        stands = without_times(what_stands(house))

    assert taken_up(caplog) == [[]] * 200
    assert stands == untouched
    assert "escalate" in {row["reason"] for row in stands["audit"]}


async def test_while_nothing_falls_due_not_one_row_differs(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await at_work(house)
        before = what_stands(house)
        await edited(house, 30)

        assert what_stands(house) == before
        assert all(before[table] for table in ("alerts", "timers", "rule_state", "audit"))


async def test_what_is_told_next_is_told_in_the_new_words(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        house.edit(rules="  don_dap: {when: missed, title: Nhiều quá}")
        await house.advance(LOOKS)
        house.miss()
        await house.advance(MINUTE)

        assert "Nhiều quá" in house.headlines()[0]


async def test_another_meaning_resets_that_rule_and_no_other(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await at_work(house)
        waits = house.rows("timers", "rule = 'chua_goi_lai'")
        pauses = house.rows("rule_state", "rule = 'don_dap'")
        house.edit(rules=f"{MANY.format(when='unreached', title='Nhỡ nhiều')}\n{ESCALATED}")
        await house.advance(LOOKS)

        assert house.rows("timers", "rule = 'chua_goi_lai'") == waits != []
        assert house.rows("rule_state", "rule = 'don_dap'") == [] != pauses
        assert house.rows("alerts", "rule = 'don_dap' AND state = 'open'")


async def test_a_rule_that_is_new_alerts_nobody_about_history(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await at_work(house)
        told = len(house.cards())
        house.edit(rules=f"{RULES}\n  moi: {{when: missed}}")
        await house.advance(LOOKS + 2 * MINUTE)
        house.miss("0904444444")
        await house.advance(MINUTE)

        assert len(house.cards()) == told + 1
        assert "moi" in {row["rule"] for row in house.rows("alerts")}


async def test_a_file_that_is_still_being_written_is_not_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        await half_written(house, 10)
        during = taken_up(caplog)
        await house.advance(LOOKS)

        assert during == []
        assert refusals(house) == []
        assert taken_up(caplog) == [[]]


async def test_a_file_that_is_away_for_a_moment_is_no_news(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        house.rules_path.unlink()
        await house.advance(2 * SECOND)
        house.edit()
        await house.advance(LOOKS)

        assert refusals(house) == []


async def test_the_files_that_it_names_are_watched_like_itself(tmp_path: Path) -> None:
    beside = tmp_path / "vip.csv"
    beside.write_text("phone\n0901111111\n", encoding="utf-8")
    more = f"{HOURS}lists:\n  vip: {{file: vip.csv, column: phone}}\n"
    rules = '  vip: {when: {all: [missed, {customer: "@vip"}]}, settle: 0s}'
    async with a_service(tmp_path, to="[nhom]", more=more, rules=rules) as house:
        await house.advance(MINUTE)
        beside.write_text("phone\n0902222222\n", encoding="utf-8")
        await house.advance(LOOKS)
        house.miss("0901111111")
        house.miss("0902222222")
        await house.advance(MINUTE)

        (card,) = house.cards()
        assert "222" in card.text


async def test_days_off_from_a_calendar_file_are_taken_up(tmp_path: Path) -> None:
    beside = tmp_path / "nghi.ics"
    beside.write_text(off("20260901"), encoding="utf-8")
    more = "calendars:\n  gio_lam: {open: {mon-fri: 08:00-17:30}, holidays: nghi.ics}\n"
    rules = "  goi_nho: {when: missed, during: gio_lam}"
    async with a_service(tmp_path, to="[nhom]", more=more, rules=rules) as house:
        await house.advance(MINUTE)
        beside.write_text(off("20260907"), encoding="utf-8")
        await house.advance(LOOKS)
        call = house.miss()
        await house.advance(MINUTE)

        assert house.cards() == []
        assert [row["reason"] for row in house.why(call.id)] == ["outside_calendar"]


def off(day: str) -> str:
    """Return an iCalendar file with one day off."""
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:Nghỉ\r\nEND:VEVENT\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\n{event}END:VCALENDAR\r\n"


async def test_what_is_read_at_the_start_only_waits_for_the_next_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        house.edit(every="10m", group="-77", rules="  goi_nho: {when: missed}")
        await house.advance(LOOKS)
        house.telegram.chat(-77)
        house.miss()
        await house.advance(MINUTE)
        before = (len(house.cards()), len(house.cards(-77)))
        await house.restart()
        house.miss("0902222222")
        await house.advance(11 * MINUTE)

        waits = [vars(one)["parts"] for one in caplog.records if "next start" in one.message]
        assert waits == [["source", "channels"]]
        assert before == (1, 0)
        assert len(house.cards(-77)) == 1


async def test_messages_are_in_the_zone_that_the_file_names_now(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]") as house:
        await house.advance(MINUTE)
        text = house.rules_path.read_text(encoding="utf-8")
        house.rules_path.write_text(text.replace("Asia/Ho_Chi_Minh", "Asia/Tokyo"), "utf-8")
        await house.advance(LOOKS)
        house.miss()
        await house.advance(MINUTE)

        assert "11:00:45" in house.cards()[0].text
