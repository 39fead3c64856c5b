"""What follows from an act is written down whole, and what is owed is owed until it was sent."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.access import AccessRequest, Deed, Done, Owing, RequestState, Step
from notifier.core.alerts import Language
from notifier.core.errors import StoreError
from notifier.core.people import Invitation, Role
from notifier.store.database import Database
from notifier.store.entrance import KEPT, Entrance
from notifier.store.people import People
from tests.builders import MINUTE, NOON, SECOND
from tests.people import AN, BINH, GROUP, LAN, TU, a_request, a_request_of_group
from tests.store.desk import Desk, Fuse, remembered

GRANTED = a_request(
    state=RequestState.GRANTED,
    role=Role.OPERATOR,
    language=Language.EN,
    decided_by="An",
    decided_at=NOON + MINUTE,
)

INVITATION = Invitation("h1", Role.OPERATOR, str(AN.id), NOON + 15 * MINUTE)


@pytest.fixture
def entrance(desk: Desk) -> Entrance:
    return Entrance(desk.database, People(desk.database))


def told(entrance: Entrance) -> list[tuple[str, int, int | None]]:
    return [(owing.request.id, owing.chat, owing.message) for owing in entrance.owed()]


# --- requests


@pytest.mark.parametrize(
    "request_",
    [a_request(), GRANTED, a_request_of_group(leaves_at=NOON + 10 * MINUTE)],
    ids=["open", "granted", "of a group"],
)
def test_a_request_is_remembered_whole(entrance: Entrance, request_: AccessRequest) -> None:
    entrance.record(Step(requests=(request_,)), NOON)

    assert entrance.request(request_.id) == request_


def test_a_request_goes_on_and_what_it_was_stays(entrance: Entrance) -> None:
    entrance.record(Step(requests=(a_request(language=Language.EN),)), NOON)

    entrance.record(Step(requests=(replace(GRANTED, name="Ai"),)), NOON)

    assert entrance.asked_by(TU.id) == [GRANTED]
    assert entrance.undecided() == []


def test_a_person_has_one_open_request(entrance: Entrance) -> None:
    entrance.record(Step(requests=(a_request(),)), NOON)

    with pytest.raises(StoreError, match=r"UNIQUE.*requests\.person"):
        entrance.record(Step(requests=(a_request(id="other"),)), NOON)


def test_a_group_has_one_open_request_whoever_brought_the_bot(entrance: Entrance) -> None:
    entrance.record(Step(requests=(a_request_of_group(),)), NOON)

    with pytest.raises(StoreError, match=r"UNIQUE.*requests\.chat"):
        entrance.record(Step(requests=(a_request_of_group(id="other", person=7),)), NOON)


def test_what_nobody_has_decided_is_found(entrance: Entrance) -> None:
    of_group, later = a_request_of_group(), a_request(person=7, id="c", asked_at=NOON + SECOND)
    entrance.record(Step(requests=(later, of_group, GRANTED)), NOON)

    assert entrance.undecided() == [of_group, later]
    assert entrance.open_of_chat(-1002) == of_group
    assert entrance.open_of_chat(-5) is None
    assert entrance.request("none") is None


def test_groups_are_left_when_their_time_has_come(entrance: Entrance) -> None:
    soon = a_request_of_group(leaves_at=NOON + MINUTE)
    later = a_request_of_group(id="later", chat=-5, leaves_at=NOON + 2 * MINUTE)
    entrance.record(Step(requests=(later, soon, a_request())), NOON)

    assert entrance.leaving(NOON) == []
    assert entrance.leaving(NOON + MINUTE) == [soon]
    assert entrance.leaving(NOON + 9 * MINUTE) == [soon, later]


# --- messages about requests


def test_a_message_is_owed_until_it_was_sent(entrance: Entrance) -> None:
    entrance.record(Step(requests=(a_request(),), tell=(("abc123", AN.id),)), NOON)
    (owing,) = entrance.owed()

    entrance.posted(owing, 7)

    assert owing == Owing(a_request(), AN.id)
    assert entrance.owed() == []


def test_every_message_is_owed_again_when_the_request_goes_on(entrance: Entrance) -> None:
    both = (("abc123", AN.id), ("abc123", BINH.id))
    entrance.record(Step(requests=(a_request(),), tell=both), NOON)
    for owing in entrance.owed():
        entrance.posted(owing, owing.chat + 100)

    entrance.record(Step(requests=(GRANTED,), tell=(("abc123", TU.id),)), NOON)

    assert told(entrance) == [("abc123", 11, 111), ("abc123", 12, 112), ("abc123", 41, None)]


def test_what_was_sent_while_the_request_went_on_is_owed_again(entrance: Entrance) -> None:
    entrance.record(Step(requests=(a_request(),), tell=(("abc123", AN.id),)), NOON)
    (owing,) = entrance.owed()
    entrance.record(Step(requests=(GRANTED,)), NOON)

    entrance.posted(owing, 7)

    assert told(entrance) == [("abc123", AN.id, 7)]


def test_the_message_of_a_group_that_moved_is_void(entrance: Entrance) -> None:
    entrance.record(Step(requests=(a_request_of_group(),), tell=(("def456", -1002),)), NOON)
    entrance.posted(entrance.owed()[0], 7)

    entrance.people.moved(-1002, -100999, NOON)
    entrance.record(Step(tell=(("def456", -100999),)), NOON)

    assert told(entrance) == [("def456", -100999, None)]
    assert entrance.open_of_chat(-100999) == a_request_of_group(chat=-100999)


# --- invitations


def test_an_invitation_is_found_by_the_hash_of_its_secret(entrance: Entrance) -> None:
    whole = replace(INVITATION, extension="101", hotlines=("19001000", "19002000"))

    entrance.record(Step(invitations=(whole,)), NOON)

    assert entrance.invitation("h1") == whole
    assert entrance.invitation("h2") is None


def test_an_invitation_is_used_once(entrance: Entrance) -> None:
    entrance.record(Step(invitations=(INVITATION,)), NOON)

    for person in (TU.id, LAN.id):
        entrance.record(Step(invitations=(replace(INVITATION, used_by=person),)), NOON)

    assert entrance.invitation("h1") == replace(INVITATION, used_by=TU.id)


def test_a_new_first_run_makes_earlier_codes_void_and_no_others(entrance: Entrance) -> None:
    first = replace(INVITATION, hash="h0", by="")
    used = replace(first, hash="h2", used_by=AN.id)
    entrance.record(Step(invitations=(INVITATION, first, used)), NOON)

    entrance.forget_first_run()

    found = [entrance.invitation(hashed) for hashed in ("h0", "h1", "h2")]
    assert found == [None, INVITATION, used]


def test_invitations_are_forgotten_some_time_after_their_end(entrance: Entrance) -> None:
    entrance.record(Step(invitations=(INVITATION,)), NOON)
    late = INVITATION.until + KEPT + timedelta(milliseconds=1)

    entrance.record(Step(invitations=(replace(INVITATION, hash="h2", until=late),)), late)

    assert entrance.invitation("h1") is None


# --- deeds


def test_the_deeds_of_one_are_what_they_did_and_what_was_done_to_them(entrance: Entrance) -> None:
    asked = Done(NOON, TU.id, Deed.ASKED, detail="Tú")
    granted = Done(NOON + MINUTE, AN.id, Deed.GRANTED, person=TU.id, detail="operator")
    bound = Done(NOON + 2 * MINUTE, AN.id, Deed.BOUND, chat=GROUP.id)
    entrance.record(Step(done=(asked, granted, bound)), NOON)

    assert entrance.deeds(most=9) == [bound, granted, asked]
    assert entrance.deeds(most=1) == [bound]
    assert entrance.deeds(person=TU.id, most=9) == [granted, asked]


def test_wrong_codes_are_counted_by_person_and_for_a_while(entrance: Entrance) -> None:
    wrong = Done(NOON, TU.id, Deed.CODE_REFUSED)
    entrance.record(Step(done=(wrong, wrong, replace(wrong, by=LAN.id))), NOON)

    assert entrance.wrong_codes(TU.id, NOON - SECOND) == 2
    assert entrance.wrong_codes(TU.id, NOON) == 0


# --- all or nothing


@pytest.fixture
def fuse() -> Fuse:
    return Fuse(lambda: StoreError("disk full"))


@pytest.fixture
def fused(path: Path, fuse: Fuse) -> Iterator[Entrance]:
    with closing(Database.open(path, watch=fuse)) as database:
        yield Entrance(database, People(database))


@pytest.mark.parametrize("n", range(1, 11))
def test_a_step_that_fails_has_not_begun(path: Path, fused: Entrance, fuse: Fuse, n: int) -> None:
    before = remembered(path)
    step = Step(
        people=(LAN,),
        chats=(GROUP,),
        requests=(GRANTED,),
        invitations=(INVITATION,),
        tell=((GRANTED.id, TU.id),),
        done=(Done(NOON, AN.id, Deed.GRANTED, person=TU.id),),
    )
    fuse.n = n

    with pytest.raises(StoreError):
        fused.record(step, NOON)

    assert remembered(path) == before
