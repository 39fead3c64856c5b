"""What of a rule decides which calls it finds, as texts: its state is kept while they stay so."""

from collections.abc import Iterator
from dataclasses import fields

from notifier.config.materials import Materials
from notifier.core.rules.aggregates import Aggregate
from notifier.core.rules.canonicals import canonical
from notifier.core.rules.language import Open, atoms
from notifier.core.rules.model import Quiet, Report, Rule, Unless

_COMPILED = {"of": ("ratio", "of"), "reset": ("count", "reset_by")}
"""Parameters of aggregates that are functions, and where their condition is written."""

_TOLD = frozenset({"counts", "resets"})
"""Parameters of aggregates that say the same once more, for people."""


def meaning_of(materials: Materials, rule: Rule) -> list[object]:
    """Return what `rule` matches, but for what the calendars hold that it names."""
    return [
        canonical(rule.condition),
        sorted(calendar.name for calendar in rule.during),
        sorted(calendar.name for calendar in rule.outside),
        materials.document.timezone.key,
        _aggregate(materials, rule.name, rule.aggregate),
        _unless(rule.unless),
        _quiet(rule.quiet),
        _report(rule.report),
    ]


def _aggregate(materials: Materials, name: str, aggregate: Aggregate | None) -> list[str]:
    if aggregate is None:
        return []
    said = [type(aggregate).__name__]
    for one in fields(aggregate):
        if below := _COMPILED.get(one.name):
            condition = materials.condition(name, *below)
            said.append(canonical(condition) if condition is not None else "")
        elif one.name not in _TOLD:
            said.append(str(getattr(aggregate, one.name)))
    return said


def _unless(unless: Unless | None) -> list[object]:
    if unless is None:
        return []
    waits_for = [[canonical(one.condition), *sorted(one.same)] for one in unless.follow_ups]
    return [sorted(waits_for), str(unless.within), [calendar.name for calendar in unless.clock]]


def _quiet(quiet: Quiet | None) -> list[str]:
    return [str(quiet.span), quiet.per] if quiet else []


def _report(report: Report | None) -> list[object]:
    """Return when it is due and what it covers; its parts are words."""
    if report is None:
        return []
    on = report.on.name if report.on else ""
    return [sorted(at.isoformat() for at in report.at), report.range, on]


def calendars_of(materials: Materials, rule: Rule) -> list[str]:
    """Return the names of all calendars that decide what `rule` matches, in order."""
    clock = rule.unless.clock if rule.unless else ()
    named = {calendar.name for calendar in (*rule.during, *rule.outside, *clock)}
    return sorted(named | set(_opened(materials, rule.name)))


_DECIDING = (("when",), ("ratio", "of"), ("count", "reset_by"), ("unless", "when"))
"""Where the conditions stand that decide what a rule matches."""


def _opened(materials: Materials, name: str) -> Iterator[str]:
    """Give the calendars that its conditions ask by open()."""
    for below in _DECIDING:
        condition = materials.condition(name, *below)
        if condition is not None:
            yield from (atom.calendar for atom in atoms(condition) if isinstance(atom, Open))
