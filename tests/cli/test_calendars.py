import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.desk import RULES, Answer, an_office, ask

NIGHTS = "  dem: {open: {fri: 22:00-06:00, sun: 00:00-24:00}, holidays: [IR, le.ics]}\n"
TWO = RULES.replace("channels:\n", NIGHTS + "channels:\n")
EVENTS = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:Ngày thành lập
DTSTART;VALUE=DATE:20200512
RRULE:FREQ=YEARLY
END:VEVENT
END:VCALENDAR
"""


def two_calendars(folder: Path) -> Path:
    (folder / "le.ics").write_text(EVENTS, encoding="utf-8")
    return an_office(folder, TWO)


def by_day(answer: Answer) -> dict[str, dict[str, str]]:
    return {row["day"]: row for row in csv.DictReader(io.StringIO(answer.out))}


def test_a_year_shows_tet_and_the_special_days(tmp_path: Path) -> None:
    an_office(tmp_path)

    answer = ask(tmp_path, "calendar", "show", "2027", "--format", "csv")

    assert (answer.code, answer.err) == (0, "")
    days = by_day(answer)
    assert {row["calendar"] for row in days.values()} == {"gio_lam"}
    assert days["2027-02-06"]["name"] == "Tết Nguyên Đán"  # the first of the first month
    assert days["2027-09-02"]["what"] == "holiday"
    assert days["2027-03-01"]["what"] == "closed"
    assert days["2027-02-13"] == {
        "calendar": "gio_lam",
        "day": "2027-02-13",
        "weekday": "sat",
        "what": "extra",
        "name": "",
        "hours": "08:00-12:00",
    }
    assert list(days) == sorted(days)


@pytest.mark.parametrize(
    ("day", "row"),
    [
        ("2027-02-03", ["wed", "open", "", "08:00-12:00 13:00-17:30"]),
        ("2027-02-04", ["thu", "holiday", "29 Tết", ""]),
        ("2027-02-10", ["wed", "holiday", "Mùng năm Tết Nguyên Đán", ""]),
        ("2027-02-13", ["sat", "extra", "", "08:00-12:00"]),
        ("2027-02-14", ["sun", "off", "", ""]),
    ],
)
def test_a_month_shows_every_day_with_its_hours(tmp_path: Path, day: str, row: list[str]) -> None:
    an_office(tmp_path)

    answer = ask(tmp_path, "calendar", "show", "2027", "--month", "2", "--format", "csv")

    days = by_day(answer)
    assert len(days) == 28
    assert [days[day][key] for key in ("weekday", "what", "name", "hours")] == row


def test_december_ends_with_the_year(tmp_path: Path) -> None:
    an_office(tmp_path)

    answer = ask(tmp_path, "calendar", "show", "2027", "--month", "12", "--format", "json")

    days = [row["day"] for row in json.loads(answer.out)]
    assert (len(days), days[0], days[-1]) == (31, "2027-12-01", "2027-12-31")


def test_a_holiday_that_is_worked_keeps_its_name(tmp_path: Path) -> None:
    an_office(tmp_path, RULES.replace("2027-02-13:", "2027-09-02:"))

    answer = ask(tmp_path, "calendar", "show", "2027", "--format", "csv")

    row = by_day(answer)["2027-09-02"]
    assert (row["what"], row["name"], row["hours"]) == ("extra", "Quốc khánh", "08:00-12:00")


def test_one_calendar_can_be_chosen(tmp_path: Path) -> None:
    two_calendars(tmp_path)

    both = ask(tmp_path, "calendar", "show", "2027", "--format", "json")
    one = ask(tmp_path, "calendar", "show", "2027", "--calendar", "dem", "--format", "json")

    assert {row["calendar"] for row in json.loads(both.out)} == {"gio_lam", "dem"}
    assert {row["calendar"] for row in json.loads(one.out)} == {"dem"}


def test_an_event_of_a_file_is_a_holiday_with_its_name(tmp_path: Path) -> None:
    two_calendars(tmp_path)

    answer = ask(tmp_path, "calendar", "show", "2027", "--calendar", "dem", "--format", "csv")

    row = by_day(answer)["2027-05-12"]
    assert (row["weekday"], row["what"], row["name"]) == ("wed", "holiday", "Ngày thành lập")


def test_nights_and_whole_days_are_shown_as_they_are_written(tmp_path: Path) -> None:
    two_calendars(tmp_path)

    words = ("calendar", "show", "2027", "--month", "2", "--calendar", "dem", "--format", "csv")
    days = by_day(ask(tmp_path, *words))

    assert days["2027-02-05"]["hours"] == "22:00-06:00"
    assert days["2027-02-07"]["hours"] == "00:00-24:00"


def test_a_year_that_a_country_is_not_known_for_is_told_on_the_side(tmp_path: Path) -> None:
    two_calendars(tmp_path)

    answer = ask(tmp_path, "calendar", "show", "1975", "--format", "json")

    assert answer.code == 0
    assert json.loads(answer.out)
    assert answer.err == (
        "warning: dem: the holidays of IR in 1975 are not known to this version; "
        "write them under `closed:`\n"
    )


def test_a_calendar_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    an_office(tmp_path)

    answer = ask(tmp_path, "calendar", "show", "2027", "--calendar", "gio_lm")

    assert answer.code == 2
    assert answer.err == (
        "show the calendar gio_lm: there is none of this name; did you mean `gio_lam`?\n"
    )


def test_a_file_without_calendars_is_told_so(tmp_path: Path) -> None:
    head, _, rest = RULES.partition("calendars:")
    an_office(tmp_path, head + "channels:" + rest.partition("channels:")[2])

    answer = ask(tmp_path, "calendar", "show", "2027")

    assert answer.code == 1
    assert "has no calendars" in answer.err
