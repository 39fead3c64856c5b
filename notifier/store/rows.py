"""Rows and values, both ways."""

from datetime import UTC, datetime, timedelta

import msgspec

from notifier.core.alerts import Alert, AlertKind, AlertState, Language, Outcome, Severity
from notifier.core.calls import Call, Change
from notifier.core.deliveries import DeliveryState, Draft
from notifier.core.rules.model import Mute
from notifier.store.database import Row, Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)

_call_encoder = msgspec.json.Encoder()
_call_decoder = msgspec.json.Decoder(Call)
_words_decoder = msgspec.json.Decoder(dict[Language, str])


def ms(at: datetime) -> int:
    """Return `at` (aware) as milliseconds since 1970, UTC."""
    return (at - _EPOCH) // _MS


def ms_not_before(at: datetime) -> int:
    """Return the first whole millisecond that is not before `at`: what waits is never early."""
    return -((_EPOCH - at) // _MS)


def ms_or_none(at: datetime | None) -> int | None:
    """Return `at` as milliseconds since 1970, or NULL."""
    return None if at is None else ms(at)


def at(milliseconds: int) -> datetime:
    """Return the instant `milliseconds` after 1970, aware, in UTC."""
    return _EPOCH + milliseconds * _MS


def at_or_none(milliseconds: int | None) -> datetime | None:
    """Return the instant `milliseconds` after 1970; None for NULL."""
    return None if milliseconds is None else at(milliseconds)


def seconds(span: timedelta) -> int:
    """Return `span` in whole seconds."""
    return span.days * 86_400 + span.seconds


def text_of(call: Call) -> str:
    """Return the whole call as JSON."""
    return _call_encoder.encode(call).decode()


def call_of(record: str) -> Call:
    """Return the call that `text_of` wrote."""
    return _call_decoder.decode(record)


CALL_COLUMNS = (
    "id", "revision", "meaning", "direction", "state", "missed", "caller", "callee", "customer",
    "hotline", "extension", "agent", "duration_s", "ring_s", "started_at_ms", "ended_at_ms",
    "first_seen_at_ms", "changed_at_ms", "record",
)  # fmt: skip
"""Columns of `calls`, in the order of `call_row`."""


def call_row(change: Change, now: datetime) -> tuple[Value, ...]:
    """Return the row of `calls` for what a call is after `change`."""
    call = change.after
    return (
        call.id,
        change.revision,
        change.meaning,
        call.direction.value,
        call.state.value,
        int(call.missed),
        call.caller,
        call.callee,
        call.customer,
        call.hotline,
        call.extension,
        call.agent,
        seconds(call.duration),
        seconds(call.ring),
        ms(call.started_at),
        ms_or_none(call.ended_at),
        ms(change.first_seen_at),
        ms(now),
        text_of(call),
    )


ALERT_STAYS = ("id", "rule", "kind", "key", "about", "subject", "fired_at_ms", "deadline_ms")
"""Columns of `alerts` that never change, in the order of `alert_row`."""

ALERT_MOVES = (
    "severity", "state", "title", "text", "occurred_at_ms", "count", "suppressed", "revision",
    "corrected", "detail", "taken_by", "taken_at_ms", "outcome", "ended_at_ms", "ended_by",
    "ended_call", "held_s", "tried", "remind_at_ms", "remind_by",
)  # fmt: skip
"""Those that move with it, in the order of `alert_moves`."""

ALERT_COLUMNS = (*ALERT_STAYS, *ALERT_MOVES)
"""Columns of `alerts`, in the order of `alert_row`."""


def alert_row(alert: Alert) -> tuple[Value, ...]:
    """Return the row of `alerts` for a new `alert`."""
    return (
        alert.id,
        alert.rule,
        alert.kind.value,
        alert.key,
        alert.about,
        alert.subject,
        ms(alert.fired_at),
        ms_or_none(alert.deadline),
        *alert_moves(alert),
    )


def alert_moves(alert: Alert) -> tuple[Value, ...]:
    """Return what an alert's row says of how it stands by now."""
    return (
        alert.severity.value,
        alert.state.value,
        _call_encoder.encode(alert.title).decode(),
        _call_encoder.encode(alert.text).decode(),
        ms(alert.occurred_at),
        alert.count,
        alert.suppressed,
        alert.revision,
        alert.corrected,
        alert.detail,
        alert.taken_by,
        ms_or_none(alert.taken_at),
        alert.outcome.value if alert.outcome else None,
        ms_or_none(alert.ended_at),
        alert.ended_by,
        alert.ended_call,
        seconds(alert.held),
        alert.tried,
        ms_or_none(alert.remind_at),
        alert.remind_by,
    )


def alert_of(row: Row, calls: tuple[Call, ...]) -> Alert:
    """Return the alert of a row of `alerts`, with its calls as they are now."""
    return Alert(
        id=row["id"],
        rule=row["rule"],
        kind=AlertKind(row["kind"]),
        key=row["key"],
        severity=Severity(row["severity"]),
        state=AlertState(row["state"]),
        title=_words_decoder.decode(row["title"]),
        text=_words_decoder.decode(row["text"]),
        occurred_at=at(row["occurred_at_ms"]),
        fired_at=at(row["fired_at_ms"]),
        calls=calls,
        count=row["count"],
        suppressed=row["suppressed"],
        revision=row["revision"],
        corrected=row["corrected"],
        deadline=at_or_none(row["deadline_ms"]),
        detail=row["detail"],
        subject=row["subject"],
        taken_by=row["taken_by"],
        taken_at=at_or_none(row["taken_at_ms"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        ended_at=at_or_none(row["ended_at_ms"]),
        ended_by=row["ended_by"],
        ended_call=row["ended_call"],
        held=timedelta(seconds=row["held_s"]),
        tried=row["tried"],
        remind_at=at_or_none(row["remind_at_ms"]),
        remind_by=row["remind_by"],
    )


MUTE_COLUMNS = (
    "id", "since_ms", "until_ms", "author", "reason", "rule", "key", "hotline", "source",
    "ended_at_ms", "ended_by", "made_at_ms",
)  # fmt: skip
"""Columns of `mutes`, in the order of `mute_row`."""


def mute_row(mute: Mute, source: str, now: datetime) -> tuple[Value, ...]:
    """Return the row of `mutes` for an order that is new."""
    return (
        mute.id,
        ms(mute.since),
        ms(mute.until),
        mute.author,
        mute.reason,
        mute.rule,
        mute.key,
        mute.hotline,
        source,
        None,
        "",
        ms(now),
    )


def mute_of(row: Row) -> Mute:
    """Return the order of a row of `mutes`."""
    return Mute(
        id=row["id"],
        since=at(row["since_ms"]),
        until=at(row["until_ms"]),
        author=row["author"],
        reason=row["reason"],
        rule=row["rule"],
        key=row["key"],
        hotline=row["hotline"],
    )


DRAFT_COLUMNS = (
    "id", "alert", "channel", "reason", "revision", "lane", "event", "body", "state", "due_at_ms",
    "created_at_ms", "expires_at_ms",
)  # fmt: skip
"""Columns of `deliveries` that a draft fills, in the order of `draft_row`."""


def draft_row(draft: Draft, now: datetime) -> tuple[Value, ...]:
    """Return the row of `deliveries` for a new debt."""
    return (
        draft.id,
        draft.alert,
        draft.channel,
        draft.reason.value,
        draft.revision,
        draft.lane,
        draft.event,
        draft.body,
        DeliveryState.PENDING.value,
        ms(draft.due_at),
        ms(now),
        ms(draft.expires_at),
    )


def insert(table: str, columns: tuple[str, ...], *, ending: str = "") -> str:
    """Return an INSERT of `columns` with a placeholder each; both are names of ours."""
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {ending}"  # noqa: S608
