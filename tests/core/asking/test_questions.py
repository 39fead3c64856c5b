"""A question has a short name that tells nothing, and is narrowed to what may be seen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.asking.questions import (
    Question,
    Topic,
    View,
    key_of,
    may_see,
    narrowed,
    read_view,
)
from notifier.core.queries import Period
from notifier.core.talk import data_of
from tests.builders import NOON
from tests.core.asking.cases import HOUR

QUESTION = Question(Topic.CALLS, Period(NOON - HOUR, NOON), number="0901234567")


def test_a_key_is_the_same_for_the_same_question_and_fits_a_button() -> None:
    key = key_of(QUESTION, b"salt")

    assert key == key_of(replace(QUESTION), b"salt")
    assert data_of("page", key, View(9999, waiting=True).word)


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, number="0901234568"),
        replace(QUESTION, hotline="19001000"),
        replace(QUESTION, topic=Topic.MISSED),
        replace(QUESTION, period=Period(NOON - HOUR, NOON, "today")),
    ],
)
def test_another_question_has_another_key(other: Question) -> None:
    assert key_of(other, b"salt") != key_of(QUESTION, b"salt")


def test_without_the_salt_a_key_says_nothing_of_the_number() -> None:
    assert key_of(QUESTION, b"salt") != key_of(QUESTION, b"other")
    assert "901234567" not in key_of(QUESTION, b"salt")


@given(page=some.integers(0, 9999), waiting=some.booleans())
def test_a_view_is_read_as_it_was_written(page: int, *, waiting: bool) -> None:
    view = View(page, waiting)

    assert read_view(view.word) == view


@pytest.mark.parametrize("word", ["", "a", "x1", "a-1", "a1 ", "w²", "a00001", "a99999999"])
def test_what_no_button_says_is_no_view(word: str) -> None:
    assert read_view(word) is None


NARROWED = [
    ("", (), None),
    ("", ("19001000",), ("19001000",)),
    ("", ("",), ()),
    ("19001000", (), ("19001000",)),
    ("19001000", ("1900.1000", "02873001234"), ("1900.1000",)),
    ("19001000", ("02873001234",), ()),
]


@pytest.mark.parametrize(("asked", "allowed", "shown"), NARROWED)
def test_what_is_asked_for_is_narrowed_to_what_may_be_seen(
    asked: str, allowed: tuple[str, ...], shown: tuple[str, ...] | None
) -> None:
    assert narrowed(asked, allowed) == shown


SEEN = [
    ("19001000", (), True),
    ("unknown", (), True),
    ("19001000", ("1900 1000",), True),
    ("19001000", ("02873001234",), False),
    ("unknown", ("19001000",), False),
    ("", ("",), False),
]


@pytest.mark.parametrize(("hotline", "allowed", "seen"), SEEN)
def test_a_call_is_seen_by_its_hotline(
    hotline: str, allowed: tuple[str, ...], *, seen: bool
) -> None:
    assert may_see(hotline, allowed) is seen
