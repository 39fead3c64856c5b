import json
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.calls import Call, Direction
from notifier.core.rules.model import Mute
from tests.builders import MINUTE, NOON, a_call, a_talk
from tests.cli.desk import RULES, ask, lived
from tests.store.desk import a_desk

MORNING = NOON - timedelta(hours=3)
"""09:00, within opening hours."""

WAITING = (
    RULES
    + """\
  chua_goi_lai:
    when: missed
    during: gio_lam
    unless: {called_back: true, within: 15m, clock: gio_lam}
    key: customer
  nho_don_dap: {when: missed, count: {at_least: 3, within: 10m, per: hotline}, every: 1h}
"""
)


def a_miss(identity: str, after: timedelta, **overrides: str) -> Call:
    started_at = MORNING + after
    return a_call(id=identity, started_at=started_at, ended_at=started_at + MINUTE / 2, **overrides)


def rows_of(office: Path, *words: str) -> list[dict[str, str]]:
    answer = ask(office, "why", *words, "--format", "json")
    assert answer.code == 0, answer.err
    found: list[dict[str, str]] = json.loads(answer.out)
    return found


def reasons(rows: list[dict[str, str]], rule: str) -> list[str]:
    return [row["reason"] for row in rows if row["rule"] == rule]


def details(rows: list[dict[str, str]], reason: str) -> list[str]:
    return [row["detail"] for row in rows if row["reason"] == reason]


@pytest.fixture
def called_back(tmp_path: Path) -> Path:
    """An office that missed a call, and called the customer ten minutes later."""
    back = a_talk(
        id="2",
        direction=Direction.OUT,
        started_at=MORNING + 10 * MINUTE,
        ended_at=MORNING + 12 * MINUTE,
    )
    return lived(tmp_path, WAITING, a_miss("1", 0 * MINUTE), back, until=MORNING + 60 * MINUTE)


def test_an_absence_that_a_call_cancelled_is_told_with_the_call(called_back: Path) -> None:
    rows = rows_of(called_back, "1")

    assert reasons(rows, "chua_goi_lai") == ["waiting", "obsolete"]
    assert details(rows, "waiting") == ["2026-09-07T09:15:30+07:00"]
    assert details(rows, "obsolete") == ["called_back by Lan, call 2"]


def test_the_same_is_told_in_words_for_people(called_back: Path) -> None:
    answer = ask(called_back, "why", "1", "--lang", "en")

    assert "waiting for what should follow" in answer.out
    assert "until 09:15:30 7 Sep" in answer.out
    assert "called back by Lan (call 2)" in answer.out


def test_an_alert_is_told_with_its_deadline(tmp_path: Path) -> None:
    office = lived(tmp_path, WAITING, a_miss("1", 0 * MINUTE), until=MORNING + 60 * MINUTE)

    rows = rows_of(office, "1")

    (state,) = [
        row for row in rows if row["rule"] == "chua_goi_lai" and row["reason"] == "state: open"
    ]
    assert "deadline=2026-09-07T09:15:30+07:00" in state["detail"]
    assert "key=09xx_xxx_567" in state["detail"]
    assert reasons(rows, "chua_goi_lai") == ["state: open", "waiting", "new"]


def test_a_call_knows_the_windows_that_it_is_part_of(tmp_path: Path) -> None:
    misses = [a_miss(str(n), n * MINUTE, customer=f"+8490100000{n}") for n in range(1, 5)]
    office = lived(tmp_path, WAITING, *misses, until=MORNING + 10 * MINUTE)

    first, fourth = rows_of(office, "1"), rows_of(office, "4")

    assert reasons(first, "nho_don_dap") == ["state: open", "new"]
    assert "count=3 suppressed=0 calls=1,2,3" in details(first, "state: open")[-1]
    assert "throttled" in reasons(fourth, "nho_don_dap")


def test_what_became_of_an_alert_is_said_in_words(tmp_path: Path) -> None:
    back = a_talk(
        id="2",
        direction=Direction.OUT,
        started_at=MORNING + 30 * MINUTE,
        ended_at=MORNING + 32 * MINUTE,
    )
    office = lived(
        tmp_path, WAITING, a_miss("1", 0 * MINUTE), back,
        until=MORNING + 60 * MINUTE, delivered=True,
    )  # fmt: skip

    answer = ask(office, "why", "1", "--lang", "en", "--full")

    assert "about 0901 234 567" in answer.out
    assert "deadline 09:15:30 7 Sep 2026" in answer.out or "deadline 09:15:30 7 Sep" in answer.out
    assert "called back, by Lan" in answer.out
    assert "told: delivered" in answer.out


def test_a_mute_is_told_with_who_gave_it_and_why(tmp_path: Path) -> None:
    lived(tmp_path, WAITING, until=MORNING)
    order = Mute("m1", MORNING, NOON, "Minh", "bảo trì tổng đài", rule="goi_nho")
    with a_desk(tmp_path / "notifier.db") as desk:
        desk.ledger.add_mute(order, "cli", MORNING)
    office = lived(tmp_path, WAITING, a_miss("1", 0 * MINUTE), until=MORNING + 5 * MINUTE)

    bare, said = rows_of(office, "1"), ask(office, "why", "1", "--lang", "en")

    assert details(bare, "muted") == ["m1 Minh"]
    assert "not told: muted" in said.out
    assert "mute m1 by Minh until 12:00:00 7 Sep" in said.out
    assert "bảo trì tổng đài" in said.out


def test_what_another_rule_speaks_for_is_told(tmp_path: Path) -> None:
    rules = WAITING + "suppress: [{while: nho_don_dap, rules: [goi_nho]}]\n"
    misses = [a_miss(str(n), n * MINUTE, customer=f"+8490100000{n}") for n in range(1, 5)]
    office = lived(tmp_path, rules, *misses, until=MORNING + 10 * MINUTE)

    fourth, third = rows_of(office, "4"), rows_of(office, "3")

    assert reasons(fourth, "goi_nho") == ["suppressed"]
    assert "suppressed=1" in " ".join(details(third, "state: open"))


def test_a_taken_alert_says_who_has_it(tmp_path: Path) -> None:
    office = lived(tmp_path, WAITING, a_miss("1", 0 * MINUTE), until=MORNING + 5 * MINUTE)
    alert = next(row["alert"] for row in rows_of(office, "1") if row["alert"])
    ask(office, "alerts", "take", alert, "--by", "Lan")

    answer = ask(office, "why", alert, "--lang", "en")

    assert "Lan has it since" in answer.out
    assert "taken: somebody is at work on it" in answer.out


def test_a_call_that_no_rule_matched_is_told_as_such(tmp_path: Path) -> None:
    talk = a_talk(id="1", started_at=MORNING, ended_at=MORNING + 2 * MINUTE)
    office = lived(tmp_path, WAITING, talk, until=MORNING + 5 * MINUTE)

    answer = ask(office, "why", "1")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("nothing was decided about the call 1: no rule matched it, or ")


def test_an_alert_that_was_closed_by_hand_says_by_whom(tmp_path: Path) -> None:
    office = lived(
        tmp_path, WAITING, a_miss("1", 0 * MINUTE), until=MORNING + 5 * MINUTE, delivered=True
    )
    alert = next(row["alert"] for row in rows_of(office, "1") if row["alert"])
    ask(office, "alerts", "close", alert, "--by", "Lan")

    said, bare = ask(office, "why", alert, "--lang", "en"), rows_of(office, alert)

    assert "by hand, by Lan" in said.out
    assert "closed" in said.out
    assert "outcome=by_hand" in " ".join(details(bare, "state: closed"))


def test_words_are_in_the_files_language_by_default(called_back: Path) -> None:
    answer = ask(called_back, "why", "1")

    assert "đang chờ cuộc gọi tiếp theo" in answer.out
    assert "đã gọi lại cho khách, bởi Lan (cuộc gọi 2)" in answer.out
