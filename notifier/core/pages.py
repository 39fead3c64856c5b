"""What is asked of the PBX and what comes back: filters, pages, and why a walk over them ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifier.core.calls import Call, CallState, Direction, Malformed

PAGE_LIMIT = 100
"""Most calls that the vendor puts on one page; a higher limit is lowered without a word."""


@dataclass(frozen=True, slots=True)
class DurationFilter:
    """A bound on talk time, in the vendor's words: most are undocumented, so any is let through."""

    comparison: str
    """Such as less_than_or_equal_to, the one that has been seen."""
    value: timedelta
    """Sent as whole seconds."""


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What a list of calls is narrowed to; what is left out is not sent.

    Any filter by hotline, extension or user loses missed calls: the vendor often has none of the
    three for them.
    """

    call_number: str = ""
    """Caller or callee, exactly as the PBX writes it."""
    call_state: CallState = CallState.UNKNOWN
    """UNKNOWN filters nothing."""
    date_from: datetime | None = None
    """Aware; bounds the time the row was written, as far as is known, not the call's start."""
    date_to: datetime | None = None
    """Aware and included; the vendor takes both dates or neither."""
    department_id: str = ""
    direction: Direction = Direction.UNKNOWN
    """UNKNOWN filters nothing; each of the internal ones finds all three."""
    duration: DurationFilter | None = None
    extension_ids: tuple[str, ...] = ()
    """The vendor's ids, not extension numbers."""
    external_id: str = ""
    external_session_id: str = ""
    hotline_ids: tuple[str, ...] = ()
    """The vendor's ids, not phone numbers."""
    user_id: str = ""

    def __post_init__(self) -> None:
        if self.date_from is None and self.date_to is None:
            return
        if self.date_from is None or self.date_to is None:
            raise ValueError("filter calls by date: give both date_from and date_to, or neither")
        if self.date_from.utcoffset() is None or self.date_to.utcoffset() is None:
            raise ValueError("filter calls by date: date_from and date_to need a time zone")
        if self.date_to < self.date_from:
            raise ValueError(
                f"filter calls by date: date_to {self.date_to} is before date_from {self.date_from}"
            )


EVERY_CALL = CallFilter()
"""Filters nothing: the only way to see every missed call."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a request for calls, newest start first."""

    calls: tuple[Call, ...]
    malformed: tuple[Malformed, ...]
    next: str
    """Cursor of the page after it; not empty on the last page that has calls."""
    prev: str
    """Cursor of the page before it, to be sent as `before`."""
    size: int
    """How many records came, malformed ones included."""
    limit: int = 0
    """Most records that the answer says a page may have; 0 if it does not say."""


class WalkEnd(StrEnum):
    """Why a walk went no further."""

    STOPPED = "stopped"
    """It was told that it had seen enough."""
    LAST = "last"
    """There are no older calls: an empty or short page, or no cursor."""
    REPEATED = "repeated"
    """The PBX handed out a cursor a second time: what is older was not seen."""
    CAPPED = "capped"
    """It reached its bound of pages: what is older was not seen."""
