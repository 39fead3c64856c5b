"""Has each stored update handled: a chat's in their order, several chats beside each other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from notifier.bot.doors import Clock, Updates
from notifier.core.hearing import Arrived, Heard

log = logging.getLogger(__name__)

ABREAST = 8
"""Chats that are attended to at a time: a slow report keeps only its own chat waiting."""

MOST_TRIES = 3
"""After so many, an update counts as handled."""


@dataclass(slots=True)
class Attendant:
    """Hears what was stored; `run` works until it is cancelled."""

    updates: Updates
    read: Callable[[str], Heard | None]
    """Reads an update's body; None for what nothing follows from."""
    hear: Callable[[Heard], Awaitable[None]]
    give_up: Callable[[Heard], Awaitable[None]]
    """Told of what could not be handled."""
    clock: Clock
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Look for updates now."""
        self._news.set()

    async def run(self) -> None:
        """Attend to every chat that waits; StoreError where that cannot be noted."""
        busy: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                self._news.clear()
                for chat in self.updates.waiting():
                    if chat not in busy and len(busy) < ABREAST:
                        busy[chat] = asyncio.create_task(self._attend(chat), name=f"chat {chat}")
                await self._until_something(busy)
        finally:
            for task in busy.values():
                task.cancel()
            await asyncio.gather(*busy.values(), return_exceptions=True)

    async def _until_something(self, busy: dict[int, asyncio.Task[None]]) -> None:
        """Wait for news or for a chat that is done, and take those that are out of `busy`."""
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({news, *busy.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        for chat in [chat for chat, task in busy.items() if task.done()]:
            busy.pop(chat).result()

    async def _attend(self, chat: int) -> None:
        while arrived := self.updates.first(chat):
            await self._handle(arrived)

    async def _handle(self, arrived: Arrived) -> None:
        """Hear one update; it is handled when that went well, or has failed too often."""
        tries = self.updates.begin(arrived.id)
        heard, failure = self._read(arrived)
        if heard is not None:
            failure = await self._heard(heard, arrived, tries)
            if failure and tries < MOST_TRIES:
                await self.clock.sleep(2.0 ** (tries - 1))
                return
            if failure:
                await self._say_so(heard, arrived)
        self.updates.handled(arrived.id, self.clock.now(), failure=failure)

    def _read(self, arrived: Arrived) -> tuple[Heard | None, str]:
        """Return what was heard, or why it cannot be read; neither if it says nothing."""
        try:
            return self.read(arrived.body), ""
        except Exception as fault:  # noqa: BLE001 - whatever the library stumbles over
            failure = f"unreadable: {type(fault).__name__}"
            log.warning("an update was not read", extra={"update": arrived.id, "error": failure})
            return None, failure

    async def _heard(self, heard: Heard, arrived: Arrived, tries: int) -> str:
        """Return "" once it was heard, else what went wrong."""
        if tries > MOST_TRIES:
            return "given up: each try ended the process"
        try:
            await self.hear(heard)
        except Exception as fault:
            log.exception("an update was not handled", extra={"update": arrived.id, "try": tries})
            return type(fault).__name__
        return ""

    async def _say_so(self, heard: Heard, arrived: Arrived) -> None:
        try:
            await self.give_up(heard)
        except Exception:
            log.exception("a failure was not told", extra={"update": arrived.id})
