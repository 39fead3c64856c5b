"""Journeys of a PBX that misbehaves: told once, waited out, and nothing lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from notifier.simulator import faults as wrong
from notifier.simulator.faults import Fault
from notifier.simulator.journeys import missed_call
from notifier.simulator.world import burst
from tests.fakes.telegram import FakeMessage
from tests.journeys.house import DAY, HOUR, MINUTE, PERSON, SECOND, START, House, a_service

TO = "[nhom, crm]"


def watch_events(house: House) -> list[tuple[str, str]]:
    """Type and rule of each event that is about the service itself."""
    seen = {one.id: one.event for one in house.events}
    told = [(event["type"], event["data"]["alert"]["rule"]) for event in seen.values()]
    return [pair for pair in told if pair[1].startswith(("source_", "poll_", "send_"))]


def cards_with(house: House, text: str) -> list[FakeMessage]:
    return [card for card in house.cards() if text in card.text]


async def test_a_day_without_the_pbx_is_one_alert_and_then_everything_is_told_in_order(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, every="1m") as house:
        await house.advance(MINUTE)
        since = house.pbx_now()
        house.faults.down(since, since + DAY)
        for hour in range(1, 24):
            house.world.add(
                missed_call(since + hour * HOUR, f"09012345{hour:02}"),
                at=since + hour * HOUR + 30 * SECOND,
            )
        await house.advance(DAY)
        while_down = (watch_events(house), house.headlines())
        await house.advance(10 * MINUTE)

        assert while_down[0] == [("alert.fired", "source_errors")]
        assert len(while_down[1]) == 1
        assert watch_events(house) == [
            ("alert.fired", "source_errors"),
            ("alert.resolved", "source_errors"),
        ]
        watch, digest = house.cards()
        assert watch.edits
        assert "answers normally again" in watch.text
        assert "23 missed calls" in digest.text
        fired = [caller for event, caller in house.told if caller and event == "alert.fired"]
        assert fired == [f"09012345{hour:02}" for hour in range(1, 24)]
        assert house.faults.count() < 24 * 60, "asked less often while it is down"


async def test_an_outage_that_outlasts_a_restart_is_still_one_alert(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.faults.down(START, START + 3 * HOUR)
        await house.advance(HOUR)
        await house.restart()
        await house.advance(3 * HOUR)

        assert watch_events(house) == [
            ("alert.fired", "source_errors"),
            ("alert.resolved", "source_errors"),
        ]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(wrong.status(429), id="429"),
        pytest.param(wrong.status(503), id="503"),
        pytest.param(wrong.truncated(), id="half of the JSON"),
        pytest.param(wrong.html(), id="a gateway's page"),
        pytest.param(wrong.html(200), id="a page of HTML as if all were well"),
        pytest.param(wrong.dropped(), id="a connection that breaks"),
    ],
)
async def test_a_single_bad_answer_is_no_news_and_loses_nothing(
    tmp_path: Path, fault: Fault
) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        house.faults.next(fault)
        await house.advance(3 * MINUTE)

        assert [event for event, _ in house.told] == ["alert.fired"]
        assert house.faults.committed.total() == 1
        assert len(house.rows("polls", "error IS NOT NULL")) == 1


async def test_a_wish_to_be_left_alone_is_respected(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.faults.next(wrong.status(429, retry_after="240"))
        await house.advance(16 * SECOND)
        before = house.requests()
        await house.advance(200 * SECOND)
        meanwhile = house.requests()
        await house.advance(MINUTE)

        assert meanwhile == before
        assert house.requests() > before


async def test_a_refused_key_is_told_once_and_asked_about_slowly(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.faults.revoke_key()
        await house.advance(MINUTE)
        soon = watch_events(house)
        before = house.requests()
        await house.advance(HOUR)
        asked = house.requests() - before
        house.faults.restore_key()
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        await house.advance(7 * MINUTE)

        assert soon == [("alert.fired", "source_refused")]
        assert asked <= 12
        assert watch_events(house) == [*soon, ("alert.resolved", "source_refused")]
        assert "0901234567" in [caller for _, caller in house.told]
        assert "accepts the API key again" in house.cards()[0].text


async def test_a_key_that_never_worked_is_told_and_the_first_run_still_alerts_nobody(
    tmp_path: Path,
) -> None:
    history = (missed_call(START - 5 * MINUTE),)
    async with a_service(tmp_path, history=history, started=False) as house:
        house.faults.revoke_key()
        await house.start()
        await house.advance(10 * MINUTE)
        house.faults.restore_key()
        await house.advance(HOUR)

        assert watch_events(house) == [
            ("alert.fired", "source_refused"),
            ("alert.resolved", "source_refused"),
        ]
        assert len(house.told) == 2
        assert len(house.calls()) == 1


async def test_a_record_that_cannot_be_read_is_kept_and_the_page_goes_on(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.faults.always(wrong.malformed_record())
        house.show(missed_call(house.pbx_now() - 20 * SECOND))
        await house.advance(3 * MINUTE)

        (kept,) = house.rows("malformed")
        assert kept["times"] > 1
        assert "call_targets" in kept["raw"]
        assert house.app.health.malformed == 1
        assert [row["malformed"] for row in house.rows("polls", "malformed > 0")] == [1]
        assert len(house.events) == 1


async def test_rows_that_come_twice_as_pages_shift_are_one_call_each(tmp_path: Path) -> None:
    async with a_service(tmp_path, settle="0s", limit="{max: 1000, per: 1m}") as house:
        await house.advance(MINUTE)
        house.faults.always(wrong.duplicated_rows(7))
        at = house.pbx_now()
        for number in range(250):
            row = missed_call(
                at - 30 * SECOND + number * SECOND / 20, f"0901234{number:03}", ring_s=1
            )
            house.show(row)
        await house.advance(10 * MINUTE)

        assert len(house.calls()) == 250
        assert len(house.told) == 250


async def test_a_cursor_that_stands_still_does_not_move_the_watermark(tmp_path: Path) -> None:
    async with a_service(tmp_path, settle="0s") as house:
        await house.advance(MINUTE)
        before = house.app.ledger.watermark()
        at = house.pbx_now()
        for number in range(250):
            house.show(missed_call(at + number * SECOND / 20, f"0901234{number:03}", ring_s=1))
        house.faults.always(wrong.repeated_cursor())
        await house.advance(30 * SECOND)
        stuck = (house.app.ledger.watermark(), len(house.calls()))
        house.faults.clear()
        await house.advance(30 * SECOND)

        assert stuck[0] == before
        assert 100 <= stuck[1] < 250
        assert len(house.calls()) == 250
        assert house.app.ledger.watermark() == max(call.started_at for call in house.calls())


async def test_ten_thousand_calls_at_once_are_all_remembered_and_told_without_a_flood(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, every="20m", to="[nhom]", settle="0s") as house:
        await house.advance(MINUTE)
        burst(house.world, 10_000, house.pbx_now())
        await house.advance(20 * MINUTE)  # a sweep: some lie further back than the overlap

        missed = [call for call in house.calls() if call.missed]
        alerts = house.rows("alerts", "kind = 'call'")
        members = {row["member"] for row in house.rows("alert_members")}
        told = {row["alert"] for row in house.rows("deliveries", "reason = 'new'")}
        assert len(house.calls()) == 10_000
        assert len(alerts) == len(missed)
        assert members | told == {row["id"] for row in alerts}
        assert not members & told
        await house.advance(15 * MINUTE)
        assert len(house.cards()) <= 24
        assert not house.rows("deliveries", "state NOT IN ('delivered', 'obsolete')")


@pytest.mark.parametrize("back", [HOUR, 3 * DAY], ids=["an hour", "three days"])
async def test_a_clock_set_back_neither_loses_nor_doubles_an_alert(
    tmp_path: Path, back: timedelta
) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(5 * MINUTE)
        house.show(missed_call(house.pbx_now() - 20 * SECOND, "0909000001"))
        await house.advance(2 * MINUTE)
        house.clock.set_back(back)
        await house.advance(MINUTE)
        house.show(missed_call(house.pbx_now() - 20 * SECOND, "0909000002"))
        await house.advance(3 * MINUTE)

        assert [caller for _, caller in house.told] == ["0909000001", "0909000002"]
        assert len(house.cards()) == 2


async def test_a_clock_set_back_does_not_stop_the_deeper_walks(tmp_path: Path) -> None:
    async with a_service(tmp_path, settle="0s") as house:
        await house.advance(5 * MINUTE)
        house.clock.set_back(HOUR)
        at = house.pbx_now()
        for number in range(150):
            house.show(missed_call(at + number * SECOND / 20, f"0901234{number:03}", ring_s=1))
        await house.advance(MINUTE)
        house.show(missed_call(at - 10 * MINUTE, "0909999999"))
        await house.advance(75 * SECOND)

        assert "0909999999" in {call.caller for call in house.calls()}


async def test_what_the_owner_is_told_of_goes_to_the_person_as_well(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[sep]") as house:
        await house.advance(MINUTE)
        house.faults.down(START, START + HOUR)
        await house.advance(10 * MINUTE)

        assert len(house.cards(PERSON)) == 1
        assert "PBX" in house.cards(PERSON)[0].text
