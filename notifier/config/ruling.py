"""From a rule as it was written to the core's rule: compiled, with every default filled in."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from notifier.config.aggregating import build_aggregate, build_quiet, usual_pause
from notifier.config.building import build_limit
from notifier.config.following import build_resolve, build_unless
from notifier.config.gathering import build_digest, build_escalate, build_group, build_report
from notifier.config.materials import Materials
from notifier.config.meanings import calendars_of, meaning_of
from notifier.config.model.document import Calendar as WrittenCalendar
from notifier.config.model.rules import Backoff
from notifier.config.model.rules import Rule as WrittenRule
from notifier.config.scalars import LONGEST, unique
from notifier.core.alerts import Language
from notifier.core.calendars import Span
from notifier.core.rules.aggregates import Aggregate
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import Rule, Template, Throttle

_MOST_STEPS = 64
"""Steps of a growing pause: twice as long each time, that is far beyond ten years."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where rules are made, from one file."""

    materials: Materials

    def rules(self) -> tuple[Rule, ...]:
        """Return the enabled rules in the order of the file."""
        written = self.materials.document.rules
        return tuple(self._rule(name, rule) for name, rule in written.items() if rule.enabled)

    def _rule(self, name: str, rule: WrittenRule) -> Rule:
        made = replace(
            self._plain(name, rule),
            aggregate=build_aggregate(self.materials, name, rule),
            unless=build_unless(self.materials, name, rule),
            quiet=build_quiet(rule),
            resolve=build_resolve(self.materials, name, rule),
            escalate=build_escalate(rule),
            group=build_group(rule),
            digest=build_digest(rule),
            report=build_report(self.materials, rule),
            lag=self._lag(rule),
            buttons=rule.buttons,
        )
        every = _every(rule, made.aggregate)
        return replace(made, every=every, meaning=self._meaning(made))

    def _plain(self, name: str, rule: WrittenRule) -> Rule:
        """Return the rule but for what looks at other calls or gathers; a report is about all."""
        document = self.materials.document
        defaults = document.defaults
        condition = self.materials.condition(name, "when") or EVERY
        spoken = "max_age" in rule.model_fields_set
        return Rule(
            name=name,
            condition=condition,
            test=self.materials.test(condition),
            to=unique(rule.to or defaults.to),
            settle=document.source.settle if rule.settle is None else rule.settle,
            max_age=(rule.max_age if spoken else defaults.max_age) or LONGEST,
            stale=rule.stale or defaults.stale,
            severity=rule.severity or defaults.severity,
            during=self.materials.calendars(*rule.during),
            outside=self.materials.calendars(*rule.outside),
            key=rule.key or "",
            limit=build_limit(rule.limit) if rule.limit else None,
            title=self._templates(name, "title"),
            text=self._templates(name, "text"),
            owner=rule.owner,
            description=rule.description,
        )

    def _lag(self, rule: WrittenRule) -> timedelta | None:
        """Return how late the source may be; None for as late as it is, which is auto."""
        lag = self.materials.document.defaults.lag if rule.lag is None else rule.lag
        return lag if isinstance(lag, timedelta) else None

    def _templates(self, rule: str, what: str) -> Mapping[Language, Template]:
        """Return a template for each language; one that is not written speaks as another."""
        path = ("rules", rule, what)
        found = self.materials.pieces.templates
        whole = found.get(path)
        apart = {language: found.get((*path, language.value)) for language in Language}
        first = whole or next((one for one in apart.values() if one), None)
        return {language: one or first for language, one in apart.items() if one or first}  # type: ignore[misc]  # one of both is there

    def _meaning(self, rule: Rule) -> str:
        written = self.materials.document.calendars
        named = calendars_of(self.materials, rule)
        calendars = [_calendar_meaning(name, written[name]) for name in named]
        said = [*meaning_of(self.materials, rule), calendars]
        return hashlib.blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()


def _calendar_meaning(name: str, calendar: WrittenCalendar) -> list[object]:
    week = {day: spans for days, spans in calendar.open.items() for day in days}
    closed: set[date] = {day for days in calendar.closed for day in days}
    return [
        name,
        [[day, _spans_text(week[day])] for day in sorted(week)],
        ";".join(calendar.holidays),
        sorted(day.isoformat() for day in closed),
        [[day.isoformat(), _spans_text(calendar.extra[day])] for day in sorted(calendar.extra)],
    ]


def _spans_text(spans: tuple[Span, ...]) -> str:
    return " ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in spans)


def _every(rule: WrittenRule, aggregate: Aggregate | None) -> Throttle | None:
    """Return the throttle of `rule`; one that looks at several calls has one unless it says off."""
    if "every" in rule.model_fields_set or aggregate is None:
        return throttle(rule.every)
    return throttle(usual_pause(aggregate))


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
