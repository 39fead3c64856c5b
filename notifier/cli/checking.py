"""Commands that look before anything is started: the file, the account."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from notifier.cli.options import FAILED, Settings, common, loaded, opened, set_up_logs
from notifier.cli.proving import failure, prove_all, summed_up
from notifier.cli.tables import format_option, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.config.settings import Config
    from notifier.core.findings import Finding, Report


@click.command(
    epilog="""\b
Examples:
  notifier check
  notifier check -c /etc/notifier/rules.yaml
  notifier check --no-history                   only the file and its tests
"""
)
@click.option("--no-history", is_flag=True, help="Do not look at the calls that are remembered.")
@common
def check(settings: Settings, no_history: bool) -> None:
    """Report every problem in the file, with its place; exit 2 if there is any.

    The tests in it are run: exit 1 if one fails. Where calls are remembered, rules that would be
    too loud, or have nothing to look at, are warned of.
    """
    config = loaded(settings)
    for warning in config.warnings:
        click.echo(f"warning: {warning}", err=True)
    proved = prove_all(config, config.trials)
    for one in proved:
        if one.shortfalls:
            click.echo("\n".join(failure(config, one)))
    for said in () if no_history else _of_history(config):
        click.echo(f"warning: {said}", err=True)
    rules, channels = len(config.rules), len(config.channels)
    tests = f", {summed_up(proved)}" if proved else ""
    failed = any(one.shortfalls for one in proved)
    verdict = "no problems in the file" if failed else "no problems"
    click.echo(f"{settings.config}: {rules} rules, {channels} channels{tests}, {verdict}")
    sys.exit(FAILED if failed else 0)


def _of_history(config: "Config") -> "Iterator[str]":
    """Give what remembered calls say against the rules; nothing where none are remembered."""
    from notifier.cli.linting import lint_by_history
    from notifier.clock import SystemClock

    if config.storage_path.exists():
        with opened(config) as database:
            yield from lint_by_history(config, database, SystemClock().now())


@click.command(
    epilog="""\b
Examples:
  notifier doctor
  notifier doctor --format json > report.json
"""
)
@format_option
@common
def doctor(settings: Settings, form: str) -> None:
    """Ask the PBX some twenty questions and report what holds on this account.

    Nothing is changed on the account. Exit 1 if calls cannot be listed.
    """
    config = loaded(settings)
    set_up_logs(settings, config)
    report = asyncio.run(_examine(config))
    rows = [
        {"finding": f.name, "verdict": f.verdict.value, "what": f.what, "advice": f.advice}
        for f in (*report.findings, *_here())
    ]
    if form == "table":
        click.echo(f"{report.source}, {report.at:%Y-%m-%d %H:%M} UTC\n")
        _tell(rows)
    else:
        show(rows, form, columns=("finding", "verdict", "what", "advice"))
    sys.exit(0 if report.usable else FAILED)


async def _examine(config: "Config") -> "Report":
    from notifier.app.building import open_source
    from notifier.clock import SystemClock
    from notifier.pbx.probe import probe

    clock = SystemClock()
    client = open_source(config, clock)
    try:
        return await probe(client, clock, config.directory.hotlines)
    finally:
        await client.aclose()


def _here() -> "list[Finding]":
    """Return what is to be known of this machine: SQLite up to 3.51.2 has a bug in its WAL."""
    import sqlite3

    from notifier.core.findings import Finding, Verdict

    sound = sqlite3.sqlite_version_info >= (3, 51, 3)
    what = f"SQLite {sqlite3.sqlite_version}"
    if sound:
        return [Finding("sqlite", Verdict.OK, what)]
    advice = "safe with one process; before Litestream or another writer, use 3.51.3 or newer"
    return [Finding("sqlite", Verdict.WARNING, what, advice)]


_SIGNS = {"ok": "✓", "no": "✗", "unknown": "?", "warning": "!"}


def _tell(rows: Sequence[Mapping[str, str]]) -> None:
    for row in rows:
        click.echo(f"{_SIGNS[row['verdict']]} {row['finding']}: {row['what']}")
        if row["advice"]:
            click.echo(f"    → {row['advice']}")
