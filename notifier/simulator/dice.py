"""Chance that repeats: a small seeded generator, so that one seed always tells the same day."""

from collections.abc import Iterable, Sequence
from math import log
from typing import TypeVar

Item = TypeVar("Item")

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_MIX_ONE = 0xBF58476D1CE4E5B9
_MIX_TWO = 0x94D049BB133111EB


class Dice:
    """A SplitMix64 stream: the same numbers for the same seed and salt on every Python."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, salt: int = 0) -> None:
        self._state = (seed * _STEP ^ salt * _MIX_ONE) & _MASK

    def bits(self) -> int:
        """Return the next 64 bits."""
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = (mixed ^ mixed >> 30) * _MIX_ONE & _MASK
        mixed = (mixed ^ mixed >> 27) * _MIX_TWO & _MASK
        return mixed ^ mixed >> 31

    def unit(self) -> float:
        """Return a number from 0 up to, but not including, 1."""
        return (self.bits() >> 11) / (1 << 53)

    def chance(self, share: float) -> bool:
        """Return true in `share` (0 to 1) of the throws; a share of 0 is never, of 1 always."""
        return self.unit() < share

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + self.bits() % (high - low + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items, each as likely; `items` must not be empty."""
        return items[self.bits() % len(items)]

    def shuffled(self, items: Iterable[Item]) -> list[Item]:
        """Return the items in a random order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.bits() % (last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def wait(self, mean: float) -> float:
        """Return the time to the next arrival of a Poisson stream, in the unit of `mean`."""
        return -mean * log(1.0 - self.unit())
