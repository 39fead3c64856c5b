"""Calls to script with: each function builds one truthful row, which `World.add` then shows."""

from dataclasses import replace
from datetime import datetime, timedelta

from notifier.simulator.business import CSKH, IVR, extension, team
from notifier.simulator.model import NONE, Hotline, Json, SimCall, SimLeg, State, Way

_CANCELLED = 487
_NO_ANSWER = 480


def _leg(target: str, at: datetime, ring_s: int, talk_s: int | None, trunk: str = "") -> SimLeg:
    answered_at = None if talk_s is None else at + timedelta(seconds=ring_s)
    return SimLeg(
        target=target,
        state=State.NOT_ANSWERED if talk_s is None else State.ANSWERED,
        added_at=at,
        ring_s=ring_s,
        answered_at=answered_at,
        ended_at=at + timedelta(seconds=ring_s + (talk_s or 0)),
        end_reason="cancelled" if talk_s is None else "caller_disconnect",
        fail_code=_CANCELLED if talk_s is None else 0,
        trunk=trunk,
    )


def missed_call(
    started_at: datetime,
    caller: str = "0901234567",
    *,
    hotline: Hotline = CSKH,
    rang: tuple[str, ...] | None = None,
    ring_s: int = 20,
) -> SimCall:
    """Return an inbound call that nobody took; like the real ones it names no extension or user.

    `rang` is the extensions rung, by default the hotline's whole team, one leg each; `()` for none.
    """
    numbers = team(hotline) if rang is None else rang
    return SimCall(
        direction=Way.IN,
        state=State.NOT_ANSWERED,
        caller=caller,
        callee=hotline.queue,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=ring_s),
        legs=tuple(_leg(number, started_at, ring_s, None) for number in numbers),
        hotline_id=hotline.id,
    )


def answered_call(
    started_at: datetime,
    caller: str = "0901234567",
    *,
    hotline: Hotline = CSKH,
    by: str | None = None,
    ring_s: int = 8,
    talk_s: int = 60,
) -> SimCall:
    """Return an inbound call that the extension `by` took; by default the first of the team.

    The rest of the team rang too and is in the legs, unanswered. A long call is a large `talk_s`.
    """
    numbers = team(hotline)
    taker = extension(by or numbers[0])
    others = tuple(number for number in numbers if number != taker.number)
    return SimCall(
        direction=Way.IN,
        state=State.ANSWERED,
        caller=caller,
        callee=taker.number,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=ring_s + talk_s),
        duration_s=talk_s,
        legs=(
            _leg(taker.number, started_at, ring_s, talk_s),
            *(_leg(number, started_at, ring_s, None) for number in others),
        ),
        hotline_id=hotline.id,
        extension_id=taker.id,
        user_id=taker.user_id,
    )


def outgoing_call(
    started_at: datetime,
    callee: str = "0901234567",
    *,
    by: str = "101",
    ring_s: int = 12,
    talk_s: int | None = 60,
) -> SimCall:
    """Return a call from the extension `by` to a customer; `talk_s=None`: nobody picked up."""
    caller = extension(by)
    leg = _leg(callee, started_at, ring_s, talk_s, "trunk-viettel")
    if talk_s is None:
        leg = replace(leg, fail_code=_NO_ANSWER)
    return SimCall(
        direction=Way.OUT,
        state=leg.state,
        caller=by,
        callee=callee,
        started_at=started_at,
        ended_at=leg.ended_at,
        duration_s=talk_s or 0,
        legs=(leg,),
        hotline_id=caller.hotline_id,
        extension_id=caller.id,
        user_id=caller.user_id,
    )


def internal_twins(
    started_at: datetime,
    caller: str = "101",
    callee: str = "102",
    *,
    ring_s: int = 5,
    talk_s: int | None = 30,
) -> tuple[SimCall, SimCall]:
    """Return the two rows of one call between extensions: the callee's view, then the caller's."""
    leg = _leg(callee, started_at, ring_s, talk_s)
    session = f"{started_at:%y%m%d%H%M%S%f}{caller}{callee}"
    inward = SimCall(
        direction=Way.EXT_IN,
        state=leg.state,
        caller=caller,
        callee=callee,
        started_at=started_at,
        ended_at=leg.ended_at,
        duration_s=talk_s or 0,
        legs=(leg,),
        extension_id=extension(callee).id,
        user_id=extension(callee).user_id,
        session=session,
    )
    return inward, replace(
        inward,
        direction=Way.EXT_OUT,
        session=f"{session}-out",
        extension_id=extension(caller).id,
        user_id=extension(caller).user_id,
    )


def abandoned_in_ivr(
    started_at: datetime,
    caller: str = "0901234567",
    *,
    hotline: Hotline = CSKH,
    after_s: int = 25,
) -> SimCall:
    """Return a call that the IVR took and nobody else: `answered` without an answered leg."""
    return SimCall(
        direction=Way.IN,
        state=State.ANSWERED,
        caller=caller,
        callee=IVR,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=after_s),
        duration_s=after_s,
        hotline_id=hotline.id,
    )


def forwarded_out(call: SimCall, number: str) -> SimCall:
    """Return the inbound call as forwarded to an outside number: its direction is `unknown`."""
    return replace(call, direction=Way.UNKNOWN, callee=number)


def made_by_softphone(call: SimCall) -> SimCall:
    """Return how the vendor's app first shows the call: answered, no talk, no end, no legs.

    Show this one first and the call itself later: the row then flips, or fills in.
    """
    return replace(
        call, state=State.ANSWERED, duration_s=0, ended_at=None, legs=(), recording_urls=()
    )


def known_only_by_filter(call: SimCall) -> SimCall:
    """Return the call without a word on its hotline: only a `hotline_ids` filter finds that out."""
    return replace(call, callee="", legs=(), extension_id=NONE, user_id=NONE, found_by_hotline=True)


def lost_by_filter(call: SimCall) -> SimCall:
    """Return the call as one that a `hotline_ids` filter does not find."""
    return replace(call, found_by_hotline=False)


def with_field(call: SimCall, name: str, value: Json) -> SimCall:
    """Return the call with one field of its JSON row replaced by anything: a malformed record."""
    return replace(call, overrides={**(call.overrides or {}), name: value})
