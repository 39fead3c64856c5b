from pathlib import Path

import pytest

from tests.cli.desk import an_office, ask

BEFORE = ("-c", "other.yaml", "rules", "list", "--format", "csv")
BETWEEN = ("rules", "-c", "other.yaml", "list", "--format", "csv")
AFTER = ("rules", "list", "--format", "csv", "--config", "other.yaml")


@pytest.mark.parametrize("words", [BEFORE, BETWEEN, AFTER], ids=["before", "between", "after"])
def test_the_file_is_named_before_or_after_a_commands_own_words(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    an_office(tmp_path)
    (tmp_path / "rules.yaml").rename(tmp_path / "other.yaml")

    answer = ask(tmp_path, *words)

    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[1].startswith("goi_nho,warning,quan_ly crm,")


def test_what_is_said_last_wins(tmp_path: Path) -> None:
    an_office(tmp_path)

    assert ask(tmp_path, "-c", "nope.yaml", "check", "-c", "rules.yaml").code == 0
    assert ask(tmp_path, "-c", "rules.yaml", "check", "-c", "nope.yaml").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--log-level", "loud", "check"),
        ("check", "--log-format", "xml"),
        ("calls", "--format", "yaml"),
        ("calls", "--most", "0"),
        ("demo", "--seconds", "-1"),
        ("demo", "--telegram"),
        ("demo", "--webhook"),
        ("simulate", "--port", "70000"),
        ("simulate", "--rate", "0"),
        ("calendar", "show", "next"),
        ("why",),
        ("backup",),
    ],
    ids=" ".join,
)
def test_wrong_words_are_a_usage_error(words: tuple[str, ...], tmp_path: Path) -> None:
    answer = ask(an_office(tmp_path), *words)

    assert answer.code == 2
    assert "Usage: " in answer.err


@pytest.mark.parametrize(
    "words",
    [("calls",), ("why", "1"), ("outbox", "list"), ("outbox", "dead"), ("backup", "copy.db")],
    ids=" ".join,
)
def test_without_a_database_a_question_is_answered_in_a_sentence(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    answer = ask(an_office(tmp_path), *words)

    assert answer.code == 1
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1
    assert "notifier.db: " in answer.err
    assert not (tmp_path / "notifier.db").exists()


@pytest.mark.parametrize("content", [b"no database at all", b"\x00" * 4096, b""])
@pytest.mark.parametrize("words", [("calls",), ("health",), ("backup", "copy.db")], ids=" ".join)
def test_what_is_no_database_of_ours_is_told_in_a_sentence(
    words: tuple[str, ...], content: bytes, tmp_path: Path
) -> None:
    (an_office(tmp_path) / "notifier.db").write_bytes(content)

    answer = ask(tmp_path, *words)

    assert answer.code == 1
    assert "notifier.db: " in answer.out + answer.err
