"""The whole thing at work in a terminal: a simulated PBX, and everything else real."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from notifier.app import App, Ways, build
from notifier.app.asking import asking_doors, observed_by
from notifier.bot.asking import asking_skill
from notifier.bot.terminal import Terminal, at_a_terminal
from notifier.clock import SystemClock
from notifier.config.loading import load
from notifier.config.settings import ChannelSettings, Config, ConsoleEndpoint, TelegramEndpoint
from notifier.core.alerts import Language
from notifier.core.deliveries import ChannelKind
from notifier.core.owed import EDITS
from notifier.core.phones import Mask
from notifier.core.secrets import Secret
from notifier.core.talk import File
from notifier.simulator.model import State
from notifier.simulator.serve import serving
from notifier.simulator.server import create_app
from notifier.simulator.tempo import DEMO
from notifier.simulator.world import World
from notifier.text import book

KEY = "1234567890:demo"
"""The key that the simulated PBX takes; it opens nothing else."""

HISTORY = timedelta(minutes=3)
"""How much has happened before the demo starts; the baseline reads it and alerts nobody."""

_LATEST = timedelta(seconds=4)
"""How young a row may be, at the end, for nobody to have been told of it yet."""

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is shown, and for how long."""

    seconds: int
    """0 until Ctrl-C or /quit."""
    seed: int
    rules: Path | None
    """One's own rules; None for the built-in ones."""
    telegram: bool
    """Whether the Telegram channels of `rules` are really sent to; likewise `webhook`."""
    webhook: bool
    language: str | None
    """None for the one in the rules."""


async def play(plan: Plan, say: Say) -> int:
    """Run the demo and return its exit code."""
    clock = SystemClock()
    world = World(plan.seed, start=clock.now(), tempo=DEMO, history=HISTORY)
    async with serving(create_app(world, clock.now, KEY)) as url:
        with tempfile.TemporaryDirectory(prefix="notifier-demo-") as folder:
            config = _config(plan, url, Path(folder))
            ways = Ways(write=lambda text: say(_set_off(text)))
            async with build(config, clock, ways=ways) as app:
                history = frozenset(call.id for call in world.visible(clock.now()))
                return await _Show(app, config, world, say, history).run(plan.seconds)


@asynccontextmanager
async def _running(app: App) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(app.run(), name="service")
    try:
        yield task
    finally:
        app.stop()
        await task


@dataclass(slots=True)
class _Show:
    """One run of the demo."""

    app: App
    config: Config
    world: World
    say: Say
    history: frozenset[str]
    """Ids of the calls that were there before it began."""

    async def run(self, seconds: int) -> int:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, over.set)
        self.say(_OPENING[self.config.language].format(url=self.config.source.base_url))
        async with _running(self.app) as service, self._listening(over):
            limit = asyncio.create_task(self._until(seconds, over), name="the end")
            await asyncio.wait((service, limit), return_when=asyncio.FIRST_COMPLETED)
            limit.cancel()
            if service.done():
                return 1
            end = self.app.clock.now()
        self._sum_up(end)
        return 0

    async def _until(self, seconds: int, over: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), seconds or None)

    @asynccontextmanager
    async def _listening(self, over: asyncio.Event) -> AsyncIterator[None]:
        """Answer what is typed, where something can be typed."""
        if sys.stdin is None:  # closed: its number may be another file's by now
            yield
            return
        lines: asyncio.Queue[str] = asyncio.Queue()
        answering = asyncio.create_task(self._converse(lines, over), name="prompt")
        stop = _hear(lines)
        try:
            yield
        finally:
            stop()
            answering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await answering

    async def _converse(self, lines: asyncio.Queue[str], over: asyncio.Event) -> None:
        """Answer `lines` one after another, until one of them says goodbye."""
        terminal = self._terminal()
        while True:
            texts = await terminal.answer(await lines.get(), self.app.clock.now())
            lines.task_done()
            if texts is None:
                over.set()
                return
            for text in texts:
                self.say(_set_off(text))

    def _terminal(self) -> Terminal:
        app, config = self.app, self.config
        doors = asking_doors(
            app.rulebook,
            config.storage_path,
            app.clock,
            observed=observed_by(app.health, lambda: app.scheduler.watchdog),
            mask=Mask.LAST3,
        )
        caller = at_a_terminal(config.language)
        return Terminal((asking_skill(doors),), caller, book(config.language), self._keep)

    def _keep(self, file: File) -> str:
        """Put `file` where it outlives the demo, and return its path."""
        folder = Path(tempfile.mkdtemp(prefix="notifier-"))
        (folder / file.name).write_bytes(file.content)
        return str(folder / file.name)

    def _sum_up(self, end: datetime) -> None:
        """Hold what was told by `end` against what truly happened, as far as the PBX showed it."""
        archive = self.app.archive
        shown = {call.id: call for call in self.world.visible(end)}
        missed = [
            call.id
            for call in self.world.truth(end).missed
            if call.id in shown.keys() - self.history
            and shown[call.id].state is State.NOT_ANSWERED
            # what is older and not told of would be lost
            and (
                (shown[call.id].updated_at or end) < end - _LATEST or archive.alerts_about(call.id)
            )
        ]
        told = archive.deliveries(state="delivered", most=10_000)
        facts = {
            "calls": self.app.health.calls,
            "missed": len(missed),
            "told": sum(bool(archive.alerts_about(one)) for one in missed),
            "alerts": sum(one.reason == "new" for one in told),
            "edits": sum(one.reason in {reason.value for reason in EDITS} for one in told),
        }
        self.say(_CLOSING[self.config.language].format(**facts))


_OPENING = {
    Language.VI: (
        "☎️  Tổng đài giả lập chạy tại {url}\n"
        "    Cảnh báo hiện ra bên dưới. Gõ /missed, /report, /status, /help hoặc /quit.\n"
    ),
    Language.EN: (
        "☎️  The simulated PBX is at {url}\n"
        "    Alerts appear below. Type /missed, /report, /status, /help or /quit.\n"
    ),
}

_CLOSING = {
    Language.VI: (
        "── Tổng kết ──\n"
        "Cuộc gọi mới: {calls}. Số cuộc nhỡ thực tế: {missed}, đã báo {told}.\n"
        "Cảnh báo đã gửi: {alerts}, tin được cập nhật: {edits}"
    ),
    Language.EN: (
        "── Summary ──\n"
        "New calls: {calls}. Truly missed: {missed}, of which told: {told}.\n"
        "Alerts sent: {alerts}, messages updated: {edits}"
    ),
}


def _hear(lines: asyncio.Queue[str]) -> Callable[[], None]:
    """Put what is typed into `lines`, and return what ends that."""
    loop = asyncio.get_running_loop()
    stdin, typed = sys.stdin.fileno(), bytearray()

    def heard() -> None:
        said = b""
        with contextlib.suppress(OSError):  # the terminal is gone
            said = os.read(stdin, 65_536)
        if not said:
            loop.remove_reader(stdin)
        for line in _whole_lines(typed, said):
            lines.put_nowait(line)

    def stop() -> None:
        with contextlib.suppress(OSError, ValueError):
            loop.remove_reader(stdin)

    try:
        loop.add_reader(stdin, heard)
    except OSError:
        # a file or the null device cannot be waited for: what it holds is asked at once
        for line in filter(str.strip, sys.stdin):
            lines.put_nowait(line)
    return stop


def _whole_lines(typed: bytearray, said: bytes) -> list[str]:
    """Return the lines that `said` ends, leaving what it begins in `typed`; b"" ends them all."""
    typed += said or b"\n"
    *whole, typed[:] = bytes(typed).split(b"\n")
    return [line.decode(errors="replace") for line in whole if line.strip()]


def _set_off(text: str) -> str:
    return f"{text.rstrip()}\n"


def _config(plan: Plan, url: str, folder: Path) -> Config:
    """Return the rules of `plan`, on the simulated PBX, at the demo's pace."""
    config = _loaded(plan)
    if plan.language:
        config = replace(config, language=Language(plan.language))
    source = replace(
        config.source,
        base_url=url,
        service="shop.Sencloud",
        api_key=Secret(KEY),
        every=timedelta(seconds=1),
        settle=timedelta(seconds=1),
        baseline=HISTORY * 2,
    )
    rules = tuple(replace(rule, settle=min(rule.settle, source.settle)) for rule in config.rules)
    channels = {name: _shown(channel, plan) for name, channel in config.channels.items()}
    return replace(
        config,
        source=source,
        rules=rules,
        channels=channels,
        storage_path=folder / "demo.db",
    )


def _loaded(plan: Plan) -> Config:
    if plan.rules:
        resolve = plan.telegram or plan.webhook
        return load(plan.rules, environment=os.environ, resolve=resolve)
    with as_file(files("notifier") / "demo.yaml") as path:
        return load(path, environment={}, resolve=False)


def _shown(channel: ChannelSettings, plan: Plan) -> ChannelSettings:
    """Return `channel` with its messages on the terminal, unless it is to be used for real."""
    chat = isinstance(channel.endpoint, TelegramEndpoint)
    language = Language(plan.language) if plan.language else channel.route.language
    route = replace(channel.route, language=language)
    if plan.telegram if chat else plan.webhook:
        return replace(channel, route=route)
    return ChannelSettings(replace(route, kind=ChannelKind.CONSOLE), ConsoleEndpoint())
