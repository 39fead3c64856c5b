"""Reads Telegram's updates into what was heard; their words end here."""

import json
from typing import TYPE_CHECKING, Any

from notifier.core.alerts import Language
from notifier.core.hearing import Heard, Moved, Place, Pressed, Said, Speaker, Stood
from notifier.core.people import ChatKind

if TYPE_CHECKING:
    from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, User

_KINDS = {"private": ChatKind.PRIVATE, "channel": ChatKind.CHANNEL}

_IN = frozenset({"creator", "administrator", "member"})


def chat_of(update: dict[str, Any]) -> int:
    """Return the id of the chat that a raw update is about; 0 if it names none."""
    for part in update.values():
        if isinstance(part, dict):
            held = part.get("message", part)
            chat = held.get("chat") if isinstance(held, dict) else None
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
    return 0


def read_update(body: str) -> Heard | None:
    """Return what the update in `body`, JSON, says; None for what nothing follows from.

    Raises:
        ValueError, KeyError, TypeError: it is no update as Telegram writes them.
    """
    from telegram import Update

    update = Update.de_json(json.loads(body))
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if update.my_chat_member is not None:
        return _stood(update.my_chat_member)
    return _said(update.message) if update.message is not None else None


def _said(message: "Message") -> Heard | None:
    # Both groups tell of a move, each in a message of its own; one order is enough.
    if message.migrate_to_chat_id:
        return Moved(message.chat.id, message.migrate_to_chat_id)
    if message.migrate_from_chat_id:
        return Moved(message.migrate_from_chat_id, message.chat.id)
    user, text = message.from_user, message.text
    if user is None or text is None or user.is_bot:
        return None  # no words, or a bot's, or an admin's who wants to be nobody
    replied = message.reply_to_message
    return Said(
        speaker=_speaker(user),
        place=_place(message.chat, topic=_topic(message)),
        message=message.message_id,
        text=text,
        replied_to=replied.message_id if replied else None,
    )


def _pressed(query: "CallbackQuery") -> Pressed:
    from telegram import Message

    held = query.message
    topic = _topic(held) if isinstance(held, Message) else None
    return Pressed(
        speaker=_speaker(query.from_user),
        place=_place(held.chat, topic=topic) if held else None,
        query=query.id,
        data=query.data or "",
        message=held.message_id if held else 0,
    )


def _stood(change: "ChatMemberUpdated") -> Stood:
    now = change.new_chat_member
    return Stood(
        speaker=_speaker(change.from_user),
        place=_place(change.chat),
        member=now.status in _IN or bool(getattr(now, "is_member", False)),
        writes=_writes(now),
    )


def _writes(member: "ChatMember") -> bool:
    """Whether a member of that standing may send; a restricted one only if it says so."""
    return member.status in _IN or bool(getattr(member, "can_send_messages", False))


def _topic(message: "Message") -> int | None:
    """Return the topic to answer in: replies in the general one carry an id that none can use."""
    return message.message_thread_id if message.is_topic_message else None


def _place(chat: "Chat", *, topic: int | None = None) -> Place:
    kind = _KINDS.get(chat.type, ChatKind.GROUP)
    return Place(chat.id, kind, title=chat.title or "", topic=topic)


def _speaker(user: "User") -> Speaker:
    spoken = (user.language_code or "").partition("-")[0].lower()
    language = Language(spoken) if spoken in set(Language) else None
    return Speaker(user.id, user.full_name, username=user.username or "", language=language)
