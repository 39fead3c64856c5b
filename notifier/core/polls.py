"""What a walk through the call log is, how far back it goes, and what it found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from notifier.core.calls import Call, Malformed
from notifier.core.errors import SourceError


class WalkKind(StrEnum):
    """Why the log is read, and so how far back."""

    BASELINE = "baseline"
    """The first reading ever: remembered, and alerts nobody."""
    TAIL = "tail"
    """The newest page, and on until what was known is reached."""
    OVERLAP = "overlap"
    """All of the last stretch again: rows are inserted late and rewritten."""
    SWEEP = "sweep"
    """A long way back: long calls, late rows, edits, recordings."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back walks go."""

    overlap: timedelta
    sweep: timedelta
    baseline: timedelta


@dataclass(frozen=True, slots=True)
class Progress:
    """What a completed walk adds to what is remembered of walks."""

    watermark: datetime
    """Start of the newest call ever listed; never goes back."""
    ends_baseline: bool = False


@dataclass(slots=True)
class Walk:
    """What one walk found."""

    kind: WalkKind
    pages: int = 0
    calls: dict[str, Call] = field(default_factory=dict)
    """By id; where a row came twice, the reading that came last."""
    malformed: list[Malformed] = field(default_factory=list)
    horizon: datetime | None = None
    """Start that it must reach; None until a page has been read."""
    mark: datetime | None = None
    """Start of the newest call that was listed before; None if none was, or until then."""
    complete: bool = True
    """Whether it went as far as it was meant to: only then does the watermark move."""
    fault: SourceError | None = None
    """What ended it; None if nothing did."""


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One walk, for the record."""

    kind: WalkKind
    at: datetime
    took: timedelta
    pages: int = 0
    seen: int = 0
    created: int = 0
    changed: int = 0
    malformed: int = 0
    error: str = ""
    """What went wrong, without secrets; "" if nothing did."""


AHEAD = timedelta(days=1)
"""How far beyond our own clock a call may have begun; a later start is a mistake in the row."""


def believable(starts: Sequence[datetime], now: datetime) -> Sequence[datetime]:
    """Return those of `starts` that are not in the future; all of them where all are.

    One row with a wrong year must not decide how far back the log is read. If every row is ahead,
    it is our clock that is wrong, and nothing is left out.
    """
    return [start for start in starts if start <= now + AHEAD] or starts


def horizon(kind: WalkKind, watermark: datetime | None, newest: datetime, reach: Reach) -> datetime:
    """Return the start of the oldest call that a walk of `kind` must reach.

    Server times only: `newest` is the start of the newest call on the first page, so a clock that
    is set wrong here neither loses calls nor reads the log from its beginning. A walk after an
    outage starts from the `watermark`, however long ago that was.
    """
    if watermark is None:
        return newest - reach.baseline
    back = reach.sweep if kind is WalkKind.SWEEP else reach.overlap
    return min(watermark, newest) - back
