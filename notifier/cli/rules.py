"""Commands about the rules themselves."""

import json

import click

from notifier.cli.checking import check
from notifier.cli.explaining import explain
from notifier.cli.options import Settings, common, loaded
from notifier.cli.tables import format_option, show


@click.group(
    epilog="""\b
Examples:
  notifier rules check
  notifier rules list
  notifier rules explain goi_nho
  notifier rules schema > notifier.schema.json
"""
)
@common
def rules(settings: Settings) -> None:
    """Look at the rules: check, list, explain, schema."""
    del settings  # kept in the context by `common`, for the command that follows


rules.add_command(check, "check")
rules.add_command(explain, "explain")


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
    """List the rules in force, with where they send."""
    config = loaded(settings, resolve=False)
    rows = [
        {
            "rule": rule.name,
            "severity": rule.severity.value,
            "to": " ".join(rule.to),
            "settle_s": int(rule.settle.total_seconds()),
            "description": rule.description,
        }
        for rule in config.rules
    ]
    show(rows, form, columns=("rule", "severity", "to", "settle_s", "description"))
