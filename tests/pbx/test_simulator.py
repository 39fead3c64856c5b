"""The client against the simulated PBX, with all of its manners."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from notifier.core.calls import Call
from notifier.core.directory import Hotline
from notifier.core.errors import (
    SourceError,
    SourceNonsense,
    SourceRefused,
    SourceUnavailable,
)
from notifier.core.pages import CallFilter, Page, WalkEnd
from notifier.pbx.client import PbxClient
from notifier.simulator import faults as wrong
from notifier.simulator.business import CSKH
from notifier.simulator.faults import Fault, Faults
from notifier.simulator.journeys import forwarded_out, internal_twins, missed_call
from notifier.simulator.serve import in_process
from notifier.simulator.server import create_app
from notifier.simulator.tempo import Tempo
from notifier.simulator.world import World
from tests.pbx.desk import KEY, MINUTE, MORNING, a_client, always

HOURS = timedelta(hours=1)


def everything(_: Page) -> bool:
    return False


@dataclass
class Exchange:
    """A simulated PBX and a client that asks it."""

    world: World
    faults: Faults = field(default_factory=Faults)

    @property
    def client(self) -> PbxClient:
        app = create_app(self.world, lambda: MORNING, KEY, self.faults)
        return a_client(always(500), transport=in_process(app), timeout=timedelta(seconds=0.05))

    async def calls(self, wanted: CallFilter = CallFilter()) -> dict[str, Call]:  # noqa: B008
        walk = self.client.walk(everything, filter=wanted)
        return {call.id: call async for page in walk for call in page.calls}


def busy() -> Exchange:
    return Exchange(World(5, start=MORNING - 4 * HOURS, tempo=Tempo(resyncs=0, flips=0, late=0)))


def quiet() -> Exchange:
    return Exchange(World(start=MORNING))


async def test_a_walk_sees_every_call_once_as_it_really_was() -> None:
    exchange = busy()
    shown = {row.id: row for row in exchange.world.visible(MORNING)}

    walk = exchange.client.walk(everything)
    calls = [call async for page in walk for call in page.calls]

    assert [call.id for call in calls] == list(shown)
    assert len(calls) > 200
    assert walk.ended is WalkEnd.LAST
    assert [call.started_at for call in calls] == [row.started_at for row in shown.values()]
    assert [(call.state.value, len(call.legs)) for call in calls] == [
        (row.state.value, len(row.legs)) for row in shown.values()
    ]


async def test_the_misses_that_are_read_are_those_that_were() -> None:
    exchange = busy()
    calls = await exchange.calls()

    truly = {call.id for call in exchange.world.truth(MORNING).missed} & set(calls)

    misses = {call.id for call in calls.values() if call.missed and not call.abandoned}
    assert misses == truly


async def test_a_walk_stops_where_it_is_told() -> None:
    exchange = busy()
    horizon = MORNING - 2 * HOURS

    def far_enough(page: Page) -> bool:
        return page.calls[-1].started_at < horizon

    walk = exchange.client.walk(far_enough)
    oldest: list[datetime] = [page.calls[-1].started_at async for page in walk]

    assert walk.ended is WalkEnd.STOPPED
    assert [at < horizon for at in oldest] == [False] * (len(oldest) - 1) + [True]


async def test_a_repeated_cursor_ends_a_walk() -> None:
    exchange = busy()
    exchange.faults.always(wrong.repeated_cursor())

    walk = exchange.client.walk(everything)
    pages = [page async for page in walk]

    assert (walk.ended, len(pages)) == (WalkEnd.REPEATED, 2)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param(wrong.status(500), SourceUnavailable, id="500"),
        pytest.param(wrong.status(429, retry_after="9"), SourceUnavailable, id="429"),
        pytest.param(wrong.html(), SourceUnavailable, id="a gateway's page"),
        pytest.param(wrong.html(200), SourceNonsense, id="a page instead of JSON"),
        pytest.param(wrong.truncated(), SourceNonsense, id="half of the JSON"),
        pytest.param(wrong.dropped(), SourceUnavailable, id="a broken line"),
        pytest.param(wrong.hanging(5), SourceUnavailable, id="silence"),
        pytest.param(wrong.status(401), SourceRefused, id="401"),
    ],
)
async def test_a_fault_is_told_and_the_next_request_works(
    fault: Fault, kind: type[SourceError]
) -> None:
    exchange = quiet()
    exchange.faults.next(fault)
    client = exchange.client

    with pytest.raises(kind) as caught:
        await client.page()

    assert type(caught.value) is kind
    assert "canary" not in str(caught.value)
    assert (await client.page()).size == 0


@pytest.mark.parametrize(
    ("fault", "calls", "malformed"),
    [
        pytest.param(wrong.null_arrays(), 1, 0, id="null arrays"),
        pytest.param(wrong.extra_fields(), 1, 0, id="extra fields"),
        pytest.param(wrong.unknown_enum(), 1, 0, id="unknown words"),
        pytest.param(wrong.malformed_record(), 1, 1, id="a malformed record"),
        pytest.param(wrong.malformed_record("?"), 1, 1, id="a record that is none"),
        pytest.param(wrong.duplicated_rows(1), 2, 0, id="a row twice"),
    ],
)
async def test_an_odd_page_is_read(fault: Fault, calls: int, malformed: int) -> None:
    exchange = quiet()
    exchange.world.add(missed_call(MORNING - MINUTE), at=MORNING)
    exchange.faults.next(fault)

    page = await exchange.client.page()

    assert (len(page.calls), len(page.malformed)) == (calls, malformed)
    assert page.calls[-1].customer == "+84901234567"


async def test_twins_share_a_subject_and_a_forwarded_call_is_still_a_miss() -> None:
    exchange = quiet()
    for row in internal_twins(MORNING - 2 * MINUTE):
        exchange.world.add(row, at=MORNING)
    forwarded = forwarded_out(missed_call(MORNING - MINUTE), "0987654321")
    exchange.world.add(forwarded, at=MORNING)

    newest, *twins = (await exchange.calls()).values()

    assert newest.missed
    assert newest.customer == "+84901234567"
    assert len({call.subject for call in twins}) == 1


async def test_calls_of_a_hotline_can_be_asked_for() -> None:
    exchange = quiet()
    row = exchange.world.add(missed_call(MORNING - MINUTE), at=MORNING)

    found = await exchange.client.tagged(Hotline(CSKH.number, id=CSKH.id), MORNING - HOURS)
    rejected = await exchange.client.tagged(Hotline(CSKH.number, id="no id"), MORNING - HOURS)

    assert (found, rejected) == ([row.id], [])


async def test_each_filter_is_understood() -> None:
    exchange = quiet()
    row = exchange.world.add(missed_call(MORNING - MINUTE, "0987654321"), at=MORNING)
    exchange.world.add(missed_call(MORNING - MINUTE), at=MORNING - 2 * HOURS)

    by_number = await exchange.calls(CallFilter(call_number="0987654321"))
    by_date = await exchange.calls(CallFilter(date_from=MORNING, date_to=MORNING))

    assert list(by_number) == list(by_date) == [row.id]
