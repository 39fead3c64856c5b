"""The way in: a path and an environment become a configuration, or every problem at once."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from notifier.config.building import build, build_calendars
from notifier.config.checks import check, warn
from notifier.config.conditions import read_pieces
from notifier.config.environment import read_environment_file
from notifier.config.lists import read_lists
from notifier.config.nodes import Unreadable, read_nodes
from notifier.config.not_yet import judge_versions
from notifier.config.problems import ConfigError, Problem
from notifier.config.reading import names_of, read_document
from notifier.config.references import fill_in
from notifier.config.ruling import Workshop
from notifier.config.settings import Config
from notifier.config.sheet import Sheet
from notifier.core.calendars import Calendar
from notifier.core.rules.reading import Vocabulary


def load(path: Path, *, environment: Mapping[str, str], resolve: bool = True) -> Config:
    """Return the configuration in `path`; raises ConfigError with every problem there is.

    Names are looked up in `environment`, then in the `.env` beside the file. Without `resolve`,
    a reference that leads nowhere becomes a harmless placeholder, for a run that reaches nobody.
    """
    sheet, problems = _read_sheet(path, environment, resolve=resolve)
    document, faults = read_document(sheet)
    problems += faults
    if not isinstance(sheet.plain, dict):
        raise ConfigError(problems)
    lists, faults = read_lists(sheet, path.parent)
    problems += faults
    pieces = read_pieces(sheet, Vocabulary(lists, _stand_ins(sheet)))
    too_new, warnings = judge_versions(sheet)
    problems += [*pieces.problems, *check(sheet), *too_new]
    if problems or document is None:
        raise ConfigError(problems)
    vocabulary = Vocabulary(lists, build_calendars(document))
    rules = Workshop(document, pieces, vocabulary).rules()
    told = tuple(sorted([*warnings, *warn(sheet)]))
    return build(document, rules, lists, folder=path.parent, warnings=told)


def _read_sheet(
    path: Path, environment: Mapping[str, str], *, resolve: bool
) -> tuple[Sheet, list[Problem]]:
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


def _stand_ins(sheet: Sheet) -> dict[str, Calendar]:
    """Return closed calendars of the right names: conditions are read before calendars stand."""
    zone = ZoneInfo("UTC")
    return {name: Calendar(name, zone, {}) for name in names_of(sheet).calendars}
