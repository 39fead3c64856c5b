"""Whatever statement a process dies at, what it was doing is done once: none lost, none doubled."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from notifier.core.calls import CallState
from notifier.core.decisions import TimerKind
from notifier.core.deliveries import Delivered
from notifier.core.errors import StoreError
from notifier.store.database import Database
from notifier.store.timing import fallen_due
from tests.builders import MINUTE, NOON, a_rule, an_engine
from tests.store.desk import (
    LATER,
    Desk,
    Fuse,
    Killed,
    a_busy_engine,
    a_desk,
    a_mute,
    copy_of,
    morning,
    remembered,
    settle_as,
    take_in_the_morning,
)
from tests.store.watch import (
    STEPS,
    a_burst_rule,
    a_watch,
    begin_the_watch,
    go_on_before,
    go_on_to,
    misses,
    take_an_alert,
    take_in_one_too_many,
)

Work = Callable[[Desk], object]
"""Something that a process may die in, and that the next one begins again."""


def nothing(_desk: Desk) -> None:
    """An empty file."""


def judge_what_is_due(desk: Desk) -> None:
    desk.ledger.advance(a_busy_engine(), LATER + 5 * MINUTE, good_since=None)


def adopt_another_file(desk: Desk) -> None:
    """Read a file in which one rule means something else, one is gone and a mute is new."""
    rules = (a_burst_rule(meaning="count 4"), a_rule("goi_nho"), a_watch().named["bao_cao"])
    desk.ledger.adopt(an_engine(*rules), [a_mute()], LATER)


def one_too_many(desk: Desk) -> None:
    begin_the_watch(desk)
    take_in_one_too_many(desk)


def correct_one_of_them(desk: Desk) -> None:
    answered = replace(misses(3)["m003"], state=CallState.ANSWERED, duration=MINUTE)
    desk.ledger.take_in({"m003": answered}, a_watch(), NOON + 6 * MINUTE)


def note_a_gap(desk: Desk) -> None:
    desk.ledger.note_good_poll(NOON, NOON, longest=MINUTE)
    desk.ledger.note_good_poll(LATER, LATER, longest=MINUTE)


def read_again_with_changes(desk: Desk) -> None:
    answered = morning()["1007"]
    flipped = {
        identity: replace(call, state=answered.state, legs=answered.legs, hotline="19003000")
        for identity, call in morning().items()
    }
    desk.ledger.take_in(flipped, a_busy_engine(), LATER + MINUTE)


def baseline(desk: Desk) -> None:
    desk.ledger.take_in(morning(), None, LATER)


def deliver_one(desk: Desk) -> None:
    """Reclaim as a process does when it starts, then send the first delivery of a chat."""
    desk.outbox.reclaim(LATER)
    sent = desk.database.run("SELECT 1 FROM deliveries WHERE state = 'delivered'")
    if sent:
        return
    for claimed in desk.outbox.claim("quan_ly", 1, LATER):
        settle_as(desk, claimed, outcome=Delivered("-100:7"))


def drop_one(desk: Desk) -> None:
    desk.outbox.reclaim(LATER)
    if desk.database.run("SELECT 1 FROM deliveries WHERE state = 'obsolete'"):
        return
    for claimed in desk.outbox.claim("quan_ly", 1, LATER):
        desk.outbox.drop(claimed, LATER)


def prepared(at: Path, before: Work) -> Path:
    with a_desk(at) as desk:
        before(desk)
    return at


UNCERTAINTY = frozenset({"tries", "uncertain", "due_at_ms"})
"""What may differ after a claim that came to nothing: it was begun, and may have arrived."""

CASES = [
    pytest.param(nothing, take_in_the_morning, frozenset[str](), id="take in a page"),
    pytest.param(nothing, baseline, frozenset[str](), id="take in the baseline"),
    pytest.param(
        take_in_the_morning, read_again_with_changes, frozenset[str](), id="take in corrections"
    ),
    pytest.param(take_in_the_morning, judge_what_is_due, frozenset[str](), id="judge what is due"),
    pytest.param(
        begin_the_watch, take_in_one_too_many, frozenset[str](), id="take in one too many"
    ),
    pytest.param(one_too_many, correct_one_of_them, frozenset[str](), id="correct one of too many"),
    *(
        pytest.param(
            partial(go_on_before, kind), partial(go_on_to, kind), frozenset[str](), id=f"{kind} due"
        )
        for kind in STEPS
    ),
    pytest.param(begin_the_watch, adopt_another_file, frozenset[str](), id="adopt another file"),
    pytest.param(begin_the_watch, take_an_alert, frozenset[str](), id="take an alert"),
    pytest.param(begin_the_watch, note_a_gap, frozenset[str](), id="note a gap"),
    pytest.param(take_in_the_morning, deliver_one, UNCERTAINTY, id="claim and settle"),
    pytest.param(take_in_the_morning, drop_one, UNCERTAINTY, id="claim and drop"),
]


@pytest.mark.parametrize(("before", "work", "but"), CASES)
@pytest.mark.parametrize("killed", [False, True], ids=["a statement fails", "the process dies"])
def test_work_that_broke_off_at_any_statement_is_done_once_when_begun_again(
    tmp_path: Path, before: Work, work: Work, but: frozenset[str], *, killed: bool
) -> None:
    template = prepared(tmp_path / "template.db", before)
    whole = copy_of(template, tmp_path / "whole.db")
    with a_desk(whole) as desk:
        work(desk)
    wanted = remembered(whole, but=but)

    broken, left = tmp_path / "broken.db", tmp_path / "left.db"
    places: list[str] = []
    while fuse := _broken_off(copy_of(template, broken), left, work, len(places) + 1, killed):
        places.append(fuse.said)
        with a_desk(left if killed else broken) as desk:
            work(desk)
        assert remembered(left if killed else broken, but=but) == wanted, places

    assert "BEGIN IMMEDIATE" in places
    assert "COMMIT" in places


@pytest.mark.parametrize(("before", "work", "but"), CASES)
def test_a_process_that_lives_on_does_once_what_broke_off_at_any_statement(
    tmp_path: Path, before: Work, work: Work, but: frozenset[str]
) -> None:
    empty = prepared(tmp_path / "empty.db", nothing)
    whole, broken = copy_of(empty, tmp_path / "whole.db"), tmp_path / "broken.db"
    with a_desk(whole) as desk:
        before(desk)
        work(desk)
    wanted = remembered(whole, but=but)

    n = 0
    while _done_again(copy_of(empty, broken), before, work, n := n + 1):
        assert remembered(broken, but=but) == wanted, n

    assert n > 1


def _done_again(broken: Path, before: Work, work: Work, n: int) -> bool:
    """Do `work` until its statement number `n` fails, and then again; False if there are fewer."""
    fuse = Fuse(lambda: sqlite3.OperationalError("disk I/O error"))
    with a_desk(broken, watch=fuse) as desk:
        before(desk)
        fuse.n = n
        try:
            work(desk)
        except StoreError:
            fuse.n = 0
            work(desk)
            return True
    return False


def _broken_off(broken: Path, left: Path, work: Work, n: int, killed: bool) -> Fuse | None:  # noqa: FBT001
    """Do `work` until its statement number `n` fails; None if there are fewer."""
    fuse = Fuse(Killed if killed else lambda: sqlite3.OperationalError("disk I/O error"))
    fuse.image = lambda: copy_of(broken, left)
    with a_desk(broken, watch=fuse) as desk:
        fuse.n = n
        try:
            work(desk)
        except (StoreError, Killed):
            return fuse
        finally:
            fuse.n = 0
    return None


def test_the_morning_of_these_tests_has_something_of_everything(desk: Desk, path: Path) -> None:
    take_in_the_morning(desk)

    tables = remembered(path)
    empty = {name for name, rows in tables.items() if not rows}
    assert empty == {
        "asked_back",
        "attempts",
        "call_revisions",
        "cards",
        "chats",
        "dailies",
        "deeds",
        "duties",
        "followings",
        "gaps",
        "hushes",
        "invitations",
        "malformed",
        "mutes",
        "notes",
        "people",
        "polls",
        "posts",
        "requests",
        "updates",
    }
    channels = {row["channel"] for row in desk.database.run("SELECT channel FROM deliveries")}
    assert channels == {"quan_ly", "truong_nhom", "crm"}


@pytest.mark.parametrize("kind", STEPS)
def test_on_the_watch_of_these_tests_a_timer_of_each_kind_falls_due(desk: Desk, kind: str) -> None:
    go_on_before(kind, desk)

    now = NOON + STEPS[kind]
    assert TimerKind(kind) in {timer.kind for timer in fallen_due(desk.database, now, now)}
    assert set(STEPS) == set(TimerKind)


def test_on_the_watch_of_these_tests_there_is_one_miss_too_many(desk: Desk) -> None:
    begin_the_watch(desk)
    take_in_one_too_many(desk)

    (burst,) = desk.archive.alerts_about("m003@19001000")
    assert [call.id for call in burst.calls] == ["m001", "m002", "m003"]


def test_a_process_can_go_on_after_a_statement_failed(path: Path) -> None:
    fuse = Fuse(lambda: sqlite3.OperationalError("database or disk is full"))
    with a_desk(path, watch=fuse) as desk:
        fuse.n = 6
        with pytest.raises(StoreError, match="nothing of this step was kept"):
            take_in_the_morning(desk)

        take_in_the_morning(desk)

        assert len(desk.archive.calls_between(LATER - timedelta(days=1), LATER)) == len(morning())


def test_a_process_that_dies_while_it_opens_the_file_leaves_it_for_the_next(path: Path) -> None:
    def die(_sql: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        Database.open(path, watch=die)

    with a_desk(path) as desk:
        take_in_the_morning(desk)


def test_what_was_begun_inside_another_transaction_ends_with_it(desk: Desk, path: Path) -> None:
    def both() -> None:
        with desk.database.transaction():
            desk.ledger.set_fact("a", "1")
            with desk.database.transaction():
                desk.ledger.set_fact("b", "2")
            raise Killed

    with pytest.raises(Killed):
        both()

    assert remembered(path)["facts"] == []
    desk.ledger.set_fact("c", "3")
    assert desk.ledger.fact("c") == "3"
