"""Commands that look before anything is started: the file, the account."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from notifier.cli.options import FAILED, Settings, common, loaded, set_up_logs
from notifier.cli.tables import format_option, show

if TYPE_CHECKING:
    from notifier.config.settings import Config
    from notifier.core.findings import Finding, Report


@click.command(
    epilog="""\b
Examples:
  notifier check
  notifier check -c /etc/notifier/rules.yaml
"""
)
@common
def check(settings: Settings) -> None:
    """Report every problem in the file, with its place; exit 2 if there is any."""
    config = loaded(settings)
    for warning in config.warnings:
        click.echo(f"warning: {warning}", err=True)
    rules, channels = len(config.rules), len(config.channels)
    click.echo(f"{settings.config}: {rules} rules, {channels} channels, no problems")


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
