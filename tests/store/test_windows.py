"""What rules with windows remember is made of the calls: it may be lost at any time."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.alerts import Alert, AlertState
from notifier.core.calls import Call, CallState
from notifier.core.errors import StoreError
from notifier.core.rules.aggregates import Count
from notifier.core.rules.engine import Engine
from notifier.core.rules.windows import Windows
from notifier.store.database import Database
from notifier.store.recalling import WindowKeeper
from tests.builders import MINUTE, NOON, SECOND, a_call, a_rule, a_talk, an_engine
from tests.store.desk import LATER, Desk, a_desk
from tests.store.watch import a_burst_rule, misses

ENGINE = an_engine(a_burst_rule(settle=timedelta()))

SETTLING = an_engine(a_burst_rule())


def take_in(desk: Desk, calls: dict[str, Call], minute: int, engine: Engine = ENGINE) -> None:
    desk.ledger.take_in(calls, engine, NOON + minute * MINUTE)


def bursts(desk: Desk) -> list[Alert]:
    rows = desk.database.run("SELECT id FROM alerts WHERE kind = 'window' ORDER BY rowid")
    found = [desk.outbox.alert(row["id"]) for row in rows]
    return [alert for alert in found if alert]


def ids(desk: Desk) -> list[list[str]]:
    """Return the ids of the calls of each burst."""
    return [[call.id for call in alert.calls] for alert in bursts(desk)]


WHOLE = [["m001", "m002", "m003"]]


# --- lost and made again


def test_a_window_goes_over_several_polls(desk: Desk) -> None:
    for minute in (1, 2, 3, 4):
        take_in(desk, misses(minute), minute + 1)

    assert ids(desk) == WHOLE


def test_a_window_outlives_the_process(path: Path) -> None:
    for minute in (1, 2, 3):
        with a_desk(path) as desk:
            take_in(desk, misses(minute), minute + 1)

    with a_desk(path) as desk:
        assert ids(desk) == WHOLE


@dataclass
class Disk:
    """A watch that lets nothing be committed while the disk is full."""

    full: bool = False

    def __call__(self, sql: str) -> None:
        if self.full and sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")


def test_what_a_step_that_failed_had_read_counts_for_nothing(path: Path) -> None:
    disk = Disk()
    with a_desk(path, watch=disk) as desk:
        take_in(desk, misses(1), 2)
        disk.full = True
        with pytest.raises(StoreError):
            take_in(desk, misses(2), 3)
        disk.full = False
        answered = a_talk(id="m002", started_at=NOON + 2 * MINUTE)
        take_in(desk, {"m002": answered}, 3)

        take_in(desk, misses(3), 4)
        assert ids(desk) == []
        take_in(desk, misses(4), 5)

        assert ids(desk) == [["m001", "m003", "m004"]]


def test_calls_that_were_taken_in_without_judgement_are_in_the_windows(desk: Desk) -> None:
    take_in(desk, misses(1), 2)
    desk.ledger.take_in(misses(2), None, NOON + 3 * MINUTE)

    take_in(desk, misses(3), 4)

    assert ids(desk) == WHOLE


def test_a_rule_that_asks_for_something_else_is_shown_other_windows(desk: Desk) -> None:
    take_in(desk, misses(1, 2), 3)
    per_customer = a_burst_rule(
        aggregate=Count(3, 10 * MINUTE, per="customer"),
        settle=timedelta(),
        meaning="count 3 a customer",
    )

    take_in(desk, misses(3), 4, an_engine(per_customer))

    assert ids(desk) == []


def test_a_rule_that_says_the_same_in_other_words_goes_on(desk: Desk) -> None:
    take_in(desk, misses(1, 2), 3)

    take_in(desk, misses(3), 4, an_engine(a_burst_rule(settle=timedelta(), owner="Hạnh")))

    assert ids(desk) == WHOLE


def test_a_call_that_waits_for_its_own_judgement_waits_also_after_a_restart(path: Path) -> None:
    slow = an_engine(a_burst_rule(settle=5 * MINUTE))
    with a_desk(path) as desk:
        take_in(desk, misses(2, 3), 4, slow)
    with a_desk(path) as desk:
        take_in(desk, misses(1), 7, slow)
        early = ids(desk)

        desk.ledger.advance(slow, NOON + 9 * MINUTE, good_since=None)

        assert (early, ids(desk)) == ([], WHOLE)


Moment = tuple[int, int, bool]


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(0, 4), st.booleans()), min_size=3, max_size=10
    ),
    st.sets(st.integers(0, 9)),
)
@settings(max_examples=40, deadline=None)
def test_any_calls_alert_the_same_however_often_the_process_begins_anew(
    moments: list[Moment], restarts: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        whole = _told(Path(folder) / "whole.db", moments, set())
        broken = _told(Path(folder) / "broken.db", moments, restarts)

    assert broken == whole


def _told(path: Path, moments: list[Moment], restarts: set[int]) -> list[Alert]:
    """Take in calls that started, were listed late, or were answered after all; some anew."""
    desk = Desk(Database.open(path))
    for turn, (minute, late, answered) in enumerate(moments):
        if turn in restarts:
            desk.database.close()
            desk = Desk(Database.open(path))
        now = NOON + (turn + minute + late) * MINUTE
        call = misses(minute)[f"m{minute:03}"]
        state = CallState.ANSWERED if answered else CallState.NOT_ANSWERED
        duration = MINUTE if answered else timedelta()
        reading = replace(call, state=state, duration=duration)
        desk.ledger.take_in({call.id: reading}, SETTLING, now)
        desk.ledger.advance(SETTLING, now, good_since=now)
    found = bursts(desk)
    desk.database.close()
    return found


# --- what alerts about several calls are about


def test_a_call_that_was_answered_after_all_leaves_the_alert(desk: Desk) -> None:
    take_in(desk, misses(1, 2, 3), 4)
    answered = a_talk(id="m002", started_at=NOON + 2 * MINUTE)

    take_in(desk, {"m002": answered}, 5)

    (burst,) = bursts(desk)
    assert burst.state is AlertState.WITHDRAWN
    assert ids(desk) == [["m001", "m003"]]


def test_an_alert_that_is_said_again_names_the_newest_calls(desk: Desk) -> None:
    take_in(desk, misses(1, 2, 3), 4)

    take_in(desk, misses(35, 36, 37), 38)

    (burst,) = bursts(desk)
    assert ids(desk) == [["m035", "m036", "m037"]]
    assert (burst.count, burst.occurred_at) == (3, NOON + 37 * MINUTE + 20 * SECOND)


# --- how they are made


def made(desk: Desk, engine: Engine = ENGINE, now: datetime = LATER) -> Windows:
    return WindowKeeper(desk.database).of(engine, now)


def test_without_rules_that_have_windows_nothing_is_read(path: Path) -> None:
    said: list[str] = []
    with a_desk(path, watch=said.append) as desk:
        said.clear()

        made(desk, an_engine(a_rule()))

    assert said == []


def test_windows_begin_with_the_oldest_call_that_is_remembered(desk: Desk) -> None:
    assert made(desk).began is None

    desk.ledger.take_in(misses(1, 2), None, LATER)

    assert made(desk).began == NOON + MINUTE


def test_windows_learn_of_the_first_call_when_it_comes(desk: Desk) -> None:
    keeper = WindowKeeper(desk.database)
    windows = keeper.of(ENGINE, LATER)

    desk.ledger.take_in(misses(1), None, LATER)

    assert keeper.of(ENGINE, LATER) is windows
    assert windows.began == NOON + MINUTE


@pytest.mark.parametrize(
    ("call", "found"),
    [
        pytest.param(misses(1)["m001"], True, id="just now"),
        pytest.param(
            a_call(id="m001", started_at=LATER - 20 * 60 * MINUTE), True, id="a long call"
        ),
        pytest.param(
            a_call(
                id="m001",
                started_at=LATER - timedelta(days=2),
                ended_at=LATER - timedelta(days=2),
            ),
            False,
            id="the day before yesterday",
        ),
    ],
)
def test_only_calls_that_may_be_in_a_window_are_read(desk: Desk, call: Call, found: bool) -> None:  # noqa: FBT001
    desk.ledger.take_in({call.id: call}, None, LATER)

    own = made(desk).own(ENGINE.rules[0], "19001000", call)

    assert (own is not None) == found


@pytest.mark.parametrize("count", [1999, 2000, 2001, 4000])
def test_more_calls_than_are_read_in_one_go_are_all_there(desk: Desk, count: int) -> None:
    same_second = {f"{n:05}": a_call(id=f"{n:05}") for n in range(count)}
    desk.ledger.take_in(same_second, None, LATER)

    windows = made(desk)

    last = windows.own(ENGINE.rules[0], "19001000", same_second[f"{count - 1:05}"])
    assert last is not None
    assert windows.judge(ENGINE.rules[0], "19001000", last).amount == count


def test_a_hundred_known_calls_are_one_question_and_write_nothing(path: Path) -> None:
    page = misses(*range(1, 101))
    said: list[str] = []
    with a_desk(path, watch=said.append) as desk:
        take_in(desk, page, 110)
        before = desk.database.run("SELECT total_changes() AS n")[0]["n"]
        said.clear()

        take_in(desk, page, 111)

        assert len(said) == 1
        assert desk.database.run("SELECT total_changes() AS n")[0]["n"] == before
