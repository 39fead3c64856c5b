from dataclasses import replace
from datetime import datetime
from typing import cast

import pytest

from notifier.simulator.business import CSKH, IVR, extension
from notifier.simulator.ids import inserted_at
from notifier.simulator.journeys import (
    abandoned_in_ivr,
    answered_call,
    forwarded_out,
    internal_twins,
    made_by_softphone,
    missed_call,
    outgoing_call,
    with_field,
)
from notifier.simulator.model import Json, SimCall
from tests.simulator.desk import HOUR, MINUTE, MORNING, SECOND, Desk, quiet


async def only_row(desk: Desk, at: datetime) -> dict[str, Json]:
    desk.now = at
    rows, _ = await desk.page()
    assert len(rows) == 1
    return rows[0]


def targets(row: dict[str, Json]) -> list[dict[str, str]]:
    """Return the legs of a row, whose shape the test vouches for."""
    return cast("list[dict[str, str]]", row["call_targets"])


async def shown(call: SimCall) -> dict[str, Json]:
    desk = quiet()
    desk.world.add(call, at=MORNING)
    return await only_row(desk, MORNING)


async def test_a_call_is_invisible_until_its_time() -> None:
    desk = quiet()
    desk.world.add(missed_call(MORNING), at=MORNING + MINUTE)

    desk.now = MORNING + MINUTE - SECOND
    assert await desk.found() == []
    desk.now = MORNING + MINUTE
    assert len(await desk.found()) == 1


async def test_a_miss_names_no_extension_no_user_and_calls_the_first_destination() -> None:
    row = await shown(missed_call(MORNING, "0911000001"))

    assert (row["direction"], row["call_state"], row["call_status"]) == ("in", "not_answered", "NS")
    assert (row["caller"], row["callee"], row["duration"]) == ("0911000001", "800", 0)
    assert (row["extension_id"], row["user_id"], row["contact_id"]) == ("0", "0", "0")


async def test_no_reply_says_which_hotline_was_called() -> None:
    row = await shown(missed_call(MORNING, hotline=CSKH))

    assert not {name for name in row if "hotline" in name}
    assert CSKH.number not in str(row)


async def test_an_answered_call_names_who_took_it_and_every_leg_that_rang() -> None:
    row = await shown(answered_call(MORNING, by="102", talk_s=90))

    legs = {leg["target_number"]: leg["status"] for leg in targets(row)}
    assert row["callee"] == "102"
    assert row["extension_id"] == extension("102").id
    assert row["duration"] == 90
    assert legs == {"101": "not_answered", "102": "answered", "103": "not_answered"}


async def test_a_leg_that_was_not_answered_has_the_year_one_as_its_time() -> None:
    row = await shown(missed_call(MORNING, rang=("101",)))

    (leg,) = targets(row)
    assert leg["answered_time"] == "0001-01-01T00:00:00Z"
    assert leg["add_time"] == "2026-09-07T02:00:00Z"


async def test_targets_come_in_another_order_on_other_answers() -> None:
    desk = quiet()
    desk.world.add(missed_call(MORNING), at=MORNING)

    orders = set()
    for _ in range(30):
        row = await only_row(desk, MORNING)
        orders.add(tuple(leg["target_number"] for leg in targets(row)))

    assert len(orders) == 6


async def test_a_long_call_lands_below_the_head() -> None:
    desk = quiet()
    recent = desk.world.add(missed_call(MORNING - MINUTE), at=MORNING - 30 * SECOND)
    long = desk.world.add(answered_call(MORNING - 2 * HOUR, talk_s=7000), at=MORNING)

    assert await desk.found() == [recent.id, long.id]
    assert inserted_at(long.id) == MORNING


async def test_a_softphone_row_flips_from_answered_to_missed_and_keeps_its_identity() -> None:
    desk = quiet()
    call = missed_call(MORNING, "0911000001", ring_s=20)
    first = desk.world.add(made_by_softphone(call), at=MORNING + SECOND)
    desk.world.add(replace(call, id=first.id), at=MORNING + MINUTE)

    early = await only_row(desk, MORNING + 10 * SECOND)
    late = await only_row(desk, MORNING + 2 * MINUTE)

    assert (early["call_state"], early["duration"], early["ended_at"]) == ("answered", 0, None)
    assert (early["call_status"], early["call_targets"]) == ("Z", [])
    assert (late["call_state"], late["ended_at"]) == ("not_answered", "2026-09-07T02:00:20Z")
    same = ("id", "external_session_id", "external_id", "created_at", "started_at")
    assert [early[name] for name in same] == [late[name] for name in same]
    assert len(desk.world.truth(MORNING + HOUR).missed) == 1


async def test_a_row_can_flip_and_flip_back() -> None:
    desk = quiet()
    answered = desk.world.add(answered_call(MORNING), at=MORNING)
    desk.world.add(replace(missed_call(MORNING), id=answered.id), at=MORNING + MINUTE)
    desk.world.add(answered, at=MORNING + 2 * MINUTE)

    states = [
        (await only_row(desk, MORNING + minute * MINUTE))["call_state"] for minute in range(3)
    ]

    assert states == ["answered", "not_answered", "answered"]
    assert desk.world.truth(MORNING).missed == ()


async def test_a_recording_and_a_note_can_come_later() -> None:
    desk = quiet()
    call = desk.world.add(answered_call(MORNING), at=MORNING)
    full = replace(call, recording_urls=("https://ghi-am.example.vn/1.mp3",), note="Hẹn gọi lại")
    desk.world.add(full, at=MORNING + MINUTE)

    early = await only_row(desk, MORNING)
    late = await only_row(desk, MORNING + MINUTE)

    assert (early["recording_urls"], early["note"]) == ([], "")
    assert late["recording_urls"] == ["https://ghi-am.example.vn/1.mp3"]
    assert late["note"] == "Hẹn gọi lại"


async def test_a_second_write_of_the_same_row_moves_only_updated_at() -> None:
    desk = quiet()
    call = desk.world.add(missed_call(MORNING, rang=("101",)), at=MORNING)
    desk.world.add(call, at=MORNING + 5 * MINUTE)

    early = await only_row(desk, MORNING)
    late = await only_row(desk, MORNING + HOUR)

    assert {name for name in early if early[name] != late[name]} == {"updated_at"}


async def test_internal_twins_share_a_session_but_for_its_ending() -> None:
    desk = quiet()
    for twin in internal_twins(MORNING, "101", "104"):
        desk.world.add(twin, at=MORNING)

    rows, _ = await desk.page()

    sessions = {row["direction"]: str(row["external_session_id"]) for row in rows}
    assert sessions["ext_out"] == sessions["ext_in"] + "-out"
    assert {row["external_id"] for row in rows} == {rows[0]["external_id"]}


async def test_an_ivr_abandon_is_answered_without_an_answered_leg() -> None:
    desk = quiet()
    call = desk.world.add(abandoned_in_ivr(MORNING), at=MORNING)

    row = await only_row(desk, MORNING)

    assert (row["call_state"], row["callee"], row["call_targets"]) == ("answered", IVR, [])
    assert [one.id for one in desk.world.truth(MORNING).abandoned] == [call.id]


async def test_an_outgoing_call_that_nobody_took_is_not_a_missed_call() -> None:
    desk = quiet()
    desk.world.add(outgoing_call(MORNING, "0911000001", talk_s=None), at=MORNING)

    row = await only_row(desk, MORNING)

    assert (row["direction"], row["call_state"]) == ("out", "not_answered")
    assert (row["caller"], row["callee"]) == ("101", "0911000001")
    assert desk.world.truth(MORNING).missed == ()


async def test_a_forwarded_call_has_no_known_direction() -> None:
    row = await shown(forwarded_out(missed_call(MORNING, "0911000001"), "0988777666"))

    assert (row["direction"], row["caller"], row["callee"]) == (
        "unknown",
        "0911000001",
        "0988777666",
    )


@pytest.mark.parametrize(
    ("name", "value"), [("started_at", "hôm qua"), ("id", None), ("call_targets", "?")]
)
async def test_any_field_can_be_made_wrong(name: str, value: Json) -> None:
    row = await shown(with_field(missed_call(MORNING), name, value))

    assert row[name] == value


async def test_a_record_that_moves_the_start_of_a_row_moves_its_place_in_the_list() -> None:
    desk = quiet()
    other = desk.world.add(missed_call(MORNING), at=MORNING)
    first = desk.world.add(missed_call(MORNING - SECOND), at=MORNING)
    desk.world.add(replace(missed_call(MORNING + SECOND), id=first.id), at=MORNING + MINUTE)

    early = await desk.found()
    desk.now = MORNING + MINUTE
    late = await desk.found()

    assert early == [other.id, first.id]
    assert late == [first.id, other.id]


async def test_a_version_between_two_others_changes_what_is_shown_but_not_the_truth() -> None:
    desk = quiet()
    call = desk.world.add(missed_call(MORNING), at=MORNING)
    desk.world.add(replace(call, note="sau cùng"), at=MORNING + HOUR)
    desk.world.add(replace(call, note="ở giữa"), at=MORNING + MINUTE)

    row = await only_row(desk, MORNING + MINUTE)

    assert row["note"] == "ở giữa"
    assert desk.world.truth(MORNING).calls[0].note == "sau cùng"
