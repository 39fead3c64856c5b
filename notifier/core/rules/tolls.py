"""What came of a rehearsal, counted: alerts, messages, and who would have had most of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands import this before anything is asked for
    from notifier.core.alerts import Alert
    from notifier.core.rules.rehearsals import Rehearsal, Telling

MOST_A_DAY = 30
"""Messages a day to one chat above which people are taken to stop reading them: one every half
hour of a long working day."""

MESSAGES = frozenset({"new", "repeat", "remind", "escalate", "digest"})
"""Reasons for which something new is read; the others edit what is there."""

HELD_BACK = frozenset(
    {"outside_calendar", "throttled", "muted", "acknowledged", "suppressed", "stale", "obsolete"}
    | {"over_limit", "grouped"}
)
"""Reasons for which a match is not told, or not by itself."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time that is looked back at."""

    since: datetime
    until: datetime
    began: datetime | None
    """Start of the oldest call that is remembered; None if there is none."""

    @property
    def length(self) -> timedelta:
        """How much of it there are calls of, if it was never quiet."""
        if self.began is None:
            return timedelta()
        return max(self.until - max(self.since, self.began), timedelta())

    @property
    def starts_late(self) -> bool:
        """Whether calls are remembered for clearly less of it than was asked for.

        A tenth of it may be missing: nobody may have called then.
        """
        return self.began is None or self.began > self.since + (self.until - self.since) / 10

    def a_day(self, n: float) -> float:
        """Return how many a day `n` in all are; a shorter time counts as a day."""
        return n / max(self.length / _DAY, 1)


def alerts_of(run: "Rehearsal", rule: str) -> "list[Alert]":
    """Return the alerts of `rule` that were true when they were told, or still are."""
    from notifier.core.alerts import AlertKind, AlertState

    return [
        alert
        for alert in run.alerts
        if alert.rule == rule
        and alert.kind is not AlertKind.DIGEST
        and alert.state is not AlertState.WITHDRAWN
    ]


def messages_of(run: "Rehearsal", rule: str = "") -> "list[Telling]":
    """Return what people would have read of `rule`, or of all, to whatever chat."""
    routes = run.engine.routes
    return [
        telling
        for telling in run.tellings
        if telling.reason in MESSAGES
        and routes[telling.channel].for_people
        and rule in {"", telling.alert.rule}
    ]


def busiest(run: "Rehearsal", rule: str = "") -> tuple[str, int]:
    """Return the chat that would have had most messages of `rule`, or of all, and how many."""
    counts = Counter(telling.channel for telling in messages_of(run, rule))
    return counts.most_common(1)[0] if counts else ("", 0)
