"""From a path to a sheet: read, put together, and its references filled in."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from notifier.config.environment import read_environment_file
from notifier.config.nodes import Unreadable, read_nodes
from notifier.config.problems import ConfigError, Problem
from notifier.config.references import fill_in
from notifier.config.sheet import Sheet

_FILE = "${file:"


def open_sheet(
    path: Path, environment: Mapping[str, str], *, resolve: bool
) -> tuple[Sheet, list[Problem]]:
    """Return what stands in `path`, and what is wrong with its keys and references.

    Names are looked up in `environment`, then in the `.env` beside the file. Raises ConfigError
    when there is no tree to read.
    """
    file = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror}; name another with --config"
        raise ConfigError([Problem(file, 1, 1, "", message)]) from None
    beside, problems = read_environment_file(path.with_name(".env"))
    try:
        root, duplicates = read_nodes(content, file)
    except Unreadable as error:
        raise ConfigError([*problems, *error.problems]) from None
    sheet, dangling = fill_in(
        root, file, path.parent, environment={**beside, **environment}, resolve=resolve
    )
    return sheet, [*problems, *duplicates, *dangling]


def files_of(path: Path, sheet: Sheet, named: Iterable[str]) -> tuple[Path, ...]:
    """Return every file behind `sheet`, which stands in `path`; others are `named` from its folder.

    They are the file itself, the `.env` beside it, those that references bring in, and `named`.
    """
    references = {one for given in sheet.filled.values() for one in given.values()}
    brought_in = {
        one.removeprefix(_FILE).removesuffix("}") for one in references if one.startswith(_FILE)
    }
    beside = [".env", *sorted({*brought_in, *named})]
    return (path, *(path.parent / name for name in beside))
