"""The way in: a path and an environment become a configuration, or every problem at once."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from notifier.config.building import build, build_calendars
from notifier.config.checks import check, warn
from notifier.config.conditions import read_pieces
from notifier.config.days_off import read_files
from notifier.config.lints import lint
from notifier.config.lists import list_files, read_lists
from notifier.config.materials import Materials
from notifier.config.not_yet import judge_versions
from notifier.config.opening import files_of, open_sheet
from notifier.config.problems import ConfigError
from notifier.config.reading import names_of, read_document
from notifier.config.ruling import Workshop
from notifier.config.settings import Config
from notifier.config.sheet import Sheet
from notifier.config.trials import build_trials
from notifier.core.calendars import Calendar
from notifier.core.rules.reading import Vocabulary


def load(path: Path, *, environment: Mapping[str, str], resolve: bool = True) -> Config:
    """Return the configuration in `path`; raises ConfigError with every problem there is.

    Names are looked up in `environment`, then in the `.env` beside the file. Without `resolve`,
    a reference that leads nowhere becomes a harmless placeholder, for a run that reaches nobody.
    """
    sheet, problems = open_sheet(path, environment, resolve=resolve)
    document, faults = read_document(sheet)
    problems += faults
    if not isinstance(sheet.plain, dict):
        raise ConfigError(problems)
    lists, faults = read_lists(sheet, path.parent)
    problems += faults
    files, faults = read_files(sheet, path.parent)
    problems += faults
    pieces = read_pieces(sheet, Vocabulary(lists, _stand_ins(sheet)))
    too_new, warnings = judge_versions(sheet)
    problems += [*pieces.problems, *check(sheet), *too_new]
    if problems or document is None:
        raise ConfigError(problems)
    vocabulary = Vocabulary(lists, build_calendars(document, files))
    materials = Materials(document, pieces, vocabulary)
    config = build(document, Workshop(materials).rules(), vocabulary, folder=path.parent)
    trials = build_trials(sheet, document.tests, config.zone, directory=config.directory)
    told = [*warnings, *warn(sheet), *lint(sheet, materials, config)]
    read = files_of(path, sheet, [*files, *list_files(document)])
    return replace(config, files=read, trials=trials, warnings=tuple(sorted(told)))


def _stand_ins(sheet: Sheet) -> dict[str, Calendar]:
    """Return closed calendars of the right names: conditions are read before calendars stand."""
    zone = ZoneInfo("UTC")
    return {name: Calendar(name, zone, {}) for name in names_of(sheet).calendars}
