"""One record of the vendor's list as it stands on the wire, and the call that it tells of."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from notifier.core.calls import UNKNOWN_HOTLINE, Call, CallState, Direction, Leg, in_order
from notifier.core.phones import is_outside, normalise
from notifier.pbx.fields import (
    Scalar,
    direction,
    identity,
    inserted_at,
    instant,
    seconds,
    state,
    text,
    whole,
)


class Target(msgspec.Struct, gc=False, frozen=True):
    """An entry of `call_targets`, field for field."""

    add_time: Scalar = None
    answered_time: Scalar = None
    end_reason: Scalar = None
    ended_time: Scalar = None
    fail_code: Scalar = None
    ring_duration: Scalar = None
    ring_time: Scalar = None
    status: Scalar = None
    target_number: Scalar = None
    trunk_name: Scalar = None


class Record(msgspec.Struct, frozen=True):
    """An entry of `call_logs`, field for field; what we do not use is left out.

    Targets are a set: the vendor shuffles them on every answer, and the same record must be equal
    to itself.

    `hotline` and `hotline_id` are not in the vendor's page, and are read in case they come.
    """

    id: Scalar = None
    direction: Scalar = None
    call_state: Scalar = None
    caller: Scalar = None
    callee: Scalar = None
    duration: Scalar = None
    started_at: Scalar = None
    ended_at: Scalar = None
    created_at: Scalar = None
    external_session_id: Scalar = None
    external_id: Scalar = None
    extension_id: Scalar = None
    user_id: Scalar = None
    contact_id: Scalar = None
    note: Scalar = None
    hotline: Scalar = None
    hotline_id: Scalar = None
    recording_urls: tuple[Scalar, ...] | None = None
    call_targets: frozenset[Target | None] | None = None


class Unreadable(ValueError):  # noqa: N818 - named for what is so; never leaves this room
    """A record lacks what makes it a call; the message says what."""


@lru_cache(maxsize=2_048)
def read_call(record: Record) -> Call:
    """Return the call that `record` tells of; Unreadable without an id or any time.

    A missing start is filled with when the row was written, from created_at or from the id.
    Cached, because each poll reads again most of what the one before it read: an unchanged record
    gives the very same call.
    """
    known_as = identity(record.id)
    if not known_as:
        raise Unreadable("no usable id")
    created_at = instant(record.created_at)
    started_at = instant(record.started_at) or created_at or inserted_at(known_as)
    if started_at is None:
        raise Unreadable("no usable started_at, no created_at, and an id that tells no time")
    way = direction(record.direction)
    caller, callee = text(record.caller).strip(), text(record.callee).strip()
    legs = _legs(record.call_targets)
    return Call(
        id=known_as,
        direction=way,
        state=state(record.call_state),
        caller=caller,
        callee=callee,
        customer=customer_of(way, caller, callee),
        duration=seconds(record.duration),
        started_at=started_at,
        ended_at=instant(record.ended_at),
        session=identity(record.external_session_id).removesuffix("-out"),
        extension=extension_of(way, caller, callee, legs=legs),
        hotline=text(record.hotline).strip() or identity(record.hotline_id) or UNKNOWN_HOTLINE,
        legs=legs,
        note=text(record.note),
        recording_urls=_urls(record.recording_urls),
        contact_id=identity(record.contact_id),
        user_id=identity(record.user_id),
        external_id=identity(record.external_id),
        extension_id=identity(record.extension_id),
        created_at=created_at,
    )


def customer_of(way: Direction, caller: str, callee: str) -> str:
    """Return the customer's number, normalised; "" for an internal call and a withheld number.

    Called by: whoever called in, whoever was called out. Where the PBX does not know the direction
    (it forwarded the call to an outside number), whichever is an outside number, the caller first.
    A withheld number comes as a word, and all who withhold theirs must not become one customer.
    """
    match way:
        case Direction.IN:
            found = caller
        case Direction.OUT:
            found = callee
        case Direction.UNKNOWN:
            found = next((number for number in (caller, callee) if is_outside(number)), "")
        case _:
            return ""
    number = normalise(found)
    return number if any(letter.isdigit() for letter in number) else ""


def extension_of(way: Direction, caller: str, callee: str, *, legs: Sequence[Leg]) -> str:
    """Return the number of the extension that stands for our side; "" if none can be told.

    Of an outgoing call, the caller: that is who made it, even if somebody else finished it. Else
    the leg that answered: the one that is also the callee, or the first to answer. Else the callee
    if it is also one of the legs, which is how the PBX shows a match with nobody answering. Outside
    numbers are no extensions, and a callee that is no leg is a menu, queue or group.
    """
    if way is Direction.OUT and caller and not is_outside(caller):
        return caller
    inside = [leg for leg in legs if leg.number and not is_outside(leg.number)]
    answered = [leg for leg in inside if leg.status is CallState.ANSWERED]
    if any(leg.number == callee for leg in answered or inside):
        return callee
    return min(answered, key=_when_answered).number if answered else ""


def _when_answered(leg: Leg) -> tuple[bool, float]:
    at = leg.answered_at
    return (at is None, at.timestamp() if at else 0.0)


def _legs(targets: frozenset[Target | None] | None) -> tuple[Leg, ...]:
    legs = tuple(_leg(target) for target in targets or () if target is not None)
    return in_order(legs) if len(legs) > 1 else legs


def _leg(target: Target) -> Leg:
    return Leg(
        number=text(target.target_number).strip(),
        added_at=instant(target.add_time),
        status=state(target.status),
        rung_at=instant(target.ring_time),
        ring=seconds(target.ring_duration),
        answered_at=instant(target.answered_time),
        ended_at=instant(target.ended_time),
        end_reason=text(target.end_reason),
        fail_code=whole(target.fail_code),
        trunk=text(target.trunk_name),
    )


def _urls(urls: tuple[Scalar, ...] | None) -> tuple[str, ...]:
    return tuple(filter(None, map(text, urls))) if urls else ()


def written_at(call: Call) -> datetime | None:
    """Return when the PBX wrote the row of `call`; None if neither the row nor its id tells."""
    return call.created_at or inserted_at(call.id)
