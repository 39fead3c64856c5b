"""What remembered calls say against a rule: it would be too loud, or has nothing to look at."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifier.cli.rehearsing import rehearse, with_progress
from notifier.cli.trying import too_many
from notifier.core.rules.tolls import MOST_A_DAY, Stretch, busiest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.config.settings import Config
    from notifier.core.rules.model import Rule
    from notifier.store.database import Database

LOUD_WITHIN = timedelta(days=7)
"""How far back it is looked whether a rule would be too loud: a week has one of each day."""

SILENT_FOR = timedelta(days=30)
"""How far back it is looked whether a rule has any match."""

_KNOWN_ENOUGH = timedelta(days=7)
"""How much must be remembered for a rule without a match to be worth a word."""


def lint_by_history(config: "Config", database: "Database", now: datetime) -> Iterator[str]:
    """Give a sentence for each rule of `config` that remembered calls speak against."""
    from notifier.store.rule_history import RuleHistory

    past = RuleHistory(database)
    began = past.began()
    if began is None:
        return
    yield from _strange_hotlines(config, past.hotlines())
    yield from _silent(config, database, Stretch(now - SILENT_FOR, now, began))
    yield from _loud(config, database, Stretch(now - LOUD_WITHIN, now, began))


def _loud(config: "Config", database: "Database", stretch: Stretch) -> Iterator[str]:
    run = rehearse(config, database, stretch, config.rules, label="7 days")
    for rule in config.rules:
        channel, messages = busiest(run, rule.name)
        if (a_day := stretch.a_day(messages)) > MOST_A_DAY:
            yield f"rules.{too_many(rule, channel, a_day)}"


def _silent(config: "Config", database: "Database", stretch: Stretch) -> Iterator[str]:
    if stretch.length < _KNOWN_ENOUGH:
        return
    days = int(stretch.length / timedelta(days=1))
    for rule in _without_match(config, database, stretch):
        yield f"rules.{rule.name}: no call of the last {days} days is a match"


def _without_match(config: "Config", database: "Database", stretch: Stretch) -> "Iterable[Rule]":
    """Return the rules that are met by no call, or by none within their hours."""
    from notifier.app.rehearsing import prefilter
    from notifier.store.history import History

    history = History(database)
    waiting = [rule for rule in config.rules if rule.report is None]
    wheres = prefilter(config, waiting)
    total = history.count(stretch.since, stretch.until, wheres)
    calls = history.calls(stretch.since, stretch.until, wheres)
    for change in with_progress(calls, total, "30 days"):
        waiting = [rule for rule in waiting if not rule.holds(change.after)]
        if not waiting:
            break
    return waiting


def _strange_hotlines(config: "Config", known: frozenset[str]) -> Iterator[str]:
    """Give a sentence for each hotline that a rule names and no remembered call has."""
    from notifier.core.calls import UNKNOWN_HOTLINE
    from notifier.core.phones import readable
    from notifier.core.rules.patterns import comparable

    called = {comparable(hotline) for hotline in known} | {UNKNOWN_HOTLINE}
    for rule in config.rules:
        for hotline in sorted(_hotlines(rule, config) - called):
            yield f"rules.{rule.name}: no remembered call has the hotline {readable(hotline)}"


def _hotlines(rule: "Rule", config: "Config") -> set[str]:
    """Return the hotlines that the condition of `rule` asks for, in their comparable form."""
    from notifier.core.rules.language import Listed, OneOf, Term, atoms
    from notifier.core.rules.patterns import comparable

    found: set[str] = set()
    for atom in atoms(rule.condition):
        if isinstance(atom, OneOf) and atom.term == Term("hotline") and not atom.negated:
            found |= {str(value) for value in atom.values}
        if isinstance(atom, Listed) and atom.term == Term("hotline") and not atom.negated:
            found |= {comparable(value) for value in config.lists.get(atom.name, ())}
    return found
