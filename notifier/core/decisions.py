"""What a judgement may look at, and what it may ask the store to record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from notifier.core.alerts import Alert, Audit
from notifier.core.calls import Change
from notifier.core.deliveries import DeliveryState, Draft


class TimerKind(StrEnum):
    """What falls due."""

    SETTLE = "settle"
    """A call may now be taken as final; the timer's key is the call's id."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to look at again at `due_at`; a row, so that it outlives the process."""

    rule: str
    key: str
    kind: TimerKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ThrottleState:
    """Where a rule and key stand between two alerts."""

    last_at: datetime
    """When what the last alert tells of happened (event time)."""
    step: int
    """How many alerts in a row there have been, from 0; picks the pause."""
    swallowed: int
    """Matches since, which the next alert shows."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one channel has been told of one alert."""

    state: DeliveryState
    tried: bool
    """Whether an attempt was begun: then it may have been read, whatever came of it."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a judgement will look at; the store gathers just this."""

    subjects: frozenset[str]
    """Also by the ids of calls whose session is known now: it may not have been at the alert."""
    throttles: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What was true before a judgement, as gathered from the store."""

    alerts: Mapping[tuple[str, str], Alert] = field(default_factory=dict)
    """By rule and subject."""
    told: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
    """By alert id and channel."""
    throttles: Mapping[tuple[str, str], ThrottleState] = field(default_factory=dict)
    """By rule and key."""
    recent: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    """By channel: when messages were recorded within the longest limit, oldest first."""
    recent_of_rule: Mapping[tuple[str, str], tuple[datetime, ...]] = field(default_factory=dict)
    """By channel and rule: the same, for rules with a limit of their own."""
    digests: Mapping[tuple[str, str], Alert] = field(default_factory=dict)
    """By digest rule and channel: the digest that still gathers."""
    gathered: Mapping[str, tuple[tuple[str, Alert], ...]] = field(default_factory=dict)
    """By alert id: the channels that were told of it in a digest, each with that digest."""


@dataclass(slots=True)
class Decision:
    """Everything that one judgement asks to be recorded, in one transaction."""

    alerts: list[Alert] = field(default_factory=list)
    """New ones."""
    changed: list[Alert] = field(default_factory=list)
    """Known ones whose state, count or revision moved."""
    members: list[tuple[str, str]] = field(default_factory=list)
    """Digest id and the id of an alert that it gathers."""
    drafts: list[Draft] = field(default_factory=list)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    """Alert id and channel whose unsent deliveries are no longer owed."""
    timers: list[Timer] = field(default_factory=list)
    judged: list[tuple[str, str]] = field(default_factory=list)
    """Rule and call that need no timer any more: a new reading was judged before it fell due."""
    throttles: dict[tuple[str, str], ThrottleState] = field(default_factory=dict)
    audit: list[Audit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of taking in one batch of calls."""

    seen: int
    changes: tuple[Change, ...]
    alerts: tuple[Alert, ...]
    owed: int
    """Deliveries recorded."""
