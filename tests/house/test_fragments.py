import re
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, text

FRAGMENTS = sorted((ROOT / "changelog.d").glob("*.md"))

with (ROOT / "pyproject.toml").open("rb") as _file:
    KINDS = [kind["directory"] for kind in tomllib.load(_file)["tool"]["towncrier"]["type"]]


def test_nothing_else_lies_among_the_fragments() -> None:
    others = {path.name for path in (ROOT / "changelog.d").iterdir()} - {f.name for f in FRAGMENTS}

    assert others <= {".gitkeep"}


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_is_named_by_its_issue_and_kind(fragment: Path) -> None:
    pattern = rf"(\d+|\+[a-z0-9-]+)\.({'|'.join(KINDS)})(\.\d+)?\.md"

    assert re.fullmatch(pattern, fragment.name)


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_is_sentences_for_users(fragment: Path) -> None:
    said = text(fragment).strip()

    assert said
    assert said.endswith(".")
    assert not said.startswith(("#", "-", "*"))


def test_the_changelog_has_the_place_where_releases_go() -> None:
    assert "<!-- towncrier release notes start -->\n" in text(ROOT / "CHANGELOG.md")
