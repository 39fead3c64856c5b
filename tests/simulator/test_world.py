from collections import Counter
from datetime import datetime, timedelta
from re import fullmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.simulator.business import CSKH, HOTLINES
from notifier.simulator.ids import inserted_at
from notifier.simulator.journeys import answered_call, missed_call, outgoing_call
from notifier.simulator.model import SimCall, Way
from notifier.simulator.shelf import Cut
from notifier.simulator.tempo import DEMO, Tempo
from notifier.simulator.world import World, burst
from tests.simulator.desk import DAY, HOUR, MINUTE, MORNING, SECOND, Desk, busy, quiet


def day(seed: int = 1) -> World:
    return World(seed, start=MORNING, tempo=Tempo(), history=DAY)


def test_the_same_seed_gives_the_same_business() -> None:
    assert day().visible(MORNING + HOUR) == day().visible(MORNING + HOUR)


def test_another_seed_gives_another_business() -> None:
    assert day(1).visible(MORNING) != day(2).visible(MORNING)


@settings(max_examples=30, deadline=None)
@given(stops=st.lists(st.integers(-400, 400), max_size=8), demo=st.booleans())
def test_how_often_it_is_asked_changes_nothing(stops: list[int], demo: bool) -> None:  # noqa: FBT001
    tempo = DEMO if demo else Tempo()
    asked, left_alone = (World(3, start=MORNING, tempo=tempo, history=5 * MINUTE) for _ in range(2))

    for stop in sorted(stops):
        asked.visible(MORNING + stop * SECOND)

    end = MORNING + 500 * SECOND
    assert asked.visible(end) == left_alone.visible(end)
    assert asked.truth(end) == left_alone.truth(end)


def test_scripted_calls_do_not_disturb_the_others() -> None:
    plain, scripted = busy().world, busy().world
    added = scripted.add(missed_call(MORNING - HOUR), at=MORNING - HOUR)

    others = [one for one in scripted.visible(MORNING) if one.id != added.id]

    assert others == plain.visible(MORNING)


async def test_the_truth_is_what_a_full_walk_returns_in_the_end() -> None:
    desk = Desk(day())
    truth = desk.world.truth(MORNING)
    desk.now = MORNING + DAY

    until = {one.id for one in truth.calls}
    rows = [row for row in await desk.walk() if row["id"] in until]

    final = {one.id: (one.state.value, one.duration_s, one.note) for one in truth.calls}
    assert {row["id"]: (row["call_state"], row["duration"], row["note"]) for row in rows} == final
    missed = {
        row["id"]
        for row in rows
        if row["direction"] == "in" and row["call_state"] == "not_answered"
    }
    assert missed == {one.id for one in truth.missed}


def test_the_truth_knows_a_flip_before_it_is_shown() -> None:
    world = World(1, start=MORNING, tempo=Tempo(flips=1.0, missed=1.0, outgoing=0, internal=0))

    shown = {one.id: one for one in world.visible(MORNING + 10 * MINUTE)}
    truth = world.truth(MORNING + 10 * MINUTE)

    assert {one.id for one in truth.calls} == shown.keys()
    assert any(one.ended_at is None for one in shown.values())
    assert all(one.ended_at is not None for one in truth.calls)


def test_a_call_back_is_the_first_answered_call_with_the_customer_after_the_miss() -> None:
    world = World(start=MORNING)
    miss = world.add(missed_call(MORNING, "0911000001"), at=MORNING)
    in_vain = outgoing_call(MORNING + MINUTE, "0911000001", talk_s=None)
    back = outgoing_call(MORNING + 2 * MINUTE, "0911000001")
    again = answered_call(MORNING + 3 * MINUTE, "0911000001")
    other = world.add(missed_call(MORNING, "0911000002"), at=MORNING)
    world.add(in_vain, at=MORNING)
    world.add(again, at=MORNING)
    returned = world.add(back, at=MORNING)

    call_backs = world.truth(MORNING).call_backs

    assert call_backs[miss.id].id == returned.id
    assert other.id not in call_backs


def test_long_calls_are_those_with_more_talk() -> None:
    world = World(start=MORNING)
    world.add(answered_call(MORNING, talk_s=600), at=MORNING)
    long = world.add(answered_call(MORNING, talk_s=601), at=MORNING)

    truth = world.truth(MORNING)

    assert [one.id for one in truth.longer_than(10 * MINUTE)] == [long.id]
    assert truth.hotline_of[long.id] == CSKH.id


def test_a_row_once_visible_stays_when_the_clock_is_set_back() -> None:
    world = World(start=MORNING)
    call = world.add(missed_call(MORNING), at=MORNING)
    world.visible(MORNING)

    assert world.visible(MORNING - HOUR) == [call]


def test_no_row_is_shown_before_it_was_inserted_and_late_rows_come_below_newer_ones() -> None:
    world = busy(late=0.2, per_minute=4).world
    rows = world.visible(MORNING)

    assert all(inserted_at(one.id) <= MORNING for one in rows)
    ids = [int(one.id) for one in rows]
    assert ids != sorted(ids, reverse=True)


def test_an_ordinary_day_has_something_of_everything() -> None:
    world = World(1, start=MORNING, tempo=Tempo(), history=5 * DAY)
    truth = world.truth(MORNING)

    kinds = Counter(one.direction for one in truth.calls)
    assert abs(kinds[Way.EXT_IN] - kinds[Way.EXT_OUT]) <= 1
    assert kinds[Way.EXT_OUT] > 10
    assert kinds[Way.IN] > kinds[Way.OUT] > 0
    inbound = [one for one in truth.calls if one.direction is Way.IN]
    assert 0.2 < len(truth.missed) / len(inbound) < 0.36
    assert truth.abandoned
    assert truth.longer_than(10 * MINUTE)
    assert len(truth.call_backs) / len(truth.missed) > 0.5
    assert any(one.recording_urls for one in truth.calls)
    assert any(one.note for one in truth.calls)
    assert {one.hotline_id for one in inbound} == {one.id for one in HOTLINES}
    assert any(not one.found_by_hotline for one in truth.missed)
    customers = [one.caller for one in inbound]
    assert max(Counter(customers).values()) > 3
    assert all(fullmatch(r"0[35789]\d{8}", number) for number in customers)


def test_nights_are_quiet() -> None:
    world = World(1, start=MORNING, tempo=Tempo(), history=DAY)

    hours = Counter((one.started_at + timedelta(hours=7)).hour for one in day().visible(MORNING))

    assert sum(hours[hour] for hour in range(6)) < len(world.visible(MORNING)) / 5


def first_visible(world: World, wanted: set[str]) -> datetime:
    tenth = timedelta(milliseconds=100)
    for step in range(600):
        now = MORNING + step * tenth
        if wanted & {one.id for one in world.visible(now)}:
            return now
    raise AssertionError("nothing of it within a minute")


@pytest.mark.parametrize("history", [timedelta(0), HOUR], ids=["from nothing", "after an hour"])
def test_the_demo_shows_a_miss_within_three_seconds_and_its_call_back_within_the_run(
    history: timedelta,
) -> None:
    def world() -> World:
        return World(1, start=MORNING, tempo=DEMO, history=history)

    truth = world().truth(MORNING + MINUTE)
    fresh = {one.id for one in truth.missed if inserted_at(one.id) > MORNING}
    backs = {one.id for miss, one in truth.call_backs.items() if miss in fresh}
    long = {one.id for one in truth.longer_than(10 * MINUTE) if inserted_at(one.id) > MORNING}

    assert first_visible(world(), fresh) <= MORNING + 3 * SECOND
    assert first_visible(world(), long) <= MORNING + 10 * SECOND
    assert first_visible(world(), backs) <= MORNING + 30 * SECOND


def test_a_compressed_tempo_tells_the_same_day_faster() -> None:
    fast = Tempo().compressed(10)

    assert fast.per_minute == 20
    assert fast.lag_s == (0.5, 9.0)
    assert fast.long_s == Tempo().long_s


def shape(call: SimCall) -> tuple[Way, str]:
    return call.direction, call.state.value


def test_a_burst_is_visible_at_one_instant_and_holds_its_share_of_misses() -> None:
    desk = quiet()
    burst(desk.world, 5_000, MORNING + MINUTE)

    assert desk.world.visible(MORNING + MINUTE - SECOND) == []
    rows = desk.world.visible(MORNING + MINUTE)

    assert len({one.id for one in rows}) == 5_000
    assert 0.25 < sum(shape(one) == (Way.IN, "not_answered") for one in rows) / 5_000 < 0.31
    assert all(one.ended_at and one.ended_at <= MORNING + MINUTE for one in rows)


def test_the_newest_page_looks_at_no_more_rows_than_it_returns() -> None:
    world = World(start=MORNING)
    burst(world, 5_000, MORNING)
    looked: list[str] = []

    def look(call: SimCall) -> bool:
        looked.append(call.id)
        return True

    page = world.page(MORNING, Cut(limit=100), [look])

    assert looked == [one.id for one in page]
