"""Writes a decision down: alerts, members, deliveries, timers, throttles and audit rows."""

from collections.abc import Sequence
from datetime import datetime

from notifier.core.alerts import Alert
from notifier.core.decisions import Decision
from notifier.store.database import Database, Value
from notifier.store.rows import (
    ALERT_COLUMNS,
    DRAFT_COLUMNS,
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
_PUT_TIMER = (
    "INSERT INTO timers VALUES (?, ?, ?, ?) "
    "ON CONFLICT (rule, key, kind) DO UPDATE SET due_at_ms = excluded.due_at_ms"
)
_END_TIMER = "DELETE FROM timers WHERE rule = ? AND key = ? AND kind = 'settle'"
_PUT_THROTTLE = (
    "INSERT INTO rule_state VALUES (?, ?, ?, ?, ?) ON CONFLICT (rule, key) DO UPDATE SET "
    "last_at_ms = excluded.last_at_ms, step = excluded.step, swallowed = excluded.swallowed"
)
_CHANGE_ALERT = (
    "UPDATE alerts SET state = ?, severity = ?, count = ?, suppressed = ?, revision = ?,"
    " corrected = ?, detail = ? WHERE id = ?"
)
# A debt that was begun may have been read: it is settled by its attempt, not withdrawn.
_WITHDRAW = (
    "UPDATE deliveries SET state = 'obsolete', settled_at_ms = ? "
    "WHERE alert = ? AND channel = ? AND state = 'pending' AND tries = 0"
)


def record(database: Database, decision: Decision, now: datetime) -> None:
    """Write `decision` down; the caller holds the transaction."""
    _many(database, _PUT_ALERT, [alert_row(alert) for alert in decision.alerts])
    _many(
        database,
        _PUT_CALL,
        [
            (alert.id, place, call.id)
            for alert in decision.alerts
            for place, call in enumerate(alert.calls)
        ],
    )
    latest = {alert.id: alert for alert in decision.changed}
    _many(database, _CHANGE_ALERT, [_changed(alert) for alert in latest.values()])
    _many(database, _PUT_MEMBER, decision.members)
    _many(database, _END_TIMER, decision.judged)
    _many(database, _WITHDRAW, [(ms(now), *pair) for pair in decision.withdrawn])
    _many(database, _PUT_DRAFT, [draft_row(draft, now) for draft in decision.drafts])
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
        _PUT_AUDIT,
        [
            (ms(a.at), a.rule, a.reason.value, a.alert, a.call, a.channel, a.detail)
            for a in decision.audit
        ],
    )


def _changed(alert: Alert) -> tuple[str | int, ...]:
    return (
        alert.state.value,
        alert.severity.value,
        alert.count,
        alert.suppressed,
        alert.revision,
        alert.corrected,
        alert.detail,
        alert.id,
    )


def _many(database: Database, sql: str, rows: Sequence[tuple[Value, ...]]) -> None:
    if rows:
        database.run_many(sql, rows)
