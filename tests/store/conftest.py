"""A file and a desk for each test of the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.desk import Desk, a_desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notifier.db"


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    with a_desk(path) as opened:
        yield opened
