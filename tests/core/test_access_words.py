"""What admins write is read as it is meant, or not at all."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.access_words import (
    Invited,
    names_recordings,
    read_binding,
    read_chat,
    read_extension,
    read_hotlines,
    read_invitation,
    read_person,
    read_role,
)
from notifier.core.alerts import Language
from notifier.core.people import Chat, ChatKind, Role
from notifier.core.phones import Mask

KNOWN = ("19001000", "02873001234")

GROUP = Chat(-1001, ChatKind.GROUP, "CSKH")

BOUND = replace(GROUP, bound=True)


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("123456789", 123456789),
        ("0123", None),
        ("-5", None),
        ("@lan", None),
        ("Lan", None),
        ("٣", None),
        ("1234567890123456", None),
        ("", None),
    ],
)
def test_a_person_is_an_id_and_never_a_name(word: str, read: int | None) -> None:
    assert read_person(word) == read


@pytest.mark.parametrize(
    ("word", "read"), [("-1001234567890", -1001234567890), ("1001", None), ("-", None), ("", None)]
)
def test_a_group_is_a_negative_id(word: str, read: int | None) -> None:
    assert read_chat(word) == read


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("admin", Role.ADMIN),
        ("QuanLy", Role.ADMIN),
        ("operator", Role.OPERATOR),
        ("nhanvien", Role.OPERATOR),
        ("viewer", Role.VIEWER),
        ("xem", Role.VIEWER),
        ("stranger", None),
        ("boss", None),
    ],
)
def test_a_role_has_a_name_in_both_languages(word: str, read: Role | None) -> None:
    assert read_role(word) is read


@pytest.mark.parametrize(("word", "is_"), [("listen", True), ("GhiAm", True), ("admin", False)])
def test_recordings_have_a_name_in_both_languages(word: str, *, is_: bool) -> None:
    assert names_recordings(word) is is_


@pytest.mark.parametrize(
    ("word", "read"),
    [("101", "101"), ("off", ""), ("BO", ""), ("1", None), ("1234567", None), ("ten", None)],
)
def test_an_extension_is_short_or_taken_away(word: str, read: str | None) -> None:
    assert read_extension(word) == read


@pytest.mark.parametrize(
    ("words", "read"),
    [
        pytest.param(["1900.1000"], ("19001000",), id="with a dot"),
        pytest.param(["+842873001234"], ("02873001234",), id="in another form"),
        pytest.param(["19001000", "19001000"], ("19001000",), id="twice"),
        pytest.param(["all"], (), id="all"),
        pytest.param([], (), id="none named"),
        pytest.param(["19009999"], None, id="not in the directory"),
        pytest.param(["19001000", "all"], None, id="one and all"),
    ],
)
def test_hotlines_are_those_of_the_directory(
    words: list[str], read: tuple[str, ...] | None
) -> None:
    assert read_hotlines(words, KNOWN) == read


def test_a_directory_without_hotlines_takes_any_number() -> None:
    assert read_hotlines(["19009999"], ()) == ("19009999",)
    assert read_hotlines(["CSKH"], ()) is None


@pytest.mark.parametrize(
    ("words", "read"),
    [
        pytest.param("operator", Invited(Role.OPERATOR, "", ()), id="a role"),
        pytest.param("viewer 101", Invited(Role.VIEWER, "101", ()), id="an extension"),
        pytest.param(
            "operator 101 19001000", Invited(Role.OPERATOR, "101", ("19001000",)), id="all"
        ),
        pytest.param(
            "operator 19001000", Invited(Role.OPERATOR, "", ("19001000",)), id="a hotline only"
        ),
        pytest.param("operator 101 1900", None, id="no hotline of ours"),
        pytest.param("boss", None, id="no role"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_an_invitation_gives_what_it_says(words: str, read: Invited | None) -> None:
    assert read_invitation(words.split(), KNOWN) == read


@pytest.mark.parametrize(
    ("words", "read"),
    [
        pytest.param("", BOUND, id="as it is"),
        pytest.param(
            "hotlines=19001000,02873001234", replace(BOUND, hotlines=KNOWN), id="hotlines"
        ),
        pytest.param("hotlines=all", BOUND, id="every hotline"),
        pytest.param("mask=full", replace(BOUND, mask=Mask.FULL), id="mask"),
        pytest.param("lang=en", replace(BOUND, language=Language.EN), id="language"),
        pytest.param("topic=12", replace(BOUND, topic=12), id="topic"),
        pytest.param("topic=12 topic=none", BOUND, id="no topic"),
        pytest.param("hotlines=19009999", "hotlines=19009999", id="unknown hotline"),
        pytest.param("hotlines=", "hotlines=", id="no hotline"),
        pytest.param("mask=some", "mask=some", id="unknown mask"),
        pytest.param("lang=fr", "lang=fr", id="unknown language"),
        pytest.param("topic=x", "topic=x", id="no number"),
        pytest.param("lang=en please", "please", id="another word"),
    ],
)
def test_a_chat_is_bound_as_the_words_say(words: str, read: Chat | str) -> None:
    assert read_binding(GROUP, words.split(), KNOWN) == read


def test_what_is_not_named_stays_as_it_was() -> None:
    bound = replace(BOUND, mask=Mask.HIDDEN, topic=7)

    assert read_binding(bound, ["lang=vi"], KNOWN) == replace(bound, language=Language.VI)


@given(st.lists(st.text()))
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    read = read_binding(GROUP, words, KNOWN)

    assert isinstance(read, Chat) == (read not in words)
    assert read_invitation(words, KNOWN) is None or words
