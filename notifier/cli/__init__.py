"""The commands; each is imported only when it is called, so that `--help` is quick."""

from importlib import import_module

import click

from notifier import __version__
from notifier.cli.options import Settings, common

COMMANDS = {
    "demo": ("running:demo", "Show the whole thing at work on a simulated PBX."),
    "run": ("running:run", "Run the service: poll, judge, deliver."),
    "check": ("checking:check", "Report every problem in rules.yaml."),
    "doctor": ("checking:doctor", "Find out what the PBX's API really does on this account."),
    "rules": ("rules:rules", "Check, test, try, compare, explain and list the rules."),
    "calls": ("asking:calls", "List remembered calls."),
    "chat": ("chatting:chat", "Ask at a prompt what the bot can be asked."),
    "why": ("whying:why", "Say why an alert was sent, or was not."),
    "alerts": ("alerting:alerts", "List alerts; take, give back or close one."),
    "mute": ("muting:mute", "Have something be quiet for a while."),
    "outbox": ("asking:outbox", "Look at what is owed, sent and given up."),
    "calendar": ("calendars:calendar", "Show opening hours and holidays."),
    "health": ("asking:health", "Say whether the running service is well; exit 1 if not."),
    "backup": ("asking:backup", "Copy the database while it is in use."),
    "simulate": ("running:simulate", "Run the simulated PBX alone."),
}
"""Where each command lives, and what `--help` says of it in a line."""


class Commands(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command `cmd_name`, imported now; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(f"notifier.cli.{module}"), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  notifier demo                      see it work, with nothing to set up
  notifier check                     find what is wrong in rules.yaml
  notifier run                       run the service
  notifier calls --missed --since 2h --format json
""",
)
@click.version_option(__version__, prog_name="notifier")
@common
def main(settings: Settings) -> None:
    """Watch the call logs of a Sencloud PBX and tell people what they must know."""
    del settings  # kept in the context by `common`, for the command that follows
