"""What people and chats have asked for: quiet, duty, alerts to follow and daily digests."""

from collections.abc import Iterable
from datetime import datetime, time

from notifier.core.alerts import Severity
from notifier.core.calendars import Span
from notifier.core.dailies import Daily
from notifier.core.followings import Following, Interest
from notifier.core.living import Duty, Hush
from notifier.store.database import Database, Row
from notifier.store.rows import at, at_or_none, ms, ms_or_none


class DailyLife:
    """The tables of daily life; each public method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- quiet

    def hush(self, chat: int) -> Hush | None:
        """Return when `chat` wants no sound; None if it never said so."""
        rows = self._database.run("SELECT * FROM hushes WHERE chat = ?", (chat,))
        return _hush(rows[0]) if rows else None

    def set_hush(self, hush: Hush) -> None:
        """Have a chat be quiet as `hush` says, and no more as it was before."""
        begins, ends = (
            (_clock(hush.hours.start), _clock(hush.hours.end)) if hush.hours else ("", "")
        )
        self._database.run(
            "INSERT OR REPLACE INTO hushes VALUES (?, ?, ?, ?, ?)",
            (hush.chat, begins, ends, ms_or_none(hush.until), int(hush.always)),
        )

    # --- duty

    def duties(self) -> tuple[Duty, ...]:
        """Return who was named for duty where, those whose time is over too."""
        rows = self._database.run("SELECT * FROM duties ORDER BY chat, made_at_ms, person")
        return tuple(
            Duty(row["person"], row["name"], row["chat"], at_or_none(row["until_ms"]))
            for row in rows
        )

    def set_duties(self, chat: int, duties: Iterable[Duty], by: str, now: datetime) -> None:
        """Have just `duties` be on duty in `chat`; nobody, if there are none."""
        with self._database.transaction():
            self._database.run("DELETE FROM duties WHERE chat = ?", (chat,))
            self._database.run_many(
                "INSERT OR REPLACE INTO duties VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (chat, one.person, one.name, ms_or_none(one.until), by, ms(now))
                    for one in duties
                ],
            )

    # --- what chats have asked for

    def follow(self, following: Following) -> None:
        """Have a chat follow just what `following` says."""
        words = " ".join(sorted(following.interests))
        self._database.run(
            "INSERT OR REPLACE INTO followings VALUES (?, ?, ?, ?)",
            (following.chat, words, " ".join(following.hotlines), following.least.value),
        )

    def unfollow(self, chat: int) -> bool:
        """Have a chat follow nothing; whether it did follow something."""
        return self._forget("followings", chat)

    def followings(self) -> tuple[Following, ...]:
        """Return what each chat follows."""
        rows = self._database.run("SELECT * FROM followings ORDER BY chat")
        return tuple(
            Following(
                row["chat"],
                frozenset(Interest(word) for word in row["interests"].split()),
                tuple(row["hotlines"].split()),
                Severity(row["least"]),
            )
            for row in rows
        )

    def set_daily(self, daily: Daily) -> None:
        """Have a chat be told each day as `daily` says, and not as before."""
        days = "".join(str(day) for day in sorted(daily.days))
        hotlines = " ".join(daily.hotlines)
        self._database.run(
            "INSERT OR REPLACE INTO dailies VALUES (?, ?, ?, ?, ?)",
            (daily.chat, _clock(daily.at), days, hotlines, ms(daily.since)),
        )

    def end_daily(self, chat: int) -> bool:
        """Have a chat be told nothing daily; whether it was."""
        return self._forget("dailies", chat)

    def dailies(self) -> tuple[Daily, ...]:
        """Return what each chat is told daily."""
        rows = self._database.run("SELECT * FROM dailies ORDER BY chat")
        return tuple(
            Daily(
                chat=row["chat"],
                at=time.fromisoformat(row["at"]),
                since=at(row["since_ms"]),
                days=frozenset(map(int, row["days"])),
                hotlines=tuple(row["hotlines"].split()),
            )
            for row in rows
        )

    def moved(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup; to be told a second time changes nothing."""
        with self._database.transaction():
            for table in ("hushes", "duties", "followings", "dailies"):
                sql = f"UPDATE OR REPLACE {table} SET chat = ? WHERE chat = ?"  # noqa: S608 - ours
                self._database.run(sql, (new, old))

    def was_told(self, alert: str) -> bool:
        """Whether there is an alert with the id `alert`: then it was owed with it."""
        return bool(self._database.run("SELECT 1 FROM alerts WHERE id = ?", (alert,)))

    def _forget(self, table: str, chat: int) -> bool:
        with self._database.transaction():
            sql = f"DELETE FROM {table} WHERE chat = ? RETURNING chat"  # noqa: S608 - a name of ours
            return bool(self._database.run(sql, (chat,)))


def _hush(row: Row) -> Hush:
    hours = None
    if row["begins"]:
        hours = Span(time.fromisoformat(row["begins"]), time.fromisoformat(row["ends"]))
    return Hush(row["chat"], hours, at_or_none(row["until_ms"]), always=bool(row["always"]))


def _clock(at_time: time) -> str:
    return f"{at_time:%H:%M}"
