"""A database that is locked, read-only, full, corrupt or missing: said so, and nothing is half."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from notifier.core.errors import StoreError
from notifier.store.database import Database, copy
from tests.builders import NOON
from tests.store.desk import (
    Desk,
    a_desk,
    a_draft,
    a_mute,
    copy_of,
    remembered,
    take_in_the_morning,
)
from tests.store.doors import LARGE, READERS, WRITERS, doors

every_writer = pytest.mark.parametrize("door", WRITERS)
every_reader = pytest.mark.parametrize("door", READERS)


@pytest.fixture
def morning(desk: Desk) -> Desk:
    """A desk that waits for no lock, with a delivery being sent, a mute, a card with buttons."""
    take_in_the_morning(desk)
    (row, *_) = desk.database.run("SELECT seq FROM deliveries WHERE channel = 'truong_nhom'")
    desk.database.run(
        "UPDATE deliveries SET state = 'sending', due_at_ms = 1 WHERE seq = ?", (row["seq"],)
    )
    desk.ledger.add_mute(a_mute("standing"), "bot", NOON)
    desk.database.run(
        "INSERT INTO cards (alert, channel, receipt, sent_at_ms, bare) "
        "SELECT id, 'so_sach', '-100:7', 1, 0 FROM alerts LIMIT 1"
    )
    desk.database.run("PRAGMA busy_timeout = 0")
    return desk


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_these_tables_name_every_public_method() -> None:
    assert sorted((*WRITERS, *READERS)) == sorted(doors())


@every_writer
def test_while_another_process_writes_nothing_is_kept_and_the_next_try_goes_well(
    morning: Desk, path: Path, door: str
) -> None:
    before = remembered(path)

    with locked(path), pytest.raises(StoreError, match=r"locked.*another process is writing"):
        WRITERS[door](morning)

    assert remembered(path) == before
    WRITERS[door](morning)
    assert remembered(path) != before


@every_reader
def test_questions_are_answered_while_another_process_writes(
    morning: Desk, path: Path, door: str
) -> None:
    answer = READERS[door](morning)

    with locked(path):
        assert READERS[door](morning) == answer


@every_writer
def test_a_read_only_file_takes_nothing_and_says_so(path: Path, morning: Desk, door: str) -> None:
    before = remembered(path)

    with (
        closing(Database.open_to_read(path)) as database,
        pytest.raises(StoreError, match=r"readonly.*check who owns the file"),
    ):
        WRITERS[door](Desk(database))

    assert remembered(path) == before
    assert morning.states()


@every_reader
def test_questions_are_answered_from_a_read_only_file(path: Path, morning: Desk, door: str) -> None:
    answer = READERS[door](morning)

    with closing(Database.open_to_read(path)) as database:
        assert READERS[door](Desk(database)) == answer


SMALL = {"Outbox.reclaim", "Outbox.claim", "Outbox.drop", "Outbox.release"} | {
    "Outbox.forget_channels",
    "Ledger.advance",
    "Ledger.end_mute",
    "Ledger.sweep_cards",
    "Ledger.note_good_poll",
}
"""What they write may yet find room in a page that is there."""


@every_writer
def test_on_a_full_disk_a_step_is_kept_whole_or_not_at_all(
    morning: Desk, path: Path, door: str
) -> None:
    before = remembered(path)
    morning.database.run("PRAGMA max_page_count = 1")

    try:
        WRITERS[door](morning)
    except StoreError as fault:
        assert "full" in str(fault)  # noqa: PT017 - some find room
        assert "free some space" in str(fault)  # noqa: PT017
        assert remembered(path) == before
    else:
        assert door in SMALL

    morning.database.run("PRAGMA max_page_count = 1000000")
    WRITERS[door](morning)


def test_a_file_that_is_no_database_is_refused_with_its_name_and_left_alone(path: Path) -> None:
    text = b"Danh sach cuoc goi nho thang 9\n" * 200
    path.write_bytes(text)

    with pytest.raises(StoreError, match=rf"open {path}: .*not a database.*restore a backup"):
        Database.open(path)

    assert path.read_bytes() == text


def test_a_database_with_a_damaged_head_is_refused(path: Path) -> None:
    with a_desk(path) as desk:
        take_in_the_morning(desk)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4000)

    with pytest.raises(StoreError, match=rf"open {path}: .*malformed.*restore a backup"):
        Database.open(path)


def test_a_database_that_is_damaged_further_in_says_so_when_that_is_read(path: Path) -> None:
    with a_desk(path) as desk:
        take_in_the_morning(desk)
        (root,) = desk.database.run("SELECT rootpage FROM sqlite_schema WHERE name = 'calls'")
        (size,) = desk.database.run("PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((root[0] - 1) * size[0])
        file.write(b"\xff" * size[0])

    with a_desk(path) as desk, pytest.raises(StoreError, match=r"malformed.*restore a backup"):
        desk.archive.call("1001")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "không có" / "notifier.db"

    with pytest.raises(StoreError, match=rf"open {missing}: .*check the file, its folder"):
        Database.open(missing)


def test_a_folder_in_place_of_the_file_is_refused_and_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)

    with pytest.raises(StoreError, match=f"open {tmp_path}: "):
        Database.open(tmp_path)

    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_a_file_of_a_newer_notifier_is_refused_and_left_alone(path: Path) -> None:
    with a_desk(path) as desk:
        desk.database.run("INSERT INTO _sqlite_migrations VALUES (99, 'notifier', '9999_x', '')")
    before = remembered(path)

    with pytest.raises(StoreError, match=r"9999_x, which a newer notifier made"):
        Database.open(path)

    assert remembered(path) == before


def test_a_file_that_was_refused_is_closed(path: Path) -> None:
    path.write_bytes(b"?" * 5000)
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(5):
        with pytest.raises(StoreError):
            Database.open(path)
        with pytest.raises(StoreError, match=f"read {path}: "):
            Database.open_to_read(path)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_to_read_there_must_be_a_file(path: Path) -> None:
    with pytest.raises(StoreError, match=f"read {path}: .*check the file"):
        Database.open_to_read(path)

    assert not path.exists()


def test_opening_a_file_again_does_not_drop_the_locks_of_the_first(path: Path) -> None:
    """POSIX drops all locks that a process has on a file when it closes any descriptor of it."""
    leave_wal = (
        "import sqlite3, sys\n"
        "file = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "print(file.execute('PRAGMA journal_mode = DELETE').fetchone())"
    )
    with a_desk(path) as desk:
        desk.owe(a_draft())
        Database.open(path).close()

        command = [sys.executable, "-c", leave_wal, str(path)]
        other = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "database is locked" in other.stderr, other.stdout


def test_a_copy_made_while_the_file_is_in_use_is_whole_and_for_its_owner_alone(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    take_in_the_morning(desk)
    target = tmp_path / "backup.db"

    copy(path, target)

    assert remembered(target) == remembered(path)
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_copy_never_replaces_a_file(desk: Desk, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    target.write_text("ảnh chụp")
    desk.ledger.set_fact("a", "1")

    with pytest.raises(StoreError, match=f"back up to {target}: .*choose a new file"):
        copy(path, target)

    assert target.read_text() == "ảnh chụp"


def test_what_a_killed_process_left_in_its_journal_is_there_when_the_file_is_opened(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    desk.ledger.set_fact("a", LARGE)

    with a_desk(copy_of(path, tmp_path / "left.db")) as next_one:
        assert next_one.ledger.fact("a") == LARGE
