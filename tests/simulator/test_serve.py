import signal

import httpx
import pytest

from notifier.simulator import faults
from notifier.simulator.faults import Faults
from notifier.simulator.serve import serving
from notifier.simulator.server import create_app
from notifier.simulator.world import World, burst
from tests.simulator.desk import KEY, MORNING

LIST = "/v1/shop.Sencloud/ListCallLogs"
HEADERS = {"Authorization": f"Bearer {KEY}"}


async def test_it_serves_on_a_free_port_and_leaves_signals_alone() -> None:
    world = World(start=MORNING)
    burst(world, 5, MORNING)
    before = signal.getsignal(signal.SIGTERM)

    async with serving(create_app(world, lambda: MORNING, KEY)) as base_url:
        during = signal.getsignal(signal.SIGTERM)
        async with httpx.AsyncClient(base_url=base_url, headers=HEADERS) as client:
            response = await client.post(LIST, json={})

    assert len(response.json()["call_logs"]) == 5
    assert before is during


async def test_after_the_block_nobody_listens() -> None:
    async with serving(create_app(World(start=MORNING), lambda: MORNING, KEY)) as base_url:
        pass

    async with httpx.AsyncClient(base_url=base_url) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(LIST, json={})


async def test_a_port_that_is_taken_is_an_os_error() -> None:
    app = create_app(World(start=MORNING), lambda: MORNING, KEY)

    async with serving(app) as base_url:
        with pytest.raises(OSError, match="in use"):
            async with serving(app, port=int(base_url.rpartition(":")[2])):
                pass


async def test_drops_and_hangs_are_the_same_over_a_socket() -> None:
    plan = Faults()
    plan.next(faults.dropped(), faults.hanging(30))
    app = create_app(World(start=MORNING), lambda: MORNING, KEY, plan)

    async with (
        serving(app) as base_url,
        httpx.AsyncClient(base_url=base_url, headers=HEADERS, timeout=0.5) as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(LIST, json={})
        with pytest.raises(httpx.ReadTimeout):
            await client.post(LIST, json={})
        plan.clear()
        response = await client.post(LIST, json={})

    assert response.status_code == 200
