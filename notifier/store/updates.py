"""What came in from chats, each once and in its order, and which texts are waited for."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifier.core.hearing import Arrived
from notifier.store.database import Database
from notifier.store.rows import ms

KEPT = timedelta(days=2)
"""How long an update is known by its id; Telegram itself repeats none for longer than a day."""


class Updates:
    """The tables of updates and of replies that are waited for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_in(self, arrived: Iterable[Arrived], now: datetime) -> int:
        """Remember what came, in its order, and return how much of it is new."""
        fresh = 0
        with self._database.transaction():
            for one in arrived:
                fresh += len(
                    self._database.run(
                        "INSERT INTO updates (update_id, chat, body, came_at_ms)"
                        " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING update_id",
                        (one.id, one.chat, one.body, ms(now)),
                    )
                )
        return fresh

    def waiting(self) -> list[int]:
        """Return the chats that have something to be handled, the longest waiting first."""
        rows = self._database.run(
            "SELECT chat FROM updates WHERE handled_at_ms IS NULL"
            " GROUP BY chat ORDER BY min(came_at_ms), min(update_id)"
        )
        return [int(row["chat"]) for row in rows]

    def first(self, chat: int) -> Arrived | None:
        """Return what is to be handled next of `chat`; None if nothing is."""
        # in the order of coming: after a quiet week Telegram begins anew with lower ids
        rows = self._database.run(
            "SELECT update_id, body FROM updates WHERE handled_at_ms IS NULL AND chat = ?"
            " ORDER BY came_at_ms, update_id LIMIT 1",
            (chat,),
        )
        return Arrived(int(rows[0]["update_id"]), chat, str(rows[0]["body"])) if rows else None

    def begin(self, identity: int) -> int:
        """Count a try before it is made, so that a crash counts too; return which one it is."""
        rows = self._database.run(
            "UPDATE updates SET tries = tries + 1 WHERE update_id = ? RETURNING tries", (identity,)
        )
        return int(rows[0]["tries"]) if rows else 0

    def handled(self, identity: int, now: datetime, *, failure: str = "") -> None:
        """Note that nothing more follows from an update; its text is not kept."""
        self._database.run(
            "UPDATE updates SET handled_at_ms = ?, failure = ?, body = '' WHERE update_id = ?",
            (ms(now), failure, identity),
        )

    def prune(self, now: datetime) -> None:
        """Forget what came, was handled and is older than `KEPT`, and replies nobody waits for."""
        with self._database.transaction():
            self._database.run(
                "DELETE FROM updates WHERE came_at_ms < ? AND handled_at_ms IS NOT NULL",
                (ms(now - KEPT),),
            )
            self._database.run("DELETE FROM asked_back WHERE until_ms < ?", (ms(now),))

    def ask_back(self, chat: int, message: int, *, person: int, line: str, until: datetime) -> None:
        """Remember that `person`'s reply to `message`, until then, completes the command `line`."""
        self._database.run(
            "INSERT INTO asked_back VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (chat, message) DO UPDATE SET person = excluded.person,"
            " line = excluded.line, until_ms = excluded.until_ms",
            (chat, message, person, line, ms(until)),
        )

    def asked_back(self, chat: int, message: int, *, person: int, now: datetime) -> str:
        """Return the command that `person`'s reply to `message` completes; "" for none."""
        rows = self._database.run(
            "SELECT line FROM asked_back WHERE chat = ? AND message = ? AND person = ?"
            " AND until_ms >= ?",
            (chat, message, person, ms(now)),
        )
        return str(rows[0]["line"]) if rows else ""
