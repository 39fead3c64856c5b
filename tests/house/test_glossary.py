import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import DOCS, name, pages, parsed, prose, sources, text

WORDS = set(
    re.findall(
        r"[\w-]+",
        """
        call leg customer agent extension hotline trunk direction state missed abandoned unreached
        settled poll page walk sweep watermark overlap baseline change revision lag rule condition
        calendar match window follow-up gap alert key reason card mute suppress throttle limit
        digest report escalation channel event outbox delivery attempt receipt lease dead replay
        trial rehearsal audit
        """,
    )
)
"""The words of the house."""


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table under `heading`, without its head."""
    page = text(DOCS / "glossary.md")
    part = page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return rows[1:]


BANNED = [row[0] for row in table("Not these")]


def identifiers(source: Path) -> Iterator[str]:
    """Yield the names that `source` makes; those it takes from others are not its own."""
    yield source.stem
    for node in ast.walk(parsed(source)):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id


def words(identifier: str) -> str:
    """Return the words of a name, apart and in lower case: `DeadLetter` is `dead letter`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", identifier).replace("_", " ")
    return apart.lower()


def says(banned: str, said: str) -> bool:
    return re.search(rf"\b{banned}s?\b", said, re.IGNORECASE) is not None


def test_the_glossary_defines_each_word_of_the_house_once_and_no_other() -> None:
    defined = [row[0] for row in table("The words")]

    assert sorted(defined) == sorted(WORDS)


@pytest.mark.parametrize("row", table("Not these"), ids=lambda row: row[0])
def test_a_ban_says_what_to_use_and_why(row: list[str]) -> None:
    assert len([cell for cell in row if cell.strip()]) == len(("not", "but", "because"))


@pytest.mark.parametrize("banned", BANNED)
def test_no_name_in_the_code_is_a_banned_synonym(banned: str) -> None:
    found = {
        f"{name(source)}: {made}"
        for source in sources()
        for made in identifiers(source)
        if says(banned, words(made))
    }

    assert found == set()


@pytest.mark.parametrize("banned", BANNED)
def test_no_page_uses_a_banned_synonym(banned: str) -> None:
    others = [page for page in pages() if page != DOCS / "glossary.md"]

    assert [name(page) for page in others if says(banned, prose(page))] == []
