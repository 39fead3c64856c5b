from pathlib import Path

import pytest

from tests.cli.desk import RULES, an_office, ask
from tests.store.desk import a_desk, take_in_the_morning

MORE = """\
  vip:
    when: missed and not open("gio_lam") and customer in vip
    outside: gio_lam
    key: customer
    every: 30m
lists: {vip: [0901000001, 0901000002]}
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office that remembers a morning of seven calls."""
    an_office(tmp_path, RULES + MORE)
    with a_desk(tmp_path / "notifier.db") as desk:
        take_in_the_morning(desk)
    return tmp_path


def test_a_rule_is_said_in_the_files_language_or_another(tmp_path: Path) -> None:
    an_office(tmp_path, RULES + MORE)

    vi = ask(tmp_path, "rules", "explain", "vip")
    en = ask(tmp_path, "rules", "explain", "vip", "--lang", "en")

    assert (vi.code, en.code) == (0, 0)
    assert "cuộc gọi nhỡ" in vi.out
    assert "whose customer is in the list vip (2 numbers)" in en.out
    assert "only outside gio_lam" in en.out
    assert "0901000001" not in vi.out + en.out


def test_a_rule_is_said_without_any_secret_being_there(tmp_path: Path) -> None:
    an_office(tmp_path, RULES.replace("${env:", "${env:NOT_SET_"))

    assert ask(tmp_path, "rules", "explain", "goi_nho").code == 0


def test_a_call_is_judged_condition_by_condition(office: Path) -> None:
    answer = ask(office, "rules", "explain", "vip", "--call", "1003", "--lang", "en")

    assert answer.code == 0, answer.err
    _, judged, decided = answer.out.split("\n\n")
    assert judged.splitlines() == [
        "✗ all of these hold:",
        "  ✓ missed: it was inbound, not answered",
        "  ✓ this does not hold:",
        '    ✗ open("gio_lam"): it was closed at 12:00 7 Sep 2026',
        '  ✗ customer in "@vip": it was 09xx xxx 003',
        "✓ outside gio_lam: it was closed at 12:00 7 Sep 2026",
        "✓ settled at 12:01:12 7 Sep 2026",
    ]
    assert decided == "Nothing was decided by this rule about this call.\n"


def test_what_the_rule_decided_about_the_call_is_listed(office: Path) -> None:
    answer = ask(office, "rules", "explain", "goi_nho", "--call", "1001")

    assert answer.code == 0, answer.err
    _, _, decided = answer.out.split("\n\n")
    title, head, *rows = decided.splitlines()
    assert title == "Đã quyết định:"
    assert head.split() == ["AT", "REASON", "CHANNEL", "ALERT", "DETAIL"]
    assert [row.split()[:4] for row in rows] == [
        ["2026-09-07", "12:03:00", "new", channel] for channel in ("quan_ly", "truong_nhom", "crm")
    ]


def test_an_explanation_writes_nothing(office: Path) -> None:
    before = (office / "notifier.db").read_bytes()

    ask(office, "rules", "explain", "vip", "--call", "1001")

    assert (office / "notifier.db").read_bytes() == before


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("2026-09-03 10:00", "✓ gio_lam: open at 10:00 3 Sep 2026"),
        ("2026-09-03T03:00Z", "✓ gio_lam: open at 10:00 3 Sep 2026"),
        ("2026-09-03 12:30", "✗ gio_lam: closed at 12:30 3 Sep 2026"),
        ("2026-09-02 10:00", "✗ gio_lam: closed at 10:00 2 Sep 2026 (Quốc khánh)"),
    ],
)
def test_the_calendars_of_a_rule_are_told_at_an_instant(at: str, line: str, tmp_path: Path) -> None:
    an_office(tmp_path, RULES + MORE)

    answer = ask(tmp_path, "rules", "explain", "vip", "--at", at, "--lang", "en")

    assert answer.code == 0
    assert answer.out.splitlines()[1:] == ["", line]


def test_a_rule_without_calendars_says_so(tmp_path: Path) -> None:
    an_office(tmp_path)

    answer = ask(tmp_path, "rules", "explain", "goi_dai", "--at", "2026-09-02", "--lang", "en")

    assert answer.out.endswith("\nThis rule looks at no calendar.\n")


@pytest.mark.parametrize("at", ["soon", "10:00", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_time_that_is_none_is_a_usage_error(at: str, tmp_path: Path) -> None:
    answer = ask(an_office(tmp_path), "rules", "explain", "goi_nho", "--at", at)

    assert answer.code == 2
    assert "write a time such as" in answer.err
    assert answer.out == ""


def test_a_rule_that_is_not_there_is_a_usage_error_with_a_hint(tmp_path: Path) -> None:
    answer = ask(an_office(tmp_path), "rules", "explain", "goi_nh")

    assert (answer.code, answer.out) == (2, "")
    assert "no enabled rule has this name; did you mean `goi_nho`?" in answer.err


def test_a_call_that_is_not_remembered_is_told(office: Path) -> None:
    answer = ask(office, "rules", "explain", "goi_nho", "--call", "999")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "explain the call 999: notifier.db remembers none with this id\n"


def test_without_a_database_no_call_can_be_explained(tmp_path: Path) -> None:
    answer = ask(an_office(tmp_path), "rules", "explain", "goi_nho", "--call", "1001")

    assert answer.code == 1
    assert "has `run` been started?" in answer.err
