"""One bot's way to Telegram, shared by its channels: the client, its pace and its errors."""

import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

import httpx

from notifier.channels.telegram_errors import Verdict, judge, one_line
from notifier.channels.telegram_letters import Chat, Letter, send
from notifier.channels.telegram_pace import Pace, Ticks
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.secrets import Secret

if TYPE_CHECKING:
    from telegram import Bot
    from telegram.request import HTTPXRequest

PUBLIC = "https://api.telegram.org"
"""Telegram's own Bot API, as its documentation gives it."""

_CONNECT, _READ, _WRITE, _POOL = 10.0, 20.0, 20.0, 5.0
"""Seconds; the client's own limits are the only ones, for httpx 0.28 loses its pool when a
request is cancelled from outside."""

_CONNECTIONS = 16

T = TypeVar("T")


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
    _polls: "HTTPXRequest | None" = field(init=False, default=None, repr=False)
    _bot: "Bot | None" = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self._pace = Pace(self.clock)

    def open(self) -> "Bot":
        """Build the client if it is not there yet, and return it; asks Telegram nothing."""
        if self._bot is None:
            from telegram import Bot
            from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

            # Both forms of `retry_after` are read; the library warns of the older at each use.
            warnings.filterwarnings("ignore", "Deprecated.*retry_after", PTBDeprecationWarning)
            # `get_updates` would read them all before one is stored; we want them as they came.
            warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'", PTBUserWarning)
            self._request = self._connections(_CONNECTIONS)
            self._polls = self._connections(1)
            self._bot = Bot(
                self.token.reveal(),
                base_url=_endpoint(self.base_url, "bot"),
                base_file_url=_endpoint(self.base_url, "file/bot"),
                request=self._request,
                get_updates_request=self._polls,
            )
        return self._bot

    def _connections(self, most: int) -> "HTTPXRequest":
        from telegram.request import HTTPXRequest

        return HTTPXRequest(
            connection_pool_size=most,
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            write_timeout=_WRITE,
            pool_timeout=_POOL,
            proxy=self.proxy or None,
            httpx_kwargs={"transport": self.transport} if self.transport else None,
        )

    async def renew_polls(self) -> None:
        """Give up the connection for updates, and whatever is still under way on it."""
        if self._polls is not None:
            await self._polls.shutdown()
            await self._polls.initialize()

    async def aclose(self) -> None:
        """Close the connections; requests under way must have ended."""
        for request in (self._request, self._polls):
            if request is not None:
                await request.shutdown()
        self._request = self._polls = self._bot = None

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
        if off := await self._pace.take(letter.chat, answers=letter.answers):
            told = "the chat has had its share for now"
            return Verdict(Failed(FailureReason.RATE_LIMITED, told, retry_after=off))
        taken = await self.attempt(
            lambda bot: send(bot, letter), repeatable=letter.edits is not None
        )
        if isinstance(taken, Verdict):
            self._heed(letter, taken)
        return taken

    async def attempt(
        self, call: "Callable[[Bot], Awaitable[T]]", *, repeatable: bool
    ) -> T | Verdict:
        """Return what `call` returns, or what its error means; it raises for nothing out there.

        `repeatable` says that doing it twice does no harm, as with an edit.
        """
        from telegram.error import TelegramError

        try:
            return await call(self.open())
        except TelegramError as error:
            return judge(error, editing=repeatable, redact=self.redact)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            told = one_line(self.redact(f"the answer is not the Bot API's: {error!r}"))
            return Verdict(Failed(FailureReason.BAD_ANSWER, told))

    def _heed(self, letter: Letter, verdict: Verdict) -> None:
        """Remember what a refusal says about the chat, for the messages after this one."""
        if verdict.failed.retry_after is not None:
            self._pace.freeze(letter.chat, verdict.failed.retry_after)
        if verdict.moved_to and isinstance(letter.chat, int) and verdict.moved_to != letter.chat:
            self.moved[letter.chat] = verdict.moved_to
            if self.on_migrated:
                self.on_migrated(letter.chat, verdict.moved_to)


def _endpoint(base_url: str, path: str) -> str:
    return base_url if "{token}" in base_url else f"{base_url.rstrip('/')}/{path}"
