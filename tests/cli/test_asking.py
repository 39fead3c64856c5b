import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.app.pulse import BotPulse, Pulse, write_pulse
from notifier.clock import SystemClock
from notifier.core.deliveries import DeliveryState, Failed, FailureReason, Standing
from tests.builders import NOON
from tests.cli.desk import RULES, Answer, an_office, ask
from tests.store.desk import LATER, a_desk, settle_as, take_in_the_morning

DAY = "2026-09-07"
NUMBER = "0901000001"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office that remembers a morning of seven calls; one delivery to crm has been given up."""
    an_office(tmp_path)
    with a_desk(tmp_path / "notifier.db") as desk:
        take_in_the_morning(desk)
        (claimed, *_) = desk.outbox.claim("crm", 1, LATER)
        gone = Failed(FailureReason.GONE, "410 Gone", permanent=True, status=410)
        settle_as(desk, claimed, Standing(DeliveryState.DEAD, None, FailureReason.GONE), gone)
    return tmp_path


def listed(answer: Answer) -> list[dict[str, object]]:
    assert answer.code == 0, answer.err
    found: list[dict[str, object]] = json.loads(answer.out)
    return found


def test_calls_are_listed_newest_first_with_their_numbers_masked(office: Path) -> None:
    answer = ask(office, "calls", "--since", DAY)

    assert answer.code == 0
    head, *rows = answer.out.splitlines()
    assert head.split()[:5] == ["STARTED", "DIRECTION", "STATE", "MISSED", "CUSTOMER"]
    assert len(rows) == 7
    assert [row[:19] for row in rows] == sorted((row[:19] for row in rows), reverse=True)
    assert f"{DAY} 12:00:00  in " in answer.out
    assert "09xx xxx 001" in answer.out
    assert NUMBER not in answer.out


def test_calls_are_json_with_missing_values_and_truths_as_such(office: Path) -> None:
    rows = listed(ask(office, "calls", "--since", DAY, "--format", "json"))

    by_id = {row["id"]: row for row in rows}
    assert by_id["1001"]["missed"] is True
    assert by_id["1007"]["missed"] is False
    assert by_id["1001"]["talk_s"] == 0
    assert by_id["1001"]["customer"] == "09xx xxx 001"


def test_calls_are_csv_with_a_head(office: Path) -> None:
    answer = ask(office, "calls", "--since", DAY, "--format", "csv", "--full")

    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert len(rows) == 7
    assert {row["customer"].replace(" ", "") for row in rows if row["id"] == "1001"} == {NUMBER}


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        pytest.param(("--missed",), {"1001", "1002", "1003", "1004", "1005", "1006"}, id="missed"),
        pytest.param(("--number", NUMBER), {"1001"}, id="customer"),
        pytest.param(("--number", "19002000"), {"1003"}, id="hotline"),
        pytest.param(("--number", "0999999999"), set(), id="nobody"),
        pytest.param(("--until", DAY), set(), id="until the day begins"),
    ],
)
def test_calls_are_chosen(words: tuple[str, ...], ids: set[str], office: Path) -> None:
    rows = listed(ask(office, "calls", "--since", DAY, *words, "--format", "json"))

    assert {row["id"] for row in rows} == ids


def test_no_calls_are_said_to_be_none(office: Path) -> None:
    answer = ask(office, "calls", "--since", "2h")

    assert (answer.code, answer.out) == (0, "Nothing found.\n")


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("word", ["soon", "2026-13-01", "-1h", "2 weeks"])
def test_a_period_that_is_none_is_a_usage_error(option: str, word: str, office: Path) -> None:
    answer = ask(office, "calls", option, word)

    assert answer.code == 2
    assert "a period is 90m, 2h, 7d, today, yesterday or a date" in answer.err


def test_why_tells_of_a_call_what_was_decided_and_what_was_sent(office: Path) -> None:
    rows = listed(ask(office, "why", "1001", "--format", "json"))

    assert ("goi_nho", "new") in {(row["rule"], row["reason"]) for row in rows}
    sent = [row for row in rows if ": " in str(row["reason"])]
    assert {row["channel"] for row in sent} >= {"quan_ly", "crm"}


def test_why_tells_of_a_call_why_nobody_was_told(office: Path) -> None:
    rows = listed(ask(office, "why", "1006", "--format", "json"))

    assert "stale" in {row["reason"] for row in rows}


def test_why_knows_an_alert_by_the_mark_on_its_card(office: Path) -> None:
    about = listed(ask(office, "why", "1001", "--format", "json"))
    alert = str(next(row["alert"] for row in about if row["alert"]))

    whole = listed(ask(office, "why", alert, "--format", "json"))
    by_mark = listed(ask(office, "why", f"#{alert[:6].upper()}", "--format", "json"))

    assert whole
    assert by_mark == whole
    assert {row["alert"] for row in whole} == {alert}


@pytest.mark.parametrize("identity", ["999", "#ZZZZZZ", "", "%", "' OR 1"])
def test_why_says_that_nothing_is_remembered(identity: str, office: Path) -> None:
    answer = ask(office, "why", "--", identity)

    assert answer.code == 1
    assert answer.err == f"nothing is remembered of {identity}\n"


def test_the_outbox_lists_what_is_owed_and_what_was_given_up(office: Path) -> None:
    everything = listed(ask(office, "outbox", "list", "--format", "json"))
    pending = listed(ask(office, "outbox", "list", "--state", "pending", "--format", "json"))
    (dead,) = listed(ask(office, "outbox", "dead", "--format", "json"))

    assert len(everything) == len(pending) + 1
    assert dead["failure"] == "gone"
    assert dead["detail"] == "410 Gone"
    assert dead["tries"] == 1
    assert dead["channel"] == "crm"
    assert len(listed(ask(office, "outbox", "list", "--most", "2", "--format", "json"))) == 2


def test_a_question_writes_nothing(office: Path) -> None:
    before = (office / "notifier.db").read_bytes()

    for words in (("calls",), ("why", "1001"), ("outbox", "list"), ("health",)):
        ask(office, *words)

    assert (office / "notifier.db").read_bytes() == before


def pulse(
    folder: Path, *, ago_s: float, polled_ago_s: float | None, error: str = "", **more: Any
) -> None:
    now = SystemClock().now()
    polled = None if polled_ago_s is None else now - timedelta(seconds=polled_ago_s)
    with a_desk(folder / "notifier.db") as desk:
        write_pulse(desk.ledger, Pulse(now - timedelta(seconds=ago_s), 1, polled, error, **more))


def test_health_of_what_was_never_started(tmp_path: Path) -> None:
    answer = ask(an_office(tmp_path), "health")

    assert answer.code == 1
    assert "has `run` been started?" in answer.out


def test_health_of_a_file_that_no_service_has_used(office: Path) -> None:
    answer = ask(office, "health")

    assert (answer.code, answer.out) == (1, "the service has not been started with this file\n")


@pytest.mark.parametrize(
    ("facts", "code", "said"),
    [
        pytest.param((5, 10, ""), 0, "well; last good poll 10 s ago", id="running"),
        pytest.param((5, None, ""), 0, "it has just been started", id="just started"),
        pytest.param((5, None, "401: no"), 1, "401: no", id="never well"),
        pytest.param((5, 100, "503"), 0, "last good poll 100 s ago", id="a poll failed"),
        pytest.param((5, 400, "503"), 1, "no good poll for 400 s: 503", id="stale"),
        pytest.param((200, 205, ""), 1, "no sign of life for 200 s", id="dead"),
    ],
)
def test_health(facts: tuple[float, float | None, str], code: int, said: str, office: Path) -> None:
    ago_s, polled_ago_s, error = facts
    pulse(office, ago_s=ago_s, polled_ago_s=polled_ago_s, error=error)

    answer = ask(office, "health")

    assert answer.code == code
    assert said in answer.out


@pytest.mark.parametrize(
    ("heard_ago_s", "error", "said"),
    [
        (3, "", "; Telegram heard 3 s ago\n"),
        (600, "no answer", "; Telegram heard 600 s ago (no answer)\n"),
        (None, "refused", "; Telegram not reached yet (refused)\n"),
        (None, "", "; Telegram not reached yet\n"),
    ],
    ids=["well", "away", "never", "just started"],
)
def test_a_silent_telegram_is_told_and_no_illness(
    heard_ago_s: float | None, error: str, said: str, office: Path
) -> None:
    now = SystemClock().now()
    heard = None if heard_ago_s is None else now - timedelta(seconds=heard_ago_s)
    pulse(office, ago_s=5, polled_ago_s=10, bot=BotPulse(heard, error))

    answer = ask(office, "health")

    assert answer.code == 0
    assert answer.out.endswith(said)


def test_health_of_a_service_that_was_stopped(office: Path) -> None:
    pulse(office, ago_s=5, polled_ago_s=10, stopped=True)

    answer = ask(office, "health")

    assert answer.code == 1
    assert answer.out.startswith("it was stopped at ")


def test_health_tells_of_channels_whose_messages_are_given_up(office: Path) -> None:
    pulse(office, ago_s=5, polled_ago_s=10, failing=("crm", "quan_ly"))

    answer = ask(office, "health")

    assert answer.code == 1
    assert "given up: messages to crm, quan_ly" in answer.out


def test_health_goes_by_the_watchdogs_patience(office: Path) -> None:
    pulse(office, ago_s=5, polled_ago_s=100)
    an_office(office, RULES + "watchdog: {poll_stale: 1m}\n")

    assert ask(office, "health").code == 1


def test_a_sign_of_life_that_cannot_be_read_is_not_well(office: Path) -> None:
    with a_desk(office / "notifier.db") as desk:
        desk.ledger.set_fact("pulse", "{}")

    answer = ask(office, "health")

    assert answer.code == 1
    assert "cannot be read" in answer.out


def test_a_backup_is_a_whole_copy_for_its_owner_alone(office: Path) -> None:
    answer = ask(office, "backup", "copy.db")

    assert (answer.code, answer.out) == (0, "notifier.db copied to copy.db\n")
    assert (office / "copy.db").stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(office / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM calls").fetchone() == (7,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("target", ["rules.yaml", "notifier.db", "no/such/folder/copy.db"])
def test_a_backup_touches_nothing_that_is_there(target: str, office: Path) -> None:
    before = {path: path.read_bytes() for path in office.iterdir()}

    answer = ask(office, "backup", target)

    assert answer.code == 1
    assert f"back up to {target}: " in answer.err
    assert "choose a new file" in answer.err
    assert {path: path.read_bytes() for path in before} == before
    assert not (office / "no").exists()


def test_a_question_is_answered_in_the_files_zone(office: Path) -> None:
    an_office(office, RULES + "timezone: Europe/Paris\n")

    answer = ask(office, "calls", "--since", DAY)

    assert f"{NOON:%Y-%m-%d} 07:00:00" in answer.out
