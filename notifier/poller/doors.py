"""What the poller asks of the other rooms, and how often it asks the PBX."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from notifier.core.calls import Call, Malformed
from notifier.core.decisions import Intake
from notifier.core.directory import Hotline
from notifier.core.pages import Page, WalkEnd
from notifier.core.polls import PollRecord, Progress, Reach
from notifier.core.rules.engine import Engine


class Clock(Protocol):
    """The time, chance and a pause."""

    def now(self) -> datetime: ...
    def elapsed(self) -> float: ...
    def jitter(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class Pages(Protocol):
    """A walk from the newest page backwards."""

    ended: WalkEnd | None
    """Why it went no further; None while it goes on."""

    def __aiter__(self) -> AsyncIterator[Page]: ...


class Source(Protocol):
    """The call log, newest first."""

    def walk(self, stop: Callable[[Page], bool]) -> Pages: ...
    async def tagged(self, hotline: Hotline, since: datetime) -> list[str]: ...


class Ledger(Protocol):
    """Where calls are remembered and judged."""

    def watermark(self) -> datetime | None: ...
    def unplaced(self, calls: Iterable[Call], since: datetime) -> list[str]: ...
    def take_in(
        self,
        sightings: Mapping[str, Call],
        engine: Engine | None,
        now: datetime,
        *,
        progress: Progress | None = None,
    ) -> Intake: ...
    def note_poll(self, poll: PollRecord) -> None: ...
    def note_good_poll(self, began: datetime, now: datetime, *, longest: timedelta) -> None: ...
    def keep_malformed(self, records: Iterable[Malformed], now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the log is read, and how far back."""

    every: timedelta
    sweep_every: timedelta
    reach: Reach
    longest: timedelta = timedelta(minutes=5)
    """Longest time between two good polls in which a call that does not come proves something."""
