"""Each rule before each change of a call: whether it is a match, settled, in hours, and news."""

from datetime import datetime, timedelta

from notifier.core.alerts import UNTRUE, Alert, AlertKind, Reason
from notifier.core.calls import Call, Change, settles_at
from notifier.core.decisions import TimerKind
from notifier.core.rules.absences import wait_for, watch_quiet
from notifier.core.rules.bench import Bench, Story
from notifier.core.rules.counting import count, recount, start_again
from notifier.core.rules.gates import pass_gates
from notifier.core.rules.keys import key_of
from notifier.core.rules.model import Rule
from notifier.core.rules.revisions import revise

_SHOWN = frozenset(
    {"state", "hotline", "agent", "extension", "legs", "duration", "note", "recording_urls"}
    | {"direction", "started_at", "ended_at", "customer", "caller", "callee"}
)
"""Fields of a call that a card shows; when one moves, the card is edited."""

PLACED_WITHIN = timedelta(minutes=5)
"""How long after a call was first seen its hotline may be found and still be news."""


def judge(bench: Bench, rule: Rule, change: Change, *, matches: bool, timed: bool = False) -> None:
    """Judge one change by one rule; `timed` says that its timer has fallen due.

    `matches` is whether the call meets the condition of the rule.
    """
    call = change.after
    if rule.quiet:
        if matches and rule.in_hours(call):
            watch_quiet(bench, rule, call)
    elif matches or change.before or timed:
        _judge(bench, rule, change, matches=matches, timed=timed)
    else:  # a rule that looks at what does not match has calls that reset
        start_again(bench, rule, call)


def _judge(bench: Bench, rule: Rule, change: Change, *, matches: bool, timed: bool) -> None:
    if rule.aggregate:
        recount(bench, rule, change)
    if known := _known(bench, rule, change):
        _again(bench, rule, change, known)
    elif matches and not _decided_before(rule, change):
        _judge_anew(bench, rule, change, timed=timed)
    elif timed:
        bench.note(rule.name, Reason.OBSOLETE, change.after.id)


def _judge_anew(bench: Bench, rule: Rule, change: Change, *, timed: bool) -> None:
    """Judge a match that no reading before was: now, when it has settled, or not at all."""
    call = change.after
    settled_at = _settles_at(rule, change, bench.now, timed=timed)
    if held := _held_back(rule, change, bench.now):
        bench.note(rule.name, held, call.id)
        start_again(bench, rule, call)  # outside its hours it may be what a count resets by
    elif settled_at is None:
        bench.note(rule.name, Reason.SETTLING, call.id)
    elif settled_at > bench.now:
        bench.set(rule.name, call.id, TimerKind.SETTLE, settled_at)
        bench.windows.unjudged.add((rule.name, call.id))
    else:
        if change.before:
            bench.decision.over.append((rule.name, call.id, TimerKind.SETTLE))
        _match(bench, rule, call)


def _match(bench: Bench, rule: Rule, call: Call) -> None:
    """A settled call matches for the first time: what kind of rule is it that asks?"""
    if rule.aggregate:
        count(bench, rule, call)
    elif rule.unless:
        wait_for(bench, rule, call)
    else:
        _tell(bench, rule, call)


def _tell(bench: Bench, rule: Rule, call: Call) -> None:
    """A rule that asks for nothing but the call itself: fire, or say why not."""
    at = call.ended_at or call.started_at
    key = key_of(rule, call, bench.zone)
    story = Story(AlertKind.CALL, key, at, calls=(call,))
    if passed := pass_gates(bench, rule, story):
        bench.fire(rule, story, swallowed=passed.swallowed)


def _known(bench: Bench, rule: Rule, change: Change) -> Alert | None:
    """Return the alert of `rule` on this call, also if its session was not known then."""
    if rule.aggregate:
        return None
    if found := bench.known(rule, change.after.subject):
        return found
    before = change.before
    return bench.known(rule, before.subject) if before else None


def _settles_at(rule: Rule, change: Change, now: datetime, *, timed: bool) -> datetime | None:
    """Return when the call of `change` may be judged by our clock; None while it goes on."""
    settled_at = settles_at(change.after, rule.settle, change.first_seen_at)
    longest = now + rule.settle
    if settled_at is None or settled_at <= longest:
        return settled_at
    # it ends in our future: the PBX's clock is ahead of ours, and the call is over all the same
    return now if timed else longest


def _again(bench: Bench, rule: Rule, change: Change, known: Alert) -> None:
    """A call that has alerted says something else: edit or take back, never alert again."""
    call = change.after
    if call.id != known.calls[0].id:
        return  # the other row of an internal call; the one that alerted decides
    holds = rule.holds(call)
    if change.before is None or holds == rule.holds(change.before):
        holds = known.state not in UNTRUE  # an edited rule corrects nothing, only the PBX does
    shown = bool(_SHOWN.intersection(change.moved))
    gathered = known.id in bench.standing.gathered
    told = bench.told(known)
    revised = revise(known, told, call, holds=holds, shown=shown, gathered=gathered)
    if revised is None:
        return
    alert = bench.put(revised.alert)
    bench.decision.withdrawn.extend((known.id, channel) for channel in revised.withdrawn)
    bench.postings.revise_digests(known.id)
    if not revised.turned:
        bench.postings.refresh(alert, revised.edited)
        return
    bench.postings.post(alert, revised.anew, stale=False, own_limit=rule.limit)
    bench.postings.owe(alert, Reason.REVISED, revised.edited)
    bench.note(rule.name, Reason.REVISED, call.id, alert=known.id, detail=alert.state)


def _held_back(rule: Rule, change: Change, now: datetime) -> Reason | None:
    """Return why a match is not told, whatever its age; None if it may be."""
    if _placed_late(change, now):
        return Reason.BASELINE
    return None if rule.in_hours(change.after) else Reason.OUTSIDE_CALENDAR


def _placed_late(change: Change, now: datetime) -> bool:
    """Whether nothing is new about an old call but which hotline it came in on.

    That is so when somebody names a hotline in the file, or the PBX begins to tell: history.
    """
    placed = bool(change.moved) and {"hotline", "agent"}.issuperset(change.moved)
    return placed and now - change.first_seen_at > PLACED_WITHIN


def _decided_before(rule: Rule, change: Change) -> bool:
    """Whether the reading before matched as well, and so was judged, timed or held back then.

    Alerts are for changes, not for states: what a baseline read, or a rule that is new today would
    have matched yesterday, alerts nobody because somebody wrote a note on the call.
    """
    before = change.before
    if before is None or not rule.holds(before):
        return False
    return settles_at(before, rule.settle, change.first_seen_at) is not None
