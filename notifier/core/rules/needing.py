"""What a judgement will look at, told before it is made, so that the store gathers just that."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from notifier.core.calls import Call, Change
from notifier.core.decisions import Due, Needs, TimerKind, Wanted
from notifier.core.rules import tries
from notifier.core.rules.absences import wanted
from notifier.core.rules.keys import key_of, value_of, values_of
from notifier.core.rules.model import Rule
from notifier.core.rules.reporting import periods_due
from notifier.core.rules.setting import Setting
from notifier.core.rules.windows import Windows

Keys = set[tuple[str, str]]


def needs(engine: Setting, changes: Iterable[Change], windows: Windows | None = None) -> Needs:
    """Return what feeding `changes` looks at; a late one also looks at `windows` of later calls."""
    changes = list(changes)
    calls = [change.after for change in changes]
    before = [change.before for change in changes if change.before]
    subjects = {call.subject for call in calls + before} | {call.id for call in calls}
    keys: Keys = set()
    for rule in engine.judging:
        for call in calls + before:
            if rule.test(call) or _resets(rule, call):
                keys |= _keys(engine, rule, call)
                for key in _windows(engine, rule, call):
                    subjects.add(f"{call.id}@{key}")
                    later = windows.later(rule, key, call) if windows else ()
                    subjects |= {f"{entry.identity}@{key}" for entry in later}
    return Needs(
        subjects=frozenset(subjects),
        keys=frozenset(keys),
        endings=frozenset(_endings(engine, calls) | _tries(engine, changes)),
        rules=engine.watched,
        turned=frozenset(call.id for call in before),
    )


def needs_due(
    engine: Setting, due: Iterable[Due], now: datetime, windows: Windows | None = None
) -> Needs:
    """Return what advancing to `due` looks at."""
    due = list(due)
    fed = needs(engine, [one.change for one in due if one.change], windows)
    keys = set(fed.keys)
    keys |= {(one.timer.rule, f"repeat:{one.timer.about}") for one in due if one.alert}
    keys |= {(one.timer.rule, one.timer.key) for one in due if one.timer.kind is TimerKind.QUIET}
    asked = asked_due(engine, due, now)
    return replace(
        fed,
        keys=frozenset(keys),
        wanted=asked.wanted,
        periods=asked.periods,
        alerts=frozenset(one.alert.id for one in due if one.alert),
    )


def asked_due(engine: Setting, due: Iterable[Due], now: datetime) -> Needs:
    """Return the calls alone that advancing to `due` looks at, besides those it is about."""
    zone = engine.wording.zone
    wants: set[Wanted] = set()
    periods: set[tuple[datetime, datetime]] = set()
    for one in due:
        rule = engine.named.get(one.timer.rule)
        if rule and one.change and one.timer.kind is TimerKind.ABSENCE:
            wants |= {want for _, want in wanted(rule, one.change.after, zone)}
        if rule and one.timer.kind is TimerKind.REPORT:
            period = periods_due(rule, now, zone)
            periods |= {period} if period else set()
    return Needs(wanted=frozenset(wants), periods=frozenset(periods))


def _keys(engine: Setting, rule: Rule, call: Call) -> Keys:
    zone = engine.wording.zone
    named = set(_windows(engine, rule, call))
    if not rule.aggregate and (rule.every or (rule.key and rule.endings)):
        named.add(key_of(rule, call, zone))
    if rule.quiet:
        named |= set(values_of(rule.quiet.per, call, zone))
    if rule.group:
        values = " ".join(value_of(name, call, zone) for name in rule.group.by if name)
        named.add(f"group:{rule.name}:{values}")
    return {(rule.name, key) for key in named}


def _resets(rule: Rule, call: Call) -> bool:
    """Whether `call` starts a count of `rule` again, and so may make its alerts untrue."""
    return bool(rule.aggregate and rule.aggregate.reset and rule.aggregate.reset(call))


def _windows(engine: Setting, rule: Rule, call: Call) -> tuple[str, ...]:
    """Return the keys of the windows that `call` is in."""
    return values_of(rule.per, call, engine.wording.zone) if rule.aggregate else ()


def _endings(engine: Setting, calls: Iterable[Call]) -> Keys:
    return {
        (rule.name, call.customer)
        for rule in engine.ending
        for call in calls
        if call.customer and any(follow_up.test(call) for follow_up in rule.endings)
    }


def _tries(engine: Setting, changes: Iterable[Change]) -> Keys:
    return {
        (rule.name, change.after.customer)
        for change in changes
        if change.after.customer and tries.moved(change)
        for rule in filter(tries.counts, engine.ending)
    }
