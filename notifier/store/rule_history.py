"""Questions about what rules have done, and what there is for them to look at; reads only."""

from collections.abc import Iterable
from datetime import datetime

from notifier.core.alerts import Alert, AlertState
from notifier.store.alerts import alerts_where, marks
from notifier.store.database import Database, Value
from notifier.store.rows import at, ms

_TOLD_ALONE = "kind NOT IN ('digest', 'report')"
"""Alerts that somebody can take or close."""


class RuleHistory:
    """Answers from the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def began(self) -> datetime | None:
        """Return the start of the oldest call that is remembered; None if there is none."""
        (row,) = self._database.run("SELECT min(started_at_ms) AS first FROM calls")
        return None if row["first"] is None else at(row["first"])

    def hotlines(self) -> frozenset[str]:
        """Return the hotlines of every call that is remembered, as `Call.hotline`."""
        return frozenset(
            row["hotline"] for row in self._database.run("SELECT DISTINCT hotline FROM calls")
        )

    def fired_since(self, since: datetime) -> dict[str, int]:
        """Return how many alerts each rule has fired since then that were not withdrawn."""
        rows = self._database.run(
            "SELECT rule, count(*) AS alerts FROM alerts "
            "WHERE fired_at_ms >= ? AND kind <> 'digest' AND state <> 'withdrawn' GROUP BY rule",
            (ms(since),),
        )
        return {row["rule"]: row["alerts"] for row in rows}

    def alerts(
        self,
        *,
        states: Iterable[AlertState],
        rule: str = "",
        since: datetime | None = None,
        most: int = 200,
    ) -> list[Alert]:
        """Return the newest `most` alerts in any of `states`, in order of firing.

        Digests and reports are left out: they ask nothing of anybody.
        """
        wanted = [state.value for state in states]
        conditions = [_TOLD_ALONE, f"state IN ({marks(wanted)})"]
        values: list[Value] = [*wanted]
        if rule:
            conditions.append("rule = ?")
            values.append(rule)
        if since:
            conditions.append("fired_at_ms >= ?")
            values.append(ms(since))
        newest = (
            f"id IN (SELECT id FROM alerts WHERE {' AND '.join(conditions)} "  # noqa: S608
            "ORDER BY fired_at_ms DESC, id DESC LIMIT ?)"
        )
        return alerts_where(self._database, newest, (*values, most))
