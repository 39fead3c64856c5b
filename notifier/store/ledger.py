"""Takes in what was read: calls, revisions, alerts, deliveries and the watermark, in one go."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from notifier.core.alerts import Alert, Audit, Reason
from notifier.core.calls import Call, Change, Known, Malformed, news
from notifier.core.decisions import Decision, Intake, Timer, TimerKind
from notifier.core.polls import PollRecord, Progress
from notifier.core.rules.engine import Engine
from notifier.store.alerts import alerts_where, gather, marks, slices
from notifier.store.database import Database, Row
from notifier.store.records import record
from notifier.store.rows import CALL_COLUMNS, at, call_of, call_row, insert, ms, text_of

_WATERMARK = "watermark"
_BASELINE = "baseline"

_NOTED_EVERY_MS = 60_000

_KEPT_ON_CHANGE = frozenset({"id", "first_seen_at_ms"})

_PUT_CALL = insert(
    "calls",
    CALL_COLUMNS,
    # guarded: the same reading twice writes nothing, whoever calls
    ending="ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in CALL_COLUMNS if name not in _KEPT_ON_CHANGE)
    + " WHERE excluded.revision > calls.revision",
)

_POLL_COLUMNS = (
    "at_ms", "kind", "pages", "seen", "created", "changed", "malformed", "took_ms", "error",
)  # fmt: skip

_PUT_POLL = insert("polls", _POLL_COLUMNS)

_PUT_REVISION = insert("call_revisions", ("call", "revision", "at_ms", "moved", "record"))


class Ledger:
    """The memory of the poller and the scheduler; each public method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watermark(self) -> datetime | None:
        """Return the start of the newest call that was listed; None before the baseline."""
        value = self._fact(_WATERMARK)
        return at(int(value)) if value else None

    def unplaced(self, calls: Iterable[Call], since: datetime) -> list[str]:
        """Return ids of `calls` whose hotline is worth asking for: new, or young and unknown."""
        wanted: list[str] = []
        by_id = {call.id: call for call in calls}
        for some in slices(by_id):
            rows = self._database.run(
                f"SELECT id, hotline, first_seen_at_ms FROM calls WHERE id IN ({marks(some)})",  # noqa: S608
                some,
            )
            past = {row["id"]: row for row in rows}
            for identity in some:
                row = past.get(identity)
                if row is None or (
                    row["hotline"] == "unknown" and row["first_seen_at_ms"] >= ms(since)
                ):
                    wanted.append(identity)
        return wanted

    def take_in(
        self,
        sightings: Mapping[str, Call],
        engine: Engine | None,
        now: datetime,
        *,
        progress: Progress | None = None,
    ) -> Intake:
        """Remember `sightings`, judge what is new or changed, and record all that follows.

        `engine` None judges nothing (the baseline). `progress` is given with the last batch of a
        completed walk. Nothing is written when there is nothing new.
        """
        known = self._known(sightings)
        fresh = news(sightings, known)
        if not fresh and not self._moves(progress):
            return Intake(len(sightings), (), (), 0)
        with self._database.transaction():
            changes = self._changes(fresh, known, now)
            self._write(changes, now)
            decision = self._judge(changes, engine, now)
            if progress:
                self._advance(progress)
        return Intake(len(sightings), tuple(changes), tuple(decision.alerts), len(decision.drafts))

    def judge_due(self, engine: Engine, now: datetime) -> Intake:
        """Judge the calls whose timers fell due; each timer is used once."""
        rows = self._database.run(
            "SELECT t.rule, t.key, t.kind, t.due_at_ms, c.record, c.meaning, c.revision, "
            "c.first_seen_at_ms FROM timers t LEFT JOIN calls c ON c.id = t.key "
            "WHERE t.kind = 'settle' AND t.due_at_ms <= ? ORDER BY t.due_at_ms LIMIT 500",
            (ms(now),),
        )
        if not rows:
            return Intake(0, (), (), 0)
        # a timer whose call has been forgotten is used up as well, or it would stay due for ever
        due = [_due(row) for row in rows if row["record"] is not None]
        with self._database.transaction():
            self._database.run_many(
                "DELETE FROM timers WHERE rule = ? AND key = ? AND kind = ?",
                [(row["rule"], row["key"], row["kind"]) for row in rows],
            )
            needs = engine.needs(change for _, change in due)
            standing = gather(self._database, needs, now - engine.longest_limit)
            decision = engine.judge_due(due, standing, now)
            record(self._database, decision, now)
        return Intake(len(rows), (), tuple(decision.alerts), len(decision.drafts))

    def next_due(self) -> datetime | None:
        """Return when the next timer falls due; None if there is none."""
        (row,) = self._database.run("SELECT min(due_at_ms) AS due FROM timers")
        return None if row["due"] is None else at(row["due"])

    def note_poll(self, poll: PollRecord) -> None:
        """Keep one walk for the record."""
        took_ms = int(poll.took.total_seconds() * 1000)
        self._database.run(
            _PUT_POLL,
            (
                ms(poll.at),
                poll.kind.value,
                poll.pages,
                poll.seen,
                poll.created,
                poll.changed,
                poll.malformed,
                took_ms,
                poll.error or None,
            ),
        )

    def keep_malformed(self, records: Iterable[Malformed], now: datetime) -> int:
        """Keep what could not be read, once each, and return how many were new.

        Each poll sees the same ones again: that is noted once a minute at most.
        """
        bad = {
            hashlib.blake2b(one.raw.encode(), digest_size=16).hexdigest(): one for one in records
        }
        seen: dict[str, int] = {}
        for some in slices(bad):
            rows = self._database.run(
                f"SELECT hash, last_seen_at_ms FROM malformed WHERE hash IN ({marks(some)})",  # noqa: S608
                some,
            )
            seen.update((row["hash"], row["last_seen_at_ms"]) for row in rows)
        due = {h: one for h, one in bad.items() if ms(now) - seen.get(h, 0) >= _NOTED_EVERY_MS}
        if not due:
            return 0
        with self._database.transaction():
            self._database.run_many(
                "INSERT INTO malformed VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (hash) DO UPDATE "
                "SET times = times + 1, last_seen_at_ms = excluded.last_seen_at_ms",
                [(digest, ms(now), ms(now), one.why, one.raw) for digest, one in due.items()],
            )
        return len(bad.keys() - seen.keys())

    def record(self, decision: Decision, now: datetime) -> None:
        """Record a decision that no call brought about, such as the watchdog's."""
        with self._database.transaction():
            record(self._database, decision, now)

    def open_watches(self) -> list[Alert]:
        """Return the watchdog's alerts that are not over."""
        return alerts_where(self._database, "kind = 'watch' AND state = 'open'", ())

    def fact(self, key: str) -> str:
        """Return a remembered fact, "" if there is none."""
        return self._fact(key)

    def facts(self, prefix: str) -> dict[str, str]:
        """Return the facts whose key begins with `prefix`, by the rest of it."""
        rows = self._database.run(
            "SELECT key, value FROM facts WHERE substr(key, 1, ?) = ?", (len(prefix), prefix)
        )
        return {row["key"].removeprefix(prefix): row["value"] for row in rows}

    def set_fact(self, key: str, value: str) -> None:
        """Remember a fact."""
        self._database.run(
            "INSERT INTO facts VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def _fact(self, key: str) -> str:
        rows = self._database.run("SELECT value FROM facts WHERE key = ?", (key,))
        return str(rows[0]["value"]) if rows else ""

    def _known(self, sightings: Iterable[str]) -> dict[str, Known]:
        known: dict[str, Known] = {}
        for some in slices(sightings):
            rows = self._database.run(
                f"SELECT id, meaning, hotline, revision FROM calls WHERE id IN ({marks(some)})",  # noqa: S608
                some,
            )
            for row in rows:
                known[row["id"]] = Known(row["meaning"], row["hotline"], row["revision"])
        return known

    def _changes(
        self, fresh: list[tuple[Call, str]], known: Mapping[str, Known], now: datetime
    ) -> list[Change]:
        past: dict[str, Row] = {}
        for some in slices(call.id for call, _ in fresh if call.id in known):
            rows = self._database.run(
                f"SELECT id, record, first_seen_at_ms FROM calls WHERE id IN ({marks(some)})",  # noqa: S608
                some,
            )
            past.update({row["id"]: row for row in rows})
        return [_change(call, said, known, past, now) for call, said in fresh]

    def _write(self, changes: list[Change], now: datetime) -> None:
        if not changes:
            return
        self._database.run_many(_PUT_CALL, [call_row(change, now) for change in changes])
        replaced = [
            (c.after.id, c.revision - 1, ms(now), _names(c.moved), text_of(c.before))
            for c in changes
            if c.before
        ]
        if replaced:
            self._database.run_many(_PUT_REVISION, replaced)

    def _judge(self, changes: list[Change], engine: Engine | None, now: datetime) -> Decision:
        if not changes:
            return Decision()
        if engine is None:
            note = Audit(now, "", Reason.BASELINE, detail=f"{len(changes)} calls")
            decision = Decision(audit=[note])
        else:
            standing = gather(self._database, engine.needs(changes), now - engine.longest_limit)
            decision = engine.judge(changes, standing, now)
        record(self._database, decision, now)
        return decision

    def _moves(self, progress: Progress | None) -> bool:
        """Whether `progress` says more than is remembered."""
        if progress is None:
            return False
        past = self.watermark()
        return past is None or progress.watermark > past or progress.ends_baseline

    def _advance(self, progress: Progress) -> None:
        past = self.watermark()
        newest = progress.watermark if past is None else max(past, progress.watermark)
        self.set_fact(_WATERMARK, str(ms(newest)))
        if progress.ends_baseline:
            self.set_fact(_BASELINE, str(ms(newest)))


def _change(
    call: Call, said: str, known: Mapping[str, Known], past: Mapping[str, Row], now: datetime
) -> Change:
    row = past.get(call.id)
    if row is None:
        return Change(after=call, before=None, meaning=said, revision=1, first_seen_at=now)
    return Change(
        after=call,
        before=call_of(row["record"]),
        meaning=said,
        revision=known[call.id].revision + 1,
        first_seen_at=at(row["first_seen_at_ms"]),
    )


def _due(row: Row) -> tuple[Timer, Change]:
    change = Change(
        after=call_of(row["record"]),
        before=None,
        meaning=row["meaning"],
        revision=row["revision"],
        first_seen_at=at(row["first_seen_at_ms"]),
    )
    return Timer(row["rule"], row["key"], TimerKind.SETTLE, at(row["due_at_ms"])), change


def _names(moved: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in moved) + "]"
