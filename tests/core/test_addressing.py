"""Where an answer goes."""

from dataclasses import replace

from notifier.core.addressing import addressed, own_place
from notifier.core.hearing import Place, Post, Speaker
from notifier.core.messages import Message, plain
from notifier.core.people import Caller, Chat, ChatKind, Person, Role
from notifier.core.talk import Answer

LAN = Person(1, "Lan", Role.OPERATOR)
GROUP = Place(-9, ChatKind.GROUP, topic=7)
OWN = Place(1, ChatKind.PRIVATE)
ANSWER = Answer(Message((plain("x"),)))

IN_GROUP = Caller(LAN, Chat(-9, ChatKind.GROUP, bound=True))
IN_PRIVATE = Caller(LAN, Chat(1, ChatKind.PRIVATE))


def test_in_a_group_it_replies_without_a_sound_in_its_topic() -> None:
    post = addressed(ANSWER, IN_GROUP, GROUP, replies_to=5)

    assert post == Post(-9, ANSWER, topic=7, replies_to=5, silent=True)


def test_in_private_it_may_be_heard() -> None:
    assert addressed(ANSWER, IN_PRIVATE, OWN, replies_to=5) == Post(1, ANSWER, replies_to=5)


def test_what_is_for_the_person_alone_goes_to_them() -> None:
    private = replace(ANSWER, private=True)

    assert addressed(private, IN_GROUP, GROUP, replies_to=5, tapped=6) == Post(1, private)
    assert addressed(private, IN_PRIVATE, OWN, replies_to=5) == Post(1, private, replies_to=5)


def test_what_edits_takes_the_place_of_the_tapped_message() -> None:
    edits = replace(ANSWER, edits=True)

    post = addressed(edits, IN_GROUP, GROUP, replies_to=5, tapped=6)

    assert post == Post(-9, edits, topic=7, edits=6, silent=True)
    assert addressed(ANSWER, IN_PRIVATE, OWN, tapped=6).edits is None


def test_somebodys_own_chat_has_their_own_id() -> None:
    assert own_place(Speaker(1, "Lan")) == Place(1, ChatKind.PRIVATE)
