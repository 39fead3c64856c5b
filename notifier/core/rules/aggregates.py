"""What rules ask of several calls together: so many, so much, such a share, more than usual."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from notifier.core.calls import Call
from notifier.core.rules.language import EVERY, NEVER, Condition


class Entry(NamedTuple):
    """One call in a window."""

    at: datetime
    """When it ended, else when it started: windows are in event time."""
    identity: str
    """Its id, so that entries of one instant have an order."""
    value: object = None
    """What the aggregate looks at: a field's value, whether it counts, whether it resets."""
    call: Call | None = None
    """None where windows are so long that calls are not kept in them."""


class Verdict(NamedTuple):
    """What a window amounts to."""

    holds: bool
    amount: float
    """Calls, different values, seconds, or a share from 0 to 1."""
    entries: Sequence[Entry]
    """Those that count."""


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many calls; a call that resets starts the count again."""

    at_least: int
    within: timedelta
    per: str = ""
    reset: Callable[[Call], bool] | None = None
    resets: Condition = NEVER
    """What `reset` asks, for people."""

    keeps_calls = True

    @property
    def fewest(self) -> int:
        """Entries below which no window holds."""
        return self.at_least

    def judge(self, entries: Sequence[Entry]) -> Verdict:
        """Judge a window that ends with its last entry."""
        start = next((n for n in range(len(entries), 0, -1) if entries[n - 1].value is RESET), 0)
        counted = entries[start:]
        return Verdict(len(counted) >= self.at_least, len(counted), counted)


RESET = "reset"
"""Value of the entry of a call that starts a count again."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """At least so many different values of a field."""

    field: str
    at_least: int
    within: timedelta
    per: str = ""

    reset = None
    keeps_calls = True

    @property
    def fewest(self) -> int:
        """Entries below which no window holds: one call may have rung several numbers."""
        return 1

    def judge(self, entries: Sequence[Entry]) -> Verdict:
        """Judge a window that ends with its last entry."""
        values = {value for entry in entries for value in _several(entry.value)}
        return Verdict(len(values) >= self.at_least, len(values), entries)


def _several(value: object) -> Sequence[object]:
    """Return the values of an entry: a field of the legs has several."""
    return value if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A total of a duration above so much."""

    field: str
    above: timedelta
    within: timedelta
    per: str = ""

    reset = None
    keeps_calls = True

    @property
    def fewest(self) -> int:
        """Entries below which no window holds."""
        return 1

    def judge(self, entries: Sequence[Entry]) -> Verdict:
        """Judge a window that ends with its last entry."""
        spans = (entry.value for entry in entries)
        total = sum((span for span in spans if isinstance(span, timedelta)), timedelta())
        return Verdict(total > self.above, total.total_seconds(), entries)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of the calls above or below so much, once there are `least` of them."""

    of: Callable[[Call], bool]
    within: timedelta
    least: int = 1
    above: float | None = None
    below: float | None = None
    per: str = ""
    counts: Condition = EVERY
    """What `of` asks, for people."""

    reset = None
    keeps_calls = True

    @property
    def fewest(self) -> int:
        """Entries below which no window holds."""
        return self.least

    def judge(self, entries: Sequence[Entry]) -> Verdict:
        """Judge a window that ends with its last entry."""
        counted = [entry for entry in entries if entry.value]
        share = len(counted) / len(entries) if entries else 0.0
        over = self.above is not None and share > self.above
        under = self.below is not None and share < self.below
        return Verdict(len(entries) >= self.least and (over or under), share, counted)


WEEK = timedelta(weeks=1)
"""What past spans lie apart."""


@dataclass(frozen=True, slots=True)
class Spike:
    """At least so many times as many calls as in the same span of past weeks, on average.

    A week that lies before everything that is remembered says nothing; without any such week
    nothing is judged.
    """

    times: float
    weeks: int
    least: int = 1
    within: timedelta = timedelta(hours=1)
    per: str = ""

    reset = None
    keeps_calls = False

    @property
    def fewest(self) -> int:
        """Entries below which no window holds."""
        return self.least

    def judge(self, entries: Sequence[Entry], *, usual: float | None) -> Verdict:
        """Judge a window that ends with its last entry; `usual` is None where nobody knows."""
        many = usual is not None and len(entries) >= max(self.times * usual, self.least)
        return Verdict(many, len(entries), entries)


@dataclass(frozen=True, slots=True)
class New:
    """A value that no call had for so long."""

    field: str
    lookback: timedelta

    reset = None
    keeps_calls = False

    @property
    def within(self) -> timedelta:
        """How far back the window reaches."""
        return self.lookback

    @property
    def per(self) -> str:
        """The field whose values are told apart: the one that is watched."""
        return self.field

    @property
    def fewest(self) -> int:
        """Entries below which no window holds."""
        return 1

    def judge(self, entries: Sequence[Entry]) -> Verdict:
        """Judge a window that ends with its last entry."""
        return Verdict(len(entries) == 1, len(entries), entries)


Aggregate: TypeAlias = Count | Distinct | Sum | Ratio | Spike | New
