import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import MINUTE, NOON, a_call
from tests.cli.desk import RULES, Answer, an_office, ask, lived
from tests.store.desk import a_desk

CALLS = (
    a_call(id="1", customer="+84901000001"),
    a_call(id="2", customer="+84901000002", started_at=NOON + MINUTE, ended_at=NOON + 2 * MINUTE),
)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office with two missed calls, each an alert of its own that crm and quan_ly had."""
    return lived(tmp_path, RULES, *CALLS, until=NOON + 5 * MINUTE, delivered=True)


def listed(office: Path, *words: str) -> list[dict[str, object]]:
    answer = ask(office, "alerts", "list", "--format", "json", *words)
    assert answer.code == 0, answer.err
    found: list[dict[str, object]] = json.loads(answer.out)
    return found


def first(office: Path) -> str:
    return str(listed(office, "--state", "any")[0]["id"])


def act(office: Path, word: str, identity: str, by: str = "Lan") -> Answer:
    return ask(office, "alerts", word, identity, "--by", by)


def test_alerts_that_wait_are_listed_in_order_with_numbers_masked(office: Path) -> None:
    rows = listed(office)

    assert [row["about"] for row in rows] == ["09xx xxx 001", "09xx xxx 002"]
    assert {row["state"] for row in rows} == {"open"}
    assert {row["rule"] for row in rows} == {"goi_nho"}
    assert rows[0]["title"] == "Cuộc gọi nhỡ"
    assert rows[0]["deadline"] is None


def test_numbers_are_shown_whole_where_it_is_asked_for(office: Path) -> None:
    assert [row["about"] for row in listed(office, "--full")] == ["0901 000 001", "0901 000 002"]


@pytest.mark.parametrize(
    ("words", "n"),
    [
        pytest.param(("--state", "acknowledged"), 0, id="taken"),
        pytest.param(("--state", "any"), 2, id="any"),
        pytest.param(("--rule", "goi_nho"), 2, id="of the rule"),
        pytest.param(("--rule", "goi_dai"), 0, id="of another rule"),
        pytest.param(("--since", "2026-09-07"), 2, id="since the day"),
        pytest.param(("--since", "2h"), 0, id="of late"),
        pytest.param(("--most", "1"), 1, id="the newest"),
    ],
)
def test_alerts_are_chosen(words: tuple[str, ...], n: int, office: Path) -> None:
    assert len(listed(office, *words)) == n


def test_an_alert_is_taken_given_back_and_closed(office: Path) -> None:
    alert = first(office)

    taken = act(office, "take", alert)
    held = [row for row in listed(office) if row["taken_by"] == "Lan"]
    released = act(office, "release", alert)
    closed = act(office, "close", alert)

    assert taken.out == f"alert {alert} of goi_nho is acknowledged\n"
    assert [row["id"] for row in held] == [alert]
    assert released.out == f"alert {alert} of goi_nho is open\n"
    assert closed.out == f"alert {alert} of goi_nho is closed\n"
    assert alert not in {row["id"] for row in listed(office)}


def test_what_is_done_to_an_alert_edits_its_card(office: Path) -> None:
    act(office, "take", first(office))

    with a_desk(office / "notifier.db") as desk:
        owed = desk.archive.deliveries(state="pending")
    assert [(tried.channel, tried.reason) for tried in owed] == [
        ("quan_ly", "acknowledged"),
        ("crm", "acknowledged"),
    ]


@pytest.mark.parametrize(
    ("before", "word", "state"),
    [
        pytest.param("take", "take", "acknowledged", id="taken twice"),
        pytest.param("close", "take", "closed", id="closed"),
        pytest.param("close", "close", "closed", id="closed twice"),
        pytest.param("close", "release", "closed", id="given back when it is over"),
    ],
)
def test_what_is_too_late_changes_nothing(before: str, word: str, state: str, office: Path) -> None:
    alert = first(office)
    act(office, before, alert)

    answer = act(office, word, alert, "Minh")

    assert answer.code == 1
    assert answer.err == f"{word} the alert {alert}: it is {state}, so there is nothing to do\n"


def test_an_alert_is_named_by_the_mark_on_its_card_or_its_whole_id(office: Path) -> None:
    marked = act(office, "take", f"#{first(office)}")

    assert marked.code == 0


def test_a_mark_that_fits_several_alerts_is_refused(tmp_path: Path) -> None:
    calls = [a_call(id=str(n), customer=f"+849010000{n}") for n in range(10, 60)]
    office = lived(tmp_path, RULES, *calls, until=NOON + timedelta(hours=1))
    letters = [str(row["id"])[0] for row in listed(office)]
    twice = max(letters, key=letters.count)

    answer = act(office, "take", twice)

    assert answer.code == 1
    assert "begin so" in answer.err


def test_an_alert_that_is_not_there_is_told(office: Path) -> None:
    answer = act(office, "take", "zzzzzz")

    assert answer.code == 1
    assert answer.err == "take the alert zzzzzz: notifier.db remembers none with this id\n"


def test_alerts_need_the_file_of_a_service(tmp_path: Path) -> None:
    an_office(tmp_path)

    assert ask(tmp_path, "alerts", "list").code == 1
    assert act(tmp_path, "take", "x").code == 1
    assert not (tmp_path / "notifier.db").exists()
