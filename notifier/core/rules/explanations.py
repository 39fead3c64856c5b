"""Why a rule holds for one call or does not, condition by condition, with what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.calendars import Calendar
from notifier.core.calls import Call, CallState, settles_at
from notifier.core.messages import Phrases
from notifier.core.rules.absences import deadline_of
from notifier.core.rules.canonicals import canonical
from notifier.core.rules.compiling import compile_condition
from notifier.core.rules.faults import Vocabulary
from notifier.core.rules.fields import single
from notifier.core.rules.keys import values_of
from notifier.core.rules.language import (
    All,
    Condition,
    Either,
    Flag,
    Like,
    Not,
    OneOf,
    Open,
    Term,
    Value,
    View,
)
from notifier.core.rules.model import Rule
from notifier.core.rules.naming import MOST_NAMED, Namer, Naming
from notifier.core.rules.sentences import Comparison

_LONGEST = 160
"""Letters of a condition or of what was found that are shown."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that a rule looks at, judged for one call."""

    depth: int
    """How many conditions it stands in; 0 for the rule's own."""
    holds: bool
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What an explanation needs besides the rule and the call."""

    naming: Naming
    vocabulary: Vocabulary
    """With which the rule was read."""
    now: datetime
    """Aware; decides what has settled."""


def explain(rule: Rule, call: Call, say: Phrases, *, scene: Scene) -> list[Judged]:
    """Return everything that `rule` looks at, judged for `call`.

    Every condition is judged by the function that it compiles to, so this says what the engine
    sees; the call is a settled match of the rule when all of depth 0 hold. What other calls make
    of it is not looked at: of a rule that waits, the time that it gives is told, and of one that
    counts, where the call is counted. A report asks nothing of any call.
    """
    judge = _Judge(Namer(say, scene.naming), scene.vocabulary, call)
    if rule.report:
        return [Judged(0, holds=False, text=say("rules.explain.report"))]
    found = [*judge.condition(rule.condition, 0)]
    if found[0].holds and not rule.test(call):
        found.append(Judged(0, holds=False, text=say("rules.explain.internal")))
    found += judge.calendars(rule)
    if rule.quiet:
        counts = all(judged.holds for judged in found if not judged.depth)
        found.append(Judged(0, counts, say("rules.explain.ends_quiet")))
        return [*found, *judge.counted(rule)]
    found.append(judge.settled(rule.settle, scene.now))
    if rule.unless:
        found.append(judge.waited(rule, scene.now))
    return [*found, *judge.counted(rule)]


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges one call and says what was found."""

    namer: Namer
    vocabulary: Vocabulary
    call: Call

    def condition(self, condition: Condition, depth: int) -> Iterator[Judged]:
        """Yield `condition` and then all that it is made of, each judged by itself."""
        zone = self.namer.naming.zone
        holds = compile_condition(condition, self.vocabulary, zone)(self.call)
        match condition:
            case All(parts) | Either(parts) if parts:
                name = "all" if isinstance(condition, All) else "any"
                yield Judged(depth, holds, self.namer.say(f"rules.explain.{name}"))
                for part in parts:
                    yield from self.condition(part, depth + 1)
            case Not(part):
                yield Judged(depth, holds, self.namer.say("rules.explain.not"))
                yield from self.condition(part, depth + 1)
            case All() | Either():
                yield Judged(depth, holds, canonical(condition))
            case Open():
                yield Judged(depth, holds, self._hours_text(canonical(condition), is_open=holds))
            case _:
                yield Judged(depth, holds, self._text(condition))

    def calendars(self, rule: Rule) -> Iterator[Judged]:
        """Yield the calendars that let the rule judge the call, or do not."""
        yield from self._hours("during", rule.during, wanted=True)
        yield from self._hours("outside", rule.outside, wanted=False)

    def settled(self, settle: timedelta, now: datetime) -> Judged:
        """Return whether the call may be taken as final; without an end, as far as can be told."""
        call, say = self.call, self.namer.say
        if call.ended_at is None and call.state is not CallState.ANSWERED:
            text = say("rules.explain.unended", span=self.namer.length(settle))
            return Judged(0, holds=call.started_at + settle <= now, text=text)
        at = settles_at(call, settle, call.started_at)
        if at is None:
            return Judged(0, holds=False, text=say("rules.explain.ongoing"))
        name = "settled" if at <= now else "settles"
        return Judged(0, at <= now, say(f"rules.explain.{name}", at=self.namer.instant(at)))

    def waited(self, rule: Rule, now: datetime) -> Judged:
        """Return whether the time is over that a rule with `unless` gives what should follow."""
        deadline = deadline_of(rule, self.call)
        name = "waited" if deadline <= now else "waits"
        text = self.namer.say(f"rules.explain.{name}", at=self.namer.instant(deadline))
        return Judged(0, deadline <= now, text)

    def counted(self, rule: Rule) -> Iterator[Judged]:
        """Yield for what the call counts, where the rule tells calls apart."""
        if rule.per:
            term, say = Term(rule.per), self.namer.say
            values = values_of(rule.per, self.call, self.namer.naming.zone)
            what = self.namer.term(term)
            name = "counts" if values else "counts_nowhere"
            told = ", ".join(self.namer.value(term, value) for value in values)
            yield Judged(
                0, bool(values), _cut(say(f"rules.explain.{name}", what=what, values=told))
            )

    def _hours(self, name: str, calendars: Sequence[Calendar], *, wanted: bool) -> Iterator[Judged]:
        say = self.namer.say
        several = len(calendars) > 1
        states = [hours.is_open(self.call.started_at) for hours in calendars]
        if several:
            holds = any(states) is wanted
            group = "any" if wanted else "all"
            yield Judged(0, holds, say(f"rules.explain.{group}"))
        for hours, is_open in zip(calendars, states, strict=True):
            what = say(f"rules.explain.{name}", calendar=hours.name)
            text = self._hours_text(what, is_open=is_open)
            yield Judged(int(several), is_open is wanted, text)

    def _hours_text(self, what: str, *, is_open: bool) -> str:
        at = self.namer.instant(self.call.started_at)
        return self.namer.say(f"rules.explain.{'open' if is_open else 'closed'}", what=what, at=at)

    def _text(self, atom: Flag | Comparison) -> str:
        what = canonical(_discreet(atom, self.namer))
        found = self._found(atom)
        if not found:
            return self.namer.say("rules.explain.missing", what=_cut(what))
        return self.namer.say("rules.explain.found", what=_cut(what), found=_cut(found))

    def _found(self, atom: Flag | Comparison) -> str:
        """Return what the call has where `atom` looks; "" if that is missing."""
        if isinstance(atom, Flag):
            direction = self.namer.value(Term("direction"), self.call.direction.value)
            state = self.namer.value(Term("state"), self.call.state.value)
            return self.namer.say("rules.explain.kind", direction=direction, state=state)
        values = found(atom.term, self.call, self.namer.naming.zone)
        return ", ".join(self.namer.value(atom.term, value) for value in values)


def found(term: Term, call: Call, zone: ZoneInfo) -> tuple[Value, ...]:
    """Return the values that `term` has in `call`: none, one, or one of each leg."""
    values = _values(term.field, call, zone)
    if term.view is View.LENGTH:
        size = len(str(values[0])) if values and single(Term(term.field)) else len(values)
        return (size,) if size else ()
    if term.view is View.LOWER:
        return tuple(str(value).lower() for value in values)
    return values


def _values(field: str, call: Call, zone: ZoneInfo) -> tuple[Value, ...]:
    match field:
        case "target":
            return call.targets
        case "trunk":
            return tuple(leg.trunk for leg in call.legs if leg.trunk)
        case "end_reason":
            return tuple(leg.end_reason for leg in call.legs if leg.end_reason)
        case "has_recording":
            return (bool(call.recording_urls),)
        case "hour":
            return (call.started_at.astimezone(zone).hour,)
        case "weekday":
            return (call.started_at.astimezone(zone).weekday(),)
        case _:
            value: Value | None = getattr(call, field)
            return () if value is None or value == "" else (value,)


def _discreet(atom: Flag | Comparison, namer: Namer) -> Flag | Comparison:
    """Return `atom` as it may be shown: numbers masked, of many values the first."""
    match atom:
        case OneOf(term, values):
            shown = [namer.discreet(term, v) if isinstance(v, str) else v for v in values]
            return replace(atom, values=tuple(shown[:MOST_NAMED]))
        case Like(term, pattern):
            return replace(atom, pattern=namer.discreet(term, pattern))
        case _:
            return atom


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
