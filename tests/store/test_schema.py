"""The tables are strict, their keys are invariants, and the file is ordinary."""

import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database as Tables

from notifier.core.alerts import Alert, AlertKind, AlertState, Severity
from notifier.core.errors import StoreError
from notifier.store.database import MIGRATIONS, Database, migrate
from notifier.store.rows import at, text_of
from notifier.store.schema import FIRST, migrations
from tests.builders import NOON, a_call
from tests.store.desk import Desk, a_desk, a_draft, morning, remembered, take_in_the_morning
from tests.store.doors import DOORS

HOUSE = (
    "calls call_revisions polls rule_state timers alerts deliveries attempts cards audit facts "
    "malformed alert_calls alert_members mutes gaps notes "
    "people chats invitations requests posts deeds "
    "hushes duties followings dailies updates asked_back"
).split()
"""The tables that are there."""


def names(desk: Desk, kind: str) -> set[str]:
    rows = desk.database.run("SELECT name FROM sqlite_schema WHERE type = ?", (kind,))
    return {row["name"] for row in rows if not row["name"].startswith(("sqlite_", "_sqlite"))}


# --- the tables


def test_the_tables_are_those_of_the_house(desk: Desk) -> None:
    assert names(desk, "table") == set(HOUSE)
    assert names(desk, "view") == {"calls_readable", "deliveries_readable"}


def test_every_table_is_strict(desk: Desk) -> None:
    rows = desk.database.run("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")

    assert {row["name"] for row in rows if row["strict"]} == set(HOUSE)


KEYS = {
    "calls": ["id"],
    "call_revisions": ["call", "revision"],
    "polls": ["id"],
    "rule_state": ["rule", "key"],
    "timers": ["rule", "key", "kind"],
    "alerts": ["id"],
    "attempts": ["delivery", "number"],
    "cards": ["alert", "channel"],
    "facts": ["key"],
    "malformed": ["hash"],
    "mutes": ["id"],
    "gaps": ["since_ms"],
    "people": ["id"],
    "chats": ["id"],
    "invitations": ["hash"],
    "requests": ["id"],
    "posts": ["request", "chat"],
    "notes": ["alert", "number"],
    "hushes": ["chat"],
    "duties": ["chat", "person"],
    "followings": ["chat"],
    "dailies": ["chat"],
    "updates": ["update_id"],
    "asked_back": ["chat", "message"],
}


@pytest.mark.parametrize("table", KEYS)
def test_the_key_of_a_table_is_its_invariant(desk: Desk, table: str) -> None:
    rows = desk.database.run("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table,))

    assert [row["name"] for row in rows] == KEYS[table]


def test_a_delivery_is_one_by_what_is_owed_to_whom_and_why(desk: Desk) -> None:
    desk.owe(a_draft())

    with pytest.raises(StoreError, match="UNIQUE"):
        desk.database.run(
            "INSERT INTO deliveries (id, alert, channel, reason, revision, lane, event, state,"
            " due_at_ms, created_at_ms, expires_at_ms) SELECT 'other', alert, channel, reason,"
            " revision, lane, event, state, 1, 1, 1 FROM deliveries"
        )


def test_one_rule_alerts_once_about_one_thing(desk: Desk) -> None:
    take_in_the_morning(desk)

    with pytest.raises(StoreError, match=r"UNIQUE.*alerts\.rule, alerts\.about"):
        desk.database.run("UPDATE alerts SET about = '1001' WHERE rule = 'goi_nho'")


def test_a_number_is_no_text(desk: Desk) -> None:
    with pytest.raises(StoreError, match="cannot store TEXT"):
        desk.database.run("INSERT INTO timers VALUES ('r', 'k', 'settle', 'tomorrow')")


def test_every_time_has_its_unit_in_its_name(desk: Desk) -> None:
    rows = desk.database.run(
        "SELECT t.name || '.' || c.name AS name FROM pragma_table_list t, pragma_table_info(t.name)"
        " c WHERE t.type = 'table' AND t.strict AND c.type = 'INTEGER'"
    )
    counts = {
        "id", "seq", "revision", "missed", "pages", "seen", "created", "changed", "malformed",
        "times", "step", "swallowed", "count", "suppressed", "corrected", "position", "tries",
        "attempts", "uncertain", "number", "status", "tried", "bare", "always",
        "listens", "bound", "topic", "used_by", "person", "chat", "message", "owed", "author",
        "update_id",
    }  # fmt: skip

    odd = {row["name"] for row in rows if not re.search(r"(_ms|_s)$", row["name"])}
    assert {name.split(".")[1] for name in odd} <= counts


# --- the connection


@pytest.mark.parametrize(
    ("pragma", "wanted"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("mmap_size", None),
    ],
)
def test_the_connection_is_as_was_decided(desk: Desk, pragma: str, wanted: str | int) -> None:
    rows = desk.database.run(f"PRAGMA {pragma}")

    assert (rows[0][0] or None if rows else None) == wanted


def test_a_revision_belongs_to_a_call_and_goes_with_it(desk: Desk) -> None:
    desk.ledger.take_in({"1": morning()["1001"]}, None, NOON)
    desk.database.run("INSERT INTO call_revisions VALUES ('1001', 1, 1, '[]', '{}')")

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        desk.database.run("INSERT INTO call_revisions VALUES ('none', 1, 1, '[]', '{}')")

    desk.database.run("DELETE FROM calls")
    assert desk.database.run("SELECT 1 FROM call_revisions") == []


@pytest.mark.parametrize("made_before", [False, True], ids=["a new file", "a file open to all"])
def test_only_its_owner_can_read_the_file_and_its_journal(path: Path, *, made_before: bool) -> None:
    if made_before:
        path.touch(0o644)

    with a_desk(path) as desk:
        desk.ledger.set_fact("a", "1")
        modes = {
            each.name: stat.S_IMODE(each.stat().st_mode)
            for each in path.parent.iterdir()
            if each.name.startswith(path.name)
        }

    assert modes == dict.fromkeys(("notifier.db", "notifier.db-wal", "notifier.db-shm"), 0o600)


def test_a_closed_file_is_one_file(path: Path) -> None:
    with a_desk(path) as desk:
        take_in_the_morning(desk)

    assert [each.name for each in path.parent.iterdir()] == ["notifier.db"]


# --- migrations


def test_opening_again_changes_nothing(path: Path) -> None:
    with a_desk(path) as desk:
        take_in_the_morning(desk)
    before, size = remembered(path), path.stat().st_size

    for _ in range(2):
        with a_desk(path):
            assert remembered(path) == before

    assert path.stat().st_size == size


def test_opening_again_runs_no_statement_that_writes(path: Path) -> None:
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        said: list[str] = []
        connection.set_trace_callback(said.append)

        migrate(connection)

    writing = ("CREATE", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "BEGIN")
    assert [sql for sql in said if sql.lstrip().upper().startswith(writing)] == []


@pytest.mark.parametrize("n", [1, 2, len(FIRST) // 2, len(FIRST)])
def test_a_migration_that_fails_leaves_nothing_and_is_done_the_next_time(
    path: Path, n: int
) -> None:
    seen = iter(range(1, 10_000))

    def refuse(action: int, table: str | None, *_: str | None) -> int:
        making = action in {
            sqlite3.SQLITE_CREATE_TABLE,
            sqlite3.SQLITE_CREATE_INDEX,
            sqlite3.SQLITE_CREATE_VIEW,
        }
        ours = making and not str(table).startswith(("_sqlite", "sqlite_", "idx__sqlite"))
        return sqlite3.SQLITE_DENY if ours and next(seen) == n else sqlite3.SQLITE_OK

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.set_authorizer(refuse)
        with pytest.raises(sqlite3.DatabaseError):
            migrate(connection)

    assert remembered(path) == {}
    with a_desk(path) as desk:
        take_in_the_morning(desk)
        assert names(desk, "table") == set(HOUSE)


def test_a_file_of_the_first_migration_keeps_its_rows_and_learns_the_rest(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Tables(connection), stop_before="0002_rules")
        connection.execute(
            "INSERT INTO calls VALUES ('1001', 1, 'm', 'in', 'not_answered', 1, '', '', '+8490',"
            " '19001000', '', '', 0, 0, 1, 2, 3, 3, ?)",
            (text_of(a_call(id="1001")),),
        )
        connection.execute(
            "INSERT INTO alerts VALUES ('a1', 'goi_nho', 'call', '1001', '1001', 'info', 'open',"
            " '{}', '{}', 1000, 2000, NULL, 1, 0, 1, 0, '')"
        )
        connection.execute("INSERT INTO alert_calls VALUES ('a1', 0, '1001')")
        connection.execute("INSERT INTO timers VALUES ('goi_nho', '1002', 'settle', 1000)")
        connection.commit()

    with a_desk(path) as desk:
        (alert,) = desk.archive.alerts_about("1001")
        due = desk.ledger.next_due(None)

    assert alert == Alert(
        id="a1",
        rule="goi_nho",
        kind=AlertKind.CALL,
        key="1001",
        severity=Severity.INFO,
        state=AlertState.OPEN,
        title={},
        occurred_at=at(1000),
        fired_at=at(2000),
        calls=(a_call(id="1001"),),
    )
    assert due == at(1000)


def test_a_second_migration_that_fails_leaves_the_first_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Tables(connection), stop_before="0002_rules")
        connection.execute("CREATE TABLE gaps (theirs TEXT)")
        connection.commit()
    before = remembered(path)

    with pytest.raises(StoreError, match=rf"open {path}: .*gaps already exists"):
        Database.open(path)

    assert remembered(path) == before


def test_a_file_with_a_table_of_another_program_is_refused_and_left_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE audit (theirs TEXT)")

    with pytest.raises(StoreError, match=rf"open {path}: .*audit already exists"):
        Database.open(path)

    assert remembered(path) == {"audit": []}


# --- an ordinary file


@pytest.fixture
def tables(desk: Desk, path: Path) -> Iterator[Tables]:
    """The file of the morning, as any other program opens it."""
    take_in_the_morning(desk)
    with closing(sqlite3.connect(path)) as connection:
        yield Tables(connection)


def test_any_tool_can_open_the_file_and_list_its_tables(tables: Tables) -> None:
    assert set(HOUSE) <= set(tables.table_names())
    assert tables["calls"].count == len(morning())
    assert tables.table("calls").pks == ["id"]


def test_the_view_of_calls_shows_local_times_and_the_lag(tables: Tables) -> None:
    (row,) = tables.query("SELECT * FROM calls_readable WHERE id = '1001'")

    assert row["started_in_vietnam"] == "2026-09-07 12:00:00"
    assert row["customer"] == "+84901000001"
    assert row["lag_s"] == 153


def test_the_view_of_deliveries_shows_what_is_owed_and_when(tables: Tables) -> None:
    rows = list(tables.query("SELECT * FROM deliveries_readable"))

    assert len(rows) == tables["deliveries"].count
    assert {row["created_in_vietnam"] for row in rows} == {"2026-09-07 12:03:00"}
    assert {row["state"] for row in rows} == {"pending"}


# --- how it is asked

FEW = (
    *("deliveries_due", "deliveries_dead", "deliveries_gathering", "alerts_watching"),
    *("timers_patient", "timers_prompt", "mutes_standing", "cards_buttoned", "CONSTANT ROW"),
)
"""Indexes of what is still open: walking one of them is walking what there is to do."""

BY_PEOPLE = {
    "Archive.status": {
        "SCAN alerts",
        "SCAN calls USING COVERING INDEX calls_started",
        "SCAN malformed USING COVERING INDEX sqlite_autoindex_malformed_1",
    },
    "Archive.alerts_like": {"SCAN alerts USING INDEX alerts_fired"},
    "Archive.deliveries": {"SCAN d"},
    "Archive.last_matched": {
        "SCAN alerts USING INDEX sqlite_autoindex_alerts_2",
        "SCAN audit USING INDEX audit_call",
        "SCAN (subquery-2)",
    },
    "Archive.mutes": {"SCAN mutes"},
    "Ledger.facts": {"SCAN facts"},
    "Ledger.adopt": {"SCAN facts"},
}
"""What is walked from end to end, because a person asked for it or because it is short."""


@pytest.mark.parametrize("door", DOORS)
def test_no_method_walks_a_history_from_end_to_end(path: Path, door: str) -> None:
    with a_desk(path) as desk:
        take_in_the_morning(desk)
    said: list[str] = []
    with a_desk(path, watch=said.append) as desk:
        said.clear()
        DOORS[door](desk)

    with a_desk(path) as desk:
        steps = {
            step
            for sql in said
            if not sql.startswith(("BEGIN", "COMMIT", "SELECT /* test */"))
            for step in desk.plan(sql, *[None] * sql.count("?")).splitlines()
        }
    walked = {step for step in steps if step.startswith("SCAN") and not step.endswith(FEW)}
    assert walked == BY_PEOPLE.get(door, set())


def test_forgetting_a_call_looks_at_its_own_alerts_only(desk: Desk) -> None:
    plan = desk.plan("DELETE FROM calls WHERE id = '1001'")

    assert "alert_calls_call (call=?)" in plan
    assert "SCAN" not in plan


def test_the_names_that_spare_an_import_are_those_of_the_schema() -> None:
    with closing(Tables(memory=True, execute_plugins=False)) as empty:
        known = {migration.name for migration in migrations.pending(empty)}

    assert known == MIGRATIONS
