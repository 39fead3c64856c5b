"""The one engine: for live polls, catching up, restarts, back-tests and rule tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import assert_never

from notifier.core.alerts import Alert
from notifier.core.calls import Call, Change
from notifier.core.decisions import Act, Decision, Deed, Due, Needs, Standing, TimerKind
from notifier.core.deliveries import Route
from notifier.core.followings import Following
from notifier.core.rules import absences, endings, lives, matching, needing, reporting, tries
from notifier.core.rules.bench import Bench
from notifier.core.rules.model import Limit, Rule, Suppress, Test
from notifier.core.rules.windows import Windows
from notifier.core.rules.wording import Wording

LAG = timedelta(minutes=6)
"""How late calls are taken to be listed until it has been measured: the PBX syncs every 5 min."""


@dataclass(frozen=True)
class Engine:
    """The rules and what they need; holds no state of its own, so a judgement can be repeated.

    `feed` and `advance` are told what stood before (`Standing`, as `needs` and `needs_due` asked
    for it) and what the windows hold, and return what is to be recorded.
    """

    rules: tuple[Rule, ...]
    routes: Mapping[str, Route]
    chat_limit: Limit
    wording: Wording
    suppress: tuple[Suppress, ...] = ()
    lag: timedelta = LAG
    """How late calls are listed, as measured; for rules that do not say it themselves."""
    storm: Limit | None = None
    """From so many new alerts in a span on, a chat has the rest on one card; None for never."""
    followings: tuple[Following, ...] = ()
    """What chats have asked for by themselves."""
    rehearsing: bool = field(default=False, kw_only=True)
    """Whether nothing is ever sent: then no payload is made."""

    @cached_property
    def named(self) -> Mapping[str, Rule]:
        """The rules by name."""
        return {rule.name: rule for rule in self.rules}

    @cached_property
    def judging(self) -> tuple[Rule, ...]:
        """The rules that look at calls one by one: all but reports."""
        return tuple(rule for rule in self.rules if not rule.report)

    @cached_property
    def ending(self) -> tuple[Rule, ...]:
        """The rules whose alerts a later call may end."""
        return tuple(rule for rule in self.rules if rule.endings)

    @cached_property
    def followers(self) -> tuple[Route, ...]:
        """The channels that are told of calls themselves, and not only of alerts."""
        wanted = ("call.created", "call.updated")
        systems = (route for route in self.routes.values() if not route.for_people)
        return tuple(route for route in systems if any(map(route.wants, wanted)))

    @cached_property
    def watched(self) -> frozenset[str]:
        """The rules of which every live alert matters: they speak for others, or may end apart."""
        apart = {
            rule.name
            for rule in self.ending
            if any(follow_up.same != ("customer",) for follow_up in rule.endings)
        }
        return frozenset({order.speaker for order in self.suppress} | apart)

    @cached_property
    def longest_limit(self) -> timedelta:
        """How far back messages must be counted for every limit to hold."""
        own = [rule.limit.per for rule in self.rules if rule.limit]
        return max([self.chat_limit.per, *own, *([self.storm.per] if self.storm else [])])

    @cached_property
    def _resetting(self) -> frozenset[str]:
        """The rules that also look at calls which are no matches: they start a count again."""
        return frozenset(rule.name for rule in self.judging if rule.resets)

    @cached_property
    def _windowed(self) -> frozenset[str]:
        return frozenset(rule.name for rule in self.judging if rule.aggregate)

    @cached_property
    def _tests(self) -> tuple[tuple[Test, tuple[str, ...]], ...]:
        """Each condition once, with the rules that have it."""
        names: dict[Test, list[str]] = {}
        for rule in self.judging:
            names.setdefault(rule.test, []).append(rule.name)
        return tuple((test, tuple(rules)) for test, rules in names.items())

    @cached_property
    def _ending_tests(self) -> tuple[tuple[Test, tuple[Rule, ...]], ...]:
        """Each condition of calls that end alerts once, with the rules that have it."""
        rules: dict[Test, dict[str, Rule]] = {}
        for rule in self.ending:
            for follow_up in rule.endings:
                rules.setdefault(follow_up.test, {})[rule.name] = rule
        return tuple((test, tuple(named.values())) for test, named in rules.items())

    @cached_property
    def _longest_settle(self) -> timedelta:
        return max((rule.settle for rule in self.judging), default=timedelta())

    def _settled(self, call: Call, now: datetime) -> bool:
        """Whether every rule takes `call` as final by `now`."""
        return call.ended_at is not None and call.ended_at + self._longest_settle <= now

    def met_by(self, call: Call) -> set[str]:
        """Return the names of the rules whose condition `call` meets, whatever the hour."""
        return {name for test, names in self._tests if test(call) for name in names}

    def lag_of(self, rule: Rule) -> timedelta:
        """Return how late calls may be listed before `rule` judges what did not come."""
        return self.lag if rule.lag is None else rule.lag

    def windows(self) -> Windows:
        """Return windows with nothing in them; whoever has the calls fills them."""
        windowed = tuple(rule for rule in self.rules if rule.aggregate or rule.quiet)
        return Windows(windowed, self.wording.zone)

    def needs(self, changes: Iterable[Change], windows: Windows | None = None) -> Needs:
        """Return what `feed` will look at, for the store to gather."""
        return needing.needs(self, changes, windows)

    def needs_due(self, due: Iterable[Due], now: datetime, windows: Windows | None = None) -> Needs:
        """Return what `advance` will look at, for the store to gather."""
        return needing.needs_due(self, due, now, windows)

    def feed(
        self,
        changes: Sequence[Change],
        standing: Standing,
        now: datetime,
        *,
        windows: Windows | None = None,
    ) -> Decision:
        """Return what follows from `changes`, each judged in the order its call ended."""
        bench = Bench(self, standing, now, windows or self.windows())
        met = {change.after.id: self.met_by(change.after) for change in changes}
        for change in changes:
            call = change.after
            idle = bench.windows.note(call, change.before, meets=met[call.id])
            if idle and change.before is None and self._settled(call, now):
                met[call.id] -= idle  # counted, and nothing more can come of it
            bench.windows.unjudged.update((name, call.id) for name in met[call.id] & self._windowed)
            bench.postings.revisions[call.id] = change.revision
        for change in sorted(changes, key=_ended):
            self._judge(bench, change, met[change.after.id])
        return bench.decision

    def _judge(self, bench: Bench, change: Change, met: set[str]) -> None:
        if self.followers:
            bench.postings.call_event(change)
        looking = met | self._resetting
        for rule in self.judging:
            if rule.name in looking or change.before:
                bench.windows.unjudged.discard((rule.name, change.after.id))
                matching.judge(bench, rule, change, matches=rule.name in met)
        self._follow(bench, change)

    def _follow(self, bench: Bench, change: Change) -> None:
        """Let a call end alerts, and take back what it ended by an earlier reading."""
        if change.before:
            for rule in self.ending:
                endings.take_back(bench, rule, change)
        if tries.moved(change):
            for rule in filter(tries.counts, self.ending):
                tries.count(bench, rule, change)
        for test, rules in self._ending_tests:
            for rule in rules if test(change.after) else ():
                endings.follow(bench, rule, change.after)

    def advance(
        self,
        due: Sequence[Due],
        standing: Standing,
        now: datetime,
        *,
        windows: Windows | None = None,
    ) -> Decision:
        """Return what follows from timers that fell due, in the order of what they are about."""
        bench = Bench(self, standing, now, windows or self.windows())
        for one in sorted(due, key=_order):
            self._fall_due(bench, one)
        return bench.decision

    def act(
        self, act: Act | Deed, alert: Alert, by: str, standing: Standing, now: datetime
    ) -> Decision:
        """Return what follows when the person `by` acts on `alert`; nothing if it is too late."""
        bench = Bench(self, standing, now, self.windows())
        deed = act if isinstance(act, Deed) else Deed(act)
        match deed.act:
            case Act.TAKE:
                lives.take(bench, alert, by)
            case Act.RELEASE:
                lives.release(bench, self.named.get(alert.rule), alert, by)
            case Act.CLOSE | Act.CALLED:
                lives.close(bench, alert, by, deed)
            case Act.REMIND:
                lives.postpone(bench, alert, by, deed.after)
            case Act.NOTE:
                lives.write(bench, alert, by, deed.text)
            case _:
                assert_never(deed.act)
        return bench.decision

    def plan(
        self,
        now: datetime,
        have: Iterable[tuple[str, str, TimerKind]],
        *,
        windows: Windows | None = None,
    ) -> Decision:
        """Return the timers that rules need by themselves and do not `have`: after a start."""
        bench = Bench(self, Standing(), now, windows or self.windows())
        known = set(have)
        for rule in self.rules:
            if rule.report and (rule.name, "", TimerKind.REPORT) not in known:
                reporting.plan_report(bench, rule, rule.report)
            for key in absences.watched_keys(bench, rule):
                if (rule.name, key, TimerKind.QUIET) not in known:
                    absences.expect_call(bench, rule, key, since=now)
        return bench.decision

    def _fall_due(self, bench: Bench, due: Due) -> None:
        rule = self.named.get(due.timer.rule)
        match due.timer.kind:
            case TimerKind.SETTLE if rule and due.change:
                bench.windows.unjudged.discard((rule.name, due.change.after.id))
                bench.postings.revisions[due.change.after.id] = due.change.revision
                matches = rule.test(due.change.after)
                matching.judge(bench, rule, due.change, matches=matches, timed=True)
            case TimerKind.ABSENCE if rule:
                absences.judge_absence(bench, rule, due)
            case TimerKind.QUIET if rule:
                absences.judge_quiet(bench, rule, due)
            case TimerKind.REPORT if rule:
                reporting.draw_up(bench, rule)
            case _:
                lives.fall_due(bench, rule, due)


def _ended(change: Change) -> tuple[datetime, str]:
    return (change.after.ended_at or change.after.started_at, change.after.id)


def _order(due: Due) -> tuple[datetime, str]:
    return _ended(due.change) if due.change else (due.timer.due_at, due.timer.key)
