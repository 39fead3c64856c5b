"""Single values as the vendor writes them, read with patience: texts, ids, times, spans, states."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from notifier.core.calls import CallState, Direction

Scalar: TypeAlias = str | int | float | None
"""What stands where the vendor's page shows a text or a number; true and false are neither."""

_FIRST_YEAR, _LAST_YEAR = 1971, 2199
"""Times outside are none: year 1 and the Unix zero stand for "no time", and arithmetic near either
end of the calendar overflows."""

_LONGEST = timedelta(days=31)
"""A span beyond it is a mistake, and taken for none."""

_NO_SPAN = timedelta()

_EXACT = 2**53
"""Whole numbers below it survive being written as floats."""

_ID = re.compile(r"[^\s\x00-\x1f]{1,64}")

_ID_EPOCH = datetime(1999, 1, 2, 20, 29, 14, 180_000, tzinfo=UTC)
_ID_TICK = timedelta(milliseconds=10)
_ID_LOW_BITS = 24
_ID_DIGITS = 19
"""The vendor's ids are 64-bit and ordered by time: from bit 24 on they count ticks of insertion."""

_FIRST_ID_YEAR = 2015
"""Before it the vendor had no customers: such a number is no id of its making."""

_NO_CALL_ANSWERED = frozenset({"not_answered", "noanswer", "no_answer", "fail", "none"})
"""The vendor's word, then those of the switch beneath it."""


def text(value: Scalar) -> str:
    """Return a text that may have come as a number; "" for nothing and for a broken fraction."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else ""
    return "" if value is None else str(value)


def identity(value: Scalar) -> str:
    """Return an id; "" for "0", which is how the vendor says that there is none, and for no id."""
    if not value or value == "0":
        return ""
    found = text(value).strip()
    return found if found != "0" and _ID.fullmatch(found) else ""


@lru_cache(maxsize=16_384)
def instant(value: Scalar) -> datetime | None:
    """Return a time in UTC; None for nothing, for "no time", and for what is no time.

    Written without a zone it is taken for UTC. Cached, because each poll reads again most of what
    the one before it read.
    """
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def inserted_at(identity: str) -> datetime | None:
    """Return when the row of that id was written, UTC, to 10 ms; None if the id does not tell."""
    if not (identity.isascii() and identity.isdigit()) or len(identity) > _ID_DIGITS:
        return None
    found = _ID_EPOCH + (int(identity) >> _ID_LOW_BITS) * _ID_TICK
    return found if _FIRST_ID_YEAR <= found.year <= _LAST_YEAR else None


@lru_cache(maxsize=4_096)
def seconds(value: Scalar) -> timedelta:
    """Return a span that came as seconds; zero for nothing, for less than nothing, and nonsense."""
    if not value:
        return _NO_SPAN
    found = _number(value)
    return timedelta(seconds=found) if 0 < found <= _LONGEST.total_seconds() else _NO_SPAN


def whole(value: Scalar) -> int:
    """Return a small whole number, such as a SIP code; 0 for nothing and for nonsense."""
    if not value:
        return 0
    found = _number(value)
    return int(found) if abs(found) < _EXACT else 0


def _number(value: str | float) -> float:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return 0


@lru_cache(maxsize=1_024)
def direction(value: Scalar) -> Direction:
    """Return a direction; UNKNOWN for any word that is not known."""
    try:
        return Direction(text(value).strip().lower())
    except ValueError:
        return Direction.UNKNOWN


@lru_cache(maxsize=1_024)
def state(value: Scalar) -> CallState:
    """Return a state of a call or leg, in the vendor's or the switch's word; UNKNOWN for others."""
    word = text(value).strip().lower()
    if word == CallState.ANSWERED:
        return CallState.ANSWERED
    return CallState.NOT_ANSWERED if word in _NO_CALL_ANSWERED else CallState.UNKNOWN
