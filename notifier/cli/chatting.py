"""The command that answers questions at a prompt, as the bot does in a chat."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.options import Fault, Settings, common, loaded

if TYPE_CHECKING:
    from notifier.bot.terminal import Terminal
    from notifier.config.settings import Config
    from notifier.core.phones import Mask
    from notifier.core.talk import File


@click.command(
    epilog="""\b
Examples:
  notifier chat
  notifier chat --full --lang en
  echo "/missed 7d" | notifier chat
"""
)
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Else the language of the file.")
@click.option("--full", is_flag=True, help="Show customers' numbers whole.")
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where charts and tables are kept; else a new folder for temporary files.",
)
@common
def chat(*, settings: Settings, lang: str | None, full: bool, files: Path | None) -> None:
    """Ask what the bot can be asked, here: calls, reports, rules, why something was told.

    It reads the database beside the running service and changes nothing.
    """
    from notifier.core.phones import Mask

    config = loaded(settings, resolve=False)
    if not config.storage_path.exists():
        path = config.storage_path
        raise Fault(f"read {path}: there is no such file; has `run` been started?")
    mask = Mask.FULL if full else Mask.LAST3
    terminal = _terminal(config, lang or config.language, mask, _Folder(files))
    asyncio.run(_converse(terminal))


async def _converse(terminal: "Terminal") -> None:
    """Answer line by line until the last one, or a goodbye."""
    from notifier.clock import SystemClock

    clock, asks = SystemClock(), sys.stdin.isatty()
    if asks:
        click.echo(terminal.say("chat.greeting"))
    while line := await asyncio.to_thread(_typed, asks=asks):
        texts = await terminal.answer(line, clock.now())
        if texts is None:
            return
        for text in texts:
            click.echo(f"{text}\n")


def _typed(*, asks: bool) -> str:
    """Return the next line with its end; "" after the last one."""
    if asks:
        click.echo("> ", nl=False)
    return sys.stdin.readline()


def _terminal(config: "Config", lang: str, mask: "Mask", folder: "_Folder") -> "Terminal":
    from notifier.app.asking import asking_doors, last_pulse
    from notifier.app.rulebook import Names, Rulebook
    from notifier.bot.asking import asking_skill
    from notifier.bot.terminal import Terminal, at_a_terminal
    from notifier.clock import SystemClock
    from notifier.core.alerts import Language
    from notifier.text import book

    language, path = Language(lang), config.storage_path
    rulebook = Rulebook(config, Names(config.directory))
    doors = asking_doors(rulebook, path, SystemClock(), observed=last_pulse(path), mask=mask)
    caller = at_a_terminal(language)
    return Terminal((asking_skill(doors),), caller, book(language), folder.keep)


class _Folder:
    """Keeps files in a folder, made when the first one comes."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept = 0

    def keep(self, file: "File") -> str:
        """Write `file` down and return its path; a name that is there gets a number."""
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="notifier-"))
        self._path.mkdir(parents=True, exist_ok=True)
        name = Path(file.name)
        path = self._path / name
        while path.exists():
            self._kept += 1
            path = self._path / f"{name.stem}-{self._kept}{name.suffix}"
        path.write_bytes(file.content)
        return str(path)
