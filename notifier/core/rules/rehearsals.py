"""The engine over calls that were, in virtual time: what would be told, when and why."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.alerts import Alert, Audit, Reason
from notifier.core.calls import Call, Change, news
from notifier.core.decisions import (
    ABOUT_CALLS,
    Decision,
    Due,
    Needs,
    Timer,
    TimerKind,
)
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import Mute
from notifier.core.rules.needing import asked_due
from notifier.core.rules.recollection import Recollection
from notifier.core.rules.windows import Windows


@dataclass(frozen=True, slots=True)
class Telling:
    """One message or event that would have gone out."""

    at: datetime
    channel: str
    reason: Reason
    alert: Alert
    """As it was when the message was owed."""


@dataclass(slots=True)
class Rehearsal:
    """A run of `engine` on calls given in the order in which they would be seen.

    Messages are taken to arrive at once. It remembers calls for `Recollection.reach` only, so its
    memory grows with windows and alerts and not with history.
    """

    engine: Engine
    mutes: tuple[Mute, ...] = ()
    now: datetime | None = None
    """Of the last step; None before the first."""
    tellings: list[Telling] = field(default_factory=list)
    audit: list[Audit] = field(default_factory=list)
    reasons: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    """How often each rule decided so."""
    keeps_audit: bool = True
    """Whether every decision is kept; a long run counts them only."""
    _past: Recollection = field(init=False)
    _windows: Windows = field(init=False)
    _timers: dict[tuple[str, str, TimerKind], Timer] = field(default_factory=dict)
    _queue: list[tuple[datetime, int, Timer]] = field(default_factory=list)
    _pushed: int = 0
    _expiring: list[Timer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = replace(self.engine, rehearsing=True)
        self._past = Recollection(self.engine, self.mutes)
        self._windows = self.engine.windows()

    @property
    def alerts(self) -> list[Alert]:
        """Every alert that came to be, as it is now, in the order of firing; digests too."""
        return list(self._past.alerts.values())

    def begin(self, now: datetime) -> None:
        """Start at `now`: reports and rules about quiet are planned from here on."""
        self.now = now
        self._apply(self.engine.plan(now, self._timers), now)

    def remember(self, calls: Iterable[Change]) -> None:
        """Take calls into the windows that are history: they are judged by nobody."""
        for change in calls:
            self._take_in(change)
            self._windows.note(change.after, None)

    def see(self, call: Call, at: datetime) -> None:
        """Let `call` be read at the instant `at`; one that says nothing new changes nothing."""
        self.see_all([call], at)

    def see_all(self, calls: Iterable[Call], at: datetime) -> None:
        """Let one poll at the instant `at` read `calls`, each id once."""
        self.advance(at)
        sightings = {call.id: call for call in calls}
        known = {i: past for i in sightings if (past := self._past.known(i))}
        fresh = news(sightings, known)
        self._feed([self._past.change(call, said, at) for call, said in fresh], at)

    def replay(self, changes: list[Change], at: datetime) -> None:
        """Let a poll at the instant `at` read remembered calls for the first time."""
        self.advance(at)
        self._feed(changes, at)

    def _feed(self, changes: list[Change], at: datetime) -> None:
        for change in changes:
            self._take_in(change)
        decision = self.engine.feed(changes, self._past.standing, at, windows=self._windows)
        self._apply(decision, at)

    def advance(self, until: datetime) -> None:
        """Let time pass: do all that falls due by `until`, what is of one instant together."""
        while self._queue and self._queue[0][0] <= until:
            at = self._queue[0][0]
            timers = self._popped(at)
            if all(timer.kind is TimerKind.EXPIRE for timer in timers):
                self._expiring += timers  # that alerts grow too old concerns nothing until then
                continue
            self._expire()
            self._past.deliver(at)
            self._fall_due(timers, at)
        self._expire()
        self._past.deliver(until)
        self.now = until

    def _expire(self) -> None:
        """End in one go the alerts that grew too old since anything else was due."""
        timers, self._expiring = self._expiring, []
        if timers:
            self._fall_due(timers, timers[-1].due_at)

    def finish(self, until: datetime | None) -> None:
        """Let time pass until `until`, and on until no call waits for anything any more."""
        if until is not None:
            self.advance(until)
        while any(timer.kind in ABOUT_CALLS for timer in self._timers.values()):
            self.advance(self._queue[0][0])

    def _take_in(self, change: Change) -> None:
        started_at = change.after.started_at
        self._windows.began = min(self._windows.began or started_at, started_at)
        self._past.take_in(change)

    def _popped(self, at: datetime) -> list[Timer]:
        """Take what falls due at the instant `at` from the queue, and forget those timers."""
        timers: list[Timer] = []
        while self._queue and self._queue[0][0] == at:
            _, _, timer = heapq.heappop(self._queue)
            place = (timer.rule, timer.key, timer.kind)
            if self._timers.get(place) is timer:  # else it was moved, or is not needed any more
                del self._timers[place]
                timers.append(timer)
        return timers

    def _fall_due(self, timers: Iterable[Timer], at: datetime) -> None:
        due = [self._due(timer) for timer in timers]
        asking = [one for one in due if one.timer.kind in _ASKING]
        needs = asked_due(self.engine, asking, at) if asking else Needs()
        standing = self._past.asked(needs)
        self._apply(self.engine.advance(due, standing, at, windows=self._windows), at)

    def _due(self, timer: Timer) -> Due:
        if timer.kind in ABOUT_CALLS:
            change = self._past.calls.get(timer.about)
            return Due(timer, change=replace(change, before=None) if change else None)
        return Due(timer, alert=self._past.alerts.get(timer.about))

    def _matters(self, timer: Timer) -> bool:
        """Whether anything can come of a timer: that most alerts grow too old, nobody sees."""
        if timer.kind is not TimerKind.EXPIRE:
            return True
        rule = self.engine.named[timer.rule]
        return bool(
            rule.endings or rule.aggregate or rule.quiet or rule.name in self.engine.watched
        )

    def _apply(self, decision: Decision, at: datetime) -> None:
        for place in decision.over:
            self._timers.pop(place, None)
        for timer in filter(self._matters, decision.timers):
            self._timers[timer.rule, timer.key, timer.kind] = timer
            self._pushed += 1
            heapq.heappush(self._queue, (timer.due_at, self._pushed, timer))
        self._past.apply(decision, at)
        self.tellings.extend(
            Telling(draft.due_at, draft.channel, draft.reason, self._past.alerts[draft.alert])
            for draft in decision.drafts
            if draft.alert in self._past.alerts
        )
        for row in decision.audit:
            self.reasons[row.rule, row.reason] += 1
        if self.keeps_audit:
            self.audit.extend(decision.audit)


_ASKING = frozenset({TimerKind.ABSENCE, TimerKind.REPORT})
"""Timers whose judgement looks at other calls."""


POLL = timedelta(minutes=1)
"""How long a rehearsed poll gathers calls: the PBX itself lists them every few minutes."""


def polled(engine: Engine, calls: Iterable[Change]) -> Iterator[tuple[list[Change], datetime]]:
    """Give `calls`, which come in the order they ended, as polls that would have read them.

    Each is seen once every rule takes it as final: history does not say when else.
    """
    settle = max((rule.settle for rule in engine.rules), default=timedelta())
    page: list[Change] = []
    began = last = None
    for change in calls:
        at = (change.after.ended_at or change.after.started_at) + settle
        if began is not None and last is not None and at - began > POLL:
            yield page, last
            page, began = [], None
        page.append(change)
        began, last = began or at, at
    if last is not None:
        yield page, last
