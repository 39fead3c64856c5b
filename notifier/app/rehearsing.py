"""Runs rules over remembered calls in virtual time: nothing is sent, and nothing is kept."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from notifier.app.rulebook import engine_of
from notifier.config.settings import Config
from notifier.core.asking.rulings import Rehearsed
from notifier.core.calls import Change
from notifier.core.rules import tries
from notifier.core.rules.aggregates import Count, Spike
from notifier.core.rules.engine import Engine
from notifier.core.rules.faults import Vocabulary
from notifier.core.rules.language import Fact, Flag, asks_for_internal
from notifier.core.rules.model import Mute, Rule
from notifier.core.rules.rehearsals import Rehearsal, polled
from notifier.core.rules.sql import Where, meant, where_of
from notifier.core.rules.tolls import HELD_BACK, Stretch, alerts_of, busiest
from notifier.core.rules.windows import Windows
from notifier.store.database import Database
from notifier.store.history import History
from notifier.store.rule_history import RuleHistory

Along: TypeAlias = Callable[[Iterable[Change], int], Iterable[Change]]
"""Gives the calls on, of which there are so many, and may show how far it is."""


def _unseen(calls: Iterable[Change], _total: int) -> Iterable[Change]:
    return calls


@contextmanager
def undisturbed() -> Iterator[None]:
    """Have the search for garbage wait: there are no rings in what a rehearsal leaves behind.

    It took a quarter of a month's CPU (`benchmarks/rules.py`). For a process of its own.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def rehearse(
    config: Config,
    database: Database,
    stretch: Stretch,
    rules: Iterable[Rule],
    *,
    along: Along = _unseen,
) -> Rehearsal:
    """Run `rules` of `config` over the calls that ended within `stretch`.

    The calls before it fill the windows and alert nobody.
    """
    chosen = tuple(rules)
    whole = engine_of(config)
    names = {rule.name for rule in chosen}
    orders = tuple(order for order in whole.suppress if order.speaker in names)
    engine = replace(whole, rules=chosen, suppress=orders)
    one = Rehearsing(engine, config.mutes, prefilter(config, chosen))
    return replay(one, database, stretch, along=along)


@dataclass(frozen=True, slots=True)
class Rehearsing:
    """What is run over remembered calls."""

    engine: Engine
    mutes: tuple[Mute, ...] = ()
    wheres: list[Where] | None = None
    """What picks the calls that it can look at; None for all of them."""


def replay(
    one: Rehearsing, database: Database, stretch: Stretch, *, along: Along = _unseen
) -> Rehearsal:
    """Run `one` over the calls of `stretch`, as polls would have read them."""
    history, since, until = History(database), stretch.since, stretch.until
    run = Rehearsal(one.engine, one.mutes, keeps_audit=False)
    before = since - Windows.reach(one.engine.rules)
    run.remember(history.calls(before, since, one.wheres))
    run.begin(since)
    total = history.count(since, until, one.wheres)
    calls = along(history.calls(since, until, one.wheres), total)
    for changes, at in polled(one.engine, calls):
        if at <= until:
            run.replay(changes, at)
    run.advance(until)
    return run


def prefilter(config: Config, rules: Iterable[Rule]) -> list[Where] | None:
    """Return what picks every call that one of `rules` can look at; None if that is any call.

    Calls for a report, and those that count towards what is usual, are not told apart.
    """
    vocabulary = Vocabulary(config.lists, config.calendars)
    wheres: list[Where] = []
    for rule in rules:
        if rule.report or isinstance(rule.aggregate, Spike):
            return None
        internal = asks_for_internal(rule.condition)
        conditions = [meant(rule.condition, internal=internal)]
        conditions += [meant(one.condition, internal=internal) for one in rule.endings]
        if tries.counts(rule):
            conditions.append(meant(Flag(Fact.UNREACHED), internal=internal))
        if isinstance(rule.aggregate, Count):
            conditions.append(meant(rule.aggregate.resets, internal=internal))
        wheres += [where_of(condition, vocabulary, config.zone) for condition in conditions]
    return wheres


def rehearsed(
    config: Config, path: Path, rule: Rule, since: datetime, until: datetime
) -> Rehearsed:
    """Return what `rule` by itself would have told of the calls in the file at `path`.

    StoreError where that cannot be read.
    """
    with closing(Database.open_to_read(path)) as database:
        stretch = Stretch(since, until, RuleHistory(database).began())
        run = rehearse(config, database, stretch, [rule])
    channel, messages = busiest(run)
    counted = [(reason, n) for (name, reason), n in run.reasons.most_common() if name == rule.name]
    return Rehearsed(
        rule=rule.name,
        since=since,
        until=until,
        alerts=len(alerts_of(run, rule.name)),
        channel=channel,
        messages=messages,
        a_day=stretch.a_day(messages),
        held=tuple((reason.value, n) for reason, n in counted if reason in HELD_BACK),
        starts_late=stretch.starts_late,
    )
