"""What of a condition is told together: the kind of call, a place, both ends of a range."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

from notifier.core.rules.fields import PRESETS, WEEKDAYS, Kind, kind_of
from notifier.core.rules.language import (
    All,
    Compare,
    Condition,
    OneOf,
    Order,
    Term,
    one_of,
)

_HEADS = frozenset(
    "in out internal missed_in abandoned_in unreached_out answered_in answered_out "
    "answered_internal".split()
)
"""Kinds of call that have a noun of their own: how it ended, which way it went."""

_ENDINGS: Mapping[str, frozenset[Condition]] = {
    name: frozenset(preset.parts if isinstance(preset, All) else (preset,))
    for name, preset in PRESETS.items()
    if name in {"missed", "abandoned", "unreached", "answered"}
}
"""What says how a call ended."""

_WAYS: Mapping[Condition, str] = {
    PRESETS["inbound"]: "in",
    one_of(Term("direction"), ["in"]): "in",
    PRESETS["outbound"]: "out",
    PRESETS["internal"]: "internal",
}
"""What says which way it went."""

_LIES = {
    Order.BELOW: operator.lt,
    Order.AT_MOST: operator.le,
    Order.ABOVE: operator.gt,
    Order.AT_LEAST: operator.ge,
}

FEW: Mapping[Kind, range] = {
    Kind.HOUR: range(24),
    Kind.WEEKDAY: range(len(WEEKDAYS)),
    Kind.FLAG: range(2),
}
"""Types with so few values that a comparison is told as those it leaves; none is ever missing."""

UPPER = {Order.AT_MOST: "between", Order.BELOW: "within"}
"""Ends of a range that begins with at least."""


def head_of(parts: Sequence[Condition]) -> tuple[str, list[Condition]]:
    """Return the kind of call that `parts` begin with, "" if there is no noun, and what is left."""
    ending, marks = next(
        ((name, marks) for name, marks in _ENDINGS.items() if marks <= set(parts)),
        ("", frozenset[Condition]()),
    )
    way = next((part for part in parts if part in _WAYS), None)
    if way is None:
        return ending, [part for part in parts if part not in marks]
    both = f"{ending}_{_WAYS[way]}" if ending else _WAYS[way]
    if both not in _HEADS:
        return ending, [part for part in parts if part not in marks]
    return both, [part for part in parts if part not in marks and part != way]


def is_place(part: Condition) -> TypeGuard[OneOf]:
    """Whether it says on which hotline a call was; that stands nearest to the noun."""
    return isinstance(part, OneOf) and part.term == Term("hotline") and not part.negated


def range_of(part: Condition, parts: Iterable[Condition]) -> tuple[Compare, Compare] | None:
    """Return the range that begins with `part` and ends with another of `parts`, if one does."""
    if not isinstance(part, Compare) or part.order is not Order.AT_LEAST or is_of_few(part):
        return None
    ends = (
        (part, other)
        for other in parts
        if isinstance(other, Compare) and other.term == part.term and other.order in UPPER
    )
    return next(ends, None)


def is_of_few(part: Condition) -> TypeGuard[Compare | OneOf]:
    """Whether it is a comparison of something that has few values."""
    return isinstance(part, Compare | OneOf) and kind_of(part.term) in FEW


def left_of(part: Compare | OneOf) -> frozenset[int]:
    """Return which of few values a comparison leaves."""
    few = FEW[kind_of(part.term)]
    if isinstance(part, Compare):
        return frozenset(n for n in few if _LIES[part.order](n, part.value))
    return frozenset(n for n in few if (n in part.values) is not part.negated)


def fit_of(pattern: str) -> tuple[str, str]:
    """Return how a text fits `pattern`, and the plain letters of it; else "like" and all of it."""
    piece = pattern.strip("*")
    if not piece or "*" in piece or "?" in piece:
        return "like", pattern
    match pattern.startswith("*"), pattern.endswith("*"):
        case True, True:
            return "contains", piece
        case True, False:
            return "ends", piece
        case False, True:
            return "starts", piece
        case _:
            return "like", pattern
