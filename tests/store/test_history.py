"""History is told in order, call by call, and only as far as it is asked for."""

import gc
import sqlite3
import tracemalloc
import weakref
from collections.abc import Generator, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.calls import Call, Change, meaning
from notifier.core.errors import StoreError
from notifier.core.rules.columns import Cell
from notifier.core.rules.fields import PRESETS
from notifier.core.rules.language import NEVER, Condition, Term, one_of
from notifier.core.rules.reading import Vocabulary
from notifier.core.rules.sql import Where, where_of
from notifier.store.database import Database
from notifier.store.history import History
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_talk
from tests.store.desk import LATER, Desk, Fuse, a_desk

DAY = timedelta(days=1)
US = timedelta(microseconds=1)
MISSED = PRESETS["missed"]


def take_in(desk: Desk, calls: Iterable[Call]) -> History:
    desk.ledger.take_in({call.id: call for call in calls}, None, LATER)
    return History(desk.database)


def where(condition: Condition) -> Where:
    return where_of(condition, Vocabulary({}, {}), HANOI)


def hotline(number: str) -> Where:
    return where(one_of(Term("hotline"), [number]))


def told(changes: Iterable[Change]) -> str:
    return "".join(change.after.id for change in changes)


@pytest.fixture
def history(desk: Desk) -> History:
    """A morning of five calls that ended in another order than they began, one not at all."""
    return take_in(
        desk,
        [
            a_talk(id="1", started_at=NOON, ended_at=NOON + 20 * MINUTE, hotline="19001000"),
            a_call(id="2", started_at=NOON + MINUTE, ended_at=NOON + 2 * MINUTE, hotline="unknown"),
            a_call(id="4", started_at=NOON, ended_at=NOON + 3 * MINUTE, hotline="19002000"),
            a_call(id="3", started_at=NOON + MINUTE, ended_at=NOON + 3 * MINUTE),
            a_call(id="5", started_at=NOON + 4 * MINUTE, ended_at=None),
        ],
    )


# --- order and bounds


def test_calls_come_in_the_order_in_which_they_ended(history: History) -> None:
    assert told(history.calls(NOON - DAY, NOON + DAY)) == "23451"


def test_a_span_has_its_beginning_and_not_its_end(history: History) -> None:
    since, until = NOON + 3 * MINUTE, NOON + 20 * MINUTE

    assert told(history.calls(since, until)) == "345"
    assert history.count(since, until) == 3


def test_a_span_that_ends_before_it_begins_has_nothing(history: History) -> None:
    assert told(history.calls(NOON + DAY, NOON - DAY)) == ""
    assert history.count(NOON + DAY, NOON - DAY) == 0


offsets = st.integers(-3, 3).map(lambda number: number * 400 * US)
moments = st.builds(lambda second, off: NOON + second * SECOND + off, st.integers(0, 2), offsets)
some_calls = st.lists(
    st.builds(
        a_call, id=st.text("abđ", max_size=2), started_at=moments, ended_at=st.none() | moments
    ),
    max_size=12,
    unique_by=lambda call: call.id,
)


def place(call: Call) -> tuple[datetime, str]:
    return call.ended_at or call.started_at, call.id


@given(some_calls)
@settings(max_examples=50, deadline=None)
def test_any_calls_come_in_their_order_to_the_microsecond(some: list[Call]) -> None:
    with TemporaryDirectory() as folder, a_desk(Path(folder) / "notifier.db") as desk:
        history = take_in(desk, some)

        found = [change.after for change in history.calls(NOON - DAY, NOON + DAY)]

    assert found == sorted(some, key=place)


def test_a_call_comes_as_it_was_last_read_with_when_it_was_first_seen(desk: Desk) -> None:
    history = take_in(desk, [a_call()])
    flipped = a_talk(id=a_call().id)
    desk.ledger.take_in({flipped.id: flipped}, None, LATER + MINUTE)

    changes = list(history.calls(NOON - DAY, NOON + DAY))

    assert changes == [Change(flipped, None, meaning(flipped), 2, LATER)]


# --- only what is asked for


@pytest.mark.parametrize(
    ("wheres", "ids"),
    [
        pytest.param(None, "23451", id="everything"),
        pytest.param([], "", id="nothing"),
        pytest.param([where(NEVER)], "", id="what there is not"),
        pytest.param([where(MISSED)], "2345", id="one condition"),
        pytest.param([hotline("unknown"), hotline("19002000")], "24", id="either of two"),
        pytest.param([hotline("unknown"), where(MISSED)], "2345", id="one within another"),
    ],
)
def test_calls_that_meet_none_of_the_conditions_are_left_out(
    history: History, wheres: list[Where] | None, ids: str
) -> None:
    assert told(history.calls(NOON - DAY, NOON + DAY, wheres)) == ids
    assert history.count(NOON - DAY, NOON + DAY, wheres) == len(ids)


def test_histories_can_be_read_side_by_side(history: History) -> None:
    missed = history.calls(NOON - DAY, NOON + DAY, [hotline("19001000")])
    others = history.calls(NOON - DAY, NOON + DAY, [hotline("19002000"), hotline("unknown")])

    first, other = next(missed), next(others)
    count = history.count(NOON - DAY, NOON + DAY, [hotline("unknown")])

    assert (first.after.id, other.after.id, count) == ("3", "2", 1)
    assert (told(missed), told(others)) == ("51", "4")


def test_a_history_can_be_left_in_the_middle(desk: Desk, history: History) -> None:
    with closing(changes_of(history, [hotline("19001000")])) as changes:
        next(changes)

    desk.ledger.take_in({"6": a_call(id="6", ended_at=NOON)}, None, LATER)
    assert told(changes_of(history, [hotline("19001000")])) == "6351"


def changes_of(history: History, wheres: list[Where]) -> Generator[Change, None, None]:
    return history.calls(NOON - DAY, NOON + DAY, wheres)


# --- how it is read


def test_history_is_walked_along_its_index_and_not_sorted_first(path: Path) -> None:
    said: list[str] = []
    with a_desk(path, watch=said.append) as desk:
        told(changes_of(History(desk.database), [hotline("19001000"), where(MISSED)]))

        plan = desk.plan(said[-1], *[None] * said[-1].count("?"))

    assert plan == "SEARCH calls USING INDEX calls_ended (<expr>>? AND <expr><?)"


def test_memory_does_not_grow_with_history(desk: Desk) -> None:
    large = "ghi chú " * 6_000
    some = (a_call(id=str(n), note=large, ended_at=NOON + n * SECOND) for n in range(200))
    history = take_in(desk, some)

    tracemalloc.start()
    number = sum(1 for _ in history.calls(NOON - DAY, NOON + DAY, [where(MISSED)]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert number == 200
    assert peak < 20 * len(large.encode())


def test_a_condition_is_let_go_with_the_last_call(history: History) -> None:
    def judge(_: Cell) -> bool:
        return True

    judges = weakref.ref(judge)
    assert told(changes_of(history, [Where("judge(?, id)", (judge,))])) == "23451"
    del judge

    gc.collect()
    assert judges() is None


def refused(_: object) -> bool:
    raise sqlite3.OperationalError("disk I/O error")


def test_a_file_that_cannot_be_read_is_said_so_whenever_it_shows(history: History) -> None:
    broken = Where("id < '5' OR judge(?, id)", (refused,))
    changes = changes_of(history, [broken])

    assert next(changes).after.id == "2"
    with pytest.raises(StoreError, match="SELECT record, meaning"):
        next(changes)
    assert history.count(NOON - DAY, NOON + DAY) == 5


def test_a_statement_that_is_refused_is_said_so(path: Path) -> None:
    fuse = Fuse(lambda: sqlite3.OperationalError("database is locked"))
    with a_desk(path, watch=fuse) as desk:
        fuse.n = 1

        with pytest.raises(StoreError, match="SELECT count"):
            History(desk.database).count(NOON, NOON + DAY)


def test_history_is_read_beside_the_service_that_writes_it(desk: Desk, path: Path) -> None:
    take_in(desk, [a_call(id="1"), a_call(id="2")])

    with closing(Database.open_to_read(path)) as database:
        changes = changes_of(History(database), [hotline("19001000")])
        first = next(changes)
        take_in(desk, [a_call(id="3")])

        assert told([first, *changes]) == "12"
        assert told(changes_of(History(database), [hotline("19001000")])) == "123"
