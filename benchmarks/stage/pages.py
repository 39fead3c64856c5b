"""Pages of calls as the simulated PBX writes them."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx

from notifier.simulator.serve import in_process
from notifier.simulator.server import create_app
from notifier.simulator.world import World, burst

KEY = "1:bench"
"""The key that the simulated PBX takes; it opens nothing else."""

SECRETS = {
    "BENCH_KEY": KEY,
    "BENCH_SECRET": "whsec_" + base64.b64encode(bytes(range(32))).decode(),
}
"""What the benchmarks' rules refer to."""

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def world_of(count: int) -> World:
    """Return a world with `count` calls, 28 in 100 of them missed, all visible from `START` on."""
    world = World(7, start=START - timedelta(hours=1))
    burst(world, count, START)
    return world


async def bodies(count: int) -> list[bytes]:
    """Return the pages, 100 calls each, that hold `count` calls."""
    world = world_of(count)
    app = create_app(world, lambda: START, KEY)
    client = httpx.AsyncClient(transport=in_process(app), base_url="http://pbx")
    pages: list[bytes] = []
    async with client:
        after = ""
        for _ in range(count // 100):
            answer = await client.post(
                "/v1/shop.Sencloud/ListCallLogs",
                json={"paging": {"limit": 100, "after": after}},
                headers={"authorization": f"Bearer {KEY}"},
            )
            pages.append(answer.content)
            after = answer.json()["paging"]["next"]
    return pages


def medians(rounds: Iterator[float]) -> float:
    """Return the median of `rounds`."""
    ordered = sorted(rounds)
    return ordered[len(ordered) // 2]
