import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from notifier import __version__
from notifier.cli import COMMANDS, main
from tests.cli.desk import PROCESS_ENVIRONMENT, ask

HEAVY = {
    "alembic", "apprise", "asyncio", "holidays", "httpx", "icalendar", "jinja2", "msgspec",
    "phonenumbers", "pydantic", "sqlite3", "sqlite_utils", "starlette", "telegram", "uvicorn",
    "yaml",
}  # fmt: skip
"""What no help needs; asyncio alone would double its time."""

NEEDED_TO_RUN = {"asyncio"}
"""What the module of the commands that run something imports at its top."""


def every_command() -> Iterator[tuple[str, ...]]:
    context = click.Context(main)
    for name in main.list_commands(context):
        yield (name,)
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.list_commands(context))


@pytest.mark.parametrize(
    "words", [(), *every_command()], ids=lambda words: " ".join(words) or "notifier"
)
def test_help_explains_a_command_with_examples(words: tuple[str, ...], tmp_path: Path) -> None:
    answer = ask(tmp_path, *words, "--help")

    assert answer.code == 0
    _, found, examples = answer.out.partition("Example")
    assert found
    assert f"notifier {words[-1] if words else 'demo'}" in examples or words[0] in examples
    assert "-c, --config" in answer.out


def loaded_by(*words: str) -> set[str]:
    """Return the heavy modules that `notifier` with these words has imported when it ends."""
    program = f"""
import atexit, sys
heavy = {sorted(HEAVY)!r}
atexit.register(lambda: sys.stderr.write(" ".join(name for name in heavy if name in sys.modules)))
sys.argv = ["notifier", *{list(words)!r}]
from notifier.cli import main
main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=PROCESS_ENVIRONMENT, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert ended.stdout
    return set(ended.stderr.split())


@pytest.mark.parametrize("words", [("--help",), ("--version",)], ids=" ".join)
def test_the_first_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert loaded_by(*words) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_imports_nothing_heavy(name: str) -> None:
    assert loaded_by(name, "--help") - NEEDED_TO_RUN == set()


def test_the_version_is_the_packages() -> None:
    assert ask(Path.cwd(), "--version").out == f"notifier, version {__version__}\n"


def test_a_command_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    answer = ask(tmp_path, "frobnicate")

    assert answer.code == 2
    assert "No such command 'frobnicate'" in answer.err
