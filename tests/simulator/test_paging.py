from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.simulator.ids import decode_cursor
from notifier.simulator.journeys import answered_call, missed_call
from notifier.simulator.model import Json
from notifier.simulator.world import World, burst
from tests.simulator.desk import HOUR, MINUTE, MORNING, Desk, busy, ids, quiet


def full(count: int) -> Desk:
    desk = quiet()
    burst(desk.world, count, MORNING)
    return desk


async def test_the_newest_start_comes_first_and_ties_break_by_the_newer_id() -> None:
    desk = quiet()
    old = desk.world.add(missed_call(MORNING - HOUR), at=MORNING)
    tie = desk.world.add(missed_call(MORNING - MINUTE), at=MORNING - MINUTE)
    later_tie = desk.world.add(missed_call(MORNING - MINUTE), at=MORNING)

    rows, _ = await desk.page()

    assert [row["id"] for row in rows] == [later_tie.id, tie.id, old.id]


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 60), limit=st.integers(1, 25), seed=st.integers(0, 9))
@pytest.mark.parametrize("sort", ["", "-started_at", "started_at"])
async def test_a_walk_by_next_meets_every_row_exactly_once(
    count: int, limit: int, seed: int, sort: str
) -> None:
    desk = Desk(World(seed, start=MORNING))
    burst(desk.world, count, MORNING)

    walked = [row["id"] for row in await desk.walk(limit, sort)]

    expected = ids(desk.world.visible(MORNING))
    assert walked == (expected[::-1] if sort == "started_at" else expected)


async def test_the_last_page_has_cursors_and_only_the_empty_one_has_none() -> None:
    desk = full(3)

    rows, paging = await desk.page(limit=10)
    assert len(rows) == 3
    assert paging["next"]
    assert paging["prev"]

    rows, paging = await desk.page(after=paging["next"])
    assert rows == []
    assert (paging["next"], paging["prev"]) == ("", "")


async def test_prev_goes_to_before_and_leads_back_to_the_same_page() -> None:
    desk = full(30)
    first, paging = await desk.page(limit=10)
    _, second_paging = await desk.page(limit=10, after=paging["next"])

    back, _ = await desk.page(limit=10, before=second_paging["prev"])

    assert [row["id"] for row in back] == [row["id"] for row in first]


async def test_prev_passed_to_after_loses_the_first_row_whatever_the_vendors_page_says() -> None:
    desk = full(30)
    first, paging = await desk.page(limit=10)

    again, _ = await desk.page(limit=9, after=paging["prev"])

    assert [row["id"] for row in again] == [row["id"] for row in first[1:]]


async def test_before_a_full_stop_is_the_oldest_page_newest_first() -> None:
    desk = full(30)

    rows, _ = await desk.page(limit=5, before=".")

    assert [row["id"] for row in rows] == ids(desk.world.visible(MORNING))[-5:]


@pytest.mark.parametrize(("asked", "served"), [(0, 100), (1, 1), (100, 100), (101, 100)])
async def test_a_limit_is_clamped_to_a_hundred_without_a_word(asked: int, served: int) -> None:
    desk = full(120)

    rows, paging = await desk.page(limit=asked)

    assert len(rows) == served
    assert str(paging["limit"]) == str(served)


async def test_the_reply_echoes_the_start_and_names_a_sort_only_if_one_was_sent() -> None:
    desk = full(1)

    _, plain = await desk.page()
    _, sorted_ = await desk.page(after=".", sort="-started_at")

    assert (plain["after"], plain["before"]) == (".", "")
    assert "sort" not in plain
    assert sorted_["sort"] == "-started_at"


async def test_a_cursor_is_bound_to_its_sort() -> None:
    desk = full(5)
    rows, paging = await desk.page(limit=2, sort="started_at")
    cursor = paging["next"]

    rows, _ = await desk.page(after=cursor, limit=9)
    refused = await desk.refused({"paging": {"after": cursor, "sort": "-started_at"}})

    assert [row["id"] for row in rows] == ids(desk.world.visible(MORNING))[::-1][2:]
    assert refused == (400, "invalid_argument")
    assert decode_cursor(cursor).descending is False


@pytest.mark.parametrize(
    ("paging", "answer"),
    [
        ({"after": ".", "before": "."}, (400, "invalid_argument")),
        ({"limit": -1}, (400, "invalid_argument")),
        ({"sort": "id"}, (400, "invalid_argument")),
        ({"sort": "-id"}, (400, "invalid_argument")),
        ({"after": "text"}, (400, "invalid_argument")),
        ({"sort": "created_at"}, (500, "internal")),
        ({"sort": "-updated_at"}, (500, "internal")),
        ({"limit": "1"}, (400, "malformed")),
        ({"after": 7}, (400, "malformed")),
        ([], (400, "malformed")),
    ],
)
async def test_paging_that_the_vendor_refuses(paging: Json, answer: tuple[int, str]) -> None:
    assert await full(3).refused({"paging": paging}) == answer


async def test_a_row_that_arrives_below_a_walk_is_not_seen_by_it() -> None:
    desk = full(20)
    rows, paging = await desk.page(limit=10)
    lowest = desk.world.visible(MORNING)[0]
    late = desk.world.add(replace(answered_call(lowest.started_at), id=""), at=MORNING)

    rest, _ = await desk.page(limit=100, after=paging["next"])

    assert late.id not in {row["id"] for row in [*rows, *rest]}


async def test_pages_do_not_shift_when_new_calls_arrive() -> None:
    desk = busy()
    _, paging = await desk.page(limit=10)
    expected, _ = await desk.page(limit=10, after=paging["next"])

    desk.world.add(missed_call(MORNING), at=MORNING)
    again, _ = await desk.page(limit=10, after=paging["next"])

    assert [row["id"] for row in again] == [row["id"] for row in expected]
