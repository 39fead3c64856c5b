"""Journeys of customers who are to be called back: told when nobody did, and only then."""

import re
from pathlib import Path

import pytest

from notifier.core.decisions import Act
from notifier.simulator.journeys import answered_call, missed_call, outgoing_call
from tests.journeys.hours import ESCALATED, HOURS, NOT_CALLED_BACK, File
from tests.journeys.house import HOUR, MINUTE, PERSON, SECOND, House, a_service

FILE: File = {"to": "[nhom]", "more": HOURS, "rules": NOT_CALLED_BACK}

LAN = "Nguyễn Thị Lan"
"""Who sits at extension 101, by the PBX."""

DEADLINE = "Due: 09:16"
"""Of a call that was missed at 09:01."""


async def missed_at_one(house: House) -> str:
    """Let a call be missed at 09:01:00, and return its id."""
    await house.advance(MINUTE)
    return house.miss().id


def an_alert(house: House) -> str:
    (row,) = house.rows("alerts", "rule = 'chua_goi_lai'")
    return str(row["id"])


async def test_a_miss_that_nobody_calls_back_is_told_with_its_deadline(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        call = await missed_at_one(house)
        await house.advance(15 * MINUTE)
        before = house.headlines()
        await house.advance(90 * SECOND)

        assert before == []
        (card,) = house.cards()
        assert "not called back" in card.text
        assert DEADLINE in card.text
        reasons = [row["reason"] for row in house.why(call)]
        assert reasons[0] == "state: open"
        assert {"waiting", "new"} <= set(reasons)


async def test_the_clock_stands_still_while_nobody_works(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, every="1m") as house:
        await house.advance(2 * HOUR + 55 * MINUTE)
        house.miss()
        await house.advance(75 * MINUTE)
        at_ten_past_one = house.headlines()
        await house.advance(3 * MINUTE)

        (card,) = house.cards()
        assert at_ten_past_one == []
        assert "Due: 13:10" in card.text


@pytest.mark.parametrize("lag", ["1m", "5m"])
async def test_a_call_back_in_time_leaves_nothing_to_tell(tmp_path: Path, lag: str) -> None:
    rule = NOT_CALLED_BACK.replace("lag: 1m", f"lag: {lag}")
    async with a_service(tmp_path, **(FILE | {"rules": rule})) as house:
        call = await missed_at_one(house)
        await house.advance(10 * MINUTE)
        house.call_back()
        await house.advance(HOUR)

        assert house.cards() == []
        told = house.why(call)
        assert ("obsolete", f"called_back by {LAN}") in {
            (row["reason"], row["detail"].partition(",")[0]) for row in told
        }


async def test_a_later_call_back_ends_the_message_that_is_there(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await missed_at_one(house)
        await house.advance(20 * MINUTE)
        house.call_back(ago=40 * SECOND)
        await house.advance(MINUTE)

        (card,) = house.cards()
        assert card.edits
        assert card.text.startswith("✅ ")
        assert f"Called back by {LAN}" in card.text
        assert ("chua_goi_lai", "resolved") in house.reasons


async def test_a_customer_who_calls_again_and_is_heard_ends_it_too(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await missed_at_one(house)
        await house.advance(20 * MINUTE)
        house.show(answered_call(house.pbx_now() - 80 * SECOND, "0901234567"))
        await house.advance(MINUTE)

        (card,) = house.cards()
        assert card.text.startswith("✅ ")


async def test_a_call_back_that_is_listed_late_is_waited_for(tmp_path: Path) -> None:
    async with a_service(
        tmp_path, **(FILE | {"rules": NOT_CALLED_BACK.replace("lag: 1m", "lag: 6m")})
    ) as house:
        await missed_at_one(house)
        await house.advance(10 * MINUTE)
        back = outgoing_call(house.pbx_now(), "0901234567", by="101", talk_s=30)
        house.show(back, after=10 * MINUTE)
        await house.advance(30 * MINUTE)

        assert house.cards() == []


async def test_one_that_is_known_only_after_the_alert_corrects_it(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await missed_at_one(house)
        await house.advance(10 * MINUTE)
        back = outgoing_call(house.pbx_now(), "0901234567", by="101", talk_s=30)
        house.show(back, after=10 * MINUTE)
        await house.advance(8 * MINUTE)
        told = house.headlines()
        await house.advance(5 * MINUTE)

        assert len(told) == 1
        (card,) = house.cards()
        assert card.edits
        assert "in time" in card.text


async def test_it_is_judged_only_after_a_poll_that_went_well(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await missed_at_one(house)
        await house.advance(14 * MINUTE)
        house.faults.down(house.pbx_now(), house.pbx_now() + 5 * MINUTE)
        await house.advance(4 * MINUTE)
        blind = [card for card in house.cards() if "called back" in card.text]
        await house.advance(5 * MINUTE)

        assert blind == []
        assert [card for card in house.cards() if "not called back" in card.text]


async def test_six_hours_without_the_pbx_are_no_reason_to_blame_anybody(tmp_path: Path) -> None:
    quiet = (
        "  im_lang: {when: {direction: in}, during: gio_lam, quiet: {for: 45m, per: hotline},"
        " lag: 1m, severity: critical}\n"
    )
    file: File = FILE | {"rules": NOT_CALLED_BACK + quiet, "every": "1m"}
    async with a_service(tmp_path, **file) as house:
        await house.advance(MINUTE)
        answered, forgotten = house.miss("0901111111"), house.miss("0902222222")
        await house.advance(2 * MINUTE)
        since = house.pbx_now()
        house.faults.down(since, since + 6 * HOUR)
        house.show(outgoing_call(since + 5 * MINUTE, "0901111111", by="101", talk_s=30))
        house.show(missed_call(since + 2 * HOUR + 30 * MINUTE, "0903333333"))
        house.show(outgoing_call(since + 4 * HOUR, "0903333333", by="101", talk_s=30))
        house.show(missed_call(since + 4 * HOUR, "0904444444"))
        house.show(missed_call(since + 4 * HOUR, "0905555555"))
        await house.advance(6 * HOUR)
        while_down = house.headlines()
        await house.advance(20 * MINUTE)

        assert len(while_down) == 1
        watch, digest = house.cards()
        assert "answers normally again" in watch.text
        assert re.findall(r"xx (\d{3})", digest.text) == ["222", "444", "555"]
        assert not house.rows("alerts", "rule = 'im_lang'")
        assert {"obsolete", "source_down"} <= {row["reason"] for row in house.why(answered.id)}
        assert "stale" in {row["reason"] for row in house.why(forgotten.id)}


async def test_a_wait_outlives_the_process(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await missed_at_one(house)
        await house.advance(5 * MINUTE)
        await house.restart()
        await house.advance(12 * MINUTE)

        (card,) = house.cards()
        assert DEADLINE in card.text


async def test_an_escalation_outlives_the_process_and_comes_once(tmp_path: Path) -> None:
    async with a_service(tmp_path, **(FILE | {"rules": ESCALATED})) as house:
        await missed_at_one(house)
        await house.advance(20 * MINUTE)
        before = len(house.cards(PERSON))
        await house.restart()
        await house.advance(15 * MINUTE)
        await house.restart()
        await house.advance(HOUR)

        assert before == 0
        assert len(house.cards()) == 1
        assert len(house.cards(PERSON)) == 1
        assert "escalate" in {row["reason"] for row in house.why(an_alert(house))}


async def test_whoever_takes_it_stops_the_escalation_and_giving_it_back_lets_it_go_on(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, **(FILE | {"rules": ESCALATED})) as house:
        await missed_at_one(house)
        await house.advance(21 * MINUTE)
        house.act(Act.TAKE, an_alert(house))
        await house.advance(20 * MINUTE)
        taken = (house.cards()[0].text, len(house.cards(PERSON)))
        house.act(Act.RELEASE, an_alert(house))
        await house.advance(8 * MINUTE)
        soon = len(house.cards(PERSON))
        await house.advance(4 * MINUTE)

        assert "Lan" in taken[0]
        assert (taken[1], soon, len(house.cards(PERSON))) == (0, 0, 1)
        reasons = [row["reason"] for row in house.why(an_alert(house))]
        assert {"acknowledged", "released", "escalate"} <= set(reasons)
