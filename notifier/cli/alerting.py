"""Commands by which the life of an alert is led from a terminal."""

from typing import TYPE_CHECKING

import click

from notifier.cli.masking import Masking
from notifier.cli.moments import instants, stamp
from notifier.cli.options import Fault, Settings, common, loaded, login, opened, written
from notifier.cli.tables import Cell, format_option, show

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifier.config.settings import Config
    from notifier.core.alerts import Alert, AlertState, Language
    from notifier.store.database import Database

_COLUMNS = ("id", "fired", "rule", "state", "about", "title", "calls", "deadline", "taken_by")

_STATES = (
    "live", "open", "acknowledged", "resolved", "closed", "revised", "withdrawn", "expired", "any",
)  # fmt: skip


@click.group(
    epilog="""\b
Examples:
  notifier alerts list
  notifier alerts take 3F9A0C --by Lan
  notifier alerts close 3F9A0C
"""
)
@common
def alerts(settings: Settings) -> None:
    """List alerts; take, give back or close one."""
    del settings  # kept in the context by `common`, for the command that follows


@alerts.command(
    "list",
    epilog="""\b
Examples:
  notifier alerts list                        what still asks for somebody
  notifier alerts list --state any --since 7d --rule goi_nho --format csv
""",
)
@click.option("--state", type=click.Choice(_STATES), default="live", show_default=True)
@click.option("--rule", default="", help="Only those of this rule.")
@click.option("--since", default="", help="Fired since: 90m, 2h, 7d, today or a date.")
@click.option("--most", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--full", is_flag=True, help="Show customers' numbers whole.")
@format_option
@common
def list_alerts(
    *, settings: Settings, state: str, rule: str, since: str, most: int, full: bool, form: str
) -> None:
    """List alerts in the order in which they fired; numbers are masked unless --full is given."""
    from notifier.clock import SystemClock
    from notifier.store.rule_history import RuleHistory

    config = loaded(settings, resolve=False)
    masking = Masking.of(config, full=full)
    with opened(config) as database:
        now = SystemClock().now()
        start = instants(since, "", config.zone, now=now)[0] if since else None
        found = RuleHistory(database).alerts(
            states=_states(state), rule=rule, since=start, most=most
        )
        rows = [_row(alert, config.zone, config.language, masking) for alert in found]
    show(rows, form, columns=_COLUMNS)


def _states(word: str) -> "frozenset[AlertState]":
    from notifier.core.alerts import LIVE, AlertState

    if word == "live":
        return LIVE
    return frozenset(AlertState) if word == "any" else frozenset({AlertState(word)})


def _row(
    alert: "Alert", zone: "ZoneInfo", language: "Language", masking: Masking
) -> dict[str, Cell]:
    from notifier.core.alerts import short_id

    return {
        "id": short_id(alert.id),
        "fired": stamp(alert.fired_at, zone),
        "rule": alert.rule,
        "state": alert.state.value,
        "about": masking.about(alert),
        "title": alert.title.get(language, ""),
        "calls": alert.count,
        "deadline": stamp(alert.deadline, zone) if alert.deadline else None,
        "taken_by": alert.taken_by,
    }


by_option = click.option("--by", default="", help="Who does; your login name if it is left out.")
"""The option of commands that say who acts."""


@alerts.command(
    epilog="""\b
Example:
  notifier alerts take 3F9A0C --by Lan
"""
)
@click.argument("identity", metavar="ID")
@by_option
@common
def take(settings: Settings, identity: str, by: str) -> None:
    """Take the alert ID: escalation stands still, and others see who is at work on it."""
    _act(settings, "take", identity, by)


@alerts.command(
    epilog="""\b
Example:
  notifier alerts release 3F9A0C
"""
)
@click.argument("identity", metavar="ID")
@by_option
@common
def release(settings: Settings, identity: str, by: str) -> None:
    """Give the alert ID back: it waits for somebody again, and escalation goes on."""
    _act(settings, "release", identity, by)


@alerts.command(
    epilog="""\b
Example:
  notifier alerts close 3F9A0C --by Lan
"""
)
@click.argument("identity", metavar="ID")
@by_option
@common
def close(settings: Settings, identity: str, by: str) -> None:
    """Close the alert ID: nothing more is asked of anybody."""
    _act(settings, "close", identity, by)


def _act(settings: Settings, word: str, identity: str, by: str) -> None:
    from notifier.app.rulebook import engine_of
    from notifier.clock import SystemClock
    from notifier.core.alerts import short_id
    from notifier.core.decisions import Act

    config = loaded(settings, resolve=False)
    with written(config) as (database, ledger):
        alert = _one(database, config, word, identity)
        now = SystemClock().now()
        after = ledger.act(engine_of(config), alert.id, Act(word), by or login(), now)
    mark = short_id(alert.id)
    if after is None:
        raise Fault(f"{word} the alert {mark}: it is {alert.state}, so there is nothing to do")
    click.echo(f"alert {mark} of {alert.rule} is {after.state}")


def _one(database: "Database", config: "Config", word: str, identity: str) -> "Alert":
    """Return the only alert whose id begins with `identity`."""
    from notifier.store.reading import Archive

    found = Archive(database).alerts_like(identity.lstrip("#"))
    if not found:
        path = config.storage_path
        raise Fault(f"{word} the alert {identity}: {path} remembers none with this id")
    if len(found) > 1:
        longer = ", ".join(alert.id[: len(identity) + 2] for alert in found[:5])
        raise Fault(f"{word} the alert {identity}: {len(found)} begin so ({longer}); write more")
    return found[0]
