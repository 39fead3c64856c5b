"""Tells which hotline calls came in on; asks the PBX where nothing in them tells."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from notifier.core.calls import UNKNOWN_HOTLINE, Call
from notifier.core.directory import Directory
from notifier.core.errors import SourceError
from notifier.poller.doors import Clock, Ledger, Source

log = logging.getLogger(__name__)

UNPLACED_FOR = timedelta(hours=1)
"""How long a call whose hotline is unknown is asked for again by overlap walks and sweeps."""


@dataclass(slots=True)
class Placer:
    """Places calls by the directory, and by queries filtered by hotline."""

    source: Source
    ledger: Ledger
    clock: Clock
    directory: Callable[[], Directory]
    _past: dict[str, tuple[Call, Directory, Call]] = field(default_factory=dict)
    """By id: a call as it was read, by which directory it was placed, and as placed."""

    async def placed(self, calls: Iterable[Call], *, thorough: bool) -> list[Call]:
        """Return `calls` with their hotlines and names, as far as they can be told.

        Not `thorough`, only for new calls the PBX is asked: a call that no query finds would cost
        one at each poll. What cannot be asked now stays unknown; the calls do not wait for it.
        """
        directory = self.directory()
        placed = {call.id: self._place(call, directory) for call in calls}
        self._past = {identity: self._past[identity] for identity in placed}
        lost = [c for c in placed.values() if c.hotline == UNKNOWN_HOTLINE and not c.internal]
        for identity, hotline in (await self._tags(lost, directory, thorough=thorough)).items():
            placed[identity] = directory.place(placed[identity], {identity: hotline})
        return list(placed.values())

    def _place(self, call: Call, directory: Directory) -> Call:
        """Return `call` placed; an unchanged record is the very same call, and is placed once."""
        past = self._past.get(call.id)
        if past and past[0] is call and past[1] is directory:
            return past[2]
        placed = directory.place(call, {})
        self._past[call.id] = (call, directory, placed)
        return placed

    async def _tags(
        self, lost: list[Call], directory: Directory, *, thorough: bool
    ) -> dict[str, str]:
        """Return the hotlines of the calls `lost` by id, as far as the PBX says; a query each."""
        if not lost or not directory.queryable:
            return {}
        now = self.clock.now()
        wanted = set(self.ledger.unplaced(lost, now - UNPLACED_FOR if thorough else now))
        if not wanted:
            return {}
        oldest = min(call.started_at for call in lost if call.id in wanted)
        tagged: dict[str, str] = {}
        for hotline in directory.queryable:
            try:
                found = await self.source.tagged(hotline, oldest)
            except SourceError as fault:
                log.warning("hotline not asked for", extra={"error": str(fault)})
                return tagged
            tagged.update((identity, hotline.number) for identity in found if identity in wanted)
        return tagged
