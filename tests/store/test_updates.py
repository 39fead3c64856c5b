"""What came in from chats is kept once, in its order, until it was handled."""

from datetime import timedelta

import pytest

from notifier.core.hearing import Arrived
from notifier.store.updates import KEPT, Updates
from tests.builders import MINUTE, NOON, SECOND
from tests.store.desk import Desk

GROUP, LAN = -100, 7


def an_update(identity: int, chat: int = LAN) -> Arrived:
    return Arrived(identity, chat, f'{{"update_id":{identity}}}')


@pytest.fixture
def updates(desk: Desk) -> Updates:
    return Updates(desk.database)


def test_what_came_is_new_once(updates: Updates) -> None:
    first = updates.take_in([an_update(1), an_update(2)], NOON)

    again = updates.take_in([an_update(2), an_update(3)], NOON + SECOND)

    assert (first, again) == (2, 1)


def test_chats_wait_in_the_order_in_which_something_came(updates: Updates) -> None:
    updates.take_in([an_update(900, GROUP), an_update(901)], NOON)
    updates.take_in([an_update(17, GROUP)], NOON + SECOND)

    assert updates.waiting() == [GROUP, LAN]
    assert updates.first(GROUP) == an_update(900, GROUP)
    assert updates.first(3) is None


def test_what_was_handled_waits_no_longer_and_leaves_no_words(desk: Desk, updates: Updates) -> None:
    updates.take_in([an_update(900), an_update(901)], NOON)
    updates.take_in([an_update(17)], NOON + SECOND)

    updates.handled(900, NOON, failure="oops")
    updates.handled(901, NOON)

    assert updates.first(LAN) == an_update(17)
    rows = desk.database.run("SELECT failure, body FROM updates WHERE handled_at_ms IS NOT NULL")
    assert [tuple(row) for row in rows] == [("oops", ""), ("", "")]


def test_each_try_is_counted_before_it_is_made(updates: Updates) -> None:
    updates.take_in([an_update(1)], NOON)

    assert [updates.begin(1), updates.begin(1), updates.begin(2)] == [1, 2, 0]


def test_what_is_old_is_forgotten_once_it_was_handled(updates: Updates) -> None:
    updates.take_in([an_update(1), an_update(2)], NOON)
    updates.handled(1, NOON)

    updates.prune(NOON + KEPT + SECOND)

    assert updates.take_in([an_update(1), an_update(2)], NOON) == 1


def test_a_reply_is_waited_for_from_one_person_until_an_instant(updates: Updates) -> None:
    updates.ask_back(GROUP, 5, person=LAN, line="note a1", until=NOON + MINUTE)

    assert updates.asked_back(GROUP, 5, person=LAN, now=NOON) == "note a1"
    assert updates.asked_back(GROUP, 5, person=8, now=NOON) == ""
    assert updates.asked_back(GROUP, 6, person=LAN, now=NOON) == ""
    assert updates.asked_back(GROUP, 5, person=LAN, now=NOON + 2 * MINUTE) == ""


def test_a_reply_that_is_asked_for_anew_completes_the_newer_command(updates: Updates) -> None:
    updates.ask_back(GROUP, 5, person=LAN, line="note a1", until=NOON)
    updates.ask_back(GROUP, 5, person=8, line="done a2", until=NOON + MINUTE)

    updates.prune(NOON + timedelta(seconds=1))

    assert updates.asked_back(GROUP, 5, person=8, now=NOON) == "done a2"


def test_what_waits_is_found_by_an_index(desk: Desk) -> None:
    plan = desk.plan(
        "SELECT update_id FROM updates WHERE handled_at_ms IS NULL AND chat = ?"
        " ORDER BY came_at_ms, update_id LIMIT 1",
        1,
    )

    assert "updates_waiting" in plan
