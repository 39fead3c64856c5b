"""Rules about what does not come: a call back in time, any call at all for a while."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.alerts import AlertKind, AlertState, Outcome, Reason
from notifier.core.calendars import after, open_time
from notifier.core.calls import Call
from notifier.core.decisions import Due, TimerKind, Wanted
from notifier.core.rules.bench import Bench, Story
from notifier.core.rules.endings import Ending, end, ending_of
from notifier.core.rules.gates import pass_gates
from notifier.core.rules.keys import key_of, value_of, values_of
from notifier.core.rules.model import FollowUp, Rule

_DAY = timedelta(days=1)

_NEVER = timedelta(days=400)
"""Added to a moment where a clock never comes to it: its calendar is not open any more."""


def deadline_of(rule: Rule, call: Call) -> datetime:
    """Return by when something should have followed on `call`, by the clock of its rule."""
    assert rule.unless is not None  # noqa: S101 - only rules that wait are asked
    since = call.ended_at or call.started_at
    return after(rule.unless.clock, since, rule.unless.within) or since + _NEVER


def wait_for(bench: Bench, rule: Rule, call: Call) -> None:
    """Give what should follow on a match its time."""
    deadline = deadline_of(rule, call)
    bench.set(rule.name, call.id, TimerKind.ABSENCE, deadline + bench.engine.lag_of(rule))
    detail = deadline.astimezone(bench.zone).isoformat(timespec="seconds")
    bench.note(rule.name, Reason.WAITING, call.id, detail=detail)


def wanted(rule: Rule, call: Call, zone: ZoneInfo) -> Iterable[tuple[FollowUp, Wanted]]:
    """Give what would cancel the wait for `call`, each with what the store must look for."""
    if rule.unless is None:
        return
    for follow_up in rule.unless.follow_ups:
        same = tuple((name, value_of(name, call, zone)) for name in follow_up.same)
        if all(value for _, value in same):
            yield follow_up, Wanted(same, call.started_at)


def judge_absence(bench: Bench, rule: Rule, due: Due) -> None:
    """The time is over: fire, unless what should follow has come, or the match is none any more."""
    if due.change is None or rule.unless is None:
        return  # the call was forgotten, or the rule no longer waits
    call = due.change.after
    _held_up(bench, rule, due)
    if not rule.holds(call) or bench.known(rule, call.subject):
        bench.note(rule.name, Reason.OBSOLETE, call.id)
        return
    deadline = deadline_of(rule, call)
    ending = _first_ending(bench, rule, call)
    if ending:  # if it came late: nobody has to be told any more
        bench.note(rule.name, Reason.OBSOLETE, call.id, detail=ending.told())
        return
    key = key_of(rule, call, bench.zone)
    at = call.ended_at or call.started_at
    story = Story(AlertKind.CALL, key, at, calls=(call,), deadline=deadline)
    if passed := pass_gates(bench, rule, story):
        bench.fire(rule, story, swallowed=passed.swallowed)


def _held_up(bench: Bench, rule: Rule, due: Due) -> None:
    """Say in the audit that nothing could be judged in time, because no poll went well."""
    for start, end_ in bench.standing.gaps:
        if start <= due.timer.due_at < end_:
            late = f"{int((bench.now - due.timer.due_at).total_seconds())} s"
            bench.note(rule.name, Reason.SOURCE_DOWN, due.timer.key, detail=late)


def _first_ending(bench: Bench, rule: Rule, call: Call) -> Ending | None:
    found = [
        ending
        for follow_up, want in wanted(rule, call, bench.zone)
        for later in bench.standing.followed.get(want, ())
        if (ending := ending_of(follow_up, call, later, bench.zone))
    ]
    return min(found, key=lambda ending: ending.at, default=None)


def watch_quiet(bench: Bench, rule: Rule, call: Call) -> None:
    """A match came: it ends the alert about its key's quiet, and the wait begins anew."""
    for key in values_of(rule.per, call, bench.zone):
        live = bench.live(rule, key)
        if live and call.started_at > live.occurred_at:
            in_time = live.deadline is not None and call.started_at <= live.deadline
            state = AlertState.REVISED if in_time else AlertState.RESOLVED
            end(bench, live, state, Ending(Outcome.CALLS_AGAIN, call.started_at, call=call.id))
        expect_call(bench, rule, key, bench.windows.last.get((rule.name, key), call.started_at))


def watched_keys(bench: Bench, rule: Rule) -> set[str]:
    """Return the keys whose calls `rule` expects by now; none if it is not about quiet."""
    if rule.quiet is None:
        return set()
    called = {key for name, key in bench.windows.last if name == rule.name}
    return called if rule.quiet.per else {""}


def expect_call(bench: Bench, rule: Rule, key: str, since: datetime) -> None:
    """Have it looked, when the time is over that began at `since`, whether a call has come."""
    due_at = _held(bench, rule, since, _quiet_until(rule, since)) + bench.engine.lag_of(rule)
    bench.set(rule.name, key, TimerKind.QUIET, due_at)


def _quiet_until(rule: Rule, since: datetime) -> datetime:
    """Return when it has been quiet for too long, if somebody could know all the while."""
    assert rule.quiet is not None  # noqa: S101 - only rules about quiet are asked
    return after(rule.during, since, rule.quiet.span) or since + _NEVER


def _quiet_since(rule: Rule, until: datetime) -> datetime:
    """Return since when it was quiet if no call is remembered: only the timer's end is known."""
    assert rule.quiet is not None  # noqa: S101 - as above
    since, known = until, timedelta()
    while known <= rule.quiet.span and until - since < _NEVER:
        since -= rule.quiet.span + _DAY
        known = open_time(rule.during, since, until)
    return after(rule.during, since, known - rule.quiet.span) or since


def _held(bench: Bench, rule: Rule, since: datetime, until: datetime) -> datetime:
    """Return `until`, put off by the open time since `since` in which nobody could know."""
    for start, end_ in bench.standing.gaps:
        if start < until and end_ > since:
            blind = open_time(rule.during, max(start, since), end_)
            until = after(rule.during, until, blind) or since + _NEVER
    return until


def judge_quiet(bench: Bench, rule: Rule, due: Due) -> None:
    """The time is over: fire, unless a call has come or the clock stood still meanwhile."""
    if rule.quiet is None:
        return
    key = due.timer.key
    lag = bench.engine.lag_of(rule)
    since = bench.windows.last.get((rule.name, key))
    until = _quiet_until(rule, since) if since else due.timer.due_at - lag
    since = since or _quiet_since(rule, until)
    until = _held(bench, rule, since, until)
    if until + lag > due.timer.due_at:
        bench.set(rule.name, key, TimerKind.QUIET, until + lag)
        return
    subject = f"{since.isoformat()}@{key}"
    story = Story(AlertKind.QUIET, key, since, subject=subject, count=0, deadline=until)
    if bench.known(rule, subject) or bench.live(rule, key):
        return
    if passed := pass_gates(bench, rule, story):
        bench.fire(rule, story, swallowed=passed.swallowed)
