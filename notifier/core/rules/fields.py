"""The fields that a condition may look at: their types, and which can be missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from notifier.core.calls import INTERNAL, CallState, Direction, MissReason
from notifier.core.rules.language import (
    EVERY,
    Condition,
    Fact,
    Flag,
    Not,
    Term,
    View,
    all_of,
    one_of,
)


class Kind(StrEnum):
    """The type of a field."""

    CHOICE = "choice"
    PHONE = "phone"
    """A number compared in its comparable form; words such as `unknown` stay as they are."""
    TEXT = "text"
    DURATION = "duration"
    HOUR = "hour"
    WEEKDAY = "weekday"
    FLAG = "flag"
    TIME = "time"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of a field."""

    kind: Kind
    optional: bool = True
    """Whether a call can be without it."""
    many: bool = False
    """Whether it has a value of each leg."""
    choices: tuple[str, ...] = ()
    """The values of a choice."""


def _choice(values: type[StrEnum], *, optional: bool = False) -> Field:
    return Field(Kind.CHOICE, optional=optional, choices=tuple(map(str, values)))


FIELDS: Mapping[str, Field] = {
    "direction": _choice(Direction),
    "state": _choice(CallState),
    "miss_reason": _choice(MissReason, optional=True),
    "caller": Field(Kind.PHONE),
    "callee": Field(Kind.PHONE),
    "customer": Field(Kind.PHONE),
    "hotline": Field(Kind.PHONE),
    "extension": Field(Kind.PHONE),
    "target": Field(Kind.PHONE, many=True),
    "trunk": Field(Kind.PHONE, many=True),
    "end_reason": Field(Kind.TEXT, many=True),
    "agent": Field(Kind.TEXT),
    "note": Field(Kind.TEXT),
    "contact_id": Field(Kind.TEXT),
    "user_id": Field(Kind.TEXT),
    "external_id": Field(Kind.TEXT),
    "duration": Field(Kind.DURATION, optional=False),
    "ring": Field(Kind.DURATION, optional=False),
    "wait": Field(Kind.DURATION),
    "has_recording": Field(Kind.FLAG, optional=False),
    "hour": Field(Kind.HOUR, optional=False),
    "weekday": Field(Kind.WEEKDAY, optional=False),
    "started_at": Field(Kind.TIME, optional=False),
    "ended_at": Field(Kind.TIME),
}
"""Every field by the name that users write; a fixed table, so no user text names an attribute."""

TEXTUAL = frozenset({Kind.TEXT, Kind.PHONE})
ORDERED = frozenset({Kind.DURATION, Kind.HOUR, Kind.WEEKDAY, Kind.TIME, Kind.COUNT})

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days by their number, 0 = Monday."""


def kind_of(term: Term) -> Kind:
    """Return the type of what `term` looks at."""
    return Kind.COUNT if term.view is View.LENGTH else FIELDS[term.field].kind


def single(term: Term) -> bool:
    """Whether `term` has one value at most, whatever the legs."""
    return term.view is View.LENGTH or not FIELDS[term.field].many


_ANSWERED = all_of(
    (one_of(Term("state"), [CallState.ANSWERED.value]), Not(Flag(Fact.ABANDONED))),
)

PRESETS: Mapping[str, Condition] = {
    "missed": Flag(Fact.MISSED),
    "answered": _ANSWERED,
    "inbound": Flag(Fact.INBOUND),
    "outbound": one_of(Term("direction"), [Direction.OUT.value]),
    "unreached": Flag(Fact.UNREACHED),
    "internal": one_of(Term("direction"), [direction.value for direction in INTERNAL]),
    "abandoned": Flag(Fact.ABANDONED),
    "any": EVERY,
}
"""Conditions that have a word of their own; answered means that a person spoke, so a call that
only the menu picked up is abandoned and not answered."""
