"""What people ask in words is understood, or they are told how to ask it."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.queries import COMMANDS, Ask, Period, Query, Usage, parse, read_period
from tests.builders import HANOI, MINUTE, NOON

HOUR = timedelta(hours=1)
MIDNIGHT = NOON - 12 * HOUR
"""The day of `NOON` began then in Vietnam, at 17:00 UTC of the day before."""

TODAY = Period(MIDNIGHT, NOON, "today")
YESTERDAY = Period(MIDNIGHT - 24 * HOUR, MIDNIGHT, "yesterday")


def asked(text: str) -> Query | Usage:
    return parse(text, NOON, HANOI)


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


@pytest.mark.parametrize("word", COMMANDS)
@pytest.mark.parametrize("form", ["{}", "/{}", " /{} ", "/{}@notifier_bot", "//{}"])
def test_a_command_is_understood_in_both_languages_and_every_form(word: str, form: str) -> None:
    assert asked(form.format(word)) == Query(COMMANDS[word], TODAY)
    assert asked(form.format(word.upper())) == Query(COMMANDS[word], TODAY)


QUESTIONS: list[tuple[str, Query]] = [
    ("/missed", Query(Ask.MISSED, TODAY)),
    ("/missed 2h", Query(Ask.MISSED, Period(NOON - 2 * HOUR, NOON))),
    ("/nho 2H 0901234567", Query(Ask.MISSED, Period(NOON - 2 * HOUR, NOON), "0901234567")),
    ("/calls 0901234567 Yesterday", Query(Ask.CALLS, YESTERDAY, "0901234567")),
    ("/calls +84-901.234.567", Query(Ask.CALLS, TODAY, "+84-901.234.567")),
    ("/calls 567", Query(Ask.CALLS, TODAY, "567")),
    ("/calls 19001001", Query(Ask.CALLS, TODAY, "19001001")),
    ("/calls 84901101", Query(Ask.CALLS, TODAY, "84901101")),
]


@pytest.mark.parametrize(("text", "query"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_a_question_is_a_command_a_period_and_a_number_in_any_order(
    text: str, query: Query
) -> None:
    assert asked(text) == query


@pytest.mark.parametrize(
    "rest",
    [
        "today 2h",
        "2026-11-20 2026-11-21",
        "2026-13-01",
        "12",
        "0901234567 0907654321",
        "abc",
        "số 0901234567 hả",
        "9999-12-31",
    ],
)
def test_what_may_follow_a_command_is_said_with_an_example(rest: str) -> None:
    usage = "/missed [today | yesterday | 2h | 7d | 2026-11-20] [number]"

    assert asked(f"/missed {rest}") == Usage("missed", usage=usage, example="/missed 2h")


UNKNOWN = [
    ("", Usage("", suggestion="/help")),
    ("  / ", Usage("", suggestion="/help")),
    ("/mised", Usage("mised", suggestion="/missed")),
    ("trogiupp", Usage("trogiupp", suggestion="/trogiup")),
    ("/zzzz", Usage("zzzz")),
    ("@bot", Usage("")),
]


@pytest.mark.parametrize(("text", "usage"), UNKNOWN, ids=[u[0] or "empty" for u in UNKNOWN])
def test_what_is_no_command_is_met_with_the_nearest_one(text: str, usage: Usage) -> None:
    assert asked(text) == usage


pieces = some.sampled_from(
    ["/", "missed", "calls", "9999d", "0001-01-01", "9999-12-31", "2026-11-20", " ", "@", "²²²"]
)


@given(
    text=some.text() | some.lists(pieces | some.text(max_size=3)).map(" ".join),
    zone=some.sampled_from([HANOI, ZoneInfo("UTC"), ZoneInfo("America/New_York")]),
    hours=some.integers(-12, 14),
)
def test_any_text_is_a_question_or_is_told_its_usage(text: str, zone: ZoneInfo, hours: int) -> None:
    answer = parse(text, NOON.astimezone(timezone(timedelta(hours=hours))), zone)

    if isinstance(answer, Query):
        assert answer.period.since <= answer.period.until
        assert answer.period.since.astimezone(UTC) == answer.period.since


@given(day=some.dates())
def test_every_day_that_all_zones_can_name_is_a_period(day: object) -> None:
    period = read_period(str(day), datetime(9999, 12, 31, tzinfo=UTC), HANOI)

    assert period is None or period.until - period.since <= timedelta(hours=25)
    assert (period is None) is (str(day) in {"0001-01-01", "9999-12-31"})
