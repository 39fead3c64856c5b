"""Judges changes by rules: the one engine for live polls, catch-up and tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.alerts import UNTRUE, Alert, AlertKind, AlertState, Audit, Reason, alert_id
from notifier.core.calls import Call, Change, settles_at
from notifier.core.decisions import (
    Decision,
    Needs,
    Standing,
    ThrottleState,
    Timer,
    TimerKind,
)
from notifier.core.deliveries import Route
from notifier.core.rules.keys import key_of
from notifier.core.rules.model import Limit, Rule, Stale
from notifier.core.rules.postings import Postings
from notifier.core.rules.revisions import revise
from notifier.core.rules.throttles import admit
from notifier.core.rules.wording import Wording


@dataclass(frozen=True, slots=True)
class Engine:
    """The rules and what they need; holds no state of its own, so a judgement can be repeated."""

    rules: tuple[Rule, ...]
    routes: Mapping[str, Route]
    chat_limit: Limit
    wording: Wording

    @property
    def longest_limit(self) -> timedelta:
        """How far back messages must be counted for every limit to hold."""
        own = [rule.limit.per for rule in self.rules if rule.limit]
        return max([self.chat_limit.per, *own])

    def needs(self, changes: Iterable[Change]) -> Needs:
        """Return what `judge` will look at, for the store to gather."""
        changes = list(changes)
        calls = [change.after for change in changes]
        before = [change.before for change in changes if change.before]
        subjects = {call.subject for call in calls + before} | {call.id for call in calls}
        keyed = [rule for rule in self.rules if rule.every]
        return Needs(
            subjects=frozenset(subjects),
            throttles=frozenset(
                (rule.name, key_of(rule, call, self.wording.zone))
                for rule in keyed
                for call in calls
            ),
        )

    def judge(self, changes: Sequence[Change], standing: Standing, now: datetime) -> Decision:
        """Return what follows from `changes`, each judged in the order its call ended."""
        bench = _Bench(self, standing, now)
        for change in sorted(changes, key=_ended):
            bench.call_event(change)
            for rule in self.rules:
                bench.judge(rule, change)
        return bench.decision

    def judge_due(
        self, due: Sequence[tuple[Timer, Change]], standing: Standing, now: datetime
    ) -> Decision:
        """Return what follows from timers that fell due, each with its call as it is now."""
        rules = {rule.name: rule for rule in self.rules}
        bench = _Bench(self, standing, now)
        for timer, change in sorted(due, key=lambda pair: _ended(pair[1])):
            if rule := rules.get(timer.rule):
                bench.judge(rule, change, timed=True)
        return bench.decision


def _ended(change: Change) -> tuple[datetime, str]:
    return (change.after.ended_at or change.after.started_at, change.after.id)


_SHOWN = frozenset(
    {"state", "hotline", "agent", "extension", "legs", "duration", "note", "recording_urls"}
    | {"direction", "started_at", "ended_at", "customer", "caller", "callee"}
)
"""Fields of a call that a card shows; when one moves, the card is edited."""


class _Bench:
    """One judgement: what stood before, and what has been decided so far."""

    def __init__(self, engine: Engine, standing: Standing, now: datetime) -> None:
        self._wording = engine.wording
        self._now = now
        self._alerts = dict(standing.alerts)
        self._told = standing.told
        self._gathered = standing.gathered
        self._throttles = dict(standing.throttles)
        self.decision = Decision()
        self._postings = Postings(
            routes=engine.routes,
            chat_limit=engine.chat_limit,
            wording=engine.wording,
            standing=standing,
            decision=self.decision,
            now=now,
        )

    def call_event(self, change: Change) -> None:
        """Owe the channels that follow calls their call event."""
        self._postings.call_event(change)

    def judge(self, rule: Rule, change: Change, *, timed: bool = False) -> None:
        """Judge one change by one rule; `timed` says that its timer has fallen due."""
        call = change.after
        self._postings.revisions[call.id] = change.revision
        if known := self._known(rule, change):
            self._again(rule, change, known)
            return
        if not rule.test(call) or _decided_before(rule, change):
            if timed:
                self._note(rule, call, Reason.OBSOLETE)
            return
        if held := _held_back(rule, change, self._now):
            self._note(rule, call, held)
            return
        settled_at = self._settles_at(rule, change, timed=timed)
        if settled_at is None:
            self._note(rule, call, Reason.SETTLING)
            return
        if settled_at > self._now:
            timer = Timer(rule.name, call.id, TimerKind.SETTLE, settled_at)
            self.decision.timers.append(timer)
            return
        if change.before:
            self.decision.judged.append((rule.name, call.id))
        self._match(rule, call)

    def _known(self, rule: Rule, change: Change) -> Alert | None:
        """Return the alert of `rule` on this call, also if its session was not known then."""
        readings = filter(None, (change.after, change.before))
        alerts = (self._alerts.get((rule.name, call.subject)) for call in readings)
        return next(filter(None, alerts), None)

    def _settles_at(self, rule: Rule, change: Change, *, timed: bool) -> datetime | None:
        """Return when the call of `change` may be judged by our clock; None while it goes on."""
        settled_at = settles_at(change.after, rule.settle, change.first_seen_at)
        longest = self._now + rule.settle
        if settled_at is None or settled_at <= longest:
            return settled_at
        # it ends in our future: the PBX's clock is ahead of ours, and the call is over all the same
        return self._now if timed else longest

    def _match(self, rule: Rule, call: Call) -> None:
        """A settled call matches for the first time: fire, or say why not."""
        age = self._now - (call.ended_at or call.started_at)
        stale = age > rule.max_age and rule.stale is not Stale.SEND
        if stale and rule.stale is Stale.DROP:
            self._note(rule, call, Reason.STALE, detail=_age(age))
            return
        key = key_of(rule, call, self._wording.zone)
        swallowed = 0
        if rule.every:
            at = call.ended_at or call.started_at
            admitted, state = admit(rule.every, self._throttles.get((rule.name, key)), at)
            if not admitted:
                self._keep(rule, key, state)
                self._note(rule, call, Reason.THROTTLED, detail=f"{state.swallowed}")
                return
            swallowed, state = state.swallowed, replace(state, swallowed=0)
            self._keep(rule, key, state)
        self._fire(rule, call, key, swallowed=swallowed, stale=stale)

    def _fire(self, rule: Rule, call: Call, key: str, *, swallowed: int, stale: bool) -> None:
        identity = alert_id(rule.name, key, call.subject)
        facts = {"count": 1, "key": key, "suppressed": swallowed}
        alert = Alert(
            id=identity,
            rule=rule.name,
            kind=AlertKind.CALL,
            key=key,
            severity=rule.severity,
            state=AlertState.OPEN,
            title=self._wording.title(rule, call, facts),
            text=self._wording.text(rule, call, facts),
            occurred_at=call.ended_at or call.started_at,
            fired_at=self._now,
            calls=(call,),
            suppressed=swallowed,
        )
        self._alerts[rule.name, call.subject] = alert
        self.decision.alerts.append(alert)
        self._postings.post(alert, rule.to, stale=stale, own_limit=rule.limit)

    def _again(self, rule: Rule, change: Change, known: Alert) -> None:
        """A call that has alerted says something else: edit or take back, never alert again."""
        call = change.after
        if call.id != known.calls[0].id:
            return  # the other row of an internal call; the one that alerted decides
        holds = _holds(rule, call)
        if change.before is None or holds == _holds(rule, change.before):
            holds = known.state not in UNTRUE  # an edited rule corrects nothing, only the PBX does
        shown = bool(_SHOWN.intersection(change.moved))
        told = self._told.get(known.id, {})
        gathered = known.id in self._gathered
        revised = revise(known, told, call, holds=holds, shown=shown, gathered=gathered)
        if revised is None:
            return
        self._alerts[rule.name, call.subject] = revised.alert
        self.decision.changed.append(revised.alert)
        self.decision.withdrawn.extend((known.id, channel) for channel in revised.withdrawn)
        self._postings.revise_digests(known.id)
        if not revised.turned:
            self._postings.refresh(revised.alert, revised.edited)
            return
        self._postings.post(revised.alert, revised.anew, stale=False, own_limit=rule.limit)
        self._postings.owe(revised.alert, Reason.REVISED, revised.edited)
        self._note(rule, call, Reason.REVISED, alert=known.id, detail=revised.alert.state)

    def _keep(self, rule: Rule, key: str, state: ThrottleState) -> None:
        self._throttles[rule.name, key] = state
        self.decision.throttles[rule.name, key] = state

    def _note(
        self, rule: Rule, call: Call, reason: Reason, *, alert: str = "", detail: str = ""
    ) -> None:
        self.decision.audit.append(
            Audit(self._now, rule.name, reason, alert=alert, call=call.id, detail=detail)
        )


def _held_back(rule: Rule, change: Change, now: datetime) -> Reason | None:
    """Return why a match is not told, whatever its age; None if it may be."""
    if _placed_late(change, now):
        return Reason.BASELINE
    return None if _in_hours(rule, change.after) else Reason.OUTSIDE_CALENDAR


PLACED_WITHIN = timedelta(minutes=5)
"""How long after a call was first seen its hotline may be found and still be news."""


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
    if before is None or not _holds(rule, before):
        return False
    return settles_at(before, rule.settle, change.first_seen_at) is not None


def _holds(rule: Rule, call: Call) -> bool:
    return rule.test(call) and _in_hours(rule, call)


def _in_hours(rule: Rule, call: Call) -> bool:
    """Whether the calendars of `rule` let it judge a call that started then."""
    if rule.during and not any(hours.is_open(call.started_at) for hours in rule.during):
        return False
    return not any(hours.is_open(call.started_at) for hours in rule.outside)


def _age(age: timedelta) -> str:
    return f"{int(age.total_seconds())} s"
