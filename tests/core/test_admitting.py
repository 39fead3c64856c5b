"""Who is let in: requests are few, codes open once, and no slip shuts everybody out."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.access import (
    OF_GROUP,
    OF_PERSON,
    AccessRequest,
    Admins,
    Choice,
    No,
    RequestState,
    hash_of,
)
from notifier.core.admitting import (
    CODE_LASTS,
    GROUP_WAITS,
    WRONG_CODES,
    a_group_request,
    decided,
    left,
    may_ask,
    may_change,
    may_govern,
    may_stop,
    may_try,
    redeemed,
    with_role,
)
from notifier.core.admitting import a_request as asks
from notifier.core.people import Caller, Chat, ChatKind, Invitation, Person, Role
from notifier.core.secrets import Secret
from tests.builders import MINUTE, NOON, SECOND
from tests.people import (
    AN,
    BINH,
    BOTH,
    BY_ROLE,
    HOA,
    LAN,
    TU,
    a_request,
    a_request_of_group,
    alone,
    among,
)

DAY = timedelta(days=1)
KHO = Chat(-1002, ChatKind.GROUP, "Kho")
REFUSED = a_request(state=RequestState.REFUSED)


def an_invitation(**overrides: Any) -> Invitation:
    """Return An's invitation of an operator, made at noon."""
    invitation = Invitation("h", Role.OPERATOR, str(AN.id), NOON + CODE_LASTS)
    return replace(invitation, **overrides)


# --- asking


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        pytest.param([], None, id="never before"),
        pytest.param([REFUSED] * 2, None, id="refused twice today"),
        pytest.param([REFUSED] * 3, No.TOO_OFTEN, id="refused three times today"),
        pytest.param([replace(REFUSED, asked_at=NOON - DAY)] * 3, None, id="long ago"),
        pytest.param([a_request()], No.ALREADY_ASKED, id="waits"),
        pytest.param([a_request_of_group()], None, id="waits for a group only"),
        pytest.param(
            [a_request(state=RequestState.BLOCKED, asked_at=NOON - 99 * DAY)],
            No.BLOCKED,
            id="blocked",
        ),
    ],
)
def test_a_stranger_has_one_open_request_and_three_a_day(
    asked: list[AccessRequest], why: No | None
) -> None:
    assert may_ask(TU, asked, NOON) is why


@pytest.mark.parametrize("person", [AN, LAN, HOA], ids=lambda person: person.role.value)
def test_who_is_in_need_not_ask(person: Person) -> None:
    assert may_ask(person, [], NOON) is No.ALREADY_IN


def test_a_request_says_who_asks() -> None:
    request = asks(TU, NOON)

    assert request == AccessRequest(request.id, TU.id, "Tú", NOON, username="tu41")
    assert asks(TU, NOON + SECOND).id != request.id


# --- groups


def test_a_group_waits_ten_minutes_for_an_admin() -> None:
    request = a_group_request(KHO, TU, [], NOON)

    assert (request.chat, request.title, request.person) == (KHO.id, "Kho", TU.id)
    assert (request.state, request.leaves_at) == (RequestState.OPEN, NOON + GROUP_WAITS)


@pytest.mark.parametrize(
    ("by", "asked", "state"),
    [
        pytest.param(TU, [REFUSED] * 3, RequestState.REFUSED, id="one after the other"),
        pytest.param(
            TU, [a_request(state=RequestState.BLOCKED)], RequestState.REFUSED, id="blocked"
        ),
        pytest.param(AN, [REFUSED] * 3, RequestState.OPEN, id="an admin"),
    ],
)
def test_whoever_brings_the_bot_into_many_groups_is_not_heard(
    by: Person, asked: list[AccessRequest], state: RequestState
) -> None:
    assert a_group_request(KHO, by, asked, NOON).state is state


def test_a_group_of_whoever_is_not_heard_is_left_at_once() -> None:
    request = a_group_request(KHO, TU, [REFUSED] * 3, NOON)

    assert request.leaves_at == NOON


@pytest.mark.parametrize("state", RequestState)
def test_a_group_that_was_left_is_not_left_again(state: RequestState) -> None:
    was = a_request_of_group(state=state, leaves_at=NOON)

    now = left(was, NOON)

    assert now.leaves_at is None
    assert now.state is (RequestState.EXPIRED if state is RequestState.OPEN else state)


# --- answers


ANSWERS = {
    Choice.OPERATOR: (RequestState.GRANTED, Role.OPERATOR),
    Choice.ADMIN: (RequestState.GRANTED, Role.ADMIN),
    Choice.VIEWER: (RequestState.GRANTED, Role.VIEWER),
    Choice.NO: (RequestState.REFUSED, None),
    Choice.BLOCK: (RequestState.BLOCKED, None),
}


@pytest.mark.parametrize("choice", OF_PERSON, ids=lambda choice: choice.value)
def test_an_admin_answers_a_person(choice: Choice) -> None:
    state, role = ANSWERS[choice]

    answer = decided(a_request(), choice, AN, NOON + MINUTE)

    assert answer == a_request(state=state, role=role, decided_by="An", decided_at=NOON + MINUTE)


@pytest.mark.parametrize(
    ("choice", "state", "leaves_at"),
    [
        pytest.param(Choice.BIND, RequestState.GRANTED, None, id="in"),
        pytest.param(Choice.NO, RequestState.REFUSED, NOON + MINUTE, id="out, at once"),
    ],
)
def test_an_admin_answers_a_group(
    choice: Choice, state: RequestState, leaves_at: datetime | None
) -> None:
    request = a_request_of_group(leaves_at=NOON + GROUP_WAITS)

    answer = decided(request, choice, AN, NOON + MINUTE)

    assert answer == replace(
        request, state=state, decided_by="An", decided_at=NOON + MINUTE, leaves_at=leaves_at
    )


@pytest.mark.parametrize("by", [LAN, HOA, TU], ids=lambda person: person.role.value)
@pytest.mark.parametrize("choice", Choice)
def test_nobody_else_answers(by: Person, choice: Choice) -> None:
    assert decided(a_request(), choice, by, NOON) is No.NOT_ADMIN


@pytest.mark.parametrize(
    "state", [state for state in RequestState if state is not RequestState.OPEN]
)
def test_the_first_answer_counts(state: RequestState) -> None:
    assert decided(a_request(state=state), Choice.NO, AN, NOON) is No.DECIDED


@pytest.mark.parametrize(
    ("request_", "choice"),
    [
        *((a_request(), choice) for choice in Choice if choice not in OF_PERSON),
        *((a_request_of_group(), choice) for choice in Choice if choice not in OF_GROUP),
    ],
)
def test_a_forged_answer_that_has_no_button_is_none(
    request_: AccessRequest, choice: Choice
) -> None:
    assert decided(request_, choice, AN, NOON) is No.GONE


# --- roles


GRANTS = list(product(Role, Role))


@pytest.mark.parametrize(
    ("by", "role"), GRANTS, ids=[f"{by.value} gives {role.value}" for by, role in GRANTS]
)
def test_only_an_admin_gives_roles(by: Role, role: Role) -> None:
    why = may_change(BY_ROLE[by], replace(HOA, id=99), role, BOTH)

    assert why is (None if by is Role.ADMIN else No.NOT_ADMIN)


@pytest.mark.parametrize("role", Role)
def test_nobody_changes_their_own_role(role: Role) -> None:
    assert may_change(AN, AN, role, BOTH) is No.ONESELF


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.STRANGER])
def test_an_admin_of_the_file_stays_one(role: Role) -> None:
    of_file = Admins(BOTH.all, frozenset({BINH.id}))

    assert may_change(AN, BINH, role, of_file) is No.OF_FILE
    assert may_change(AN, BINH, Role.ADMIN, of_file) is None


def test_a_stranger_has_nothing_to_lose() -> None:
    assert may_change(AN, TU, Role.STRANGER, BOTH) is No.NOBODY


@given(
    st.sampled_from([AN, BINH, LAN, HOA, TU]),
    st.sampled_from([AN, BINH, LAN, HOA, TU]),
    st.sampled_from(Role),
)
def test_no_change_leaves_a_house_without_an_admin(by: Person, person: Person, role: Role) -> None:
    admins = Admins(frozenset({AN.id}))
    acting = replace(by, role=Role.ADMIN if by.id in admins.all else Role.OPERATOR)

    why = may_change(acting, person, role, admins)

    assert why is not None or person.id not in admins.all or role is Role.ADMIN


@pytest.mark.parametrize(
    ("person", "admins", "why"),
    [
        pytest.param(LAN, BOTH, None, id="an operator"),
        pytest.param(AN, BOTH, None, id="one of two admins"),
        pytest.param(AN, Admins(frozenset({AN.id})), No.LAST_ADMIN, id="the only admin"),
        pytest.param(
            AN, Admins(BOTH.all, frozenset({AN.id})), No.OF_FILE, id="an admin of the file"
        ),
        pytest.param(TU, BOTH, No.NOBODY, id="a stranger"),
    ],
)
def test_who_may_give_up_their_access(person: Person, admins: Admins, why: No | None) -> None:
    assert may_stop(person, admins) is why


def test_whoever_loses_their_role_loses_what_came_with_it() -> None:
    lan = replace(LAN, extension="101", hotlines=("1900",), listens=True, quiet="22:00-07:00")

    gone = with_role(lan, Role.STRANGER, NOON)

    assert gone == replace(LAN, role=Role.STRANGER, quiet="22:00-07:00", since=NOON)


def test_another_role_keeps_what_was_granted() -> None:
    lan = replace(LAN, extension="101", listens=True)

    assert with_role(lan, Role.ADMIN, NOON) == replace(lan, role=Role.ADMIN, since=NOON)


@pytest.mark.parametrize(
    ("caller", "why"),
    [
        pytest.param(alone(AN), None, id="an admin alone"),
        pytest.param(among(AN, bound=False), None, id="an admin in a group that is not bound"),
        pytest.param(among(LAN), No.NOT_ADMIN, id="an operator"),
        pytest.param(among(TU), No.NOT_ADMIN, id="a stranger"),
    ],
)
def test_who_may_bind_the_chat_they_are_in(caller: Caller, why: No | None) -> None:
    assert may_govern(caller) is why


# --- codes


def test_a_code_gives_what_the_invitation_says() -> None:
    invitation = an_invitation(extension="101", hotlines=("1900",))

    joined = redeemed(invitation, TU, BOTH, NOON)

    assert joined == replace(
        TU, role=Role.OPERATOR, extension="101", hotlines=("1900",), since=NOON
    )


@pytest.mark.parametrize(
    ("invitation", "now"),
    [
        pytest.param(None, NOON, id="that nobody made"),
        pytest.param(an_invitation(), NOON + CODE_LASTS, id="that is too old"),
        pytest.param(an_invitation(used_by=99), NOON, id="that somebody else used"),
        pytest.param(an_invitation(used_by=TU.id), NOON, id="used, and revoked since"),
        pytest.param(an_invitation(by="99"), NOON, id="of whoever is no admin any more"),
        pytest.param(an_invitation(by=""), NOON, id="for the first admin, once there is one"),
    ],
)
def test_a_code_opens_nothing(invitation: Invitation | None, now: Any) -> None:
    assert redeemed(invitation, TU, BOTH, now) is No.BAD_CODE


def test_a_code_is_for_one_person_who_may_say_it_again() -> None:
    used = an_invitation(used_by=LAN.id)

    assert redeemed(used, LAN, BOTH, NOON + DAY) == LAN


def test_the_first_admin_comes_in_while_there_is_none() -> None:
    first = an_invitation(by="", role=Role.ADMIN)

    joined = redeemed(first, TU, Admins(frozenset()), NOON)

    assert joined == replace(TU, role=Role.ADMIN, since=NOON)


@pytest.mark.parametrize(
    ("given_", "has"),
    [(given_, has) for given_, has in product(Role, Role) if given_ is not Role.STRANGER],
)
def test_a_code_takes_nothing_away(given_: Role, has: Role) -> None:
    ranks = [Role.STRANGER, Role.VIEWER, Role.OPERATOR, Role.ADMIN]

    joined = redeemed(an_invitation(role=given_), BY_ROLE[has], BOTH, NOON)

    higher = ranks.index(given_) > ranks.index(has)
    assert joined == (replace(BY_ROLE[has], role=given_, since=NOON) if higher else No.ALREADY_IN)


@pytest.mark.parametrize(
    ("wrong", "asked", "why"),
    [
        pytest.param(WRONG_CODES - 1, [], None, id="a few wrong ones"),
        pytest.param(WRONG_CODES, [], No.TOO_MANY_CODES, id="too many"),
        pytest.param(0, [a_request(state=RequestState.BLOCKED)], No.BLOCKED, id="blocked"),
    ],
)
def test_codes_cannot_be_guessed_one_after_the_other(
    wrong: int, asked: list[AccessRequest], why: No | None
) -> None:
    assert may_try(wrong, asked) is why


@given(st.text(), st.text())
def test_codes_are_the_same_only_if_their_hashes_are(one: str, other: str) -> None:
    assert (hash_of(Secret(one)) == hash_of(Secret(other))) == (one == other)
