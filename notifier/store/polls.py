"""What came of polls: a row a walk, records that could not be read, gaps, how late calls come."""

import hashlib
import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from notifier.core.calls import Malformed
from notifier.core.polls import PollRecord
from notifier.store.alerts import marks, slices
from notifier.store.database import Database
from notifier.store.facts import fact, set_fact
from notifier.store.rows import at, insert, ms

BASELINE = "baseline"
"""Key of the fact that says when the newest call of the first reading started."""

_GOOD_POLL = "good_poll"

_NOTED_EVERY_MS = 60_000

_WRITTEN_EVERY = timedelta(seconds=30)
"""How often the end of a good poll is written down: no more is lost when the process dies."""

_POLL_COLUMNS = (
    "at_ms", "kind", "pages", "seen", "created", "changed", "malformed", "took_ms", "error",
)  # fmt: skip

_PUT_POLL = insert("polls", _POLL_COLUMNS)


def put_poll(database: Database, poll: PollRecord) -> None:
    """Keep one walk for the record."""
    database.run(
        _PUT_POLL,
        (
            ms(poll.at),
            poll.kind.value,
            poll.pages,
            poll.seen,
            poll.created,
            poll.changed,
            poll.malformed,
            int(poll.took.total_seconds() * 1000),
            poll.error or None,
        ),
    )


def keep_malformed(database: Database, records: Iterable[Malformed], now: datetime) -> int:
    """Keep what could not be read, once each, and return how many were new.

    Each poll sees the same ones again: that is noted once a minute at most.
    """
    bad = {hashlib.blake2b(one.raw.encode(), digest_size=16).hexdigest(): one for one in records}
    seen: dict[str, int] = {}
    for some in slices(bad):
        rows = database.run(
            f"SELECT hash, last_seen_at_ms FROM malformed WHERE hash IN ({marks(some)})",  # noqa: S608
            some,
        )
        seen.update((row["hash"], row["last_seen_at_ms"]) for row in rows)
    due = {h: one for h, one in bad.items() if ms(now) - seen.get(h, 0) >= _NOTED_EVERY_MS}
    if not due:
        return 0
    with database.transaction():
        database.run_many(
            "INSERT INTO malformed VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (hash) DO UPDATE "
            "SET times = times + 1, last_seen_at_ms = excluded.last_seen_at_ms",
            [(digest, ms(now), ms(now), one.why, one.raw) for digest, one in due.items()],
        )
    return len(bad.keys() - seen.keys())


class GoodPolls:
    """When polls last went well, and the gaps between."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: datetime | None = None
        self._written: datetime | None = None

    def last(self) -> datetime | None:
        """Return when the last good poll ended; None before the first."""
        if self._last is None and (value := fact(self._database, _GOOD_POLL)):
            self._last = self._written = at(int(value))
        return self._last

    def note(self, began: datetime, now: datetime, *, longest: timedelta) -> None:
        """Note that a poll from `began` until `now` went well.

        It leaves a gap if nobody had asked for `longest` when it began: until it had ended, nothing
        was known of what came meanwhile.
        """
        past = self.last()
        gap = past is not None and began - past > longest
        age = now - self._written if self._written else _WRITTEN_EVERY
        # a clock that was set back has left a time to come
        if gap or not timedelta() <= age < _WRITTEN_EVERY:
            self._write(past if gap else None, now)
            self._written = now
        self._last = now

    def _write(self, since: datetime | None, now: datetime) -> None:
        with self._database.transaction():
            if since:
                self._database.run(
                    "INSERT INTO gaps VALUES (?, ?) "
                    "ON CONFLICT (since_ms) DO UPDATE SET until_ms = excluded.until_ms",
                    (ms(since), ms(now)),
                )
            set_fact(self._database, _GOOD_POLL, str(ms(now)))


def gaps(database: Database, since: datetime) -> list[tuple[datetime, datetime]]:
    """Return the spans without a good poll that ended after `since`, in order."""
    rows = database.run("SELECT * FROM gaps WHERE until_ms > ? ORDER BY until_ms", (ms(since),))
    return [(at(row["since_ms"]), at(row["until_ms"])) for row in rows]


def lag(database: Database, most: int) -> timedelta | None:
    """Return within which lag 99 of 100 calls came, of the `most` newest since the baseline.

    Calls that ended in a gap are left out: they came late because nobody asked. None without any.
    """
    baseline = fact(database, BASELINE)
    if not baseline:
        return None
    rows = database.run(
        "SELECT first_seen_at_ms - ended_at_ms AS lag_ms FROM calls c "
        "WHERE started_at_ms > ? AND ended_at_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM gaps "
        "WHERE since_ms <= c.ended_at_ms AND until_ms > c.ended_at_ms) "
        "ORDER BY started_at_ms DESC LIMIT ?",
        (int(baseline), most),
    )
    lags = sorted(max(row["lag_ms"], 0) for row in rows)
    return timedelta(milliseconds=lags[math.ceil(len(lags) * 0.99) - 1]) if lags else None
