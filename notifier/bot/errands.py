"""Sends and edits the messages about requests, and leaves the groups that nobody let in."""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from notifier.bot.reception import Reception
from notifier.core.access import AccessRequest, Deed, Done, Owing, Step
from notifier.core.access_cards import post_of
from notifier.core.admitting import left
from notifier.core.alerts import Language
from notifier.core.deliveries import Failed
from notifier.core.hearing import Post
from notifier.core.talk import Answer

log = logging.getLogger(__name__)

LONGEST_NAP = 5.0
"""Seconds after which it looks even if nobody wakes it: a group is left no later than that."""


class Mouth(Protocol):
    """The way out; it never raises for what the receiver or the network does."""

    def post(self, post: Post) -> Awaitable[int | Failed]:
        """Send or edit a message; return its id, or why there is none."""
        ...

    def leave(self, chat: int) -> Awaitable[Failed | None]:
        """Leave a group; None if it was left."""
        ...


class Clock(Protocol):
    """The time and a pause."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Give way for `seconds`."""
        ...


@dataclass(slots=True)
class Errands:
    """What is owed stands in the tables, so that after a crash it is owed still."""

    reception: Reception
    mouth: Mouth
    clock: Clock
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Look at what is owed now."""
        self._bell.set()

    async def run(self) -> None:
        """Work until cancelled; StoreError where that cannot be noted."""
        while True:
            self._bell.clear()
            await self.once()
            await self._nap()

    async def once(self) -> None:
        """Send and edit all that is owed, and leave what is due to be left; failures stay owed."""
        for owing in self.reception.entrance.owed():
            await self._send(owing)
        for request in self.reception.entrance.leaving(self.clock.now()):
            await self._leave(request)

    async def _nap(self) -> None:
        alarm = asyncio.ensure_future(self.clock.sleep(LONGEST_NAP))
        bell = asyncio.ensure_future(self._bell.wait())
        try:
            await asyncio.wait({alarm, bell}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
            bell.cancel()

    async def _send(self, owing: Owing) -> None:
        """Send or edit one message; it stays owed if that may go well later."""
        eyes = self.reception.eyes_of(self._language(owing), self.clock.now())
        message = post_of(owing, eyes, self.reception.house.commands)
        if message is None:
            self.reception.entrance.posted(owing, owing.message)
            return
        post = Post(owing.chat, Answer(message), edits=owing.message)
        taken = await self.mouth.post(post)
        if isinstance(taken, int):
            self.reception.entrance.posted(owing, taken)
        elif taken.permanent or taken.resend:
            log.warning("a message about a request was not sent", extra={"error": taken.detail})
            self.reception.entrance.posted(owing, owing.message)

    async def _leave(self, request: AccessRequest) -> None:
        if request.chat is None:
            return
        failed = await self.mouth.leave(request.chat)
        if failed and not failed.permanent:
            return
        now = self.clock.now()
        latest = self.reception.entrance.request(request.id) or request
        done = Done(now, 0, Deed.LEFT, chat=request.chat, detail=request.title)
        self.reception.record(Step(requests=(left(latest, now),), done=(done,)), now)

    def _language(self, owing: Owing) -> Language | None:
        """Return the language of whoever reads it; None if they have chosen none."""
        people = self.reception.people
        chat = people.known_chat(owing.chat)
        person = people.known(owing.chat)
        chosen = (chat.language if chat else None) or (person.language if person else None)
        return chosen or (owing.request.language if owing.own else None)
