"""What a popup can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.markup import units
from notifier.core.popups import LONGEST, fitted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        (" Lan đã nhận ", "Lan đã nhận"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("😀" * 101, "😀" * 99 + "…"),
    ],
    ids=["empty", "short", "just", "long", "pairs"],
)
def test_a_popup_is_cut_where_it_is_too_long(text: str, shown: str) -> None:
    assert fitted(text) == shown


@given(st.text(st.characters(exclude_categories=()), max_size=400))
def test_no_text_is_too_long_or_torn(text: str) -> None:
    shown = fitted(text)

    assert units(shown) <= LONGEST
    assert shown.encode() is not None
