import re
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, name, text

KINDS = {
    "bot token": r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b",
    "signing secret": r"whsec_[A-Za-z0-9+/]{24,}",
    "PBX key": r"\b(?:shop)?\d{15,20}:[A-Za-z0-9]{16,}",
    "bearer key": r"Bearer [A-Za-z0-9._~+/-]{20,}",
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "address with a password": r"\b[a-z]+://[^/\s:@{]+:[^/\s:@{]+@",
    "chat service's webhook": r"hooks\.slack\.com/services/T\w+|discord\.com/api/webhooks/\d+/\w+",
}
"""What a secret looks like; test doubles under tests/ are canaries and are left alone."""

FOLDERS = (PACKAGE, ROOT / "docs", ROOT / "deploy", ROOT / "benchmarks", ROOT / ".ci")
ENDINGS = {".py", ".md", ".yaml", ".yml", ".toml", ".service", ".json", ".csv", ""}

FILES = [
    path
    for path in sorted([*ROOT.iterdir(), *(p for folder in FOLDERS for p in folder.rglob("*"))])
    if path.is_file() and path.suffix in ENDINGS and path.name not in {".env", ".coverage"}
]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_the_tree_looks_like_a(kind: str) -> None:
    found = [name(path) for path in FILES if re.search(KINDS[kind], text(path))]

    assert found == []


EXAMPLES = {
    "bot token": "123456789:" + "A" * 35,
    "signing secret": "whsec_" + "A" * 32,
    "PBX key": "shop1415096549774721835:" + "a" * 32,
    "bearer key": "Bearer " + "a" * 32,
    "private key": "-----BEGIN " + "PRIVATE KEY",
    "address with a password": "https://me:" + "word@host",
    "chat service's webhook": "https://hooks.slack.com/services/" + "T0/B0/x",
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_search_would_find_a(kind: str) -> None:
    assert re.search(KINDS[kind], EXAMPLES[kind])


def test_secrets_of_a_running_service_are_never_committed() -> None:
    ignored = text(Path(ROOT / ".gitignore")).splitlines()

    assert {".env", "*.db"} <= set(ignored)
