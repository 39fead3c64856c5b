"""The rulebook: one engine while nothing changes, and another as soon as something does."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app.rulebook import Names, Rulebook
from notifier.config.loading import load
from notifier.core.directory import Directory, Hotline
from tests.journeys.house import GIVEN, RULES, environment

VIP = Hotline("19001000", "VIP")


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.format(**GIVEN), encoding="utf-8")
    config = load(path, environment=environment())
    return Rulebook(config, Names(config.directory))


def test_while_nothing_changes_the_engine_is_the_very_same(book: Rulebook) -> None:
    assert book.engine() is book.engine()


def test_a_name_that_the_pbx_adds_is_in_the_next_engine(book: Rulebook) -> None:
    past = book.engine()

    book.names.add(Directory((VIP,)))

    assert book.engine() is not past
    assert book.engine().wording.directory.hotlines == (VIP,)


def test_a_lag_that_was_measured_anew_is_in_the_next_engine(book: Rulebook) -> None:
    past = book.engine()

    book.lag = timedelta(minutes=2)

    assert book.engine() is not past
    assert book.engine().lag == timedelta(minutes=2)


def test_a_configuration_is_in_force_as_soon_as_it_is_taken_up(book: Rulebook) -> None:
    past = book.engine()
    other = replace(book.config, rules=(replace(book.config.rules[0], name="khac"),))

    book.take_up(other)

    assert [rule.name for rule in past.rules] == ["goi_nho"]
    assert [rule.name for rule in book.engine().rules] == ["khac"]


def test_an_equal_configuration_is_another_one_too(book: Rulebook) -> None:
    past = book.engine()

    book.take_up(replace(book.config))

    assert book.engine() is not past


def test_what_the_file_says_of_a_name_wins_over_the_pbx_also_when_it_says_it_later(
    book: Rulebook,
) -> None:
    book.names.add(Directory((VIP,), {"101": "Lan", "102": "Minh"}))

    book.take_up(replace(book.config, directory=Directory((), {"101": "Hoa"})))

    assert book.engine().wording.directory.extensions == {"101": "Hoa", "102": "Minh"}
