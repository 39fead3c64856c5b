"""The command that runs the tests of rules, and how what failed is told."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.moments import stamp
from notifier.cli.options import FAILED, USAGE, Fault, Settings, common, loaded
from notifier.cli.tables import Cell, format_option, show

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifier.config.settings import Config
    from notifier.core.reasons import Teller
    from notifier.core.rules.proving import Shortfall
    from notifier.core.rules.trials import Expected, Trial

_COLUMNS = ("test", "place", "passed", "rule", "expected", "got")

_MOST_DECISIONS = 20
"""Decisions that are told of one expectation that failed; the newest ones."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A test that was run."""

    trial: "Trial"
    shortfalls: "tuple[Shortfall, ...]"
    """What it expected and did not get; empty if it passed."""


@click.command(
    epilog="""\b
Examples:
  notifier rules test                       the tests in rules.yaml
  notifier rules test tests/*.yaml          those, and the tests in files of their own
  notifier rules test --name "gọi lại"      only tests with these words in their name
"""
)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="Only tests whose name has this in it.")
@format_option
@common
def test(settings: Settings, files: tuple[Path, ...], name: str, form: str) -> None:
    """Run the tests of the rules; exit 1 if any fails, and say what came instead and why.

    Time is virtual: a test of a whole day takes a moment, and nobody is told of anything.
    """
    config = loaded(settings, resolve=False)
    trials = [*config.trials, *(trial for path in files for trial in _read(path, config))]
    chosen = [trial for trial in trials if name.lower() in trial.name.lower()]
    proved = prove_all(config, chosen)
    if form != "table":
        show([row for one in proved for row in _rows(one, config.zone)], form, columns=_COLUMNS)
    elif chosen:
        _tell(config, proved)
    else:
        _tell_none(settings, there_are=bool(trials))
    sys.exit(FAILED if any(one.shortfalls for one in proved) else 0)


def _read(path: Path, config: "Config") -> "tuple[Trial, ...]":
    from notifier.config.problems import ConfigError
    from notifier.config.trials import load_trials

    try:
        return load_trials(path, config)
    except ConfigError as problems:
        raise Fault(str(problems), USAGE) from problems


def prove_all(config: "Config", trials: "Sequence[Trial]") -> list[Proved]:
    """Run each of `trials` against the rules of `config`."""
    from notifier.app.rulebook import engine_of
    from notifier.core.rules.proving import prove

    engine = engine_of(config)
    return [Proved(trial, tuple(prove(engine, [trial], config.mutes))) for trial in trials]


def _tell_none(settings: Settings, *, there_are: bool) -> None:
    if there_are:
        click.echo("No test has such a name.")
    else:
        click.echo(f"{settings.config} has no tests; write some under `tests:`, or name a file.")


def _tell(config: "Config", proved: Sequence[Proved]) -> None:
    for one in proved:
        if one.shortfalls:
            click.echo("\n".join(failure(config, one)))
        else:
            click.echo(f"✓ {one.trial.name}")
    click.echo(f"\n{summed_up(proved)}")


def summed_up(proved: Sequence[Proved]) -> str:
    """Return how many tests there were, and what came of them."""
    failed = sum(bool(one.shortfalls) for one in proved)
    noun = "test" if len(proved) == 1 else "tests"
    return f"{len(proved)} {noun}: {len(proved) - failed} passed, {failed} failed"


def failure(config: "Config", proved: Proved) -> Iterator[str]:
    """Give the lines that say what a test expected, what came instead, and why."""
    from notifier.core.reasons import Teller
    from notifier.text import book

    yield f"✗ {proved.trial.name}  ({proved.trial.place})"
    for shortfall in proved.shortfalls:
        rule, zone = shortfall.expected.rule, config.zone
        expected, got = _expected(shortfall.expected, zone), _got(shortfall, zone)
        yield f"    expected “{rule} {expected}”, got “{got}”"
        now = max((row.at for row in shortfall.why), default=proved.trial.calls[0].started_at)
        yield from _why(shortfall, Teller(book(config.language), zone, now))


def _why(shortfall: "Shortfall", teller: "Teller") -> Iterator[str]:
    rows = shortfall.why[-_MOST_DECISIONS:]
    if not rows:
        yield "      no call of the test is a match of this rule"
    if len(shortfall.why) > len(rows):
        yield f"      … {len(shortfall.why) - len(rows)} decisions before"
    for row in rows:
        about = f"{row.call}: " if row.call else ""
        channel = f" → {row.channel}" if row.channel else ""
        yield f"      {stamp(row.at, teller.zone)}  {about}{teller.told(row)}{channel}"


def _expected(expected: "Expected", zone: "ZoneInfo") -> str:
    if expected.at is not None:
        return f"at {_short(stamp(expected.at, zone), minute=expected.to_the_minute)}"
    times = {0: "never", 1: "once"}
    return times.get(expected.count or 0, f"{expected.count} times")


def _got(shortfall: "Shortfall", zone: "ZoneInfo") -> str:
    if not shortfall.got:
        return "nothing"
    minute = shortfall.expected.to_the_minute
    shown = ", ".join(_short(stamp(at, zone), minute=minute) for at in shortfall.got)
    return f"at {shown}" if len(shortfall.got) == 1 else f"{len(shortfall.got)} times: {shown}"


def _short(stamped: str, *, minute: bool) -> str:
    return stamped.removesuffix(":00") if minute else stamped


def _rows(proved: Proved, zone: "ZoneInfo") -> Iterable[dict[str, Cell]]:
    row: dict[str, Cell] = {"test": proved.trial.name, "place": proved.trial.place}
    if not proved.shortfalls:
        yield {**row, "passed": True, "rule": "", "expected": "", "got": ""}
    for shortfall in proved.shortfalls:
        yield {
            **row,
            "passed": False,
            "rule": shortfall.expected.rule,
            "expected": _expected(shortfall.expected, zone),
            "got": _got(shortfall, zone),
        }
