"""Answers to questions, as a person reads them."""

from datetime import timedelta
from typing import Any

import pytest

from notifier.core.alerts import Language
from notifier.core.call_lines import Reader
from notifier.core.health import POLL_STALE, SOURCE_ERRORS, SOURCE_REFUSED
from notifier.core.hearing import Hearing
from notifier.core.messages import Message
from notifier.core.phones import Mask
from notifier.core.queries import Period
from notifier.core.summaries import Status, period_words, status_message
from notifier.text import book
from tests.builders import DIRECTORY, HANOI, MINUTE, NOON, SECOND

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YESTERDAY = NOON - 36 * HOUR
TODAY = Period(NOON - 12 * HOUR, NOON, "today")


def a_reader(language: Language = Language.EN) -> Reader:
    return Reader(book(language), Mask.LAST3, HANOI, NOON, DIRECTORY)


def said(message: Message) -> list[str]:
    """Return the lines of `message` without their marks, its header first."""
    return ["".join(span.text for span in line) for line in (message.header, *message.lines)]


LAST_NIGHT = "from 00:00 yesterday to 23:00 yesterday"
"""What was today when it was asked, and is so no longer."""

HEARINGS = {
    "heard": (Hearing(NOON, NOON - 3 * SECOND), "Telegram: asked 3 s ago"),
    "away": (Hearing(NOON, NOON - 9 * MINUTE, failures=2), "Telegram: not reached for 9 min"),
    "never": (Hearing(NOON - MINUTE, failures=2), "Telegram: not reached for 1 min"),
    "contested": (
        Hearing(NOON, NOON - MINUTE, failures=1, contested=True),
        "Telegram: another program uses this bot, for 1 min",
    ),
}


@pytest.mark.parametrize("case", HEARINGS)
def test_the_status_says_how_the_way_to_telegram_is(case: str) -> None:
    hearing, line = HEARINGS[case]
    status = Status(NOON, 0, 0, 0, None, 0, 0, hearing=hearing)

    assert line in said(status_message(status, a_reader()))


PERIODS: list[tuple[Period, str]] = [
    (TODAY, "today"),
    (Period(YESTERDAY, YESTERDAY + DAY, "yesterday"), "yesterday"),
    (Period(NOON - 12 * HOUR, NOON, "week"), "this week"),
    (Period(NOON - 2 * HOUR, NOON), "in the last 2 h"),
    (Period(NOON - 90 * SECOND, NOON), "from 11:58 to 12:00"),
    (Period(NOON, NOON), "from 12:00 to 12:00"),
    (Period(NOON - 2 * HOUR, NOON - MINUTE), "from 10:00 to 11:59"),
    (Period(NOON - 36 * HOUR, NOON - 13 * HOUR, "today"), LAST_NIGHT),
]


@pytest.mark.parametrize(("period", "words"), PERIODS, ids=[words for _, words in PERIODS])
def test_a_period_is_told_by_its_name_its_length_or_its_ends(period: Period, words: str) -> None:
    assert period_words(period, a_reader()) == words


def a_status(**overrides: Any) -> Status:
    known: dict[str, Any] = {
        "now": NOON,
        "calls": 1200,
        "open_alerts": 3,
        "waiting": 0,
        "oldest_waiting": None,
        "dead": 0,
        "malformed": 0,
        **overrides,
    }
    return Status(**known)


def test_a_quiet_status_is_short() -> None:
    assert said(status_message(a_status(), a_reader())) == [
        "Status: All is well",
        "Not polled yet",
        "Waiting to be sent: 0",
        "Calls stored: 1200",
        "Open alerts: 3",
    ]


def test_a_status_says_all_that_is_wrong() -> None:
    status = a_status(
        last_poll_at=NOON - 6 * MINUTE,
        lag=90 * SECOND,
        waiting=4,
        oldest_waiting=NOON - 2 * MINUTE,
        dead=1,
        malformed=2,
        trouble=SOURCE_ERRORS,
    )

    assert said(status_message(status, a_reader())) == [
        "Status: The PBX keeps answering with errors",
        "Last poll: 6 min ago",
        "Lag of the PBX: 1 min 30 s",
        "Waiting to be sent: 4, oldest 2 min",
        "Calls stored: 1200",
        "Open alerts: 3",
        "Could not be delivered: 1",
        "Malformed records: 2",
    ]


@pytest.mark.parametrize("trouble", [POLL_STALE, SOURCE_ERRORS, SOURCE_REFUSED])
@pytest.mark.parametrize("language", Language)
def test_every_trouble_has_its_words_in_every_language(trouble: str, language: Language) -> None:
    message = status_message(a_status(trouble=trouble), a_reader(language))

    assert said(message)[0].count(": ") == 1
