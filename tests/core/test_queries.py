"""A stretch of time that people name is understood, or it is none."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.queries import Period, read_period
from tests.builders import HANOI, MINUTE, NOON

HOUR = timedelta(hours=1)
MIDNIGHT = NOON - 12 * HOUR
"""The day of `NOON` began then in Vietnam, at 17:00 UTC of the day before."""

TODAY = Period(MIDNIGHT, NOON, "today")
YESTERDAY = Period(MIDNIGHT - 24 * HOUR, MIDNIGHT, "yesterday")


PERIODS: list[tuple[str, Period | None]] = [
    ("today", TODAY),
    ("homnay", TODAY),
    ("yesterday", YESTERDAY),
    ("homqua", YESTERDAY),
    ("90m", Period(NOON - 90 * MINUTE, NOON)),
    ("2h", Period(NOON - 2 * HOUR, NOON)),
    ("7d", Period(NOON - timedelta(days=7), NOON)),
    ("0d", Period(NOON, NOON)),
    ("9999d", Period(NOON - timedelta(days=9999), NOON)),
    ("10000d", None),
    ("٢h", None),
    ("2w", None),
    ("-2h", None),
    ("2026-09-07", Period(MIDNIGHT, NOON)),
    ("2026-09-06", Period(MIDNIGHT - 24 * HOUR, MIDNIGHT)),
    ("2026-09-08", Period(MIDNIGHT + 24 * HOUR, MIDNIGHT + 24 * HOUR)),
    ("2026-02-30", None),
    ("2026-13-01", None),
    ("0000-01-01", None),
    ("0001-01-01", None),
    ("9999-12-31", None),
    ("week", Period(MIDNIGHT, NOON, "week")),
    ("tuannay", Period(MIDNIGHT, NOON, "week")),
    ("month", Period(MIDNIGHT - timedelta(days=6), NOON, "month")),
    ("08:00-10:00", Period(NOON - 4 * HOUR, NOON - 2 * HOUR)),
    ("8:30-24:00", None),
    ("08:00-17:30", Period(NOON - 4 * HOUR, NOON)),
    ("22:00-06:00", Period(NOON + 10 * HOUR, NOON + 10 * HOUR)),
    ("2026-09-05 22:00-06:00", Period(MIDNIGHT - 26 * HOUR, MIDNIGHT - 18 * HOUR)),
    ("2026-09-05 x", None),
    ("abc 08:00-10:00", None),
    ("20260907", None),
    ("2026-W37-1", None),
    ("19001001", None),
    ("", None),
]


@pytest.mark.parametrize(("word", "period"), PERIODS, ids=[p[0] or "empty" for p in PERIODS])
def test_a_period_is_named_or_measured_or_a_day_of_the_zone(
    word: str, period: Period | None
) -> None:
    assert read_period(word, NOON, HANOI) == period


@pytest.mark.parametrize(
    "now",
    [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, 23, tzinfo=UTC)],
    ids=["the first days", "the last days"],
)
@pytest.mark.parametrize("word", ["yesterday", "9999d", "0001-01-01", "9999-12-31"])
def test_a_period_beyond_the_calendar_is_none(word: str, now: datetime) -> None:
    period = read_period(word, now, HANOI)

    assert period is None or period.since <= period.until


pieces = some.sampled_from(
    ["9999d", "0001-01-01", "2026-11-20", " ", "08:00-12:00", "-", "²²²", "25:00"]
)


@given(
    text=some.text() | some.lists(pieces | some.text(max_size=3)).map("".join),
    zone=some.sampled_from([HANOI, ZoneInfo("UTC"), ZoneInfo("America/New_York")]),
    hours=some.integers(-12, 14),
)
def test_any_text_is_a_period_in_the_right_order_or_none(
    text: str, zone: ZoneInfo, hours: int
) -> None:
    now = NOON.astimezone(timezone(timedelta(hours=hours)))

    period = read_period(text, now, zone)

    assert period is None or period.since <= period.until


@given(day=some.dates())
def test_every_day_that_all_zones_can_name_is_a_period(day: object) -> None:
    period = read_period(str(day), datetime(9999, 12, 31, tzinfo=UTC), HANOI)

    assert period is None or period.until - period.since <= timedelta(hours=25)
    assert (period is None) is (str(day) in {"0001-01-01", "9999-12-31"})
