"""Conditions that no call can meet: found when the file is read, not after a silent year."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from notifier.core.rules.canonicals import canonical
from notifier.core.rules.fields import FIELDS, Kind, kind_of, single
from notifier.core.rules.language import (
    All,
    Compare,
    Condition,
    Either,
    Fact,
    Flag,
    Like,
    Listed,
    Not,
    OneOf,
    Order,
    Present,
    Term,
    Value,
)

Bound: TypeAlias = Compare | OneOf

_DIRECTION, _STATE, _DURATION = Term("direction"), Term("state"), Term("duration")
_MISS_REASON = Term("miss_reason")

_FROM_CUSTOMER = frozenset({"in", "unknown"})
_IMPLIED: Mapping[Fact, Mapping[Term, frozenset[str]]] = {
    Fact.INBOUND: {_DIRECTION: _FROM_CUSTOMER},
    Fact.MISSED: {_DIRECTION: _FROM_CUSTOMER, _STATE: frozenset({"not_answered", "answered"})},
    Fact.ABANDONED: {_DIRECTION: _FROM_CUSTOMER, _STATE: frozenset({"answered"})},
    Fact.UNREACHED: {_DIRECTION: frozenset({"out"}), _STATE: frozenset({"not_answered"})},
}
"""What a fact leaves of the fields that it follows from."""

_DOMAINS: Mapping[Kind, Sequence[Value]] = {
    Kind.HOUR: range(24),
    Kind.WEEKDAY: range(7),
    Kind.FLAG: (True, False),
}
"""Types of few values."""

_LIES: Mapping[Order, Callable[[float, float], bool]] = {
    Order.BELOW: operator.lt,
    Order.AT_MOST: operator.le,
    Order.ABOVE: operator.gt,
    Order.AT_LEAST: operator.ge,
}


def contradictions(condition: Condition) -> list[str]:
    """Return what in `condition` cannot be true of any call, each with what to do."""
    match condition:
        case All(parts):
            return _clashes(parts) + [text for part in parts for text in _within(part)]
        case Either() | Not():
            return _within(condition)
        case _:
            return _clashes((condition,))


def _within(condition: Condition) -> list[str]:
    match condition:
        case Either(parts):
            return [text for part in parts for text in contradictions(part)]
        case Not(part):
            return contradictions(part)
        case _:
            return []


def _clashes(parts: Sequence[Condition]) -> list[str]:
    facts = _facts(parts)
    found = [_both(part) for part in parts if Not(part) in parts]
    absent = [part for part in parts if isinstance(part, Present) and part.negated]
    found += [_never_there(part, parts) for part in absent if any(_others(part, parts))]
    bounds = [part for part in parts if isinstance(part, Compare | OneOf) and single(part.term)]
    found += _without_talk(facts, bounds, parts)
    terms = dict.fromkeys((_DIRECTION, _STATE, *(bound.term for bound in bounds)))
    for term in terms:
        mine = [bound for bound in bounds if bound.term == term]
        implied = [allowed[term] for allowed in _implied(facts, parts) if term in allowed]
        if not _possible(term, mine, implied):
            causes = [*mine, *(Flag(fact) for fact in sorted(facts) if term in _IMPLIED[fact])]
            found.append(_impossible(term, causes))
    return found


def _facts(parts: Iterable[Condition]) -> set[Fact]:
    facts = {part.fact for part in parts if isinstance(part, Flag)}
    if any(isinstance(part, Compare | OneOf) and part.term == _MISS_REASON for part in parts):
        facts.add(Fact.MISSED)  # only a miss has a reason
    return facts


def _implied(
    facts: Iterable[Fact], parts: Sequence[Condition]
) -> list[Mapping[Term, frozenset[str]]]:
    implied = [_IMPLIED[fact] for fact in facts]
    if Fact.MISSED in facts and Not(Flag(Fact.ABANDONED)) in parts:
        implied.append({_STATE: frozenset({"not_answered"})})
    return implied


def _both(part: Condition) -> str:
    return f"no call can be {canonical(part)} and not; remove one of the two"


def _others(part: Present, parts: Sequence[Condition]) -> Iterator[Condition]:
    """Yield what asks for a value of the field that `part` says is missing."""
    for other in parts:
        if not isinstance(other, Present | Compare | OneOf | Listed | Like) or other == part:
            continue
        if other.term.field == part.term.field:
            yield other


def _never_there(part: Present, parts: Sequence[Condition]) -> str:
    used = [canonical(other) for other in _others(part, parts)]
    return f"{canonical(part)} cannot go with {', '.join(used)}: a missing value compares false"


def _without_talk(
    facts: set[Fact], bounds: Sequence[Bound], parts: Sequence[Condition]
) -> list[str]:
    """Return what asks for the talk time of a call in which nobody talked."""
    unanswered = OneOf(_STATE, ("not_answered",)) in parts
    if not unanswered and facts.isdisjoint({Fact.MISSED, Fact.UNREACHED}):
        return []
    nothing = timedelta()
    asked = [b for b in bounds if b.term == _DURATION and not _test(b)(nothing)]
    return [
        f"a missed call has no talk time, so it never has {canonical(bound)}; "
        "how long it rang is in ring, how long the customer waited in wait"
        for bound in asked
    ]


def _impossible(term: Term, causes: Sequence[Condition]) -> str:
    asked = " and ".join(canonical(cause) for cause in causes)
    hint = ""
    if kind_of(term) is Kind.COUNT:
        hint = f"; what is missing has no length: write absent({term.field})"
    return f"no call can meet {asked}{hint}"


def _test(bound: Bound) -> Callable[[Value], bool]:
    if isinstance(bound, OneOf):
        values = frozenset(bound.values)
        return lambda value: (value in values) is not bound.negated
    lies, limit = _LIES[bound.order], _rank(bound.value)
    return lambda value: lies(_rank(value), limit)


def _rank(value: Value) -> float:
    """Return the place of `value` among its like; without a zone, as if in UTC."""
    match value:
        case timedelta():
            return value.total_seconds()
        case datetime():
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
        case _:
            return float(value)


def _possible(term: Term, bounds: Sequence[Bound], implied: Iterable[frozenset[str]]) -> bool:
    """Whether any value of `term` keeps within all `bounds`."""
    if kind_of(term) is Kind.TIME:
        return all(_some(group) for group in _by_zone(bounds))
    candidates: set[Value] = set(_candidates(term, bounds))
    for allowed in implied:
        candidates &= allowed
    return _meets(candidates, bounds)


def _meets(candidates: Iterable[Value], bounds: Sequence[Bound]) -> bool:
    tests = [_test(bound) for bound in bounds]
    return any(all(test(value) for test in tests) for value in candidates)


def _candidates(term: Term, bounds: Sequence[Bound]) -> Iterable[Value]:
    """Return values of which one keeps within `bounds` if any value does."""
    kind = kind_of(term)
    if kind in _DOMAINS:
        return _DOMAINS[kind]
    match kind:
        case Kind.CHOICE:
            return FIELDS[term.field].choices
        case Kind.COUNT:
            return _counts(bounds)
        case Kind.DURATION:
            return _durations(bounds)
        case _:
            return _texts(bounds)


def _values(bounds: Iterable[Bound]) -> list[Value]:
    return [
        value
        for bound in bounds
        for value in (bound.values if isinstance(bound, OneOf) else (bound.value,))
    ]


def _counts(bounds: Iterable[Bound]) -> set[int]:
    named = [value for value in _values(bounds) if isinstance(value, int)]
    return {1, *(max(value + step, 1) for value in named for step in (-1, 0, 1))}


def _durations(bounds: Iterable[Bound]) -> set[timedelta]:
    step = timedelta(milliseconds=1)
    named = [value for value in _values(bounds) if isinstance(value, timedelta)]
    around = {value + shift for value in named for shift in (-step, timedelta(), step)}
    return {timedelta(), *(value for value in around if value > timedelta())}


def _texts(bounds: Sequence[Bound]) -> set[Value]:
    other = "".join(str(value) for value in _values(bounds)) + "x"
    return {*_values(bounds), other}


def _by_zone(bounds: Sequence[Bound]) -> list[list[Bound]]:
    """Return the bounds with a zone, and those in the rules' zone: they cannot be compared."""
    zoned = [
        (bound, {isinstance(v, datetime) and v.tzinfo is not None for v in _values([bound])})
        for bound in bounds
    ]
    groups = [[bound for bound, kinds in zoned if kinds == {aware}] for aware in (True, False)]
    return [group for group in groups if group]


def _some(bounds: Sequence[Bound]) -> bool:
    step = timedelta(microseconds=1)
    named = [value for value in _values(bounds) if isinstance(value, datetime)]
    around = [value + shift for value in named for shift in (-step, timedelta(), step)]
    return _meets(around, bounds)
