"""A morning of calls, and who reads of it, for tests of questions."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from notifier.core.alerts import Language
from notifier.core.call_lines import Reader
from notifier.core.calls import Call, CallState, Direction, Leg
from notifier.core.directory import Directory, Hotline
from notifier.core.messages import Message
from notifier.core.phones import Mask
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_leg, a_talk

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

NAMES = Directory(
    hotlines=(Hotline("19001000", "CSKH"), Hotline("02873001234", "Bán hàng")),
    extensions={"101": "Lan", "102": "Minh"},
)


def a_reader(language: Language = Language.EN, **overrides: Any) -> Reader:
    """Return who reads at noon, with the last three digits of each number."""
    reader = Reader(book(language), Mask.LAST3, HANOI, NOON, NAMES)
    return replace(reader, **overrides)


def missed(before: timedelta, who: int = 0, **facts: Any) -> Call:
    """Return a miss of half a minute that began so long before noon, of customer number `who`."""
    at = NOON - before
    facts.setdefault("customer", f"+8490123450{who}")
    facts.setdefault("id", f"m{int(before.total_seconds())}-{who}")
    return a_call(started_at=at, ended_at=at + 30 * SECOND, legs=(rung(at),), **facts)


def rung(at: datetime, number: str = "101", **facts: Any) -> Leg:
    return a_leg(number, added_at=at, rung_at=at + SECOND, ended_at=at + 21 * SECOND, **facts)


def talked(before: timedelta, who: int = 0, **facts: Any) -> Call:
    """Return a talk of two minutes that began so long before noon."""
    at = NOON - before
    leg = rung(at, status=CallState.ANSWERED, ring=5 * SECOND, answered_at=at + 5 * SECOND)
    facts.setdefault("customer", f"+8490123450{who}")
    facts.setdefault("id", f"t{int(before.total_seconds())}-{who}")
    facts.setdefault("legs", (replace(leg, ended_at=at + 2 * MINUTE),))
    return a_talk(started_at=at, ended_at=at + 2 * MINUTE, **facts)


def dialled(before: timedelta, who: int = 0, **facts: Any) -> Call:
    """Return a call of 101 to a customer, who took it."""
    facts.setdefault("id", f"d{int(before.total_seconds())}-{who}")
    return talked(before, who, direction=Direction.OUT, caller="101", legs=(), **facts)


def said(message: Message) -> list[str]:
    """Return the lines of `message` without their marks, its header first."""
    lines = (message.header, *message.lines, message.footer)
    return ["".join(span.text for span in line) for line in lines if line]
