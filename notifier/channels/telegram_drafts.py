"""A message for Telegram, mended until Telegram takes it or nothing mends it."""

from dataclasses import dataclass, replace

from notifier.channels.telegram_api import TelegramApi
from notifier.channels.telegram_errors import Remedy, Verdict
from notifier.channels.telegram_letters import Chat, Letter
from notifier.core.markup import TELEGRAM_LIMIT, to_html, to_text
from notifier.core.messages import Message
from notifier.core.talk import File

CAPTION_LIMIT = 1024
"""Longest caption of a file, in UTF-16 units after its markup has been read."""

GENERAL = 1
"""Id of a forum's general topic, which Telegram wants left out."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message and how it is to be sent, as mended so far."""

    message: Message
    chat: Chat
    topic: int | None = None
    edits: int | None = None
    silent: bool = False
    replies_to: int | None = None
    file: File | None = None
    asks_back: bool = False
    answers: bool = False
    plain: bool = False
    limit: int = TELEGRAM_LIMIT
    mended: tuple[Remedy, ...] = ()

    def letter(self) -> Letter:
        """Return it in Telegram's words."""
        render = to_text if self.plain else to_html
        limit = min(self.limit, CAPTION_LIMIT) if self.file else self.limit
        return Letter(
            chat=self.chat,
            text=render(self.message, limit=limit),
            html=not self.plain,
            topic=None if self.topic == GENERAL else self.topic,
            edits=self.edits,
            silent=self.silent,
            buttons=self.message.buttons,
            replies_to=self.replies_to,
            file=self.file,
            asks_back=self.asks_back,
            answers=self.answers,
        )


async def deliver(api: TelegramApi, draft: Draft) -> tuple[Draft, int | Verdict]:
    """Send `draft`, mended as far as that helps; return it as sent, and what came of it."""
    taken = await api.post(draft.letter())
    while isinstance(taken, Verdict) and (mended := _mended(draft, taken)):
        draft = mended
        taken = await api.post(draft.letter())
    return draft, taken


def _mended(draft: Draft, verdict: Verdict) -> Draft | None:
    """Return `draft` as Telegram may take it; None if nothing mends it, or did already."""
    remedy = verdict.remedy
    if verdict.unchanged or remedy in draft.mended:
        return None
    mended = replace(draft, mended=(*draft.mended, remedy))
    match remedy:
        case Remedy.PLAIN:
            return replace(mended, plain=True)
        case Remedy.NO_TOPIC if draft.topic is not None:
            return replace(mended, topic=None)
        case Remedy.SHORTER:
            return replace(mended, limit=(CAPTION_LIMIT if draft.file else TELEGRAM_LIMIT) // 2)
        case Remedy.MOVE if draft.edits is None and verdict.moved_to:
            return replace(mended, chat=verdict.moved_to)
        case _:
            return None
