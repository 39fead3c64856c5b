"""What became of each missed call: who answered for it, and who has it in hand."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.core.callbacks import spoken
from notifier.core.calls import Call


@dataclass(frozen=True, slots=True)
class Carded:
    """The alert that tells of a call, as far as a list shows it."""

    id: str
    taken_by: str = ""
    """Who has it in hand; "" if nobody has, or no longer."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who was missed and has spoken to nobody since."""

    customer: str
    hotline: str
    """Of the last miss, as `Call.hotline`."""
    since: datetime
    """Start of the first miss since they last spoke to somebody; UTC."""
    times: int
    card: Carded | None
    """The alert of the last miss that has one; None if none does."""


def answers(misses: Iterable[Call], later: Iterable[Call]) -> dict[str, Call]:
    """Return, by the id of each miss that has one, the first call after it that made it good.

    That is a call among `later` in which its customer and one of us spoke. Withheld numbers have
    none.
    """
    talks: dict[str, list[Call]] = {}
    for call in sorted(filter(spoken, later), key=_start):
        talks.setdefault(call.customer, []).append(call)
    found: dict[str, Call] = {}
    for miss in misses:
        theirs = talks.get(miss.customer, []) if miss.customer else []
        place = bisect_right(theirs, miss.started_at, key=_start)
        if place < len(theirs):
            found[miss.id] = theirs[place]
    return found


def still_waiting(
    misses: Iterable[Call], later: Iterable[Call], cards: Mapping[str, Carded]
) -> list[Waiting]:
    """Return the customers of `misses` who have spoken to nobody since, who waits longest first.

    `later` are calls as for `answers`, `cards` the alerts by the ids of calls. Withheld numbers
    are left out: nobody can call them back.
    """
    listed = sorted(misses, key=_start)
    good = answers(listed, later)
    open_: dict[str, list[Call]] = {}
    for miss in listed:
        if miss.customer and miss.id not in good:
            open_.setdefault(miss.customer, []).append(miss)
    found = [_waiting(customer, calls, cards) for customer, calls in open_.items()]
    return sorted(found, key=lambda one: (one.since, one.customer))


def _waiting(customer: str, calls: Sequence[Call], cards: Mapping[str, Carded]) -> Waiting:
    told = [cards[call.id] for call in reversed(calls) if call.id in cards]
    return Waiting(
        customer, calls[-1].hotline, calls[0].started_at, len(calls), told[0] if told else None
    )


def _start(call: Call) -> datetime:
    return call.started_at
