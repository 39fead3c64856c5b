"""What a rule is once its file has been read: compiled, checked and ready to judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from notifier.core.alerts import Language, Severity
from notifier.core.calendars import Calendar
from notifier.core.calls import Call
from notifier.core.rules.language import Condition

Test: TypeAlias = Callable[[Call], bool]
"""A condition compiled to a function; never raises, and a missing value compares false."""


class Template(Protocol):
    """A title or text that a user wrote, compiled and sandboxed."""

    def __call__(self, facts: Mapping[str, object], /) -> str:
        """Return the text with `facts` filled in; on a fault in it, a short visible mark of it."""
        ...


class Stale(StrEnum):
    """What becomes of a match that is older than `max_age`."""

    SEND = "send"
    DIGEST = "digest"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Throttle:
    """`every`: how long a key stays quiet after an alert; counts what it swallows."""

    steps: tuple[timedelta, ...]
    """Pause after the first alert, after the second …; the last one repeats."""
    forget_after: timedelta
    """A key that was quiet this long since its last pause ended starts again at the first step."""

    def pause(self, step: int) -> timedelta:
        """Return the pause after alert number `step`, from 0."""
        return self.steps[min(step, len(self.steps) - 1)]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages in `per` to one chat; the rest is gathered into one."""

    most: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """A named condition with everything that follows from it."""

    name: str
    condition: Condition
    test: Test
    to: tuple[str, ...]
    """Names of channels, in order, each once."""
    settle: timedelta
    max_age: timedelta
    stale: Stale = Stale.DIGEST
    severity: Severity = Severity.INFO
    during: tuple[Calendar, ...] = ()
    """Judged only while one of them is open; empty for always."""
    outside: tuple[Calendar, ...] = ()
    """Judged only while none of them is open."""
    key: str = ""
    """Field whose value an alert is about; "" for the call itself."""
    every: Throttle | None = None
    limit: Limit | None = None
    """Its own limit; None for the chat's common one."""
    title: Mapping[Language, Template] = field(default_factory=dict)
    text: Mapping[Language, Template] = field(default_factory=dict)
    owner: str = ""
    description: str = ""
    meaning: str = ""
    """Hash of what it matches (when, calendars): state is kept while it stays the same."""
