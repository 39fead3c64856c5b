from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.config.hours import holidays_of, read_closed, read_days, read_spans
from notifier.core.calendars import Calendar, Span
from tests.builders import HANOI, MINUTE

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = read_spans("08:00-12:00 13:00-17:30")
VIETNAM = holidays_of("VN")


def a_calendar(**overrides: object) -> Calendar:
    week = dict.fromkeys(read_days("mon-fri"), OFFICE) | {5: read_spans("08:00-12:00")}
    return Calendar(**{"name": "gio_lam", "zone": HANOI, "week": week, **overrides})  # type: ignore[arg-type]


def hanoi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-09-07T07:59:59.999999", False),
        ("2026-09-07T08:00", True),
        ("2026-09-07T11:59:59.999999", True),
        ("2026-09-07T12:00", False),
        ("2026-09-07T13:00", True),
        ("2026-09-07T17:30", False),
        ("2026-09-12T11:00", True),
        ("2026-09-12T13:00", False),
        ("2026-09-13T09:00", False),
    ],
)
def test_a_range_holds_its_start_and_not_its_end(at: str, is_open: bool) -> None:  # noqa: FBT001
    assert a_calendar().is_open(hanoi(at)) is is_open


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2025-01-28", "2025-02-01"),
        ("2026-02-16", "2026-02-20"),
        ("2027-02-05", "2027-02-09"),
        ("2028-01-25", "2028-01-28"),
    ],
)
def test_tet_is_closed_by_the_lunar_calendar(first: str, last: str) -> None:
    calendar = a_calendar(week=dict.fromkeys(range(7), OFFICE), holidays=VIETNAM)
    day, end = date.fromisoformat(first), date.fromisoformat(last)

    closed = {day + timedelta(days=step) for step in range((end - day).days + 1)}

    assert all(calendar.spans_on(one) == () for one in closed)
    assert calendar.spans_on(end + timedelta(days=20)) == OFFICE


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-02-17", "Tết Nguyên Đán"),
        ("2026-04-27", "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
        ("2026-08-31", "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        ("2027-05-03", "Ngày Quốc tế Lao động (nghỉ bù)"),
        ("2028-01-03", "Tết Dương lịch (nghỉ bù)"),
    ],
)
def test_holidays_and_days_in_lieu_are_named_in_vietnamese(day: str, name: str) -> None:
    one = date.fromisoformat(day)

    assert VIETNAM(one.year)[one] == name


def test_a_year_that_the_lunar_tables_lack_has_no_holidays_and_is_no_error() -> None:
    calendar = a_calendar(holidays=VIETNAM)

    assert calendar.is_open(datetime(2250, 1, 1, 2, tzinfo=UTC))


def test_a_night_shift_runs_into_the_next_day() -> None:
    calendar = a_calendar(week={4: read_spans("22:00-06:00")})

    assert not calendar.is_open(hanoi("2026-09-11T21:59"))
    assert calendar.is_open(hanoi("2026-09-11T22:00"))
    assert calendar.is_open(hanoi("2026-09-12T05:59"))
    assert not calendar.is_open(hanoi("2026-09-12T06:00"))
    assert not calendar.is_open(hanoi("2026-09-11T05:00"))


def test_the_night_before_a_holiday_is_worked_to_its_end() -> None:
    calendar = a_calendar(week=dict.fromkeys(range(7), read_spans("22:00-06:00")), holidays=VIETNAM)

    assert calendar.is_open(hanoi("2026-04-30T05:00"))
    assert not calendar.is_open(hanoi("2026-04-30T23:00"))


def test_a_whole_day_is_open_at_every_minute() -> None:
    calendar = a_calendar(week={0: read_spans("00:00-24:00")})

    assert calendar.is_open(hanoi("2026-09-07T00:00"))
    assert calendar.is_open(hanoi("2026-09-07T23:59:59"))
    assert not calendar.is_open(hanoi("2026-09-08T00:00"))


def test_a_closed_day_beats_the_week_and_an_extra_day_beats_all() -> None:
    duty = read_spans("09:00-10:00")
    calendar = a_calendar(
        holidays=VIETNAM,
        closed=frozenset(read_closed("2026-09-07..2026-09-08")),
        extra={date(2026, 9, 8): duty, date(2026, 9, 2): duty, date(2026, 9, 13): duty},
    )

    assert calendar.spans_on(date(2026, 9, 7)) == ()
    assert calendar.spans_on(date(2026, 9, 8)) == duty
    assert calendar.spans_on(date(2026, 9, 2)) == duty
    assert calendar.spans_on(date(2026, 9, 13)) == duty


def test_a_range_in_the_hour_that_the_clocks_leave_out_is_none() -> None:
    calendar = a_calendar(zone=NEW_YORK, week={6: (Span(time(2, 30), time(3, 0)),)})

    assert calendar.intervals(date(2026, 3, 8), date(2026, 3, 8)) == []


def test_a_range_over_the_repeated_hour_is_open_in_both_its_passes() -> None:
    calendar = a_calendar(zone=NEW_YORK, week={6: (Span(time(0, 30), time(2, 30)),)})

    [(start, end)] = calendar.intervals(date(2026, 11, 1), date(2026, 11, 1))

    assert end - start == timedelta(hours=3)
    assert calendar.is_open(datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
    assert calendar.is_open(datetime(2026, 11, 1, 6, 30, tzinfo=UTC))


times = st.times().map(lambda one: one.replace(second=0, microsecond=0))
spans = st.lists(st.builds(Span, times, times), max_size=3).map(tuple)
weeks = st.dictionaries(st.integers(0, 6), spans)
days = st.dates(date(2026, 3, 5), date(2026, 3, 11)) | st.dates(
    date(2026, 10, 29), date(2026, 11, 4)
)


@given(
    week=weeks,
    closed=st.frozensets(days, max_size=3),
    extra=st.dictionaries(days, spans, max_size=3),
    zone=st.sampled_from([HANOI, NEW_YORK]),
    day=days,
)
@settings(max_examples=40, deadline=None)
def test_it_is_open_at_exactly_the_minutes_of_its_intervals(
    week: dict[int, tuple[Span, ...]],
    closed: frozenset[date],
    extra: dict[date, tuple[Span, ...]],
    zone: ZoneInfo,
    day: date,
) -> None:
    calendar = a_calendar(zone=zone, week=week, closed=closed, extra=extra)
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    minutes = [start + step * MINUTE for step in range(0, 24 * 60, 7)]

    open_by_intervals = calendar.intervals(day - timedelta(days=3), day + timedelta(days=3))

    assert [calendar.is_open(at) for at in minutes] == [
        any(a <= at < b for a, b in open_by_intervals) for at in minutes
    ]


@given(week=weeks, day=days)
@settings(max_examples=40, deadline=None)
def test_where_clocks_never_change_it_is_open_by_the_clock_face(
    week: dict[int, tuple[Span, ...]], day: date
) -> None:
    calendar = a_calendar(week=week)

    for hour in range(24):
        at = datetime.combine(day, time(hour, 30), HANOI)
        today = [s for s in week.get(at.weekday(), ()) if s.start <= at.time()]
        before = [s for s in week.get((at.weekday() - 1) % 7, ()) if s.overnight]
        shown = any(s.overnight or at.time() < s.end for s in today) or any(
            at.time() < s.end for s in before
        )
        assert calendar.is_open(at) is shown
