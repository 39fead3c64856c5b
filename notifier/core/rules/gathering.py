"""What a rule gathers into one message: its `group` and its `digest`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert
from notifier.core.decisions import ThrottleState
from notifier.core.rules.keys import value_of
from notifier.core.rules.model import Digest, Group, Rule
from notifier.core.schedules import next_of


class Judgement(Protocol):
    """What of a judgement is looked at here."""

    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Where local times are meant."""
        ...

    def throttle(self, rule: Rule, key: str) -> ThrottleState | None:
        """Return where a pause stands."""
        ...

    def keep(self, rule: Rule, key: str, state: ThrottleState) -> None:
        """Have a pause stand so."""
        ...


@dataclass(frozen=True, slots=True)
class Pot:
    """Where the alerts of one message are gathered, and until when."""

    name: str
    """Of the rule and of what its alerts have in common."""
    due_at: datetime
    """When the message goes out, if it has not begun yet."""


def pot_of(rule: Rule, alert: Alert, bench: Judgement) -> Pot | None:
    """Return where `alert` is gathered; None if it is told by itself."""
    if rule.digest:
        return _digest(rule, rule.digest, alert, bench)
    return _group(rule, rule.group, alert, bench) if rule.group else None


def _digest(rule: Rule, digest: Digest, alert: Alert, bench: Judgement) -> Pot:
    zone, now = bench.zone, bench.now
    due_at = now + digest.every if digest.every else next_of(digest.at, now, zone)
    return Pot(f"digest:{rule.name}:{_values((digest.per,), alert, bench)}", due_at)


def _group(rule: Rule, group: Group, alert: Alert, bench: Judgement) -> Pot:
    """Return the group's pot: the first alert waits, and two messages keep their distance."""
    name = f"group:{rule.name}:{_values(group.by, alert, bench)}"
    past = bench.throttle(rule, name)
    due_at = bench.now + group.wait
    if past and past.last_at >= bench.now:
        return Pot(name, past.last_at)  # the message that gathers already
    if past:
        due_at = max(due_at, past.last_at + group.interval)
    bench.keep(rule, name, ThrottleState(due_at, 0, 0))
    return Pot(name, due_at)


def _values(fields: tuple[str, ...], alert: Alert, bench: Judgement) -> str:
    zone = bench.zone
    if not alert.calls:
        return alert.key
    return " ".join(value_of(name, alert.calls[0], zone) for name in fields if name)
