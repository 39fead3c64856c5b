"""A mute has an author, a reason and an end, and the file's are those that are in the file."""

from dataclasses import replace

import pytest

from notifier.core.errors import StoreError
from notifier.core.rules.model import Mute
from notifier.store.mutes import FILE, MuteRecord
from tests.builders import MINUTE, NOON, an_engine
from tests.store.desk import LATER, Desk, a_mute


def adopt(desk: Desk, *mutes: Mute) -> None:
    desk.ledger.adopt(an_engine(), mutes, LATER)


def ends(desk: Desk) -> dict[str, str]:
    """Return who ended each mute, "" for nobody."""
    return {record.mute.id: record.ended_by for record in desk.archive.mutes()}


def test_a_mute_is_kept_as_it_was_ordered(desk: Desk) -> None:
    mute = a_mute(rule="goi_nho", key="+84901234567", hotline="19001000")

    desk.ledger.add_mute(mute, "bot", NOON)

    assert desk.ledger.mutes(NOON) == [mute]
    assert desk.archive.mutes() == [MuteRecord(mute, "bot", NOON, None, "")]


def test_a_mute_that_is_known_stays_as_it_was(desk: Desk) -> None:
    desk.ledger.add_mute(a_mute(), "bot", NOON)

    desk.ledger.add_mute(a_mute(reason="khác"), "cli", LATER)

    assert desk.ledger.mutes(NOON) == [a_mute()]


def test_a_mute_comes_from_the_file_the_terminal_or_the_chat(desk: Desk) -> None:
    with pytest.raises(StoreError, match="CHECK"):
        desk.ledger.add_mute(a_mute(), "elsewhere", NOON)


def test_a_mute_is_ended_once_and_by_somebody(desk: Desk) -> None:
    desk.ledger.add_mute(a_mute(), "bot", NOON)

    ended = [desk.ledger.end_mute("m1", by, LATER) for by in ("Minh", "Lan")]

    assert ended == [True, False]
    assert desk.ledger.mutes(LATER) == []
    assert desk.archive.mutes() == [MuteRecord(a_mute(), "bot", NOON, LATER, "Minh")]


def test_what_is_over_or_was_never_ordered_cannot_be_ended(desk: Desk) -> None:
    desk.ledger.add_mute(a_mute(), "bot", NOON)

    assert not desk.ledger.end_mute("m1", "Minh", NOON + 60 * MINUTE)
    assert not desk.ledger.end_mute("m2", "Minh", NOON)


def test_mutes_are_listed_while_they_are_in_force_or_to_come_or_all(desk: Desk) -> None:
    to_come = a_mute("to come", since=LATER + MINUTE, until=LATER + 2 * MINUTE)
    over = a_mute("over", until=LATER)
    for mute in (a_mute(), to_come, over):
        desk.ledger.add_mute(mute, "bot", mute.since)

    assert desk.ledger.mutes(LATER) == [to_come, a_mute()]
    assert desk.ledger.mutes(LATER, all=True) == [to_come, a_mute(), over]


def test_the_mutes_of_the_file_are_those_that_are_in_it(desk: Desk) -> None:
    desk.ledger.add_mute(a_mute("of the bot"), "bot", NOON)
    adopt(desk, a_mute("stays"), a_mute("goes"))

    longer = a_mute("stays", until=NOON + 90 * MINUTE, reason="bảo trì")
    adopt(desk, longer, a_mute("comes"))

    assert ends(desk) == {"of the bot": "", "stays": "", "goes": FILE, "comes": ""}
    assert longer in desk.ledger.mutes(LATER)


def test_a_mute_that_is_in_the_file_again_is_in_force_again(desk: Desk) -> None:
    adopt(desk, a_mute())
    adopt(desk)
    assert desk.ledger.mutes(LATER) == []

    adopt(desk, a_mute())

    assert desk.ledger.mutes(LATER) == [a_mute()]


def test_what_a_person_has_ended_does_not_come_back_with_the_file(desk: Desk) -> None:
    adopt(desk, a_mute())
    desk.ledger.end_mute("m1", "Minh", LATER)

    adopt(desk, a_mute())

    assert ends(desk) == {"m1": "Minh"}


def test_a_mute_of_the_file_that_is_over_was_ended_by_nobody(desk: Desk) -> None:
    adopt(desk, a_mute(until=LATER))

    adopt(desk)

    assert ends(desk) == {"m1": ""}


def test_the_file_changes_no_mute_of_a_person(desk: Desk) -> None:
    desk.ledger.add_mute(a_mute(), "cli", NOON)

    adopt(desk, replace(a_mute(), reason="khác"))

    assert desk.ledger.mutes(LATER) == [a_mute()]
