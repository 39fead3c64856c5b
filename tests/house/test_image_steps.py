import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, text

DOCKERFILE = text(ROOT / "Dockerfile")


def copied() -> list[str]:
    """Return what the build stage copies from the tree."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [word for line in lines for word in line.split()[:-1]]


@pytest.mark.timeout(300)
@pytest.mark.skipif(
    not ({"CI", "NOTIFIER_IMAGE_STEPS"} & os.environ.keys()),
    reason="installs into a clean environment; set CI or NOTIFIER_IMAGE_STEPS",
)
def test_what_the_image_copies_is_enough_to_install_and_start(tmp_path: Path) -> None:
    source, home = tmp_path / "src", tmp_path / "opt"
    source.mkdir()
    for entry in copied():
        copy = shutil.copytree if (ROOT / entry).is_dir() else shutil.copy
        copy(ROOT / entry, source / entry)
    python = home / "bin" / "python"

    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    install = ["-m", "pip", "install", "-qqq", "--no-input", "-c", "requirements.lock", "."]
    subprocess.run([python, *install], cwd=source, check=True, stdin=subprocess.DEVNULL)
    answer = subprocess.run(
        [home / "bin" / "notifier", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
    )

    assert text(PACKAGE / "__init__.py").split('__version__ = "')[1].split('"')[0] in answer.stdout


def test_the_image_copies_only_what_its_context_lets_through() -> None:
    allowed = {line[1:] for line in text(ROOT / ".dockerignore").splitlines() if line[:1] == "!"}

    assert set(copied()) == allowed


def test_every_file_of_the_package_that_is_no_module_is_installed() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        patterns = tomllib.load(file)["tool"]["setuptools"]["package-data"]["notifier"]
    others = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]

    assert [path for path in others if not any(fnmatch(path, p) for p in patterns)] == []


def test_the_image_ends_as_a_user_without_rights_and_starts_without_a_shell() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    said = dict(re.findall(r"^(USER|STOPSIGNAL|ENTRYPOINT|CMD|VOLUME) (.+)$", last, re.MULTILINE))

    assert json.loads(said["ENTRYPOINT"]) == ["notifier"]
    assert json.loads(said["CMD"])[0] == "run"
    assert int(said["USER"]) > 0
    assert (said["STOPSIGNAL"], said["VOLUME"]) == ("SIGTERM", "/data")
    assert re.search(r'^HEALTHCHECK .*CMD \["notifier", "health"\]$', last, re.MULTILINE)
