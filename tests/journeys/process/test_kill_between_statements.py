"""A process that dies between any two of its steps loses no alert and invents none."""

import asyncio
import re
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.simulator.journeys import answered_call, missed_call
from notifier.simulator.model import SimCall
from notifier.simulator.serve import serving
from notifier.simulator.server import create_app
from notifier.simulator.world import World
from tests.journeys.process.town import AGAIN, CHAT, CLOCK, KEY, ROOT, RULES, Town

MORE_RULES = """
  nho_don_dap: {{when: missed, count: {{at_least: 2, within: 1h}}, every: 10s}}
  chua_goi_lai:
    when: missed
    key: customer
    unless: {{called_back: true, within: 1s}}
    lag: 0s
    escalate: [{{after: 1s, to: crm}}]
"""

STORY = RULES.replace(
    "allow_private: true", "allow_private: true\n      events: [alert.*, call.*]"
).replace("\nstorage:", f"{MORE_RULES}storage:")

Story = Callable[[Town], tuple[World, World]]
"""The calls that were told of before, and those at the time of the kill."""

MOST = 40
"""Places at which a story's process is killed, at most: spread evenly over all of its steps."""

ABREAST = 4


@dataclass
class Zygote:
    """The program of `killed.py`, warm; one child at a time."""

    process: asyncio.subprocess.Process

    async def run(self, rules: Path, blows_at: int = 0) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{rules} {blows_at}\n".encode())
        return (await asyncio.wait_for(self.process.stdout.readline(), 40)).decode().strip()


@asynccontextmanager
async def a_zygote(town: Town) -> AsyncIterator[Zygote]:
    with (town.folder / "zygote.log").open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "tests/journeys/process/killed.py"),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=sink,
            env=town.environment, cwd=town.folder,
        )  # fmt: skip
    try:
        yield Zygote(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@dataclass
class Run:
    """One folder, chat and path, on which a process dies and its heir finishes."""

    town: Town
    number: int
    past: "Run | None"
    """What it begins as a copy of."""

    @property
    def folder(self) -> Path:
        return self.town.folder / f"run-{self.number}"

    @property
    def chat(self) -> int:
        return CHAT - 1 - self.number

    @property
    def path(self) -> str:
        return f"/hook/{self.number}"

    def begin(self, pbx: str) -> Path:
        """Write its rules, which name the PBX as it is now; return their path."""
        if not self.folder.exists():
            chat = self.town.telegram.chat(self.chat)
            if self.past:
                shutil.copytree(self.past.folder, self.folder)
                chat.messages = deepcopy(self.town.telegram.chats[self.past.chat].messages)
                self._move_cards(self.past.chat)
            else:
                self.folder.mkdir()
        rules = self.folder / "rules.yaml"
        hook = f"{self.town.hook}/{self.number}"
        facts = {"pbx": pbx, "telegram": self.town.bot, "hook": hook, "chat": self.chat}
        rules.write_text(STORY.format(**facts), encoding="utf-8")
        return rules

    def _move_cards(self, old: int) -> None:
        """Have the copied database know the messages of this chat instead of the `old` one's."""
        with closing(sqlite3.connect(self.folder / "notifier.db")) as tables, tables:
            moved = (str(old), str(self.chat))
            tables.execute("UPDATE cards SET receipt = replace(receipt, ?, ?)", moved)

    @property
    def hooked(self) -> set[str]:
        """Every `webhook-id` that the receiver took, always with the same bytes."""
        took = [one for one in self.town.receiver.received if one.path == self.path]
        assert all(one.genuine for one in took)
        assert len({(one.id, one.body) for one in took}) == len({one.id for one in took})
        return {one.id for one in took}

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.town.telegram.messages(self.chat)]

    @property
    def cards(self) -> Counter[str]:
        """What stands in the chat now and how often, without marks and names."""
        return Counter(re.sub(r" \([^)]*\)", "", text).strip() for text in self.texts)


def at_once(town: Town) -> tuple[World, World]:
    """Two calls are missed, one is answered."""
    later = World(start=town.world.start)
    for number, call in enumerate(the_calls()):
        later.add(call, at=CLOCK.now() - timedelta(seconds=20 - number))
    return World(start=town.world.start), later


def corrected(town: Town) -> tuple[World, World]:
    """Two calls are missed and told; then one of them turns out to have been answered."""
    before, after = World(start=town.world.start), World(start=town.world.start)
    at = CLOCK.now() - timedelta(seconds=20)
    for call in the_calls():
        before.add(call, at=at)
    rows = [after.add(call, at=at) for call in the_calls()]
    taken = answered_call(rows[0].started_at, rows[0].caller, ring_s=9, talk_s=20)
    after.add(replace(taken, id=rows[0].id), at=at + timedelta(seconds=5))
    return before, after


def the_calls() -> list[SimCall]:
    ago = CLOCK.now().replace(microsecond=0) - timedelta(minutes=5)
    return [
        missed_call(ago),
        missed_call(ago + timedelta(seconds=30), "0912345678"),
        answered_call(ago + timedelta(seconds=50), "0987654321", talk_s=20),
    ]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("story", [at_once, corrected], ids=lambda story: story.__name__)
async def test_killed_between_any_two_statements(town: Town, story: Story) -> None:
    before, after = story(town)
    past = await told_until_now(town, World(start=town.world.start), before)
    async with AsyncExitStack() as stack:
        pbx = await stack.enter_async_context(serving(create_app(after, CLOCK.now, KEY)))
        zygotes = [await stack.enter_async_context(a_zygote(town)) for _ in range(ABREAST)]
        whole = Run(town, 1, past)
        _, _, steps = (await zygotes[0].run(whole.begin(pbx))).partition("done ")
        assert steps, (town.folder / "zygote.log").read_text()
        assert whole.hooked
        assert whole.cards

        places = spread(int(steps))
        await asyncio.gather(
            *(
                all_killed(town, zygote, pbx, whole, places[number::ABREAST])
                for number, zygote in enumerate(zygotes)
            )
        )


def spread(steps: int) -> list[int]:
    """Return the places 1 … steps, or `MOST` of them, the first and the last among them."""
    if steps <= MOST:
        return list(range(1, steps + 1))
    return sorted({1 + round(i * (steps - 1) / (MOST - 1)) for i in range(MOST)})


async def told_until_now(town: Town, empty: World, before: World) -> Run:
    """Let an unharmed process read its baseline, and then what was there before the story."""
    run = Run(town, 0, None)
    async with a_zygote(town) as zygote:
        for world in (empty, before):
            async with serving(create_app(world, CLOCK.now, KEY)) as pbx:
                said = await zygote.run(run.begin(pbx))
                assert said.startswith("done"), (town.folder / "zygote.log").read_text()
    return run


async def all_killed(town: Town, zygote: Zygote, pbx: str, whole: Run, places: list[int]) -> None:
    """Kill a process at each of `places`; its heir brings all to the end that `whole` came to."""
    killed = 0
    for place in places:
        run = Run(town, 1_000 + place, whole.past)
        killed += await zygote.run(run.begin(pbx), place) == "killed"
        said = await zygote.run(run.begin(pbx))

        where = f"killed at step {place}; {(town.folder / 'zygote.log').read_text()}"
        assert said.startswith("done"), where
        assert run.hooked == whole.hooked, where
        assert run.cards.keys() == whole.cards.keys(), where
        doubled = run.cards.total() - len(run.cards)
        marked = sum(AGAIN in text for text in run.texts)
        assert doubled <= marked <= 1, where
    # how often an idle loop asks the database depends on the hour, so the last may not be reached
    assert killed > len(places) * 0.8
