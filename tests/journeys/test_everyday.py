"""Journeys of an ordinary day: what happened is told once, to everybody, as it was."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.simulator.business import BAN_HANG, CSKH
from notifier.simulator.journeys import (
    answered_call,
    internal_twins,
    known_only_by_filter,
    lost_by_filter,
    missed_call,
)
from tests.journeys.house import (
    HOUR,
    MINUTE,
    PERSON,
    SECOND,
    START,
    WEBHOOK,
    House,
    a_service,
)


async def test_a_first_run_alerts_nobody_and_remembers_the_day_before(tmp_path: Path) -> None:
    history = tuple(missed_call(START - n * MINUTE, f"09012345{n:02}") for n in range(2, 60, 7))

    async with a_service(tmp_path, history=history) as house:
        await house.advance(2 * HOUR)

        assert len(house.calls()) == len(history)
        assert house.cards() == []
        assert house.events == []


@pytest.mark.parametrize("rule", ["{when: {direction: in, hotline: 19001000}}", "{when: missed}"])
async def test_a_first_run_has_no_news_of_hotlines_that_the_pbx_names_later(
    tmp_path: Path, rule: str
) -> None:
    history = tuple(
        known_only_by_filter(missed_call(START - n * MINUTE, f"090123450{n}")) for n in range(2, 6)
    )

    async with a_service(tmp_path, history=history, rules=f"  goi: {rule}") as house:
        await house.advance(HOUR)

        assert {call.hotline for call in house.calls()} == {CSKH.number}
        assert (house.cards(), house.events) == ([], [])


async def test_a_missed_call_is_one_card_and_one_event(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom, sep, crm]") as house:
        await house.advance(MINUTE)
        house.show(missed_call(house.pbx_now() - 20 * SECOND, "0901234567"))
        await house.advance(10 * MINUTE)

        (card,), (full,), (event,) = house.cards(), house.cards(PERSON), house.events
        assert "0901234567" not in card.text.replace(" ", "")
        assert "567" in card.text
        assert "901234567" in full.text.replace(" ", "")
        assert event.genuine
        assert event.event["type"] == "alert.fired"
        assert event.event["data"]["alert"]["rule"] == "goi_nho"
        assert event.event["data"]["calls"][0]["caller"] == "0901234567"
        assert house.app.health.lag is not None
        assert house.app.health.lag <= 15 * SECOND


async def test_it_is_told_when_it_has_settled_and_within_seconds_of_that(tmp_path: Path) -> None:
    async with a_service(tmp_path, settle="45s") as house:
        ended_at = house.pbx_now()
        house.show(missed_call(ended_at - 20 * SECOND))
        await house.advance(44 * SECOND)
        before = list(house.events)
        await house.advance(6 * SECOND)

        assert before == []
        assert len(house.events) == 1


async def test_a_steady_state_makes_exactly_one_request_a_poll(tmp_path: Path) -> None:
    history = tuple(missed_call(START - n * 20 * SECOND) for n in range(1, 60))
    lost = lost_by_filter(known_only_by_filter(missed_call(START - 5 * SECOND, "0909999999")))

    async with a_service(tmp_path, history=(*history, lost)) as house:
        await house.advance(16 * MINUTE)
        before = house.requests()
        await house.advance(14 * MINUTE)

        filtered = [seen for seen in house.faults.requests if "hotline_ids" in str(seen.body)]
        assert house.requests() - before - _asked_since(house, 16 * MINUTE) == 14 * 4
        assert len(filtered) < 2 * 32, "a call that no query finds is asked for once a minute"


def _asked_since(house: House, span: timedelta) -> int:
    """Count the queries by hotline since then: for a while a call may yet be placed."""
    return sum(
        "hotline_ids" in str(seen.body) and seen.at > START + span for seen in house.faults.requests
    )


async def test_a_steady_state_writes_nothing_but_signs_of_life(tmp_path: Path) -> None:
    written: list[str] = []

    def watch(sql: str) -> None:
        if sql.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}:
            written.append(sql)

    history = tuple(missed_call(START - n * 20 * SECOND) for n in range(1, 60))
    async with a_service(tmp_path, history=history, started=False) as house:
        house.watch = watch
        await house.start()
        await house.advance(20 * MINUTE)
        written.clear()
        await house.advance(10 * MINUTE)

    assert len(written) <= 2 * 20 + 2, "the pulse and the last good poll, each every 30 s"
    assert {sql.split()[2] for sql in written} <= {"facts", "state", "deliveries"}


async def test_a_long_call_that_lands_far_below_the_head_is_found_within_a_minute(
    tmp_path: Path,
) -> None:
    async with a_service(
        tmp_path, settle="0s", rules="  dai: {when: {duration: '> 10m'}}"
    ) as house:
        await house.advance(2 * MINUTE)
        began = house.pbx_now()
        for number in range(150):
            short = answered_call(began + number * 4 * SECOND, f"0912345{number:03}", talk_s=3)
            house.world.add(short, at=began + (number * 4 + 20) * SECOND)
        long = answered_call(began, "0907654321", talk_s=11 * 60)
        house.world.add(long, at=began + 11 * MINUTE + 30 * SECOND)
        await house.advance(11 * MINUTE + 25 * SECOND)
        before = len(house.events)
        await house.advance(65 * SECOND)

        assert before == 0
        assert [caller for _, caller in house.told] == ["0907654321"]


async def test_one_that_is_older_than_the_overlap_is_found_by_the_sweep(tmp_path: Path) -> None:
    rules = "  dai: {when: {duration: '> 10m'}, max_age: 2h}"
    async with a_service(tmp_path, settle="0s", every="1m", rules=rules) as house:
        await house.advance(2 * MINUTE)
        began = house.pbx_now()
        for number in range(150):
            short = answered_call(began + number * 32 * SECOND, f"0912345{number:03}", talk_s=3)
            house.world.add(short, at=began + (number * 32 + 20) * SECOND)
        long = answered_call(began, "0907654321", talk_s=79 * 60)
        house.world.add(long, at=began + 80 * MINUTE)
        await house.advance(80 * MINUTE + 16 * MINUTE)

        assert [caller for _, caller in house.told] == ["0907654321"]


async def test_both_rows_of_an_internal_call_are_one_alert(tmp_path: Path) -> None:
    async with a_service(tmp_path, rules="  noi_bo: {when: internal}") as house:
        await house.advance(MINUTE)
        for row in internal_twins(house.pbx_now() - 40 * SECOND):
            house.show(row)
        await house.advance(10 * MINUTE)

        assert len(house.events) == 1
        assert len(house.cards()) == 1
        assert len(house.calls()) == 2


@pytest.mark.parametrize(
    ("kind", "hotline"),
    [
        pytest.param("by query", "19001000", id="found by a query for the hotline"),
        pytest.param("by extension", "02873001234", id="told from who was rung"),
        pytest.param("nowhere", "unknown", id="unknown, which a rule can match"),
    ],
)
async def test_a_missed_call_is_placed_on_its_hotline(
    tmp_path: Path, kind: str, hotline: str
) -> None:
    rules = f"  goi: {{when: {{direction: in, hotline: {hotline}}}}}"
    async with a_service(tmp_path, rules=rules) as house:
        at = house.pbx_now() - 20 * SECOND
        found = {
            "by query": known_only_by_filter(missed_call(at)),
            "by extension": lost_by_filter(missed_call(at, hotline=BAN_HANG)),
            "nowhere": lost_by_filter(known_only_by_filter(missed_call(at))),
        }
        house.show(found[kind])
        await house.advance(3 * MINUTE)

        assert len(house.events) == 1
        assert house.events[0].event["data"]["calls"][0]["hotline"] == hotline


async def test_a_hotline_that_is_found_late_still_alerts(tmp_path: Path) -> None:
    rules = "  goi: {when: {direction: in, hotline: 19001000}}"
    async with a_service(tmp_path, rules=rules) as house:
        at = house.pbx_now() - 20 * SECOND
        row = house.show(lost_by_filter(known_only_by_filter(missed_call(at))))
        house.show(replace(row, found_by_hotline=True), after=MINUTE)
        await house.advance(4 * MINUTE)

        assert len(house.events) == 1


async def test_calls_themselves_are_events_for_who_wants_them(tmp_path: Path) -> None:
    async with a_service(tmp_path, crm=WEBHOOK % "[call.created, call.updated]") as house:
        await house.advance(MINUTE)
        row = house.show(missed_call(house.pbx_now() - 20 * SECOND))
        await house.advance(MINUTE)
        house.show(replace(row, note="gọi lại sau"))
        await house.advance(2 * MINUTE)

        created, updated = (one.event for one in house.events)
        assert (created["type"], updated["type"]) == ("call.created", "call.updated")
        assert updated["data"]["changed"] == ["note"]
        assert updated["data"]["call"]["note"] == "gọi lại sau"
        assert updated["data"]["call"]["revision"] == 2
