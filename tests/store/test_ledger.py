"""What is taken in is remembered once, with each of its readings, and costs nothing when known."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from notifier.core.alerts import AlertState, Reason
from notifier.core.calls import UNKNOWN_HOTLINE, Call, Malformed
from notifier.core.decisions import Decision, ThrottleState
from notifier.core.polls import PollRecord, Progress, WalkKind
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import Throttle
from notifier.store.rows import ms, text_of
from tests.builders import MINUTE, NOON, SECOND, a_call, a_rule, a_talk, an_engine
from tests.store.desk import (
    LATER,
    Desk,
    a_busy_engine,
    a_desk,
    morning,
    settle_as,
    take_in_the_morning,
)


def take_in(desk: Desk, *calls: Call, engine: Engine | None = None, now: datetime = LATER) -> None:
    desk.ledger.take_in({call.id: call for call in calls}, engine, now)


def column(desk: Desk, name: str, *, of: str = "1001") -> object:
    return desk.database.run(f"SELECT {name} FROM calls WHERE id = ?", (of,))[0][0]  # noqa: S608


# --- a page that is known


def test_a_known_page_writes_nothing_however_often_it_is_read(desk: Desk, path: Path) -> None:
    take_in_the_morning(desk)
    desk.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    statements: list[str] = []
    with a_desk(path, watch=statements.append) as reader, closing(sqlite3.connect(path)) as other:
        version = other.execute("PRAGMA data_version").fetchone()
        changes = reader.database.run("SELECT total_changes() AS n")[0]["n"]
        size = path.stat().st_size
        statements.clear()

        for turn in range(1000):
            seen = reader.ledger.take_in(
                morning(), a_busy_engine(), LATER + turn * SECOND, progress=Progress(NOON)
            )
            assert (seen.seen, seen.changes, seen.alerts, seen.owed) == (len(morning()), (), (), 0)

        assert {statement.split()[0] for statement in statements} == {"SELECT"}
        assert reader.database.run("SELECT total_changes() AS n")[0]["n"] == changes
        assert other.execute("PRAGMA data_version").fetchone() == version
        assert path.stat().st_size == size
        assert Path(f"{path}-wal").stat().st_size == 0


def test_a_known_page_is_looked_up_in_one_question(path: Path) -> None:
    statements: list[str] = []
    with a_desk(path, watch=statements.append) as desk:
        take_in_the_morning(desk)
        statements.clear()

        desk.ledger.take_in(morning(), a_busy_engine(), LATER)

    assert len(statements) == 1


def test_a_backlog_larger_than_one_question_is_taken_in_whole(desk: Desk) -> None:
    many = [a_call(id=f"{n:05}", customer=f"+8490{n:07}") for n in range(1001)]

    take_in(desk, *many)
    take_in(desk, *many)

    assert desk.archive.status(LATER).calls == len(many)


def test_nothing_taken_in_is_nothing_done(desk: Desk) -> None:
    assert desk.ledger.take_in({}, a_busy_engine(), LATER).seen == 0
    assert desk.archive.decisions(call="") == []


# --- revisions


def test_each_reading_that_says_something_else_is_kept(desk: Desk) -> None:
    readings = [a_call(id="1001"), a_call(id="1001", note="đã gọi lại"), a_talk(id="1001")]
    for turn, reading in enumerate(readings):
        take_in(desk, reading, now=LATER + turn * SECOND)

    assert desk.archive.call("1001") == readings[-1]
    assert column(desk, "revision") == 3
    past = desk.database.run("SELECT * FROM call_revisions ORDER BY revision")
    assert [row["record"] for row in past] == [text_of(reading) for reading in readings[:-1]]
    assert [row["revision"] for row in past] == [1, 2]
    assert msgspec.json.decode(past[0]["moved"]) == ["note"]
    assert "state" in msgspec.json.decode(past[1]["moved"])
    assert [row["at_ms"] for row in past] == [ms(LATER + SECOND), ms(LATER + 2 * SECOND)]


def test_a_reading_that_comes_back_is_a_revision_of_its_own(desk: Desk) -> None:
    for reading in (a_call(id="1001"), a_talk(id="1001"), a_call(id="1001")):
        take_in(desk, reading)

    assert column(desk, "revision") == 3
    assert len(desk.database.run("SELECT 1 FROM call_revisions")) == 2


def test_when_a_call_was_first_seen_is_never_rewritten(desk: Desk) -> None:
    take_in(desk, a_call(id="1001"))
    take_in(desk, a_talk(id="1001"), now=LATER + MINUTE)

    assert column(desk, "first_seen_at_ms") == ms(LATER)
    assert column(desk, "changed_at_ms") == ms(LATER + MINUTE)


def test_the_columns_beside_the_record_say_what_the_record_says(desk: Desk) -> None:
    take_in(desk, a_talk(id="1001", ended_at=None))

    (row,) = desk.database.run("SELECT * FROM calls")
    assert (row["direction"], row["state"], row["missed"]) == ("in", "answered", 0)
    assert (row["customer"], row["hotline"]) == ("+84901234567", "19001000")
    assert (row["extension"], row["agent"]) == ("101", "Lan")
    assert (row["duration_s"], row["ring_s"]) == (120, 5)
    assert (row["started_at_ms"], row["ended_at_ms"]) == (ms(NOON), None)


# --- the hotline


def test_a_hotline_that_is_known_never_becomes_unknown_again(desk: Desk) -> None:
    take_in(desk, a_call(id="1001", hotline="19001000"))

    take_in(desk, a_call(id="1001", hotline=UNKNOWN_HOTLINE))
    take_in(desk, a_talk(id="1001", hotline=UNKNOWN_HOTLINE))

    call = desk.archive.call("1001")
    assert call is not None
    assert call.hotline == column(desk, "hotline") == "19001000"
    assert column(desk, "revision") == 2, "only the second said something else"


def test_a_hotline_found_later_is_a_change(desk: Desk) -> None:
    take_in(desk, a_call(id="1001", hotline=UNKNOWN_HOTLINE))

    found = desk.ledger.take_in({"1001": a_call(id="1001", hotline="19001000")}, None, LATER)

    assert [change.moved for change in found.changes] == [("hotline",)]


def test_hotlines_are_asked_for_while_a_call_is_new_or_young_and_unknown(desk: Desk) -> None:
    old = a_call(id="old", hotline=UNKNOWN_HOTLINE)
    young = a_call(id="young", hotline=UNKNOWN_HOTLINE)
    placed, new = a_call(id="placed"), a_call(id="new", hotline=UNKNOWN_HOTLINE)
    take_in(desk, old, now=NOON)
    take_in(desk, young, placed, now=LATER)

    assert desk.ledger.unplaced([old, young, placed, new], LATER) == ["young", "new"]


# --- the watermark and other facts


def test_the_watermark_goes_forward_only(desk: Desk) -> None:
    assert desk.ledger.watermark() is None

    for moment in (NOON, NOON - MINUTE, NOON + MINUTE, NOON):
        desk.ledger.take_in({}, None, LATER, progress=Progress(moment))

    assert desk.ledger.watermark() == NOON + MINUTE


def test_the_baseline_alerts_nobody_and_is_noted(desk: Desk) -> None:
    progress = Progress(NOON, ends_baseline=True)
    desk.ledger.take_in(morning(), None, LATER, progress=progress)

    (row,) = desk.database.run("SELECT * FROM audit")
    assert row["reason"] == Reason.BASELINE
    assert str(len(morning())) in row["detail"]
    assert desk.ledger.fact("baseline") == str(ms(NOON))
    assert desk.states() == {}
    assert desk.ledger.next_due(None) is None


def test_a_baseline_of_an_empty_log_ends_as_well(desk: Desk) -> None:
    desk.ledger.take_in({}, None, LATER, progress=Progress(LATER, ends_baseline=True))

    assert desk.ledger.fact("baseline")
    assert desk.ledger.watermark() == LATER


def test_facts_are_remembered_by_their_key_and_found_by_its_beginning(desk: Desk) -> None:
    for key, value in (("moved:1", "2"), ("moved:%", "3"), ("mov", "4"), ("moved:1", "5")):
        desk.ledger.set_fact(key, value)

    assert desk.ledger.fact("moved:1") == "5"
    assert desk.ledger.fact("none") == ""
    assert desk.ledger.facts("moved:") == {"1": "5", "%": "3"}


# --- alerts


def test_an_alert_that_nobody_heard_is_withdrawn_and_told_anew_when_it_is_true_again(
    desk: Desk,
) -> None:
    engine = an_engine()
    take_in(desk, a_call(id="1001"), engine=engine)
    take_in(desk, a_talk(id="1001"), engine=engine)
    (withdrawn,) = desk.archive.alerts_about("1001")
    assert withdrawn.state is AlertState.WITHDRAWN
    assert list(desk.states().values()) == ["obsolete"]

    take_in(desk, a_call(id="1001"), engine=engine)

    (alert,) = desk.archive.alerts_about("1001")
    assert (alert.state, alert.corrected) == (AlertState.OPEN, 2)
    assert list(desk.states().values()) == ["obsolete", "pending"]


def test_an_alert_that_was_heard_is_revised_and_never_doubled(desk: Desk) -> None:
    engine = an_engine()
    take_in(desk, a_call(id="1001"), engine=engine)
    (claimed,) = desk.outbox.claim("quan_ly", 1, LATER)
    settle_as(desk, claimed)

    take_in(desk, a_talk(id="1001"), engine=engine)

    (alert,) = desk.archive.alerts_about("1001")
    assert alert.state is AlertState.REVISED
    reasons = [row["reason"] for row in desk.database.run("SELECT reason FROM deliveries")]
    assert reasons == ["new", "revised"]


def test_an_alert_that_has_lost_its_call_does_not_stop_the_judging_of_others(desk: Desk) -> None:
    take_in(desk, a_call(id="1001"), engine=an_engine())
    desk.database.run("DELETE FROM alert_calls")

    take_in(desk, a_call(id="1001", note="?"), a_call(id="1002"), engine=an_engine())

    assert len(desk.archive.alerts_about("1002")) == 1


def test_a_limit_gathers_into_one_digest_over_several_pages(desk: Desk) -> None:
    engine = replace(a_busy_engine(), rules=(a_rule(),))
    for n in range(6):
        take_in(desk, a_call(id=f"{n}"), engine=engine, now=LATER + n * SECOND)

    (row,) = desk.database.run("SELECT id, count FROM alerts WHERE kind = 'digest'")
    assert row["count"] == 4
    digest = desk.outbox.alert(row["id"])
    assert digest is not None
    assert [call.id for call in digest.calls] == ["2", "3", "4", "5"]


def test_a_digest_leaves_out_what_is_no_longer_true(desk: Desk) -> None:
    engine = replace(a_busy_engine(), rules=(a_rule(),))
    take_in(desk, *(a_call(id=f"{n}") for n in range(4)), engine=engine)

    take_in(desk, a_talk(id="3"), engine=engine)

    (row,) = desk.database.run("SELECT id FROM alerts WHERE kind = 'digest'")
    digest = desk.outbox.alert(row["id"])
    assert digest is not None
    assert [call.id for call in digest.calls] == ["2"]


def test_a_pause_outlives_the_process(path: Path) -> None:
    once = Throttle((timedelta(minutes=30),), timedelta(hours=1))
    engine = an_engine(a_rule(key="hotline", every=once))
    with a_desk(path) as desk:
        take_in(desk, a_call(id="1"), engine=engine)
    with a_desk(path) as desk:
        take_in(desk, a_call(id="2"), engine=engine, now=LATER + SECOND)

        (audit,) = desk.archive.decisions(call="2")
        (row,) = desk.database.run("SELECT * FROM rule_state")
    assert audit.reason is Reason.THROTTLED
    assert (row["rule"], row["key"], row["swallowed"]) == ("goi_nho", "19001000", 1)


def test_a_recorded_pause_is_read_back(desk: Desk) -> None:
    state = ThrottleState(NOON, 2, 5)
    desk.ledger.record(Decision(throttles={("goi_nho", "19001000"): state}), NOON)
    once = Throttle((timedelta(minutes=30),) * 4, timedelta(hours=1))

    take_in(desk, a_call(id="1"), engine=an_engine(a_rule(key="hotline", every=once)))

    (row,) = desk.database.run("SELECT * FROM rule_state")
    assert (row["last_at_ms"], row["step"], row["swallowed"]) == (ms(NOON), 2, 6)


# --- polls and malformed records


@pytest.fixture
def bad() -> Malformed:
    return Malformed('{"id": null}', "no id")


def test_a_malformed_record_is_one_row_that_is_noted_again_once_a_minute(
    desk: Desk, bad: Malformed
) -> None:
    new = [
        desk.ledger.keep_malformed([bad, bad], NOON),
        desk.ledger.keep_malformed([bad], NOON + SECOND),
        desk.ledger.keep_malformed([bad], LATER),
    ]

    (row,) = desk.database.run("SELECT * FROM malformed")
    assert new == [1, 0, 0]
    assert (row["times"], row["raw"], row["why"]) == (2, bad.raw, bad.why)
    assert (row["first_seen_at_ms"], row["last_seen_at_ms"]) == (ms(NOON), ms(LATER))
    assert desk.archive.status(LATER).malformed == 1


def test_no_malformed_record_is_no_transaction(path: Path) -> None:
    statements: list[str] = []
    with a_desk(path, watch=statements.append) as desk:
        statements.clear()

        desk.ledger.keep_malformed([], NOON)

    assert statements == []


def test_a_walk_is_kept_with_its_error_or_none(desk: Desk) -> None:
    desk.ledger.note_poll(PollRecord(WalkKind.TAIL, NOON, 1500 * SECOND / 1000, pages=2, seen=100))
    desk.ledger.note_poll(PollRecord(WalkKind.SWEEP, LATER, SECOND, error="503"))

    rows = desk.database.run("SELECT kind, took_ms, seen, error FROM polls ORDER BY id")
    assert [tuple(row) for row in rows] == [("tail", 1500, 100, None), ("sweep", 1000, 0, "503")]
