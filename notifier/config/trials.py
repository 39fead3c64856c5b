"""The tests of a file, or of a file of their own, as trials of the rules."""

import re
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from notifier.config.made_up import build_call
from notifier.config.model.document import ExpectedAlert, InlineTest, TrialFile
from notifier.config.opening import open_sheet
from notifier.config.order_checks import check_trials
from notifier.config.orders import instant
from notifier.config.problems import ConfigError
from notifier.config.reading import read_as
from notifier.config.settings import Config
from notifier.config.sheet import Plain, Sheet
from notifier.config.types import Names
from notifier.core.directory import Directory
from notifier.core.rules.trials import Expected, Trial

_WITH_SECONDS = re.compile(r"\s*[0-9-]{10}[T ][0-9]{2}:[0-9]{2}:")


def load_trials(path: Path, config: Config) -> tuple[Trial, ...]:
    """Return the tests in `path`, a file that holds nothing else, for the rules of `config`.

    Raises ConfigError with every problem there is; a rule that is not enabled is one.
    """
    sheet, problems = open_sheet(path, {}, resolve=True)
    known = config.disabled | {rule.name for rule in config.rules}
    names = Names(frozenset(), frozenset(), frozenset(), known)
    found, faults = read_as(TrialFile, sheet, names)
    problems += [*faults, *check_trials(sheet, config.disabled, config.zone)]
    if problems or found is None:
        raise ConfigError(problems)
    return build_trials(sheet, found.tests, config.zone, directory=config.directory)


def build_trials(
    sheet: Sheet, tests: Sequence[InlineTest], zone: ZoneInfo, *, directory: Directory
) -> tuple[Trial, ...]:
    """Return `tests`, which stand in `sheet` under `tests`, as the core's values."""
    return tuple(_trial(sheet, number, test, zone, directory) for number, test in enumerate(tests))


def _trial(
    sheet: Sheet, number: int, test: InlineTest, zone: ZoneInfo, directory: Directory
) -> Trial:
    calls = [
        build_call(call, f"test-{count}", zone, directory)
        for count, call in enumerate(test.calls, start=1)
    ]
    seen = {
        call.id: instant(written.seen, zone) if written.seen else call.ended_at or call.started_at
        for call, written in zip(calls, test.calls, strict=True)
    }
    expected = [
        _expected(rule, one, zone, sheet.at("tests", number, "expect", rule, "at"))
        for rule, one in test.expect.items()
    ]
    _, node = sheet.node(("tests", number))
    place = f"{sheet.file}:{node.place.line}:{node.place.column}"
    return Trial(test.name, tuple(calls), tuple(expected), place, seen)


def _expected(
    rule: str, wanted: int | ExpectedAlert, zone: ZoneInfo, written: Plain | None
) -> Expected:
    if isinstance(wanted, int):
        return Expected(rule, wanted, None, to_the_minute=False)
    exact = isinstance(written, str) and _WITH_SECONDS.match(written)
    return Expected(rule, None, instant(wanted.at, zone), to_the_minute=not exact)
