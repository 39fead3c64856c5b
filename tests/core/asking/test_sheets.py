"""Tables open in a spreadsheet as they were meant, and nothing in them is worked out."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given

from notifier.core.asking.sheets import CALL_COLUMNS, FIGURE_COLUMNS, calls_sheet, figures_sheet
from notifier.core.asking.totals import Scope, drawn_up
from notifier.core.calls import Call
from notifier.core.phones import Mask
from tests.builders import HANOI, MINUTE, NOON
from tests.core.any_calls import CALLS
from tests.core.asking.cases import DAY, HOUR, NAMES, a_reader, dialled, missed, talked

SCOPE = Scope((NOON - DAY, NOON + DAY), HANOI, NOON, NAMES)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_call_is_a_row_on_the_reader_s_clock_with_its_number_masked() -> None:
    content = calls_sheet([missed(HOUR, note="gọi\nlại 0901234567")], a_reader())

    columns, row = read(content)
    assert columns == list(CALL_COLUMNS)
    assert row == [
        "m3600-0", "2026-09-07 11:00:00", "2026-09-07 11:00:30", "in", "not_answered", "1",
        "09xx xxx 500", "19001000", "", "", "0", "20", "gọi lại 09xx xxx 567",
    ]  # fmt: skip


def test_excel_is_told_that_it_is_utf_8() -> None:
    assert calls_sheet([], a_reader()).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("note", ["=1+1", "+84", "-1", "@SUM(A1)"])
def test_what_anybody_may_have_written_is_never_worked_out(note: str) -> None:
    _, row = read(calls_sheet([missed(HOUR, note=note)], a_reader(mask=Mask.FULL)))

    assert row[-1] == f"'{note}"


def test_a_call_that_goes_on_has_no_end() -> None:
    _, row = read(calls_sheet([talked(MINUTE, 1, agent="")], a_reader()))
    _, going = read(calls_sheet([replace(missed(HOUR), ended_at=None)], a_reader()))

    assert row[2] == "2026-09-07 12:01:00"
    assert going[2] == ""


def test_the_figures_of_a_report_are_rows_by_part() -> None:
    calls = [
        missed(HOUR, 1),
        talked(2 * HOUR, 2),
        dialled(HOUR, 2),
        talked(HOUR, 3, extension="109", agent=""),
    ]

    columns, *rows = read(figures_sheet(drawn_up(calls, [], SCOPE), a_reader()))

    assert columns == list(FIGURE_COLUMNS)
    assert rows == [
        ["totals", "", "3", "2", "1", "1", "360"],
        ["hotline", "19001000", "3", "2", "1", "", ""],
        ["agent", "Lan", "", "1", "", "1", "240"],
        ["agent", "109", "", "1", "", "0", "120"],
        ["hour", "10:00", "1", "", "0", "", ""],
        ["hour", "11:00", "2", "", "1", "", ""],
    ]


@given(CALLS)
def test_any_calls_are_rows_of_the_same_width(calls: list[Call]) -> None:
    rows = read(calls_sheet(calls, a_reader()))

    assert {len(row) for row in rows} == {len(CALL_COLUMNS)}
    assert len(rows) == len(calls) + 1
