"""The demo as a process of its own: what a newcomer sees first."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from notifier.clock import SystemClock
from tests.cli.desk import PATIENCE_S, PROCESS_ENVIRONMENT, an_office, call

CLOCK = SystemClock()

OWN = """\
version: 1
source: {api_key: "${env:SENCLOUD_API_KEY}", settle: 10m}
telegram: {token: "${env:TELEGRAM_BOT_TOKEN}"}
channels:
  quan_ly: {telegram: {chat: "${env:TELEGRAM_CHAT_ID}"}}
  crm: {webhook: {url: "https://crm.example.vn/hook", secret: "${env:CRM_WEBHOOK_SECRET}"}}
defaults: {to: quan_ly}
rules:
  nho: {when: missed, to: [quan_ly, crm], title: Khách cần gọi lại}
"""


@dataclass
class Screen:
    """A demo at work, and what it has written so far."""

    process: asyncio.subprocess.Process
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    async def until(self, words: str) -> None:
        deadline = CLOCK.elapsed() + PATIENCE_S
        while words not in self.text:
            assert self.process.returncode is None, self.text
            assert CLOCK.elapsed() < deadline, f"no {words!r} in:\n{self.text}"
            await CLOCK.sleep(0.02)

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)


@asynccontextmanager
async def a_demo(folder: Path, *words: str) -> AsyncIterator[Screen]:
    screen = folder / "screen.txt"
    with screen.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notifier", "demo", *words, cwd=folder,
            env=PROCESS_ENVIRONMENT, stdin=asyncio.subprocess.PIPE, stdout=sink, stderr=sink,
        )  # fmt: skip
    try:
        yield Screen(process, screen)
        assert "Traceback" not in screen.read_text(encoding="utf-8")
    finally:
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


@contextmanager
def begun(*words: str) -> Iterator["Popen[str]"]:
    with Popen(
        [sys.executable, "-m", "notifier", "demo", *words],
        env=PROCESS_ENVIRONMENT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module", autouse=True)
def whole_story() -> Iterator["Popen[str]"]:
    """A demo of some length, which plays while the other tests run."""
    with begun("--seconds", "16", "--lang", "en") as process:
        yield process


def test_it_shows_alerts_and_their_correction_and_says_that_all_were_told(
    whole_story: "Popen[str]",
) -> None:
    out, err = whole_story.communicate(timeout=40)

    assert whole_story.returncode == 0, err
    assert err == ""
    assert "🔴 Missed call · 19001000 (CSKH)" in out
    assert "📞 Long call" in out
    assert "✏️ Correction: answered by" in out
    told = re.search(r"Truly missed: (\d+), of which told: (\d+)\.", out)
    assert told is not None
    assert told[1] == told[2]
    assert int(told[1]) >= 1
    edits = re.search(r"messages updated: (\d+)", out)
    assert edits is not None
    assert int(edits[1]) >= 1


async def test_an_alert_comes_with_nothing_set_up(tmp_path: Path) -> None:
    async with a_demo(tmp_path, "--seconds", "60") as screen:
        await screen.until("🔴 Cuộc gọi nhỡ · 19001000 (CSKH)")
        screen.type("/thoat\n")

        assert await screen.ended() == 0
        assert "── Tổng kết ──" in screen.text


async def test_it_needs_nobody_to_type(tmp_path: Path) -> None:
    answer = await call(tmp_path, ["demo", "--seconds", "3"], stdin=Path(os.devnull))

    assert answer.code == 0
    assert "── Tổng kết ──" in answer.out
    assert answer.err == ""


async def test_it_answers_what_is_typed_line_by_line_and_in_pieces(tmp_path: Path) -> None:
    async with a_demo(tmp_path, "--seconds", "60", "--lang", "en") as screen:
        await screen.until("🔴 Missed call")
        screen.type("/missed\n\n/sta")
        await screen.until("Missed calls today · ")
        screen.type("tus\n/nonsense\n")
        await screen.until("Status: ")
        await screen.until("“/nonsense”")
        screen.type("/quit\n")

        assert await screen.ended() == 0
        assert "── Summary ──" in screen.text


async def test_questions_may_come_from_a_file_and_are_asked_at_once(tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("/status\n\n/calls 2h\n")

    answer = await call(tmp_path, ["demo", "--seconds", "2", "--lang", "en"], stdin=questions)

    assert answer.code == 0, answer.err
    assert "Status: " in answer.out
    assert "── Summary ──" in answer.out


async def test_the_last_line_of_a_pipe_needs_no_end(tmp_path: Path) -> None:
    answer = await call(tmp_path, ["demo", "--seconds", "60"], typed=b"/status\n/quit")

    assert answer.code == 0, answer.err
    assert "── Tổng kết ──" in answer.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
async def test_when_interrupted_it_sums_up(tmp_path: Path, number: signal.Signals) -> None:
    async with a_demo(tmp_path, "--seconds", "0") as screen:
        await screen.until("/quit")
        screen.process.send_signal(number)

        assert await screen.ended() == 0
        assert "── Tổng kết ──" in screen.text


async def test_it_runs_where_there_is_no_input_at_all(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", 'exec "$0" -m notifier demo --seconds 1 <&-', sys.executable,
        env=PROCESS_ENVIRONMENT, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

    assert process.returncode == 0, out.decode()
    assert "── Tổng kết ──" in out.decode()


async def test_ones_own_rules_are_shown_on_the_terminal_instead_of_sent(tmp_path: Path) -> None:
    rules = an_office(tmp_path, OWN.replace("${env:", "${env:NOT_SET_")) / "rules.yaml"

    async with a_demo(tmp_path, "--rules", str(rules), "--seconds", "60") as screen:
        await screen.until("Khách cần gọi lại")
        screen.type("/quit\n")

        assert await screen.ended() == 0
        assert screen.text.count("Khách cần gọi lại") % 2 == 0  # to quan_ly and to crm
    assert not (tmp_path / "notifier.db").exists()


async def test_a_file_with_problems_is_told_of_and_nothing_is_shown(tmp_path: Path) -> None:
    an_office(tmp_path, OWN.replace("when: missed", "whn: missed").replace("version: 1", ""))

    answer = await call(tmp_path, ["demo", "--rules", "rules.yaml"])

    assert answer.code == 2
    assert answer.out == ""
    assert "nothing was started" in answer.err


async def test_real_channels_need_their_secrets(tmp_path: Path) -> None:
    an_office(tmp_path, OWN.replace("${env:TELEGRAM_BOT", "${env:NOT_SET_BOT"))

    answer = await call(tmp_path, ["demo", "--rules", "rules.yaml", "--telegram"])

    assert answer.code == 2
    assert "NOT_SET_BOT_TOKEN is not set" in answer.err
