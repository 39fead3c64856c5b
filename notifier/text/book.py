"""Fills facts into the sentences of one language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Book:
    """Sentences by name, each a format string with named facts.

    A whole number picks its own word in the sentence: `{n} {n:alert|alerts}` gives `1 alert` and
    `2 alerts`.
    """

    sentences: Mapping[str, str]

    def __call__(self, name: str, /, **facts: object) -> str:
        """Return the sentence `name` with `facts` filled in; KeyError names what is missing."""
        return self.sentences[name].format_map({key: _counted(it) for key, it in facts.items()})


class _Count(int):
    """A number that chooses between one and many in a format specification."""

    __slots__ = ()

    def __format__(self, spec: str, /) -> str:
        one, bar, many = spec.partition("|")
        if not bar:
            return int.__format__(self, spec)
        return one if self == 1 else many


def _counted(fact: object) -> object:
    """Return `fact`, able to choose its word if it is a whole number."""
    if isinstance(fact, int) and not isinstance(fact, bool):
        return _Count(fact)
    return fact
