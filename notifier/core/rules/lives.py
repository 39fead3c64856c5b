"""What people and time make of an alert: taken, given back, closed, passed on, said again."""

from dataclasses import replace
from datetime import timedelta

from notifier.core.alerts import LIVE, UNTRUE, Alert, AlertState, Note, Outcome, Reason
from notifier.core.decisions import Act, Deed, Due, ThrottleState, TimerKind
from notifier.core.rules.bench import Bench
from notifier.core.rules.endings import Ending, acted_for, end, expire
from notifier.core.rules.model import Rule, Throttle

REMIND_AFTER = timedelta(minutes=30)
"""How long after somebody took an alert they are reminded of it, if it has not ended."""


def take(bench: Bench, alert: Alert, by: str) -> Alert | None:
    """Have `alert` be acknowledged by the person `by`; None if it does not wait for anybody.

    Its escalation and repeats stand still, and after `REMIND_AFTER` there is a reminder.
    """
    if alert.state is not AlertState.OPEN:
        return None
    taken = bench.correct(alert, state=AlertState.ACKNOWLEDGED, taken_by=by, taken_at=bench.now)
    bench.set(alert.rule, alert.id, TimerKind.REMIND, alert.remind_at or bench.now + REMIND_AFTER)
    bench.postings.owe(taken, Reason.ACKNOWLEDGED, bench.heard(alert))
    bench.note(alert.rule, Reason.ACKNOWLEDGED, alert=alert.id, detail=by)
    return taken


def release(bench: Bench, rule: Rule | None, alert: Alert, by: str) -> Alert | None:
    """Have a taken `alert` wait for somebody again; None if nobody has it.

    Its escalation goes on where it stood.
    """
    if alert.state is not AlertState.ACKNOWLEDGED or alert.taken_at is None:
        return None
    open_for = acted_for(alert, bench.now)
    held = alert.held + (bench.now - alert.taken_at)
    freed = bench.correct(alert, state=AlertState.OPEN, taken_by="", taken_at=None, held=held)
    if alert.remind_at is None:
        bench.decision.over.append((alert.rule, alert.id, TimerKind.REMIND))
    for step, escalation in enumerate(rule.escalate if rule else ()):
        if escalation.after > open_for:
            due_at = bench.now + escalation.after - open_for
            bench.set(alert.rule, f"{alert.id}:{step}", TimerKind.ESCALATE, due_at)
    if rule and rule.repeats:
        bench.set(alert.rule, alert.id, TimerKind.REPEAT, bench.now + rule.repeats.pause(0))
    bench.postings.refresh(freed, bench.heard(alert))
    bench.note(alert.rule, Reason.RELEASED, alert=alert.id, detail=by)
    return freed


def close(bench: Bench, alert: Alert, by: str, deed: Deed) -> Alert | None:
    """Have the person `by` end a live `alert`, with the text of `deed`; None if it has ended."""
    if alert.state not in LIVE:
        return None
    outcome = Outcome.CALLED_BACK if deed.act is Act.CALLED else Outcome.BY_HAND
    over = end(bench, alert, AlertState.CLOSED, Ending(outcome, bench.now, by))
    if deed.text:
        bench.decision.notes.append((alert.id, Note(bench.now, by, deed.text)))
    bench.note(alert.rule, Reason.CLOSED, alert=alert.id, detail=by)
    return over


def postpone(bench: Bench, alert: Alert, by: str, after: timedelta) -> Alert | None:
    """Have a live `alert` be said again so long `after` now; None if it has ended.

    Its escalation goes on: who waits does not excuse it from being passed on.
    """
    if alert.state not in LIVE:
        return None
    due_at = bench.now + after
    asked = bench.correct(alert, remind_at=due_at, remind_by=by)
    bench.set(alert.rule, alert.id, TimerKind.REMIND, due_at)
    bench.postings.refresh(asked, bench.heard(alert))
    bench.note(alert.rule, Reason.POSTPONED, alert=alert.id, detail=by)
    return asked


def write(bench: Bench, alert: Alert, by: str, text: str) -> Alert | None:
    """Keep what the person `by` wrote about `alert`, and show it.

    None if it is not true, or they have written just that: a command may be carried out twice.
    """
    known = any((note.by, note.text) == (by, text) for note in alert.notes)
    if alert.state in UNTRUE or known or not text:
        return None
    noted = bench.correct(alert)
    bench.decision.notes.append((alert.id, Note(bench.now, by, text)))
    bench.postings.refresh(noted, bench.heard(alert))
    bench.note(alert.rule, Reason.NOTED, alert=alert.id, detail=by)
    return noted


def fall_due(bench: Bench, rule: Rule | None, due: Due) -> None:
    """Do what a timer about an alert asks for, if the alert still does."""
    if due.alert is None:
        return
    alert = bench.current(due.alert)
    match due.timer.kind:
        case TimerKind.EXPIRE:
            expire(bench, alert)
        case TimerKind.REMIND if alert.state in LIVE:
            who = alert.remind_by or alert.taken_by
            reminded = replace(alert, remind_at=None, remind_by="")
            _say_again(bench, reminded, Reason.REMIND, detail=who)
        case TimerKind.ESCALATE if rule:
            _escalate(bench, rule, alert, int(due.timer.key.partition(":")[2]))
        case TimerKind.REPEAT if rule and rule.repeats:
            _repeat(bench, rule, rule.repeats, alert)
        case _:
            bench.note(alert.rule, Reason.OBSOLETE, alert=alert.id, detail=due.timer.kind)


def _escalate(bench: Bench, rule: Rule, alert: Alert, step: int) -> None:
    if _waits(bench, alert, TimerKind.ESCALATE) and step < len(rule.escalate):
        passed_on = bench.correct(alert)
        bench.postings.owe(passed_on, Reason.ESCALATE, rule.escalate[step].to)


def _repeat(bench: Bench, rule: Rule, every: Throttle, alert: Alert) -> None:
    if not _waits(bench, alert, TimerKind.REPEAT):
        return
    _say_again(bench, alert, Reason.REPEAT)
    place = f"repeat:{alert.id}"
    past = bench.throttle(rule, place)
    step = past.step + 1 if past else 1
    bench.keep(rule, place, ThrottleState(bench.now, step, 0))
    bench.set(rule.name, alert.id, TimerKind.REPEAT, bench.now + every.pause(step))


def _say_again(bench: Bench, alert: Alert, reason: Reason, *, detail: str = "") -> None:
    again = bench.correct(alert)
    bench.postings.owe(again, reason, bench.told(alert))
    bench.note(alert.rule, reason, alert=alert.id, detail=detail)


def _waits(bench: Bench, alert: Alert, kind: TimerKind) -> bool:
    """Whether `alert` still waits for somebody; if not, the audit says why nothing is sent."""
    if alert.state is AlertState.OPEN:
        return True
    taken = alert.state is AlertState.ACKNOWLEDGED
    reason = Reason.ACKNOWLEDGED if taken else Reason.OBSOLETE
    bench.note(alert.rule, reason, alert=alert.id, detail=kind)
    return False
