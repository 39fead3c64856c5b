import logging
from collections.abc import Iterator

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.house.tree import PACKAGE, ROOT


@pytest.fixture
def _loggers_stay_on() -> Iterator[None]:
    """The linter sets up logging for itself, and with it switches every other logger off."""
    root = logging.getLogger()
    loggers = [it for it in root.manager.loggerDict.values() if isinstance(it, logging.Logger)]
    on = [logger for logger in loggers if not logger.disabled]
    handlers, level = root.handlers[:], root.level
    yield
    for logger in on:
        logger.disabled = False
    root.handlers[:], root.level = handlers, level


@pytest.mark.usefixtures("_loggers_stay_on")
def test_every_room_opens_onto_the_core_and_the_core_is_pure() -> None:
    status = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)

    assert status == EXIT_STATUS_SUCCESS


def test_every_folder_of_the_package_says_that_it_is_one() -> None:
    folders = {source.parent for source in PACKAGE.rglob("*.py")}

    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
