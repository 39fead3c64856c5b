"""How the source is doing, and which of the watchdog's alerts follow from it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.alerts import (
    Alert,
    AlertKind,
    AlertState,
    Audit,
    Reason,
    Severity,
    alert_id,
)
from notifier.core.calls import Call
from notifier.core.decisions import Decision, Intake
from notifier.core.errors import SourceError, SourceRefused, SourceRejected

POLL_STALE = "poll_stale"
"""No poll has gone well for so long; like every name here, a word of `watchdog:` in rules.yaml."""
SOURCE_ERRORS = "source_errors"
"""So many polls in a row went wrong."""
SOURCE_REFUSED = "source_refused"
"""The key or the request is refused: only a person can mend that."""
SEND_FAILED = "send_failed"
"""A delivery was given up."""
CONFIG_REFUSED = "config_refused"
"""The rules file was changed, and could not be taken up."""

CHAT_PARKED = "chat_parked"
"""A chat takes no messages: the bot was blocked there or put out."""
TOPIC_GONE = "topic_gone"
"""A topic is no more, and its messages go to the group itself."""

_LAGS_KEPT = 500


@dataclass(slots=True)
class Health:
    """What the process has seen of the source since it started; the poller keeps it."""

    started_at: datetime
    last_good_at: datetime | None = None
    """None until a poll has gone well."""
    good_since: datetime | None = None
    """When the last walk began that went well: all that was listed by then has been read."""
    last_page_at: datetime | None = None
    """When a page last came, of a walk that may still go on; None before the first."""
    down_since: datetime | None = None
    """When the first of the failures in a row was met; None while all is well."""
    failures: int = 0
    """In a row."""
    refused: bool = False
    error: str = ""
    polls: int = 0
    malformed: int = 0
    calls: int = 0
    lags: list[timedelta] = field(default_factory=list)
    """First seen less ended, of the latest calls."""

    def succeeded(self, began: datetime, now: datetime) -> None:
        """Note that a poll went well, from when to when."""
        self.polls += 1
        self.last_good_at = now
        self.good_since = began
        self.down_since = None
        self.failures = 0
        self.refused = False
        self.error = ""

    def read_page(self, now: datetime) -> None:
        """Note that a page came: a long walk is no silence."""
        self.last_page_at = now

    def failed(self, now: datetime, fault: SourceError) -> None:
        """Note that a poll went wrong."""
        self.polls += 1
        self.failures += 1
        self.down_since = self.down_since or now
        self.refused = isinstance(fault, SourceRefused | SourceRejected)
        self.error = str(fault)

    def met_malformed(self, count: int) -> None:
        """Note records that could not be read."""
        self.malformed += count

    def took_in(self, intake: Intake, now: datetime) -> None:
        """Note how late new calls came."""
        ended = [_lag(change.after, now) for change in intake.changes if change.created]
        self.calls += len(ended)
        self.lags = (self.lags + [lag for lag in ended if lag is not None])[-_LAGS_KEPT:]

    @property
    def lag(self) -> timedelta | None:
        """Median lag of the latest calls; None before the first."""
        return sorted(self.lags)[len(self.lags) // 2] if self.lags else None


def _lag(call: Call, now: datetime) -> timedelta | None:
    return max(now - call.ended_at, timedelta()) if call.ended_at else None


@dataclass(frozen=True, slots=True)
class Watchdog:
    """When the notifier reports on itself, and to whom."""

    poll_stale: timedelta
    source_errors: int
    to: tuple[str, ...]
    send_failed: tuple[str, ...] = ()
    """Channels told of a delivery that was given up."""


def trouble(health: Health, watchdog: Watchdog, now: datetime) -> str:
    """Return the name of what is wrong with the source now, "" if nothing is."""
    if health.refused:
        return SOURCE_REFUSED
    if watchdog.source_errors and health.failures >= watchdog.source_errors:
        return SOURCE_ERRORS
    heard_at = (health.started_at, health.last_good_at, health.last_page_at)
    silent_since = max(at for at in heard_at if at)
    if now - silent_since > watchdog.poll_stale:
        return POLL_STALE
    return ""


def a_watch(rule: str, about: str, detail: str, severity: Severity, now: datetime) -> Alert:
    """Return an alert of the watchdog; `about` makes it one an occasion."""
    return Alert(
        id=alert_id(rule, "source", about),
        rule=rule,
        kind=AlertKind.WATCH,
        key=f"watch:{rule}",
        severity=severity,
        state=AlertState.OPEN,
        title={},
        occurred_at=now,
        fired_at=now,
        detail=detail,
    )


def ended(alert: Alert) -> Alert:
    """Return an alert of the watchdog as it is once the trouble is over."""
    return replace(alert, state=AlertState.RESOLVED, revision=alert.revision + 1)


def watch(
    health: Health, watchdog: Watchdog, open_watches: list[Alert], now: datetime
) -> tuple[Decision, list[Alert], list[Alert]]:
    """Return what to record, which alerts began and which are over.

    One outage is one alert, whatever its symptoms: while one is open, no other begins.
    """
    decision = Decision()
    mine = [a for a in open_watches if a.rule in {POLL_STALE, SOURCE_ERRORS, SOURCE_REFUSED}]
    wrong = trouble(health, watchdog, now)
    if wrong and not mine:
        about = (health.last_good_at or health.started_at).isoformat()
        alert = a_watch(wrong, about, health.error, Severity.CRITICAL, now)
        decision.alerts.append(alert)
        return decision, [alert], []
    if not wrong and mine and health.last_good_at and not health.failures:
        over = [ended(alert) for alert in mine]
        decision.changed.extend(over)
        decision.audit.extend(Audit(now, a.rule, Reason.RESOLVED, a.id) for a in over)
        return decision, [], over
    return decision, [], []
