"""Orders that something be quiet for a while, of the file and of people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifier.core.rules.model import Mute
from notifier.store.alerts import marks
from notifier.store.database import Database
from notifier.store.rows import MUTE_COLUMNS, at, at_or_none, insert, ms, mute_of, mute_row

FILE = "rules.yaml"
"""Who ends a mute that was taken out of the file."""

_PUT = insert("mutes", MUTE_COLUMNS, ending="ON CONFLICT (id) DO NOTHING")

# What a person has ended stays so; what was only taken out of the file for a while is back.
_PUT_OF_FILE = insert(
    "mutes",
    MUTE_COLUMNS,
    ending="ON CONFLICT (id) DO UPDATE SET since_ms = excluded.since_ms,"
    " until_ms = excluded.until_ms, author = excluded.author, reason = excluded.reason,"
    " rule = excluded.rule, key = excluded.key, hotline = excluded.hotline,"
    f" ended_at_ms = NULL, ended_by = '' WHERE source = 'file' AND ended_by IN ('', '{FILE}')",
)

_END = (
    "UPDATE mutes SET ended_at_ms = ?, ended_by = ? WHERE ended_at_ms IS NULL AND until_ms > ? AND "
)


@dataclass(frozen=True, slots=True)
class MuteRecord:
    """A mute with what became of it, for people."""

    mute: Mute
    source: str
    """file, cli or bot."""
    made_at: datetime
    ended_at: datetime | None
    """None: nobody ended it before its time."""
    ended_by: str


def put_mute(database: Database, mute: Mute, source: str, now: datetime) -> None:
    """Remember an order; one that is known by its id stays as it is."""
    database.run(_PUT, mute_row(mute, source, now))


def end_mute(database: Database, identity: str, by: str, now: datetime) -> bool:
    """End an order before its time; whether there was one that had not ended."""
    ended = database.run(f"{_END} id = ? RETURNING id", (ms(now), by, ms(now), identity))
    return bool(ended)


def standing_mutes(database: Database, now: datetime) -> list[Mute]:
    """Return the orders that are in force or yet to come, the one that ends first before."""
    rows = database.run(
        "SELECT * FROM mutes WHERE ended_at_ms IS NULL AND until_ms > ? ORDER BY until_ms, id",
        (ms(now),),
    )
    return [mute_of(row) for row in rows]


def every_mute(database: Database) -> list[MuteRecord]:
    """Return every order there has been, newest first."""
    rows = database.run("SELECT * FROM mutes ORDER BY made_at_ms DESC, since_ms DESC, id")
    return [
        MuteRecord(
            mute_of(row),
            row["source"],
            at(row["made_at_ms"]),
            at_or_none(row["ended_at_ms"]),
            row["ended_by"],
        )
        for row in rows
    ]


def follow_file(database: Database, mutes: Iterable[Mute], now: datetime) -> None:
    """Have the orders of the file be `mutes`, and end those that are not in it any more."""
    named = {mute.id: mute for mute in mutes}
    rows = [mute_row(mute, "file", now) for mute in named.values()]
    if rows:
        database.run_many(_PUT_OF_FILE, rows)
    database.run(
        f"{_END} source = 'file' AND id NOT IN ({marks(list(named))})",
        (ms(now), FILE, ms(now), *named),
    )
