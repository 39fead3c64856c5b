"""Commands that answer from what is remembered; none of them disturbs the running service."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.moments import instants, stamp
from notifier.cli.options import FAILED, Settings, common, loaded, remembered
from notifier.cli.tables import Cell, format_option, show

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifier.core.calls import Call
    from notifier.core.phones import Mask


@click.command(
    epilog="""\b
Examples:
  notifier calls --missed --since 2h
  notifier calls --number 0901234567 --since 2026-11-20 --format csv
"""
)
@click.option("--missed", is_flag=True, help="Only calls that nobody took.")
@click.option("--since", default="1d", show_default=True, help="90m, 2h, 7d, today or a date.")
@click.option("--until", default="", help="The same; now if it is left out.")
@click.option("--number", default="", help="A customer, an extension or a hotline.")
@click.option("--most", type=click.IntRange(1, 100_000), default=500, show_default=True)
@click.option("--full", is_flag=True, help="Show customers' numbers whole.")
@format_option
@common
def calls(
    *,
    settings: Settings,
    missed: bool,
    since: str,
    until: str,
    number: str,
    most: int,
    full: bool,
    form: str,
) -> None:
    """List remembered calls, newest first; numbers are masked unless --full is given."""
    from notifier.clock import SystemClock
    from notifier.core.phones import Mask

    config = loaded(settings, resolve=False)
    with remembered(config) as archive:
        start, end = instants(since, until, config.zone, now=SystemClock().now())
        latest = end if until else end + _AHEAD
        found = archive.calls_between(start, latest, missed=missed, number=number, most=most)
        mask = Mask.FULL if full else Mask.LAST3
        rows = [_row(call, config.zone, mask) for call in found]
    show(rows, form, columns=_COLUMNS)


_AHEAD = timedelta(days=1)
"""How far the PBX's clock may be ahead of ours."""

_COLUMNS = (
    "started", "direction", "state", "missed", "customer", "hotline", "extension", "agent",
    "talk_s", "ring_s", "id",
)  # fmt: skip


def _row(call: "Call", zone: "ZoneInfo", mask: "Mask") -> dict[str, Cell]:
    from notifier.core.phones import shown

    return {
        "started": stamp(call.started_at, zone),
        "direction": call.direction.value,
        "state": call.state.value,
        "missed": call.missed,
        "customer": shown(call.customer, mask),
        "hotline": call.hotline,
        "extension": call.extension,
        "agent": call.agent,
        "talk_s": int(call.duration.total_seconds()),
        "ring_s": int(call.ring.total_seconds()),
        "id": call.id,
    }


@click.group(
    epilog="""\b
Examples:
  notifier outbox list
  notifier outbox dead --format json
"""
)
@common
def outbox(settings: Settings) -> None:
    """Look at what is owed, sent and given up."""
    del settings  # kept in the context by `common`, for the command that follows


@outbox.command(
    "list",
    epilog="""\b
Examples:
  notifier outbox list --state pending
  notifier outbox list --format csv
""",
)
@click.option("--state", type=click.Choice(["pending", "sending", "delivered", "dead", "obsolete"]))
@click.option("--most", type=click.IntRange(1, 100_000), default=200, show_default=True)
@format_option
@common
def list_outbox(settings: Settings, state: str | None, most: int, form: str) -> None:
    """List deliveries, oldest first."""
    _show_deliveries(settings, state or "", most, form)


@outbox.command(
    "dead",
    epilog="""\b
Example:
  notifier outbox dead --format json
""",
)
@click.option("--most", type=click.IntRange(1, 100_000), default=200, show_default=True)
@format_option
@common
def dead(settings: Settings, most: int, form: str) -> None:
    """List deliveries that were given up, with the reason."""
    _show_deliveries(settings, "dead", most, form)


def _show_deliveries(settings: Settings, state: str, most: int, form: str) -> None:
    config = loaded(settings, resolve=False)
    with remembered(config) as archive:
        rows: list[dict[str, Cell]] = [
            {
                "created": stamp(tried.created_at, config.zone),
                "channel": tried.channel,
                "reason": tried.reason,
                "state": tried.state,
                "tries": tried.tries,
                "failure": tried.failure,
                "detail": tried.detail,
                "alert": tried.alert,
                "id": tried.id,
            }
            for tried in archive.deliveries(state=state, most=most)
        ]
    columns = ("created", "channel", "reason", "state", "tries", "failure", "detail", "alert", "id")
    show(rows, form, columns=columns)


@click.command(
    epilog="""\b
Example:
  notifier health && echo well
"""
)
@common
def health(settings: Settings) -> None:
    """Say whether the running service is well; exit 1 if it is not."""
    from notifier.app.pulse import read_pulse
    from notifier.clock import SystemClock

    config = loaded(settings, resolve=False)
    stale = config.watchdog.poll_stale
    verdict = read_pulse(config.storage_path, stale=stale, now=SystemClock().now())
    click.echo(verdict.text)
    sys.exit(0 if verdict.well else FAILED)


@click.command(
    epilog="""\b
Example:
  notifier backup /var/backups/notifier.db
"""
)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@common
def backup(settings: Settings, path: Path) -> None:
    """Copy the database to PATH while the service goes on."""
    from notifier.store.database import copy

    config = loaded(settings, resolve=False)
    copy(config.storage_path, path)
    click.echo(f"{config.storage_path} copied to {path}")
