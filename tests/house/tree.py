"""The tree as the house tests see it: sources, pages, and what stands in them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "notifier"
DOCS = ROOT / "docs"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def pages() -> list[Path]:
    """Every page that people read, changelog fragments included."""
    found = [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "changelog.d").glob("*.md")]
    return sorted(page for page in found if page.is_file())


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    page: Path
    language: str
    body: str
    number: int

    def __str__(self) -> str:
        return f"{name(self.page)}-{self.language}-{self.number}"


_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[Block]:
    return [
        Block(page, language, match[2], number)
        for page in pages()
        for number, match in enumerate(_FENCE.finditer(text(page)), start=1)
        if match[1] == language
    ]


def prose(page: Path) -> str:
    """The page without its fenced blocks, code spans and addresses."""
    plain = _FENCE.sub("", text(page))
    plain = re.sub(r"`[^`\n]*`", "", plain)
    return re.sub(r"\]\([^)]*\)|https?://\S+", "", plain)
