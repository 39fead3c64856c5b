"""The figures of a report are those that a call centre would count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given

from notifier.core.callbacks import Misses, OpenCustomer
from notifier.core.calls import Call, CallState, Direction
from notifier.core.directory import Directory
from notifier.core.reports import PROMISE, Covers, period_of, tally
from notifier.core.tallies import (
    MOST_CUSTOMERS,
    AgentTally,
    CustomerTally,
    ExtensionTally,
    HotlineTally,
    HourTally,
    Tally,
    Totals,
)
from tests.builders import DIRECTORY, HANOI, MINUTE, NOON, SECOND, a_call, a_leg, a_talk
from tests.core.any_calls import CALLS

DAY = (NOON - timedelta(hours=12), NOON + timedelta(hours=12))


def tallied(*calls: Call, **facts: Any) -> Tally:
    asked: dict[str, Any] = {"period": DAY, "zone": HANOI, "now": DAY[1], **facts}
    return tally(calls, **asked)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


PERIODS = [
    (Covers.TODAY, "2026-09-09T17:35", "2026-09-09T00:00", "2026-09-09T17:35"),
    (Covers.TODAY, "2026-09-09T00:00", "2026-09-09T00:00", "2026-09-09T00:00"),
    (Covers.YESTERDAY, "2026-09-09T08:00", "2026-09-08T00:00", "2026-09-09T00:00"),
    (Covers.YESTERDAY, "2026-03-01T08:00", "2026-02-28T00:00", "2026-03-01T00:00"),
    (Covers.WEEK, "2026-09-09T17:35", "2026-09-07T00:00", "2026-09-09T17:35"),
    (Covers.WEEK, "2026-09-07T17:35", "2026-09-07T00:00", "2026-09-07T17:35"),
    (Covers.WEEK, "2026-09-13T23:59", "2026-09-07T00:00", "2026-09-13T23:59"),
    (Covers.MONTH, "2026-09-09T17:35", "2026-09-01T00:00", "2026-09-09T17:35"),
    (Covers.MONTH, "2026-09-01T06:30", "2026-09-01T00:00", "2026-09-01T06:30"),
]


@pytest.mark.parametrize(
    ("covers", "at", "since", "until"), PERIODS, ids=[f"{p[0]} at {p[1]}" for p in PERIODS]
)
def test_a_period_is_of_whole_local_days_up_to_the_time_it_is_due(
    covers: Covers, at: str, since: str, until: str
) -> None:
    found = period_of(covers, local(at).astimezone(UTC), zone=HANOI)

    assert found == (local(since), local(until))
    assert [edge.tzinfo for edge in found] == [UTC, UTC]


def test_a_day_on_which_the_clocks_change_is_an_hour_shorter() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    since, until = period_of(Covers.YESTERDAY, datetime(2026, 3, 30, 8, tzinfo=berlin), zone=berlin)

    assert until - since == timedelta(hours=23)


def test_an_empty_period_counts_nothing_and_divides_by_nothing() -> None:
    found = tallied()

    assert found == Tally(DAY[0], DAY[1], DAY[1], PROMISE, Totals(), Misses())
    assert found.totals.calls == 0
    assert (found.totals.answer_rate, found.totals.mean_talk, found.totals.mean_wait) == (
        None,
        None,
        None,
    )
    assert found.misses.kept is None


def test_a_call_belongs_to_the_period_in_which_it_started() -> None:
    calls = [
        a_call(id="before", started_at=DAY[0] - SECOND),
        a_call(id="first", started_at=DAY[0]),
        a_call(id="last", started_at=DAY[1] - SECOND, ended_at=DAY[1] + MINUTE),
        a_call(id="after", started_at=DAY[1]),
    ]

    assert tallied(*calls).totals.inbound == 2


def test_totals_tell_each_kind_of_call_apart() -> None:
    slow = (a_leg(status=CallState.ANSWERED, answered_at=NOON + 15 * SECOND),)
    calls = [
        a_talk(),
        a_talk(id="2", duration=4 * MINUTE, legs=slow),
        a_call(id="3"),
        a_call(id="4", state=CallState.ANSWERED, duration=27 * SECOND),
        a_call(id="5", state=CallState.UNKNOWN),
        a_talk(id="6", direction=Direction.OUT, duration=3 * MINUTE),
        a_call(id="7", direction=Direction.OUT),
        a_talk(id="8", direction=Direction.EXT),
        a_talk(id="9", direction=Direction.UNKNOWN, caller="101"),
    ]

    totals = tallied(*calls).totals

    assert totals == Totals(
        inbound=5,
        answered=2,
        missed=2,
        abandoned=1,
        unclear=1,
        outbound=2,
        unreached=1,
        talks=3,
        talk=9 * MINUTE,
        waits=2,
        waited=20 * SECOND,
    )
    assert (totals.calls, totals.answer_rate) == (7, 0.5)
    assert (totals.mean_talk, totals.mean_wait) == (3 * MINUTE, 10 * SECOND)


def test_a_call_after_the_period_still_calls_back() -> None:
    back = a_talk(id="2", direction=Direction.OUT, started_at=DAY[1] + MINUTE)

    found = tallied(a_call(), back, now=DAY[1] + 5 * MINUTE)

    assert (found.totals.calls, found.misses.called_back, found.waiting) == (1, 1, ())


def test_open_misses_are_kept_with_their_customer() -> None:
    found = tallied(a_call())

    assert found.waiting == (OpenCustomer("+84901234567", "19001000", NOON, NOON, 1),)


def test_hotlines_are_told_apart_and_the_unknown_is_one_of_them() -> None:
    calls = [a_call(), a_talk(), a_call(hotline=""), a_call(hotline="unknown"), a_call(hotline="")]

    assert tallied(*calls).hotlines == (
        HotlineTally("unknown", 3, 0, 3),
        HotlineTally("19001000", 2, 1, 1),
    )


AGENTS: dict[str, tuple[Call, AgentTally]] = {
    "by the directory's name": (a_talk(agent="Old"), AgentTally("Lan", "", 1, 0, 2 * MINUTE)),
    "by the call's name": (
        a_talk(extension="103", agent="Hoa"),
        AgentTally("Hoa", "", 1, 0, 2 * MINUTE),
    ),
    "by number without a name": (
        a_talk(extension="103", agent=""),
        AgentTally("", "103", 1, 0, 2 * MINUTE),
    ),
    "by the leg that answered": (
        a_talk(extension="", legs=(a_leg("102", status=CallState.ANSWERED),)),
        AgentTally("Minh", "", 1, 0, 2 * MINUTE),
    ),
    "as nobody known": (
        a_talk(extension="", agent="", legs=(), user_id="7"),
        AgentTally("", "", 1, 0, 2 * MINUTE),
    ),
    "outbound by extension": (
        a_talk(direction=Direction.OUT),
        AgentTally("Lan", "", 0, 1, 2 * MINUTE),
    ),
    "outbound by caller, not reached": (
        a_call(direction=Direction.OUT, caller="102"),
        AgentTally("Minh", "", 0, 1, timedelta()),
    ),
}


@pytest.mark.parametrize("case", AGENTS)
def test_an_agent_is_who_took_or_made_the_call(case: str) -> None:
    call, expected = AGENTS[case]

    assert tallied(call, directory=DIRECTORY).agents == (expected,)


def test_an_agent_with_two_extensions_is_one_person() -> None:
    directory = Directory(extensions={"101": "Lan", "102": "Lan"})

    found = tallied(a_talk(), a_talk(extension="102"), directory=directory)

    assert found.agents == (AgentTally("Lan", "", 2, 0, 4 * MINUTE),)


def test_an_extension_counts_what_rang_there_whoever_answered() -> None:
    both = (a_leg("101"), a_leg("102", status=CallState.ANSWERED), a_leg("101"))
    calls = [
        a_call(),
        a_talk(extension="102", legs=both),
        a_talk(extension="103", legs=()),
        a_call(direction=Direction.OUT, caller="101"),
        a_call(legs=(a_leg("0912345678"),)),
    ]

    assert tallied(*calls).extensions == (
        ExtensionTally("102", 1, 1, 0),
        ExtensionTally("103", 1, 1, 0),
        ExtensionTally("101", 2, 0, 1),
    )


def test_hours_are_those_of_the_local_clock_over_all_days() -> None:
    calls = [a_call(), a_talk(started_at=NOON - timedelta(days=1)), a_call(started_at=DAY[0])]

    found = tallied(*calls, period=(DAY[0] - timedelta(days=1), DAY[1]))

    assert found.hours == (HourTally(0, 1, 1), HourTally(12, 2, 1))


def test_customers_who_called_most_called_at_least_twice() -> None:
    calls = [
        *(a_call(customer="twice") for _ in range(2)),
        *(a_talk(customer="thrice") for _ in range(3)),
        *(a_call(customer="") for _ in range(4)),
        a_call(customer="once"),
        a_talk(customer="once", direction=Direction.OUT),
    ]

    assert tallied(*calls).customers == (
        CustomerTally("thrice", 3, 0),
        CustomerTally("twice", 2, 2),
    )


def test_customers_who_called_most_are_so_many_at_most() -> None:
    calls = [a_call(customer=f"+8490123{n // 2:04d}") for n in range(2 * MOST_CUSTOMERS + 6)]

    assert len(tallied(*calls).customers) == MOST_CUSTOMERS


@given(CALLS)
def test_the_figures_of_any_calls_add_up(calls: list[Call]) -> None:
    found = tallied(*calls, directory=DIRECTORY)

    totals, misses = found.totals, found.misses
    assert totals.inbound == totals.answered + totals.missed + totals.unclear
    assert 0 <= totals.abandoned <= totals.missed == misses.total
    assert 0 <= totals.unreached <= totals.outbound
    assert 0 <= misses.in_time <= misses.called_back <= misses.due
    assert misses.customers == len(found.waiting) <= misses.still_open
    assert sum(one.times for one in found.waiting) == misses.still_open
    assert sum(row.inbound for row in found.hotlines) == totals.inbound
    assert sum(row.answered for row in found.hotlines) == totals.answered
    assert sum(row.missed for row in found.hotlines) == totals.missed
    assert sum(row.answered for row in found.agents) == totals.answered
    assert sum(row.outbound for row in found.agents) == totals.outbound
    assert sum((row.talk for row in found.agents), timedelta()) == totals.talk
    assert all(row.answered <= row.rung for row in found.extensions)
    assert sum(row.inbound for row in found.hours) == totals.inbound
    assert sum(row.missed for row in found.hours) == totals.missed


@given(CALLS)
def test_the_order_in_which_calls_are_given_changes_nothing(calls: list[Call]) -> None:
    assert tallied(*calls).totals == tallied(*reversed(calls)).totals
    assert tallied(*calls).misses == tallied(*reversed(calls)).misses


@given(CALLS)
def test_any_tally_comes_back_from_json_as_it_was(calls: list[Call]) -> None:
    found = tallied(*calls, directory=DIRECTORY)

    assert msgspec.json.decode(msgspec.json.encode(found), type=Tally) == found


def test_ten_thousand_calls_are_counted() -> None:
    calls = [
        replace(a_call(), id=str(n), customer=f"+84{n:09d}", started_at=NOON + n * SECOND)
        for n in range(10_000)
    ]

    assert tallied(*calls).totals.missed == 10_000
