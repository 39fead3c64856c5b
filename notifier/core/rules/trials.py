"""What a test of rules is: calls that somebody made up, and the alerts that they must give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifier.core.calls import Call


@dataclass(frozen=True, slots=True)
class Expected:
    """What one rule must do; either a count or a moment."""

    rule: str
    count: int | None
    """Alerts, 0 for none at all; None where a moment is asked for."""
    at: datetime | None
    """The moment of its only alert, in UTC: the deadline of an absence, else when the last call
    of it ended; None where a count is asked for."""
    to_the_minute: bool
    """Whether `at` was written without seconds, and any second of that minute will do."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A test of rules."""

    name: str
    """What it claims, in its author's words."""
    calls: tuple[Call, ...]
    """Placed by the directory, in the order in which they were written; test-1, test-2 …"""
    expected: tuple[Expected, ...]
    """One a rule, in the order in which they were written; other rules may do as they please."""
    place: str
    """Where it stands, as file:line:column, for messages."""
    seen: Mapping[str, datetime]
    """By id of each call: when it appears in the log, in UTC and not before the call has ended."""
