"""A desk from which tests ask the simulated PBX, in process and at a told time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from notifier.simulator.faults import CALL_LOGS, Faults
from notifier.simulator.model import Json, SimCall
from notifier.simulator.serve import in_process
from notifier.simulator.server import ROUTES, create_app
from notifier.simulator.tempo import Tempo
from notifier.simulator.world import World

MORNING = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
"""A Monday, 09:00 in Vietnam."""

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

KEY = "1140539518927929344:canary"


@dataclass
class Desk:
    world: World
    now: datetime = MORNING
    key: str = KEY
    routes: frozenset[str] = ROUTES
    faults: Faults = field(default_factory=Faults)
    headers: dict[str, str] = field(default_factory=dict)
    timeout: float = 5.0

    def __post_init__(self) -> None:
        app = create_app(self.world, lambda: self.now, self.key, self.faults, routes=self.routes)
        self.transport = in_process(app)
        self.headers.setdefault("Authorization", f"Bearer {self.key}")

    async def send(self, method: str, path: str, **request: object) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self.transport,
            base_url="http://pbx",
            headers=self.headers,
            timeout=self.timeout,
        ) as client:
            return await client.request(method, path, **request)  # type: ignore[arg-type]

    async def ask(
        self, body: Json = None, name: str = "shop.Sencloud/ListCallLogs"
    ) -> httpx.Response:
        return await self.send("POST", f"/v1/{name}", json={} if body is None else body)

    async def page(
        self, filter_: dict[str, Json] | None = None, **paging: Json
    ) -> tuple[list[dict[str, Json]], dict[str, str]]:
        response = await self.ask({"filter": dict(filter_ or {}), "paging": dict(paging)})
        assert response.status_code == 200, response.text
        reply = response.json()
        return reply["call_logs"], reply["paging"]

    async def found(self, **filter_: Json) -> list[str]:
        rows, _ = await self.page(filter_)
        return [str(row["id"]) for row in rows]

    async def walk(self, limit: int = 100, sort: str = "") -> list[dict[str, Json]]:
        """Return every row, by following `next` to the empty page."""
        seen: list[dict[str, Json]] = []
        after = ""
        while True:
            rows, paging = await self.page(after=after, limit=limit, sort=sort)
            if not rows:
                return seen
            seen += rows
            after = paging["next"]

    async def refused(self, body: Json) -> tuple[int, str]:
        response = await self.ask(body)
        return response.status_code, response.json()["code"]

    def asked(self) -> int:
        return self.faults.count(CALL_LOGS)


def quiet() -> Desk:
    """Return a desk at a business where nothing happens but what the test adds."""
    return Desk(World(start=MORNING))


def busy(seed: int = 1, **tempo: float) -> Desk:
    """Return a desk at the end of an ordinary hour."""
    world = World(seed, start=MORNING - HOUR, tempo=Tempo(**tempo))  # type: ignore[arg-type]
    return Desk(world)


def ids(calls: list[SimCall]) -> list[str]:
    return [call.id for call in calls]
