"""The Telegram channel: sends a card or edits it, mends what can be mended, and says what came."""

from dataclasses import dataclass, replace

from notifier.channels.telegram_api import Chat, Letter, TelegramApi
from notifier.channels.telegram_errors import Remedy, Verdict
from notifier.core.deliveries import Delivered, Failed, FailureReason, Outcome, Parcel
from notifier.core.markup import TELEGRAM_LIMIT, to_html, to_text
from notifier.core.messages import Message, plain

_GENERAL = 1
"""Id of a forum's general topic, which Telegram wants left out."""

_NOTES = {
    Remedy.PLAIN: "sent as plain text",
    Remedy.NO_TOPIC: "topic is gone: sent to the chat itself",
    Remedy.SHORTER: "cut harder than it should need",
    Remedy.MOVE: "group became a supergroup: sent to its new id",
}


@dataclass(frozen=True, slots=True)
class _Draft:
    """A message and how it is to be sent, as mended so far."""

    message: Message
    chat: Chat
    topic: int | None
    edits: int | None
    silent: bool
    plain: bool = False
    limit: int = TELEGRAM_LIMIT
    mended: tuple[Remedy, ...] = ()

    def letter(self) -> Letter:
        """Return it in Telegram's words."""
        render = to_text if self.plain else to_html
        return Letter(
            chat=self.chat,
            text=render(self.message, limit=self.limit),
            html=not self.plain,
            topic=self.topic,
            edits=self.edits,
            silent=self.silent,
            buttons=self.message.buttons,
        )


@dataclass(slots=True)
class TelegramChannel:
    """One chat, or one topic of it; `send` never raises for what Telegram or the network does."""

    name: str
    chat: Chat
    """Id, also as text; or a public name with its @."""
    api: TelegramApi
    topic: int | None = None
    silent: bool = False
    """Never make a sound."""
    again_mark: str = ""
    """What marks a message that may have been sent before, in the chat's language."""

    def __post_init__(self) -> None:
        self.chat = chat_id(self.chat)

    async def send(self, parcel: Parcel) -> Outcome:
        """Send `parcel`'s message, or edit the one that it replaces.

        A receipt is `<chat>:<message id>`. Telegram knows no id of ours: what may have arrived
        is reported as uncertain, and only an edit is safe to repeat.
        """
        draft = self._draft(parcel)
        while isinstance(draft, _Draft):
            taken = await self.api.post(draft.letter())
            if isinstance(taken, int):
                note = "; ".join(_NOTES[remedy] for remedy in draft.mended)
                return Delivered(receipt=f"{draft.chat}:{taken}", note=note)
            if taken.unchanged:
                return Delivered(receipt=parcel.replaces)
            draft = _mended(draft, taken)
        return draft

    async def aclose(self) -> None:
        """Close nothing: the way to Telegram is shared, and whoever made it closes it."""

    def _draft(self, parcel: Parcel) -> _Draft | Failed:
        if parcel.message is None:
            told = "the delivery holds no message for people"
            return Failed(FailureReason.REFUSED, told, permanent=True)
        message, silent = parcel.message, self.silent or parcel.silent
        if parcel.replaces:
            return self._edit(message, parcel.replaces)
        if parcel.again and self.again_mark:
            message = replace(message, footer=(*message.footer, plain(f" {self.again_mark}")))
        topic = None if self.topic == _GENERAL else self.topic
        return _Draft(message, self.api.home(self.chat), topic, edits=None, silent=silent)

    def _edit(self, message: Message, receipt: str) -> _Draft | Failed:
        where, _, number = receipt.rpartition(":")
        chat = chat_id(where)
        if not where or not number.isdecimal():
            told = f"the receipt {receipt!r} names no message"
            return Failed(FailureReason.REFUSED, told, resend=True)
        if self.api.home(chat) != chat:
            told = "the group became a supergroup, where its old messages cannot be edited"
            return Failed(FailureReason.REFUSED, told, resend=True)
        return _Draft(message, chat, topic=None, edits=int(number), silent=True)


def chat_id(chat: Chat) -> Chat:
    """Return `chat` as a number if it is one."""
    text = str(chat).strip()
    return int(text) if text.removeprefix("-").isdecimal() else text


def _mended(draft: _Draft, verdict: Verdict) -> _Draft | Failed:
    """Return `draft` as Telegram may take it; the failure if nothing mends it, or did already."""
    remedy = verdict.remedy
    if remedy in draft.mended:
        return verdict.failed
    mended = replace(draft, mended=(*draft.mended, remedy))
    match remedy:
        case Remedy.PLAIN:
            return replace(mended, plain=True)
        case Remedy.NO_TOPIC if draft.topic is not None:
            return replace(mended, topic=None)
        case Remedy.SHORTER:
            return replace(mended, limit=TELEGRAM_LIMIT // 2)
        case Remedy.MOVE if draft.edits is None and verdict.moved_to:
            return replace(mended, chat=verdict.moved_to)
        case _:
            return verdict.failed
