"""The rows that are visible, in the list's order, and how a page of them is cut."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from notifier.simulator.ids import Cursor, Key
from notifier.simulator.model import SimCall

Test = Callable[[SimCall], bool]
"""One condition of a filter."""

_FEW = 64


@dataclass(frozen=True, slots=True)
class Cut:
    """Which page is asked for.

    `cursor` None starts at the end of the list; `backwards` reads towards its beginning.
    """

    limit: int = 100
    descending: bool = True
    cursor: Cursor | None = None
    backwards: bool = False


class Shelf:
    """Rows by id, kept sorted by (started_at, id)."""

    def __init__(self) -> None:
        self._rows: dict[int, SimCall] = {}
        self._keys: list[Key] = []

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, calls: Iterable[SimCall]) -> None:
        """Insert rows, or overwrite those of the same id; later ones win."""
        fresh: list[Key] = []
        for call in calls:
            key = call.key
            known = self._rows.get(key[1])
            self._rows[key[1]] = call
            if known is None:
                fresh.append(key)
            elif known.key != key:
                self._add(fresh)
                fresh = [key]
                del self._keys[bisect_left(self._keys, known.key)]
        self._add(fresh)

    def page(self, cut: Cut, tests: Iterable[Test] = ()) -> list[SimCall]:
        """Return the rows of one page that pass all tests, in the order asked for."""
        wanted = tuple(tests)
        rows = (self._rows[key[1]] for key in self._walk(cut))
        if wanted:
            rows = (row for row in rows if all(test(row) for test in wanted))
        found = list(islice(rows, cut.limit))
        return found[::-1] if cut.backwards else found

    def _walk(self, cut: Cut) -> Iterator[Key]:
        down = cut.descending != cut.backwards
        if down:
            start = bisect_left(self._keys, cut.cursor.key) if cut.cursor else len(self._keys)
            return (self._keys[index] for index in range(start - 1, -1, -1))
        start = bisect_right(self._keys, cut.cursor.key) if cut.cursor else 0
        return (self._keys[index] for index in range(start, len(self._keys)))

    def _add(self, keys: list[Key]) -> None:
        if len(keys) > _FEW:
            self._keys.extend(keys)
            self._keys.sort()
            return
        for key in keys:
            insort(self._keys, key)
