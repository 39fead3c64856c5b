"""Who did what about people and chats: one deed a row, never changed."""

from collections.abc import Iterable
from datetime import datetime

from notifier.core.access import Deed, Done
from notifier.store.database import Database
from notifier.store.rows import at, insert, ms

_PUT = insert("deeds", ("at_ms", "author", "deed", "person", "chat", "detail"))

_ALL = "SELECT * FROM deeds ORDER BY seq DESC LIMIT ?"

# Each half has an index of its own; what somebody did to themselves is in the first only.
_OF_ONE = (
    "SELECT * FROM deeds WHERE author = ? UNION ALL"
    " SELECT * FROM deeds WHERE person = ? AND person <> 0 AND author <> ?"
    " ORDER BY seq DESC LIMIT ?"
)


def put_deeds(database: Database, done: Iterable[Done]) -> None:
    """Write deeds down; the caller holds the transaction."""
    database.run_many(
        _PUT, [(ms(d.at), d.by, d.deed.value, d.person, d.chat, d.detail) for d in done]
    )


def deeds(database: Database, *, person: int = 0, most: int) -> list[Done]:
    """Return what somebody did and what was done to them, newest first; 0 for everybody's."""
    if person:
        rows = database.run(_OF_ONE, (person, person, person, most))
    else:
        rows = database.run(_ALL, (most,))
    return [
        Done(
            at(row["at_ms"]),
            row["author"],
            Deed(row["deed"]),
            person=row["person"],
            chat=row["chat"],
            detail=row["detail"],
        )
        for row in rows
    ]


def wrong_codes(database: Database, person: int, since: datetime) -> int:
    """Return how many codes of somebody opened nothing after `since`."""
    rows = database.run(
        "SELECT count(*) AS n FROM deeds WHERE author = ? AND at_ms > ? AND deed = 'code_refused'",
        (person, ms(since)),
    )
    return int(rows[0]["n"])
