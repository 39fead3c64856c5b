"""Journeys of rules that look at several calls, or at none: said once, again, and over."""

from dataclasses import replace
from pathlib import Path

from notifier.core.decisions import Act
from notifier.simulator.journeys import answered_call, missed_call
from notifier.simulator.model import SimCall
from tests.fakes.telegram import Fault
from tests.journeys.hours import HOURS, NOT_CALLED_BACK, File
from tests.journeys.house import GROUP, HOUR, MINUTE, PERSON, SECOND, House, a_service

FILE: File = {"to": "[nhom]", "more": HOURS}

MANY = "  don_dap: {when: missed, count: {at_least: 3, within: 10m, per: hotline}, every: 30m}"
OFTEN = "  goi_hoai: {when: missed, count: {at_least: 3, within: 1h, per: customer}, every: 10m}"
SHARE = "  ty_le: {when: {direction: in}, ratio: {of: missed, above: 50%, min: 4, within: 30m}}"
QUIET = "  im_lang: {when: {direction: in}, during: gio_lam, quiet: {for: 45m}, lag: 1m}"


async def missed_in_turn(house: House, *callers: str) -> list[SimCall]:
    """Let each of `callers` be missed, a minute after the one before, and be judged."""
    calls = []
    for caller in callers:
        calls.append(house.miss(caller))
        await house.advance(MINUTE)
    return calls


def answered(house: House, call: SimCall) -> None:
    """Have the PBX say of a missed call that it was answered after all."""
    taken = answered_call(call.started_at, call.caller, ring_s=9, talk_s=20)
    house.show(replace(taken, id=call.id))


async def test_the_call_that_makes_it_too_many_is_told_and_the_next_are_counted(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, **FILE, rules=MANY) as house:
        await house.advance(MINUTE)
        calls = await missed_in_turn(house, *(f"090123450{n}" for n in range(6)))

        (card,) = house.cards()
        assert "3 missed calls in 10 min" in card.text
        assert house.reasons.count(("don_dap", "throttled")) == 3
        assert {row["reason"] for row in house.why(calls[4].id)} == {"throttled"}


async def test_what_goes_on_is_said_again_after_its_pause_with_what_came_between(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, **FILE, rules=OFTEN) as house:
        await house.advance(MINUTE)
        await missed_in_turn(house, *["0901234567"] * 14)

        first, again = house.cards()
        assert "3 missed calls" in first.text
        assert "+" in again.text
        assert ("goi_hoai", "repeat") in house.reasons


async def test_whoever_has_taken_it_is_not_told_again(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=OFTEN) as house:
        await house.advance(MINUTE)
        await missed_in_turn(house, *["0901234567"] * 4)
        (row,) = house.rows("alerts")
        house.act(Act.TAKE, row["id"])
        calls = await missed_in_turn(house, *["0901234567"] * 12)

        assert len(house.cards()) == 1
        assert "acknowledged" in {r["reason"] for call in calls for r in house.why(call.id)}


async def test_a_share_is_told_when_there_are_calls_enough(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=SHARE) as house:
        await house.advance(MINUTE)
        house.show(answered_call(house.pbx_now() - 3 * MINUTE, "0909999999"))
        await missed_in_turn(house, "0901111111", "0902222222")
        too_few = house.headlines()
        await missed_in_turn(house, "0903333333")

        assert too_few == []
        (card,) = house.cards()
        assert "75" in card.text.splitlines()[0]


async def test_a_quiet_hotline_is_told_with_its_deadline_and_a_call_ends_it(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, **FILE, rules=QUIET) as house:
        await house.advance(MINUTE)
        house.show(answered_call(house.pbx_now() - 70 * SECOND))
        await house.advance(44 * MINUTE)
        before = house.headlines()
        await house.advance(2 * MINUTE)
        told = house.headlines()
        house.show(answered_call(house.pbx_now() - 80 * SECOND, "0909999999"))
        await house.advance(30 * SECOND)

        assert before == []
        assert told == ["🔔 No calls for 45 min"]
        (card,) = house.cards()
        assert card.edits
        assert card.text.startswith("✅ ")
        assert "09:44" in card.edits[0]


async def test_a_correction_that_comes_before_the_message_takes_it_back(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=f"{MANY}\n{NOT_CALLED_BACK}") as house:
        await house.advance(MINUTE)
        house.telegram.fail(*[Fault(status=502, body=b"{}", method="sendMessage")] * 40)
        calls = await missed_in_turn(house, "0901111111", "0902222222", "0903333333")
        (alert,) = house.rows("alerts", "rule = 'don_dap'")
        answered(house, calls[1])
        await house.advance(MINUTE)
        house.telegram.faults.clear()
        await house.advance(10 * MINUTE)

        assert alert["state"] == "open"
        assert house.rows("alerts", "rule = 'don_dap'")[0]["state"] in {"withdrawn", "revised"}
        assert house.cards() == []


async def test_a_correction_that_comes_after_it_edits_it_and_the_pause_is_over(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, **FILE, rules=MANY) as house:
        await house.advance(MINUTE)
        calls = await missed_in_turn(house, "0901111111", "0902222222", "0903333333")
        answered(house, calls[1])
        await house.advance(MINUTE)
        corrected = house.cards()[0].text
        await missed_in_turn(house, "0904444444")

        assert "no longer true" in corrected
        assert len(house.cards()) == 2
        assert "revised" in {row["reason"] for row in house.why(calls[1].id)}


async def test_an_absence_whose_call_was_answered_after_all_is_corrected(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=NOT_CALLED_BACK) as house:
        await house.advance(MINUTE)
        (call,) = await missed_in_turn(house, "0901111111")
        await house.advance(17 * MINUTE)
        told = house.headlines()
        answered(house, call)
        await house.advance(MINUTE)

        assert len(told) == 1
        (card,) = house.cards()
        assert card.edits
        assert "Correction" in card.text


async def test_an_absence_whose_call_was_answered_in_the_wait_never_alerts(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE, rules=NOT_CALLED_BACK) as house:
        await house.advance(MINUTE)
        (call,) = await missed_in_turn(house, "0901111111")
        answered(house, call)
        await house.advance(HOUR)

        assert house.cards() == []
        assert [row["reason"] for row in house.why(call.id)] == ["waiting", "obsolete"]


async def test_a_storm_is_a_few_messages_and_one_that_holds_the_rest(tmp_path: Path) -> None:
    async with a_service(
        tmp_path, to="[nhom, sep]", limit="{max: 3, per: 10m}", settle="0s"
    ) as house:
        await house.advance(MINUTE)
        calls = [
            house.show(
                missed_call(house.pbx_now() - (60 - n) * SECOND, f"09012345{n:02}", ring_s=5)
            )
            for n in range(12)
        ]
        await house.advance(15 * MINUTE)

        for_all = [house.cards(chat) for chat in (GROUP, PERSON)]
        assert [len(cards) for cards in for_all] == [4, 4]
        assert all("+9 more alerts" in cards[-1].text.splitlines()[0] for cards in for_all)
        assert len(house.rows("alerts", "kind = 'call'")) == 12
        assert "over_limit" in {row["reason"] for row in house.why(calls[-1].id)}
