"""Alerts with their calls, and what a judgement must know of the past; reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from notifier.core.alerts import Alert, AlertKind
from notifier.core.calls import Call
from notifier.core.decisions import Needs, Standing, ThrottleState, Told
from notifier.core.deliveries import DeliveryState
from notifier.store.database import Database, Row, Value
from notifier.store.rows import alert_of, at, call_of, ms

_MOST = 400
"""Values in one IN (…): far below SQLite's limit, and a page is never longer."""


def slices(values: Iterable[str]) -> Iterable[list[str]]:
    """Return `values` in lists that fit one IN (…)."""
    every = list(values)
    return (every[i : i + _MOST] for i in range(0, len(every), _MOST))


def marks(values: Sequence[object]) -> str:
    """Return a placeholder for each of `values`."""
    return ", ".join("?" * len(values))


def alerts_where(database: Database, condition: str, values: Sequence[Value]) -> list[Alert]:
    """Return the alerts that meet `condition` (of ours), with their calls, in order of firing.

    A digest has the calls of the members that still hold.
    """
    rows = database.run(
        f"SELECT * FROM alerts WHERE {condition} ORDER BY fired_at_ms, id",  # noqa: S608
        values,
    )
    return [_whole(row, _calls_of(database, row)) for row in rows]


def _whole(row: Row, calls: tuple[Call, ...]) -> Alert:
    """Return the alert of a row; a digest counts the members that still hold."""
    alert = alert_of(row, calls)
    return replace(alert, count=len(calls)) if alert.kind is AlertKind.DIGEST else alert


def _calls_of(database: Database, row: Row) -> tuple[Call, ...]:
    if row["kind"] == AlertKind.DIGEST:
        found = database.run(
            "SELECT c.record FROM alert_members m JOIN alerts a ON a.id = m.member "
            "JOIN alert_calls x ON x.alert = a.id JOIN calls c ON c.id = x.call "
            "WHERE m.digest = ? AND a.state NOT IN ('withdrawn', 'revised') "
            "ORDER BY c.started_at_ms, c.id",
            (row["id"],),
        )
    else:
        found = database.run(
            "SELECT c.record FROM alert_calls x JOIN calls c ON c.id = x.call "
            "WHERE x.alert = ? ORDER BY x.position",
            (row["id"],),
        )
    return tuple(call_of(call["record"]) for call in found)


def gather(database: Database, needs: Needs, since: datetime) -> Standing:
    """Return what a judgement will look at; messages are counted from `since` on."""
    alerts: dict[tuple[str, str], Alert] = {}
    for some in slices(needs.subjects):
        for alert in alerts_where(database, f"about IN ({marks(some)})", some):
            if alert.kind is AlertKind.CALL and alert.calls:
                alerts[alert.rule, alert.calls[0].subject] = alert
    recent, of_rule = _recent(database, since)
    known = [alert.id for alert in alerts.values()]
    return Standing(
        alerts=alerts,
        told=_told(database, known),
        gathered=_gathered(database, known),
        throttles=_throttles(database, needs.throttles),
        recent=recent,
        recent_of_rule=of_rule,
        digests=_digests(database),
    )


def _told(database: Database, identities: list[str]) -> dict[str, dict[str, Told]]:
    told: dict[str, dict[str, Told]] = {}
    for some in slices(identities):
        rows = database.run(
            "SELECT alert, channel, state, tries FROM deliveries "  # noqa: S608
            f"WHERE alert IN ({marks(some)}) AND reason = 'new' ORDER BY seq",
            some,
        )
        for row in rows:
            state = DeliveryState(row["state"])
            told.setdefault(row["alert"], {})[row["channel"]] = Told(state, row["tries"] > 0)
    return told


def _gathered(
    database: Database, identities: list[str]
) -> dict[str, tuple[tuple[str, Alert], ...]]:
    """Return, for each alert, the channels that were told of it in a digest, with the digest."""
    found: dict[str, tuple[tuple[str, Alert], ...]] = {}
    for some in slices(identities):
        rows = database.run(
            "SELECT m.member, d.channel, a.* FROM alert_members m "  # noqa: S608
            "JOIN alerts a ON a.id = m.digest JOIN deliveries d ON d.alert = m.digest "
            f"WHERE m.member IN ({marks(some)}) AND d.reason = 'digest' AND d.tries > 0 "
            "AND d.state <> 'obsolete'",
            some,
        )
        for row in rows:
            told = (row["channel"], alert_of(row, ()))
            found[row["member"]] = (*found.get(row["member"], ()), told)
    return found


def _throttles(
    database: Database, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], ThrottleState]:
    found: dict[tuple[str, str], ThrottleState] = {}
    for rule, key in sorted(wanted):
        for row in database.run("SELECT * FROM rule_state WHERE rule = ? AND key = ?", (rule, key)):
            found[rule, key] = ThrottleState(at(row["last_at_ms"]), row["step"], row["swallowed"])
    return found


def _recent(
    database: Database, since: datetime
) -> tuple[Mapping[str, tuple[datetime, ...]], Mapping[tuple[str, str], tuple[datetime, ...]]]:
    rows = database.run(
        """
        SELECT d.channel, a.rule, d.created_at_ms
        FROM deliveries d JOIN alerts a ON a.id = d.alert
        WHERE d.event = '' AND d.reason = 'new' AND d.created_at_ms > ?
        ORDER BY d.created_at_ms
        """,
        (ms(since),),
    )
    recent: dict[str, list[datetime]] = {}
    of_rule: dict[tuple[str, str], list[datetime]] = {}
    for row in rows:
        recorded_at = at(row["created_at_ms"])
        recent.setdefault(row["channel"], []).append(recorded_at)
        of_rule.setdefault((row["channel"], row["rule"]), []).append(recorded_at)
    return (
        {channel: tuple(times) for channel, times in recent.items()},
        {key: tuple(times) for key, times in of_rule.items()},
    )


def _digests(database: Database) -> dict[tuple[str, str], Alert]:
    """Return the digests that nobody has been sent yet: they still gather."""
    rows = database.run(
        "SELECT a.*, d.channel FROM deliveries d JOIN alerts a ON a.id = d.alert "
        "WHERE d.reason = 'digest' AND d.state = 'pending' AND d.tries = 0"
    )
    return {(row["rule"], row["channel"]): alert_of(row, ()) for row in rows}
