"""What became of missed calls: who was called back, how soon, and who still waits."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from notifier.core.calls import Call, CallState, Direction

MOST_OPEN = 50
"""Waiting customers that are kept by name: more than a message can list; the rest is counted."""


@dataclass(frozen=True, slots=True)
class OpenCustomer:
    """A customer who called, was missed, and has spoken to nobody since."""

    customer: str
    """As `Call.customer`; never ""."""
    hotline: str
    """That of the last miss, as `Call.hotline`."""
    first_at: datetime
    """Start of the first miss since they last spoke to somebody; UTC."""
    last_at: datetime
    """Start of the last one; UTC."""
    times: int
    """Misses since they last spoke to somebody, at least 1."""


@dataclass(frozen=True, slots=True)
class Misses:
    """Missed calls and what came of each; `called_back`, `still_open` and `withheld` add up."""

    called_back: int = 0
    """Misses after whose start the customer spoke to us, by whoever's call that was."""
    still_open: int = 0
    """Misses of customers who have not spoken to us since."""
    withheld: int = 0
    """Misses without a number: they can neither be called back nor matched."""
    customers: int = 0
    """Different customers behind `still_open`."""
    due: int = 0
    """Misses by which the promise is judged: called back, or open for longer than it allows."""
    in_time: int = 0
    """Those of `due` that were called back within the promise, its last instant included."""
    median: timedelta | None = None
    """Of the time to call back; None where nobody was."""

    @property
    def total(self) -> int:
        """All misses, those in the menu or queue included."""
        return self.called_back + self.still_open + self.withheld

    @property
    def kept(self) -> float | None:
        """Share of `due` that kept the promise, 0 to 1; None where there is nothing to judge."""
        return self.in_time / self.due if self.due else None


def spoken(call: Call) -> bool:
    """Whether a customer and one of us spoke, or speak now; internal calls are none.

    An inbound call that still goes on counts once a leg says that a person picked up: until then
    it may be with the menu.
    """
    if call.state is not CallState.ANSWERED or call.internal or call.abandoned:
        return False
    if call.direction is Direction.OUT:
        return True
    picked_up = any(leg.status is CallState.ANSWERED for leg in call.legs)
    return call.inbound and (call.ended_at is not None or picked_up)


def followed(
    misses: Iterable[Call], later: Iterable[Call], *, promise: timedelta, now: datetime
) -> tuple[Misses, tuple[OpenCustomer, ...]]:
    """Return what came of `misses` by what is known at `now`, and who waits, the keenest first.

    A miss is called back by the first call among `later` in which its customer spoke to us and
    which started after it; one such call answers all earlier misses of the customer. The time to
    call back runs from the end of the miss, when the customer gave up, to the start of that call.
    A miss that is open for no longer than `promise` is not judged by it yet. Customers who called
    most come first, then who waits longest; `MOST_OPEN` at most.
    """
    talks = _talks(later)
    waits: list[timedelta] = []
    waiting: dict[str, list[Call]] = {}
    late = withheld = 0
    for miss in sorted(misses, key=lambda call: call.started_at):
        gave_up = miss.ended_at or miss.started_at
        back_at = _first_after(talks.get(miss.customer, ()), miss.started_at)
        if not miss.customer:
            withheld += 1
        elif back_at:
            waits.append(max(back_at - gave_up, timedelta()))
        else:
            waiting.setdefault(miss.customer, []).append(miss)
            late += now - gave_up > promise
    figures = Misses(
        called_back=len(waits),
        still_open=sum(len(calls) for calls in waiting.values()),
        withheld=withheld,
        customers=len(waiting),
        due=len(waits) + late,
        in_time=sum(wait <= promise for wait in waits),
        median=_median(waits),
    )
    found = [_open(customer, calls) for customer, calls in waiting.items()]
    return figures, tuple(sorted(found, key=_keenness)[:MOST_OPEN])


def _talks(calls: Iterable[Call]) -> dict[str, list[datetime]]:
    """Return when each customer's calls with us started, earliest first."""
    found: dict[str, list[datetime]] = {}
    for call in sorted(filter(spoken, calls), key=lambda call: call.started_at):
        found.setdefault(call.customer, []).append(call.started_at)
    return found


def _first_after(talks: Sequence[datetime], start: datetime) -> datetime | None:
    place = bisect_right(talks, start)
    return talks[place] if place < len(talks) else None


def _median(waits: Sequence[timedelta]) -> timedelta | None:
    """Return the middle of `waits` in whole seconds, as people are told; None of nothing."""
    if not waits:
        return None
    return timedelta(seconds=int(median(wait.total_seconds() for wait in waits)))


def _open(customer: str, calls: Sequence[Call]) -> OpenCustomer:
    return OpenCustomer(
        customer=customer,
        hotline=calls[-1].hotline,
        first_at=calls[0].started_at,
        last_at=calls[-1].started_at,
        times=len(calls),
    )


def _keenness(one: OpenCustomer) -> tuple[int, datetime, str]:
    return -one.times, one.first_at, one.customer
