"""Journeys of calls that the PBX corrects: edited, withdrawn, told anew, and never doubled."""

from dataclasses import replace
from pathlib import Path

from notifier.simulator.journeys import answered_call, made_by_softphone, missed_call
from notifier.simulator.model import SimCall
from tests.fakes.receiver import Reply
from tests.fakes.telegram import Fault
from tests.journeys.house import GROUP, HOUR, MINUTE, SECOND, House, a_service


def as_answered(row: SimCall) -> SimCall:
    """Return what the PBX says of `row` after all: somebody had taken it."""
    talk = answered_call(row.started_at, row.caller, talk_s=60)
    return replace(talk, id=row.id, session=row.session, external_id=row.external_id)


async def a_miss(house: House) -> SimCall:
    await house.advance(MINUTE)
    return house.show(missed_call(house.pbx_now() - 20 * SECOND))


async def test_a_flip_edits_the_card_and_is_an_event_and_never_a_second_alert(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        row = await a_miss(house)
        await house.advance(2 * MINUTE)
        house.show(as_answered(row))
        await house.advance(5 * MINUTE)

        (card,) = house.cards()
        assert [event for event, _ in house.told] == ["alert.fired", "alert.revised"]
        assert len(card.edits) == 1
        assert "Correction" in card.text


async def test_a_flip_within_the_settling_alerts_nobody(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        row = await a_miss(house)
        await house.advance(20 * SECOND)
        house.show(as_answered(row))
        await house.advance(5 * MINUTE)

        assert (house.cards(), house.events) == ([], [])


async def test_what_flips_while_the_sinks_are_down_sends_no_card_and_both_its_events(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        house.telegram.fail(*[Fault(status=502, body=b"{}")] * 40)
        house.receiver.script(then=Reply(503))
        first = await a_miss(house)
        await house.advance(2 * MINUTE)
        house.show(as_answered(first))
        await house.advance(2 * MINUTE)
        house.telegram.faults.clear()
        house.receiver.script()
        await house.advance(HOUR)

        # an event is frozen, and its attempts may have been read; a card is only sent while true
        assert [event for event, _ in house.told] == ["alert.fired", "alert.revised"]
        assert house.cards() == []
        assert {row["state"] for row in house.rows("deliveries", "channel = 'nhom'")} == {
            "obsolete"
        }


async def test_what_waits_behind_another_and_flips_is_never_sent(tmp_path: Path) -> None:
    rules = "  goi_nho: {when: missed, key: hotline}"
    async with a_service(tmp_path, rules=rules) as house:
        house.receiver.script(then=Reply(503))
        await a_miss(house)
        await house.advance(MINUTE)
        second = house.show(missed_call(house.pbx_now() - 20 * SECOND, "0909000002"))
        await house.advance(MINUTE)
        house.show(as_answered(second))
        await house.advance(MINUTE)
        house.receiver.script()
        await house.advance(HOUR)

        assert [caller for _, caller in house.told] == ["0901234567"]
        states = {row["caller"]: row for row in house.rows("calls")}
        assert states["0909000002"]["missed"] == 0
        assert [row["state"] for row in house.rows("deliveries", "channel = 'crm'")] == [
            "delivered",
            "obsolete",
        ]


async def test_what_flips_and_flips_back_is_one_card_that_says_so(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        row = await a_miss(house)
        await house.advance(2 * MINUTE)
        house.show(as_answered(row))
        await house.advance(2 * MINUTE)
        house.show(row)
        await house.advance(2 * MINUTE)

        (card,) = house.cards()
        assert [event for event, _ in house.told] == [
            "alert.fired",
            "alert.revised",
            "alert.revised",
        ]
        assert len(card.edits) == 2
        assert "missed call after all" in card.text


async def test_what_a_softphone_first_lists_as_answered_alerts_once_it_was_missed(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        miss = missed_call(house.pbx_now())
        row = house.show(made_by_softphone(miss))
        house.show(replace(miss, id=row.id), after=40 * SECOND)
        await house.advance(5 * MINUTE)

        assert [event for event, _ in house.told] == ["alert.fired"]
        assert len(house.cards()) == 1


async def test_a_note_or_recording_that_comes_later_edits_the_card_and_alerts_nobody(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        row = await a_miss(house)
        await house.advance(2 * MINUTE)
        house.show(replace(row, note="gọi lại sau 5 giờ"))
        await house.advance(5 * MINUTE)

        assert [event for event, _ in house.told] == ["alert.fired"]
        assert len(house.cards()) == 1
        assert len(house.cards()[0].edits) == 1


async def test_a_row_that_is_only_touched_edits_nothing(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        row = await a_miss(house)
        await house.advance(2 * MINUTE)
        house.show(row)
        await house.advance(2 * MINUTE)

        assert [card.edits for card in house.cards()] == [[]]
        assert house.rows("call_revisions") == []


async def test_a_card_that_somebody_deleted_is_sent_anew_when_its_call_is_corrected(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        row = await a_miss(house)
        await house.advance(2 * MINUTE)
        house.telegram.delete(GROUP, house.cards()[0].id)
        house.show(as_answered(row))
        await house.advance(2 * MINUTE)

        (card,) = house.cards()
        assert "Correction" in card.text


async def test_a_restart_in_the_middle_of_the_settling_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        await a_miss(house)
        await house.advance(20 * SECOND)
        await house.restart()
        before = list(house.events)
        await house.advance(5 * MINUTE)
        await house.restart()
        await house.advance(5 * MINUTE)

        assert before == []
        assert [event for event, _ in house.told] == ["alert.fired"]
        assert len(house.cards()) == 1


async def test_a_restart_that_lasts_past_the_settling_alerts_at_once(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await a_miss(house)
        await house.advance(20 * SECOND)
        await house.stop()
        await house.clock.advance(10 * MINUTE)
        await house.start()
        await house.advance(SECOND)

        assert len(house.events) == 1


async def test_a_call_missed_while_the_service_was_off_is_told_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        await house.stop()
        await house.clock.advance(5 * MINUTE)
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        await house.clock.advance(5 * MINUTE)
        await house.start()
        await house.advance(MINUTE)

        assert [event for event, _ in house.told] == ["alert.fired"]


async def test_a_new_rule_alerts_nobody_about_history(tmp_path: Path) -> None:
    async with a_service(tmp_path, rules="  dai: {when: {duration: '> 10m'}}") as house:
        row = await a_miss(house)
        await house.advance(2 * MINUTE)
        await house.restart(rules="  goi_nho: {when: missed}")
        await house.advance(2 * MINUTE)
        house.show(replace(row, note="đã gọi lại"))
        await house.advance(20 * MINUTE)
        quiet = (list(house.cards()), list(house.events))
        house.show(missed_call(house.pbx_now() - 20 * SECOND, "0909000002"))
        await house.advance(2 * MINUTE)

        assert quiet == ([], [])
        assert [caller for _, caller in house.told] == ["0909000002"]


async def test_an_edited_rule_alerts_nobody_about_history_and_takes_nothing_back(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, rules="  goi: {when: missed}") as house:
        await a_miss(house)
        await house.advance(2 * MINUTE)
        await house.restart(rules="  goi: {when: {all: [missed, {ring: '> 1h'}]}}")
        await house.advance(20 * MINUTE)
        await house.restart(rules="  goi: {when: {direction: in}}")
        await house.advance(20 * MINUTE)

        assert [event for event, _ in house.told] == ["alert.fired"]
        assert [card.edits for card in house.cards()] == [[]]


async def test_a_hotline_that_somebody_names_in_the_file_later_is_no_news_of_old_calls(
    tmp_path: Path,
) -> None:
    rules = "  goi: {when: {direction: in, hotline: 02899998888}, max_age: 2h}"
    async with a_service(tmp_path, rules=rules) as house:
        house.routes = frozenset(route for route in house.routes if "List" in route)
        await house.restart()
        await a_miss(house)
        await house.advance(10 * MINUTE)
        hotline = "{number: 02899998888, callees: ['800']}"
        await house.restart(directory=f"directory: {{hotlines: [{hotline}]}}")
        await house.advance(10 * MINUTE)

        assert (house.cards(), house.events) == ([], [])
