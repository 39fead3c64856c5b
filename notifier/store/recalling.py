"""The windows of rules, made from the calls that are remembered, and kept while nothing fails."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from notifier.core.calls import Call
from notifier.core.decisions import TimerKind
from notifier.core.rules.engine import Engine
from notifier.core.rules.windows import Windows
from notifier.store.alerts import marks
from notifier.store.database import Database
from notifier.store.rows import at, call_of, ms

_LONGEST_CALL = timedelta(days=1)
"""How much earlier than it ended a call may have started: windows go by when calls ended."""

_AT_A_TIME = 2_000
"""Calls read in one go: a month of them is not in memory at once."""

_Meant = tuple[str, ...]


class WindowKeeper:
    """Windows between two judgements; made of the calls, they can be made again at any time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: Windows | None = None
        self._meant: _Meant = ()

    def drop(self) -> None:
        """Keep them no longer: they may know of what was never written, or not of what was."""
        self._kept = None

    def of(self, engine: Engine, now: datetime) -> Windows:
        """Return the windows of `engine`, with every call that is remembered by `now`."""
        empty = engine.windows()
        meant = (str(empty.zone), *(f"{rule.name} {rule.meaning}" for rule in empty.rules))
        if self._kept is None or self._meant != meant:
            self._kept, self._meant = self._filled(empty, now), meant
        if empty.rules and self._kept.began is None:
            self._kept.began = self._began()
        return self._kept

    def _filled(self, windows: Windows, now: datetime) -> Windows:
        if not windows.rules:
            return windows
        for call in self._calls(now - windows.reach(windows.rules) - _LONGEST_CALL):
            windows.note(call)
        names = [rule.name for rule in windows.rules]
        rows = self._database.run(
            f"SELECT rule, key FROM timers WHERE rule IN ({marks(names)}) AND kind = ?",  # noqa: S608
            (*names, TimerKind.SETTLE.value),
        )
        windows.unjudged.update((row["rule"], row["key"]) for row in rows)
        return windows

    def _calls(self, since: datetime) -> Iterator[Call]:
        """Yield the calls that started `since`, in order."""
        last = (ms(since), "")
        while True:
            rows = self._database.run(
                "SELECT id, started_at_ms, record FROM calls "
                "WHERE started_at_ms >= ? AND (started_at_ms, id) > (?, ?) "
                "ORDER BY started_at_ms, id LIMIT ?",
                (last[0], *last, _AT_A_TIME),
            )
            yield from (call_of(row["record"]) for row in rows)
            if len(rows) < _AT_A_TIME:
                return
            last = (rows[-1]["started_at_ms"], rows[-1]["id"])

    def _began(self) -> datetime | None:
        (row,) = self._database.run("SELECT min(started_at_ms) AS began FROM calls")
        return None if row["began"] is None else at(row["began"])
