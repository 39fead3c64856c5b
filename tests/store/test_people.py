"""Who may talk to the bot is what the file and the tables say at this moment."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.core.access import Admins, Deed, Done
from notifier.core.alerts import Language
from notifier.core.errors import StoreError
from notifier.core.people import Chat, ChatKind, Person, Role
from notifier.core.phones import Mask
from notifier.store.database import Database
from notifier.store.deeds import deeds
from notifier.store.facts import facts
from notifier.store.people import People
from tests.builders import NOON
from tests.people import AN, BINH, GROUP, HOA, LAN, TU
from tests.store.desk import Desk, Fuse, remembered, take_in_the_morning

WHOLE = Person(
    id=51,
    name="Lê Thị Hạnh",
    role=Role.OPERATOR,
    username="hanh",
    language=Language.EN,
    extension="103",
    hotlines=("19001000", "19002000"),
    listens=True,
    quiet="22:00-07:00",
    since=NOON,
)

WHOLE_CHAT = Chat(
    id=-1009,
    kind=ChatKind.GROUP,
    title="Bán hàng",
    bound=True,
    language=Language.VI,
    mask=Mask.HIDDEN,
    hotlines=("19001000",),
    topic=7,
    quiet="22:00-07:00",
    parked="blocked",
)


@pytest.fixture
def people(desk: Desk) -> People:
    return People(desk.database)


# --- people


@pytest.mark.parametrize("person", [WHOLE, LAN, TU], ids=["whole", "bare", "stranger"])
def test_somebody_is_remembered_whole(people: People, person: Person) -> None:
    people.put_person(person)

    assert people.known(person.id) == person
    assert people.person(person.id, person.name, username=person.username) == person


def test_who_is_not_known_is_a_stranger_and_is_not_written_down(people: People, desk: Desk) -> None:
    stranger = people.person(41, "Tú", username="tu41", language=Language.EN)

    assert stranger == replace(TU, language=Language.EN)
    assert desk.database.run("SELECT * FROM people") == []


def test_a_known_person_is_called_by_the_name_that_they_bear_now(people: People) -> None:
    people.put_person(WHOLE)

    seen = people.person(WHOLE.id, "Hạnh", username="hanh_le", language=Language.VI)

    assert seen == replace(WHOLE, name="Hạnh", username="hanh_le")
    assert people.known(WHOLE.id) == seen


def test_a_role_that_was_taken_away_is_gone_at_once(people: People) -> None:
    people.put_person(LAN)
    assert people.person(LAN.id, "Lan").role is Role.OPERATOR

    people.put_person(replace(LAN, role=Role.STRANGER))

    assert people.person(LAN.id, "Lan").role is Role.STRANGER
    assert people.people() == []


def test_everybody_with_a_role_is_listed_by_name(people: People) -> None:
    people.follow_file([99], [])
    for person in (LAN, TU, AN, HOA):
        people.put_person(person)

    assert [person.name for person in people.people()] == ["99", "An", "Hoa", "Lan"]


def test_an_extension_is_one_persons(people: People) -> None:
    people.put_person(WHOLE)

    assert people.with_extension("103") == WHOLE
    assert people.with_extension("") is None
    with pytest.raises(StoreError, match=r"UNIQUE.*extension"):
        people.put_person(replace(LAN, extension="103"))


# --- admins of the file


def test_whom_the_file_names_is_an_admin_while_it_does(people: People) -> None:
    people.put_person(replace(AN, role=Role.VIEWER))
    people.follow_file([AN.id], [])
    assert people.person(AN.id, "An").role is Role.ADMIN

    people.follow_file([], [])

    assert people.person(AN.id, "An").role is Role.VIEWER


def test_what_an_admin_of_the_file_chooses_makes_them_no_admin_for_good(people: People) -> None:
    people.follow_file([AN.id], [])
    people.put_person(replace(people.person(AN.id, "An"), language=Language.EN))

    people.follow_file([], [])

    assert people.person(AN.id, "An", username="an") == Person(
        AN.id, "An", username="an", language=Language.EN
    )


def test_an_admin_of_the_file_is_known_by_name_once_they_have_spoken(people: People) -> None:
    people.follow_file([AN.id], [])

    people.person(AN.id, "An")

    assert people.known(AN.id) == Person(AN.id, "An", Role.ADMIN)


def test_the_admins_are_those_of_the_file_and_of_the_table(people: People) -> None:
    people.follow_file([AN.id], [])
    people.put_person(BINH)

    assert people.admins() == Admins(frozenset({AN.id, BINH.id}), frozenset({AN.id}))


# --- chats


@pytest.mark.parametrize("chat", [WHOLE_CHAT, GROUP], ids=["whole", "bare"])
def test_a_chat_is_remembered_whole(people: People, chat: Chat) -> None:
    people.put_chat(chat)

    assert people.known_chat(chat.id) == chat
    assert people.chat(chat.id, chat.kind) == chat


def test_a_chat_that_is_not_known_is_not_bound_and_not_written_down(
    people: People, desk: Desk
) -> None:
    chat = people.chat(-5, ChatKind.GROUP, title="Kho")

    assert chat == Chat(-5, ChatKind.GROUP, "Kho")
    assert desk.database.run("SELECT * FROM chats") == []


def test_a_known_chat_is_called_by_the_title_that_it_has_now(people: People) -> None:
    people.put_chat(GROUP)

    people.chat(GROUP.id, GROUP.kind, title="Chăm sóc khách hàng")

    assert people.known_chat(GROUP.id) == replace(GROUP, title="Chăm sóc khách hàng")


def test_groups_are_listed_by_title_and_private_chats_are_not(people: People) -> None:
    people.follow_file([], [Chat(-7, ChatKind.GROUP, "Ban giám đốc"), Chat(11, ChatKind.PRIVATE)])
    for chat in (WHOLE_CHAT, replace(GROUP, bound=False), Chat(21, ChatKind.PRIVATE)):
        people.put_chat(chat)

    assert [chat.title for chat in people.chats()] == ["Ban giám đốc", "Bán hàng", "CSKH"]


def test_a_chat_that_the_file_names_is_bound_by_it(people: People) -> None:
    people.follow_file([], [replace(GROUP, bound=False, mask=Mask.FULL)])

    assert people.chat(GROUP.id, ChatKind.GROUP) == replace(GROUP, mask=Mask.FULL)


def test_a_chat_of_the_file_cannot_be_unbound_elsewhere(people: People) -> None:
    people.follow_file([], [GROUP])

    people.put_chat(replace(GROUP, bound=False, parked="blocked"))

    assert people.known_chat(GROUP.id) == replace(GROUP, parked="blocked")


def test_what_an_admin_has_bound_is_as_they_bound_it(people: People) -> None:
    people.follow_file([], [GROUP])

    people.put_chat(replace(GROUP, mask=Mask.HIDDEN))

    assert people.known_chat(GROUP.id) == replace(GROUP, mask=Mask.HIDDEN)


def test_a_chat_is_parked_and_sent_to_again(people: People) -> None:
    people.park(GROUP, "blocked")
    parked = people.known_chat(GROUP.id)

    people.park(GROUP, "")

    assert parked == replace(GROUP, parked="blocked")
    assert people.known_chat(GROUP.id) == GROUP


# --- supergroups


@pytest.fixture
def moving(desk: Desk, people: People) -> People:
    """A bound group with a card, and one card of another chat."""
    take_in_the_morning(desk)
    people.put_chat(GROUP)
    alerts = [row["id"] for row in desk.database.run("SELECT id FROM alerts ORDER BY id LIMIT 2")]
    for alert, receipt in zip(alerts, ("-1001:7", "-10010:8"), strict=True):
        desk.database.run(
            "INSERT INTO cards (alert, channel, receipt, sent_at_ms) VALUES (?, 'quan_ly', ?, 1)",
            (alert, receipt),
        )
    return people


def receipts(desk: Desk) -> list[str]:
    return [row["receipt"] for row in desk.database.run("SELECT receipt FROM cards")]


def test_a_group_keeps_its_binding_under_its_new_id(desk: Desk, moving: People) -> None:
    moving.moved(GROUP.id, -100999, NOON)

    assert moving.known_chat(-100999) == replace(GROUP, id=-100999)
    assert moving.known_chat(GROUP.id) is None
    assert facts(desk.database, "moved:") == {"-1001": "-100999"}


def test_the_messages_of_a_group_that_moved_are_void_and_no_others(
    desk: Desk, moving: People
) -> None:
    moving.moved(GROUP.id, -100999, NOON)

    assert receipts(desk) == ["-10010:8"]


def test_a_group_of_the_file_stays_bound_when_it_moves(people: People) -> None:
    people.follow_file([], [replace(GROUP, mask=Mask.FULL)])

    people.moved(GROUP.id, -100999, NOON)

    assert people.known_chat(-100999) == replace(GROUP, id=-100999, mask=Mask.FULL)


def test_a_group_that_nobody_knows_may_move_too(desk: Desk, people: People) -> None:
    people.moved(-5, -6, NOON)

    assert people.known_chat(-6) is None
    assert deeds(desk.database, most=9) == [Done(NOON, 0, Deed.MOVED, chat=-6, detail="-5")]


def test_to_be_told_of_a_move_twice_changes_nothing_more(desk: Desk, moving: People) -> None:
    moving.moved(GROUP.id, -100999, NOON)
    moving.put_chat(replace(GROUP, id=-100999, topic=7))

    moving.moved(GROUP.id, -100999, NOON)

    assert moving.known_chat(-100999) == replace(GROUP, id=-100999, topic=7)
    assert len(deeds(desk.database, most=9)) == 1


@pytest.fixture
def fuse() -> Fuse:
    return Fuse(lambda: StoreError("disk full"))


@pytest.fixture
def fused(path: Path, fuse: Fuse) -> Iterator[People]:
    with closing(Database.open(path, watch=fuse)) as database:
        people = People(database)
        people.put_chat(GROUP)
        yield people


@pytest.mark.parametrize("n", range(3, 11))
def test_a_move_that_fails_has_not_begun(path: Path, fused: People, fuse: Fuse, n: int) -> None:
    before = remembered(path)
    fuse.n = n

    with pytest.raises(StoreError):
        fused.moved(GROUP.id, -100999, NOON)

    assert remembered(path) == before
