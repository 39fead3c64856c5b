"""From a call as a test writes it to the call that the PBX would have told of."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.config.model.document import TestCall
from notifier.config.orders import instant
from notifier.core.calls import UNKNOWN_HOTLINE, Call, CallState, Direction, Leg, in_order
from notifier.core.directory import Directory
from notifier.core.phones import normalise

_RECORDING = "https://recording.invalid/1"
"""Where the recording of a made-up call would be; nobody asks there."""


def build_call(written: TestCall, known_as: str, zone: ZoneInfo, directory: Directory) -> Call:
    """Return the finished call with the id `known_as`, placed by `directory`.

    It is answered if a talk time is written; who is rung or answers is a leg, as in the log. The
    PBX also calls answered what only the menu picked up.
    """
    talk, ring = written.answered, written.ring or timedelta()
    taken = talk is not None or written.abandoned
    started_at = instant(written.at, zone)
    taker = _taker(written)
    caller, callee = _ends(written, taker)
    customer = normalise(written.in_ or written.out or "")
    call = Call(
        id=known_as,
        direction=Direction.OUT if written.out else Direction.IN,
        state=CallState.ANSWERED if taken else CallState.NOT_ANSWERED,
        caller=caller,
        callee=callee,
        customer=customer if any(letter.isdigit() for letter in customer) else "",
        duration=talk or timedelta(),
        started_at=started_at,
        ended_at=started_at + ring + (talk or timedelta()),
        extension=written.extension or taker,
        hotline=written.hotline or UNKNOWN_HOTLINE,
        legs=_legs(written, taker, started_at),
        note=written.note,
        recording_urls=(_RECORDING,) if written.recording else (),
    )
    return directory.place(call, {})


def _taker(written: TestCall) -> str:
    """Return the extension that answered: the one named, else the only one rung; "" if unknown."""
    if written.answered is None:
        return ""
    if written.extension:
        return written.extension
    return written.target[0] if len(written.target) == 1 else ""


def _ends(written: TestCall, taker: str) -> tuple[str, str]:
    """Return who called and what was called: an extension if one is named, else the hotline."""
    if written.out:
        return written.extension or "", written.out
    return written.in_ or "", taker or written.extension or written.hotline or ""


def _legs(written: TestCall, taker: str, started_at: datetime) -> tuple[Leg, ...]:
    """Return a leg for the customer of a call out, else one for whoever was rung or answered."""
    if written.out:
        return (_leg(written, written.out, started_at, answered=written.answered is not None),)
    rung = dict.fromkeys((*written.target, *filter(None, [written.extension])))
    if written.answered is not None:
        rung[taker] = None  # somebody spoke, though nobody says who
    return in_order(
        tuple(
            _leg(
                written,
                number,
                started_at,
                answered=written.answered is not None and number == taker,
            )
            for number in rung
        )
    )


def _leg(written: TestCall, number: str, started_at: datetime, *, answered: bool) -> Leg:
    ring, talk = written.ring or timedelta(), written.answered or timedelta()
    picked_up_at = started_at + ring
    return Leg(
        number=number,
        added_at=started_at,
        status=CallState.ANSWERED if answered else CallState.NOT_ANSWERED,
        rung_at=started_at,
        ring=ring,
        answered_at=picked_up_at if answered else None,
        ended_at=picked_up_at + talk if answered else picked_up_at,
    )
