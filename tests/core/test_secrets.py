import copy
import pickle
from dataclasses import FrozenInstanceError

import pytest

from notifier.core.secrets import Secret


def test_only_reveal_gives_the_text_away() -> None:
    secret = Secret("CANARY")

    assert secret.reveal() == "CANARY"
    assert "CANARY" not in f"{secret} {secret!r} {secret!s} {[secret]}"


def test_secrets_of_one_text_are_equal() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1


def test_a_secret_is_neither_changed_nor_written_out() -> None:
    secret = Secret("CANARY")

    with pytest.raises(FrozenInstanceError):
        secret._text = "other"  # type: ignore[misc]  # noqa: SLF001
    with pytest.raises(TypeError, match="not written out"):
        pickle.dumps(secret)


def test_a_copy_of_a_secret_is_itself() -> None:
    secret = Secret("CANARY")

    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret
