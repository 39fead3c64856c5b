"""What a button says is read back as it was written, and is never longer than Telegram takes."""

import pytest

from notifier.core.talk import data_of, read_data


@pytest.mark.parametrize("argument", ["", "15", "a:b"])
def test_the_data_of_a_button_reads_back(argument: str) -> None:
    data = data_of("remind", "abc123defghjkmnp", argument)

    assert read_data(data) == ("remind", "abc123defghjkmnp", argument)


def test_a_button_that_would_be_too_long_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="button mute: 71 bytes, at most 64"):
        data_of("mute", "x" * 64)


@pytest.mark.parametrize("text", ["", "1", "1:take", "1::x", "2:take:abc", "take:abc", "::"])
def test_what_no_button_of_ours_says_is_nothing(text: str) -> None:
    assert read_data(text) is None
