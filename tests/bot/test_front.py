"""Who is answered, what and how: the front between a chat and the skills."""

from datetime import timedelta
from functools import partial

import httpx
import pytest

from notifier.core.hearing import Moved
from notifier.core.people import Chat, ChatKind, Role
from notifier.core.talk import Answer, Asked, File, Reaction, Tapped
from tests.bot.desk import (
    ADMIN,
    GROUP,
    LAN,
    OTHER_GROUP,
    STRANGER,
    Stage,
    a_reply,
    an_answer,
)
from tests.fakes.telegram import Fault

NO_ACCESS = "You have no access to this bot. Send /start to ask for it."
DENIED = "You are not allowed to do this."
IN_PRIVATE = "This works only in a private chat with the bot."
OLD = "This button no longer works."


async def _gives(given: tuple[Answer, ...], _asked: Asked) -> tuple[Answer, ...]:
    return given


async def _reacts(given: Reaction, _tapped: Tapped) -> Reaction:
    return given


def answers(stage: Stage, *given: Answer) -> None:
    stage.parrot.replies = partial(_gives, given)


def reacts(stage: Stage, given: Reaction) -> None:
    stage.parrot.reacts = partial(_reacts, given)


# Commands


async def test_a_command_is_answered_by_its_skill(stage: Stage) -> None:
    await stage.says("/look 7d 19001000")

    assert stage.said() == ["look 7d 19001000"]
    (asked,) = stage.parrot.asked
    assert asked.caller.person.role is Role.OPERATOR
    assert asked.now == stage.clock.now() - timedelta(seconds=1)


@pytest.mark.parametrize("text", ["/XEM 7d", "/look@n_bot 7d", "/look_7d", "  /look   7d "])
async def test_a_command_has_other_forms(stage: Stage, text: str) -> None:
    await stage.says(text)

    assert stage.said() == ["look 7d"]


async def test_a_command_for_another_bot_is_not_for_us(stage: Stage) -> None:
    await stage.says("/look@other_bot", chat=GROUP)

    assert stage.said(GROUP) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/lok", "There is no command “/lok”. Did you mean /look?"),
        ("/zzz<b>", "There is no command “/zzz<b>”. Type /help to see them all."),
        ("/govern", DENIED),
        ("hello", "Type /help to see what can be asked."),
    ],
    ids=["near", "far", "denied", "words"],
)
async def test_what_is_not_understood_or_not_allowed_is_said(
    stage: Stage, text: str, answer: str
) -> None:
    await stage.says(text)

    assert stage.said() == [answer]
    assert stage.parrot.asked == []


async def test_an_admin_governs_in_private_only(stage: Stage) -> None:
    await stage.says("/govern", person=ADMIN)
    await stage.says("/govern", person=ADMIN, chat=GROUP)
    await stage.says("/secretly", person=ADMIN, chat=GROUP)

    assert stage.said(ADMIN) == ["govern"]
    assert stage.said(GROUP) == [IN_PRIVATE, IN_PRIVATE]


async def test_a_group_that_nobody_has_bound_is_told_nothing(stage: Stage) -> None:
    await stage.says("/look", chat=OTHER_GROUP)

    assert stage.said(OTHER_GROUP) == [
        "This group has not been connected. An admin can do it with /bind."
    ]


async def test_words_among_people_are_not_for_the_bot(stage: Stage) -> None:
    await stage.says("good morning", chat=GROUP)

    assert stage.said(GROUP) == []


# Strangers


@pytest.mark.parametrize("text", ["/look", "/govern", "/nothing", "hello"])
async def test_a_stranger_learns_nothing_not_even_what_there_is(stage: Stage, text: str) -> None:
    await stage.says(text, person=STRANGER)

    assert stage.said(STRANGER) == [NO_ACCESS]
    assert stage.parrot.asked == []


async def test_a_stranger_may_use_what_is_for_anybody(stage: Stage) -> None:
    await stage.says("/hi", person=STRANGER)

    assert stage.said(STRANGER) == ["hi"]


async def test_a_stranger_is_answered_three_times_a_minute(stage: Stage) -> None:
    await stage.says("/hi 1", person=STRANGER)
    await stage.says("/hi 2", person=STRANGER)
    await stage.says("/hi 3", person=STRANGER)
    await stage.says("/hi 4", person=STRANGER)
    await stage.says("hello", person=STRANGER)
    await stage.advance(60)
    await stage.says("/hi 5", person=STRANGER)

    assert stage.said(STRANGER) == ["hi 1", "hi 2", "hi 3", "hi 5"]


async def test_a_right_that_was_taken_away_is_gone_at_once(stage: Stage) -> None:
    await stage.says("/look")
    person = stage.bot.people.person(LAN, "Lan")
    stage.bot.people.put_person(type(person)(LAN, "Lan", Role.STRANGER))
    await stage.says("/look")

    tap = await stage.taps("1:peek:a1")

    assert stage.said() == ["look", NO_ACCESS]
    assert (tap.text, tap.loud) == (NO_ACCESS, True)


# Answers


async def test_in_a_group_an_answer_replies_without_a_sound(stage: Stage) -> None:
    message = await stage.says("/look", chat=GROUP)

    (answer,) = stage.fake.messages(GROUP)[1:]
    assert (answer.replies_to, answer.silent, answer.topic) == (message, True, None)


async def test_an_answer_stays_in_its_topic(stage: Stage) -> None:
    topic = {"is_topic_message": True, "message_thread_id": 7}
    await stage.says("/look", chat=GROUP, **topic)
    await stage.says("/look", chat=GROUP, message_thread_id=99)  # a reply in the general topic

    assert [m.topic for m in stage.fake.messages(GROUP)[1:]] == [7, None]


async def test_what_is_for_the_person_alone_goes_to_their_own_chat(stage: Stage) -> None:
    answers(stage, an_answer("number", private=True))
    await stage.says("/look", chat=GROUP)

    assert (stage.said(), stage.said(GROUP)) == (["number"], [])


async def test_who_has_never_written_to_the_bot_is_told_to(stage: Stage) -> None:
    stage.fake.chats[LAN].forbidden = "bot can't initiate conversation with a user"
    answers(stage, an_answer("number", private=True))
    await stage.says("/look", chat=GROUP)

    assert stage.said(GROUP) == [
        "The bot cannot write to you yet. Open a private chat with it and press Start."
    ]


@pytest.mark.parametrize("kind", ["photo", "document", "audio"])
async def test_a_file_is_sent_with_its_caption(stage: Stage, kind: str) -> None:
    file = File("sổ.bin", b"\x00content", kind, protected=True)
    answers(stage, an_answer("x" * 2000, file=file))
    await stage.says("/look")

    (sent,) = stage.fake.messages(LAN)[1:]
    assert (sent.kind, sent.file, sent.protected) == (kind, ("sổ.bin", b"\x00content"), True)
    assert len(sent.text) <= 1024


async def test_a_picture_that_is_too_large_for_one_is_a_document(stage: Stage) -> None:
    answers(stage, an_answer("big", file=File("a.png", b"1" * 10_000_001, "photo")))
    await stage.says("/look")

    assert [m.kind for m in stage.fake.messages(LAN)[1:]] == ["document"]


async def test_a_reply_completes_the_command_that_asked_for_it(stage: Stage) -> None:
    answers(stage, an_answer("What is it?", asks_back="work a1"))
    await stage.says("/work")
    question = stage.fake.messages(LAN)[-1]
    answers(stage)
    await stage.says("call back  at five", **a_reply(question))

    assert question.asks_back
    assert stage.parrot.asked[-1].words == ("a1", "call", "back", "at", "five")
    assert stage.parrot.asked[-1].replied_to == question.id


async def test_a_reply_is_not_waited_for_any_longer_than_a_quarter_of_an_hour(
    stage: Stage,
) -> None:
    answers(stage, an_answer("What is it?", asks_back="work a1"))
    await stage.says("/work")
    question = stage.fake.messages(LAN)[-1]
    await stage.advance(16 * 60)
    await stage.says("too late", **a_reply(question))

    assert len(stage.parrot.asked) == 1


# Taps


async def test_a_tap_is_reacted_to_and_answered(stage: Stage) -> None:
    tap = await stage.taps("1:take:a1:15")

    assert (tap.text, tap.loud) == ("take a1", False)
    (tapped,) = stage.parrot.tapped
    assert (tapped.argument, tapped.message) == ("15", stage.card().id)


@pytest.mark.parametrize(
    "data", ["", "take", "0:take:a1", "1:take:", "1:nuke:a1", "1::a1", "💥" * 16]
)
async def test_a_button_that_is_none_of_ours_is_old(stage: Stage, data: str) -> None:
    tap = await stage.taps(data)

    assert tap.text == OLD
    assert stage.parrot.tapped == []


@pytest.mark.parametrize(
    ("data", "person", "chat", "popup"),
    [
        ("1:take:a1", STRANGER, GROUP, NO_ACCESS),
        ("1:rule:a1", LAN, LAN, DENIED),
        ("1:rule:a1", ADMIN, GROUP, IN_PRIVATE),
        (
            "1:peek:a1",
            LAN,
            OTHER_GROUP,
            "This group has not been connected. An admin can do it with /bind.",
        ),
    ],
    ids=["stranger", "operator", "in a group", "unbound"],
)
async def test_the_right_is_looked_at_again_at_each_tap(
    stage: Stage, data: str, person: int, chat: int, popup: str
) -> None:
    tap = await stage.taps(data, person=person, chat=chat)

    assert (tap.text, tap.loud) == (popup, True)
    assert stage.parrot.tapped == []


async def test_a_popup_is_never_longer_than_telegram_shows(stage: Stage) -> None:
    reacts(stage, Reaction("😀" * 300))

    tap = await stage.taps("1:peek:a1")

    assert tap.text == "😀" * 99 + "…"


async def test_pages_are_turned_in_the_place_of_the_tapped_message(stage: Stage) -> None:
    reacts(stage, Reaction(answers=(an_answer("page 2", edits=True), an_answer("new"))))

    tap = await stage.taps("1:peek:a1")

    assert tap.text == ""
    assert [m.text for m in stage.fake.messages(GROUP)] == ["page 2", "new"]


async def test_a_page_that_is_the_same_is_no_failure(stage: Stage) -> None:
    reacts(stage, Reaction(answers=(an_answer("card", edits=True),)))

    tap = await stage.taps("1:peek:a1")

    assert tap.text == ""
    assert [m.text for m in stage.fake.messages(GROUP)] == ["card"]


async def test_a_page_whose_message_is_gone_comes_anew(stage: Stage) -> None:
    reacts(stage, Reaction(answers=(an_answer("page 2", edits=True),)))
    card = stage.card()
    stage.fake.delete(GROUP, card.id)

    await stage.taps("1:peek:a1")

    assert [m.text for m in stage.fake.messages(GROUP)] == ["page 2"]


async def test_a_tap_that_is_answered_too_late_has_done_its_work(stage: Stage) -> None:
    stage.fake.queue.patience = -1

    tap = await stage.taps("1:take:a1")

    assert tap.text is None
    assert len(stage.parrot.tapped) == 1
    assert stage.rows("tries, failure") == [(1, "")]


# What fails


async def test_an_answer_waits_for_its_turn_and_is_sent_once(stage: Stage) -> None:
    flood = b'{"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":5}}'
    stage.fake.fail(Fault(status=429, body=flood))
    await stage.says("/look")
    before = stage.said()
    await stage.advance(6)

    assert (before, stage.said()) == ([], ["look"])
    assert len(stage.parrot.asked) == 1


async def test_an_answer_that_may_have_arrived_is_not_said_twice(stage: Stage) -> None:
    stage.fake.fail(Fault(raises=httpx.ReadError("gone"), after=True))
    await stage.says("/look")
    await stage.advance(60)

    assert stage.said() == ["look"]


async def test_an_answer_that_nobody_takes_is_given_up(stage: Stage) -> None:
    stage.fake.fail(*[Fault(status=502, body=b"{}")] * 100)
    await stage.says("/look")
    await stage.advance(60)

    assert len(stage.fake.faults) == 96
    assert stage.rows("tries, failure") == [(1, "")]


# Chats


async def test_whoever_minds_is_told_when_a_chat_shuts_the_bot_out_or_lets_it_in(
    stage: Stage,
) -> None:
    stage.fake.stands(LAN, LAN, "kicked")
    stage.fake.stands(LAN, LAN, "member")
    await stage.advance()

    told = [(stood.place.id, stood.member, stood.writes) for stood, _ in stage.stood]
    assert told == [(LAN, False, False), (LAN, True, True)]
    assert [caller.person.role for _, caller in stage.stood] == [Role.OPERATOR] * 2
    assert stage.said() == ["I am here"]


async def test_a_group_may_let_the_bot_read_only(stage: Stage) -> None:
    rights = dict.fromkeys(
        "can_send_messages can_change_info can_invite_users can_pin_messages can_manage_topics"
        " can_send_polls can_send_other_messages can_add_web_page_previews can_send_audios"
        " can_send_documents can_send_photos can_send_videos can_send_video_notes"
        " can_send_voice_notes can_edit_tag can_react_to_messages".split(),
        False,
    )
    stage.fake.stands(GROUP, ADMIN, "restricted", is_member=True, until_date=0, **rights)
    await stage.advance()

    assert [(stood.member, stood.writes) for stood, _ in stage.stood] == [(True, False)]


async def test_a_group_that_becomes_a_supergroup_is_followed(stage: Stage) -> None:
    stage.bot.people.put_chat(Chat(OTHER_GROUP, ChatKind.GROUP, bound=True))
    stage.fake.migrates(OTHER_GROUP, -100555, ADMIN)
    await stage.advance()
    await stage.says("/look", chat=-100555)

    assert stage.said(-100555) == ["look"]
    assert not stage.bot.people.chat(OTHER_GROUP, ChatKind.GROUP).bound


async def test_a_group_that_the_file_names_is_followed_too(
    stage: Stage,
) -> None:
    await stage.bot.front.hear(Moved(GROUP, -100666))
    stage.fake.chat(-100666)
    await stage.says("/look", chat=-100666)

    assert stage.said(-100666) == ["look"]
