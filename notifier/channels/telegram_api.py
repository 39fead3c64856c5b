"""One bot's way to Telegram, shared by its channels: the client, its pace and its errors."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import httpx

from notifier.channels.telegram_errors import Verdict, judge, one_line
from notifier.channels.telegram_pace import Pace, Ticks
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.messages import Button, ButtonStyle
from notifier.core.secrets import Secret

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
    from telegram.request import HTTPXRequest

Chat = int | str
"""Id of a chat, negative for groups; or the public name of a channel, with its @."""

PUBLIC = "https://api.telegram.org"
"""Telegram's own Bot API, as its documentation gives it."""

_CONNECT, _READ, _WRITE, _POOL = 10.0, 20.0, 20.0, 5.0
"""Seconds; the client's own limits are the only ones, for httpx 0.28 loses its pool when a
request is cancelled from outside."""

_CONNECTIONS = 16

_MOST_DATA = 64
"""Bytes that Telegram takes behind a button."""

_MOST_COPIED = 256

_STYLES = {ButtonStyle.GOOD: "success", ButtonStyle.DANGER: "danger"}


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


@dataclass(slots=True)
class TelegramApi:
    """The bot behind `token`; makes no request before the first message."""

    token: Secret
    clock: Ticks
    base_url: str = PUBLIC
    """Where the Bot API answers, without `/bot`; may hold `{token}` in a place of its own."""
    proxy: str = field(default="", repr=False)
    """URL of a proxy, which may hold a password; "" for none."""
    on_migrated: Callable[[int, int], None] | None = None
    """Told of a group's old and new id, so that it is remembered beyond this process."""
    moved: dict[int, int] = field(default_factory=dict)
    """Old ids of groups that became supergroups, and their new ones."""
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)
    """In place of the network; for tests."""
    _pace: Pace = field(init=False)
    _request: "HTTPXRequest | None" = field(init=False, default=None, repr=False)
    _bot: "Bot | None" = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self._pace = Pace(self.clock)

    def open(self) -> "Bot":
        """Build the client if it is not there yet, and return it; asks Telegram nothing."""
        if self._bot is None:
            from telegram import Bot
            from telegram.request import HTTPXRequest
            from telegram.warnings import PTBDeprecationWarning

            # Both forms of `retry_after` are read; the library warns of the older at each use.
            warnings.filterwarnings("ignore", "Deprecated.*retry_after", PTBDeprecationWarning)
            self._request = HTTPXRequest(
                connection_pool_size=_CONNECTIONS,
                connect_timeout=_CONNECT,
                read_timeout=_READ,
                write_timeout=_WRITE,
                pool_timeout=_POOL,
                proxy=self.proxy or None,
                httpx_kwargs={"transport": self.transport} if self.transport else None,
            )
            self._bot = Bot(
                self.token.reveal(),
                base_url=_endpoint(self.base_url, "bot"),
                base_file_url=_endpoint(self.base_url, "file/bot"),
                request=self._request,
                get_updates_request=self._request,
            )
        return self._bot

    async def aclose(self) -> None:
        """Close the connections; requests under way must have ended."""
        if self._request is not None:
            await self._request.shutdown()
        self._request = self._bot = None

    def home(self, chat: Chat) -> Chat:
        """Return the id that `chat` has today."""
        seen: set[Chat] = set()
        while isinstance(chat, int) and chat in self.moved and chat not in seen:
            seen.add(chat)
            chat = self.moved[chat]
        return chat

    def redact(self, text: str) -> str:
        """Return `text` without the token and the proxy's password."""
        token = self.token.reveal()
        _, _, tail = token.partition(":")
        password = urlsplit(self.proxy).password or ""
        for secret in (token, quote(token, safe=""), tail, password):
            if secret:
                text = text.replace(secret, "…")
        return text

    async def post(self, letter: Letter) -> int | Verdict:
        """Send or edit, in this chat's turn; return the message's id, or why there is none."""
        from telegram.error import TelegramError

        if off := await self._pace.take(letter.chat):
            told = "the chat has had its share for now"
            return Verdict(Failed(FailureReason.RATE_LIMITED, told, retry_after=off))
        try:
            return await self._call(letter)
        except TelegramError as error:
            verdict = judge(error, editing=letter.edits is not None, redact=self.redact)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            told = one_line(self.redact(f"the answer is not the Bot API's: {error!r}"))
            verdict = Verdict(Failed(FailureReason.BAD_ANSWER, told))
        self._heed(letter, verdict)
        return verdict

    def _heed(self, letter: Letter, verdict: Verdict) -> None:
        """Remember what a refusal says about the chat, for the messages after this one."""
        if verdict.failed.retry_after is not None:
            self._pace.freeze(letter.chat, verdict.failed.retry_after)
        if verdict.moved_to and isinstance(letter.chat, int) and verdict.moved_to != letter.chat:
            self.moved[letter.chat] = verdict.moved_to
            if self.on_migrated:
                self.on_migrated(letter.chat, verdict.moved_to)

    async def _call(self, letter: Letter) -> int:
        from telegram import LinkPreviewOptions, Message
        from telegram.constants import ParseMode

        bot = self.open()
        mode = ParseMode.HTML if letter.html else None
        no_preview = LinkPreviewOptions(is_disabled=True)
        if letter.edits is not None:
            edited = await bot.edit_message_text(
                letter.text,
                chat_id=letter.chat,
                message_id=letter.edits,
                parse_mode=mode,
                link_preview_options=no_preview,
                reply_markup=_keyboard(letter.buttons),
            )
            return edited.message_id if isinstance(edited, Message) else letter.edits
        sent = await bot.send_message(
            letter.chat,
            letter.text,
            parse_mode=mode,
            link_preview_options=no_preview,
            message_thread_id=letter.topic,
            disable_notification=letter.silent,
            reply_markup=_keyboard(letter.buttons),
        )
        return sent.message_id


def _endpoint(base_url: str, path: str) -> str:
    return base_url if "{token}" in base_url else f"{base_url.rstrip('/')}/{path}"


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
