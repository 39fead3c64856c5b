"""A town for whole processes: a PBX, a webhook receiver and Telegram on loopback, and a folder."""

import asyncio
import os
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from notifier.clock import SystemClock
from notifier.simulator.faults import CALL_LOGS, Faults
from notifier.simulator.journeys import missed_call, outgoing_call
from notifier.simulator.model import SimCall
from notifier.simulator.serve import serving
from notifier.simulator.server import create_app
from notifier.simulator.world import World
from tests.fakes.receiver import SECRET, Receiver
from tests.fakes.telegram import TOKEN, FakeTelegram

KEY = "1140539518927929344:canary"
CHAT = -1001
ROOT = Path(__file__).resolve().parents[3]
CLOCK = SystemClock()

PATIENCE_S = 20.0
"""How long anything may take before the test gives up; nothing needs nearly as long."""

AGE = timedelta(seconds=40)
"""How long ago a call began when it is first shown."""

AGAIN = "(gửi lại)"
"""The mark of a message that may have been sent before."""

RULES = """
version: 1
source:
  base_url: {pbx}
  api_key: ${{env:SENCLOUD_API_KEY}}
  every: 100ms
  settle: 0s
  timeout: 10s
directory:
  hotlines: [{{number: 19001000, name: CSKH}}]
telegram: {{token: "${{env:TELEGRAM_BOT_TOKEN}}", base_url: "{telegram}"}}
channels:
  quan_ly: {{telegram: {{chat: {chat}}}}}
  crm:
    webhook:
      url: {hook}
      secret: ${{env:CRM_WEBHOOK_SECRET}}
      allow_private: true
defaults: {{to: [quan_ly, crm]}}
rules:
  goi_nho: {{when: missed}}
storage: {{path: notifier.db}}
"""

ENVIRONMENT = {
    "SENCLOUD_API_KEY": KEY,
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "CRM_WEBHOOK_SECRET": SECRET,
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "error",
    "PATH": os.environ.get("PATH", ""),
    "LANG": "C.UTF-8",
}


async def until(what: Callable[[], object], why: str, *, patience_s: float = PATIENCE_S) -> None:
    """Wait for `what` to become true; AssertionError with `why` if it does not."""
    deadline = CLOCK.elapsed() + patience_s
    while not what():
        assert CLOCK.elapsed() < deadline, f"waited {patience_s} s in vain: {why}"
        await CLOCK.sleep(0.01)


@dataclass
class Service:
    """A `notifier` that runs as a process of its own."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    async def ended(self, *, patience_s: float = PATIENCE_S) -> int:
        return await asyncio.wait_for(self.process.wait(), patience_s)

    async def terminate(self, *, patience_s: float = PATIENCE_S) -> int:
        self.process.terminate()
        return await self.ended(patience_s=patience_s)

    async def kill(self) -> None:
        self.process.kill()
        await self.ended()


@dataclass
class Answer:
    """What a command that came to its end said."""

    code: int
    out: str
    err: str


@dataclass
class Town:
    """Everything around the process, served from the test's own loop."""

    folder: Path
    world: World
    faults: Faults
    receiver: Receiver
    telegram: FakeTelegram
    pbx: str = ""
    hook: str = ""
    bot: str = ""
    environment: dict[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    _started: int = 0

    @property
    def rules(self) -> Path:
        return self.folder / "rules.yaml"

    @property
    def database(self) -> Path:
        return self.folder / "notifier.db"

    def write_rules(self, text: str = RULES) -> None:
        facts = {"pbx": self.pbx, "telegram": self.bot, "hook": self.hook, "chat": CHAT}
        self.rules.write_text(text.format(**facts), encoding="utf-8")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        """Run the service; it is dead on the way out, whatever happened."""
        self._started += 1
        log = self.folder / f"run-{self._started}.log"
        with log.open("wb") as sink:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "notifier", "run", "-c", str(self.rules),
                stdin=asyncio.subprocess.DEVNULL, stdout=sink, stderr=sink,
                env=self.environment, cwd=self.folder,
            )  # fmt: skip
        service = Service(process, log)
        try:
            yield service
            assert "Traceback" not in service.said
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Service]:
        """Run the service until it has read the log, so that whatever comes now is news."""
        asked = self.faults.count()
        async with self.running() as service:
            await self.until(lambda: self.faults.count() >= asked + 3, "it polls", service)
            yield service

    async def until(
        self, what: Callable[[], object], why: str, service: Service | None = None
    ) -> None:
        def settled() -> object:
            dead = service is not None and service.process.returncode is not None
            return what() or dead

        said = service.said if service else ""
        await until(settled, f"{why}\n{said}")
        assert what(), f"the process ended before: {why}\n{service.said if service else ''}"

    async def command(
        self, *words: str, typed: bytes = b"", patience_s: float = PATIENCE_S
    ) -> Answer:
        """Run a command to its end."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notifier", *words,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env=self.environment, cwd=self.folder,
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(process.communicate(typed), patience_s)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
        assert b"Traceback" not in err, err.decode()
        return Answer(process.returncode or 0, out.decode(), err.decode())

    def miss(self, caller: str = "0901234567") -> SimCall:
        """Let a customer's call go unanswered, visible from now on."""
        now = CLOCK.now()
        return self.world.add(missed_call(now - AGE, caller), at=now)

    def call_back(self, customer: str = "0901234567") -> SimCall:
        """Let 101 call a customer back and speak, visible from now on."""
        now = CLOCK.now()
        ago = timedelta(seconds=10)
        return self.world.add(outgoing_call(now - ago, customer, ring_s=2, talk_s=4), at=now)

    @property
    def cards(self) -> list[str]:
        return [message.text for message in self.telegram.messages(CHAT)]

    @property
    def told_in_chat(self) -> set[str]:
        """Marks of the alerts whose card is in the chat."""
        return {mark for card in self.cards for mark in re.findall(r"#([0-9A-Z]{6})\b", card)}

    @property
    def hooked(self) -> list[str]:
        """Ids of the calls that the receiver was told of, once each `webhook-id`."""
        told = {one.id: one.event for one in self.receiver.received}
        return sorted(event["data"]["calls"][0]["id"] for event in told.values())

    @property
    def owed(self) -> int:
        """Deliveries that are not settled."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as tables:
            found = tables.execute(
                "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')"
            )
            return int(found.fetchone()[0])

    def polled(self) -> int:
        return self.faults.count(CALL_LOGS)


@asynccontextmanager
async def a_town(folder: Path) -> AsyncIterator[Town]:
    """Serve a quiet business, in which nothing happens but what the test adds."""
    town = Town(
        folder=folder,
        world=World(start=CLOCK.now() - timedelta(hours=1)),
        faults=Faults(),
        receiver=Receiver(SECRET),
        telegram=FakeTelegram(over_wire=True, sleep=CLOCK.sleep),
    )
    town.telegram.chat(CHAT)
    async with AsyncExitStack() as stack:
        pbx = create_app(town.world, CLOCK.now, KEY, town.faults)
        town.pbx = await stack.enter_async_context(serving(pbx))
        town.bot = await stack.enter_async_context(serving(town.telegram))
        town.hook = await stack.enter_async_context(town.receiver.serving())
        town.write_rules()
        yield town
        town.faults.clear()
