"""Calls back that nobody picked up: they end no alert, and its card counts them."""

from notifier.core.alerts import LIVE, Reason
from notifier.core.calls import Call, Change
from notifier.core.rules.bench import Bench
from notifier.core.rules.model import Rule


def counts(rule: Rule) -> bool:
    """Whether the alerts of `rule` wait for a call back to the customer."""
    return any(ending.called_back and ending.same == ("customer",) for ending in rule.endings)


def moved(change: Change) -> bool:
    """Whether the call of `change` is such a try now and was not before, or the other way."""
    return _is_try(change.after) is not (change.before is not None and _is_try(change.before))


def count(bench: Bench, rule: Rule, change: Change) -> None:
    """Count a try on the live alerts of `rule` on its customer, or take it back if it was none."""
    call, made = change.after, _is_try(change.after)
    for stood in bench.standing.endings.get((rule.name, call.customer), ()):
        alert = bench.current(stood)
        begun = max((one.started_at for one in alert.calls), default=call.started_at)
        if alert.state not in LIVE or call.started_at <= begun or not (made or alert.tried):
            continue
        told = bench.correct(alert, tried=alert.tried + (1 if made else -1))
        bench.postings.refresh(told, bench.heard(alert))
        bench.note(rule.name, Reason.TRIED, call.id, alert=alert.id, detail=f"{told.tried}")


def _is_try(call: Call) -> bool:
    """Whether we called and nobody picked up; a call that still rings is none yet."""
    return call.unreached and call.ended_at is not None
