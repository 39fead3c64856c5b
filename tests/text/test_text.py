"""Both languages say the same things, with the same facts."""

import re
from string import Formatter

import pytest

from notifier.core.alerts import Language, Outcome, Severity
from notifier.core.calls import MissReason
from notifier.core.deliveries import FailureReason
from notifier.core.health import POLL_STALE, SEND_FAILED, SOURCE_ERRORS, SOURCE_REFUSED
from notifier.core.rules.fields import FIELDS, Kind
from notifier.text import book
from notifier.text.en import SENTENCES as EN
from notifier.text.vi import SENTENCES as VI


def facts_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_names() -> None:
    assert VI.keys() == EN.keys()


@pytest.mark.parametrize("name", EN)
def test_both_languages_use_the_same_facts(name: str) -> None:
    assert facts_of(VI[name]) == facts_of(EN[name])


@pytest.mark.parametrize("name", EN)
def test_every_sentence_can_be_said(name: str) -> None:
    facts = dict.fromkeys(facts_of(EN[name]), 2)

    for language in Language:
        assert book(language)(name, **facts).strip()


@pytest.mark.parametrize("name", EN)
def test_facts_are_plain_names(name: str) -> None:
    for fact in facts_of(EN[name]):
        assert re.fullmatch("[a-z_]+", fact)


@pytest.mark.parametrize(
    "name",
    [
        *(f"miss.{reason.value}" for reason in MissReason),
        *(f"severity.{severity.value}" for severity in Severity),
        *(f"failure.{reason.value}" for reason in FailureReason),
        *(
            f"{part}.{rule}"
            for part in ("watch", "advice", "recovered")
            for rule in (POLL_STALE, SOURCE_ERRORS, SOURCE_REFUSED, SEND_FAILED, "other")
        ),
        *(f"month.{month}" for month in range(1, 13)),
        *(f"title.sum.{name}" for name, field in FIELDS.items() if field.kind is Kind.DURATION),
        *(f"ended.{outcome.value}" for outcome in Outcome),
        *(f"revised.{outcome.value}" for outcome in Outcome if outcome is not Outcome.BY_HAND),
    ],
)
def test_every_word_of_the_core_has_its_sentence(name: str) -> None:
    assert name in EN


@pytest.mark.parametrize(("n", "said"), [(1, "+1 more alert"), (12, "+12 more alerts")])
def test_a_number_chooses_its_word(n: int, said: str) -> None:
    assert book(Language.EN)("digest.limit", n=n) == said


def test_a_fact_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert book(Language.EN)("digest.more", n="{n}") == "… and {n} more"


def test_a_truth_is_no_number() -> None:
    assert book(Language.EN)("digest.more", n=True) == "… and True more"


def test_an_unknown_sentence_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        book(Language.VI)("no.such")
