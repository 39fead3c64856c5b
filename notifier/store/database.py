"""One SQLite file: opened by its owner alone, in WAL, with one writer and explicit transactions."""

import os
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from notifier.core.errors import StoreError
from notifier.core.rules.columns import Judge

Value: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = sqlite3.Row
Watch: TypeAlias = Callable[[str], None]
"""Called with each statement before it runs; what it raises is as if the statement had failed."""

MIGRATIONS = frozenset(
    {"0001_first", "0002_rules", "0003_updates", "0004_people", "0005_notes", "0006_daily"}
)
"""Names of the migrations in `schema`, which is imported only where one is missing."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # FULL: a delivery that was acknowledged must stay so after a power cut; 0.2-3 ms a commit
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
)


class Database:
    """A connection whose every statement passes one door, so that tests can fail the n-th."""

    def __init__(self, connection: sqlite3.Connection, watch: Watch | None = None) -> None:
        self._connection = connection
        self._watch = watch
        self._depth = 0
        self._judges: dict[int, Judge] = {}
        self._numbered_to = 0

    @classmethod
    def open(cls, path: Path, *, watch: Watch | None = None) -> "Database":
        """Open the file at `path`, made if need be for its owner alone, at the newest schema.

        Raises:
            StoreError: it cannot be opened, is no database, or is of a newer notifier.
        """
        try:
            _make(path)
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as fault:
            raise StoreError(f"open {path}: {fault}; {_advice(fault)}") from fault
        connection.row_factory = sqlite3.Row
        database = cls(connection, watch)
        with database._closed_on_fault(f"open {path}"):
            for pragma in _PRAGMAS:
                database.run(pragma)
            migrate(connection)
        return database

    @classmethod
    def open_to_read(cls, path: Path) -> "Database":
        """Open the file at `path` for questions only, beside the service that writes it.

        Raises:
            StoreError: it is not there, or is no database.
        """
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        except sqlite3.Error as fault:
            raise StoreError(f"read {path}: {fault}; check the file and its rights") from fault
        connection.row_factory = sqlite3.Row
        database = cls(connection)
        with database._closed_on_fault(f"read {path}"):
            database.run("PRAGMA query_only = ON")
            database.run("SELECT count(*) FROM facts")
        return database

    @contextmanager
    def _closed_on_fault(self, attempt: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, StoreError) as fault:
            self.close()
            advice = f"; {_advice(fault)}" if isinstance(fault, sqlite3.Error) else ""
            raise StoreError(f"{attempt}: {fault}{advice}") from fault
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; WAL is folded back into it."""
        self._connection.close()

    def run(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement and return its rows.

        Raises:
            StoreError: SQLite refused: disk full, read-only, locked, corrupt.
        """
        try:
            if self._watch:
                self._watch(sql)
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as fault:
            raise _refused(sql, fault) from fault

    def stream(self, sql: str, values: Sequence[Value | Judge] = ()) -> Generator[Row, None, None]:
        """Run one statement and yield its rows as they are read; memory holds one at a time.

        A judge among the values is bound as a number, by which the SQL function
        `judge(number, cell)` finds it until the last row.

        Raises:
            StoreError: SQLite refused, now or at a later row.
        """
        numbers = self._numbered([value for value in values if callable(value)])
        spare = iter(numbers)
        bound = [next(spare) if callable(value) else value for value in values]
        try:
            if self._watch:
                self._watch(sql)
            with closing(self._connection.execute(sql, bound)) as cursor:
                yield from cursor
        except sqlite3.Error as fault:
            raise _refused(sql, fault) from fault
        finally:
            for number in numbers:
                del self._judges[number]

    def _numbered(self, given: Sequence[Judge]) -> range:
        """Return a number for each of the judges `given`, by which SQL finds it."""
        if given and not self._numbered_to:
            # only once: SQLite does not replace a function while a statement runs
            judges = self._judges
            self._connection.create_function(
                "judge", 2, lambda number, cell: judges[number](cell), deterministic=True
            )
        numbers = range(self._numbered_to, self._numbered_to + len(given))
        self._numbered_to += len(given)
        self._judges.update(zip(numbers, given, strict=True))
        return numbers

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each of `rows`.

        Raises:
            StoreError: SQLite refused.
        """
        try:
            if self._watch:
                self._watch(sql)
            self._connection.executemany(sql, rows)
        except sqlite3.Error as fault:
            raise _refused(sql, fault) from fault

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is inside one unit: all of it is kept, or none; inner ones join the outer.

        Raises:
            StoreError: it could not begin or be committed.
        """
        if self._depth:
            yield
            return
        self.run("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise
        finally:
            self._depth = 0


def copy(source: Path, target: Path) -> None:
    """Copy the database at `source` to `target` by SQLite's online backup, while it is in use.

    Raises:
        StoreError: either cannot be used; a target that exists is left as it is.
    """
    with closing(Database.open_to_read(source)) as database:
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as fault:
            raise StoreError(f"back up to {target}: {fault}; choose a new file") from fault
        try:
            with closing(sqlite3.connect(target)) as backup:
                database._connection.backup(backup)  # noqa: SLF001 - the same room
        except sqlite3.Error as fault:
            target.unlink()  # half a copy would pass for a whole one
            raise StoreError(f"back up to {target}: {fault}; {_advice(fault)}") from fault


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date; each migration shares a transaction with its own record.

    Raises:
        StoreError: the file has been migrated further than this notifier knows.
    """
    applied = _applied(connection)
    if newer := sorted(applied - MIGRATIONS):
        raise StoreError(f"it has {newer[-1]}, which a newer notifier made; run that one")
    if applied == MIGRATIONS:
        return  # the usual start: sqlite-utils (0.1 s, 13 MiB) is not even imported

    from sqlite_utils import Database as Tables

    from notifier.store.schema import migrations

    migrations.apply(Tables(connection, execute_plugins=False))


def _applied(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the migrations that the file has on record."""
    recorded = "SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"
    if not connection.execute(recorded).fetchall():
        return set()
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = 'notifier'"
    )
    return {str(name) for (name,) in rows}


def _make(path: Path) -> None:
    """Make an empty file for its owner alone; of one that is there, only the rights are set.

    It is never opened here: closing it would drop the locks of other connections to it.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_file():
            path.chmod(0o600)


_ADVICE = {
    sqlite3.SQLITE_BUSY: "another process is writing to it: stop that one",
    sqlite3.SQLITE_LOCKED: "another process is writing to it: stop that one",
    sqlite3.SQLITE_FULL: "free some space on its disk",
    sqlite3.SQLITE_READONLY: "check who owns the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "check that its folder is there and can be written",
    sqlite3.SQLITE_CORRUPT: "restore a backup, or move the file away to begin anew",
    sqlite3.SQLITE_NOTADB: "restore a backup, or move the file away to begin anew",
}
"""What to do, by SQLite's primary result code."""


def _advice(fault: Exception) -> str:
    code: int = getattr(fault, "sqlite_errorcode", 0)
    return _ADVICE.get(code & 0xFF, "check the file, its folder and the disk")


def _refused(sql: str, fault: sqlite3.Error) -> StoreError:
    verb = " ".join(sql.split()[:3])
    return StoreError(f"{verb}: {fault}; nothing of this step was kept; {_advice(fault)}")
