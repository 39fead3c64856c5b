"""Remembered calls one after another, for going through what happened once more; reads only."""

from collections.abc import Generator, Iterable
from contextlib import closing
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from notifier.core.calls import Change
from notifier.core.rules.columns import Judge
from notifier.core.rules.sql import Where
from notifier.store.database import Database, Row, Value
from notifier.store.rows import at, call_of, ms

_ENDED = "coalesce(ended_at_ms, started_at_ms)"
"""When a call ended, else when it started; word for word as in the index."""


class History:
    """Answers from the table of calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def calls(
        self, since: datetime, until: datetime, wheres: Iterable[Where] | None = None
    ) -> Generator[Change, None, None]:
        """Yield the calls that ended at `since` or later and before `until`, in that order.

        Of a call without an end its start counts, of two at one instant the lesser id comes first;
        the bounds are taken to the millisecond. Each is a change of nothing before. Calls that
        meet none of `wheres` are left out, none where that is None. Memory does not grow with the
        number of calls. Until it is at its end, or closed, SQLite keeps the state that it tells of.

        Raises:
            StoreError: the file cannot be read, now or at a later call.
        """
        condition, values = _picked(since, until, wheres)
        rows = self._database.stream(
            f"SELECT record, meaning, revision, first_seen_at_ms, {_ENDED} AS event_at_ms "  # noqa: S608
            f"FROM calls WHERE {condition} ORDER BY {_ENDED}, id",
            values,
        )
        with closing(rows):
            for _, together in groupby(rows, itemgetter("event_at_ms")):
                yield from sorted(map(_change, together), key=_place)

    def count(self, since: datetime, until: datetime, wheres: Iterable[Where] | None = None) -> int:
        """Return how many calls `calls` would yield.

        Raises:
            StoreError: the file cannot be read.
        """
        condition, values = _picked(since, until, wheres)
        (row,) = self._database.stream(
            f"SELECT count(*) AS number FROM calls WHERE {condition}",  # noqa: S608
            values,
        )
        return int(row["number"])


def _picked(
    since: datetime, until: datetime, wheres: Iterable[Where] | None
) -> tuple[str, list[Value | Judge]]:
    condition = f"{_ENDED} >= ? AND {_ENDED} < ?"
    values: list[Value | Judge] = [ms(since), ms(until)]
    if wheres is not None:
        asked = list(wheres)
        either = " OR ".join(where.text for where in asked) or "0"
        # CASE keeps what is asked in its order, the cheapest first, and away from other indexes
        condition += f" AND CASE WHEN {either} THEN 1 ELSE 0 END"
        values += [value for where in asked for value in where.values]
    return condition, values


def _change(row: Row) -> Change:
    return Change(
        after=call_of(row["record"]),
        before=None,
        meaning=row["meaning"],
        revision=row["revision"],
        first_seen_at=at(row["first_seen_at_ms"]),
    )


def _place(change: Change) -> tuple[datetime, str]:
    """Return what puts calls of one millisecond in their order."""
    call = change.after
    return call.ended_at or call.started_at, call.id
