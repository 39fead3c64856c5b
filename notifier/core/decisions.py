"""What a judgement may look at, and what it may ask the store to record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from notifier.core.alerts import Alert, Audit, Note
from notifier.core.calls import Call, Change
from notifier.core.deliveries import DeliveryState, Draft
from notifier.core.rules.model import Mute


class Act(StrEnum):
    """What a person does with an alert."""

    TAKE = "take"
    RELEASE = "release"
    CLOSE = "close"
    CALLED = "called"
    """Close it: the customer was called back, as the PBX may not know."""
    REMIND = "remind"
    """Say it again after a while."""
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Deed:
    """An act with what belongs to it."""

    act: Act
    after: timedelta = timedelta()
    """REMIND: how long from now."""
    text: str = ""
    """NOTE: what is written down. CLOSE, CALLED: why, also a note; "" for nothing."""


class TimerKind(StrEnum):
    """What falls due."""

    SETTLE = "settle"
    """A call may now be taken as final; the timer's key is the call's id."""
    ABSENCE = "absence"
    """What should follow on a call has had its time; the key is the call's id."""
    QUIET = "quiet"
    """No call for so long; the key is the value that the rule watches apart."""
    ESCALATE = "escalate"
    """Somebody else is told; the key is `<alert>:<step>`."""
    REPEAT = "repeat"
    """It is said again; the key is the alert's id."""
    REMIND = "remind"
    """Whoever took an alert is reminded; the key is the alert's id."""
    EXPIRE = "expire"
    """An alert that nobody ended is over; the key is the alert's id."""
    REPORT = "report"
    """Totals are due; the key is empty."""


ABOUT_CALLS = frozenset({TimerKind.SETTLE, TimerKind.ABSENCE})
"""Timers whose key is a call's id."""

ABOUT_ALERTS = frozenset({TimerKind.ESCALATE, TimerKind.REPEAT, TimerKind.REMIND, TimerKind.EXPIRE})
"""Timers whose key begins with an alert's id, up to a colon."""

PATIENT = frozenset({TimerKind.ABSENCE, TimerKind.QUIET, TimerKind.REPORT})
"""Timers that ask for what has *not* come: only a good poll since can tell."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to look at again at `due_at`; a row, so that it outlives the process."""

    rule: str
    key: str
    kind: TimerKind
    due_at: datetime

    @property
    def about(self) -> str:
        """The call or alert in its key."""
        return self.key if self.kind in ABOUT_CALLS else self.key.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that fell due, with what it is about as it is now."""

    timer: Timer
    change: Change | None = None
    """For timers about calls; its `before` is None."""
    alert: Alert | None = None
    """For timers about alerts."""


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
class Storm:
    """One message that tells of many alerts, and is edited while they keep coming."""

    card: Alert
    """A digest."""
    times: tuple[datetime, ...]
    """When alerts joined it lately, oldest first."""
    shown_at: datetime | None
    """When its last message or edit went out or is due; None while one waits for its turn."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Calls that may have followed on another: what they have in common with it, and since when."""

    same: tuple[tuple[str, str], ...]
    """Fields with their values as texts, such as customer and number."""
    since: datetime
    """They started after it."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a judgement will look at; the store gathers just this."""

    subjects: frozenset[str] = frozenset()
    """Also by the ids of calls whose session is known now: it may not have been at the alert."""
    keys: frozenset[tuple[str, str]] = frozenset()
    """Rules and keys whose throttle and live alert are looked at."""
    endings: frozenset[tuple[str, str]] = frozenset()
    """Rules and customers: a call may end their live alerts."""
    rules: frozenset[str] = frozenset()
    """Rules of which every live alert is looked at."""
    turned: frozenset[str] = frozenset()
    """Ids of calls that may have ended an alert, and may have been corrected since."""
    wanted: frozenset[Wanted] = frozenset()
    periods: frozenset[tuple[datetime, datetime]] = frozenset()
    """Spans of which every call is looked at, by when they started; the end is not in it."""
    alerts: frozenset[str] = frozenset()
    """Alerts of which must be known what each channel was told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was true before a judgement, as gathered from the store."""

    alerts: Mapping[tuple[str, str], Alert] = field(default_factory=dict)
    """By rule and subject; those about one call."""
    told: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
    """By alert id and channel, for every alert in here."""
    throttles: Mapping[tuple[str, str], ThrottleState] = field(default_factory=dict)
    """By rule and key."""
    live: Mapping[tuple[str, str], Alert] = field(default_factory=dict)
    """By rule and key: the latest alert that still asks for something."""
    endings: Mapping[tuple[str, str], tuple[Alert, ...]] = field(default_factory=dict)
    """By rule and customer: every live alert with a call of the customer."""
    of_rule: Mapping[str, tuple[Alert, ...]] = field(default_factory=dict)
    """By rule: every live alert."""
    ended: Mapping[str, tuple[Alert, ...]] = field(default_factory=dict)
    """By call id: the alerts that the call ended."""
    followed: Mapping[Wanted, tuple[Call, ...]] = field(default_factory=dict)
    """What was wanted, in the order in which the calls started."""
    periods: Mapping[tuple[datetime, datetime], tuple[Call, ...]] = field(default_factory=dict)
    """Calls by period, in the order in which they started."""
    mutes: tuple[Mute, ...] = ()
    """Those that have not ended."""
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    """Spans, in order, in which no poll went well: they prove nothing about what did not come."""
    recent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    """By channel: when messages were recorded within the longest limit, oldest first."""
    recent_of_rule: Mapping[tuple[str, str], Sequence[datetime]] = field(default_factory=dict)
    """By channel and rule: the same, for rules with a limit of their own."""
    digests: Mapping[tuple[str, str], Alert] = field(default_factory=dict)
    """By what is gathered (see `postings`) and channel: the digest that still gathers."""
    storms: Mapping[str, Storm] = field(default_factory=dict)
    """By channel: the message that takes in what comes while alerts come too fast."""
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
    over: list[tuple[str, str, TimerKind]] = field(default_factory=list)
    """Rule, key and kind of timers that are not needed any more; they go before new ones come."""
    throttles: dict[tuple[str, str], ThrottleState] = field(default_factory=dict)
    audit: list[Audit] = field(default_factory=list)
    notes: list[tuple[str, Note]] = field(default_factory=list)
    """By alert id."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of taking in one batch of calls."""

    seen: int
    changes: tuple[Change, ...]
    alerts: tuple[Alert, ...]
    owed: int
    """Deliveries recorded."""
