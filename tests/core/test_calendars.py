from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from notifier.config.hours import Holidays, read_closed, read_days, read_spans
from notifier.core.calendars import Calendar, Span, after, open_time
from tests.builders import HANOI, MINUTE, SECOND

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = read_spans("08:00-12:00 13:00-17:30")
VIETNAM = Holidays(("VN",))
HOUR = 60 * MINUTE


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
        ("2025-01-27", "2025-02-01"),
        ("2026-02-16", "2026-02-20"),
        ("2027-02-04", "2027-02-10"),
        ("2028-01-24", "2028-01-29"),
    ],
)
def test_tet_is_closed_by_the_lunar_calendar(first: str, last: str) -> None:
    calendar = a_calendar(week=dict.fromkeys(range(7), OFFICE), holidays=VIETNAM)
    day, end = date.fromisoformat(first), date.fromisoformat(last)

    closed = {day + timedelta(days=step) for step in range((end - day).days + 1)}

    assert not any(calendar.is_open_day(one) for one in closed)
    assert calendar.is_open_day(day - timedelta(days=1))
    assert calendar.is_open_day(end + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-05-02", "Ngày nghỉ (thay cho ngày 26/04/2025)"),
        ("2026-02-17", "Tết Nguyên Đán"),
        ("2026-04-27", "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
        ("2026-08-31", "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        ("2027-02-06", "Tết Nguyên Đán"),
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


def at_hours(*days: str, hours: str, **overrides: object) -> Calendar:
    week = {day: read_spans(hours) for one in days for day in read_days(one)}
    return a_calendar(week=week, **overrides)


OFFICE_HOURS = (at_hours("mon-fri", hours="08:00-12:00 13:00-17:30"),)
NIGHTS = (at_hours("mon-fri", hours="22:00-06:00"),)
TET = (at_hours("mon-sun", hours="08:00-12:00", holidays=VIETNAM),)
UNION = (*OFFICE_HOURS, at_hours("mon-sun", hours="11:00-14:00"))


@pytest.mark.parametrize(
    ("calendars", "at", "span", "then"),
    [
        pytest.param((), "2026-09-05T23:50", 15 * MINUTE, "2026-09-06T00:05", id="plain time"),
        pytest.param(OFFICE_HOURS, "2026-09-07T09:00", 15 * MINUTE, "2026-09-07T09:15", id="open"),
        pytest.param(OFFICE_HOURS, "2026-09-07T11:55", 15 * MINUTE, "2026-09-07T13:10", id="lunch"),
        pytest.param(
            OFFICE_HOURS, "2026-09-07T11:45", 15 * MINUTE, "2026-09-07T12:00", id="up to lunch"
        ),
        pytest.param(
            OFFICE_HOURS, "2026-09-07T11:45", 15 * MINUTE + SECOND, "2026-09-07T13:00:01",
            id="a second over lunch",
        ),
        pytest.param(
            OFFICE_HOURS, "2026-09-07T12:30", 15 * MINUTE, "2026-09-07T13:15", id="in lunch"
        ),
        pytest.param(OFFICE_HOURS, "2026-09-07T12:30", 0 * MINUTE, "2026-09-07T12:30", id="none"),
        pytest.param(OFFICE_HOURS, "2026-09-07T12:30", -MINUTE, "2026-09-07T12:30", id="below"),
        pytest.param((), "2026-09-07T12:30", -MINUTE, "2026-09-07T12:30", id="below, plain"),
        pytest.param(
            OFFICE_HOURS, "2026-09-07T17:29", 2 * MINUTE, "2026-09-08T08:01", id="evening"
        ),
        pytest.param(
            OFFICE_HOURS, "2026-09-11T17:20", 15 * MINUTE, "2026-09-14T08:05", id="weekend"
        ),
        pytest.param(
            OFFICE_HOURS, "2026-09-07T08:00", 42.5 * HOUR, "2026-09-11T17:30", id="whole week"
        ),
        pytest.param(NIGHTS, "2026-09-07T23:30", HOUR, "2026-09-08T00:30", id="in the night"),
        pytest.param(NIGHTS, "2026-09-08T05:30", HOUR, "2026-09-08T22:30", id="out of a night"),
        pytest.param(
            NIGHTS, "2026-09-12T05:30", HOUR, "2026-09-14T22:30", id="the last night of a week"
        ),
        pytest.param(TET, "2026-02-15T11:00", 2 * HOUR, "2026-02-21T09:00", id="Tết 2026"),
        pytest.param(TET, "2027-02-03T11:00", 2 * HOUR, "2027-02-11T09:00", id="Tết 2027"),
        pytest.param(TET, "2026-08-30T11:00", 2 * HOUR, "2026-09-03T09:00", id="swapped day"),
        pytest.param(UNION, "2026-09-07T11:30", 3 * HOUR, "2026-09-07T14:30", id="no lunch"),
        pytest.param(UNION, "2026-09-12T13:59", 2 * MINUTE, "2026-09-13T11:01", id="Saturday"),
    ],
)  # fmt: skip
def test_after_is_when_so_much_open_time_has_passed(
    calendars: Sequence[Calendar], at: str, span: timedelta, then: str
) -> None:
    assert after(calendars, hanoi(at), span) == hanoi(then)


@pytest.mark.parametrize(
    ("calendars", "since", "until", "spent"),
    [
        pytest.param((), "2026-09-05T23:50", "2026-09-06T00:05", 15 * MINUTE, id="plain time"),
        pytest.param(OFFICE_HOURS, "2026-09-07T11:30", "2026-09-07T13:30", HOUR, id="lunch"),
        pytest.param(OFFICE_HOURS, "2026-09-07T12:00", "2026-09-07T13:00", 0 * HOUR, id="closed"),
        pytest.param(OFFICE_HOURS, "2026-09-07T00:00", "2026-09-21T00:00", 85 * HOUR, id="weeks"),
        pytest.param(NIGHTS, "2026-09-07T00:00", "2026-09-14T00:00", 40 * HOUR, id="nights"),
        pytest.param(TET, "2027-02-03T00:00", "2027-02-12T00:00", 8 * HOUR, id="Tết 2027"),
        pytest.param(UNION, "2026-09-07T00:00", "2026-09-08T00:00", 9.5 * HOUR, id="union"),
        pytest.param(UNION, "2026-09-08T00:00", "2026-09-07T00:00", 0 * HOUR, id="backwards"),
        pytest.param((), "2026-09-08T00:00", "2026-09-07T00:00", 0 * HOUR, id="backwards, plain"),
    ],
)
def test_open_time_counts_each_open_minute_once(
    calendars: Sequence[Calendar], since: str, until: str, spent: timedelta
) -> None:
    assert open_time(calendars, hanoi(since), hanoi(until)) == spent


def test_time_that_the_clocks_leave_out_or_repeat_is_counted_as_it_passes() -> None:
    always = (at_hours("mon-sun", hours="00:00-24:00", zone=BERLIN),)
    spring = datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN)
    autumn = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN)

    assert after(always, spring, HOUR) == datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)
    assert after((), spring, HOUR) == datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)
    assert open_time(always, autumn, autumn + 2 * HOUR) == 3 * HOUR
    assert open_time((), autumn, autumn + 2 * HOUR) == 3 * HOUR


def test_after_never_comes_where_nothing_opens_for_400_days() -> None:
    never = (a_calendar(week={}),)
    duty = (a_calendar(week={}, extra={date(2027, 10, 12): OFFICE}),)

    assert after(never, hanoi("2026-09-07T12:00"), SECOND) is None
    assert after(duty, hanoi("2026-09-07T12:00"), HOUR) == hanoi("2027-10-12T09:00")
    assert after(duty, hanoi("2026-09-06T12:00"), 5 * HOUR) is None


@pytest.mark.parametrize(
    ("day", "is_open"),
    [("2026-09-11", True), ("2026-09-12", False), ("2026-09-13", True), ("2026-09-02", False)],
    ids=["Friday night", "Saturday morning", "extra", "holiday"],
)
def test_a_day_is_open_on_which_a_range_begins(day: str, is_open: bool) -> None:  # noqa: FBT001
    duty = {date(2026, 9, 13): read_spans("09:00-10:00")}
    calendar = at_hours("mon-fri", hours="22:00-06:00", holidays=VIETNAM, extra=duty)

    assert calendar.is_open_day(date.fromisoformat(day)) is is_open


def test_what_a_calendar_has_looked_up_is_no_part_of_its_value() -> None:
    asked, fresh = a_calendar(), a_calendar()

    asked.is_open(hanoi("2026-09-07T09:00"))

    assert asked == fresh
    assert repr(asked) == repr(fresh)
    assert not replace(asked, week={}).is_open(hanoi("2026-09-07T09:00"))


def test_more_days_than_a_calendar_keeps_are_answered_alike() -> None:
    mondays = (at_hours("mon", hours="08:00-12:00"),)
    since = hanoi("2026-09-07T00:00")
    weeks = 320 * timedelta(weeks=1)

    assert open_time(mondays, since, since + weeks) == 320 * 4 * HOUR
    assert open_time(mondays, since, since + weeks) == 320 * 4 * HOUR


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


changes = st.sampled_from(
    [date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 29), date(2026, 10, 25)]
)
near = st.builds(lambda day, off: day + timedelta(days=off), changes, st.integers(-3, 3))
calendars = st.lists(
    st.builds(
        a_calendar,
        zone=st.sampled_from([HANOI, NEW_YORK, BERLIN]),
        week=weeks,
        closed=st.frozensets(near, max_size=2),
        extra=st.dictionaries(near, spans, max_size=2),
    ),
    max_size=3,
).map(tuple)
instants = st.builds(
    lambda day, minute: datetime.combine(day, time(), UTC) + minute * MINUTE,
    near,
    st.integers(0, 24 * 60 - 1),
)
lengths = st.integers(0, 3 * 24 * 60).map(lambda count: count * MINUTE)


def slow_after(calendars: Sequence[Calendar], at: datetime, span: timedelta) -> datetime | None:
    """Return `after` of whole minutes by asking each minute of four days; None beyond them."""
    day = timedelta(days=1)
    found = [
        interval
        for one in calendars
        for interval in one.intervals(at.date() - 3 * day, at.date() + 6 * day)
    ]
    minutes = (at + step * MINUTE for step in range(4 * 24 * 60))
    opened = (one for one in minutes if any(start <= one < end for start, end in found))
    last = next(islice(opened, span // MINUTE - 1, None), None)
    return last + MINUTE if last else None


@given(calendars=calendars.filter(bool), at=instants, minutes=st.integers(1, 600))
@settings(max_examples=40, deadline=None)
def test_after_agrees_with_asking_every_minute(
    calendars: tuple[Calendar, ...], at: datetime, minutes: int
) -> None:
    slow = slow_after(calendars, at, minutes * MINUTE)
    assume(slow is not None)

    assert after(calendars, at, minutes * MINUTE) == slow


@given(calendars=calendars, at=instants, span=lengths.filter(bool))
@settings(max_examples=80, deadline=None)
def test_after_is_the_first_instant_with_so_much_open_time(
    calendars: tuple[Calendar, ...], at: datetime, span: timedelta
) -> None:
    then = after(calendars, at, span)
    assume(then is not None)
    assert then is not None  # for the type checker

    assert open_time(calendars, at, then) == span
    assert open_time(calendars, at, then - timedelta(microseconds=1)) < span


@given(calendars=calendars, first=instants, second=instants, short=lengths, long=lengths)
@settings(max_examples=80, deadline=None)
def test_after_never_goes_back_when_it_begins_later_or_takes_longer(
    calendars: tuple[Calendar, ...],
    first: datetime,
    second: datetime,
    short: timedelta,
    long: timedelta,
) -> None:
    first, second = sorted([first, second])
    short, long = sorted([short, long])
    late = after(calendars, second, long)
    assume(late is not None)
    assert late is not None  # for the type checker

    assert (after(calendars, first, long) or late) <= late
    assert (after(calendars, second, short) or late) <= late


@given(calendars=calendars, instants=st.lists(instants, min_size=3, max_size=3).map(sorted))
@settings(max_examples=80, deadline=None)
def test_open_time_of_two_parts_is_that_of_the_whole(
    calendars: tuple[Calendar, ...], instants: list[datetime]
) -> None:
    first, middle, last = instants

    parts = open_time(calendars, first, middle) + open_time(calendars, middle, last)

    assert parts == open_time(calendars, first, last) <= last - first
