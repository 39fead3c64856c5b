"""The calls of the recent past as rules with windows see them: by rule and key, in event time."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from notifier.core.calls import Call
from notifier.core.rules.aggregates import (
    RESET,
    WEEK,
    Aggregate,
    Count,
    Distinct,
    Entry,
    New,
    Ratio,
    Spike,
    Sum,
    Verdict,
)
from notifier.core.rules.keys import values_of
from notifier.core.rules.model import Rule

SLACK = timedelta(hours=2)
"""How much longer than its window an entry is kept, so that late calls find their neighbours."""

_LAST = chr(0x10FFFF)
"""After every id."""

_SWEEP_EVERY = 4_096
"""Calls after which keys that have gone idle are looked for."""


@dataclass(slots=True)
class Windows:
    """What rules with windows remember; made anew from the calls themselves whenever it is lost."""

    rules: tuple[Rule, ...]
    """Those in force."""
    zone: ZoneInfo
    began: datetime | None = None
    """Start of the oldest call that is remembered at all; None for nobody knows."""
    unjudged: set[tuple[str, str]] = field(default_factory=set)
    """Rules and ids of calls that are in windows and wait for their own judgement."""
    last: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """By rule and key, for rules about quiet: when the newest match started."""
    _entries: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    _noted: int = 0
    _kept: dict[str, timedelta] = field(init=False)
    """By rule: how long its entries are kept."""

    def __post_init__(self) -> None:
        self._kept = {rule.name: _kept(rule.aggregate) for rule in self.rules if rule.aggregate}

    @staticmethod
    def reach(rules: Iterable[Rule]) -> timedelta:
        """Return how far back calls are needed to make the windows of `rules`."""
        spans = [_kept(rule.aggregate) for rule in rules if rule.aggregate]
        spans += [timedelta(days=30) for rule in rules if rule.quiet]
        return max(spans, default=timedelta())

    def note(
        self, call: Call, before: Call | None = None, *, meets: Container[str] | None = None
    ) -> set[str]:
        """Take `call` into the windows, in the place of the reading before.

        `meets` has the names of the rules whose condition it meets; None where nobody has looked.
        Returns the rules with so few entries, this one the newest, that no window can hold yet.
        """
        idle: set[str] = set()
        for rule in self.rules:
            matches = rule.test(call) if meets is None else rule.name in meets
            if rule.aggregate and before is not None:
                self._drop(rule, rule.aggregate, before)
            if matches and rule.in_hours(call):
                if not self._take(rule, call):
                    idle.add(rule.name)
            elif rule.aggregate and rule.aggregate.reset and rule.aggregate.reset(call):
                self._insert(rule, rule.aggregate, call, RESET)
        self._noted += 1
        if self._noted % _SWEEP_EVERY == 0:
            self._sweep()
        return idle

    def too_few(self, rule: Rule, key: str) -> bool:
        """Whether there are so few entries under `key` that no window of `rule` can hold."""
        assert rule.aggregate is not None  # noqa: S101 - only rules with windows are asked
        return len(self._entries.get((rule.name, key), ())) < rule.aggregate.fewest

    def judge(
        self,
        rule: Rule,
        key: str,
        until: Entry,
        *,
        without: str = "",
        instead: Entry | None = None,
    ) -> Verdict:
        """Judge the window of `rule` and `key` that ends with `until`.

        As if the call `without` were not in it, or were still as the entry `instead` has it; nor
        are those in it then that wait for their own judgement.
        """
        aggregate = rule.aggregate
        assert aggregate is not None  # noqa: S101 - only rules with windows are asked for theirs
        after = until.at - aggregate.within
        entries = self._between(rule, key, after, until)
        if without:
            entries = [
                entry
                for entry in entries
                if entry.identity != without and (rule.name, entry.identity) not in self.unjudged
            ]
            if instead and after < instead.at and instead[:2] <= until[:2]:
                entries = sorted([*entries, instead], key=_place)
        if isinstance(aggregate, Spike):
            return aggregate.judge(entries, usual=self._usual(rule, aggregate, key, until.at))
        return aggregate.judge(entries)

    def of(self, rule: Rule, key: str) -> Sequence[Entry]:
        """Return everything that is remembered under `key`, in the order of the ends."""
        return self._entries.get((rule.name, key), ())

    def entry(self, rule: Rule, key: str, call: Call) -> Entry | None:
        """Return what one reading of a call is under `key`; None if it is not for it."""
        aggregate = rule.aggregate
        if aggregate is None or key not in values_of(aggregate.per, call, self.zone):
            return None
        if rule.holds(call):
            value = _value(aggregate, call, self.zone)
        else:
            value = RESET if aggregate.reset and aggregate.reset(call) else None
        kept = call if aggregate.keeps_calls else None
        return None if value is None else Entry(_instant(call), call.id, value, kept)

    def own(self, rule: Rule, key: str, call: Call) -> Entry | None:
        """Return the entry of `call` under `key`; None if it is not in there."""
        at = _instant(call)
        entries = self._entries.get((rule.name, key), ())
        if entries and entries[-1].identity == call.id:
            return entries[-1]
        place = bisect_left(entries, (at, call.id))
        if place < len(entries) and entries[place].identity == call.id:
            return entries[place]
        return None

    def after(self, rule: Rule, key: str, entry: Entry) -> Iterator[Entry]:
        """Give the judged entries, but for those that reset, whose windows hold `entry`.

        It came late. Calls that wait for their own judgement will look at all of it then.
        """
        for later in self._later(rule, key, entry.at, entry.identity):
            waits = (rule.name, later.identity) in self.unjudged
            if later.value is not RESET and not waits:
                yield later

    def later(self, rule: Rule, key: str, call: Call) -> Iterator[Entry]:
        """Give the entries whose windows would hold `call`, which need not be in here yet."""
        return self._later(rule, key, _instant(call), call.id)

    def _later(self, rule: Rule, key: str, at: datetime, identity: str) -> Iterator[Entry]:
        assert rule.aggregate is not None  # noqa: S101 - only rules with windows are asked
        entries = self._entries.get((rule.name, key), [])
        if not entries or entries[-1][:2] <= (at, identity):
            return
        end = at + rule.aggregate.within
        for later in entries[bisect_left(entries, (at, f"{identity}\0")) :]:
            if later.at >= end:
                return
            yield later

    def _take(self, rule: Rule, call: Call) -> bool:
        """Take a match into the windows of `rule`; whether anything can come of it."""
        if rule.aggregate:
            value = _value(rule.aggregate, call, self.zone)
            return value is None or self._insert(rule, rule.aggregate, call, value)
        if rule.quiet:
            for key in values_of(rule.quiet.per, call, self.zone):
                known = self.last.get((rule.name, key))
                self.last[rule.name, key] = max(known or call.started_at, call.started_at)
        return True

    def _insert(self, rule: Rule, aggregate: Aggregate, call: Call, value: object) -> bool:
        entry = Entry(_instant(call), call.id, value, call if aggregate.keeps_calls else None)
        oldest, fewest = entry.at - self._kept[rule.name], aggregate.fewest
        busy = False
        for key in values_of(aggregate.per, call, self.zone):
            entries = self._entries.setdefault((rule.name, key), [])
            if not entries or entries[-1][:2] < entry[:2]:
                entries.append(entry)
            else:
                busy = True
                place = bisect_left(entries, entry[:2])
                if entries[place].identity != entry.identity:
                    entries.insert(place, entry)
            if entries[0].at < oldest:
                del entries[: bisect_left(entries, (oldest, ""))]
            busy = busy or len(entries) >= fewest
        return busy

    def _drop(self, rule: Rule, aggregate: Aggregate, call: Call) -> None:
        for key in values_of(aggregate.per, call, self.zone):
            if entry := self.own(rule, key, call):
                self._entries[rule.name, key].remove(entry)

    def _between(self, rule: Rule, key: str, after: datetime, until: Entry) -> Sequence[Entry]:
        """Return the entries after one instant, up to and with `until`."""
        entries = self._entries.get((rule.name, key), [])
        first = bisect_left(entries, (after, _LAST))
        return entries[first : bisect_left(entries, (until.at, f"{until.identity}\0"))]

    def _usual(self, rule: Rule, spike: Spike, key: str, at: datetime) -> float | None:
        """Return how many calls the same span of past weeks had on average; None if unknown."""
        entries = self._entries.get((rule.name, key), [])
        counts: list[int] = []
        for week in range(1, spike.weeks + 1):
            end = at - week * WEEK
            start = end - spike.within
            if self.began is None or start < self.began:
                break
            first, last = (bisect_left(entries, (edge, _LAST)) for edge in (start, end))
            counts.append(last - first)
        return sum(counts) / len(counts) if counts else None

    def _sweep(self) -> None:
        """Forget keys whose newest entry is too old for any window."""
        newest = max((kept[-1].at for kept in self._entries.values() if kept), default=None)
        self._entries = {
            name: entries
            for name, entries in self._entries.items()
            if newest and entries and entries[-1].at >= newest - self._kept[name[0]]
        }


def _kept(aggregate: Aggregate) -> timedelta:
    weeks = aggregate.weeks * WEEK if isinstance(aggregate, Spike) else timedelta()
    return aggregate.within + weeks + SLACK


def _place(entry: Entry) -> tuple[datetime, str]:
    return entry[:2]


def _instant(call: Call) -> datetime:
    return call.ended_at or call.started_at


def _value(aggregate: Aggregate, call: Call, zone: ZoneInfo) -> object:
    """Return what `aggregate` looks at in a match; None if there is nothing to look at."""
    match aggregate:
        case Ratio():
            return aggregate.of(call)
        case Sum():
            return getattr(call, aggregate.field)
        case Distinct():
            return values_of(aggregate.field, call, zone) or None
        case Count() | Spike() | New():
            return True
        case _:
            assert_never(aggregate)
