"""The digest that a chat asked for comes once on each of its days, late rather than never."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import AlertKind
from notifier.core.dailies import (
    EVERY_DAY,
    MOST_LATE,
    Daily,
    days_text,
    draw_daily,
    due_slot,
    read_days,
    span_of,
)
from notifier.core.drawn import thawed
from notifier.core.reports import Covers
from tests.builders import HANOI, MINUTE, NOON, a_call, a_talk, a_wording

GROUP = -1001112223334
LONG_AGO = NOON - timedelta(days=30)
MORNING = Daily(GROUP, time(8), LONG_AGO)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("daily", "now", "slot"),
    [
        (MORNING, "2026-09-07T08:00", "2026-09-07T08:00"),
        (MORNING, "2026-09-07T12:00", "2026-09-07T08:00"),
        (MORNING, "2026-09-08T03:59", "2026-09-07T08:00"),
        (MORNING, "2026-09-08T04:00", None),
        (Daily(GROUP, time(8), LONG_AGO, frozenset({5})), "2026-09-07T12:00", None),
        (Daily(GROUP, time(8), LONG_AGO, frozenset({0})), "2026-09-07T12:00", "2026-09-07T08:00"),
        (Daily(GROUP, time(8), local("2026-09-07T09:00")), "2026-09-07T12:00", None),
        (Daily(GROUP, time(8), LONG_AGO, frozenset()), "2026-09-07T12:00", None),
    ],
    ids=[
        "at its minute",
        "four hours late",
        "just not too late",
        "too late",
        "not its day",
        "its day",
        "asked for since",
        "no day",
    ],
)
def test_a_digest_is_due_on_its_days_and_not_too_late(
    daily: Daily, now: str, slot: str | None
) -> None:
    assert due_slot(daily, local(now), HANOI) == (local(slot) if slot else None)
    assert timedelta(hours=20) == MOST_LATE


@pytest.mark.parametrize(
    ("at", "covers", "since"),
    [
        (time(8), Covers.YESTERDAY, "2026-09-06T00:00"),
        (time(17, 30), Covers.TODAY, "2026-09-07T00:00"),
    ],
    ids=["morning", "evening"],
)
def test_a_morning_tells_of_yesterday_and_an_evening_of_today(
    at: time, covers: Covers, since: str
) -> None:
    daily = Daily(GROUP, at, LONG_AGO)

    assert daily.covers is covers
    assert span_of(daily, local(f"2026-09-07T{at:%H:%M}"), HANOI) == local(since)


def test_last_nights_miss_waits_though_totals_are_yesterdays() -> None:
    slot = local("2026-09-07T08:00")
    night = a_call(id="1", started_at=slot - 60 * MINUTE, ended_at=slot - 59 * MINUTE)
    day = a_talk(id="2", customer="+84901234999", started_at=slot - timedelta(hours=20))
    elsewhere = a_call(id="3", hotline="19002000", started_at=slot - timedelta(hours=20))
    daily = Daily(GROUP, time(8), LONG_AGO, hotlines=("19001000",))

    alert = draw_daily(
        daily, slot, [night, day, elsewhere], now=slot + 5 * MINUTE, wording=a_wording()
    )

    drawn = thawed(alert.detail)
    assert drawn.sections == ("missed_open", "totals")
    assert (drawn.tally.totals.inbound, drawn.tally.misses.customers) == (1, 1)
    assert (alert.kind, alert.deadline) == (AlertKind.REPORT, slot)


def test_the_digest_of_a_slot_is_one_however_often_it_is_drawn_up() -> None:
    slot = local("2026-09-07T08:00")

    once, again, other = (
        draw_daily(daily, slot, [], now=now, wording=a_wording())
        for daily, now in (
            (MORNING, slot),
            (MORNING, slot + 60 * MINUTE),
            (Daily(5, time(8), LONG_AGO), slot),
        )
    )

    assert once.id == again.id != other.id


@pytest.mark.parametrize(
    ("word", "days"),
    [
        ("mon-sat", {0, 1, 2, 3, 4, 5}),
        ("SAT", {5}),
        ("fri-mon", {4, 5, 6, 0}),
        ("mon,wed", {0, 2}),
        ("mon-", None),
        ("monday", None),
        ("", None),
    ],
)
def test_days_are_read_or_refused(word: str, days: set[int] | None) -> None:
    assert read_days(word) == days


@given(some.sets(some.integers(0, 6), min_size=1, max_size=6))
def test_days_are_written_as_they_are_read(days: set[int]) -> None:
    assert read_days(days_text(frozenset(days))) == frozenset(days)


def test_every_day_is_not_spelled_out() -> None:
    assert days_text(EVERY_DAY) == ""
