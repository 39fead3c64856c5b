"""The typed form of a condition: what mappings, expressions and presets all become."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | bool | timedelta | datetime
"""What a field is compared with; a phone number is in its comparable form, a time is in UTC when
it is aware and in the rules' zone when it is not."""


class View(StrEnum):
    """What of a field is looked at."""

    ITSELF = ""
    LENGTH = "len"
    """Letters of a text, or how many values a field of the legs has."""
    LOWER = "lower"


class Order(StrEnum):
    """How a value lies to another."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


class Fact(StrEnum):
    """What follows from several fields of a call at once; each is a property of `Call`."""

    INBOUND = "inbound"
    MISSED = "missed"
    ABANDONED = "abandoned"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Term:
    """The left side of a comparison."""

    field: str
    """A name in `fields.FIELDS`."""
    view: View = View.ITSELF

    def __str__(self) -> str:
        return f"{self.view}({self.field})" if self.view else self.field


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, always."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds; without parts, never."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold, for whatever cause: true also where its field is missing."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Flag:
    """The call is what the fact says."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Compare:
    """The field is there and lies so to the value."""

    term: Term
    order: Order
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field is there and is one of the values; of many legs, any is."""

    term: Term
    values: tuple[Value, ...]
    negated: bool = False
    """The field is there and is none of them; of many legs, none is."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The field is there and stands in a named list."""

    term: Term
    name: str
    negated: bool = False
    """The field is there and does not stand in it."""


@dataclass(frozen=True, slots=True)
class Like:
    """The field is there and looks like a pattern of `*` (any letters) and `?` (any one)."""

    term: Term
    pattern: str
    negated: bool = False
    """The field is there and does not look so."""


@dataclass(frozen=True, slots=True)
class Present:
    """The field is there."""

    term: Term
    negated: bool = False
    """The field is missing."""


@dataclass(frozen=True, slots=True)
class Open:
    """The calendar is open when the call starts."""

    calendar: str


Atom: TypeAlias = Flag | Compare | OneOf | Listed | Like | Present | Open
Condition: TypeAlias = All | Either | Not | Atom

EVERY = All(())
"""Met by every call."""

NEVER = Either(())
"""Met by none."""


def one_of(term: Term, values: Iterable[Value], *, negated: bool = False) -> OneOf:
    """Return the membership with its values in a stable order, each once."""
    return OneOf(term, tuple(sorted(set(values), key=str)), negated)


def all_of(parts: Iterable[Condition]) -> Condition:
    """Return the conjunction of `parts`, as flat as it goes."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))]
    kept = _merged(flat, negated=True)
    if NEVER in kept:
        return NEVER
    return kept[0] if len(kept) == 1 else All(kept)


def either_of(parts: Iterable[Condition]) -> Condition:
    """Return the disjunction of `parts`, as flat as it goes."""
    flat = [
        inner for part in parts for inner in (part.parts if isinstance(part, Either) else (part,))
    ]
    kept = _merged(flat, negated=False)
    if EVERY in kept:
        return EVERY
    return kept[0] if len(kept) == 1 else Either(kept)


def _merged(parts: Iterable[Condition], *, negated: bool) -> tuple[Condition, ...]:
    """Return each part once, memberships of one term made one: a or b, not a and not b."""
    gathered: dict[Term, set[Value]] = {}
    kept: dict[Condition, None] = {}
    for part in parts:
        if not isinstance(part, OneOf) or part.negated is not negated:
            kept[part] = None
        elif part.term in gathered:
            gathered[part.term].update(part.values)
        else:
            gathered[part.term] = set(part.values)
            kept[OneOf(part.term, (), negated)] = None  # holds its place
    return tuple(
        one_of(part.term, gathered[part.term], negated=negated)
        if isinstance(part, OneOf) and part.negated is negated
        else part
        for part in kept
    )


def atoms(condition: Condition) -> Iterator[Atom]:
    """Yield every comparison in `condition`, however deep."""
    match condition:
        case All(parts) | Either(parts):
            for part in parts:
                yield from atoms(part)
        case Not(part):
            yield from atoms(part)
        case _:
            yield condition


def mentions(condition: Condition, wanted: Callable[[Atom], bool]) -> bool:
    """Whether any comparison in `condition` is `wanted`."""
    return any(wanted(atom) for atom in atoms(condition))


_INSIDE = frozenset({"ext", "ext_in", "ext_out"})


def asks_for_internal(condition: Condition) -> bool:
    """Whether `condition` names internal calls; one that does not is not meant for them."""
    return mentions(
        condition,
        lambda atom: (
            isinstance(atom, OneOf)
            and atom.term == Term("direction")
            and not _INSIDE.isdisjoint(map(str, atom.values))
        ),
    )
