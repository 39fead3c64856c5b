"""What really happened, for tests and benchmarks to measure against."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from notifier.simulator.model import SimCall, State, Way

_INBOUND = (Way.IN, Way.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Truth:
    """Every call in its last version, oldest start first."""

    calls: tuple[SimCall, ...]

    @property
    def missed(self) -> tuple[SimCall, ...]:
        """Inbound calls that ended unanswered."""
        return tuple(
            one
            for one in self.calls
            if one.direction in _INBOUND and one.state is State.NOT_ANSWERED
        )

    @property
    def abandoned(self) -> tuple[SimCall, ...]:
        """Inbound calls that only the IVR or the queue took."""
        return tuple(
            one
            for one in self.calls
            if one.direction in _INBOUND
            and one.state is State.ANSWERED
            and one.ended_at is not None
            and one.answered_by is None
        )

    def longer_than(self, talk: timedelta) -> tuple[SimCall, ...]:
        """Return the calls with more talk time than that."""
        return tuple(one for one in self.calls if timedelta(seconds=one.duration_s) > talk)

    @property
    def hotline_of(self) -> dict[str, str]:
        """The hotline id of each call id; "0" where no hotline has a part in it."""
        return {one.id: one.hotline_id for one in self.calls}

    @property
    def call_backs(self) -> dict[str, SimCall]:
        """The first answered call, in or out, with the same customer, by the id of the miss.

        It began after the miss ended; a call that only the IVR took calls nobody back.
        """
        found: dict[str, SimCall] = {}
        talked: dict[str, list[SimCall]] = {}
        for one in self.calls:
            if one.customer and one.answered_by is not None:
                talked.setdefault(one.customer, []).append(one)
        for miss in self.missed:
            ended_at = miss.ended_at or miss.started_at
            later = (one for one in talked.get(miss.customer, ()) if one.started_at >= ended_at)
            first = next(later, None)
            if first is not None:
                found[miss.id] = first
        return found


def truth_of(calls: Iterable[SimCall]) -> Truth:
    """Return the truth about these last versions."""
    return Truth(tuple(sorted(calls, key=attrgetter("key"))))
