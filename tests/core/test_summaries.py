"""Answers to questions, as a person reads them."""

from datetime import timedelta
from typing import Any

import pytest

from notifier.core.alerts import Language
from notifier.core.call_lines import Reader
from notifier.core.health import POLL_STALE, SOURCE_ERRORS, SOURCE_REFUSED
from notifier.core.messages import Message
from notifier.core.phones import Mask
from notifier.core.queries import Ask, Period, Query, Usage
from notifier.core.summaries import (
    MOST_LINES,
    Status,
    help_message,
    listing,
    status_message,
    usage_message,
)
from notifier.text import book
from tests.builders import DIRECTORY, HANOI, MINUTE, NOON, SECOND, a_call

TODAY = Period(NOON - timedelta(hours=12), NOON, "today")


def a_reader(language: Language = Language.EN) -> Reader:
    return Reader(book(language), Mask.LAST3, HANOI, NOON, DIRECTORY)


def said(message: Message) -> list[str]:
    """Return the lines of `message` without their marks, its header first."""
    return ["".join(span.text for span in line) for line in (message.header, *message.lines)]


PERIODS: list[tuple[Ask, Period, str]] = [
    (Ask.MISSED, TODAY, "Missed calls today: 0"),
    (Ask.CALLS, Period(NOON, NOON, "yesterday"), "Calls yesterday: 0"),
    (Ask.CALLS, Period(NOON - 2 * 60 * MINUTE, NOON), "Calls from 10:00 to 12:00: 0"),
]


@pytest.mark.parametrize(("ask", "period", "header"), PERIODS, ids=[p[2] for p in PERIODS])
def test_a_list_without_calls_is_its_heading_alone(ask: Ask, period: Period, header: str) -> None:
    assert said(listing(Query(ask, period), [], a_reader())) == [header]


@pytest.mark.parametrize("extra", [0, 1, 12])
def test_a_list_has_a_line_for_each_call_and_counts_the_rest(extra: int) -> None:
    calls = [a_call(id=str(n)) for n in range(MOST_LINES + extra)]

    message = listing(Query(Ask.MISSED, TODAY), calls, a_reader())

    header, *lines = said(message)
    assert header == f"Missed calls today: {MOST_LINES + extra}"
    assert lines[0] == "12:00 🔴 09xx xxx 567 · CSKH"
    assert lines[MOST_LINES:] == ([f"… and {extra} more"] if extra else [])
    assert message.more == "… and {n} more"


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


@pytest.mark.parametrize("language", Language)
def test_help_lists_each_command_but_itself(language: Language) -> None:
    _, *lines = said(help_message(a_reader(language)))

    assert [line.split()[0] for line in lines] == ["/missed", "/calls", "/status", "/quit"]


USAGES = [
    (Usage("missed", usage="/missed [number]", example="/missed 2h"), "Example: /missed 2h"),
    (Usage("mised", suggestion="/missed"), "Did you mean /missed?"),
    (Usage("zzzz"), "Type /help to see them all."),
    (Usage("", suggestion="/help"), "Did you mean /help?"),
]


@pytest.mark.parametrize(("usage", "ending"), USAGES, ids=[u[1] for u in USAGES])
def test_what_was_not_understood_is_answered_with_how_to_ask(usage: Usage, ending: str) -> None:
    (line,) = said(usage_message(usage, a_reader()))

    assert line.endswith(ending)
