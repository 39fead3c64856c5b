"""Questions about what is remembered; reads only."""

from dataclasses import dataclass
from datetime import datetime

from notifier.core.alerts import Alert, Audit, Reason
from notifier.core.calls import Call
from notifier.core.phones import digits_of, normalise
from notifier.core.summaries import Status
from notifier.store.alerts import alerts_where
from notifier.store.database import Database, Row, Value
from notifier.store.mutes import MuteRecord, every_mute
from notifier.store.rows import at, call_of, ms

# what people do with an alert has the same words, and no call
_MATCHED = (
    "call <> '' AND reason IN ('new', 'waiting', 'throttled', 'muted', 'suppressed',"
    " 'acknowledged', 'stale', 'over_limit', 'grouped')"
)


@dataclass(frozen=True, slots=True)
class Tried:
    """One delivery with its last attempt, for people."""

    id: str
    alert: str
    channel: str
    reason: str
    state: str
    tries: int
    failure: str
    created_at: datetime
    due_at: datetime
    detail: str


class Archive:
    """Answers from the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def calls_between(
        self,
        since: datetime,
        until: datetime,
        *,
        missed: bool = False,
        number: str = "",
        most: int = 500,
    ) -> list[Call]:
        """Return calls that started at `since` or later and before `until`, newest first.

        `number` picks those of a customer (whole or by its ending), an extension or a hotline.
        """
        conditions = ["started_at_ms >= ? AND started_at_ms < ?"]
        values: list[Value] = [ms(since), ms(until)]
        if missed:
            conditions.append("missed = 1")
        if number:
            forms = (number, normalise(number))
            found = ["customer IN (?, ?)", "extension IN (?, ?)", "hotline IN (?, ?)"]
            values += forms * len(found)
            if ending := digits_of(number).lstrip("0"):
                found.append("customer LIKE ?")
                values.append(f"%{ending}")
            conditions.append(f"({' OR '.join(found)})")
        rows = self._database.run(
            f"SELECT record FROM calls WHERE {' AND '.join(conditions)} "  # noqa: S608
            "ORDER BY started_at_ms DESC, id DESC LIMIT ?",
            (*values, most),
        )
        return [call_of(row["record"]) for row in rows]

    def call(self, identity: str) -> Call | None:
        """Return one call, None if it is not known."""
        rows = self._database.run("SELECT record FROM calls WHERE id = ?", (identity,))
        return call_of(rows[0]["record"]) if rows else None

    def alerts_like(self, identity: str) -> list[Alert]:
        """Return the alerts whose id begins with `identity`, as people copy it from a card."""
        beginning = identity.strip().lower()
        if not beginning:
            return []
        return alerts_where(self._database, "substr(id, 1, ?) = ?", (len(beginning), beginning))

    def alerts_about(self, subject: str) -> list[Alert]:
        """Return the alerts about a call or session."""
        return alerts_where(self._database, "about = ?", (subject,))

    def alerts_with(self, call: str) -> list[Alert]:
        """Return the alerts that name a call, also beside others."""
        return alerts_where(
            self._database, "id IN (SELECT alert FROM alert_calls WHERE call = ?)", (call,)
        )

    def last_matched(self) -> dict[str, datetime]:
        """Return when each rule last had a match, told or held back; no rule that never had."""
        rows = self._database.run(
            "SELECT rule, max(at_ms) AS at_ms FROM ("  # noqa: S608
            "SELECT rule, max(fired_at_ms) AS at_ms FROM alerts "
            "WHERE kind NOT IN ('digest', 'watch') GROUP BY rule UNION ALL "
            f"SELECT rule, max(at_ms) FROM audit WHERE {_MATCHED} GROUP BY rule) GROUP BY rule"
        )
        return {row["rule"]: at(row["at_ms"]) for row in rows}

    def mutes(self) -> list[MuteRecord]:
        """Return every mute there has been, with what became of it, newest first."""
        return every_mute(self._database)

    def decisions(self, *, alert: str = "", call: str = "") -> list[Audit]:
        """Return the audit rows of an alert or of a call, oldest first."""
        column, value = ("alert", alert) if alert else ("call", call)
        rows = self._database.run(
            # the second condition is the index's own: without it every row is read
            f"SELECT * FROM audit WHERE {column} = ? AND {column} <> '' ORDER BY seq",  # noqa: S608
            (value,),
        )
        return [_audit(row) for row in rows]

    def deliveries(self, *, alert: str = "", state: str = "", most: int = 200) -> list[Tried]:
        """Return deliveries with their last attempt, oldest first; "" for any."""
        rows = self._database.run(
            "SELECT d.*, (SELECT detail FROM attempts a WHERE a.delivery = d.id "
            "ORDER BY number DESC LIMIT 1) AS detail FROM deliveries d "
            "WHERE (? = '' OR d.alert = ?) AND (? = '' OR d.state = ?) ORDER BY d.seq LIMIT ?",
            (alert, alert, state, state, most),
        )
        return [_tried(row) for row in rows]

    def status(self, now: datetime) -> Status:
        """Return how things stand, as far as the tables tell."""
        (row,) = self._database.run(
            "SELECT (SELECT count(*) FROM calls) AS calls, "
            "(SELECT count(*) FROM alerts WHERE kind IN ('call', 'window', 'quiet')"
            " AND state = 'open') AS open_alerts, "
            "(SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')) AS waiting, "
            "(SELECT min(created_at_ms) FROM deliveries WHERE state IN ('pending', 'sending'))"
            " AS oldest, "
            "(SELECT count(*) FROM deliveries WHERE state = 'dead') AS dead, "
            "(SELECT count(*) FROM malformed) AS malformed"
        )
        return Status(
            now=now,
            calls=row["calls"],
            open_alerts=row["open_alerts"],
            waiting=row["waiting"],
            oldest_waiting=None if row["oldest"] is None else at(row["oldest"]),
            dead=row["dead"],
            malformed=row["malformed"],
        )


def _audit(row: Row) -> Audit:
    return Audit(
        at(row["at_ms"]),
        row["rule"],
        Reason(row["reason"]),
        row["alert"],
        row["call"],
        row["channel"],
        row["detail"],
    )


def _tried(row: Row) -> Tried:
    return Tried(
        id=row["id"],
        alert=row["alert"],
        channel=row["channel"],
        reason=row["reason"],
        state=row["state"],
        tries=row["tries"],
        failure=row["failure"] or "",
        created_at=at(row["created_at_ms"]),
        due_at=at(row["due_at_ms"]),
        detail=row["detail"] or "",
    )
