"""The whole service in one process and in virtual time: real SQLite, fakes only at the wire."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlite_utils
from click.testing import CliRunner

from notifier.app import App, Ways, build
from notifier.channels.sender import HttpxSender, Sender
from notifier.channels.webhook import Endpoint
from notifier.cli import main
from notifier.config.loading import load
from notifier.core.calls import Call
from notifier.core.decisions import Act
from notifier.simulator.faults import Faults
from notifier.simulator.journeys import missed_call, outgoing_call
from notifier.simulator.model import SimCall
from notifier.simulator.serve import in_process
from notifier.simulator.server import ROUTES, create_app
from notifier.simulator.world import World
from tests.fakes.clock import FakeClock, settled
from tests.fakes.receiver import SECRET, Received, Receiver
from tests.fakes.telegram import TOKEN, FakeMessage, FakeTelegram

START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
"""A Monday, 09:00 in Vietnam."""

SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)

KEY = "1140539518927929344:canary-of-the-key"
GROUP, PERSON = -1002223334445, 555000111

RULES = """
version: 1
timezone: Asia/Ho_Chi_Minh
language: en
source:
  api_key: ${{env:KEY}}
  base_url: https://pbx.example.vn
  every: {every}
  overlap: 45m
  settle: {settle}
  timeout: 30s
{directory}
telegram: {{token: "${{env:TOKEN}}"}}
channels:
  nhom: {{telegram: {{chat: {group}, mask: last3}}}}
  sep: {{telegram: {{chat: {person}, mask: full}}}}
{crm}
defaults: {{to: {to}, limit: {limit}}}
watchdog: {{send_failed: {send_failed}}}
rules:
{rules}
{more}
"""

WEBHOOK = """\
  crm:
    webhook:
      url: https://crm.example.vn/hooks/calls?key=canary-in-the-url
      secret: ${env:SECRET}
      events: %s
      headers: {X-Key: canary-in-a-header}
"""

GIVEN = {
    "every": "15s",
    "settle": "45s",
    "directory": "",
    "group": str(GROUP),
    "person": str(PERSON),
    "crm": WEBHOOK % "[alert.*]",
    "to": "[nhom, crm]",
    "limit": "{max: 20, per: 10m}",
    "send_failed": "sep",
    "rules": "  goi_nho: {when: missed}",
    "more": "",
}


def environment() -> dict[str, str]:
    """What the rules' references lead to; each is a canary."""
    return {"KEY": KEY, "TOKEN": TOKEN, "SECRET": SECRET}


@dataclass
class House:
    """A service at work, the world around it, and time."""

    folder: Path
    text: dict[str, str]
    world: World
    clock: FakeClock
    faults: Faults = field(default_factory=Faults)
    telegram: FakeTelegram = field(default_factory=FakeTelegram)
    receiver: Receiver = field(default_factory=Receiver)
    routes: frozenset[str] = ROUTES
    watch: Callable[[str], None] | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _app: App | None = None
    _task: asyncio.Task[None] | None = None

    @property
    def app(self) -> App:
        assert self._app is not None, "the service does not run"
        return self._app

    @property
    def service(self) -> asyncio.Task[None]:
        assert self._task is not None, "the service does not run"
        return self._task

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def pbx_now(self) -> datetime:
        """The PBX's own time, which nobody here can set."""
        return START + timedelta(seconds=self.clock.elapsed())

    @property
    def rules_path(self) -> Path:
        return self.folder / "rules.yaml"

    def write_rules(self) -> None:
        self.rules_path.write_text(RULES.format(**{**GIVEN, **self.text}), encoding="utf-8")

    async def start(self, **changed: str) -> None:
        self.text |= changed
        self.write_rules()
        config = load(self.rules_path, environment=environment())
        pbx = create_app(self.world, self.pbx_now, KEY, self.faults, routes=self.routes)
        ways = Ways(
            pbx=in_process(pbx),
            telegram=self.telegram.transport(),
            webhook=self._sender,
        )
        reread = partial(load, self.rules_path, environment=environment())
        opened = build(config, self.clock, ways=ways, watch=self.watch, reread=reread)
        self._app = await self._stack.enter_async_context(opened)
        self._task = asyncio.create_task(self.app.run(), name="service")
        await settled()

    async def stop(self) -> None:
        """Stop as SIGTERM does; raises what ended the service."""
        if self._task is None:
            return
        if self._app:
            self._app.stop()
        await settled()
        while not self._task.done():
            await self.clock.advance(SECOND)
        task, self._task, self._app = self._task, None, None
        try:
            await task
        finally:
            await self._stack.aclose()

    async def restart(self, **changed: str) -> None:
        await self.stop()
        await self.start(**changed)

    async def pause(self, span: timedelta) -> None:
        """Be out of service for `span`, which costs a test nothing."""
        await self.stop()
        await self.advance(span)
        await self.start()

    def edit(self, **changed: str) -> None:
        """Change the file, as its owner does while the service runs."""
        self.text |= changed
        self.write_rules()

    async def advance(self, span: timedelta) -> None:
        await self.clock.advance(span)
        if self._task and self._task.done():
            await self._task

    def show(self, call: SimCall, *, after: timedelta = timedelta()) -> SimCall:
        """Have the PBX list `call` from now, or so long from now, on."""
        return self.world.add(call, at=self.pbx_now() + after)

    def miss(self, caller: str = "0901234567", *, ago: timedelta = 20 * SECOND) -> SimCall:
        """Let a customer's call go unanswered that began so long `ago`, and rang 20 s."""
        return self.show(missed_call(self.pbx_now() - ago, caller))

    def call_back(self, customer: str = "0901234567", *, ago: timedelta = MINUTE) -> SimCall:
        """Have 101 call a customer back, so long `ago`, and talk for half a minute."""
        return self.show(outgoing_call(self.pbx_now() - ago, customer, by="101", talk_s=30))

    def act(self, act: Act, alert: str, by: str = "Lan") -> None:
        """Have somebody act on an alert, as a button does."""
        app = self.app
        assert app.ledger.act(app.rulebook.engine(), alert, act, by, self.now)
        app.dispatcher.wake()

    # What was seen of it

    def cards(self, chat: int = GROUP) -> list[FakeMessage]:
        return self.telegram.messages(chat)

    def headlines(self, chat: int = GROUP) -> list[str]:
        return [card.text.splitlines()[0] for card in self.cards(chat)]

    @property
    def events(self) -> list[Received]:
        return self.receiver.received

    @property
    def told(self) -> list[tuple[str, str]]:
        """Type of each event, each once, and the caller it is about."""
        seen = {one.id: one.event for one in self.events}
        return [(event["type"], _caller(event["data"])) for event in seen.values()]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Rule and reason of each decision that the audit holds, in their order."""
        return [(row["rule"], row["reason"]) for row in self.rows("audit")]

    def why(self, identity: str) -> list[dict[str, str]]:
        """Return what `notifier why` says of a call or an alert."""
        words = ["why", identity, "-c", str(self.rules_path), "--format", "json"]
        answer = CliRunner().invoke(main, words, env=environment(), catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        rows: list[dict[str, str]] = json.loads(answer.stdout)
        return rows

    def calls(self) -> list[Call]:
        return self.app.archive.calls_between(START - 400 * DAY, START + 400 * DAY, most=100_000)

    def requests(self) -> int:
        """How many pages of calls the PBX has been asked for."""
        return self.faults.count()

    def rows(self, table: str, where: str = "1") -> list[dict[str, Any]]:
        database = sqlite_utils.Database(self.folder / "notifier.db")
        try:
            return list(database[table].rows_where(where))
        finally:
            database.close()

    def _sender(self, endpoint: Endpoint) -> Sender:
        return HttpxSender(endpoint.timeout, clock=self.clock, transport=self.receiver.transport)


def _caller(data: dict[str, Any]) -> str:
    calls = data["calls"] if "calls" in data else [data["call"]]
    return " ".join(call["caller"] for call in calls)


@asynccontextmanager
async def a_service(
    folder: Path, *, history: tuple[SimCall, ...] = (), started: bool = True, **text: str
) -> AsyncIterator[House]:
    """Run a service over an empty PBX, or one with `history`; `text` fills in RULES."""
    house = House(folder, text, World(start=START - 30 * DAY), FakeClock(START))
    house.telegram.chat(GROUP)
    house.telegram.chat(PERSON)
    house.telegram.sleep = house.clock.sleep
    for call in history:
        house.world.add(call, at=START - MINUTE)
    try:
        if started:
            await house.start()
        yield house
    finally:
        await house.stop()
