"""Sends the bot's answers to Telegram, answers taps, and sets the menus of commands."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.channels.telegram_api import TelegramApi
from notifier.channels.telegram_drafts import Draft, deliver
from notifier.channels.telegram_errors import Verdict
from notifier.core import menus
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.hearing import Post
from notifier.core.menus import Menu

if TYPE_CHECKING:
    from telegram import Bot, BotCommandScope


@dataclass(frozen=True, slots=True)
class TelegramMouth:
    """A `Mouth`: every answer goes in its chat's turn, a tap's popup at once."""

    api: TelegramApi

    async def post(self, post: Post) -> int | Failed:
        """Send or edit a message; return its id, or why there is none."""
        answer = post.answer
        chat = self.api.home(post.chat)
        draft = Draft(
            answer.message,
            chat,
            topic=post.topic,
            edits=post.edits if chat == post.chat else None,
            silent=post.silent,
            replies_to=post.replies_to if chat == post.chat else None,
            file=answer.file,
            asks_back=bool(answer.asks_back),
            answers=True,
        )
        _, taken = await deliver(self.api, draft)
        if isinstance(taken, int):
            return taken
        if taken.unchanged and draft.edits is not None:
            return draft.edits
        return taken.failed

    async def popup(self, query: str, text: str, *, loud: bool) -> Failed | None:
        """Answer a tap, with a popup if `text` is not empty; None if it was taken."""

        async def answer(bot: "Bot") -> bool:
            return await bot.answer_callback_query(query, text or None, show_alert=loud)

        return _failed(await self.api.attempt(answer, repeatable=True))

    async def leave(self, chat: int) -> Failed | None:
        """Leave a group; None if it was left."""

        async def go(bot: "Bot") -> bool:
            return await bot.leave_chat(chat)

        return _failed(await self.api.attempt(go, repeatable=True))

    async def show(self, menu: Menu) -> Failed | None:
        """Have clients offer `menu`; None if Telegram took it."""

        async def offer(bot: "Bot") -> bool:
            return await bot.set_my_commands(
                menu.lines, scope=_scope(menu.scope), language_code=menu.language or None
            )

        return _failed(await self.api.attempt(offer, repeatable=True))


def _failed(taken: bool | Verdict) -> Failed | None:  # noqa: FBT001 - what Telegram answers
    if isinstance(taken, Verdict):
        return taken.failed
    return None if taken else Failed(FailureReason.REFUSED, "Telegram answered false")


def _scope(scope: str) -> "BotCommandScope":
    from telegram import (
        BotCommandScopeAllGroupChats,
        BotCommandScopeAllPrivateChats,
        BotCommandScopeChat,
    )

    match scope:
        case menus.PRIVATE:
            return BotCommandScopeAllPrivateChats()
        case menus.GROUPS:
            return BotCommandScopeAllGroupChats()
        case _:
            return BotCommandScopeChat(int(scope))
