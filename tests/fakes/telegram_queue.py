"""The updates of the fake Bot API: long polls, confirmation, taps and their answers."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_refusals import Parameters, RefusalError, bad_request, number, read, true

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

EVERY_KIND = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
"""Kinds that are kept for a bot that has named none."""

LONGEST_POLL = 50


@dataclass
class Tap:
    """A tap that waits for its answer."""

    at: float
    text: str | None = None
    """What it was answered; None until then."""
    loud: bool = False


@dataclass
class Queue:
    """What happened and was not confirmed; `next_id` may be set back, as after a quiet week."""

    next_id: int = 1
    webhook: str = ""
    patience: float = 60.0
    """Seconds within which a tap can be answered."""
    updates: list[dict[str, Any]] = field(default_factory=list)
    allowed: frozenset[str] = EVERY_KIND
    """Kinds that are kept; what was named last holds until others are."""
    taps: dict[str, Tap] = field(default_factory=dict)
    polls: list[Parameters] = field(default_factory=list)
    """What each poll asked for."""
    _newest: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, kind: str, fact: dict[str, Any], *, identity: int | None = None) -> int:
        """Have an update wait, unless its kind is not asked for; return its id."""
        identity = self.next_id if identity is None else identity
        self.next_id = identity + 1
        if kind in self.allowed:
            self.updates.append({"update_id": identity, kind: fact})
            self._changed.set()
        return identity

    def tapped(self, at: float) -> str:
        """Return the id of a new tap."""
        identity = f"9{next(self._numbers):017}"
        self.taps[identity] = Tap(at)
        return identity

    def answer(self, parameters: Parameters, at: float) -> bool:
        tap = self.taps.get(str(parameters.get("callback_query_id", "")))
        text = str(parameters.get("text", ""))
        if tap is None or tap.text is not None or at - tap.at > self.patience:
            raise bad_request(TOO_OLD)
        if len(text.encode("utf-16-le")) // 2 > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        tap.text, tap.loud = text, true(parameters.get("show_alert"))
        return True

    async def poll(
        self, parameters: Parameters, sleep: Callable[[float], Awaitable[None]] | None
    ) -> list[dict[str, Any]]:
        """Answer once there is something, or in the end with nothing; a newer poll ends it."""
        self.polls.append(parameters)
        if self.webhook:
            raise RefusalError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
                " to delete the webhook first",
            )
        if "allowed_updates" in parameters:
            self.allowed = frozenset(read(parameters["allowed_updates"], list)) or EVERY_KIND
        self._confirm(number(parameters, "offset") or 0)
        self._newest = mine = next(self._numbers)
        self._changed.set()
        timeout = min(number(parameters, "timeout") or 0, LONGEST_POLL)
        if timeout and sleep:
            await self._wait(mine, sleep(timeout))
        if mine != self._newest:
            raise RefusalError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot"
                " instance is running",
            )
        limit = number(parameters, "limit") or 100
        return self.updates[: max(1, min(limit, 100))]

    def _confirm(self, offset: int) -> None:
        """Forget what is before `offset`; one that is not in the queue means from its head."""
        if offset < 0:
            self.updates = self.updates[offset:]
        ids = [update["update_id"] for update in self.updates]
        if offset in ids or (ids and offset == ids[-1] + 1):
            self.updates = self.updates[ids.index(offset) if offset in ids else len(ids) :]

    async def _wait(self, mine: int, end: Awaitable[None]) -> None:
        over = asyncio.ensure_future(end)
        try:
            while not self.updates and mine == self._newest and not over.done():
                self._changed.clear()
                news = asyncio.ensure_future(self._changed.wait())
                try:
                    await asyncio.wait({news, over}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    news.cancel()
        finally:
            over.cancel()
