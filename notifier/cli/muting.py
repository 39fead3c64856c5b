"""Commands about mutes: orders of people that something be quiet for a while."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from notifier.cli.explaining import rule_of
from notifier.cli.moments import instant, length, stamp
from notifier.cli.options import (
    Fault,
    Settings,
    common,
    confirmed,
    loaded,
    login,
    remembered,
    written,
)
from notifier.cli.tables import Cell, format_option, show

if TYPE_CHECKING:
    from notifier.config.settings import Config
    from notifier.core.rules.model import Mute
    from notifier.store.mutes import MuteRecord

_COLUMNS = (
    "id", "since", "until", "state", "rule", "key", "hotline", "author", "reason", "source",
)  # fmt: skip


@click.group(
    epilog="""\b
Examples:
  notifier mute add --rule goi_nho --for 2h --reason "họp giao ban"
  notifier mute list
  notifier mute end 4k7p2m9x
"""
)
@common
def mute(settings: Settings) -> None:
    """Have something be quiet for a while, with a reason and an end."""
    del settings  # kept in the context by `common`, for the command that follows


@mute.command(
    epilog="""\b
Examples:
  notifier mute add --rule ty_le_nho --for 2h --reason "bảo trì tổng đài"
  notifier mute add --hotline 19001000 --until "2026-12-01 08:00" --reason "đổi số"
  notifier mute add --key 0901234567 --for 7d --reason "khách quấy rối" --author Lan
  notifier mute add --everything --for 30m --reason "diễn tập"
"""
)
@click.option("--rule", default="", help="Only this rule.")
@click.option("--key", default="", help="Only what an alert is about, such as a customer.")
@click.option("--hotline", default="", help="Only calls of this hotline.")
@click.option("--everything", is_flag=True, help="Every rule, every call; asks first.")
@click.option("--for", "span", default="", help="How long from now: 30m, 2h, 7d.")
@click.option("--until", default="", help='Or its end: "2026-12-01 08:00".')
@click.option("--reason", required=True, help="Why; others read it.")
@click.option("--author", default="", help="Who orders it; your login name if it is left out.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@common
def add(
    *,
    settings: Settings,
    rule: str,
    key: str,
    hotline: str,
    everything: bool,
    span: str,
    until: str,
    reason: str,
    author: str,
    yes: bool,
) -> None:
    """Mute a rule, a key, a hotline, or what all of the given have in common.

    The running service heeds it from its next judgement on. What is held back is kept for `why`.
    """
    from notifier.clock import SystemClock

    if everything == bool(rule or key or hotline):
        raise click.UsageError("name a --rule, --key or --hotline; or give --everything alone")
    if not reason.strip():
        raise click.UsageError("--reason is empty; say why, for those who wonder later")
    config = loaded(settings, resolve=False)
    now = SystemClock().now()
    end = _end(span, until, config, now)
    if question := _question(config, rule, everything=everything):
        confirmed(question, yes=yes)
    order = _order(now, end, author or login(), reason.strip(), rule=rule)
    order = replace(order, key=_number(key), hotline=_hotline(hotline, config))
    with written(config) as (_, ledger):
        ledger.add_mute(order, "cli", now)
    click.echo(f"mute {order.id}: {_what(order)} until {stamp(end, config.zone)}")


def _order(now: datetime, end: datetime, author: str, reason: str, *, rule: str) -> "Mute":
    """Return a mute from now on, with an id that a person can type."""
    from notifier.core.alerts import alert_id
    from notifier.core.rules.model import Mute

    identity = alert_id(rule, author, now.isoformat())[:8]
    return Mute(identity, now, end, author, reason, rule=rule)


def _end(span: str, until: str, config: "Config", now: datetime) -> datetime:
    """Return when the mute ends: exactly one of the two says so."""
    if bool(span) == bool(until):
        raise click.UsageError('give its end: --for 2h, or --until "2026-12-01 08:00"')
    if span:
        end = now + length("--for", span, config.zone, now=now)
    else:
        end = instant("--until", until, config.zone)
    if end <= now:
        raise click.UsageError(f"--until {until}: that is over already")
    return end


def _question(config: "Config", rule: str, *, everything: bool) -> str:
    """Return what to ask before it is done; "" where nothing much can be missed."""
    from notifier.core.alerts import Severity

    if everything:
        return "Mute everything? Nobody will be told of any call."
    found = rule_of(config, rule, "mute") if rule else None
    if found and found.severity is Severity.CRITICAL:
        return f"The rule {rule} is critical. Mute it all the same?"
    return ""


def _number(text: str) -> str:
    """Return a telephone number as calls have it; anything else as it was typed."""
    from notifier.core.rules.patterns import comparable

    return comparable(text.strip())


def _hotline(text: str, config: "Config") -> str:
    """Return a hotline as calls have it: in the directory's spelling, where it stands there."""
    wanted = _number(text)
    known = (one.number for one in config.directory.hotlines if _number(one.number) == wanted)
    return next(known, text.strip())


def _what(mute: "Mute") -> str:
    parts = (("rule", mute.rule), ("key", mute.key), ("hotline", mute.hotline))
    return ", ".join(f"{name} {value}" for name, value in parts if value) or "everything"


@mute.command(
    "list",
    epilog="""\b
Examples:
  notifier mute list
  notifier mute list --all --format json
""",
)
@click.option("--all", "every", is_flag=True, help="Those that are over, too.")
@click.option("--full", is_flag=True, help="Show customers' numbers whole.")
@format_option
@common
def list_mutes(*, settings: Settings, every: bool, full: bool, form: str) -> None:
    """List the mutes that are in force or yet to come, newest first."""
    from notifier.clock import SystemClock
    from notifier.core.phones import Mask, shown

    config = loaded(settings, resolve=False)
    now = SystemClock().now()
    mask = Mask.FULL if full else Mask.LAST3
    with remembered(config) as archive:
        records = archive.mutes()
    rows: list[dict[str, Cell]] = [
        {
            "id": record.mute.id,
            "since": stamp(record.mute.since, config.zone),
            "until": stamp(record.ended_at or record.mute.until, config.zone),
            "state": state,
            "rule": record.mute.rule,
            "key": shown(record.mute.key, mask),
            "hotline": record.mute.hotline,
            "author": record.mute.author,
            "reason": record.mute.reason,
            "source": record.source,
        }
        for record in records
        if (state := _state(record, now)) in {"on", "to come"} or every
    ]
    show(rows, form, columns=_COLUMNS)


def _state(record: "MuteRecord", now: datetime) -> str:
    if record.ended_at:
        return f"ended by {record.ended_by}"
    if record.mute.until <= now:
        return "over"
    return "to come" if record.mute.since > now else "on"


@mute.command(
    "end",
    epilog="""\b
Example:
  notifier mute end 4k7p2m9x
""",
)
@click.argument("identity", metavar="ID")
@click.option("--by", default="", help="Who ends it; your login name if it is left out.")
@common
def end_mute(settings: Settings, identity: str, by: str) -> None:
    """End the mute ID before its time."""
    from notifier.clock import SystemClock

    config = loaded(settings, resolve=False)
    with written(config) as (_, ledger):
        ended = ledger.end_mute(identity, by or login(), SystemClock().now())
    if not ended:
        raise Fault(f"end the mute {identity}: none in force has this id; see `notifier mute list`")
    click.echo(f"mute {identity} ended")
