"""A desk from which tests give commands: in this process, or as a process of its own."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from notifier.app.rulebook import engine_of
from notifier.cli import main
from notifier.config import load
from notifier.core.calls import Call
from notifier.core.rules.engine import Engine
from tests.builders import NOON, SECOND
from tests.config.files import ENVIRONMENT
from tests.store.desk import Desk, a_desk, settle_as

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


def lived(
    folder: Path,
    rules: str,
    *calls: Call,
    until: datetime,
    delivered: bool = False,
) -> Path:
    """Let a service with `rules` have seen `calls` half a minute after each ended, up to `until`.

    What it owed was `delivered`, or still waits.
    """
    an_office(folder, rules)
    config = load(folder / "rules.yaml", environment=ENVIRONMENT)
    engine = engine_of(config, lag=timedelta())
    with a_desk(folder / "notifier.db") as desk:
        for call in sorted(calls, key=_over):
            _pass(desk, engine, _over(call) + 30 * SECOND, delivered=delivered)
            desk.ledger.take_in({call.id: call}, engine, _over(call) + 30 * SECOND)
        _pass(desk, engine, until, delivered=delivered)
    return folder


def kept(folder: Path, rules: str, *calls: Call) -> Path:
    """Let a service with `rules` have read `calls` at its first start, when nobody is told."""
    an_office(folder, rules)
    latest = max(map(_over, calls), default=NOON)
    with a_desk(folder / "notifier.db") as desk:
        desk.ledger.take_in({call.id: call for call in calls}, None, latest + SECOND)
    return folder


def _over(call: Call) -> datetime:
    return call.ended_at or call.started_at


def _pass(desk: Desk, engine: Engine, until: datetime, *, delivered: bool) -> None:
    while (due := desk.ledger.next_due(until)) and due <= until:
        desk.ledger.advance(engine, due, good_since=due)
        _deliver(desk, engine, due, delivered=delivered)
    _deliver(desk, engine, until, delivered=delivered)


def _deliver(desk: Desk, engine: Engine, now: datetime, *, delivered: bool) -> None:
    for channel in engine.routes if delivered else ():
        for claimed in desk.outbox.claim(channel, 100, now):
            settle_as(desk, claimed)


def ask_at_a_terminal(folder: Path, typed: str, *words: str) -> Answer:
    """Give a command at a terminal, where `typed` is typed; all that is said is in `out`."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "notifier", *words],
        cwd=folder, env=PROCESS_ENVIRONMENT, stdin=its, stdout=its, stderr=its,
    ) as process:  # fmt: skip
        os.close(its)
        os.write(ours, typed.encode())
        said = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return Answer(process.returncode, said.decode(), "")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end was closed
        return b""


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
