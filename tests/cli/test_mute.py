import json
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.clock import SystemClock
from notifier.core.rules.model import Mute
from tests.cli.desk import RULES, Answer, an_office, ask, ask_at_a_terminal
from tests.store.desk import a_desk, take_in_the_morning

LOUD = RULES + "  nho_vip: {when: missed, severity: critical}\n"
HOTLINES = LOUD + "directory: {hotlines: [{number: 02873001234, name: Bán hàng}]}\n"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office whose service has run."""
    an_office(tmp_path, HOTLINES)
    with a_desk(tmp_path / "notifier.db") as desk:
        take_in_the_morning(desk)
    return tmp_path


def listed(office: Path, *words: str) -> list[dict[str, object]]:
    answer = ask(office, "mute", "list", "--format", "json", *words)
    assert answer.code == 0, answer.err
    found: list[dict[str, object]] = json.loads(answer.out)
    return found


def add(office: Path, *words: str) -> Answer:
    return ask(office, "mute", "add", "--reason", "bảo trì", "--author", "Lan", *words)


def identity_of(answer: Answer) -> str:
    assert answer.code == 0, answer.err
    return answer.out.split()[1].rstrip(":")


def test_a_rule_is_muted_for_a_while_with_an_author_and_a_reason(office: Path) -> None:
    answer = add(office, "--rule", "goi_nho", "--for", "2h")

    (row,) = listed(office)
    assert answer.out.startswith(f"mute {row['id']}: rule goi_nho until ")
    assert (row["rule"], row["author"], row["reason"]) == ("goi_nho", "Lan", "bảo trì")
    assert (row["state"], row["source"], row["key"]) == ("on", "cli", "")


def test_the_service_is_shown_the_mute_as_the_core_knows_it(office: Path) -> None:
    add(office, "--rule", "goi_nho", "--key", "0901 234 567", "--for", "2h")

    now = SystemClock().now()
    with a_desk(office / "notifier.db") as desk:
        (mute,) = desk.ledger.mutes(now)
    assert mute.rule == "goi_nho"
    assert mute.key == "+84901234567"
    assert timedelta(minutes=119) < mute.until - now <= timedelta(hours=2)
    assert mute.since <= now


def test_a_mute_is_given_beside_a_running_service(office: Path) -> None:
    with a_desk(office / "notifier.db") as desk:
        answer = add(office, "--rule", "goi_nho", "--for", "2h")

        assert answer.code == 0
        assert [mute.rule for mute in desk.ledger.mutes(SystemClock().now())] == ["goi_nho"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("02873001234", "02873001234"),
        ("+84 28 7300 1234", "02873001234"),
        ("1900 9999", "1900 9999"),
    ],
)
def test_a_hotline_is_muted_in_the_spelling_of_the_file(
    typed: str, kept: str, office: Path
) -> None:
    add(office, "--hotline", typed, "--for", "1h")

    assert [row["hotline"] for row in listed(office)] == [kept]


def test_a_mute_may_end_at_an_instant_of_the_files_clock(office: Path) -> None:
    add(office, "--key", "101", "--until", "2099-12-01 08:00")

    assert [row["until"] for row in listed(office)] == ["2099-12-01 08:00:00"]


def test_customers_are_masked_in_the_list_unless_it_is_to_be_full(office: Path) -> None:
    add(office, "--key", "0901234567", "--for", "1h")

    assert [row["key"] for row in listed(office)] == ["09xx xxx 567"]
    assert [row["key"] for row in listed(office, "--full")] == ["0901 234 567"]


def test_a_mute_is_ended_before_its_time_and_stays_in_the_list_of_all(office: Path) -> None:
    identity = identity_of(add(office, "--rule", "goi_nho", "--for", "2h"))

    ended = ask(office, "mute", "end", identity, "--by", "Minh")
    again = ask(office, "mute", "end", identity)

    assert (ended.code, ended.out) == (0, f"mute {identity} ended\n")
    assert (again.code, again.out) == (1, "")
    assert "none in force has this id" in again.err
    assert listed(office) == []
    assert [row["state"] for row in listed(office, "--all")] == ["ended by Minh"]


def test_a_mute_says_who_gave_it_by_default(office: Path) -> None:
    ask(office, "mute", "add", "--rule", "goi_nho", "--for", "1h", "--reason", "họp")

    assert [bool(row["author"]) for row in listed(office)] == [True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--for", "2h"), "name a --rule", id="nothing named"),
        pytest.param(
            ("--everything", "--rule", "goi_nho", "--for", "2h"), "--everything alone", id="both"
        ),
        pytest.param(("--rule", "goi_nho"), "give its end", id="no end"),
        pytest.param(
            ("--rule", "goi_nho", "--for", "2h", "--until", "2099-01-01"), "give its end", id="two"
        ),
        pytest.param(("--rule", "goi_nho", "--for", "soon"), "write a span", id="no span"),
        pytest.param(("--rule", "goi_nho", "--for", "today"), "write a span", id="a day"),
        pytest.param(("--rule", "goi_nho", "--for", "2020-01-01"), "write a span", id="a date"),
        pytest.param(("--rule", "goi_nho", "--until", "soon"), "write a time", id="no time"),
        pytest.param(("--rule", "goi_nho", "--until", "2020-01-01"), "over already", id="past"),
        pytest.param(("--rule", "goi_nh", "--for", "2h"), "did you mean `goi_nho`", id="no rule"),
        pytest.param(("--rule", "goi_nho", "--for", "0m"), "over already", id="no time at all"),
    ],
)
def test_a_mute_that_says_too_little_or_too_much_is_a_usage_error(
    words: tuple[str, ...], said: str, office: Path
) -> None:
    answer = add(office, *words)

    assert answer.code == 2
    assert said in answer.err
    assert listed(office, "--all") == []


def test_a_mute_without_a_reason_is_a_usage_error(office: Path) -> None:
    missing = ask(office, "mute", "add", "--rule", "goi_nho", "--for", "1h")
    empty = ask(office, "mute", "add", "--rule", "goi_nho", "--for", "1h", "--reason", " ")

    assert (missing.code, empty.code) == (2, 2)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--everything",), id="everything"),
        pytest.param(("--rule", "nho_vip"), id="a critical rule"),
    ],
)
def test_what_matters_is_muted_where_nobody_can_be_asked(
    words: tuple[str, ...], office: Path
) -> None:
    answer = add(office, *words, "--for", "1h", "--yes")

    assert answer.code == 0
    assert len(listed(office)) == 1


@pytest.mark.parametrize(
    ("typed", "code", "mutes"), [("y\n", 0, 1), ("n\n", 1, 0)], ids=["yes", "no"]
)
def test_at_a_terminal_a_critical_rule_is_asked_about(
    typed: str, code: int, mutes: int, office: Path
) -> None:
    words = ("mute", "add", "--rule", "nho_vip", "--for", "1h", "--reason", "họp")
    answer = ask_at_a_terminal(office, typed, *words)

    assert answer.code == code
    assert "critical" in answer.out
    assert len(listed(office)) == mutes


def test_a_mute_that_is_over_or_yet_to_come_says_so(office: Path) -> None:
    now, hour = SystemClock().now(), timedelta(hours=1)
    over = Mute("m1", now - 2 * hour, now - hour, "Lan", "họp", rule="goi_nho")
    coming = Mute("m2", now + hour, now + 2 * hour, "Lan", "họp", rule="goi_nho")
    with a_desk(office / "notifier.db") as desk:
        desk.ledger.add_mute(over, "cli", now)
        desk.ledger.add_mute(coming, "bot", now)

    every, standing = listed(office, "--all"), listed(office)

    assert {(row["id"], row["state"]) for row in every} == {("m1", "over"), ("m2", "to come")}
    assert [row["id"] for row in standing] == ["m2"]


def test_a_mute_needs_the_file_of_a_service(tmp_path: Path) -> None:
    an_office(tmp_path)

    answer = add(tmp_path, "--rule", "goi_nho", "--for", "1h")

    assert answer.code == 1
    assert "has `run` been started?" in answer.err
    assert not (tmp_path / "notifier.db").exists()
