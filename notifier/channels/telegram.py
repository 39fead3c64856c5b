"""The Telegram channel: sends a card or edits it, mends what can be mended, and says what came."""

from dataclasses import dataclass, replace

from notifier.channels.telegram_api import TelegramApi
from notifier.channels.telegram_drafts import Draft, deliver
from notifier.channels.telegram_errors import Remedy
from notifier.channels.telegram_letters import Chat
from notifier.core.deliveries import Delivered, Failed, FailureReason, Outcome, Parcel
from notifier.core.messages import Message, plain

_NOTES = {
    Remedy.PLAIN: "sent as plain text",
    Remedy.NO_TOPIC: "topic is gone: sent to the chat itself",
    Remedy.SHORTER: "cut harder than it should need",
    Remedy.MOVE: "group became a supergroup: sent to its new id",
}


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
        if isinstance(draft, Failed):
            return draft
        draft, taken = await deliver(self.api, draft)
        if isinstance(taken, int):
            note = "; ".join(_NOTES[remedy] for remedy in draft.mended)
            astray = Remedy.NO_TOPIC in draft.mended
            return Delivered(receipt=f"{draft.chat}:{taken}", note=note, astray=astray)
        return Delivered(receipt=parcel.replaces) if taken.unchanged else taken.failed

    async def aclose(self) -> None:
        """Close nothing: the way to Telegram is shared, and whoever made it closes it."""

    def _draft(self, parcel: Parcel) -> Draft | Failed:
        if parcel.message is None:
            told = "the delivery holds no message for people"
            return Failed(FailureReason.REFUSED, told, permanent=True)
        message, silent = parcel.message, self.silent or parcel.silent
        if parcel.replaces:
            return self._edit(message, parcel.replaces)
        if parcel.again and self.again_mark:
            message = replace(message, footer=(*message.footer, plain(f" {self.again_mark}")))
        return Draft(message, self.api.home(self.chat), self.topic, silent=silent)

    def _edit(self, message: Message, receipt: str) -> Draft | Failed:
        where, _, number = receipt.rpartition(":")
        chat = chat_id(where)
        if not where or not number.isdecimal():
            told = f"the receipt {receipt!r} names no message"
            return Failed(FailureReason.REFUSED, told, resend=True)
        if self.api.home(chat) != chat:
            told = "the group became a supergroup, where its old messages cannot be edited"
            return Failed(FailureReason.REFUSED, told, resend=True)
        return Draft(message, chat, edits=int(number), silent=True)


def chat_id(chat: Chat) -> Chat:
    """Return `chat` as a number if it is one."""
    text = str(chat).strip()
    return int(text) if text.removeprefix("-").isdecimal() else text
