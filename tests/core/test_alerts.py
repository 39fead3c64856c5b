"""The identity of an alert, and how it is shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import UNTRUE, AlertState, Severity, alert_id, short_id

words = some.text(some.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))


@given(words, words, words)
def test_an_identity_is_sixteen_letters_that_cannot_be_misread(
    rule: str, key: str, about: str
) -> None:
    identity = alert_id(rule, key, about)

    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{16}", identity)
    assert identity == alert_id(rule, key, about)


@given(some.tuples(words, words, words), some.tuples(words, words, words))
def test_different_things_have_different_identities(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (alert_id(*one) == alert_id(*other)) is (one == other)


def test_identities_stay_what_they_are_in_databases_already_written() -> None:
    assert alert_id("goi_nho", "", "1415096549774721835") == "ey2vtecd27h0xvmr"


def test_people_see_the_first_letters_in_capitals() -> None:
    assert short_id("ey2vtecd27h0xvmr") == "EY2VTE"


def test_severities_are_declared_from_quiet_to_loud() -> None:
    assert [severity.value for severity in Severity] == ["info", "warning", "critical"]


@pytest.mark.parametrize("state", AlertState)
def test_only_corrected_alerts_are_untrue(state: AlertState) -> None:
    assert (state in UNTRUE) is (state.value in {"revised", "withdrawn"})
