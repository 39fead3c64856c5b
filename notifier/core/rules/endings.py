"""How alerts end: a later call ends what an earlier one began, a person does, or time does."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.alerts import LIVE, OVER, Alert, AlertState, Outcome, Reason
from notifier.core.calls import Call, Change, Direction
from notifier.core.rules.bench import Bench
from notifier.core.rules.keys import value_of
from notifier.core.rules.model import FollowUp, Rule


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended an alert, or kept one from coming to be."""

    outcome: Outcome
    at: datetime
    by: str = ""
    """An agent by name or extension, or a person; "" if nobody can be named."""
    call: str = ""
    """Id of the call that did."""

    def told(self) -> str:
        """Return it in a few words, for the audit."""
        by = f" by {self.by}" if self.by else ""
        return f"{self.outcome.value}{by}, call {self.call}"


def ending_of(follow_up: FollowUp, call: Call, later: Call, zone: ZoneInfo) -> Ending | None:
    """Return how `later` ends what `call` began, if it is what `follow_up` waits for.

    It must be over: a softphone's row says answered from its first ring on.
    """
    if later.started_at <= call.started_at or later.id == call.id or later.ended_at is None:
        return None
    if not follow_up.test(later):
        return None
    if any(not _common(name, call, later, zone) for name in follow_up.same):
        return None
    by = later.agent or later.extension
    return Ending(_outcome(follow_up, later), later.started_at, by, later.id)


def _common(name: str, call: Call, later: Call, zone: ZoneInfo) -> bool:
    value = value_of(name, call, zone)
    return bool(value) and value == value_of(name, later, zone)


def _outcome(follow_up: FollowUp, later: Call) -> Outcome:
    if not follow_up.called_back:
        return Outcome.FOLLOWED
    out = later.direction is Direction.OUT
    return Outcome.CALLED_BACK if out else Outcome.CUSTOMER_CALLED


def follow(bench: Bench, rule: Rule, later: Call) -> None:
    """Let a call end the live alerts of `rule` that wait for it."""
    for alert in _candidates(bench, rule, later):
        newest = max(alert.calls, key=_started, default=None)
        if newest is None:
            continue
        endings = (ending_of(one, newest, later, bench.zone) for one in rule.endings)
        if ending := next(filter(None, endings), None):
            in_time = alert.deadline and ending.at <= alert.deadline and len(alert.calls) == 1
            end(bench, alert, AlertState.REVISED if in_time else AlertState.RESOLVED, ending)


def _started(call: Call) -> datetime:
    return call.started_at


def _candidates(bench: Bench, rule: Rule, later: Call) -> list[Alert]:
    """Return the live alerts of `rule` that `later` may end."""
    if all(follow_up.same == ("customer",) for follow_up in rule.endings):
        stood = bench.standing.endings.get((rule.name, later.customer), ())
        fresh = [a for a in bench.fresh(rule) if a.calls and a.calls[0].customer == later.customer]
        found = {alert.id: bench.current(alert) for alert in (*stood, *fresh)}
        return [alert for alert in found.values() if alert.state in LIVE]
    return list(bench.live_of(rule.name))


def end(bench: Bench, alert: Alert, state: AlertState, ending: Ending) -> Alert:
    """Have `alert` end so: unsent words are withdrawn, sent ones edited."""
    heard = bench.heard(alert)
    if state is AlertState.REVISED and not heard and alert.id not in bench.standing.gathered:
        state = AlertState.WITHDRAWN
    over = bench.correct(
        alert,
        state=state,
        outcome=ending.outcome,
        ended_at=ending.at,
        ended_by=ending.by,
        ended_call=ending.call,
    )
    bench.withdraw(alert)
    bench.postings.revise_digests(alert.id)
    reason = Reason.RESOLVED if state in OVER else Reason.REVISED
    bench.postings.owe(over, reason, heard)
    bench.note(alert.rule, reason, ending.call, alert=alert.id, detail=ending.outcome.value)
    return over


def take_back(bench: Bench, rule: Rule, change: Change) -> None:
    """Open again the alerts of `rule` that a call ended which was corrected since."""
    for stood in bench.standing.ended.get(change.after.id, ()):
        alert = bench.current(stood)
        if alert.rule != rule.name or alert.ended_call != change.after.id or not alert.calls:
            continue
        zone = bench.zone
        if any(ending_of(one, alert.calls[0], change.after, zone) for one in rule.endings):
            continue
        reopened = bench.correct(
            alert,
            state=AlertState.ACKNOWLEDGED if alert.taken_by else AlertState.OPEN,
            outcome=None,
            ended_at=None,
            ended_by="",
            ended_call="",
            corrected=alert.corrected + 1,
        )
        heard = bench.heard(reopened)
        bench.postings.owe(reopened, Reason.REVISED, heard)
        bench.owe(rule, reopened, to=[name for name in rule.to if name not in heard])
        bench.note(rule.name, Reason.REVISED, change.after.id, alert=alert.id, detail="reopened")


def expire(bench: Bench, alert: Alert) -> None:
    """End an alert that nobody has: it asks nothing of anybody any more."""
    if alert.state in LIVE:
        bench.put(replace(alert, state=AlertState.EXPIRED, ended_at=bench.now))
        bench.note(alert.rule, Reason.EXPIRED, alert=alert.id)


def acted_for(alert: Alert, now: datetime) -> timedelta:
    """Return for how long `alert` has been open by now, not counting while somebody had it."""
    until = alert.taken_at if alert.state is AlertState.ACKNOWLEDGED and alert.taken_at else now
    return max(until - alert.fired_at - alert.held, timedelta())
