"""What each column of the table `calls` tells of a call, and judges of what stands in it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import TypeAlias, cast
from zoneinfo import ZoneInfo

import msgspec

from notifier.core.calls import Call
from notifier.core.rules.language import All, Atom, Condition, Either, Flag, Not, OneOf, Open, atoms

Cell: TypeAlias = str | int
"""What stands in a column."""

Judge: TypeAlias = Callable[[Cell], bool]
"""Tells of what stands in one column whether the call is one that is asked for."""

WHOLE = "record"
"""The column that holds all of a call, as JSON."""

_STARTED = "started_at_ms"

MEASURES: Mapping[str, str] = {
    "duration": "duration_s",
    "ring": "ring_s",
    "started_at": _STARTED,
    "ended_at": "ended_at_ms",
}
"""Columns of what is a number, rounded down: a call at the very number is judged by its record."""

_PLAIN = frozenset({"direction", "state", "miss_reason", "has_recording", *MEASURES})
"""Fields that SQL compares by itself, at least for most of the rows."""

_COLUMNS: Mapping[str, str] = {
    **{name: name for name in ("caller", "callee", "customer", "hotline", "extension", "agent")},
    "hour": _STARTED,
    "weekday": _STARTED,
}
"""Columns that by themselves tell what is judged; the record does for every other field.

Milliseconds are enough for hours, days and calendars.
"""

_COST: Mapping[str, int] = {"": 0, _STARTED: 2, WHOLE: 4}
"""How long judging a column takes, 1 for those not named: what is dear is asked last."""

_GUARDED = 3
"""Likewise for fields whose record is read for some of the rows only, or not to its end."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)

_KEPT = 16_384
"""Verdicts that a judge of one column keeps: numbers and names come again and again."""

_read = lru_cache(maxsize=4)(msgspec.json.Decoder(Call).decode)
"""Reads a record; it is asked for the same one by every judge of a row."""


def judge_of(column: str, test: Callable[[Call], bool]) -> Judge:
    """Return `test`, of a condition that `column` alone tells, as it judges what stands there."""
    if column == WHOLE:
        return lambda cell: test(_read(str(cell)))
    if column == _STARTED:
        return lambda cell: test(_glimpse("started_at", _EPOCH + int(cell) * _MS))
    return lru_cache(maxsize=_KEPT)(lambda cell: test(_glimpse(column, cell)))


def _glimpse(name: str, value: object) -> Call:
    """Return what stands in for a call of which one field is looked at: a tenth of the time."""
    return cast("Call", SimpleNamespace(**{name: value}))


def column_of(condition: Condition) -> str:
    """Return the column that judges all of `condition`; "" if that takes several, or only SQL."""
    match condition:
        case All(parts) | Either(parts):
            columns = {column_of(part) for part in parts}
            return columns.pop() if len(columns) == 1 else ""
        case Not(part):
            return column_of(part)
        case Open():
            return _STARTED
        case Flag():
            return ""
        case _:
            name = condition.term.field
            return "" if name in _PLAIN else _COLUMNS.get(name, WHOLE)


def cost_of(condition: Condition) -> int:
    """Return the rank of `condition` by what its dearest comparison takes for a row."""
    return max(map(_cost, atoms(condition)), default=0)


def _cost(atom: Atom) -> int:
    if isinstance(atom, OneOf) and atom.term.field in {"miss_reason", "has_recording"}:
        return _GUARDED
    return _COST.get(column_of(atom), 1)


def rounded(value: timedelta | datetime, zone: ZoneInfo) -> tuple[int, timedelta]:
    """Return `value` as its column would have it, and what is lost by that, never below zero.

    `zone` is where times without an offset are meant.
    """
    if isinstance(value, timedelta):
        return divmod(value, _SECOND)
    at = value if value.tzinfo else value.replace(tzinfo=zone)
    return divmod(at - _EPOCH, _MS)
