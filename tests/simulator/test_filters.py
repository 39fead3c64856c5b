from datetime import datetime, timedelta, timezone

import pytest

from notifier.simulator.business import BAN_HANG, CSKH, extension
from notifier.simulator.journeys import (
    answered_call,
    internal_twins,
    known_only_by_filter,
    lost_by_filter,
    missed_call,
    outgoing_call,
)
from notifier.simulator.model import Json
from tests.simulator.desk import MINUTE, MORNING, SECOND, quiet


def local(moment: datetime) -> str:
    return moment.astimezone(timezone(timedelta(hours=7))).isoformat()


async def test_a_number_matches_caller_or_callee_exactly() -> None:
    desk = quiet()
    missed = desk.world.add(missed_call(MORNING, "0911000001"), at=MORNING)
    back = desk.world.add(outgoing_call(MORNING + SECOND, "0911000001"), at=MORNING)
    desk.world.add(missed_call(MORNING, "0911000002"), at=MORNING)

    assert await desk.found(call_number="0911000001") == [back.id, missed.id]
    assert await desk.found(call_number="84911000001") == []
    assert len(await desk.found(call_number="")) == 3


@pytest.mark.parametrize("way", ["ext", "ext_in", "ext_out"])
async def test_any_internal_direction_returns_all_internal_calls(way: str) -> None:
    desk = quiet()
    inward, outward = (desk.world.add(one, at=MORNING) for one in internal_twins(MORNING))
    inbound = desk.world.add(missed_call(MORNING), at=MORNING)

    assert set(await desk.found(direction=way)) == {inward.id, outward.id}
    assert await desk.found(direction="in") == [inbound.id]
    assert len(await desk.found(direction="unknown")) == 3


async def test_a_state_filters_and_unknown_or_nothing_does_not() -> None:
    desk = quiet()
    missed = desk.world.add(missed_call(MORNING), at=MORNING)
    answered = desk.world.add(answered_call(MORNING), at=MORNING)

    assert await desk.found(call_state="not_answered") == [missed.id]
    assert await desk.found(call_state="answered") == [answered.id]
    assert len(await desk.found(call_state="unknown")) == 2
    assert len(await desk.found(call_state="")) == 2


async def test_dates_bracket_the_insert_time_and_include_both_ends() -> None:
    desk = quiet()
    long = desk.world.add(answered_call(MORNING - 50 * MINUTE, talk_s=2940), at=MORNING)

    inserted = await desk.found(date_from=local(MORNING), date_to=local(MORNING))
    started = await desk.found(
        date_from=local(MORNING - 51 * MINUTE), date_to=local(MORNING - SECOND)
    )

    assert inserted == [long.id]
    assert started == []


async def test_ids_are_internal_ids_and_an_extension_number_matches_nothing() -> None:
    desk = quiet()
    lan = extension("101")
    call = desk.world.add(answered_call(MORNING, by="101"), at=MORNING)

    assert await desk.found(extension_ids=[lan.id]) == [call.id]
    assert await desk.found(user_id=lan.user_id) == [call.id]
    assert await desk.found(extension_ids=["101"]) == []
    assert await desk.found(department_id="7") == []


async def test_a_filter_by_hotline_finds_what_no_field_tells_and_loses_missed_calls() -> None:
    desk = quiet()
    hidden = desk.world.add(known_only_by_filter(missed_call(MORNING, hotline=CSKH)), at=MORNING)
    lost = desk.world.add(lost_by_filter(missed_call(MORNING, hotline=CSKH)), at=MORNING)
    desk.world.add(missed_call(MORNING, hotline=BAN_HANG), at=MORNING)

    assert await desk.found(hotline_ids=[CSKH.id]) == [hidden.id]
    assert desk.world.truth(MORNING).hotline_of[lost.id] == CSKH.id


async def test_filters_narrow_each_other() -> None:
    desk = quiet()
    wanted = desk.world.add(missed_call(MORNING, "0911000001"), at=MORNING)
    desk.world.add(answered_call(MORNING, "0911000001"), at=MORNING)
    desk.world.add(missed_call(MORNING, "0911000002"), at=MORNING)

    found = await desk.found(call_number="0911000001", call_state="not_answered", direction="in")

    assert found == [wanted.id]


@pytest.mark.parametrize(
    ("comparison", "talks"),
    [
        ("less_than_or_equal_to", [30, 60]),
        ("greater_than_or_equal_to", [60, 90]),
        ("equal_to", [60]),
        ("unknow", [30, 60, 90]),
    ],
)
async def test_a_duration_is_compared_with_its_value(comparison: str, talks: list[int]) -> None:
    desk = quiet()
    for talk in (30, 60, 90):
        desk.world.add(answered_call(MORNING, talk_s=talk), at=MORNING)

    rows, _ = await desk.page({"duration": {"comparison": comparison, "value": 60}})

    assert sorted(int(str(row["duration"])) for row in rows) == talks


async def test_a_session_finds_its_one_row() -> None:
    desk = quiet()
    inward, outward = (desk.world.add(one, at=MORNING) for one in internal_twins(MORNING))

    assert await desk.found(external_session_id=outward.session) == [outward.id]
    assert set(await desk.found(external_id=inward.external_id)) == {inward.id, outward.id}


@pytest.mark.parametrize(
    "body",
    [
        {"extension_ids": ["101"]},
        {"filter": {"colour": "red", "call_number": None}},
        {"filter": None, "paging": None},
        {"filter": {"extension_ids": None, "hotline_ids": [], "user_id": "0"}},
        {"filter": {"duration": {"comparison": None, "value": None}}},
    ],
    ids=["not nested, as in the vendor's curl", "unknown field", "nulls", "no ids", "no value"],
)
async def test_what_the_vendor_does_not_know_filters_nothing(body: Json) -> None:
    desk = quiet()
    desk.world.add(missed_call(MORNING), at=MORNING)

    response = await desk.ask(body)

    assert len(response.json()["call_logs"]) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"extension_ids": ["text"]},
        {"extension_ids": [""]},
        {"extension_ids": "101"},
        {"duration": "long"},
        {"duration": {"value": "60"}},
        {"hotline_ids": ["19001000a"]},
        {"user_id": ""},
        {"direction": "inbound"},
        {"call_state": "missed"},
        {"call_number": 901234567},
        {"duration": {"comparison": "about"}},
        {"date_from": "2026-09-07", "date_to": "2026-09-08"},
        {"date_from": "2026-09-07T00:00:00", "date_to": "2026-09-08T00:00:00"},
        {"date_from": "2026-13-07T00:00:00Z", "date_to": "2026-13-08T00:00:00Z"},
    ],
    ids=str,
)
async def test_what_does_not_decode_is_malformed_and_names_the_cause(asked: Json) -> None:
    response = await quiet().ask({"filter": asked})

    assert response.status_code == 400
    assert response.json()["code"] == "malformed"
    assert response.json()["meta"]["cause"]


@pytest.mark.parametrize(
    "asked",
    [
        {"date_from": "2026-09-07T00:00:00Z"},
        {"date_to": "2026-09-07T00:00:00+07:00"},
        {"date_from": "2026-09-08T00:00:00Z", "date_to": "2026-09-07T00:00:00Z"},
    ],
    ids=["only from", "only to", "to before from"],
)
async def test_dates_that_make_no_range_are_refused(asked: Json) -> None:
    assert await quiet().refused({"filter": asked}) == (400, "invalid_argument")
