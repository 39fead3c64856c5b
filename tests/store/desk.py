"""A store for tests: a busy morning to take in, and all that a file remembers, for comparing."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from notifier.core.alerts import Reason
from notifier.core.calls import Call
from notifier.core.decisions import Decision
from notifier.core.deliveries import Claimed, Delivered, DeliveryState, Draft, Outcome, Standing
from notifier.core.polls import Progress
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import Limit, Mute, Throttle
from notifier.store.database import Database, Watch
from notifier.store.ledger import Ledger
from notifier.store.outbox import Outbox
from notifier.store.reading import Archive
from tests.builders import MINUTE, NOON, SECOND, a_call, a_hook, a_route, a_rule, a_talk, an_engine

LATER = NOON + 3 * MINUTE
"""When the morning's calls are taken in: most have settled, one has not."""


@dataclass
class Desk:
    """An open file with everything that works on it."""

    database: Database
    ledger: Ledger = field(init=False)
    outbox: Outbox = field(init=False)
    archive: Archive = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.database)
        self.outbox = Outbox(self.database)
        self.archive = Archive(self.database)

    def owe(self, *drafts: Draft) -> None:
        """Record debts that no call brought about."""
        self.ledger.record(Decision(drafts=list(drafts)), NOON)

    def states(self) -> dict[str, str]:
        """Return the state of each delivery by its id."""
        rows = self.database.run("SELECT id, state FROM deliveries ORDER BY seq")
        return {row["id"]: row["state"] for row in rows}

    def plan(self, sql: str, *values: str | int | None) -> str:
        """Return how SQLite would run `sql`, a step a line."""
        rows = self.database.run(f"EXPLAIN QUERY PLAN {sql}", values)
        return "\n".join(row["detail"] for row in rows)


@contextmanager
def a_desk(path: Path, *, watch: Watch | None = None) -> Iterator[Desk]:
    database = Database.open(path, watch=watch)
    try:
        yield Desk(database)
    finally:
        database.close()


def morning() -> dict[str, Call]:
    """Return what one page may list: missed, answered, throttled, stale and not yet settled."""
    calls = [
        a_call(id="1001", customer="+84901000001"),
        a_call(id="1002", customer="+84901000002", started_at=NOON + 10 * SECOND),
        a_call(id="1003", customer="+84901000003", hotline="19002000"),
        a_call(id="1004", customer="+84901000004", note="Gọi lại giúp chị Hạnh nhé"),
        a_call(id="1005", started_at=LATER - 40 * SECOND, ended_at=LATER - 20 * SECOND),
        a_call(id="1006", started_at=NOON - 120 * MINUTE, ended_at=NOON - 119 * MINUTE),
        a_talk(id="1007"),
    ]
    return {call.id: call for call in calls}


def a_busy_engine() -> Engine:
    """Return an engine in whose morning there are cards, events, digests, timers and pauses."""
    once = Throttle((timedelta(minutes=30),), timedelta(hours=1))
    rules = (
        a_rule("goi_nho", to=("quan_ly", "truong_nhom", "crm")),
        a_rule("theo_dau_so", to=("truong_nhom",), key="hotline", every=once),
        a_rule("moi_cuoc_goi", to=("crm",), test=lambda _call: True, settle=timedelta()),
    )
    routes = (a_route(), a_route("truong_nhom"), a_hook(events=("alert.*", "call.*")))
    return an_engine(
        *rules, routes={route.name: route for route in routes}, chat_limit=Limit(2, 10 * MINUTE)
    )


def take_in_the_morning(desk: Desk) -> None:
    progress = Progress(LATER - 40 * SECOND)
    desk.ledger.take_in(morning(), a_busy_engine(), LATER, progress=progress)


def a_mute(identity: str = "m1", **overrides: Any) -> Mute:
    """Return Hạnh's order that everything be quiet from noon on, for an hour."""
    mute = Mute(identity, NOON, NOON + 60 * MINUTE, "Hạnh", "họp")
    return replace(mute, **overrides)


def a_draft(alert: str = "a1", channel: str = "crm", **overrides: Any) -> Draft:
    """Return a debt of a frozen event to crm, due at noon, in a lane of its own."""
    facts: dict[str, Any] = {
        "reason": Reason.CREATED,
        "revision": 1,
        "lane": alert,
        "due_at": NOON,
        "expires_at": NOON + timedelta(days=3),
        "body": b"{}",
        "event": "call.created",
    }
    return Draft(alert, channel, **{**facts, **overrides})


DONE = Standing(DeliveryState.DELIVERED, None)


def settle_as(
    desk: Desk,
    claimed: Claimed,
    standing: Standing = DONE,
    outcome: Outcome | None = None,
) -> None:
    desk.outbox.settle(claimed, outcome or Delivered(), standing, NOON, SECOND)


Table = list[tuple[object, ...]]


def remembered(path: Path, *, but: frozenset[str] = frozenset()) -> dict[str, Table]:
    """Return every row of every table of the file at `path`, without the columns `but`."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        tables = sorted(name for (name,) in names if not name.startswith("_sqlite"))
        return {table: _rows(connection, table, but) for table in tables}


def _rows(connection: sqlite3.Connection, table: str, but: frozenset[str]) -> Table:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    kept = ", ".join(f'"{name}"' for name in columns if name not in but)
    return sorted(connection.execute(f"SELECT {kept} FROM {table}"), key=repr)  # noqa: S608


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Fuse:
    """A watch that lets statements pass until it is set, and then fails the `n`-th."""

    raises: Callable[[], BaseException]
    n: int = 0
    passed: int = 0
    said: str = ""
    image: Callable[[], object] = lambda: None
    """Keeps what is on the disk at that moment: all that a killed process leaves."""

    def __call__(self, sql: str) -> None:
        if not self.n:
            return
        self.passed += 1
        if self.passed == self.n:
            self.said = " ".join(sql.split()[:3])
            self.image()
            raise self.raises()


def copy_of(path: Path, to: Path) -> Path:
    """Copy the database at `path` as it lies on the disk now, journal and all."""
    for ending in ("", "-wal"):
        Path(f"{to}{ending}").unlink(missing_ok=True)
        if Path(f"{path}{ending}").exists():
            shutil.copyfile(f"{path}{ending}", f"{to}{ending}")
    return to
