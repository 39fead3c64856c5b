"""Strangers ask, admins answer, codes open once, and groups that nobody let in are left."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.core.access import Deed, RequestState
from notifier.core.admitting import REQUESTS_A_DAY, WRONG_CODES
from notifier.core.alerts import Language
from notifier.core.deliveries import Failed
from notifier.core.people import Chat, ChatKind, Person, Role
from notifier.core.talk import data_of
from tests.bot.hall import BLOCKED, DOWN, KHO, Hall, a_hall, labels
from tests.people import AN, BINH, GROUP, HOA, LAN, TU

CODE = re.compile(r"start=(\S+)")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with a_hall(tmp_path / "notifier.db") as opened:
        yield opened


async def asked(hall: Hall, person: Person = TU) -> str:
    """Have a stranger ask to be let in, and return the id of the request."""
    await hall.taps(person, data_of("ask", "me"))
    return next(r.id for r in hall.entrance.undecided() if r.person == person.id)


async def invited(hall: Hall, words: str = "operator") -> str:
    """Have An invite somebody, and return the code."""
    found = CODE.search(await hall.asks(AN, f"/invite {words}"))
    assert found
    return found[1]


# --- a stranger


async def test_a_stranger_is_offered_to_ask(hall: Hall) -> None:
    (answer,) = await hall.reply(TU, "/start")

    assert labels(answer.message) == ["🙋 Ask for access"]


async def test_a_request_reaches_every_admin_once(hall: Hall) -> None:
    popup = await hall.taps(TU, data_of("ask", "me"))
    await hall.errands.once()
    await hall.errands.once()

    assert popup == "Your request was sent. The bot will tell you once an admin has decided."
    assert [post.chat for post in hall.mouth.posts] == [AN.id, BINH.id]
    assert hall.mouth.said(AN.id) == hall.mouth.said(BINH.id)


async def test_a_second_tap_is_not_a_second_request(hall: Hall) -> None:
    await asked(hall)

    popup = await hall.taps(TU, data_of("ask", "me"))

    assert popup == "Your request is waiting for an admin."
    assert (await hall.asks(TU, "/start")).endswith(popup)
    assert len(hall.entrance.asked_by(TU.id)) == 1


async def test_three_requests_a_day_are_enough(hall: Hall) -> None:
    for _ in range(REQUESTS_A_DAY):
        await hall.taps(AN, data_of("let", await asked(hall), "no"))
        hall.waits(1)

    popup = await hall.taps(TU, data_of("ask", "me"))

    assert popup == "You have asked too often. Please try again tomorrow."


@pytest.mark.parametrize("person", [AN, LAN, HOA], ids=lambda person: person.role.value)
async def test_whoever_is_in_is_greeted(hall: Hall, person: Person) -> None:
    said = await hall.asks(person, "/start")

    assert said.startswith(f"Welcome, {person.name}!")
    assert said.endswith("/missed missed calls")
    assert await hall.taps(person, data_of("ask", "me")) == (
        "You already have this role or a higher one."
    )


# --- an admin's answer


@pytest.mark.parametrize(
    ("choice", "role"),
    [("operator", Role.OPERATOR), ("admin", Role.ADMIN), ("viewer", Role.VIEWER)],
)
async def test_an_admin_lets_somebody_in(hall: Hall, choice: str, role: Role) -> None:
    identity = await asked(hall)

    popup = await hall.taps(AN, data_of("let", identity, choice))

    assert popup == f"An approved at 12:00: {role.value.title()}"
    assert hall.known(TU) == replace(TU, role=role, since=hall.now)
    assert hall.deeds() == [(TU.id, Deed.ASKED), (AN.id, Deed.GRANTED)]


async def test_the_card_of_every_admin_shows_the_answer_and_the_person_is_greeted(
    hall: Hall,
) -> None:
    identity = await asked(hall)
    await hall.errands.once()

    await hall.taps(BINH, data_of("let", identity, "operator"))
    await hall.errands.once()

    edited = {post.chat: post.edits for post in hall.mouth.posts[2:]}
    assert edited == {AN.id: 101, BINH.id: 102, TU.id: None}
    assert hall.mouth.said(AN.id)[-1].endswith("Bình approved at 12:00: Operator")
    assert hall.mouth.said(TU.id) == ["Welcome, Tú!\nYour role: Operator\n/missed missed calls"]


async def test_of_two_answers_the_first_counts_and_the_second_sees_who(hall: Hall) -> None:
    identity = await asked(hall)

    popups = [
        await hall.taps(AN, data_of("let", identity, "viewer")),
        await hall.taps(BINH, data_of("let", identity, "admin")),
    ]

    assert popups == ["An approved at 12:00: Viewer"] * 2
    assert hall.known(TU).role is Role.VIEWER


async def test_whoever_is_refused_is_told_and_may_ask_again(hall: Hall) -> None:
    await hall.taps(AN, data_of("let", await asked(hall), "no"))
    await hall.errands.once()
    hall.waits(1)

    popup = await hall.taps(TU, data_of("ask", "me"))

    assert hall.mouth.said(TU.id) == ["Your request was declined."]
    assert popup.startswith("Your request was sent.")


async def test_whoever_is_blocked_hears_nothing_more(hall: Hall) -> None:
    await hall.taps(AN, data_of("let", await asked(hall), "block"))
    await hall.errands.once()

    said = [await hall.asks(TU, "/start"), await hall.asks(TU, f"/start {await invited(hall)}")]

    assert said == ["", ""]
    assert hall.mouth.said(TU.id) == []
    assert await hall.taps(TU, data_of("ask", "me")) == "You cannot send a request."


@pytest.mark.parametrize(
    ("person", "data", "popup"),
    [
        pytest.param(LAN, "1:let:{id}:admin", "Only an admin can do this.", id="no admin"),
        pytest.param(AN, "1:let:{id}:bind", "This button no longer works.", id="no such answer"),
        pytest.param(AN, "1:let:{id}:boss", "This button no longer works.", id="no answer at all"),
        pytest.param(AN, "1:let:none:admin", "This button no longer works.", id="no such request"),
    ],
)
async def test_a_forged_answer_changes_nothing(
    hall: Hall, person: Person, data: str, popup: str
) -> None:
    identity = await asked(hall)

    said = await hall.taps(person, data.format(id=identity))

    assert said == popup
    assert hall.request().state is RequestState.OPEN


async def test_a_revoked_admin_answers_nothing_with_an_old_card(hall: Hall) -> None:
    identity = await asked(hall)
    await hall.asks(AN, f"/revoke {BINH.id}")

    popup = await hall.taps(BINH, data_of("let", identity, "admin"))

    assert popup == "Only an admin can do this."
    assert hall.request().state is RequestState.OPEN


async def test_a_new_admin_is_told_of_those_who_still_wait(hall: Hall) -> None:
    waits = await asked(hall)
    await hall.errands.once()

    await hall.asks(AN, f"/grant {LAN.id} admin")
    await hall.errands.once()

    (told,) = [post for post in hall.mouth.posts if post.chat == LAN.id]
    assert told.answer.message.buttons[0][0].data == data_of("let", waits, "operator")


# --- codes


async def test_an_invitation_lets_one_person_in_once(hall: Hall) -> None:
    code = await invited(hall, "operator 101 19001000")

    said = [await hall.asks(person, f"/start {code}") for person in (TU, replace(TU, id=42))]

    assert said[0].startswith("Welcome, Tú!\nYour role: Operator")
    assert said[1] == "This code does not work: it is wrong, used or too old."
    assert hall.known(TU) == replace(
        TU, role=Role.OPERATOR, extension="101", hotlines=("19001000",), since=hall.now
    )


async def test_a_code_that_is_handled_again_after_a_crash_says_the_same(hall: Hall) -> None:
    code = await invited(hall)
    said = await hall.asks(TU, f"/start {code}")

    assert await hall.asks(TU, f"/start {code}") == said
    assert hall.deeds().count((TU.id, Deed.JOINED)) == 1


async def test_a_code_answers_the_request_that_was_open(hall: Hall) -> None:
    identity = await asked(hall)

    await hall.asks(TU, f"/start {await invited(hall)}")

    request = hall.entrance.request(identity)
    assert request
    assert (request.state, request.decided_by) == (RequestState.GRANTED, "An")


async def test_an_invitation_ends_after_a_quarter_of_an_hour(hall: Hall) -> None:
    code = await invited(hall)
    hall.waits(15)

    said = await hall.asks(TU, f"/start {code}")

    assert said == "This code does not work: it is wrong, used or too old."


async def test_the_invitations_of_whoever_is_no_admin_any_more_are_void(hall: Hall) -> None:
    code = await invited(hall)
    await hall.asks(BINH, f"/revoke {AN.id}")

    said = await hall.asks(TU, f"/start {code}")

    assert said == "This code does not work: it is wrong, used or too old."


async def test_an_extension_that_is_taken_stays_with_whoever_has_it(hall: Hall) -> None:
    hall.people.put_person(replace(LAN, extension="101"))

    await hall.asks(TU, f"/start {await invited(hall, 'operator 101')}")

    assert (hall.known(TU).extension, hall.known(LAN).extension) == ("", "101")


async def test_a_code_cannot_be_guessed(hall: Hall) -> None:
    code = await invited(hall)
    for n in range(WRONG_CODES):
        await hall.asks(TU, f"/start guess{n}")

    said = await hall.asks(TU, f"/start {code}")
    hall.waits(61)

    assert said == "Too many wrong codes. Please try again in an hour."
    assert hall.deeds().count((TU.id, Deed.CODE_REFUSED)) == WRONG_CODES
    assert (await hall.asks(TU, "/start guess")).startswith("This code does not work")


async def test_a_secret_is_nowhere_in_the_file(hall: Hall, tmp_path: Path) -> None:
    first = hall.access.first_admin_link(hall.now)
    code = await invited(hall)
    await hall.asks(TU, f"/start {code}")

    kept = hall.on_disk(tmp_path)

    assert first is None
    assert code.encode() not in kept


# --- the first admin


@pytest.fixture
def empty(hall: Hall) -> Hall:
    """A hall in which nobody is an admin."""
    for person in (AN, BINH):
        hall.people.put_person(replace(person, role=Role.STRANGER))
    return hall


async def test_the_first_admin_comes_in_by_the_link(empty: Hall) -> None:
    waiting = await asked(empty, replace(TU, id=42, name="Tư"))
    code = empty.access.first_admin_link(empty.now)
    assert code

    await empty.asks(TU, f"/start {code.reveal()}")
    await empty.errands.once()

    assert empty.known(TU).role is Role.ADMIN
    assert empty.access.first_admin_link(empty.now) is None
    assert empty.mouth.posts[0].answer.message.buttons[0][0].data == data_of(
        "let", waiting, "operator"
    )


async def test_only_the_latest_link_makes_an_admin(empty: Hall) -> None:
    codes = [empty.access.first_admin_link(empty.now) for _ in range(2)]

    said = [await empty.asks(TU, f"/start {code.reveal()}") for code in codes if code]

    assert said[0].startswith("This code does not work")
    assert said[1].startswith("Welcome")


async def test_the_link_is_void_once_there_is_an_admin(empty: Hall) -> None:
    code = empty.access.first_admin_link(empty.now)
    assert code
    empty.people.follow_file([AN.id], [])

    said = await empty.asks(TU, f"/start {code.reveal()}")

    assert said.startswith("This code does not work")


# --- groups


async def test_a_new_group_is_told_once_and_so_are_the_admins(hall: Hall) -> None:
    await hall.stands(KHO, TU)
    await hall.stands(KHO, TU)
    await hall.errands.once()

    assert [post.chat for post in hall.mouth.posts] == [KHO.id, AN.id, BINH.id]
    assert "leave at 12:10" in hall.mouth.said(KHO.id)[0]


async def test_a_group_that_was_not_let_in_is_left_after_ten_minutes(hall: Hall) -> None:
    await hall.stands(KHO, TU)
    hall.waits(9)
    await hall.errands.once()
    assert hall.mouth.left == []

    hall.waits(1)
    await hall.errands.once()
    await hall.errands.once()

    assert hall.mouth.left == [KHO.id]
    assert hall.mouth.said(AN.id)[-1].endswith("Nobody approved; the bot has left the group.")
    assert hall.deeds() == [(TU.id, Deed.ENTERED), (0, Deed.LEFT)]


@pytest.mark.parametrize("chat", [KHO, None], ids=["in the group", "in private"])
async def test_an_admin_lets_a_group_in(hall: Hall, chat: Chat | None) -> None:
    await hall.stands(KHO, TU)
    await hall.errands.once()
    verb = data_of("bind", hall.request().id) if chat else data_of("let", hall.request().id, "bind")

    popup = await hall.taps(AN, verb, chat)
    hall.waits(11)
    await hall.errands.once()

    assert popup == "An approved at 12:00"
    assert hall.people.known_chat(KHO.id) == replace(KHO, bound=True)
    assert hall.mouth.left == []
    assert hall.mouth.said(KHO.id)[-1] == "✅ This group is connected, approved by An."


@pytest.mark.parametrize("person", [LAN, HOA, TU], ids=lambda person: person.role.value)
async def test_nobody_else_lets_a_group_in(hall: Hall, person: Person) -> None:
    await hall.stands(KHO, TU)

    popup = await hall.taps(person, data_of("bind", hall.request().id), KHO)

    assert popup == "Only an admin can do this."
    assert hall.people.known_chat(KHO.id) is None


@pytest.mark.parametrize("about", ["other", "none"])
async def test_the_button_of_one_group_lets_no_other_in(hall: Hall, about: str) -> None:
    await hall.stands(KHO, TU)
    identity = hall.request().id if about == "other" else about

    popup = await hall.taps(AN, data_of("bind", identity), replace(KHO, id=-5))

    assert popup == "This button no longer works."


async def test_a_group_that_an_admin_refuses_is_left_at_once(hall: Hall) -> None:
    await hall.stands(KHO, TU)

    await hall.taps(AN, data_of("let", hall.request().id, "no"))
    await hall.errands.once()

    assert hall.mouth.left == [KHO.id]


async def test_whoever_brings_the_bot_into_many_groups_is_not_heard(hall: Hall) -> None:
    for n in range(REQUESTS_A_DAY + 1):
        await hall.stands(replace(KHO, id=-50 - n), TU)
    await hall.errands.once()

    assert hall.mouth.left == [-53]
    assert hall.mouth.said(-53) == []


async def test_a_group_that_throws_the_bot_out_is_bound_no_more(hall: Hall) -> None:
    hall.people.put_chat(GROUP)

    await hall.stands(GROUP, TU, member=False, writes=False)

    assert hall.people.known_chat(GROUP.id) == replace(GROUP, bound=False)


async def test_a_group_that_throws_the_bot_out_while_it_waits_is_not_left(hall: Hall) -> None:
    await hall.stands(KHO, TU)

    await hall.stands(KHO, TU, member=False, writes=False)
    hall.waits(11)
    await hall.errands.once()

    assert hall.mouth.left == []
    assert hall.entrance.undecided() == []


async def test_an_unknown_group_that_goes_is_not_noted(hall: Hall) -> None:
    await hall.stands(KHO, TU, member=False, writes=False)

    assert hall.deeds() == []


async def test_a_group_that_is_bound_is_not_asked_again(hall: Hall) -> None:
    hall.people.put_chat(GROUP)

    await hall.stands(GROUP, TU, writes=False)
    parked = hall.people.known_chat(GROUP.id)
    await hall.stands(GROUP, TU)

    assert parked == replace(GROUP, parked="read-only")
    assert hall.people.known_chat(GROUP.id) == GROUP
    assert hall.entrance.undecided() == []


async def test_start_in_a_group_that_nobody_has_heard_of_has_it_ask(hall: Hall) -> None:
    said = await hall.asks(TU, "/start", KHO)

    assert said == ""
    assert hall.request().chat == KHO.id


async def test_start_in_a_bound_group_is_answered_with_the_way(hall: Hall) -> None:
    hall.people.put_chat(GROUP)

    assert await hall.asks(LAN, "/start secret", GROUP) == (
        "Write to the bot in a private chat to begin."
    )


async def test_a_group_that_moves_while_it_waits_is_left_under_its_new_id(hall: Hall) -> None:
    await hall.stands(KHO, TU)

    hall.people.moved(KHO.id, -100999, hall.now)
    hall.waits(10)
    await hall.errands.once()

    assert hall.mouth.left == [-100999]


@pytest.mark.parametrize(
    ("person", "parked"),
    [pytest.param(LAN, "blocked", id="known"), pytest.param(TU, None, id="a stranger")],
)
async def test_whoever_blocks_the_bot_is_not_written_to(
    hall: Hall, person: Person, parked: str | None
) -> None:
    private = Chat(person.id, ChatKind.PRIVATE)

    await hall.stands(private, person, member=False, writes=False)

    known = hall.people.known_chat(person.id)
    assert (known.parked if known else None) == parked


async def test_whoever_lets_the_bot_write_again_is_written_to(hall: Hall) -> None:
    private = Chat(LAN.id, ChatKind.PRIVATE)
    await hall.stands(private, LAN, member=False, writes=False)

    await hall.stands(private, LAN)

    assert hall.people.known_chat(LAN.id) == private


# --- what is owed


async def test_what_cannot_be_sent_now_is_sent_later(hall: Hall) -> None:
    await asked(hall)
    hall.mouth.fails = DOWN
    await hall.errands.once()

    hall.mouth.fails = None
    await hall.errands.once()

    assert [post.chat for post in hall.mouth.posts] == [AN.id, BINH.id]


async def test_what_can_never_be_sent_is_given_up(hall: Hall) -> None:
    await asked(hall)
    hall.mouth.fails = BLOCKED
    await hall.errands.once()

    hall.mouth.fails = None
    await hall.errands.once()

    assert hall.mouth.posts == []


async def test_an_admin_who_could_not_be_written_to_sees_what_waits_at_start(hall: Hall) -> None:
    waits = await asked(hall)
    hall.mouth.fails = BLOCKED
    await hall.errands.once()
    hall.mouth.fails = None

    await hall.asks(AN, "/start")
    await hall.errands.once()

    (told,) = hall.mouth.posts
    assert told.chat == AN.id
    assert told.answer.message.buttons[0][0].data == data_of("let", waits, "operator")


@pytest.mark.parametrize(
    ("fails", "left"), [(DOWN, [KHO.id]), (BLOCKED, [])], ids=["not now", "not in it"]
)
async def test_a_group_that_cannot_be_left_is_left_later(
    hall: Hall, fails: Failed, left: list[int]
) -> None:
    await hall.stands(KHO, TU)
    await hall.errands.once()
    hall.waits(10)
    hall.mouth.fails = fails
    await hall.errands.once()

    hall.mouth.fails = None
    await hall.errands.once()

    assert hall.mouth.left == left


async def test_each_reads_in_their_own_language(hall: Hall) -> None:
    hall.people.put_person(replace(AN, language=Language.VI))

    await asked(hall)
    await hall.errands.once()

    assert hall.mouth.said(AN.id)[0].startswith("🙋 Yêu cầu cấp quyền")
    assert hall.mouth.said(BINH.id)[0].startswith("🙋 Request for access")
