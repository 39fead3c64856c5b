"""Rules over remembered calls, with a bar at a terminal that shows how far it is."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from notifier.app.rehearsing import Along, Rehearsing
    from notifier.config.settings import Config
    from notifier.core.rules.model import Rule
    from notifier.core.rules.rehearsals import Rehearsal
    from notifier.core.rules.tolls import Stretch
    from notifier.store.database import Database

T = TypeVar("T")


def rehearse(
    config: "Config",
    database: "Database",
    stretch: "Stretch",
    rules: "Iterable[Rule]",
    *,
    label: str,
) -> "Rehearsal":
    """Run `rules` as `notifier.app.rehearsing.rehearse` does; `label` stands by the progress."""
    from notifier.app.rehearsing import rehearse as run
    from notifier.app.rehearsing import undisturbed

    with undisturbed():
        return run(config, database, stretch, rules, along=_along(label))


def replay(
    one: "Rehearsing", database: "Database", stretch: "Stretch", *, label: str = ""
) -> "Rehearsal":
    """Run `one` as `notifier.app.rehearsing.replay` does; `label` stands by the progress."""
    from notifier.app.rehearsing import replay as run

    return run(one, database, stretch, along=_along(label))


def _along(label: str) -> "Along":
    return lambda calls, total: with_progress(calls, total, label)


def with_progress(calls: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Give `calls`, and show how far it is on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield from calls
        return
    with click.progressbar(calls, length=total, label=label, file=sys.stderr) as bar:
        yield from bar
