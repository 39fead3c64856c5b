"""What an alert is, what it is about, and why it was sent or held back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from notifier.core.calls import Call


class Language(StrEnum):
    """Languages that people are written to in."""

    VI = "vi"
    EN = "en"


class Severity(StrEnum):
    """How loud: info is a silent message, critical passes quiet hours."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertKind(StrEnum):
    """What made the alert."""

    CALL = "call"
    """A rule matched a call."""
    DIGEST = "digest"
    """Alerts that a limit or their age gathered into one message."""
    WATCH = "watch"
    """The notifier reports on itself: source down, key refused, a delivery given up."""


class AlertState(StrEnum):
    """Where an alert stands in its life."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REVISED = "revised"
    """It was true, was sent, and the PBX has corrected the call since."""
    WITHDRAWN = "withdrawn"
    """It was corrected before anybody was told."""


UNTRUE = frozenset({AlertState.REVISED, AlertState.WITHDRAWN})
"""States of an alert whose call has been corrected since."""


class Reason(StrEnum):
    """Why something is sent, or why it is not; each decision is an audit row with one of these."""

    NEW = "new"
    REPEAT = "repeat"
    ESCALATE = "escalate"
    RESOLVED = "resolved"
    REVISED = "revised"
    DIGEST = "digest"
    CREATED = "created"
    """A call event for systems: the call was not known before."""
    UPDATED = "updated"
    """A call event for systems: the call says something else now."""
    OUTSIDE_CALENDAR = "outside_calendar"
    THROTTLED = "throttled"
    MUTED = "muted"
    ACKNOWLEDGED = "acknowledged"
    SUPPRESSED = "suppressed"
    STALE = "stale"
    OVER_LIMIT = "over_limit"
    BASELINE = "baseline"
    SOURCE_DOWN = "source_down"
    OBSOLETE = "obsolete"
    SETTLING = "settling"
    """Not judged yet: the call is too young to be taken as final."""


Words: TypeAlias = Mapping[Language, str]
"""One text in each language."""


@dataclass(frozen=True, slots=True)
class Alert:
    """The recorded fact that a rule holds for something; unique by `alert_id`."""

    id: str
    rule: str
    """Name in rules.yaml; for kind watch the name of the watchdog's own rule."""
    kind: AlertKind
    key: str
    """What it is about for throttling, acknowledging and resolving."""
    severity: Severity
    state: AlertState
    title: Words
    occurred_at: datetime
    """When what it tells of happened."""
    fired_at: datetime
    """When it was recorded."""
    calls: tuple[Call, ...] = ()
    """As they are now; for a digest, those of its members."""
    text: Words = field(default_factory=dict)
    count: int = 1
    """How many calls, or members, it stands for."""
    suppressed: int = 0
    """Matches of the same rule and key that were swallowed before it."""
    revision: int = 1
    """One more each time its truth changed."""
    corrected: int = 0
    """How often its truth turned after it was recorded."""
    deadline: datetime | None = None
    """For absence rules: by when something should have happened."""
    detail: str = ""
    """Kind watch: what was found, for the reader; free of secrets."""


def alert_id(rule: str, key: str, about: str) -> str:
    """Return the identity of an alert: the same rule, key and subject alert once, ever.

    Sixteen base-32 letters (80 bits), short enough for buttons and for reading aloud in pieces.
    """
    digest = hashlib.blake2b(f"{rule}\x00{key}\x00{about}".encode(), digest_size=10).digest()
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    number = int.from_bytes(digest)
    return "".join(letters[(number >> shift) & 31] for shift in range(75, -1, -5))


def short_id(identity: str) -> str:
    """Return the first letters of an alert's id, as people see it on a card."""
    return identity[:6].upper()


@dataclass(frozen=True, slots=True)
class Audit:
    """One decision, for `why`: what was decided about what, when, and for which reason."""

    at: datetime
    rule: str
    reason: Reason
    alert: str = ""
    """Alert id; "" when none came to be."""
    call: str = ""
    """Call id; "" when it is about none."""
    channel: str = ""
    detail: str = ""
