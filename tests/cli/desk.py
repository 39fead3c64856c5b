"""A desk from which tests give commands: in this process, or as a process of its own."""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from notifier.cli import main
from tests.config.files import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]

RULES = """\
version: 1
source: {api_key: "${env:SENCLOUD_API_KEY}"}
telegram: {token: "${env:TELEGRAM_BOT_TOKEN}"}
calendars:
  gio_lam:
    open: {mon-fri: 08:00-12:00 13:00-17:30, sat: 08:00-12:00}
    holidays: VN
    closed: [2027-03-01]
    extra: {2027-02-13: 08:00-12:00}
channels:
  quan_ly: {telegram: {chat: "${env:TELEGRAM_CHAT_ID}"}}
  crm: {webhook: {url: "https://crm.example.vn/hook", secret: "${env:CRM_WEBHOOK_SECRET}"}}
defaults: {to: quan_ly}
rules:
  goi_nho: {when: missed, to: [quan_ly, crm], severity: warning, description: Khách gọi không gặp}
  goi_dai: {when: {duration: "> 10m"}}
"""

PROCESS_ENVIRONMENT = {
    **ENVIRONMENT,
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "error",
    "PATH": os.environ.get("PATH", ""),
    "LANG": "C.UTF-8",
}

PATIENCE_S = 30.0


@dataclass(frozen=True)
class Answer:
    """What a command said, and the code that it ended with."""

    code: int
    out: str
    err: str


def ask(folder: Path, *words: str) -> Answer:
    """Give a command in `folder`, in this process."""
    with chdir(folder):
        result = CliRunner().invoke(main, words, env=ENVIRONMENT)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def an_office(folder: Path, rules: str = RULES) -> Path:
    """Write `rules` in `folder` as rules.yaml, and return the folder."""
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    return folder


async def call(
    folder: Path,
    words: Sequence[str],
    *,
    typed: bytes | None = b"",
    stdin: Path | None = None,
    **environment: str,
) -> Answer:
    """Give a command in `folder` as a process of its own; `stdin` is a file, else what is typed."""
    with (stdin or Path(os.devnull)).open("rb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notifier", *words, cwd=folder,
            stdin=file if stdin else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**PROCESS_ENVIRONMENT, **environment},
        )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(None if stdin else typed), PATIENCE_S)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    assert b"Traceback" not in err, err.decode()
    return Answer(process.returncode or 0, out.decode(), err.decode())
