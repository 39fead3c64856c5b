"""What a call is, how two readings of it differ, and when it is final."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter

import msgspec

from notifier.core.phones import normalise

UNKNOWN_HOTLINE = "unknown"
"""The hotline of a call that nothing could place; rules can match it, so no call is dropped."""


class Direction(StrEnum):
    """Which way a call went, in the vendor's words (an internal call is two rows: in and out)."""

    IN = "in"
    OUT = "out"
    EXT = "ext"
    EXT_IN = "ext_in"
    EXT_OUT = "ext_out"
    UNKNOWN = "unknown"


class CallState(StrEnum):
    """How a call ended, as far as the PBX knows today; later readings may flip it."""

    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    UNKNOWN = "unknown"


class MissReason(StrEnum):
    """Why nobody spoke to the customer, told from the legs; a call that was answered has none."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    CALLER_HUNG_UP = "caller_hung_up"
    NOBODY_RUNG = "nobody_rung"
    ABANDONED = "abandoned"
    FAILED = "failed"


INTERNAL = frozenset({Direction.EXT, Direction.EXT_IN, Direction.EXT_OUT})
"""Directions between two extensions; rules see them only when they ask."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One entry of `call_targets`: a number that was rung for the call."""

    number: str
    """Extension, or outside number when forwarded; "" when the PBX gave none."""
    added_at: datetime | None
    status: CallState
    rung_at: datetime | None = None
    ring: timedelta = timedelta()
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""
    fail_code: int = 0
    """SIP-like (486 busy, 480, 487, 603 …); 0 = none."""
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was last read, with what follows from it; times are aware and in UTC."""

    id: str
    direction: Direction
    state: CallState
    caller: str
    callee: str
    customer: str
    """The outside number in E.164 where it has such a form, else as dialled; "" if none."""
    duration: timedelta
    """Talk time; zero for a miss and for a call still going on."""
    started_at: datetime
    ended_at: datetime | None
    """None until the PBX has finished with the call."""
    session: str = ""
    """The switch's session, the same for both rows of an internal call; "" if unknown."""
    extension: str = ""
    """Number of the extension that answered, or was matched; "" if none."""
    agent: str = ""
    """Name behind `extension`, from the directory; "" if unknown."""
    hotline: str = UNKNOWN_HOTLINE
    """Number of the hotline, or `UNKNOWN_HOTLINE`."""
    legs: tuple[Leg, ...] = ()
    """Sorted by number and time: the PBX gives them in random order."""
    note: str = ""
    recording_urls: tuple[str, ...] = ()
    contact_id: str = ""
    user_id: str = ""
    external_id: str = ""
    extension_id: str = ""
    created_at: datetime | None = None
    """When the PBX wrote the row, for measuring its lag."""

    @property
    def subject(self) -> str:
        """What an alert about this call is about: its id, or the session both twins share."""
        return f"session:{self.session}" if self.internal and self.session else self.id

    @property
    def internal(self) -> bool:
        """Whether it went between two extensions."""
        return self.direction in INTERNAL

    @property
    def inbound(self) -> bool:
        """Whether a customer called us; a forwarded call comes as unknown, from a customer."""
        if self.direction is not Direction.UNKNOWN:
            return self.direction is Direction.IN
        return bool(self.customer) and normalise(self.caller) == self.customer

    @property
    def abandoned(self) -> bool:
        """Whether only the menu or queue picked up: answered, though no rung leg answered.

        Where the PBX lists no legs at all, an extension or user on the call speaks for a person.
        """
        if self.state is not CallState.ANSWERED or self.ended_at is None:
            return False
        for leg in self.legs:
            if leg.status is CallState.ANSWERED:
                return False
        if not self.legs and (self.extension or self.extension_id or self.user_id):
            return False
        return self.inbound

    @property
    def missed(self) -> bool:
        """Whether a customer called and spoke to nobody."""
        if self.state is CallState.NOT_ANSWERED:
            return self.inbound
        return self.abandoned

    @property
    def unreached(self) -> bool:
        """Whether we called and the customer did not pick up."""
        return self.direction is Direction.OUT and self.state is CallState.NOT_ANSWERED

    @property
    def ring(self) -> timedelta:
        """Longest that any leg rang."""
        return max((leg.ring for leg in self.legs), default=timedelta())

    @property
    def wait(self) -> timedelta | None:
        """From the start until a person answered, or until the end of a miss; None if unknown."""
        answered = [leg.answered_at for leg in self.legs if leg.answered_at]
        until = min(answered) if answered else (self.ended_at if self.missed else None)
        return max(until - self.started_at, timedelta()) if until else None

    @property
    def targets(self) -> tuple[str, ...]:
        """Numbers that were rung, each once, in order."""
        return tuple(dict.fromkeys(leg.number for leg in self.legs if leg.number))

    @property
    def miss_reason(self) -> MissReason | None:
        """Why it was missed; None if it was not."""
        return _miss_reason(self) if self.missed else None


_BUSY = frozenset({486, 600})
"""SIP: Busy Here, Busy Everywhere."""


def _miss_reason(call: Call) -> MissReason:
    if call.abandoned:
        return MissReason.ABANDONED
    if not call.legs:
        return MissReason.NOBODY_RUNG
    if all(leg.fail_code in _BUSY for leg in call.legs):
        return MissReason.BUSY
    if any(leg.end_reason in {"caller_disconnect", "cancelled"} for leg in call.legs):
        return MissReason.CALLER_HUNG_UP
    if all(leg.fail_code and not leg.ring for leg in call.legs):
        return MissReason.FAILED
    return MissReason.NO_ANSWER


_NOT_MEANING = frozenset({"hotline", "agent", "created_at", "legs", "session"})
"""Fields outside the hash: told from elsewhere, bookkeeping, or hashed in their own form."""

_said = attrgetter(*(f.name for f in fields(Call) if f.name not in _NOT_MEANING))


def meaning(call: Call) -> str:
    """Return a hash of what the PBX said of the call; equal readings have equal hashes.

    `updated_at` is not in it: the PBX bumps it on every re-sync. The hotline is not either: it is
    found by other queries, and `diff` looks at it by itself.
    """
    said = msgspec.msgpack.encode((_said(call), in_order(call.legs)))
    return hashlib.blake2b(said, digest_size=16).hexdigest()


def in_order(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """Return `legs` by number, then by all else; the PBX shuffles them on every answer."""
    if len({leg.number for leg in legs}) == len(legs):
        return tuple(sorted(legs, key=_number))
    return tuple(sorted(legs, key=lambda leg: (leg.number, msgspec.msgpack.encode(leg))))


_number = attrgetter("number")


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of a call, enough to see whether a new reading says more."""

    meaning: str
    hotline: str
    revision: int
    """1 for the first reading, one more with each change."""


@dataclass(frozen=True, slots=True)
class Change:
    """A call that is new, or that now says something else."""

    after: Call
    before: Call | None
    """None when the call was not known."""
    meaning: str
    revision: int
    first_seen_at: datetime

    @property
    def created(self) -> bool:
        """Whether this is the first reading."""
        return self.before is None

    @property
    def moved(self) -> tuple[str, ...]:
        """Names of the fields that differ from the reading before; empty for a new call."""
        if self.before is None:
            return ()
        before, after = self.before, self.after
        return tuple(
            f.name for f in fields(Call) if getattr(before, f.name) != getattr(after, f.name)
        )


def news(sightings: Mapping[str, Call], known: Mapping[str, Known]) -> list[tuple[Call, str]]:
    """Return, with their meanings, the sightings that are unknown or say something else.

    A sighting whose hotline could not be placed keeps the one that is remembered: placing takes
    a query of its own, which is not repeated for a call that has been placed.
    """
    found: list[tuple[Call, str]] = []
    for sighting in sightings.values():
        past = known.get(sighting.id)
        call = sighting
        if past and call.hotline == UNKNOWN_HOTLINE != past.hotline:
            call = replace(call, hotline=past.hotline)
        said = meaning(call)
        if past is None or past.meaning != said or past.hotline != call.hotline:
            found.append((call, said))
    return found


def settles_at(call: Call, settle: timedelta, first_seen_at: datetime) -> datetime | None:
    """Return when `call` may be judged; None while it still goes on.

    A reading is taken as final `settle` after the call ended, because rows flip between answered
    and missed for some minutes. An answered row without an end is a call going on (the vendor's
    own softphones list them): its next reading decides. A miss without an end counts from when it
    was first seen.
    """
    if call.ended_at is not None:
        return call.ended_at + settle
    if call.state is CallState.ANSWERED:
        return None
    return first_seen_at + settle


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that could not be read: kept raw and counted, and the page went on."""

    raw: str
    why: str
