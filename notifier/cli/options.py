"""Options that every command takes, before or after its own words, and how failures end."""

import functools
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from notifier.core.errors import NotifierError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.config.settings import Config
    from notifier.store.database import Database
    from notifier.store.ledger import Ledger
    from notifier.store.reading import Archive

R = TypeVar("R")

FAILED = 1
"""Exit code: it was understood, and did not work."""
USAGE = 2
"""Exit code: the words or the configuration are wrong; nothing was started."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the common options say."""

    config: Path = Path("rules.yaml")
    log_level: str = "info"
    log_format: str = "text"


def common(command: Callable[..., R]) -> Callable[..., R]:
    """Give `command` the common options and hand them over as `settings`.

    What is said after the command's name wins over what is said before it. A NotifierError ends
    the command with its message, in a sentence instead of a traceback.
    """

    @click.option("-c", "--config", type=click.Path(path_type=Path), help="The rules file.")
    @click.option("--log-level", type=click.Choice(["debug", "info", "warning"]))
    @click.option("--log-format", type=click.Choice(["text", "json"]))
    @click.pass_context
    @functools.wraps(command)
    def wrapped(
        ctx: click.Context,
        /,
        *,
        config: Path | None,
        log_level: str | None,
        log_format: str | None,
        **own: object,
    ) -> R:
        past = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
        ctx.obj = Settings(
            config=config or past.config,
            log_level=log_level or past.log_level,
            log_format=log_format or past.log_format,
        )
        try:
            return command(settings=ctx.obj, **own)
        except NotifierError as fault:
            raise Fault(str(fault)) from fault

    return wrapped


class Fault(click.ClickException):
    """A failure that is told in a sentence."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self._code = code

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """What the process ends with."""
        return self._code

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Write the message to standard error."""
        click.echo(self.message, err=True)


def loaded(settings: Settings, *, resolve: bool = True) -> "Config":
    """Return the configuration; with exit code 2 and every problem if there is any.

    `resolve` False leaves secrets that are not there to placeholders.
    """
    from notifier.config.loading import load
    from notifier.config.problems import ConfigError

    try:
        return load(settings.config, environment=os.environ, resolve=resolve)
    except ConfigError as problems:
        raise Fault(str(problems), USAGE) from problems


@contextmanager
def opened(config: "Config") -> "Iterator[Database]":
    """Yield the database of `config`, to be read only, beside the service if it runs."""
    from notifier.store.database import Database

    _expect_file(config)
    database = Database.open_to_read(config.storage_path)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def remembered(config: "Config") -> "Iterator[Archive]":
    """Yield the tables of `config`, to be read only, beside the service if it runs."""
    from notifier.store.reading import Archive

    with opened(config) as database:
        yield Archive(database)


@contextmanager
def written(config: "Config") -> "Iterator[tuple[Database, Ledger]]":
    """Yield the database of `config`, to be changed, beside the service if it runs.

    Each change is one short transaction; while the service makes its own, it is waited for.
    """
    from notifier.store.database import Database
    from notifier.store.ledger import Ledger

    _expect_file(config)
    database = Database.open(config.storage_path)
    try:
        yield database, Ledger(database)
    finally:
        database.close()


def _expect_file(config: "Config") -> None:
    if not config.storage_path.exists():
        raise Fault(f"read {config.storage_path}: there is no such file; has `run` been started?")


def set_up_logs(settings: Settings, config: "Config | None" = None) -> None:
    """Send the log to standard error, without the secrets of `config`."""
    from notifier.logs import set_up

    secrets: list[str] = []
    if config:
        from notifier.app.building import secrets_of

        secrets = secrets_of(config)
    set_up(settings.log_level, as_json=settings.log_format == "json", secrets=secrets)


def at_terminal() -> bool:
    """Whether a person can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(question: str, *, yes: bool) -> None:
    """Ask before something is changed; stop with exit code 1 where the answer is no.

    Nobody is asked where `yes` has answered already, or where nobody can.
    """
    if not yes and at_terminal() and not click.confirm(question, err=True):
        raise Fault("nothing was changed")


def login() -> str:
    """Return the name of whoever gives the command."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without an entry for its user
        raise click.UsageError("this user has no login name; say who with the option") from None
