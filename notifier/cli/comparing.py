"""The command that compares two rules files by what they would have told."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.masking import Masking
from notifier.cli.moments import stamp
from notifier.cli.options import USAGE, Fault, Settings, common, loaded, opened
from notifier.cli.rehearsing import rehearse
from notifier.cli.tables import Cell, format_option, show
from notifier.cli.trying import late_start, stretch_of
from notifier.core.rules.tolls import Stretch, alerts_of

if TYPE_CHECKING:
    from notifier.config.settings import Config
    from notifier.core.alerts import Alert
    from notifier.core.rules.model import Rule
    from notifier.core.rules.rehearsals import Rehearsal

_COLUMNS = ("rule", "change", "before", "after", "before_a_day", "after_a_day")

_WORDS = frozenset({"to", "severity", "owner", "description", "buttons", "title", "text"})
"""What may differ and not move when a rule alerts, or how often."""

_FUNCTIONS = frozenset({"test", "condition", "aggregate", "unless", "quiet", "meaning"})
"""What the meaning of a rule covers, or cannot be compared."""


@click.command(
    epilog="""\b
Examples:
  notifier rules diff new.yaml --since 30d
  notifier rules diff new.yaml --since 7d --show 20 --format json
"""
)
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--since", default="30d", show_default=True, help="90m, 2h, 7d, today or a date.")
@click.option("--until", default="", help="The same; now if it is left out.")
@click.option(
    "--show", "most", type=click.IntRange(0, 100_000), default=5, show_default=True,
    help="How many alerts are listed that only one of the files gives, for each rule.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Show customers' numbers whole.")
@format_option
@common
def diff(
    *, settings: Settings, new: Path, since: str, until: str, most: int, full: bool, form: str
) -> None:
    """Compare the rules in use with those of the file NEW, over the calls that are remembered.

    Nothing is sent or kept, and the rules in use stay in use.
    """
    config, other = loaded(settings, resolve=False), _read(new)
    with opened(config) as database:
        stretch = stretch_of(config, database, since, until)
        runs = [
            rehearse(one, database, stretch, one.rules, label=label)
            for one, label in ((config, "before"), (other, "after"))
        ]
    compared = list(_compare(config, other, *runs))
    if form == "table" and not compared:
        click.echo("Both files tell the same.")
    else:
        show([_row(one, stretch) for one in compared], form, columns=_COLUMNS)
    if form == "table":
        masking = Masking.of(config, full=full)
        for one in compared:
            _tell_examples(one, masking, config, most)
    if stretch.starts_late:
        click.echo(f"warning: {late_start(stretch, config.zone)}", err=True)


def _read(path: Path) -> "Config":
    from notifier.config.loading import load
    from notifier.config.problems import ConfigError

    try:
        return load(path, environment=os.environ, resolve=False)
    except ConfigError as problems:
        raise Fault(str(problems), USAGE) from problems


@dataclass(frozen=True, slots=True)
class _Compared:
    """One rule in both files."""

    name: str
    change: str
    """added, removed, meaning, handling (pauses, limits, ages, escalation), words or same."""
    before: "Mapping[str, Alert]"
    """By id; an alert of both files has one id."""
    after: "Mapping[str, Alert]"


def _compare(
    old: "Config", new: "Config", before: "Rehearsal", after: "Rehearsal"
) -> Iterator[_Compared]:
    """Give every rule that differs, or that alerts otherwise, in the order of the files."""
    olds, news = ({rule.name: rule for rule in one.rules} for one in (old, new))
    for name in dict.fromkeys((*olds, *news)):
        found = _Compared(
            name,
            _change(olds.get(name), news.get(name)),
            {alert.id: alert for alert in alerts_of(before, name)},
            {alert.id: alert for alert in alerts_of(after, name)},
        )
        if found.change != "same" or found.before.keys() != found.after.keys():
            yield found


def _change(old: "Rule | None", new: "Rule | None") -> str:
    """Return what of a rule is another, the weightiest first."""
    if old is None or new is None:
        return "added" if old is None else "removed"
    if old.meaning != new.meaning:
        return "meaning"
    names = [name for name in old.__slots__ if name not in _FUNCTIONS]
    moved = {name for name in names if _said(getattr(old, name)) != _said(getattr(new, name))}
    if moved - _WORDS:
        return "handling"
    return "words" if moved else "same"


def _said(value: object) -> object:
    """Return `value` so that two readings of one text are equal; functions are left out."""
    if isinstance(value, Mapping):
        return {name: getattr(one, "source", one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_said, value))
    if hasattr(value, "condition"):
        return value.condition, getattr(value, "same", ())
    return getattr(value, "name", value)


def _row(one: _Compared, stretch: Stretch) -> dict[str, Cell]:
    return {
        "rule": one.name,
        "change": one.change,
        "before": len(one.before),
        "after": len(one.after),
        "before_a_day": round(stretch.a_day(len(one.before)), 1),
        "after_a_day": round(stretch.a_day(len(one.after)), 1),
    }


def _tell_examples(one: _Compared, masking: Masking, config: "Config", most: int) -> None:
    """List alerts that only one of the files gives, the newest ones."""
    for sign, alerts, others in (("-", one.before, one.after), ("+", one.after, one.before)):
        only = [alert for identity, alert in alerts.items() if identity not in others]
        for line in _lines(only, sign, masking, config, most):
            click.echo(line)


def _lines(
    only: "Iterable[Alert]", sign: str, masking: Masking, config: "Config", most: int
) -> Iterator[str]:
    newest = sorted(only, key=lambda alert: alert.deadline or alert.occurred_at)
    if not newest or not most:
        return
    yield ""
    if left := max(len(newest) - most, 0):
        yield f"{sign} {newest[0].rule}: {left} more before these"
    for alert in newest[-most:]:
        at = stamp(alert.deadline or alert.occurred_at, config.zone)
        title = alert.title.get(config.language, "")
        yield f"{sign} {alert.rule}  {at}  {masking.about(alert)}  {title}".rstrip()
