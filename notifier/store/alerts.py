"""Alerts with their calls, as they are now; reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from notifier.core.alerts import Alert, AlertKind
from notifier.core.calls import Call
from notifier.store.database import Database, Row, Value
from notifier.store.notes import notes_of
from notifier.store.rows import alert_of, call_of

_MOST = 400
"""Values in one IN (…): far below SQLite's limit, and a page is never longer."""

IS_LIVE = "state IN ('open', 'acknowledged') AND kind <> 'digest'"
"""Condition of an alert that still asks for something; word for word that of its index."""


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
    named = _named(database, [row["id"] for row in rows if row["kind"] != AlertKind.DIGEST])
    return [_whole(database, row, named) for row in rows]


def alert_with(database: Database, identity: str) -> Alert | None:
    """Return one alert with its calls and notes; None if there is none with the id `identity`."""
    found = alerts_where(database, "id = ?", (identity,))
    return replace(found[0], notes=notes_of(database, identity)) if found else None


def is_whole(alert: Alert) -> bool:
    """Whether it can be told what `alert` is about: not if its calls have been deleted by hand."""
    return bool(alert.calls or alert.subject) or alert.kind is not AlertKind.CALL


def _whole(database: Database, row: Row, named: dict[str, list[Call]]) -> Alert:
    """Return the alert of a row; a digest counts the members that still hold."""
    if row["kind"] != AlertKind.DIGEST:
        return alert_of(row, tuple(named.get(row["id"], ())))
    calls = _gathered(database, row["id"])
    return replace(alert_of(row, calls), count=len(calls))


def _named(database: Database, identities: list[str]) -> dict[str, list[Call]]:
    """Return the calls that alerts are about, by alert, in their order."""
    named: dict[str, list[Call]] = {}
    for some in slices(identities):
        rows = database.run(
            "SELECT x.alert, c.record FROM alert_calls x JOIN calls c ON c.id = x.call "  # noqa: S608
            f"WHERE x.alert IN ({marks(some)}) ORDER BY x.alert, x.position",
            some,
        )
        for row in rows:
            named.setdefault(row["alert"], []).append(call_of(row["record"]))
    return named


def _gathered(database: Database, digest: str) -> tuple[Call, ...]:
    rows = database.run(
        "SELECT c.record FROM alert_members m JOIN alerts a ON a.id = m.member "
        "JOIN alert_calls x ON x.alert = a.id JOIN calls c ON c.id = x.call "
        "WHERE m.digest = ? AND a.state NOT IN ('withdrawn', 'revised') "
        "ORDER BY c.started_at_ms, c.id",
        (digest,),
    )
    return tuple(call_of(row["record"]) for row in rows)
