"""Conditions as sentences in a person's own language: “a missed call on hotline 19001000 …”."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from notifier.core.messages import Phrases
from notifier.core.rules.fields import FIELDS, Kind, kind_of, single
from notifier.core.rules.grouping import (
    FEW,
    UPPER,
    fit_of,
    head_of,
    is_of_few,
    is_place,
    left_of,
    range_of,
)
from notifier.core.rules.language import (
    EVERY,
    NEVER,
    All,
    Atom,
    Compare,
    Condition,
    Either,
    Flag,
    Like,
    Listed,
    Not,
    OneOf,
    Open,
    Order,
    Present,
    Term,
    View,
)
from notifier.core.rules.naming import Namer, Naming, runs

Comparison: TypeAlias = Compare | OneOf | Listed | Like | Present
"""What looks at one field."""

_OPPOSITE = {
    Order.BELOW: Order.AT_LEAST,
    Order.AT_MOST: Order.ABOVE,
    Order.ABOVE: Order.AT_MOST,
    Order.AT_LEAST: Order.BELOW,
}

_MEASURED = frozenset({Kind.DURATION, Kind.TIME, Kind.COUNT})


def sentence(condition: Condition, say: Phrases, naming: Naming) -> str:
    """Return which calls meet `condition`, as a noun phrase: “a missed call on hotline …”.

    Lists stand in it by name and size, customers' numbers under the mask. `naming` knows the size
    of every list that the condition names; KeyError if it does not.
    """
    return Teller(Namer(say, naming)).noun(condition)


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts conditions into words."""

    namer: Namer

    def noun(self, condition: Condition) -> str:
        """Return the calls that meet `condition`."""
        if condition == EVERY:
            return self.namer.say("rules.call.any")
        if condition == NEVER:
            return self.namer.say("rules.call.none")
        if isinstance(condition, Either):
            return self.namer.joined("rules.or_else", map(self.noun, condition.parts), between="; ")
        return self._narrowed(condition.parts if isinstance(condition, All) else (condition,))

    def clause(self, condition: Condition) -> str:
        """Return `condition` as what narrows down a call: “that was missed”."""
        match condition:
            case All(()):
                return self.namer.say("rules.always")
            case Either(()):
                return self.namer.say("rules.never")
            case All(parts):
                return f"({self.namer.joined('rules.and', self._clauses(parts))})"
            case Either(parts):
                return f"({self.namer.either(map(self.clause, parts))})"
            case Not(part):
                return self._denial(part)
            case _:
                return self._atom(condition)

    def _narrowed(self, parts: Sequence[Condition]) -> str:
        """Return the noun of `parts`, with all that it does not say itself after it."""
        head, rest = head_of(parts)
        places = [part for part in rest if is_place(part)]
        text = self.namer.say(f"rules.call.{head}" if head else "rules.call")
        for place in places:
            text = self.namer.say("rules.at", first=text, last=self.clause(place))
        clauses = self._clauses([part for part in rest if part not in places])
        for number, clause in enumerate(clauses, start=1):
            name = "rules.next" if number < len(clauses) else "rules.and"
            if number == 1:
                name = _first(bare=not head, placed=bool(places), alone=len(clauses) == 1)
            text = self.namer.say(name, first=text, last=clause)
        return text

    def _clauses(self, parts: Sequence[Condition]) -> list[str]:
        """Return what `parts` ask; the ends of a range, and all of one day or hour, as one."""
        said: dict[str, None] = {}
        ranges = [found for part in parts if (found := range_of(part, parts))]
        for part in parts:
            own = next((ends for ends in ranges if part in ends), None)
            if own:
                said[self._ranged(*own)] = None
            elif is_of_few(part):
                alike = [one for one in parts if is_of_few(one) and one.term == part.term]
                said[self._of_few(alike)] = None
            else:
                said[self.clause(part)] = None
        return list(said)

    def _denial(self, part: Condition) -> str:
        say = self.namer.say
        match part:
            case Not(inner):
                return self.clause(inner)
            case All() | Either():
                return say("rules.not", what=f"({self.noun(part)})")
            case Flag(fact):
                return say(f"rules.was_not.{fact.value}")
            case Open(calendar):
                return say("rules.closed", calendar=calendar)
            case _:
                return self._opposite(part)

    def _opposite(self, part: Comparison) -> str:
        """Return that a comparison fails: that its opposite holds, or its field is missing."""
        if isinstance(part, Compare):
            clause = self._atom(replace(part, order=_OPPOSITE[part.order]))
        else:
            clause = self._atom(replace(part, negated=not part.negated))
        if isinstance(part, Present) or not FIELDS[part.term.field].optional:
            return clause
        return self.namer.say("rules.or_missing", clause=clause)

    def _atom(self, atom: Atom) -> str:
        say = self.namer.say
        if is_of_few(atom):
            return self._of_few([atom])
        match atom:
            case Flag(fact):
                return say(f"rules.was.{fact.value}")
            case Open(calendar):
                return say("rules.open", calendar=calendar)
            case Compare(term, order, value):
                how = say(
                    f"rules.{_scale(term)}.{order.name.lower()}",
                    value=self.namer.value(term, value),
                )
                return self._measured(term, how)
            case OneOf(term, values, negated) if kind_of(term) in _MEASURED:
                name = f"rules.{_scale(term)}.{'not' if negated else 'is'}"
                return self._measured(term, say(name, value=self.namer.values(term, values)))
            case _:
                return self._compared(atom)

    def _compared(self, atom: OneOf | Listed | Like | Present) -> str:
        if is_place(atom):
            return self.namer.say("rules.on_hotline", values=self._object(atom))
        number = "one" if single(atom.term) else "many"
        sign = "not_" if atom.negated else ""
        name = f"rules.{number}.{sign}{_verb(atom)}"
        what = self.namer.term(atom.term)
        if isinstance(atom, Present):
            return self.namer.say(name, what=what)
        return self.namer.say(name, what=what, values=self._object(atom))

    def _object(self, atom: OneOf | Listed | Like) -> str:
        match atom:
            case OneOf(term, values):
                return self.namer.values(term, values)
            case Listed():
                return self.namer.list(atom)
            case _:
                return f"“{self.namer.discreet(atom.term, fit_of(atom.pattern)[1])}”"

    def _measured(self, term: Term, how: str) -> str:
        """Return that an amount or instant lies as `how` says."""
        if term.view is View.LENGTH:
            name = "rules.length" if single(Term(term.field)) else "rules.number"
            return self.namer.say(name, what=self.namer.term(Term(term.field)), how=how)
        return self.namer.say(f"rules.how.{term.field}", how=how)

    def _ranged(self, lower: Compare, upper: Compare) -> str:
        low, high = (self.namer.value(end.term, end.value) for end in (lower, upper))
        name = f"rules.{_scale(lower.term)}.{UPPER[upper.order]}"
        return self._measured(lower.term, self.namer.say(name, low=low, high=high))

    def _of_few(self, parts: Sequence[Compare | OneOf]) -> str:
        """Return what values `parts` together leave to their term, of which there are few."""
        say, kind = self.namer.say, kind_of(parts[0].term)
        left = frozenset.intersection(*map(left_of, parts))
        if not left:
            return say("rules.never")
        if len(left) == len(FEW[kind]):
            return say("rules.always")
        if kind is Kind.FLAG:
            return say("rules.recorded" if 1 in left else "rules.not_recorded")
        if kind is Kind.HOUR:
            spans = [
                say("rules.span", first=f"{first:02}:00", last=f"{last:02}:59")
                for first, last in runs(left)
            ]
            return say("rules.at_hours", values=self.namer.either(spans))
        days = [self._days(first, last) for first, last in runs(left)]
        return say("rules.on_days", values=self.namer.either(days))

    def _days(self, first: int, last: int) -> str:
        say = self.namer.say
        names = say(f"rules.day.{first}"), say(f"rules.day.{last}")
        return names[0] if first == last else say("rules.span", first=names[0], last=names[1])


def _first(*, bare: bool, placed: bool, alone: bool) -> str:
    """Return how the first clause follows a noun; `bare` when that is no more than a call."""
    if placed:
        return "rules.and_at" if alone else "rules.at"
    return "rules.which" if bare else "rules.at"


def _scale(term: Term) -> str:
    """Return which words order its values: those of instants, or of amounts."""
    return "time" if kind_of(term) is Kind.TIME else "amount"


def _verb(atom: OneOf | Listed | Like | Present) -> str:
    match atom:
        case OneOf():
            return "is"
        case Listed():
            return "listed"
        case Present():
            return "present"
        case _:
            return fit_of(atom.pattern)[0]
