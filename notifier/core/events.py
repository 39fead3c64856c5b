"""What a webhook carries: events as UTF-8 JSON, machine to machine, with numbers unmasked."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from notifier.core.alerts import Alert, AlertKind, Language, Reason, Words
from notifier.core.calls import Call, Change, Leg

MOST_BYTES = 256 * 1024
"""Longest body; an event that would be longer says what it left out."""

ALERT_REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "alert.fired": Reason.NEW,
        "alert.repeated": Reason.REPEAT,
        "alert.escalated": Reason.ESCALATE,
        "alert.acknowledged": Reason.ACKNOWLEDGED,
        "alert.resolved": Reason.RESOLVED,
        "alert.revised": Reason.REVISED,
    }
)
"""Event types about an alert, with the reason that each is sent for."""

_EVENTS = MappingProxyType(
    {
        **{reason: event for event, reason in ALERT_REASONS.items()},
        Reason.DIGEST: "alert.fired",
        Reason.REMIND: "",
        Reason.CREATED: "call.created",
        Reason.UPDATED: "call.updated",
    }
)

_Body: TypeAlias = dict[str, object]

_LONG_TEXT, _SHORT_TEXT, _TINY_TEXT, _LINK = 4_000, 400, 80, 800
_MOST_LEGS, _MOST_LINKS = 30, 10
"""What is kept of a call whose event would be too long: characters, legs and recordings.

A character takes at most six bytes of JSON, so an alert and one such call always fit.
"""


def event_of(reason: Reason) -> str:
    """Return the type of the event that is sent for `reason`, "" where systems are told nothing.

    Raises:
        ValueError: nothing is ever sent for this reason.
    """
    if reason not in _EVENTS:
        raise ValueError(f"no event is sent for reason {reason.value}")
    return _EVENTS[reason]


def alert_event(
    alert: Alert,
    event: str,
    *,
    at: datetime,
    zone: ZoneInfo,
    language: Language,
    revisions: Mapping[str, int] = MappingProxyType({}),
) -> bytes:
    """Return the body of `event`, such as alert.fired, about `alert`.

    `at` is when it happened, not when it is sent: the firing, the repeat, the acknowledgement.
    `revisions` has the revision of each call by its id; a call that is not in it has 1. Calls are
    left out from the end where the body would be too long, and `calls_left_out` counts them.
    """
    reason = ALERT_REASONS[event]
    if reason is Reason.NEW and alert.kind is AlertKind.DIGEST:
        reason = Reason.DIGEST
    told = _alert(alert, reason, zone, language)
    calls = [_call(call, zone, revisions.get(call.id, 1)) for call in alert.calls]

    def with_calls(most: int) -> _Body:
        data: _Body = {"alert": told, "calls": calls[:most]}
        if most < len(calls):
            data["calls_left_out"] = len(calls) - most
        return _event(event, at, zone, data)

    body = msgspec.json.encode(with_calls(len(calls)))
    if len(body) <= MOST_BYTES:
        return body
    told, calls = _shortened(told), [_shortened(call) for call in calls]
    return _longest(with_calls, len(calls))


def call_event(change: Change, *, at: datetime, zone: ZoneInfo) -> bytes:
    """Return the body of call.created, or of call.updated with the names in it that moved.

    `at` is when it happened: when this reading of the call was recorded.
    """
    call = _call(change.after, zone, change.revision)
    data: _Body = {"call": call}
    event = event_of(Reason.CREATED)
    if change.before is not None:
        event = event_of(Reason.UPDATED)
        before = _call(change.before, zone, change.revision)
        data["changed"] = [name for name in call if call[name] != before[name]]
    body = msgspec.json.encode(_event(event, at, zone, data))
    if len(body) <= MOST_BYTES:
        return body
    data["call"] = _shortened(call)
    return msgspec.json.encode(_event(event, at, zone, data))


def test_event(channel: str, *, at: datetime, zone: ZoneInfo) -> bytes:
    """Return the body of the event that tries out `channel`, a channel's name."""
    return msgspec.json.encode(_event("test", at, zone, {"channel": _text(channel)}))


def _event(event: str, at: datetime, zone: ZoneInfo, data: _Body) -> _Body:
    return {"type": event, "timestamp": _time(at, zone), "data": data}


def _longest(with_calls: Callable[[int], _Body], most: int) -> bytes:
    """Return the longest body within bounds, found by halving: 20 encodings for a million calls."""
    fits, body = 0, msgspec.json.encode(with_calls(0))
    while fits < most:
        half = (fits + most + 1) // 2
        tried = msgspec.json.encode(with_calls(half))
        if len(tried) <= MOST_BYTES:
            fits, body = half, tried
        else:
            most = half - 1
    return body


def _alert(alert: Alert, reason: Reason, zone: ZoneInfo, language: Language) -> _Body:
    return {
        "id": alert.id,
        "rule": _text(alert.rule),
        "title": _text(_in(alert.title, language)),
        "severity": alert.severity,
        "key": _text(alert.key),
        "reason": reason,
        "state": alert.state,
        "count": alert.count,
        "suppressed": alert.suppressed,
        "occurred_at": _time(alert.occurred_at, zone),
        "deadline": _time(alert.deadline, zone),
    }


def _call(call: Call, zone: ZoneInfo, revision: int) -> _Body:
    return {
        "id": _text(call.id),
        "direction": call.direction,
        "state": call.state,
        "missed": call.missed,
        "caller": _text(call.caller),
        "callee": _text(call.callee),
        "customer": _text(call.customer),
        "hotline": _text(call.hotline),
        "agent": _text(call.agent),
        "extension": _text(call.extension),
        "duration_s": _whole_seconds(call.duration),
        "ring_s": _whole_seconds(call.ring),
        "started_at": _time(call.started_at, zone),
        "ended_at": _time(call.ended_at, zone),
        "note": _text(call.note),
        "recording_urls": [_text(url) for url in call.recording_urls],
        "legs": [_leg(leg, zone) for leg in call.legs],
        "revision": revision,
    }


def _leg(leg: Leg, zone: ZoneInfo) -> _Body:
    return {
        "number": _text(leg.number),
        "status": leg.status,
        "ring_s": _whole_seconds(leg.ring),
        "end_reason": _text(leg.end_reason),
        "fail_code": leg.fail_code,
        "rung_at": _time(leg.rung_at, zone),
        "answered_at": _time(leg.answered_at, zone),
        "ended_at": _time(leg.ended_at, zone),
        "trunk": _text(leg.trunk),
    }


def _shortened(told: _Body) -> _Body:
    """Return an alert or a call within bounds, with `shortened` if anything had to go."""
    short = {name: _short(name, value) for name, value in told.items()}
    return short if short == told else {**short, "shortened": True}


def _short(name: str, value: object) -> object:
    match value:
        case str():
            return value[: _LONG_TEXT if name == "note" else _SHORT_TEXT]
        case list() if name == "recording_urls":
            return [link for link in value if len(link) <= _LINK][:_MOST_LINKS]
        case list():
            return [_short_leg(leg) for leg in value[:_MOST_LEGS]]
        case _:
            return value


def _short_leg(leg: _Body) -> _Body:
    return {
        name: value[:_TINY_TEXT] if isinstance(value, str) else value for name, value in leg.items()
    }


def _in(words: Words, language: Language) -> str:
    return words.get(language) or next(iter(words.values()), "")


def _text(text: str) -> str:
    """Return `text` without halves of surrogate pairs, which UTF-8 cannot say."""
    return text.encode("utf-8", "replace").decode()


def _time(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None


def _whole_seconds(span: timedelta) -> int:
    return int(span.total_seconds())
