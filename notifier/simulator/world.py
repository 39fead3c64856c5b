"""The simulated business over time: which version of which row is visible when, and the truth."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush

from notifier.simulator.business import EXTENSIONS, HOTLINES
from notifier.simulator.ids import mint
from notifier.simulator.model import Extension, Hotline, SimCall
from notifier.simulator.shelf import Cut, Shelf, Test
from notifier.simulator.tempo import Tempo
from notifier.simulator.traffic import Story, Traffic
from notifier.simulator.truth import Truth, truth_of


@dataclass(slots=True)
class _Record:
    """A row's insert time, and its last version, shown or not."""

    created_at: datetime
    last: SimCall
    last_at: datetime


class World:
    """Calls by seed and tempo from `start - history` on, and whatever a test adds.

    Without a tempo nothing happens but what is added. Time is told to it, and never runs back: what
    was once visible stays so. The same seed, start, tempo and additions give the same rows and ids,
    however often and whenever it is asked.
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        start: datetime,
        tempo: Tempo | None = None,
        history: timedelta = timedelta(0),
    ) -> None:
        self.seed = seed
        self.start = start
        self.hotlines: tuple[Hotline, ...] = HOTLINES
        self.extensions: tuple[Extension, ...] = EXTENSIONS
        self._traffic = (
            Traffic(seed, start - history, tempo, opens_at=start) if tempo is not None else None
        )
        self._shelf = Shelf()
        self._records: dict[str, _Record] = {}
        self._pending: list[tuple[datetime, int, SimCall]] = []
        self._shown = 0
        self._told = 0
        self._added = 0

    def add(self, call: SimCall, *, at: datetime) -> SimCall:
        """Show a call from `at` on and return it with its id; one with an id is a new version.

        Times may lie in the past: the row is then visible at the next request. A version shown
        before the row's last known one changes what was visible meanwhile, not the truth.
        """
        if call.id:
            return self._revise(call, at)
        self._added += 1
        return self._insert(call, at, 2 * self._added)

    def tell(self, stories: Iterable[Story]) -> None:
        """Add whole stories, as the traffic makes them."""
        for story in stories:
            self._told += 1
            (first_at, first), *later = story
            known = self._insert(first, first_at, 2 * self._told + 1)
            for at, version in later:
                self._revise(replace(version, id=known.id), at)

    def page(self, now: datetime, cut: Cut, tests: Iterable[Test] = ()) -> list[SimCall]:
        """Return one page of the rows visible at `now`."""
        self._advance(now)
        return self._shelf.page(cut, tests)

    def visible(self, now: datetime) -> list[SimCall]:
        """Return every row visible at `now`, newest start first, as the API shows it then."""
        self._advance(now)
        return self._shelf.page(Cut(limit=len(self._shelf)))

    def truth(self, until: datetime) -> Truth:
        """Return what really became of every row inserted by `until`, shown already or not yet."""
        self._imagine(until)
        return truth_of(one.last for one in self._records.values() if one.created_at <= until)

    def _insert(self, call: SimCall, at: datetime, serial: int) -> SimCall:
        row_id = mint(at, serial)
        session = call.session or f"{int(row_id):x}"
        external = call.external_id or f"{session.removesuffix('-out')}@pbx"
        row = replace(
            call,
            id=row_id,
            session=session,
            external_id=external,
            created_at=at,
            updated_at=at,
        )
        self._records[row_id] = _Record(at, row, at)
        self._push(at, row)
        return row

    def _revise(self, call: SimCall, at: datetime) -> SimCall:
        record = self._records[call.id]
        row = replace(
            call,
            session=call.session or record.last.session,
            external_id=call.external_id or record.last.external_id,
            created_at=record.created_at,
            updated_at=at,
        )
        if at >= record.last_at:
            record.last, record.last_at = row, at
        self._push(at, row)
        return row

    def _push(self, at: datetime, row: SimCall) -> None:
        self._shown += 1
        heappush(self._pending, (at, self._shown, row))

    def _imagine(self, moment: datetime) -> None:
        if self._traffic is not None:
            self.tell(self._traffic.until(moment))

    def _advance(self, now: datetime) -> None:
        self._imagine(now)
        due: list[SimCall] = []
        while self._pending and self._pending[0][0] <= now:
            due.append(heappop(self._pending)[2])
        self._shelf.put(due)


_BURST = Tempo(
    outgoing=0.2, internal=0, ivr=0, missed=0.35, flips=0, called_back=0, resyncs=0, customers=400
)


def burst(world: World, count: int, at: datetime) -> None:
    """Add that many calls, all visible from `at` on; about 28 % are missed inbound.

    They ended within the hour before.
    """
    traffic = Traffic(world.seed + count, at, _BURST)
    hour = timedelta(hours=1)
    for number in range(count):
        stories = traffic.arrival(at - hour + hour * (number + 1) / count)
        world.tell(((at, story[-1][1]),) for story in stories)
