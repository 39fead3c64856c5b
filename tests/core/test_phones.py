import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.phones import Mask, digits_of, is_outside, normalise, readable, shown

DIALLED = st.text(alphabet="0123456789+-. ()", max_size=18) | st.text(max_size=18)


@pytest.mark.parametrize(
    "written",
    ["0901234567", "84901234567", "+84901234567", "0084901234567", "090 123.45-67", "(090)1234567"],
)
def test_one_line_has_one_form_however_it_is_written(written: str) -> None:
    assert normalise(written) == "+84901234567"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("02873001234", "+842873001234", id="a landline"),
        pytest.param("+65 9123 4567", "+6591234567", id="a foreign number"),
        pytest.param("6591234567", "+6591234567", id="a foreign number without its plus"),
        pytest.param("19001000", "19001000", id="a service number"),
        pytest.param("8419001000", "19001000", id="a service number with a country code"),
        pytest.param("+84 1800 1234", "18001234", id="a free number with a country code"),
        pytest.param("101", "101", id="an extension"),
        pytest.param("113", "113", id="an emergency"),
        pytest.param("*97", "97", id="a code"),
        pytest.param("0999999999999", "0999999999999", id="no number there is"),
        pytest.param("anonymous", "anonymous", id="a word"),
        pytest.param(" anonymous ", "anonymous", id="a spaced word"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_has_no_other_form_is_left_as_dialled(written: str, number: str) -> None:
    assert normalise(written) == number


@given(DIALLED)
def test_a_normal_form_is_its_own_normal_form(written: str) -> None:
    assert normalise(normalise(written)) == normalise(written)


@pytest.mark.parametrize(
    ("number", "outside"),
    [("101", False), ("1234567", False), ("19001000", True), ("0901234567", True), ("", False)],
)
def test_a_line_beyond_the_pbx_has_eight_digits_or_more(number: str, *, outside: bool) -> None:
    assert is_outside(number) is outside


def test_a_long_word_is_no_outside_line() -> None:
    assert not is_outside("anonymous")


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("+84901234567", "0901 234 567"),
        ("+6591234567", "+65 9123 4567"),
        ("19001000", "19001000"),
        ("+0", "+0"),
        ("anonymous", "anonymous"),
    ],
)
def test_a_number_is_written_as_people_write_it(number: str, read: str) -> None:
    assert readable(number) == read


@pytest.mark.parametrize(
    ("number", "mask", "seen"),
    [
        pytest.param("+84901234567", Mask.FULL, "0901 234 567", id="full"),
        pytest.param("+84901234567", Mask.LAST3, "09xx xxx 567", id="last3"),
        pytest.param("+84901234567", Mask.HIDDEN, "09xx xxx xxx", id="hidden"),
        pytest.param("0901234567", Mask.LAST3, "09xxxxx567", id="not normalised"),
        pytest.param("101", Mask.HIDDEN, "101", id="an extension"),
        pytest.param("anonymous", Mask.HIDDEN, "anonymous", id="a word"),
    ],
)
def test_a_mask_hides_all_but_the_ends(number: str, mask: Mask, seen: str) -> None:
    assert shown(number, mask) == seen


@given(st.from_regex(r"\A\+?[0-9]{8,15}\Z"), st.sampled_from([Mask.LAST3, Mask.HIDDEN]))
def test_a_masked_number_never_shows_more_than_five_digits(number: str, mask: Mask) -> None:
    assert len(digits_of(shown(normalise(number), mask))) <= 5


def test_only_the_digits_count_for_an_ending() -> None:
    assert digits_of("+84 901-234.567") == "84901234567"
