import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from notifier.core.errors import StoreError
from notifier.store.lock import HeldError, held
from tests.cli.desk import PROCESS_ENVIRONMENT

HOLDER = """
import pathlib, sys
from notifier.store.lock import held
with held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_at_a_time_has_the_database(path: Path) -> None:
    with (
        held(path),
        pytest.raises(HeldError, match=f"held by process {os.getpid()} on "),
        held(path),
    ):
        pass


def test_it_is_let_go_of_whatever_happened(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(path):
        raise ZeroDivisionError

    with held(path):
        pass


def test_another_database_beside_it_is_free(path: Path) -> None:
    with held(path), held(path.with_name("other.db")):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_a_process_that_dies_lets_go_of_it(path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=PROCESS_ENVIRONMENT,
    ) as holder:  # fmt: skip
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(HeldError, match=f"process {holder.pid} on "), held(path):
                pass
        finally:
            holder.send_signal(number)
            holder.communicate(timeout=10)

    with held(path):
        pass


def test_the_lock_file_is_its_owners_and_stays(path: Path) -> None:
    lock = path.with_name("notifier.db.lock")
    lock.write_text("process 1 on a machine with a very long name\n")
    lock.chmod(0o600)

    with held(path):
        assert lock.read_text().startswith(f"process {os.getpid()} on ")
        assert lock.read_text().count("\n") == 1

    assert lock.stat().st_mode & 0o777 == 0o600  # removing it would let two in


@pytest.mark.parametrize("name", ["no/such/folder/notifier.db", "taken/notifier.db"])
def test_where_no_lock_can_be_made_it_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")

    with (
        pytest.raises(StoreError, match="check that its folder can be written") as caught,
        held(tmp_path / name),
    ):
        pass
    assert not isinstance(caught.value, HeldError)


def test_the_same_database_by_another_name_is_the_same_database(path: Path) -> None:
    path.touch()
    other = path.with_name("other.db")
    other.symlink_to(path)

    with held(path), pytest.raises(HeldError), held(other):
        pass
