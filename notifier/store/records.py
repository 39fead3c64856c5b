"""Writes a decision down: alerts, members, deliveries, timers, throttles and audit rows."""

from collections.abc import Sequence
from datetime import datetime

from notifier.core.alerts import Alert, AlertKind
from notifier.core.decisions import Decision
from notifier.store.database import Database, Value
from notifier.store.rows import (
    ALERT_COLUMNS,
    ALERT_MOVES,
    DRAFT_COLUMNS,
    alert_moves,
    alert_row,
    draft_row,
    insert,
    ms,
    ms_not_before,
)

# The key is the invariant: an alert that is there already stays as it is, and so does a debt.
_PUT_ALERT = insert("alerts", ALERT_COLUMNS, ending="ON CONFLICT DO NOTHING")
_PUT_DRAFT = insert("deliveries", DRAFT_COLUMNS, ending="ON CONFLICT DO NOTHING")
_PUT_CALL = "INSERT INTO alert_calls VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_PUT_MEMBER = "INSERT INTO alert_members VALUES (?, ?) ON CONFLICT DO NOTHING"
_PUT_AUDIT = (
    "INSERT INTO audit (at_ms, rule, reason, alert, call, channel, detail)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_PUT_NOTE = (
    "INSERT INTO notes SELECT ?, ifnull(max(number), 0) + 1, ?, ?, ? FROM notes WHERE alert = ?"
)
_PUT_TIMER = (
    "INSERT INTO timers VALUES (?, ?, ?, ?) "
    "ON CONFLICT (rule, key, kind) DO UPDATE SET due_at_ms = excluded.due_at_ms"
)
_END_TIMER = "DELETE FROM timers WHERE rule = ? AND key = ? AND kind = ?"
_PUT_THROTTLE = (
    "INSERT INTO rule_state VALUES (?, ?, ?, ?, ?) ON CONFLICT (rule, key) DO UPDATE SET "
    "last_at_ms = excluded.last_at_ms, step = excluded.step, swallowed = excluded.swallowed"
)
_CHANGE_ALERT = f"UPDATE alerts SET {', '.join(f'{name} = ?' for name in ALERT_MOVES)} WHERE id = ?"  # noqa: S608
_FORGET_CALLS = "DELETE FROM alert_calls WHERE alert = ?"
# A debt that was begun may have been read: it is settled by its attempt, not withdrawn.
_WITHDRAW = (
    "UPDATE deliveries SET state = 'obsolete', settled_at_ms = ? "
    "WHERE alert = ? AND channel = ? AND state = 'pending' AND tries = 0"
)


def record(database: Database, decision: Decision, now: datetime) -> None:
    """Write `decision` down; the caller holds the transaction, and has written the calls."""
    _record_alerts(database, decision)
    _many(database, _PUT_MEMBER, decision.members)
    _many(database, _WITHDRAW, [(ms(now), *pair) for pair in decision.withdrawn])
    _many(database, _PUT_DRAFT, [draft_row(draft, now) for draft in decision.drafts])
    _many(database, _END_TIMER, [(rule, key, kind.value) for rule, key, kind in decision.over])
    _many(
        database,
        _PUT_TIMER,
        [(t.rule, t.key, t.kind.value, ms_not_before(t.due_at)) for t in decision.timers],
    )
    _many(
        database,
        _PUT_THROTTLE,
        [
            (*key, ms(state.last_at), state.step, state.swallowed)
            for key, state in decision.throttles.items()
        ],
    )
    _many(
        database,
        _PUT_NOTE,
        [(name, ms(note.at), note.by, note.text, name) for name, note in decision.notes],
    )
    _many(
        database,
        _PUT_AUDIT,
        [
            (ms(a.at), a.rule, a.reason.value, a.alert, a.call, a.channel, a.detail)
            for a in decision.audit
        ],
    )


def _record_alerts(database: Database, decision: Decision) -> None:
    """Write new alerts, and what has become of known ones; of each, what was decided last."""
    changed = list({alert.id: alert for alert in decision.changed}.values())
    moved = [alert for alert in changed if _calls_move(alert)]
    about = {alert.id: alert.calls for alert in (*decision.alerts, *moved)}
    _many(database, _PUT_ALERT, [alert_row(alert) for alert in decision.alerts])
    _many(database, _CHANGE_ALERT, [(*alert_moves(alert), alert.id) for alert in changed])
    _many(database, _FORGET_CALLS, [(alert.id,) for alert in moved])
    _many(
        database,
        _PUT_CALL,
        [
            (identity, place, call.id)
            for identity, calls in about.items()
            for place, call in enumerate(calls)
        ],
    )


def _calls_move(alert: Alert) -> bool:
    """Whether the calls that `alert` is about may be others by now; a digest has its members'."""
    several = alert.kind is AlertKind.CALL and len(alert.calls) > 1
    return alert.kind is AlertKind.WINDOW or several


def _many(database: Database, sql: str, rows: Sequence[tuple[Value, ...]]) -> None:
    if rows:
        database.run_many(sql, rows)
