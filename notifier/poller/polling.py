"""Reads the call log by walks of four kinds, and hands what it finds to the ledger."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from notifier.core.backoff import pause
from notifier.core.calls import Call
from notifier.core.decisions import Intake
from notifier.core.directory import Directory
from notifier.core.errors import SourceError, SourceRefused, SourceRejected, SourceUnavailable
from notifier.core.health import Health
from notifier.core.pages import Page, WalkEnd
from notifier.core.polls import PollRecord, Progress, Walk, WalkKind, believable, horizon
from notifier.core.rules.engine import Engine
from notifier.poller.doors import Clock, Ledger, Pace, Pages, Source
from notifier.poller.placing import Placer

log = logging.getLogger(__name__)

BATCH = 500
"""Calls taken in per transaction: a backlog neither blocks the loop nor grows a huge journal."""

OVERLAP_EVERY = timedelta(minutes=1)
"""How often all of the overlap is read again, where the newest page does not reach that far."""

REFUSED_PAUSE = timedelta(minutes=5)
"""Pause while the key is refused or the request is: asking faster helps nobody."""


@dataclass(slots=True)
class Poller:
    """Asks, walks back as far as the occasion wants, and hands the calls to the ledger."""

    source: Source
    ledger: Ledger
    pace: Pace
    clock: Clock
    engine: Callable[[], Engine]
    """Asked for each batch, so that a reload is seen."""
    directory: Callable[[], Directory]
    health: Health
    on_news: Callable[[Intake], None]
    _placer: Placer = field(init=False)
    _seen: frozenset[str] = frozenset()
    """Ids of the calls of the walk before."""
    _swept_at: float | None = None
    """By the clock that nobody sets back, as is the next."""
    _overlapped_at: float | None = None
    _poked: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False

    def __post_init__(self) -> None:
        self._placer = Placer(self.source, self.ledger, self.clock, self.directory)

    def poke(self) -> None:
        """Poll now rather than at the next turn."""
        self._poked.set()

    def stop(self) -> None:
        """Ask no more; `run` returns after the walk that is under way."""
        self._stopping = True
        self._poked.set()

    async def run(self) -> None:
        """Poll until stopped."""
        while not self._stopping:
            began = self.clock.elapsed()
            wait = await self.poll_once()
            spent = timedelta(seconds=self.clock.elapsed() - began)
            await self._rest(max(wait - spent, timedelta()))

    async def poll_once(self) -> timedelta:
        """Do the walk whose turn it is, and return how long to wait, from its start."""
        kind = self._turn()
        at = self.clock.now()
        began = self.clock.elapsed()
        try:
            record = await self._walk_and_take_in(kind)
        except SourceError as fault:
            took = timedelta(seconds=self.clock.elapsed() - began)
            self.ledger.note_poll(PollRecord(kind, at, took, error=str(fault)))
            return self._failed(fault)
        now = self.clock.now()
        self.health.succeeded(at, now)
        self.ledger.note_good_poll(at, now, longest=self.pace.longest)
        self._note(record)
        self._mark(kind, began)
        return self.pace.every

    def _turn(self) -> WalkKind:
        if self.ledger.watermark() is None:
            return WalkKind.BASELINE
        now = self.clock.elapsed()
        if self._overlapped_at is None:
            return WalkKind.OVERLAP  # what happened while we were away comes before old edits
        if self._swept_at is None or now - self._swept_at >= self.pace.sweep_every.total_seconds():
            return WalkKind.SWEEP
        lately = now - self._overlapped_at < OVERLAP_EVERY.total_seconds()
        return WalkKind.TAIL if lately else WalkKind.OVERLAP

    def _mark(self, kind: WalkKind, at: float) -> None:
        if kind is WalkKind.TAIL:
            return
        self._overlapped_at = at
        if kind is not WalkKind.OVERLAP:
            self._swept_at = at

    async def _walk_and_take_in(self, kind: WalkKind) -> PollRecord:
        began = self.clock.elapsed()
        at = self.clock.now()
        walk = await self._walk(kind)
        thorough = kind is not WalkKind.TAIL
        calls = await self._placer.placed(walk.calls.values(), thorough=thorough)
        created, changed = await self._take_in(walk, calls)
        self._seen = frozenset(walk.calls)
        malformed = self.ledger.keep_malformed(walk.malformed, self.clock.now())
        self.health.met_malformed(malformed)
        if walk.fault:
            raise walk.fault
        return PollRecord(
            kind,
            at,
            timedelta(seconds=self.clock.elapsed() - began),
            pages=walk.pages,
            seen=len(calls),
            created=created,
            changed=changed,
            malformed=malformed,
        )

    async def _walk(self, kind: WalkKind) -> Walk:
        watermark = self.ledger.watermark()
        walk = Walk(kind)

        def far_enough(page: Page) -> bool:
            starts = believable([call.started_at for call in page.calls], self.clock.now())
            if not starts:
                return False
            if walk.horizon is None:
                walk.horizon = horizon(kind, watermark, max(starts), self.pace.reach)
                walk.mark = min(watermark, max(starts)) if watermark else None
            oldest = min(starts)
            # The tail goes on until it meets what was listed before, and past a page of nothing but
            # news; what is inserted below that is the overlap walk's and the sweep's to find.
            met = walk.mark is not None and oldest <= walk.mark
            known = any(call.id in self._seen for call in page.calls)
            return (kind is WalkKind.TAIL and met and known) or oldest < walk.horizon

        pages = self.source.walk(far_enough)
        await self._read(pages, walk)
        walk.complete = pages.ended is not WalkEnd.REPEATED and walk.fault is None
        if pages.ended in {WalkEnd.REPEATED, WalkEnd.CAPPED}:
            log.error("walk ended early", extra={"kind": kind.value, "why": pages.ended.value})
        if kind is WalkKind.BASELINE and not walk.complete:
            # without it nobody is ever alerted, so the watchdog has to hear of it
            raise SourceUnavailable("the first reading ended early: the PBX repeated a cursor")
        return walk

    async def _read(self, pages: Pages, walk: Walk) -> None:
        """Read `pages` into `walk`; what was read before a fault is true, and need not wait."""
        try:
            async for page in pages:
                walk.pages += 1
                walk.calls.update((call.id, call) for call in page.calls)
                walk.malformed.extend(page.malformed)
                self.health.read_page(self.clock.now())
        except SourceError as fault:
            if walk.kind is WalkKind.BASELINE or not walk.pages:
                raise
            walk.fault = fault

    async def _take_in(self, walk: Walk, calls: list[Call]) -> tuple[int, int]:
        """Take in `calls` in the order they ended; the watermark moves with the last batch."""
        created = changed = 0
        ordered = sorted(calls, key=lambda call: (call.ended_at or call.started_at, call.id))
        batches = [ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH)] or [[]]
        for number, batch in enumerate(batches, start=1):
            progress = self._progress(walk, calls) if number == len(batches) else None
            now = self.clock.now()
            engine = None if walk.kind is WalkKind.BASELINE else self.engine()
            intake = self.ledger.take_in({c.id: c for c in batch}, engine, now, progress=progress)
            created += sum(change.created for change in intake.changes)
            changed += sum(not change.created for change in intake.changes)
            if engine:  # how late the history of a first reading is says nothing
                self.health.took_in(intake, now)
            if intake.owed or intake.changes:
                self.on_news(intake)
            await self.clock.sleep(0)
        return created, changed

    def _progress(self, walk: Walk, calls: list[Call]) -> Progress | None:
        """What a completed walk moves; an empty log ends the baseline as well."""
        baseline = walk.kind is WalkKind.BASELINE
        if not walk.complete:
            return None
        if not calls:
            return Progress(self.clock.now(), ends_baseline=True) if baseline else None
        starts = believable([call.started_at for call in calls], self.clock.now())
        return Progress(max(starts), ends_baseline=baseline)

    def _failed(self, fault: SourceError) -> timedelta:
        self.health.failed(self.clock.now(), fault)
        log.warning("poll failed", extra={"error": str(fault), "in_a_row": self.health.failures})
        if isinstance(fault, SourceRefused | SourceRejected):
            return max(REFUSED_PAUSE, self.pace.every)
        wish = fault.retry_after if isinstance(fault, SourceUnavailable) else None
        return pause(
            self.health.failures, every=self.pace.every, jitter=self.clock.jitter(), wish=wish
        )

    def _note(self, record: PollRecord) -> None:
        """Keep a walk that found something; a quiet one writes nothing."""
        if not (record.created or record.changed or record.malformed):
            return
        self.ledger.note_poll(record)
        log.info(
            "polled",
            extra={
                "kind": record.kind.value,
                "pages": record.pages,
                "new": record.created,
                "changed": record.changed,
                "malformed": record.malformed,
                "took_ms": int(record.took.total_seconds() * 1000),
            },
        )

    async def _rest(self, wait: timedelta) -> None:
        """Wait for the next turn, or until poked."""
        alarm = asyncio.ensure_future(self.clock.sleep(wait.total_seconds()))
        poke = asyncio.ensure_future(self._poked.wait())
        try:
            await asyncio.wait((alarm, poke), return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
            poke.cancel()
            self._poked.clear()
