"""A question about calls that can be asked again, from a button under its answer."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from notifier.core.phones import normalise
from notifier.core.queries import Period


class Topic(StrEnum):
    """What a question is about."""

    MISSED = "missed"
    OPEN = "open"
    CALLS = "calls"
    FIND = "find"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked; the same for every page of its answer."""

    topic: Topic
    period: Period
    hotline: str = ""
    """Number of a hotline; "" for all that may be seen."""
    number: str = ""
    """Of a customer, whole or its end, or of an extension; "" for all."""


@dataclass(frozen=True, slots=True)
class View:
    """Which part of an answer is shown."""

    page: int = 0
    """From 0."""
    waiting: bool = False
    """Whether only misses are shown that nobody has called back."""

    @property
    def word(self) -> str:
        """What a button says of it; see `read_view`."""
        return f"{'w' if self.waiting else 'a'}{self.page}"


_MOST_PAGE_DIGITS = 4


def read_view(word: str) -> View | None:
    """Return the view that `View.word` wrote; None for anything else."""
    filtered, page = word[:1], word[1:]
    if filtered not in {"a", "w"} or not (page.isascii() and page.isdecimal()):
        return None
    return View(int(page), filtered == "w") if len(page) <= _MOST_PAGE_DIGITS else None


def key_of(question: Question, salt: bytes) -> str:
    """Return a short name for `question`, from which nobody without `salt` can tell a number."""
    told = msgspec.msgpack.encode(question)
    return hashlib.blake2b(told, key=salt, digest_size=8).hexdigest()


def narrowed(hotline: str, hotlines: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the hotlines whose calls are shown: None for all of them, () for none.

    `hotline` is the one that was asked for, "" for any; `hotlines` are those that may be seen,
    empty for all.
    """
    allowed = None if not hotlines else tuple(one for one in hotlines if one)
    if not hotline:
        return allowed
    if allowed is None:
        return (hotline,)
    wanted = normalise(hotline)
    return tuple(one for one in allowed if normalise(one) == wanted)


def may_see(hotline: str, hotlines: tuple[str, ...]) -> bool:
    """Whether a call of `hotline` may be shown where `hotlines` may be seen (empty: all)."""
    return not hotlines or normalise(hotline) in {normalise(one) for one in hotlines if one}
