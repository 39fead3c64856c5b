"""Compiles a condition to an SQL expression that picks the calls that meet it from history.

The table is `calls` as the store makes it. What its columns tell exactly is plain SQL; all else is
`judge(?, column)`, where the condition's own Python function judges what stands in the column, so
the two forms cannot differ. Reading the record whole takes no longer than walking its legs with
`json_each`, as was measured, and serves every comparison at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.calls import INTERNAL, CallState, Direction
from notifier.core.rules.columns import (
    MEASURES,
    WHOLE,
    Cell,
    Judge,
    column_of,
    cost_of,
    judge_of,
    rounded,
)
from notifier.core.rules.compiling import compile_condition
from notifier.core.rules.faults import Vocabulary
from notifier.core.rules.language import (
    All,
    Atom,
    Compare,
    Condition,
    Either,
    Fact,
    Flag,
    Not,
    OneOf,
    Order,
    Present,
    Term,
    all_of,
    asks_for_internal,
    one_of,
)


@dataclass(frozen=True, slots=True)
class Where:
    """What to ask of each row of `calls`."""

    text: str
    """An expression that is 1 or 0 and never NULL, made of fixed fragments only."""
    values: tuple[Cell | Judge, ...]
    """What its question marks stand for, in order. A judge is bound as a number, by which the SQL
    function `judge(number, cell)` must find it; the store's `Database.stream` sees to it."""


def meant(condition: Condition, *, internal: bool = False) -> Condition:
    """Return what a rule means by `condition`: no calls between extensions, unless it asks.

    `internal` says that the rule around it does.
    """
    if internal or asks_for_internal(condition):
        return condition
    outside = one_of(Term("direction"), map(str, INTERNAL), negated=True)
    return all_of((outside, condition))


def where_of(condition: Condition, vocabulary: Vocabulary, zone: ZoneInfo) -> Where:
    """Return what picks just the calls for which `compile_condition` of the same is true."""
    writer = _Writer(vocabulary, zone)
    if _size(condition) > _MOST or _depth(condition) > _DEEPEST:
        return Where(writer.judged(WHOLE, condition), tuple(writer.values))
    return Where(writer.text(condition), tuple(writer.values))


_MOST = 400
"""Comparisons above which the whole is judged: SQLite bounds the parts of an expression."""

_DEEPEST = 20
"""Likewise for brackets within brackets."""

_FLAGS: Mapping[Fact, str] = {
    Fact.MISSED: "(missed = 1)",
    # of the two ways to be missed, this is the one that the PBX calls answered
    Fact.ABANDONED: f"(missed = 1 AND state = '{CallState.ANSWERED}')",
    Fact.UNREACHED: f"(direction = '{Direction.OUT}' AND state = '{CallState.NOT_ANSWERED}')",
}


@dataclass(slots=True)
class _Writer:
    """Writes the expression and keeps what its question marks stand for."""

    vocabulary: Vocabulary
    zone: ZoneInfo
    values: list[Cell | Judge] = field(default_factory=list)

    def text(self, condition: Condition) -> str:
        """Return the expression for `condition`, to stand beside others as it is."""
        if column := column_of(condition):
            return self.judged(column, condition)
        match condition:
            case All(parts):
                return f"({' AND '.join(map(self.text, _in_order(parts, All))) or '1'})"
            case Either(parts):
                return f"({' OR '.join(map(self.text, _in_order(parts, Either))) or '0'})"
            case Not(part):
                return f"(NOT {self.text(part)})"
            case _:
                return self._plain(condition)

    def judged(self, column: str, condition: Condition) -> str:
        """Return the expression that has `condition` judged by what stands in `column`."""
        test = compile_condition(condition, self.vocabulary, self.zone)
        return f"judge({self._mark(judge_of(column, test))}, {column})"

    def _mark(self, value: Cell | Judge) -> str:
        self.values.append(value)
        return "?"

    def _marks(self, values: Iterable[Cell]) -> str:
        return ", ".join(map(self._mark, values))

    def _plain(self, atom: Atom) -> str:
        match atom:
            case Flag(Fact.INBOUND):
                forwarded = f"direction = '{Direction.UNKNOWN}' AND {self.judged(WHOLE, atom)}"
                return f"(direction = '{Direction.IN}' OR ({forwarded}))"
            case Flag(fact):
                return _FLAGS[fact]
            case Present(Term("miss_reason"), negated):
                return f"(missed = {int(not negated)})"
            case Present(Term("ended_at"), negated):
                return f"(ended_at_ms IS {'' if negated else 'NOT '}NULL)"
            case Present(_, negated):
                return "0" if negated else "1"
            case OneOf():
                return self._among(atom)
            case Compare(_, _, timedelta() | datetime() as value):
                return _there(atom.term, self._compared(atom, *rounded(value, self.zone)))
            case _:
                return self.judged(WHOLE, atom)

    def _compared(self, atom: Compare, number: int, rest: timedelta) -> str:
        column, order = MEASURES[atom.term.field], atom.order
        if not rest and order in {Order.BELOW, Order.AT_LEAST}:
            return f"{column} {order} {self._mark(number)}"
        beyond = "<" if order in {Order.BELOW, Order.AT_MOST} else ">"
        return (
            f"({column} {beyond} {self._mark(number)} OR "
            f"({column} = {self._mark(number)} AND {self.judged(WHOLE, atom)}))"
        )

    def _among(self, atom: OneOf) -> str:
        name, sign = atom.term.field, "NOT " if atom.negated else ""
        match name:
            case "direction" | "state":
                return f"({name} {sign}IN ({self._marks(map(str, atom.values))}))"
            case "miss_reason":
                return f"(missed = 1 AND {self.judged(WHOLE, atom)})"
            case "has_recording":
                some = "json_array_length(record, '$.recording_urls') > 0"
                return f"(({some}) {sign}IN ({self._marks(map(bool, atom.values))}))"
            case _:
                return _there(atom.term, f"{sign}({self._at_any(atom)})")

    def _at_any(self, atom: OneOf) -> str:
        instants = (v for v in atom.values if isinstance(v, timedelta | datetime))
        numbers = sorted({rounded(value, self.zone)[0] for value in instants})
        near = f"{MEASURES[atom.term.field]} IN ({self._marks(numbers)})"
        return f"{near} AND {self.judged(WHOLE, replace(atom, negated=False))}"


def _there(term: Term, text: str) -> str:
    """Return `text`, false where what it compares is missing."""
    return f"(ended_at_ms IS NOT NULL AND {text})" if term.field == "ended_at" else f"({text})"


def _in_order(parts: Iterable[Condition], kind: type[All | Either]) -> list[Condition]:
    """Return `parts` with those that one column judges made one, and the dearest last."""
    judged: dict[str, list[Condition]] = {}
    for part in parts:
        judged.setdefault(column_of(part), []).append(part)
    others = judged.pop("", [])
    return sorted([*others, *(kind(tuple(some)) for some in judged.values())], key=cost_of)


def _size(condition: Condition) -> int:
    """Return how many comparisons SQL makes at most; each of several values is one."""
    if column_of(condition):
        return 1
    match condition:
        case All(parts) | Either(parts):
            return sum(map(_size, parts))
        case Not(part):
            return _size(part)
        case OneOf(_, values):
            return len(values)
        case _:
            return 1


def _depth(condition: Condition) -> int:
    """Return how many brackets stand around the innermost comparison."""
    if column_of(condition):
        return 0
    match condition:
        case All(parts) | Either(parts):
            return 1 + max(map(_depth, parts), default=0)
        case Not(part):
            return 1 + _depth(part)
        case _:
            return 0
