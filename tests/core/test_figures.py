"""Numbers, shares and bars are as people of each language read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alerts import Language
from notifier.core.figures import bar, number, percent
from notifier.text import book


@pytest.mark.parametrize(
    ("n", "vi", "en"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1234, "1.234", "1,234"),
        (1234567, "1.234.567", "1,234,567"),
    ],
)
def test_thousands_stand_apart_as_the_language_has_it(n: int, vi: str, en: str) -> None:
    assert (number(n, book(Language.VI)), number(n, book(Language.EN))) == (vi, en)


@pytest.mark.parametrize(
    ("share", "vi", "en"),
    [
        (0.0, "0 %", "0%"),
        (0.855, "85,5 %", "85.5%"),
        (2 / 3, "66,7 %", "66.7%"),
        (0.9999, "99,9 %", "99.9%"),
        (0.0001, "0,1 %", "0.1%"),
        (1.0, "100 %", "100%"),
    ],
)
def test_a_share_has_one_decimal_unless_it_is_whole(share: float, vi: str, en: str) -> None:
    assert (percent(share, book(Language.VI)), percent(share, book(Language.EN))) == (vi, en)


@pytest.mark.parametrize(
    ("n", "drawn"),
    [(0, ""), (1, "▏"), (36, "███▋"), (50, "█████"), (99, "█████████▉"), (100, "██████████")],
)
def test_a_bar_grows_in_eighths_of_a_letter(n: int, drawn: str) -> None:
    assert bar(n, 100, width=10) == drawn


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_no_bar_is_wider_than_asked_and_only_zero_is_none(n: int, more: int) -> None:
    drawn = bar(n, n + more, width=10)

    assert 1 <= len(drawn) <= 10
    assert drawn.strip() == drawn
