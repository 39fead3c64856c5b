"""Instants and spans are written short and local."""

from datetime import UTC, datetime, timedelta

import pytest

from notifier.core.alerts import Language
from notifier.core.moments import moment, span, talk
from notifier.text import book
from tests.builders import HANOI

VI, EN = book(Language.VI), book(Language.EN)
NOW = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "vi", "en"),
    [
        (datetime(2026, 11, 23, 1, 5, 32, tzinfo=UTC), "08:05:32", "08:05:32"),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "00:00:00", "00:00:00"),
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), "23:59:00 hôm qua", "23:59:00 yesterday"),
        (datetime(2026, 9, 7, 5, 0, tzinfo=UTC), "12:00:00 7/9", "12:00:00 7 Sep"),
        (datetime(2025, 12, 31, 5, 0, tzinfo=UTC), "12:00:00 31/12/2025", "12:00:00 31 Dec 2025"),
    ],
    ids=["today", "local midnight", "yesterday", "this year", "another year"],
)
def test_the_day_is_said_only_when_it_is_not_today(at: datetime, vi: str, en: str) -> None:
    assert moment(at, VI, now=NOW, zone=HANOI) == vi
    assert moment(at, EN, now=NOW, zone=HANOI) == en


def test_seconds_can_be_left_out() -> None:
    assert moment(NOW, VI, now=NOW, zone=HANOI, seconds=False) == "09:05"


@pytest.mark.parametrize(
    ("length", "vi", "en"),
    [
        (timedelta(), "0 giây", "0 s"),
        (timedelta(seconds=-5), "0 giây", "0 s"),
        (timedelta(seconds=27.9), "27 giây", "27 s"),
        (timedelta(minutes=6), "6 phút", "6 min"),
        (timedelta(minutes=6, seconds=5), "6 phút 5 giây", "6 min 5 s"),
        (timedelta(hours=1, seconds=5), "1 giờ", "1 h"),
        (timedelta(days=1, hours=3, minutes=9), "1 ngày 3 giờ", "1 day 3 h"),
        (timedelta(days=2), "2 ngày", "2 days"),
    ],
    ids=str,
)
def test_a_span_is_said_in_its_two_largest_units(length: timedelta, vi: str, en: str) -> None:
    assert span(length, VI) == vi
    assert span(length, EN) == en


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (65, "1:05"), (725, "12:05"), (3725, "1:02:05"), (-1, "0:00")],
)
def test_a_talk_time_is_written_as_on_a_telephone(seconds: int, shown: str) -> None:
    assert talk(timedelta(seconds=seconds)) == shown
