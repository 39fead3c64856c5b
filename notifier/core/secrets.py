"""The type of what must never be shown: keys, tokens, signing secrets, addresses that hold one."""

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that only `reveal` gives away; equal to another of the same text."""

    _text: str

    def reveal(self) -> str:
        """Return the text itself, for the one place that must send it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "Secret(…)"

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, _memo: object) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not written out: a pickle would show its text")
