from datetime import date, timedelta
from pathlib import Path

import pytest

from notifier.config.hours import Holidays
from notifier.core.calendars import Calendar
from tests.config.files import HEAD, RULES, read, told

CALENDAR = "calendars: {gio_lam: {open: {mon-sun: 08:00-12:00}, holidays: %s}}\n"


def an_event(*lines: str, name: str = "Nghỉ mát", uid: str = "") -> str:
    return "\n".join(
        ["BEGIN:VEVENT", f"UID:{uid or name}", f"SUMMARY:{name}", *lines, "END:VEVENT", ""]
    )


def a_file(*events: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{''.join(events)}END:VCALENDAR\n"


def a_calendar(
    folder: Path, *events: str, holidays: str = "le.ics", zone: str = "", head: str = ""
) -> Calendar:
    (folder / "le.ics").write_text(a_file(*events, head=head), encoding="utf-8-sig")
    written = f"timezone: {zone}\n" if zone else ""
    config = read(folder, HEAD + RULES + CALENDAR % holidays + written)
    return config.calendars["gio_lam"]


def days(first: str, last: str = "") -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    return [start + timedelta(days=step) for step in range((end - start).days + 1)]


WHOLE = "DTSTART;VALUE=DATE:20270310"


@pytest.mark.parametrize(
    ("lines", "touched"),
    [
        pytest.param([WHOLE], days("2027-03-10"), id="a day"),
        pytest.param([WHOLE, "DTEND;VALUE=DATE:20270311"], days("2027-03-10"), id="to the next"),
        pytest.param(
            [WHOLE, "DTEND;VALUE=DATE:20270313"], days("2027-03-10", "2027-03-12"), id="three days"
        ),
        pytest.param([WHOLE, "DURATION:P2D"], days("2027-03-10", "2027-03-11"), id="a duration"),
        pytest.param([WHOLE, "DTEND;VALUE=DATE:20270310"], days("2027-03-10"), id="ends at once"),
        pytest.param([WHOLE, "TRANSP:TRANSPARENT"], days("2027-03-10"), id="shown as free"),
        pytest.param([WHOLE, "STATUS:CANCELLED"], [], id="cancelled"),
        pytest.param(
            ["DTSTART:20270310T140000", "DTEND:20270310T160000"], days("2027-03-10"), id="hours"
        ),
        pytest.param(
            ["DTSTART:20270310T140000", "DTEND:20270311T000000"], days("2027-03-10"), id="midnight"
        ),
        pytest.param(
            ["DTSTART:20270310T220000", "DTEND:20270311T020000"],
            days("2027-03-10", "2027-03-11"),
            id="a night",
        ),
        pytest.param(["DTSTART:20270310T180000Z"], days("2027-03-11"), id="UTC"),
        pytest.param(
            ["DTSTART;TZID=America/New_York:20270310T113000", "DURATION:PT1H"],
            days("2027-03-10", "2027-03-11"),
            id="another zone",
        ),
        pytest.param(
            ["DTSTART;VALUE=DATE:20200310", "RRULE:FREQ=YEARLY"], days("2027-03-10"), id="yearly"
        ),
        pytest.param(
            ["DTSTART;VALUE=DATE:20200310", "RRULE:FREQ=YEARLY;COUNT=3"], [], id="until 2022"
        ),
        pytest.param(
            ["DTSTART;VALUE=DATE:20200310", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20270310"],
            [],
            id="yearly but this one",
        ),
        pytest.param(
            ["DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20270103"],
            days("2027-01-01", "2027-01-02"),
            id="from the year before",
        ),
        pytest.param(
            ["DTSTART:20271231T200000", "DTEND:20280101T080000"],
            days("2027-12-31"),
            id="into the year after",
        ),
    ],
)
def test_an_event_closes_the_local_days_that_it_touches(
    tmp_path: Path, lines: list[str], touched: list[date]
) -> None:
    calendar = a_calendar(tmp_path, an_event(*lines))

    assert calendar.holidays(2027) == dict.fromkeys(touched, "Nghỉ mát")
    assert not any(calendar.is_open_day(day) for day in touched)


def test_days_are_those_of_the_files_zone(tmp_path: Path) -> None:
    calendar = a_calendar(tmp_path, an_event("DTSTART:20270310T233000Z"), zone="Europe/London")

    assert [*calendar.holidays(2027)] == days("2027-03-10")


def test_a_single_event_of_a_series_can_be_moved(tmp_path: Path) -> None:
    series = an_event(
        "DTSTART;VALUE=DATE:20250310", "RRULE:FREQ=YEARLY", name="Ngày thành lập", uid="1"
    )
    moved = an_event(
        "DTSTART;VALUE=DATE:20270312", "RECURRENCE-ID;VALUE=DATE:20270310", name="Dời ngày", uid="1"
    )

    calendar = a_calendar(tmp_path, series, moved)

    assert calendar.holidays(2027) == {date(2027, 3, 12): "Dời ngày"}
    assert calendar.holidays(2028) == {date(2028, 3, 10): "Ngày thành lập"}


def test_countries_and_files_add_up_and_names_of_one_day_are_joined(tmp_path: Path) -> None:
    fair = an_event("DTSTART;VALUE=DATE:20270902", name="Hội chợ")
    beach = an_event("DTSTART;VALUE=DATE:20270310", "DURATION:P1D")

    calendar = a_calendar(tmp_path, fair, beach, beach, holidays="[VN, le.ics, VN]")

    found = calendar.holidays(2027)
    assert found[date(2027, 9, 2)] == "Quốc khánh; Hội chợ"
    assert found[date(2027, 3, 10)] == "Nghỉ mát"
    assert found[date(2027, 2, 6)] == "Tết Nguyên Đán"
    assert [*found] == sorted(found)


def test_two_events_on_one_day_are_both_named(tmp_path: Path) -> None:
    first, second = an_event(WHOLE), an_event(WHOLE, name="Kiểm\\n kê")

    calendar = a_calendar(tmp_path, first, second)

    assert calendar.holidays(2027) == {date(2027, 3, 10): "Nghỉ mát; Kiểm kê"}


def test_years_far_away_have_no_days_off(tmp_path: Path) -> None:
    calendar = a_calendar(tmp_path, an_event(WHOLE, "RRULE:FREQ=YEARLY"))

    assert calendar.holidays(2199)
    assert calendar.holidays(2200) == {}


def test_the_same_files_make_equal_calendars(tmp_path: Path) -> None:
    first, second = a_calendar(tmp_path, an_event(WHOLE)), a_calendar(tmp_path, an_event(WHOLE))
    third = a_calendar(tmp_path, an_event("DTSTART;VALUE=DATE:20270311"))

    assert first == second
    assert first != third


def test_a_country_says_for_which_years_it_is_known() -> None:
    holidays = Holidays(("VN", "IR"))

    assert holidays.unknown_in(2027) == ()
    assert holidays.unknown_in(1975) == ("IR",)
    assert holidays.unknown_in(2101) == ("VN", "IR")
    assert holidays(2101) == {}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "le.ics is not an iCalendar file", id="empty"),
        pytest.param(b"a,b\n1,2\n", "le.ics is not an iCalendar file", id="CSV"),
        pytest.param(b"\xff\xfe", "le.ics is not UTF-8 text, or not a path", id="not UTF-8"),
        pytest.param(b" " * 1_048_577, "le.ics is larger than 1,048,576 bytes", id="too large"),
        pytest.param(
            a_file(an_event("DTSTART:xx")).encode(),
            "le.ics has an event that cannot be read: 'Nghỉ mát'",
            id="no such day",
        ),
        pytest.param(
            a_file(an_event()).encode(),
            "le.ics has an event that cannot be read: 'Nghỉ mát'",
            id="no day",
        ),
        pytest.param(
            a_file(an_event(WHOLE, "RRULE:FREQ=FOO")).encode(),
            "le.ics has an event that cannot be read: 'Nghỉ mát'",
            id="no such repetition",
        ),
        pytest.param(
            a_file(an_event("DTSTART:20270310T080000", "RRULE:FREQ=SECONDLY")).encode(),
            "le.ics repeats 'Nghỉ mát' by FREQ=SECONDLY; days off repeat daily at most",
            id="every second",
        ),
        pytest.param(
            a_file(an_event(WHOLE, "RRULE:FREQ=YEARLY;INTERVAL=0")).encode(),
            "le.ics repeats 'Nghỉ mát' by FREQ=YEARLY;INTERVAL=0; days off repeat daily at most",
            id="never moving on",
        ),
        pytest.param(
            a_file(an_event(WHOLE, "RRULE:FREQ=YEARLY", "RRULE:FREQ=DAILY;BYMINUTE=1,2")).encode(),
            "le.ics repeats 'Nghỉ mát' by FREQ=DAILY;BYMINUTE=1,2; days off repeat daily at most",
            id="twice an hour",
        ),
        pytest.param(
            a_file(
                an_event(WHOLE, uid="7"), an_event("DTSTART;VALUE=DATE:20270311", uid="7")
            ).encode(),
            "le.ics has two events with the UID '7', of which one would be lost",
            id="two of one UID",
        ),
        pytest.param(
            a_file(an_event(WHOLE), head="X-WR-TIMEZONE:Asia/Ha_Noi\n").encode(),
            "le.ics has events that cannot be read: 'No time zone found with key Asia/Ha_Noi'",
            id="no such zone",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_a_problem_at_its_place(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "le.ics").write_bytes(content)

    found = told(tmp_path, HEAD + RULES + CALENDAR % "le.ics")

    assert found == [f"rules.yaml:7:63: calendars.gio_lam.holidays: {problem}"]


def test_every_file_is_told_of_at_once_with_all_else(tmp_path: Path) -> None:
    text = HEAD + RULES + CALENDAR % '[a.ics, http://x.vn/b.ics, VM, "c\\0.ics", d.ics]'
    (tmp_path / "d.ics").mkdir()

    found = told(tmp_path, text)

    assert [one.partition("holidays")[2].partition(":")[::2] for one in found] == [
        ("[0]", " a.ics cannot be read: No such file or directory"),
        ("[1]", " addresses are not read; save the file beside this one, and write its name"),
        ("[2]", " unknown country 'VM'; write its two letters, such as VN; did you mean VNM?"),
        ("[3]", " c\0.ics is not UTF-8 text, or not a path"),
        ("[4]", " d.ics cannot be read: Is a directory"),
    ]
