import contextlib
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from notifier.cli import main
from notifier.config.loading import load
from tests.house.tree import ROOT, Block, blocks

EXAMPLES = [block for block in blocks("yaml") if re.search(r"^version:", block.body, re.MULTILINE)]
"""Blocks that are whole rules files."""

SAFE = (
    "--help",
    "--version",
    "check",
    "rules list",
    "rules schema",
    "rules check",
    "calendar show",
)
"""How commands begin that neither reach the network nor write."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A command of ours in a page, with what the page shows under it."""

    block: Block
    words: tuple[str, ...]
    output: str

    def __str__(self) -> str:
        return f"{self.block}-{'-'.join(self.words)}"

    @property
    def is_safe(self) -> bool:
        said = " ".join(self.words)
        plain = not {"--live", "|", ">", "<"} & set(self.words)
        return plain and (said.startswith(SAFE) or said.endswith("--help"))


def commands(block: Block) -> list[Shown]:
    parts = re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]
    lines = [part.partition("\n") for part in parts]
    return [
        Shown(block, tuple(shlex.split(line, comments=True)[1:]), shown)
        for line, _, shown in lines
        if line.startswith("notifier ")
    ]


COMMANDS = [shown for block in blocks("console") for shown in commands(block) if shown.is_safe]

CANARIES = {
    "SENCLOUD_API_KEY": "1:CANARY",
    "TELEGRAM_BOT_TOKEN": "1:CANARY",
    "TELEGRAM_CHAT_ID": "-1",
}


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_a_rules_file_in_a_page_loads(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(block.body, encoding="utf-8")

    assert load(file, environment={}, resolve=False).version == 1


def test_the_shipped_rules_file_loads_with_only_its_secrets() -> None:
    assert load(ROOT / "rules.yaml", environment=CANARIES).rules


@pytest.mark.parametrize("shown", COMMANDS, ids=str)
def test_what_a_page_shows_of_the_terminal_runs(shown: Shown, tmp_path: Path) -> None:
    shutil.copy(ROOT / "rules.yaml", tmp_path)
    with contextlib.chdir(tmp_path):
        answer = CliRunner().invoke(main, shown.words, env=CANARIES)

    assert answer.exit_code == (2 if "nothing was started" in shown.output else 0), answer.output
