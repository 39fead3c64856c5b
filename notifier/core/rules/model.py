"""What a rule is once its file has been read: compiled, checked and ready to judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from notifier.core.alerts import Language, Severity
from notifier.core.calendars import Calendar
from notifier.core.calls import Call
from notifier.core.rules.aggregates import Aggregate
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
class FollowUp:
    """A later call that has something in common with an earlier one, such as a call back."""

    test: Test
    condition: Condition
    same: tuple[str, ...] = ("customer",)
    """Fields that both calls have in common."""
    called_back: bool = False
    """Whether it is the usual one: an answered call, out or in, with the same customer."""


@dataclass(frozen=True, slots=True)
class Unless:
    """A match waits so long, and alerts only if none of the follow-ups came."""

    follow_ups: tuple[FollowUp, ...]
    within: timedelta
    clock: tuple[Calendar, ...] = ()
    """Calendars whose open time is counted; empty for plain time."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """No match for so long, counted while the rule's calendars are open and polls go well."""

    span: timedelta
    per: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told next, so long after the alert, if nobody has acknowledged it."""

    after: timedelta
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Matches with the same values go into one message, and messages keep a distance."""

    by: tuple[str, ...]
    wait: timedelta
    """How long the first match waits for others."""
    interval: timedelta
    """Pause between two messages of a group."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Matches are gathered until a time of day, or for a span since the first."""

    at: tuple[time, ...] = ()
    """Local times of day, in order; empty if `every` says how long."""
    every: timedelta | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Totals at local times of day."""

    at: tuple[time, ...]
    range: str
    """today, yesterday, week or month."""
    sections: tuple[str, ...]
    on: Calendar | None = None
    """On its open days only; None for every day."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A person's order that something be quiet for a while."""

    id: str
    since: datetime
    until: datetime
    author: str
    reason: str
    rule: str = ""
    """"" for every rule; likewise the next two."""
    key: str = ""
    """What an alert is about, such as a customer's number."""
    hotline: str = ""


@dataclass(frozen=True, slots=True)
class Suppress:
    """While one rule has a live alert, others are counted on it and not sent."""

    speaker: str
    """The rule that speaks for the others."""
    rules: frozenset[str]
    same: tuple[str, ...] = ()
    """Fields that both must have in common."""


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
    """Hash of what it matches (when, calendars, aggregate): state is kept while it stays so."""
    aggregate: Aggregate | None = None
    """What it asks of several matches together; None for each match by itself."""
    unless: Unless | None = None
    quiet: Quiet | None = None
    resolve: tuple[FollowUp, ...] = ()
    """Calls that end its alerts; those of `unless` do so too."""
    escalate: tuple[Escalation, ...] = ()
    group: Group | None = None
    digest: Digest | None = None
    report: Report | None = None
    lag: timedelta | None = None
    """How late calls may be listed before absence is judged; None for as late as they are."""
    buttons: tuple[str, ...] = ()

    def holds(self, call: Call) -> bool:
        """Whether `call` is a match: its condition holds, and its hours let it be judged."""
        return self.test(call) and self.in_hours(call)

    def in_hours(self, call: Call) -> bool:
        """Whether its calendars let it judge a call that started then."""
        for hours in self.outside:
            if hours.is_open(call.started_at):
                return False
        for hours in self.during:
            if hours.is_open(call.started_at):
                return True
        return not self.during

    @property
    def per(self) -> str:
        """Field whose values its windows or stretches are told apart by; "" for none."""
        if self.aggregate:
            return self.aggregate.per
        return self.quiet.per if self.quiet else ""

    @property
    def resets(self) -> bool:
        """Whether calls that are no matches may start its count again."""
        return self.aggregate is not None and self.aggregate.reset is not None

    @property
    def repeats(self) -> Throttle | None:
        """How often its live alerts are said again, if they are; else `every` is a throttle."""
        return self.every if self.unless or self.quiet else None

    @property
    def endings(self) -> tuple[FollowUp, ...]:
        """Every call that ends its alerts."""
        return (*self.resolve, *(self.unless.follow_ups if self.unless else ()))
