import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.desk import RULES, an_office, ask

WAITING = (
    RULES
    + """\
  chua_goi_lai:
    when: missed
    during: gio_lam
    unless: {called_back: true, within: 15m, clock: gio_lam}
    key: customer
  tat: {when: missed, enabled: no}
"""
)

GOOD = """\
tests:
  - name: gọi lại sau 10 phút thì không báo
    calls:
      - {at: 2026-09-07 09:00, in: 0901234567, hotline: 19001000, missed: true}
      - {at: 2026-09-07 09:10, out: 0901234567, answered: 60s, extension: 101}
    expect: {chua_goi_lai: 0, goi_nho: 1}
  - name: nhỡ 11:55 thì báo 13:10
    calls: [{at: 2026-09-07 11:55, in: 0901234567, hotline: 19001000, missed: true}]
    expect: {chua_goi_lai: {at: 2026-09-07 13:10}}
"""

BAD = """\
tests:
  - name: đã gọi lại mà vẫn mong báo
    calls:
      - {at: 2026-09-07 09:00, in: 0901234567, missed: true}
      - {at: 2026-09-07 09:10, out: 0901234567, answered: 60s, extension: 101}
    expect: {chua_goi_lai: {at: 2026-09-07 09:15}}
  - name: sai giờ
    calls: [{at: 2026-09-07 11:55, in: 0901234567, missed: true}]
    expect: {chua_goi_lai: {at: 2026-09-07 13:15}, goi_nho: 2, goi_dai: 1}
"""


def test_tests_that_pass_are_a_line_each(tmp_path: Path) -> None:
    an_office(tmp_path, WAITING + GOOD)

    answer = ask(tmp_path, "rules", "test")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "✓ gọi lại sau 10 phút thì không báo",
        "✓ nhỡ 11:55 thì báo 13:10",
        "",
        "2 tests: 2 passed, 0 failed",
    ]


def test_a_test_that_fails_says_what_came_instead_and_why(tmp_path: Path) -> None:
    an_office(tmp_path, WAITING + "language: en\n" + BAD)

    answer = ask(tmp_path, "rules", "test", "--name", "Đã gọi lại")

    assert answer.code == 1
    assert answer.out.splitlines() == [
        "✗ đã gọi lại mà vẫn mong báo  (rules.yaml:25:5)",
        "    expected “chua_goi_lai at 2026-09-07 09:15”, got “nothing”",
        "      2026-09-07 09:00:45  test-1: waiting for what should follow: until 09:15:00",
        "      2026-09-07 09:15:00  test-1: not needed any more: called back by 101 (call test-2)",
        "",
        "1 test: 0 passed, 1 failed",
    ]


def test_each_expectation_that_is_not_met_is_told(tmp_path: Path) -> None:
    an_office(tmp_path, WAITING + BAD)

    answer = ask(tmp_path, "rules", "test", "--name", "sai giờ")

    assert "expected “chua_goi_lai at 2026-09-07 13:15”, got “at 2026-09-07 13:10”" in answer.out
    assert "expected “goi_nho 2 times”, got “at 2026-09-07 11:55:00”" in answer.out
    assert "expected “goi_dai once”, got “nothing”" in answer.out
    assert "no call of the test is a match of this rule" in answer.out


def test_tests_in_files_of_their_own_are_run_after_those_of_the_rules(tmp_path: Path) -> None:
    an_office(tmp_path, WAITING + GOOD)
    (tmp_path / "more.yaml").write_text(BAD, encoding="utf-8")

    answer = ask(tmp_path, "rules", "test", "more.yaml", "--format", "json")

    assert answer.code == 1
    rows = json.loads(answer.out)
    assert [(row["passed"], row["rule"]) for row in rows] == [
        (True, ""), (True, ""), (False, "chua_goi_lai"),
        (False, "chua_goi_lai"), (False, "goi_nho"), (False, "goi_dai"),
    ]  # fmt: skip
    assert rows[2]["place"].endswith("more.yaml:2:5")


def test_results_are_csv_with_a_head(tmp_path: Path) -> None:
    an_office(tmp_path, WAITING + GOOD)

    answer = ask(tmp_path, "rules", "test", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert [row["test"] for row in rows] == [
        "gọi lại sau 10 phút thì không báo",
        "nhỡ 11:55 thì báo 13:10",
    ]


@pytest.mark.parametrize(
    ("rules", "words", "said"),
    [
        pytest.param(WAITING, (), "rules.yaml has no tests", id="no tests"),
        pytest.param(WAITING + GOOD, ("--name", "tết"), "No test has such a name", id="no name"),
    ],
)
def test_without_tests_there_is_nothing_to_fail(
    rules: str, words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    answer = ask(an_office(tmp_path, rules), "rules", "test", *words)

    assert answer.code == 0
    assert answer.out.startswith(said)


def test_a_test_file_with_problems_is_told_with_their_places(tmp_path: Path) -> None:
    an_office(tmp_path, WAITING)
    (tmp_path / "more.yaml").write_text(BAD.replace("goi_nho", "goi_nh"), encoding="utf-8")

    answer = ask(tmp_path, "rules", "test", "more.yaml")

    assert (answer.code, answer.out) == (2, "")
    assert "more.yaml:9:" in answer.err
    assert "goi_nho" in answer.err


def test_tests_need_no_secret_and_no_database(tmp_path: Path) -> None:
    an_office(tmp_path, (WAITING + GOOD).replace("${env:", "${env:NOT_SET_"))

    assert ask(tmp_path, "rules", "test").code == 0
    assert not (tmp_path / "notifier.db").exists()
