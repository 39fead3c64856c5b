"""One message in Telegram's words, and the call that sends it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifier.core.messages import Button, ButtonStyle
from notifier.core.talk import File

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

Chat = int | str
"""Id of a chat, negative for groups; or the public name of a channel, with its @."""

_MOST_DATA = 64
"""Bytes that Telegram takes behind a button."""

_MOST_COPIED = 256

_STYLES = {ButtonStyle.GOOD: "success", ButtonStyle.DANGER: "danger"}

_LARGEST_PHOTO = 10_000_000
"""Bytes above which a picture is sent as a document."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as Telegram is asked to take it."""

    chat: Chat
    text: str
    html: bool = True
    """Whether `text` is HTML; else it is taken as it stands."""
    topic: int | None = None
    edits: int | None = None
    """Id of the message to edit; None to send a new one."""
    silent: bool = False
    buttons: tuple[tuple[Button, ...], ...] = ()
    replies_to: int | None = None
    """Id of the message that it answers, if that is still there."""
    file: File | None = None
    """With it, `text` is its caption."""
    asks_back: bool = False
    """Whether the reader's client opens a reply to it; then it has no buttons."""
    answers: bool = False
    """Whether somebody has asked for it and waits."""


async def send(bot: "Bot", letter: Letter) -> int:
    """Send or edit `letter` and return the message's id; raise what the library raises."""
    if letter.edits is not None:
        return await _edit(bot, letter, letter.edits)
    facts = _facts(letter)
    if letter.file is not None:
        return await _send_file(bot, letter, letter.file, facts)
    sent = await bot.send_message(
        letter.chat, letter.text, link_preview_options=_no_preview(), **facts
    )
    return sent.message_id


async def _edit(bot: "Bot", letter: Letter, message: int) -> int:
    from telegram import Message

    edited = await bot.edit_message_text(
        letter.text,
        chat_id=letter.chat,
        message_id=message,
        parse_mode=_mode(letter),
        link_preview_options=_no_preview(),
        reply_markup=_keyboard(letter.buttons),
    )
    return edited.message_id if isinstance(edited, Message) else message


async def _send_file(bot: "Bot", letter: Letter, file: File, facts: dict[str, Any]) -> int:
    from telegram import InputFile

    content = InputFile(file.content, filename=file.name)
    facts |= {"caption": letter.text or None, "protect_content": file.protected}
    match file.kind:
        case "photo" if len(file.content) <= _LARGEST_PHOTO:
            sent = await bot.send_photo(letter.chat, content, **facts)
        case "audio":
            sent = await bot.send_audio(letter.chat, content, title=file.name, **facts)
        case _:
            sent = await bot.send_document(letter.chat, content, **facts)
    return sent.message_id


def _facts(letter: Letter) -> dict[str, Any]:
    """Return what every way of sending is told alike."""
    from telegram import ForceReply, ReplyParameters

    reply = letter.replies_to
    return {
        "parse_mode": _mode(letter),
        "message_thread_id": letter.topic,
        "disable_notification": letter.silent,
        "reply_markup": ForceReply(selective=True)
        if letter.asks_back
        else _keyboard(letter.buttons),
        # a message that is gone meanwhile must not keep its answer from being sent
        "reply_parameters": ReplyParameters(reply, allow_sending_without_reply=True)
        if reply is not None
        else None,
    }


def _mode(letter: Letter) -> str | None:
    return "HTML" if letter.html else None


def _no_preview() -> "LinkPreviewOptions":
    from telegram import LinkPreviewOptions

    return LinkPreviewOptions(is_disabled=True)


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> "InlineKeyboardMarkup | None":
    from telegram import InlineKeyboardMarkup

    shown = [[tap for button in row if (tap := _tap(button))] for row in rows]
    shown = [row for row in shown if row]
    return InlineKeyboardMarkup(shown) if shown else None


def _tap(button: Button) -> "InlineKeyboardButton | None":
    """Return the button; None if Telegram would refuse it, and the whole message with it."""
    from telegram import CopyTextButton, InlineKeyboardButton

    style = _STYLES.get(button.style)
    if button.data and len(button.data.encode()) <= _MOST_DATA:
        return InlineKeyboardButton(button.label, callback_data=button.data, style=style)
    if not button.data and button.copies and len(button.copies) <= _MOST_COPIED:
        copied = CopyTextButton(button.copies)
        return InlineKeyboardButton(button.label, copy_text=copied, style=style)
    return None
