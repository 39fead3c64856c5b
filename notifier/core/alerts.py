"""What an alert is, what it is about, and why it was sent or held back."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    """A rule matched a call, or nothing followed on one in time."""
    WINDOW = "window"
    """Several calls together: so many, such a share, such a total within a span."""
    QUIET = "quiet"
    """No call for so long."""
    REPORT = "report"
    """Totals at a set time; `detail` has the figures."""
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
    EXPIRED = "expired"
    """Nobody ended it, and it is too old to ask anything of anybody."""


LIVE = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED})
"""States of an alert that still asks for something."""

OVER = frozenset({AlertState.RESOLVED, AlertState.CLOSED, AlertState.EXPIRED})
"""States of an alert that has ended."""

UNTRUE = frozenset({AlertState.REVISED, AlertState.WITHDRAWN})
"""States of an alert whose call has been corrected since."""


class Reason(StrEnum):
    """Why something is sent, or why it is not; each decision is an audit row with one of these."""

    NEW = "new"
    REPEAT = "repeat"
    REMIND = "remind"
    """Whoever took it has not ended it for a while."""
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
    WAITING = "waiting"
    """Not judged yet: what should follow on the call has still time to."""
    RELEASED = "released"
    """Whoever had taken the alert gave it back."""
    CLOSED = "closed"
    """A person ended it."""
    EXPIRED = "expired"
    """It grew too old."""
    GROUPED = "grouped"
    """Gathered into one message, as the rule's `group` or `digest` asks."""
    TRIED = "tried"
    """We called the customer, who did not pick up."""
    POSTPONED = "postponed"
    """A person asked to be reminded of it later."""
    NOTED = "noted"
    """A person wrote something about it."""
    SEEN = "seen"
    """A person looked at a whole number."""
    HEARD = "heard"
    """A person asked for a recording."""
    MENDED = "mended"
    """A card was behind: an edit of it was lost."""
    SWEPT = "swept"
    """A card has grown too old for its buttons."""


class Outcome(StrEnum):
    """How an alert ended."""

    CALLED_BACK = "called_back"
    """We called the customer, who answered."""
    CUSTOMER_CALLED = "customer_called"
    """The customer called again and was answered."""
    FOLLOWED = "followed"
    """A call came that the rule's `resolve` waits for."""
    CALLS_AGAIN = "calls_again"
    """Kind quiet: a call came."""
    BY_HAND = "by_hand"
    """A person closed it."""


Words: TypeAlias = Mapping[Language, str]
"""One text in each language."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote about an alert, as they wrote it."""

    at: datetime
    by: str
    text: str


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
    """Kind watch: what was found, for the reader, free of secrets. Kind report: the figures."""
    subject: str = ""
    """What it is about besides its key; "" for its first call, or for itself where it has none."""
    taken_by: str = ""
    """Who acknowledged it; "" while nobody has."""
    taken_at: datetime | None = None
    outcome: Outcome | None = None
    """How it ended; None while it has not, or was corrected."""
    ended_at: datetime | None = None
    """When what ended it happened."""
    ended_by: str = ""
    """Who ended it: an agent by name or extension, a person; "" if nobody can be named."""
    ended_call: str = ""
    """Id of the call that ended it; "" if none did."""
    held: timedelta = timedelta()
    """For how long, before today's taking, somebody had it: its escalation stood still then."""
    tried: int = 0
    """How often we called the customer while it was live, and nobody picked up."""
    remind_at: datetime | None = None
    """When somebody asked to be reminded of it; None if nobody did."""
    remind_by: str = ""
    notes: tuple[Note, ...] = ()
    """What people wrote about it, oldest first; only where it is read to be shown."""

    @property
    def about(self) -> str:
        """What no other alert of its rule is about: a call, a session, a window, a stretch."""
        if self.subject:
            return self.subject
        return self.calls[0].subject if self.kind is AlertKind.CALL else self.id


def alert_id(rule: str, key: str, about: str) -> str:
    """Return the identity of an alert: the same rule, key and subject alert once, ever.

    Sixteen base-32 letters (80 bits), short enough for buttons and for reading aloud in pieces.
    """
    digest = hashlib.blake2b(f"{rule}\x00{key}\x00{about}".encode(), digest_size=10).digest()
    return base64.b32encode(digest).translate(_EASY_LETTERS).decode()


_EASY_LETTERS = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz"
)
"""From the usual base-32 letters to those that are not taken for each other."""


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
