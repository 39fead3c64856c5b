"""Calls as they were last read, and every reading that was replaced."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from notifier.core.calls import UNKNOWN_HOTLINE, Call, Change, Known
from notifier.store.alerts import marks, slices
from notifier.store.database import Database, Row
from notifier.store.rows import CALL_COLUMNS, at, call_of, call_row, insert, ms, text_of

_KEPT_ON_CHANGE = frozenset({"id", "first_seen_at_ms"})

_PUT_CALL = insert(
    "calls",
    CALL_COLUMNS,
    # guarded: the same reading twice writes nothing, whoever calls
    ending="ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in CALL_COLUMNS if name not in _KEPT_ON_CHANGE)
    + " WHERE excluded.revision > calls.revision",
)

_PUT_REVISION = insert("call_revisions", ("call", "revision", "at_ms", "moved", "record"))


def known(database: Database, identities: Iterable[str]) -> dict[str, Known]:
    """Return what is remembered of calls by their ids, enough to see whether a reading is news."""
    found: dict[str, Known] = {}
    for some in slices(identities):
        rows = database.run(
            f"SELECT id, meaning, hotline, revision FROM calls WHERE id IN ({marks(some)})",  # noqa: S608
            some,
        )
        for row in rows:
            found[row["id"]] = Known(row["meaning"], row["hotline"], row["revision"])
    return found


def unplaced(database: Database, calls: Iterable[Call], since: datetime) -> list[str]:
    """Return ids of `calls` that are new, or have no hotline and were first seen after `since`."""
    wanted: list[str] = []
    for some in slices({call.id: call for call in calls}):
        rows = database.run(
            f"SELECT id, hotline, first_seen_at_ms FROM calls WHERE id IN ({marks(some)})",  # noqa: S608
            some,
        )
        past = {row["id"]: row for row in rows}
        for identity in some:
            row = past.get(identity)
            if row is None or (
                row["hotline"] == UNKNOWN_HOTLINE and row["first_seen_at_ms"] >= ms(since)
            ):
                wanted.append(identity)
    return wanted


def changes(
    database: Database,
    fresh: Sequence[tuple[Call, str]],
    past: Mapping[str, Known],
    now: datetime,
) -> list[Change]:
    """Return what the readings `fresh`, each with its meaning, change in what is remembered."""
    rows: dict[str, Row] = {}
    for some in slices(call.id for call, _ in fresh if call.id in past):
        found = database.run(
            f"SELECT id, record, first_seen_at_ms FROM calls WHERE id IN ({marks(some)})",  # noqa: S608
            some,
        )
        rows.update({row["id"]: row for row in found})
    return [_change(call, said, past, rows.get(call.id), now) for call, said in fresh]


def _change(
    call: Call, said: str, past: Mapping[str, Known], row: Row | None, now: datetime
) -> Change:
    if row is None:
        return Change(after=call, before=None, meaning=said, revision=1, first_seen_at=now)
    return Change(
        after=call,
        before=call_of(row["record"]),
        meaning=said,
        revision=past[call.id].revision + 1,
        first_seen_at=at(row["first_seen_at_ms"]),
    )


def put_changes(database: Database, changes: Sequence[Change], now: datetime) -> None:
    """Remember calls as they are after `changes`, and the readings that were replaced."""
    if not changes:
        return
    database.run_many(_PUT_CALL, [call_row(change, now) for change in changes])
    replaced = [
        (c.after.id, c.revision - 1, ms(now), _names(c.moved), text_of(c.before))
        for c in changes
        if c.before
    ]
    if replaced:
        database.run_many(_PUT_REVISION, replaced)


def remembered(database: Database, identities: Iterable[str]) -> dict[str, Change]:
    """Return calls by their ids as they are now, as changes of nothing before."""
    found: dict[str, Change] = {}
    for some in slices(identities):
        rows = database.run(
            "SELECT id, record, meaning, revision, first_seen_at_ms FROM calls "  # noqa: S608
            f"WHERE id IN ({marks(some)})",
            some,
        )
        for row in rows:
            found[row["id"]] = Change(
                after=call_of(row["record"]),
                before=None,
                meaning=row["meaning"],
                revision=row["revision"],
                first_seen_at=at(row["first_seen_at_ms"]),
            )
    return found


def _names(moved: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in moved) + "]"
