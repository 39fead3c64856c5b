"""One process a database: a lock file beside it says who has it."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from notifier.core.errors import StoreError


class HeldError(StoreError):
    """Another process has the database."""


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Hold the lock of `database` while inside; the kernel lets go of it if the process dies.

    Raises:
        HeldError: another process holds it; the message says which.
    """
    database = database.resolve()  # the same file by another name is the same file
    path = database.with_name(f"{database.name}.lock")
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as fault:
        raise StoreError(f"lock {path}: {fault}; check that its folder can be written") from fault
    try:
        _take(file, path)
        yield
    finally:
        os.close(file)


def _take(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = os.read(file, 200).decode(errors="replace").strip() or "another process"
        said = f"lock {path}: held by {who}; stop it first, or give this one another storage.path"
        raise HeldError(said) from None
    except OSError as fault:
        said = f"lock {path}: {fault}; its file system has no locks: choose another storage.path"
        raise StoreError(said) from fault
    os.truncate(file, 0)
    os.pwrite(file, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
