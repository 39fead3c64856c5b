"""What follows a command is understood in the order in which people think of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.asking.arguments import (
    Part,
    Setting,
    Wanted,
    folded,
    hotline_called,
    read_words,
)
from notifier.core.queries import Period, read_period
from tests.builders import HANOI, NOON
from tests.core.asking.cases import NAMES

HERE = Setting(NOON, HANOI, NAMES)
ALL = frozenset(Part)


def period(word: str) -> Period | None:
    return read_period(word, NOON, HANOI)


READ = [
    ("", Wanted()),
    ("7d", Wanted(period("7d"))),
    ("2H", Wanted(period("2h"))),
    ("Hôm nay", Wanted(period("today"))),
    ("hôm qua CSKH", Wanted(period("yesterday"), "19001000")),
    ("tuần này", Wanted(period("week"))),
    ("THÁNG", Wanted(period("month"))),
    ("2026-09-05 08:00-12:00", Wanted(period("2026-09-05 08:00-12:00"))),
    ("8:00-12:00", Wanted(period("08:00-12:00"))),
    ("19001000 7d", Wanted(period("7d"), "19001000")),
    ("1900 1000", Wanted(None, "19001000")),
    ("bán hàng", Wanted(None, "02873001234")),
    ("Ban Hang today", Wanted(period("today"), "02873001234")),
    ("0901 234 567", Wanted(number="0901234567")),
    ("+84-901.234.567 2h", Wanted(period("2h"), number="+84-901.234.567")),
    ("101", Wanted(number="101")),
    ("7d 19001000 0901 234 567", Wanted(period("7d"), "19001000", "0901234567")),
]


@pytest.mark.parametrize(("text", "wanted"), READ, ids=[text or "nothing" for text, _ in READ])
def test_a_period_a_hotline_and_a_number_come_in_any_order(text: str, wanted: Wanted) -> None:
    assert read_words(text.split(), ALL, HERE) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "7d 2h",
        "12",
        "0901234567 abc 0907654321",
        "19001000 02873001234 19001000",
        "số 9",
        "--",
        "0901234567 0907654321",
    ],
)
def test_what_is_none_of_them_or_said_twice_is_not_understood(text: str) -> None:
    assert read_words(text.split(), ALL, HERE) is None


@pytest.mark.parametrize(
    ("part", "text"),
    [(Part.PERIOD, "7d"), (Part.HOTLINE, "CSKH"), (Part.NUMBER, "0901234567")],
)
def test_a_command_takes_only_its_own_parts(part: Part, text: str) -> None:
    assert read_words([text], frozenset({part}), HERE) is not None
    assert read_words([text], ALL - {part}, HERE) is None


def test_a_hotline_has_no_name_to_be_called_by_when_it_has_none() -> None:
    assert hotline_called("", NAMES) == ""
    assert hotline_called("-", NAMES) == ""


def test_letters_lose_their_marks() -> None:
    assert folded("Đường Nguyễn Huệ") == "duong nguyen hue"


words = some.sampled_from(
    ["7d", "hôm", "nay", "2026-11-20", "08:00-12:00", "CSKH", "1900", "1000", "0901", "²", "bán"]
)


@given(some.lists(words | some.text(min_size=1, max_size=6), max_size=8))
def test_any_words_are_read_or_refused(said: list[str]) -> None:
    wanted = read_words(said, ALL, HERE)

    assert wanted is None or wanted.period is None or wanted.period.since <= wanted.period.until
