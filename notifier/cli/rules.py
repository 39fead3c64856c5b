"""Commands about the rules themselves."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from notifier.cli.checking import check
from notifier.cli.comparing import diff
from notifier.cli.explaining import explain
from notifier.cli.moments import stamp
from notifier.cli.options import Settings, common, loaded, opened
from notifier.cli.proving import test
from notifier.cli.tables import Cell, format_option, show
from notifier.cli.trying import try_rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from notifier.config.settings import Config


@click.group(
    epilog="""\b
Examples:
  notifier rules check
  notifier rules list
  notifier rules test
  notifier rules try goi_nho --since 7d
  notifier rules diff new.yaml --since 30d
  notifier rules explain goi_nho
  notifier rules schema > notifier.schema.json
"""
)
@common
def rules(settings: Settings) -> None:
    """Check, test, try, compare, explain and list the rules."""
    del settings  # kept in the context by `common`, for the command that follows


rules.add_command(check, "check")
rules.add_command(explain, "explain")
rules.add_command(test, "test")
rules.add_command(try_rule, "try")
rules.add_command(diff, "diff")


@rules.command(
    epilog="""\b
Example:
  notifier rules schema > notifier.schema.json    editors complete and check the file with it
"""
)
@common
def schema(settings: Settings) -> None:
    """Print the JSON Schema of rules.yaml, for editors."""
    from notifier.config.schema import schema as json_schema

    del settings
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@rules.command(
    "list",
    epilog="""\b
Example:
  notifier rules list --format json
""",
)
@format_option
@common
def list_rules(settings: Settings, form: str) -> None:
    """List the rules in force, with where they send and what they have done.

    The last three columns are empty where nothing is remembered.
    """
    config = loaded(settings, resolve=False)
    past = _past(config)
    rows = [
        {
            "rule": rule.name,
            "severity": rule.severity.value,
            "to": " ".join(rule.to),
            "settle_s": int(rule.settle.total_seconds()),
            "description": rule.description,
            **_done(rule.name, past, config.zone),
        }
        for rule in config.rules
    ]
    show(rows, form, columns=_COLUMNS)


_COLUMNS = (
    "rule", "severity", "to", "settle_s", "last_matched", "alerts_7d", "never_matched",
    "description",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Past:
    """What rules have done, by their names."""

    matched: "Mapping[str, datetime]"
    fired: "Mapping[str, int]"
    """Alerts of the last seven days."""


def _past(config: "Config") -> _Past | None:
    from notifier.clock import SystemClock
    from notifier.store.reading import Archive
    from notifier.store.rule_history import RuleHistory

    if not config.storage_path.exists():
        return None
    with opened(config) as database:
        fired = RuleHistory(database).fired_since(SystemClock().now() - timedelta(days=7))
        return _Past(Archive(database).last_matched(), fired)


def _done(rule: str, past: _Past | None, zone: "ZoneInfo") -> dict[str, Cell]:
    if past is None:
        return {"last_matched": None, "alerts_7d": None, "never_matched": None}
    last = past.matched.get(rule)
    return {
        "last_matched": stamp(last, zone) if last else None,
        "alerts_7d": past.fired.get(rule, 0),
        "never_matched": last is None,
    }
