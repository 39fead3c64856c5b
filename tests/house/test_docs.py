import importlib
import re
import sqlite3
import tomllib
from functools import reduce
from pathlib import Path

import click
import pytest
import yaml

from docs import _generate as generate
from notifier.store.database import migrate
from tests.house.tree import DOCS, ROOT, name, pages, text

DECISIONS = sorted((DOCS / "adr").glob("0*.md"))

DECISION = 40
"""Lines of a decision record, all of them."""


def commands() -> dict[str, click.Command]:
    """Return every command by the words that call it."""
    return dict(generate.walk(importlib.import_module("notifier.cli").main))


def code_spans(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text(page))


def test_every_command_has_its_place_and_a_help_text() -> None:
    page = text(DOCS / "cli.md").splitlines()

    missing = [p for p, c in commands().items() if f"## {p}" not in page or not c.help]

    assert not missing, "\n".join(missing)


def test_every_command_has_an_example_in_its_help_or_its_groups() -> None:
    known = commands()
    said = {path: f"{command.help}\n{command.epilog}" for path, command in known.items()}

    bare = [
        path
        for path, command in known.items()
        if not isinstance(command, click.Group)
        and path not in said[path] + said[path.rpartition(" ")[0]]
    ]

    assert not bare, "\n".join(bare)


def test_every_command_that_a_page_names_exists() -> None:
    known = commands()

    unknown = [
        f"{name(page)}: {span}"
        for page in pages()
        for span in code_spans(page)
        if re.match(r"notifier [a-z]", span) and not leads_to_a_command(span, known)
    ]

    assert not unknown, "\n".join(unknown)


def leads_to_a_command(span: str, known: dict[str, click.Command]) -> bool:
    """Tell whether the words of `span` are a command's, followed by what it takes."""
    path = "notifier"
    for word in span.split()[1:]:
        if not isinstance(known[path], click.Group) or not re.fullmatch(r"[a-z][a-z|-]*", word):
            break
        if any(f"{path} {choice}" not in known for choice in word.split("|")):
            return False
        path = f"{path} {word.split('|')[0]}"
    return path != "notifier"


def test_every_key_of_the_file_has_its_place() -> None:
    page = text(DOCS / "configuration.md")
    keys = generate.walk_keys(generate.json_schema())

    missing = [path for path in keys if f"`{path}`" not in page]

    assert keys
    assert not missing, "\n".join(missing)


def test_every_environment_variable_has_its_place() -> None:
    page = text(DOCS / "environment.md")

    assert [variable for variable in generate.environment() if f"`{variable}`" not in page] == []


def keys_of_tables() -> dict[str, str]:
    """Return each table's primary key, as the migrations make it."""
    connection = sqlite3.connect(":memory:")
    migrate(connection)
    rows = connection.execute(
        """
        SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT GLOB '*sqlite*' AND c.pk > 0 ORDER BY m.name, c.pk
        """
    ).fetchall()
    connection.close()
    return {table: ", ".join(key for name, key in rows if name == table) for table, _ in rows}


def test_every_table_has_its_place_with_its_key() -> None:
    page = text(DOCS / "architecture.md").split("## Tables", 1)[1]

    told = dict(re.findall(r"^\| `(\w+)` \| `([\w, ]+)` \|", page, re.MULTILINE))

    assert told == keys_of_tables()


def test_every_dependency_has_its_reason() -> None:
    page = text(DOCS / "dependencies.md")
    with (ROOT / "pyproject.toml").open("rb") as file:
        needed = tomllib.load(file)["project"]["dependencies"]

    told = re.findall(r"^\| ([\w-]+) \|", page.split("## Weighed")[0], re.MULTILINE)

    assert told == ["package", *(re.split(r"[<>=]", package)[0] for package in needed)]


def resolves(dotted: str) -> bool:
    """Tell whether `dotted` is a module of ours, or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        try:
            reduce(getattr, parts[length:], module)
        except AttributeError:
            return False
        return True
    return False


def test_every_symbol_that_a_page_names_exists() -> None:
    unknown = [
        f"{name(page)}: {span}"
        for page in pages()
        for span in code_spans(page)
        if re.fullmatch(r"notifier(\.\w+)+", span)
        and not re.match(r"notifier\.(db|schema|service)\b", span)
        and not resolves(span)
    ]

    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_names_symbols_and_never_lines(page: Path) -> None:
    assert re.findall(r"\b[\w/]+\.py:\d+", text(page)) == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_links_to_what_is_there(page: Path) -> None:
    addresses = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text(page))
    near = [address for address in addresses if "://" not in address]

    assert [address for address in near if not (page.parent / address).exists()] == []


def test_every_page_is_in_the_site() -> None:
    said = yaml.safe_load(text(ROOT / "mkdocs.yml"))["nav"]
    named = set(re.findall(r"[\w./-]+\.md", str(said)))

    assert named == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}


@pytest.mark.parametrize("record", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_says_how_to_undo_it(record: Path) -> None:
    said = text(record)
    headings = re.findall(r"^## (\w+)", said, re.MULTILINE)

    assert headings == ["Context", "Decision", "Figures", "Consequences", "Undo"]
    assert len(said.splitlines()) <= DECISION
    assert f"]({record.name})" in text(DOCS / "adr" / "index.md")
