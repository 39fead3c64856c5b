"""A right is what the role allows and the chat allows; the smaller of the two wins."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.people import Caller, Chat, ChatKind, Person, Right, Role, a_stranger
from notifier.core.phones import Mask
from tests.people import AN, ANY_CHAT, BY_ROLE, GROUP, HOA, LAN, alone, among

ALL = frozenset(Right)
ANYBODY = frozenset({Right.ANYBODY})
READS = ANYBODY | {Right.LOOK}
WORKS = READS | {Right.WORK, Right.NUMBER}

MAY = {
    ("private", Role.ADMIN): ALL,
    ("private", Role.OPERATOR): WORKS,
    ("private", Role.VIEWER): READS,
    ("group", Role.ADMIN): WORKS,
    ("group", Role.OPERATOR): WORKS,
    ("group", Role.VIEWER): READS,
    ("channel", Role.ADMIN): READS,
    ("channel", Role.OPERATOR): READS,
    ("channel", Role.VIEWER): READS,
}
"""What is allowed; in every other place, and to strangers, only what is anybody's."""

PLACES = list(product(ANY_CHAT, Role, Right))

HOTLINES = st.lists(st.sampled_from(["1900", "1800", "028"]), unique=True).map(tuple)
CALLERS = st.builds(
    Caller,
    st.builds(
        Person,
        st.integers(1, 99),
        st.just("Ai"),
        st.sampled_from(Role),
        hotlines=HOTLINES,
        listens=st.booleans(),
    ),
    st.builds(
        Chat,
        st.integers(-99, 99),
        st.sampled_from(ChatKind),
        bound=st.booleans(),
        mask=st.sampled_from(Mask),
        hotlines=HOTLINES,
    ),
)


@pytest.mark.parametrize(
    ("chat", "role", "right"), PLACES, ids=[f"{c}-{o.value}-{r.value}" for c, o, r in PLACES]
)
def test_who_may_do_what_where(chat: str, role: Role, right: Right) -> None:
    caller = Caller(BY_ROLE[role], ANY_CHAT[chat])

    assert caller.may(right) == (right in MAY.get((chat, role), ANYBODY))


@pytest.mark.parametrize(
    ("caller", "may"),
    [
        pytest.param(alone(replace(LAN, listens=True)), True, id="granted, in private"),
        pytest.param(among(replace(LAN, listens=True)), False, id="granted, in a group"),
        pytest.param(alone(replace(HOA, listens=True)), False, id="granted, but only reads"),
    ],
)
def test_recordings_are_for_those_to_whom_they_were_granted(caller: Caller, *, may: bool) -> None:
    assert caller.may(Right.LISTEN) is may


@given(CALLERS, st.sampled_from(Right))
def test_a_stranger_may_do_only_what_anybody_may(caller: Caller, right: Right) -> None:
    stranger = replace(caller, person=replace(caller.person, role=Role.STRANGER))

    assert stranger.may(right) == (right is Right.ANYBODY)


@given(CALLERS, st.sampled_from(Right))
def test_nobody_may_do_more_in_a_group_than_alone(caller: Caller, right: Right) -> None:
    in_private = replace(caller, chat=replace(caller.chat, kind=ChatKind.PRIVATE))

    assert not caller.may(right) or in_private.may(right)


@given(CALLERS)
def test_an_admin_may_whatever_the_others_may(caller: Caller) -> None:
    admin = replace(caller, person=replace(caller.person, role=Role.ADMIN))

    assert all(admin.may(right) for right in Right if caller.may(right))


@given(CALLERS)
def test_the_hotlines_are_those_that_person_and_chat_have_in_common(caller: Caller) -> None:
    shown = set(caller.hotlines)

    assert not caller.person.hotlines or shown <= {*caller.person.hotlines, ""}
    assert not caller.chat.hotlines or shown <= {*caller.chat.hotlines, ""}
    assert shown or not (caller.person.hotlines or caller.chat.hotlines)


def test_nothing_in_common_is_none_and_not_all() -> None:
    caller = Caller(replace(LAN, hotlines=("1900",)), replace(GROUP, hotlines=("1800",)))

    assert caller.hotlines == ("",)


@pytest.mark.parametrize(
    ("caller", "mask"),
    [
        pytest.param(alone(AN), Mask.FULL, id="an admin alone"),
        pytest.param(alone(LAN), Mask.FULL, id="an operator alone"),
        pytest.param(alone(HOA), Mask.LAST3, id="a viewer alone"),
        pytest.param(among(AN), Mask.LAST3, id="an admin in a group"),
        pytest.param(among(HOA, mask=Mask.HIDDEN), Mask.HIDDEN, id="a group that hides"),
        pytest.param(among(HOA, mask=Mask.FULL), Mask.FULL, id="a group that shows all"),
    ],
)
def test_how_much_of_a_number_is_shown(caller: Caller, mask: Mask) -> None:
    assert caller.mask is mask


def test_who_is_in_no_table_is_a_stranger() -> None:
    assert a_stranger(7, "Ai đó", username="ai") == Person(7, "Ai đó", Role.STRANGER, "ai")
