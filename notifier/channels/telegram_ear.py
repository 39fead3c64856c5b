"""Asks Telegram for updates, as they came and unread."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from notifier.channels.telegram_api import TelegramApi
from notifier.channels.telegram_errors import Verdict
from notifier.channels.telegram_updates import chat_of
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.hearing import Arrived

if TYPE_CHECKING:
    from telegram import Bot

WAIT = timedelta(seconds=30)
"""How long Telegram holds a question that it has no news for; it allows 50 s."""

MARGIN = timedelta(seconds=10)
"""How much later its answer may come."""

MOST = 100
"""Updates of one answer: Telegram's bound."""

KINDS = ("message", "callback_query", "my_chat_member")
"""Kinds of update that are asked for, named each time: Telegram remembers the last list."""


@dataclass(frozen=True, slots=True)
class TelegramEar:
    """A `Source` of updates."""

    api: TelegramApi

    async def open(self) -> str | Failed:
        """Take away a webhook, which would get the updates; return the bot's user name."""

        async def ask(bot: "Bot") -> str:
            await bot.delete_webhook(drop_pending_updates=False)
            return (await bot.get_me()).username or ""

        name = await self.api.attempt(ask, repeatable=True)
        return name.failed if isinstance(name, Verdict) else name

    async def listen(self, offset: int | None) -> Sequence[Arrived] | Failed:
        """Return the updates from `offset` on, in their order, after `WAIT` at most if none come.

        The library's own `get_updates` reads them all at once, and one that it cannot read would
        stand before all others for ever.
        """
        asked = {
            "timeout": int(WAIT.total_seconds()),
            "limit": MOST,
            "allowed_updates": list(KINDS),
            **({} if offset is None else {"offset": offset}),
        }

        async def ask(bot: "Bot") -> object:
            patience = (WAIT + MARGIN).total_seconds()
            return await bot.do_api_request("getUpdates", asked, read_timeout=patience)

        came = await self.api.attempt(ask, repeatable=True)
        return came.failed if isinstance(came, Verdict) else _arrived(came)

    async def renew(self) -> None:
        """Give up the connection of a question that was abandoned."""
        await self.api.renew_polls()


def _arrived(came: object) -> Sequence[Arrived] | Failed:
    if not isinstance(came, list):
        return Failed(FailureReason.BAD_ANSWER, "the answer holds no list of updates")
    return [
        Arrived(one["update_id"], chat_of(one), json.dumps(one, ensure_ascii=False))
        for one in came
        if isinstance(one, dict) and isinstance(one.get("update_id"), int)
    ]
