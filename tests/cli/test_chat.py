"""`notifier chat` answers at a prompt what the bot answers in a chat."""

from pathlib import Path

import pytest

from notifier.clock import SystemClock
from notifier.core.calls import Call
from tests.builders import MINUTE, SECOND, a_call, a_talk
from tests.cli.desk import RULES, Answer, an_office, ask, ask_at_a_terminal, call, kept, lived

NOW = SystemClock().now().replace(microsecond=0)


def a_day() -> list[Call]:
    """Return two calls of the last half hour."""
    missed = NOW - 20 * MINUTE
    talked = NOW - 10 * MINUTE
    return [
        a_call(id="1", started_at=missed, ended_at=missed + 20 * SECOND),
        a_talk(id="2", customer="+84912345678", started_at=talked, ended_at=talked + MINUTE),
    ]


async def typed(folder: Path, text: str, *words: str) -> Answer:
    """Pipe `text` into the command."""
    lines = folder / "typed.txt"
    lines.write_text(text, encoding="utf-8")
    return await call(folder, ["chat", *words], stdin=lines)


async def test_questions_are_answered_in_turn_from_what_is_remembered(tmp_path: Path) -> None:
    folder = kept(tmp_path, RULES, *a_day())

    answer = await typed(folder, "/missed 2h\n\n/rules\n/quit\n/status\n", "--lang", "en")

    assert answer.code == 0, answer.err
    assert answer.err == ""
    assert "📋 Missed calls in the last 2 h · 1 call" in answer.out
    assert "09xx xxx 567" in answer.out
    assert "goi_nho · warning" in answer.out
    assert "Status" not in answer.out


async def test_numbers_are_whole_where_that_is_asked_for(tmp_path: Path) -> None:
    answer = await typed(kept(tmp_path, RULES, *a_day()), "/calls 2h\n", "--full")

    assert "0901 234 567" in answer.out


async def test_charts_and_tables_are_kept_in_a_folder(tmp_path: Path) -> None:
    folder = kept(tmp_path, RULES, *a_day())

    answer = await typed(folder, "/report 2h\n/report 2h\n1\n", "--files", "out")

    assert answer.err == ""
    assert (folder / "out" / "report.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in (folder / "out").iterdir()} == {
        "report.png", "report-1.png", "report.csv",
    }  # fmt: skip
    assert "Đã lưu: out/report.csv" in answer.out


async def test_a_rule_is_tried_on_the_calls_that_are_remembered(tmp_path: Path) -> None:
    folder = kept(tmp_path, RULES, *a_day())

    answer = await typed(folder, "/testrule goi_nho 2h\n", "--lang", "en")

    assert "🧪 goi_nho" in answer.out
    assert "It would have alerted 1 time" in answer.out


async def test_the_last_good_poll_is_that_of_the_service(tmp_path: Path) -> None:
    folder = lived(tmp_path, RULES, *a_day(), until=NOW)

    answer = await typed(folder, "/status\n", "--lang", "en")

    assert "Status: All is well" in answer.out
    assert "Calls stored: 2" in answer.out


def test_at_a_terminal_it_greets_and_shows_where_to_type(tmp_path: Path) -> None:
    folder = kept(tmp_path, RULES, *a_day())

    answer = ask_at_a_terminal(folder, "/calls 2h\n/quit\n", "chat", "--lang", "en")

    assert answer.code == 0
    assert "Type /help for the commands" in answer.out
    assert "> " in answer.out
    assert "📋 Calls in the last 2 h · 2 calls" in answer.out


@pytest.mark.parametrize("words", [(), ("--full",)])
def test_before_the_first_run_there_is_nothing_to_ask(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    answer = ask(an_office(tmp_path), "chat", *words)

    assert answer.code == 1
    assert "there is no such file; has `run` been started?" in answer.err
