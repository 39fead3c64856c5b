"""From a rule as it was written to the core's rule: compiled, with every default filled in."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from notifier.config.building import build_limit, unique
from notifier.config.conditions import Pieces
from notifier.config.model.document import Calendar as WrittenCalendar
from notifier.config.model.document import Document
from notifier.config.model.rules import Backoff
from notifier.config.model.rules import Rule as WrittenRule
from notifier.config.scalars import LONGEST
from notifier.core.alerts import Language
from notifier.core.calendars import Calendar, Span
from notifier.core.rules.canonicals import canonical
from notifier.core.rules.compiling import compile_condition
from notifier.core.rules.language import Condition, asks_for_internal
from notifier.core.rules.model import Rule, Template, Test, Throttle
from notifier.core.rules.reading import Vocabulary

_MOST_STEPS = 64
"""Steps of a growing pause: twice as long each time, that is far beyond ten years."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What rules are made from: one file."""

    document: Document
    pieces: Pieces
    vocabulary: Vocabulary

    def rules(self) -> tuple[Rule, ...]:
        """Return the enabled rules in the order of the file; those without `when` have no use."""
        return tuple(
            self._rule(name, rule, self.pieces.conditions["rules", name, "when"])
            for name, rule in self.document.rules.items()
            if rule.enabled and ("rules", name, "when") in self.pieces.conditions
        )

    def _rule(self, name: str, rule: WrittenRule, condition: Condition) -> Rule:
        defaults = self.document.defaults
        settle = self.document.source.settle if rule.settle is None else rule.settle
        spoken = "max_age" in rule.model_fields_set
        return Rule(
            name=name,
            condition=condition,
            test=self._test(condition),
            to=unique(rule.to or defaults.to),
            settle=settle,
            max_age=(rule.max_age if spoken else defaults.max_age) or LONGEST,
            stale=rule.stale or defaults.stale,
            severity=rule.severity or defaults.severity,
            during=self._calendars(rule.during),
            outside=self._calendars(rule.outside),
            key=rule.key or "",
            every=throttle(rule.every),
            limit=build_limit(rule.limit) if rule.limit else None,
            title=self._templates(name, "title"),
            text=self._templates(name, "text"),
            owner=rule.owner,
            description=rule.description,
            meaning=self._meaning(rule, canonical(condition)),
        )

    def _test(self, condition: Condition) -> Test:
        """Return the condition as a function; calls between extensions only where it asks."""
        holds = compile_condition(condition, self.vocabulary, self.document.timezone)
        if asks_for_internal(condition):
            return holds
        return lambda call: not call.internal and holds(call)

    def _calendars(self, names: tuple[str, ...]) -> tuple[Calendar, ...]:
        return tuple(self.vocabulary.calendars[name] for name in unique(names))

    def _templates(self, rule: str, what: str) -> Mapping[Language, Template]:
        """Return a template for each language; one that is not written speaks as another."""
        path = ("rules", rule, what)
        found = self.pieces.templates
        whole = found.get(path)
        apart = {language: found.get((*path, language.value)) for language in Language}
        first = whole or next((one for one in apart.values() if one), None)
        return {language: one or first for language, one in apart.items() if one or first}  # type: ignore[misc]  # one of both is there

    def _meaning(self, rule: WrittenRule, condition: str) -> str:
        written = self.document.calendars
        named = {*rule.during, *rule.outside}
        named |= {name for name in written if f'open("{name}")' in condition}
        said = [
            condition,
            sorted(set(rule.during)),
            sorted(set(rule.outside)),
            self.document.timezone.key,
            [_calendar_meaning(name, written[name]) for name in sorted(named)],
        ]
        return hashlib.blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()


def _calendar_meaning(name: str, calendar: WrittenCalendar) -> list[object]:
    week = {day: spans for days, spans in calendar.open.items() for day in days}
    closed: set[date] = {day for days in calendar.closed for day in days}
    return [
        name,
        [[day, _spans_text(week[day])] for day in sorted(week)],
        calendar.holidays,
        sorted(day.isoformat() for day in closed),
        [[day.isoformat(), _spans_text(calendar.extra[day])] for day in sorted(calendar.extra)],
    ]


def _spans_text(spans: tuple[Span, ...]) -> str:
    return " ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in spans)


def throttle(every: timedelta | Backoff | tuple[timedelta, ...] | None) -> Throttle | None:
    """Return the throttle of `every`; None for off. The last pause repeats, and is forgotten."""
    if every is None:
        return None
    if isinstance(every, timedelta):
        steps: tuple[timedelta, ...] = (every,)
    elif isinstance(every, Backoff):
        steps = _growing(every)
    else:
        steps = every
    return Throttle(steps, forget_after=steps[-1])


def _growing(every: Backoff) -> tuple[timedelta, ...]:
    steps = [min(every.first, every.max)]
    while steps[-1] < every.max and every.backoff > 1 and len(steps) < _MOST_STEPS:
        steps.append(min(steps[-1] * every.backoff, every.max))
    return tuple(steps)
