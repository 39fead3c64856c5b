"""Comparisons, built from what users wrote with their types checked; both surfaces meet here."""

from collections.abc import Sequence

from notifier.core.rules.faults import Mistake, Vocabulary, shown, suggestion
from notifier.core.rules.fields import FIELDS, ORDERED, TEXTUAL, Kind, kind_of
from notifier.core.rules.language import (
    Compare,
    Condition,
    Like,
    Listed,
    Not,
    OneOf,
    Open,
    Order,
    Present,
    Term,
    all_of,
    either_of,
    one_of,
)
from notifier.core.rules.values import Written, lowered, read_span, read_values

_LONGEST_PATTERN = 200

_OPPOSITE = {
    Order.BELOW: Order.AT_LEAST,
    Order.AT_MOST: Order.ABOVE,
    Order.ABOVE: Order.AT_MOST,
    Order.AT_LEAST: Order.BELOW,
}


def equal(term: Term, written: Sequence[Written], *, negated: bool = False) -> Condition:
    """Return that `term` is any of `written`; negated, that it is there and none of them."""
    if kind_of(term) is Kind.TIME:
        days = [_at(term, each, negated=negated) for each in written]
        return all_of(days) if negated else either_of(days)
    values = [value for each in written for value in read_values(term, each)]
    if kind_of(term) is Kind.FLAG and negated:
        return one_of(term, {True, False} - set(values))
    return one_of(term, values, negated=negated)


def _at(term: Term, written: Written, *, negated: bool) -> Condition:
    start, end = read_span(term, written)
    if end is None:
        return one_of(term, [start], negated=negated)
    if negated:
        return either_of((Compare(term, Order.BELOW, start), Compare(term, Order.AT_LEAST, end)))
    return all_of((Compare(term, Order.AT_LEAST, start), Compare(term, Order.BELOW, end)))


def ordered(term: Term, order: Order, written: Written) -> Condition:
    """Return that `term` lies so to `written`; a day is taken whole."""
    if kind_of(term) not in ORDERED:
        raise Mistake(f"{term} is not larger or smaller than anything; use == != in or like")
    if kind_of(term) is Kind.TIME:
        start, end = read_span(term, written)
        if end is None or order in {Order.BELOW, Order.AT_LEAST}:
            return Compare(term, order, start)
        return Compare(term, Order.BELOW if order is Order.AT_MOST else Order.AT_LEAST, end)
    values = read_values(term, written)
    if len(values) > 1:
        raise Mistake(f"{shown(written.text)} is several days; compare with one", written.column)
    return Compare(term, order, values[0])


def like(term: Term, written: Written, *, negated: bool = False) -> Condition:
    """Return that `term` fits the pattern `written`."""
    pattern = written.text.strip()
    if kind_of(term) not in TEXTUAL:
        raise Mistake(f"{term} is no text; compare it with == != < > instead of a pattern")
    if len(pattern) > _LONGEST_PATTERN:
        raise Mistake(f"a pattern has at most {_LONGEST_PATTERN} letters", written.column)
    if "*" not in pattern and "?" not in pattern:
        return equal(term, [written], negated=negated)
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return Like(term, lowered(term, pattern), negated)


def listed(term: Term, name: str, vocabulary: Vocabulary, *, negated: bool = False) -> Condition:
    """Return that `term` stands in the list `name`."""
    if kind_of(term) not in TEXTUAL:
        raise Mistake(f"{term} cannot stand in a list of texts; compare it with values")
    if name not in vocabulary.lists:
        hint = suggestion(name, vocabulary.lists)
        raise Mistake(f"there is no list {shown(name)} under lists:{hint}")
    return Listed(term, name, negated)


def member(
    term: Term, written: Sequence[Written], vocabulary: Vocabulary, *, negated: bool = False
) -> Condition:
    """Return that `term` is one of `written`, where `@name` stands for a list."""
    if not written:
        raise Mistake(f"the list that {term} is compared with is empty")
    names = [each.text[1:] for each in written if each.text.startswith("@")]
    parts = [listed(term, name, vocabulary, negated=negated) for name in names]
    if plain := [each for each in written if not each.text.startswith("@")]:
        parts.append(equal(term, plain, negated=negated))
    return all_of(parts) if negated else either_of(parts)


def presence(term: Term, *, negated: bool = False) -> Condition:
    """Return that `term` is there, or missing."""
    if negated and not FIELDS[term.field].optional:
        raise Mistake(f"{term} is never absent")
    return Present(term, negated)


def opened(name: str, vocabulary: Vocabulary) -> Condition:
    """Return that the calendar `name` is open."""
    if name not in vocabulary.calendars:
        hint = suggestion(name, vocabulary.calendars)
        raise Mistake(f"there is no calendar {shown(name)} under calendars:{hint}")
    return Open(name)


def negation(part: Condition) -> Condition:
    """Return that `part` does not hold, in the plainest form that means the same."""
    match part:
        case Not(inner):
            return inner
        case Present(term, negated):
            return Present(term, not negated) if FIELDS[term.field].optional else Not(part)
        case OneOf(term, values, negated) if not FIELDS[term.field].optional:
            if kind_of(term) is Kind.FLAG:
                return one_of(term, {True, False} - set(values))
            return OneOf(term, values, not negated)
        case Compare(term, order, value) if not FIELDS[term.field].optional:
            return Compare(term, _OPPOSITE[order], value)
        case _:
            return Not(part)


def between(term: Term, low: Written, high: Written) -> Condition:
    """Return that `term` lies from `low` to `high`, both included."""
    return all_of((ordered(term, Order.AT_LEAST, low), ordered(term, Order.AT_MOST, high)))
