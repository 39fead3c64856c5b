"""The poller: which walk's turn it is, how calls are handed on, and how it waits and stops."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from notifier import poller
from notifier.core.calls import UNKNOWN_HOTLINE, Call, Change, Malformed, meaning
from notifier.core.decisions import Intake
from notifier.core.directory import Directory, Hotline
from notifier.core.errors import (
    SourceError,
    SourceNonsense,
    SourceRefused,
    SourceRejected,
    SourceUnavailable,
    StoreError,
)
from notifier.core.health import Health
from notifier.core.pages import Page, WalkEnd
from notifier.core.polls import PollRecord, Progress, Reach, WalkKind
from notifier.core.rules.engine import Engine
from notifier.poller import BATCH, OVERLAP_EVERY, REFUSED_PAUSE, Pace, Poller
from tests.builders import MINUTE, NOON, SECOND, a_call, an_engine
from tests.fakes.clock import FakeClock, settled

EVERY = 15 * SECOND
REACH = Reach(overlap=45 * MINUTE, sweep=timedelta(hours=24), baseline=timedelta(hours=24))
VIP = Hotline("19001000", id="7")


def calls(count: int, *, at: datetime = NOON, apart: timedelta = SECOND) -> list[Call]:
    """Return calls, newest first, as the PBX lists them."""
    return [
        a_call(id=str(count - n), started_at=at - n * apart, ended_at=at - n * apart + SECOND)
        for n in range(count)
    ]


def page(some: Iterable[Call], *malformed: Malformed, cursor: str = "n") -> Page:
    listed = tuple(some)
    return Page(listed, malformed, next=cursor, prev="p", size=len(listed) + len(malformed))


@dataclass
class Listing:
    """A walk over pages that are there."""

    pages: list[Page | Exception]
    stop: Callable[[Page], bool]
    end: WalkEnd
    ended: WalkEnd | None = None
    read: int = 0

    async def __aiter__(self) -> AsyncIterator[Page]:
        for one in self.pages:
            if isinstance(one, Exception):
                raise one
            self.read += 1
            yield one
            if self.stop(one):
                self.ended = WalkEnd.STOPPED
                return
        self.ended = self.end


@dataclass
class Log:
    """A call log that answers with pages, or with an error."""

    pages: list[Page | Exception] = field(default_factory=list)
    end: WalkEnd = WalkEnd.LAST
    tags: dict[str, list[str]] = field(default_factory=dict)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    walks: list[Listing] = field(default_factory=list)

    def walk(self, stop: Callable[[Page], bool]) -> Listing:
        self.walks.append(Listing(list(self.pages), stop, self.end))
        return self.walks[-1]

    async def tagged(self, hotline: Hotline, since: datetime) -> list[str]:
        self.asked.append((hotline.number, since))
        return self.tags.get(hotline.number, [])


@dataclass
class Book:
    """A ledger in memory, which takes every call for news."""

    mark: datetime | None = NOON
    batches: list[list[str]] = field(default_factory=list)
    taken: list[Call] = field(default_factory=list)
    judged: list[bool] = field(default_factory=list)
    engines: list[Engine | None] = field(default_factory=list)
    progress: list[Progress | None] = field(default_factory=list)
    polls: list[PollRecord] = field(default_factory=list)
    good: list[tuple[datetime, datetime]] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    wanted_since: list[datetime] = field(default_factory=list)
    quiet: bool = False
    broken: bool = False

    def watermark(self) -> datetime | None:
        return self.mark

    def unplaced(self, calls: Iterable[Call], since: datetime) -> list[str]:
        self.wanted_since.append(since)
        return [call.id for call in calls]

    def take_in(
        self,
        sightings: Mapping[str, Call],
        engine: Engine | None,
        now: datetime,
        *,
        progress: Progress | None = None,
    ) -> Intake:
        if self.broken:
            raise StoreError("disk full")
        self.batches.append(list(sightings))
        self.taken.extend(sightings.values())
        self.judged.append(engine is not None)
        self.engines.append(engine)
        self.progress.append(progress)
        if progress:
            self.mark = progress.watermark
        changes = () if self.quiet else tuple(_new(call, now) for call in sightings.values())
        return Intake(len(sightings), changes, (), 0)

    def note_poll(self, poll: PollRecord) -> None:
        self.polls.append(poll)

    def note_good_poll(self, began: datetime, now: datetime, *, longest: timedelta) -> None:
        del longest
        self.good.append((began, now))

    def keep_malformed(self, records: Iterable[Malformed], now: datetime) -> int:
        del now
        new = [one for one in dict.fromkeys(records) if one not in self.malformed]
        self.malformed.extend(new)
        return len(new)


def _new(call: Call, now: datetime) -> Change:
    return Change(call, None, meaning(call), 1, now)


@dataclass
class Desk:
    """A poller with everything it needs."""

    log: Log = field(default_factory=Log)
    book: Book = field(default_factory=Book)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    directory: Directory = field(default_factory=Directory)
    news: list[Intake] = field(default_factory=list)
    sweep_every: timedelta = 15 * MINUTE

    def open(self) -> Poller:
        return Poller(
            source=self.log,
            ledger=self.book,
            pace=Pace(EVERY, self.sweep_every, REACH),
            clock=self.clock,
            engine=an_engine,
            directory=lambda: self.directory,
            health=Health(NOON),
            on_news=self.news.append,
        )


async def kinds(desk: Desk, poller_: Poller, span: timedelta) -> list[WalkKind]:
    """Poll for `span` of virtual time and return what kinds of walks were made."""
    desk.book.polls.clear()
    task = asyncio.create_task(poller_.run())
    await desk.clock.advance(span)
    poller_.stop()
    await settled()
    await task
    return [one.kind for one in desk.book.polls]


async def test_the_first_walk_ever_is_a_baseline_that_judges_nothing() -> None:
    desk = Desk(Log([page(calls(3))]), Book(mark=None))

    await desk.open().poll_once()

    assert desk.book.polls[0].kind is WalkKind.BASELINE
    assert desk.book.judged == [False]
    assert desk.book.progress == [Progress(NOON, ends_baseline=True)]


async def test_a_baseline_of_an_empty_log_ends_it_all_the_same() -> None:
    desk = Desk(Log([]), Book(mark=None))

    await desk.open().poll_once()

    assert desk.book.progress == [Progress(NOON, ends_baseline=True)]


async def test_after_a_restart_the_overlap_comes_first_then_a_sweep_then_the_tail() -> None:
    desk = Desk(Log([page(calls(3))]))

    told = await kinds(desk, desk.open(), 50 * SECOND)

    assert told == [WalkKind.OVERLAP, WalkKind.SWEEP, WalkKind.TAIL, WalkKind.TAIL]


async def test_all_of_the_overlap_is_read_each_minute_and_a_sweep_made_each_quarter() -> None:
    desk = Desk(Log([page(calls(3))]))

    told = await kinds(desk, desk.open(), timedelta(hours=1))

    assert told.count(WalkKind.SWEEP) == 4
    assert 50 <= told.count(WalkKind.OVERLAP) <= 60
    assert told.count(WalkKind.TAIL) >= 170


async def test_a_clock_set_back_does_not_keep_the_deeper_walks_waiting() -> None:
    desk = Desk(Log([page(calls(3))]))
    task = asyncio.create_task(desk.open().run())
    await desk.clock.advance(MINUTE)
    before = len(desk.book.polls)

    desk.clock.set_back(timedelta(hours=5))
    await desk.clock.advance(20 * MINUTE)

    told = [one.kind for one in desk.book.polls[before:]]
    assert told.count(WalkKind.OVERLAP) >= 15
    assert told.count(WalkKind.SWEEP) >= 1
    task.cancel()


async def test_the_tail_goes_on_until_it_meets_what_is_known() -> None:
    newest, middle, oldest = (
        page(calls(2, at=NOON + 30 * SECOND)),
        page(calls(2, at=NOON + 10 * SECOND)),
        page(calls(2, at=NOON)),
    )
    desk = Desk(Log([oldest]))
    one = desk.open()
    for _ in (WalkKind.OVERLAP, WalkKind.SWEEP):
        await one.poll_once()

    desk.log.pages = [newest, middle, oldest, oldest]
    await one.poll_once()

    assert desk.book.polls[-1].kind is WalkKind.TAIL
    assert desk.log.walks[-1].read == 3


async def test_a_call_that_two_pages_list_is_taken_in_once_as_it_was_read_last() -> None:
    early, late = a_call(id="1", note=""), a_call(id="1", note="later")
    desk = Desk(Log([page([early]), page([late])]))

    await desk.open().poll_once()

    assert [call.note for call in desk.book.taken] == ["later"]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        pytest.param(0, [0], id="none"),
        pytest.param(1, [1], id="one"),
        pytest.param(BATCH, [BATCH], id="exactly one batch"),
        pytest.param(BATCH + 1, [BATCH, 1], id="one more"),
        pytest.param(2 * BATCH, [BATCH, BATCH], id="two batches"),
    ],
)
async def test_calls_are_taken_in_by_batches_and_the_watermark_moves_with_the_last(
    count: int, sizes: list[int]
) -> None:
    desk = Desk(Log([page(calls(count))]))

    await desk.open().poll_once()

    assert [len(batch) for batch in desk.book.batches] == sizes
    assert desk.book.progress[:-1] == [None] * (len(sizes) - 1)
    assert desk.book.progress[-1] == (Progress(NOON) if count else None)


async def test_rules_that_are_taken_up_between_two_batches_judge_the_second() -> None:
    desk = Desk(Log([page(calls(BATCH + 1))]))
    one = desk.open()
    engines = [an_engine(), an_engine()]

    one.engine = iter(engines).__next__
    await one.poll_once()

    assert [engine is known for engine, known in zip(desk.book.engines, engines, strict=True)] == [
        True,
        True,
    ]


async def test_calls_are_taken_in_in_the_order_they_ended() -> None:
    long = a_call(id="long", started_at=NOON - 10 * MINUTE, ended_at=NOON)
    short = a_call(id="short", started_at=NOON - 5 * MINUTE, ended_at=NOON - 4 * MINUTE)
    going_on = a_call(id="on", started_at=NOON - MINUTE, ended_at=None)
    desk = Desk(Log([page([going_on, short, long])]))

    await desk.open().poll_once()

    assert desk.book.batches == [["short", "on", "long"]]


async def test_a_repeated_cursor_leaves_the_watermark_where_it_was() -> None:
    desk = Desk(Log([page(calls(3, at=NOON + MINUTE))], end=WalkEnd.REPEATED))

    await desk.open().poll_once()

    assert desk.book.progress == [None]
    assert len(desk.book.taken) == 3


async def test_a_baseline_that_cannot_be_completed_is_a_failure_and_not_silence() -> None:
    desk = Desk(Log([page(calls(3))], end=WalkEnd.REPEATED), Book(mark=None))
    one = desk.open()

    for _ in range(3):
        await one.poll_once()

    assert one.health.failures == 3
    assert desk.book.taken == []
    assert "repeated a cursor" in one.health.error


async def test_malformed_records_are_kept_and_counted_and_the_others_go_on() -> None:
    bad, worse = Malformed("{}", "no id"), Malformed("[]", "no object")
    desk = Desk(Log([page(calls(2), bad), page([], bad, worse)]))
    one = desk.open()

    await one.poll_once()

    assert desk.book.malformed == [bad, worse]
    assert one.health.malformed == 2
    assert len(desk.book.taken) == 2


async def test_a_record_that_stays_malformed_is_news_once() -> None:
    desk = Desk(Log([page(calls(2), Malformed("{}", "no id"))]), Book(quiet=True))
    one = desk.open()

    for _ in range(3):
        await one.poll_once()

    assert one.health.malformed == 1
    assert [poll.malformed for poll in desk.book.polls] == [1]


async def test_a_quiet_poll_writes_no_record_and_wakes_nobody() -> None:
    desk = Desk(Log([page(calls(3))]), Book(quiet=True))

    await desk.open().poll_once()

    assert desk.book.polls == []
    assert desk.news == []


# Hotlines


async def test_calls_that_cannot_be_placed_are_asked_for_by_one_query_a_hotline() -> None:
    other = Hotline("02873001234", id="8")
    lost = [replace(call, hotline=UNKNOWN_HOTLINE) for call in calls(3)]
    log = Log([page(lost)], tags={VIP.number: ["1", "3", "99"]})
    desk = Desk(log, directory=Directory((VIP, other, Hotline("113"))))

    await desk.open().poll_once()

    assert [number for number, _ in log.asked] == [VIP.number, other.number]
    assert {since for _, since in log.asked} == {min(call.started_at for call in lost)}
    placed = {call.id: call.hotline for call in desk.book.taken}
    assert placed == {"1": VIP.number, "2": UNKNOWN_HOTLINE, "3": VIP.number}


async def test_the_tail_asks_only_for_what_is_new_and_the_overlap_for_what_is_young() -> None:
    lost = [a_call(id="1", hotline=UNKNOWN_HOTLINE)]
    desk = Desk(Log([page(lost)]), directory=Directory((VIP,)))
    one = desk.open()

    for _ in range(3):
        await one.poll_once()

    overlap, sweep, tail = desk.book.wanted_since
    assert overlap == sweep == NOON - timedelta(hours=1)
    assert tail == NOON


@pytest.mark.parametrize(
    ("some", "directory"),
    [
        pytest.param([a_call(hotline=UNKNOWN_HOTLINE)], Directory(), id="no hotline has an id"),
        pytest.param([a_call(hotline=VIP.number)], Directory((VIP,)), id="all are placed"),
        pytest.param([], Directory((VIP,)), id="no calls"),
    ],
)
async def test_nothing_is_asked_where_nothing_can_be_learned(
    some: list[Call], directory: Directory
) -> None:
    desk = Desk(Log([page(some)]), directory=directory)

    await desk.open().poll_once()

    assert desk.log.asked == []


# Failures


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [
        pytest.param(SourceUnavailable("down"), EVERY, 2 * EVERY, id="not now"),
        pytest.param(SourceNonsense("<html>"), EVERY, 2 * EVERY, id="nonsense"),
        pytest.param(
            SourceUnavailable("429", 4 * MINUTE), 4 * MINUTE, 4 * MINUTE, id="asked to wait"
        ),
        pytest.param(SourceRefused("no", 401), REFUSED_PAUSE, REFUSED_PAUSE, id="key refused"),
        pytest.param(
            SourceRejected("no", 404, "bad_route"), REFUSED_PAUSE, REFUSED_PAUSE, id="rejected"
        ),
    ],
)
async def test_a_failed_poll_waits_as_long_as_makes_sense(
    fault: SourceError, least: timedelta, most: timedelta
) -> None:
    desk = Desk(Log([page(calls(1)), fault]))
    one = desk.open()

    wait = await one.poll_once()

    assert least <= wait <= most
    assert desk.book.polls[0].error == str(fault)
    assert one.health.failures == 1


async def test_what_was_read_before_a_fault_is_taken_in_and_the_watermark_stays() -> None:
    desk = Desk(Log([page(calls(1)), SourceUnavailable("down")]))

    await desk.open().poll_once()

    assert [call.id for call in desk.book.taken] == [call.id for call in calls(1)]
    assert desk.book.progress == [None]


async def test_a_first_reading_that_breaks_off_takes_nothing_in() -> None:
    desk = Desk(Log([page(calls(1)), SourceUnavailable("down")]), Book(mark=None))

    await desk.open().poll_once()

    assert desk.book.taken == []


async def test_calls_do_not_wait_for_a_hotline_that_cannot_be_asked_for() -> None:
    class Deaf(Log):
        async def tagged(self, hotline: Hotline, since: datetime) -> list[str]:
            raise SourceUnavailable(f"{hotline.number} since {since}: not now")

    lost = [replace(call, hotline=UNKNOWN_HOTLINE) for call in calls(2)]
    desk = Desk(Deaf([page(lost)]), directory=Directory((Hotline("19001000", id="7"),)))
    one = desk.open()

    await one.poll_once()

    assert {call.id for call in desk.book.taken} == {call.id for call in lost}
    assert one.health.failures == 0


async def test_the_tail_reads_on_past_a_page_of_nothing_but_news() -> None:
    seen = a_call(id="seen", started_at=NOON - MINUTE)
    late = [a_call(id=f"late {n}", started_at=NOON - (n + 2) * MINUTE) for n in range(3)]
    desk = Desk(Log([page([seen])]))
    one = desk.open()
    await one.poll_once()
    await one.poll_once()
    desk.log.pages = [page(late[:2]), page([late[2], seen]), page(calls(1))]

    await one.poll_once()

    assert desk.book.polls[-1].kind is WalkKind.TAIL
    assert desk.log.walks[-1].read == 2


async def test_each_failure_in_a_row_waits_longer_and_a_success_ends_it() -> None:
    desk = Desk(Log([SourceUnavailable("down")]))
    one = desk.open()
    waits = [await one.poll_once() for _ in range(8)]

    desk.log.pages = [page(calls(1))]
    well = await one.poll_once()

    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]
    assert (well, one.health.failures, one.health.error) == (EVERY, 0, "")


async def test_a_walk_that_failed_has_its_turn_again() -> None:
    desk = Desk(Log([SourceUnavailable("down")]))
    one = desk.open()
    await one.poll_once()

    desk.log.pages = [page(calls(1))]
    await one.poll_once()

    assert [poll.kind for poll in desk.book.polls] == [WalkKind.OVERLAP, WalkKind.OVERLAP]


async def test_a_ledger_that_cannot_remember_ends_the_poller() -> None:
    desk = Desk(Log([page(calls(1))]), Book(broken=True))

    with pytest.raises(StoreError):
        await desk.open().run()


# Waiting


async def test_a_poke_polls_at_once() -> None:
    desk = Desk(Log([page(calls(1))]))
    one = desk.open()
    task = asyncio.create_task(one.run())
    await settled()

    one.poke()
    await settled()

    assert len(desk.log.walks) == 2
    task.cancel()


async def test_a_stop_while_it_waits_ends_it_at_once() -> None:
    desk = Desk(Log([page(calls(1))]))
    one = desk.open()
    task = asyncio.create_task(one.run())
    await settled()

    one.stop()
    await settled()

    assert task.done()
    assert len(desk.log.walks) == 1


async def test_polls_begin_at_even_distances_however_long_each_takes() -> None:
    desk = Desk(Log([page(calls(1))]))
    begun: list[float] = []
    slow = Desk.open(desk)
    walk = desk.log.walk

    @dataclass
    class SlowLog:
        def walk(self, stop: Callable[[Page], bool]) -> Listing:
            begun.append(desk.clock.elapsed())
            return walk(stop)

        async def tagged(self, hotline: Hotline, since: datetime) -> list[str]:
            await desk.clock.sleep(4)
            return await desk.log.tagged(hotline, since)

    desk.log.pages = [page([a_call(hotline=UNKNOWN_HOTLINE)])]
    desk.directory = Directory((VIP,))
    slow.source = SlowLog()
    task = asyncio.create_task(slow.run())

    await desk.clock.advance(50 * SECOND)

    assert begun == [0.0, 15.0, 30.0, 45.0]
    task.cancel()


def test_the_overlap_is_read_more_often_than_anybody_would_notice() -> None:
    assert OVERLAP_EVERY <= MINUTE
    assert poller.UNPLACED_FOR >= OVERLAP_EVERY


async def test_one_row_dated_in_the_future_blinds_no_walk() -> None:
    wrong = a_call(id="wrong", started_at=NOON + timedelta(days=3000))
    older = a_call(id="older", started_at=NOON - 3 * MINUTE)
    desk = Desk(Log([page([wrong, *calls(1)]), page([older])]))

    await desk.open().poll_once()

    assert desk.log.walks[0].read == 2
    assert desk.book.mark == NOON
