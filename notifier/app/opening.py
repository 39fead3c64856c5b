"""Opens the channels that the configuration names."""

import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from notifier import __version__
from notifier.channels.console import ConsoleChannel
from notifier.channels.sender import Sender
from notifier.channels.telegram import TelegramChannel
from notifier.channels.telegram_api import TelegramApi
from notifier.channels.webhook import Endpoint, WebhookChannel, open_webhook
from notifier.clock import Clock
from notifier.config.settings import (
    ChannelSettings,
    Config,
    ConsoleEndpoint,
    TelegramEndpoint,
    WebhookEndpoint,
)
from notifier.core.deliveries import Route
from notifier.dispatcher import Lane
from notifier.store.ledger import Ledger
from notifier.store.outbox import LEASE
from notifier.text import book

MOVED = "moved:"
"""Prefix of the facts that remember a Telegram group's new id by its old one."""

WEBHOOK_ABREAST = 5
"""Posts to one endpoint at a time: httpx slows down with more (benchmarks/posting.py)."""

WEBHOOK_AHEAD = 20
"""Most deliveries that are claimed at a time."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What stands in for the network and the terminal; by default nothing does."""

    pbx: httpx.AsyncBaseTransport | None = None
    telegram: httpx.AsyncBaseTransport | None = None
    webhook: Callable[[Endpoint], Sender] | None = None
    write: Callable[[str], object] | None = None


@dataclass(slots=True)
class Opener:
    """Opens channels one by one; those of Telegram share one bot."""

    config: Config
    clock: Clock
    ledger: Ledger
    ways: Ways
    stack: AsyncExitStack
    """Closes what was opened, last first."""
    on_migrated: Callable[[int, int], None]
    """Told of a group's old and new id."""
    _bot: TelegramApi | None = field(default=None)

    @property
    def bot(self) -> TelegramApi | None:
        """The way to Telegram; None where no channel leads there."""
        return self._bot

    def open(self, settings: ChannelSettings) -> Lane:
        """Return the channel of `settings`, which connects to nothing yet, and its width."""
        match settings.endpoint:
            case ConsoleEndpoint():
                return Lane(self._console(settings.route))
            case WebhookEndpoint() as endpoint:
                channel = self._webhook(settings.route, endpoint)
                return Lane(channel, WEBHOOK_ABREAST, ahead=_ahead(endpoint.timeout))
            case TelegramEndpoint() as chat:
                return Lane(self._chat(settings.route, chat))

    def _console(self, route: Route) -> ConsoleChannel:
        write = self.ways.write or _print
        return ConsoleChannel(route.name, write, resent=book(route.language)("card.again"))

    def _webhook(self, route: Route, settings: WebhookEndpoint) -> WebhookChannel:
        endpoint = Endpoint(
            name=route.name,
            url=settings.url,
            secrets=tuple(secret.reveal() for secret in settings.secrets),
            headers=settings.headers,
            timeout=settings.timeout,
            allow_private=settings.allow_private,
            allow_http=settings.allow_http,
        )
        clock = self.clock
        if self.ways.webhook:
            sender = self.ways.webhook(endpoint)
            channel = WebhookChannel(endpoint, sender=sender, clock=clock, version=__version__)
        else:
            channel = open_webhook(endpoint, clock=clock, version=__version__)
        self.stack.push_async_callback(channel.aclose)
        return channel

    def _chat(self, route: Route, settings: TelegramEndpoint) -> TelegramChannel:
        return TelegramChannel(
            name=route.name,
            chat=settings.chat,
            api=self._telegram(),
            topic=settings.topic,
            silent=route.silent,
            again_mark=book(route.language)("card.again"),
        )

    def _telegram(self) -> TelegramApi:
        """Return the bot, opened once; it knows which groups have moved."""
        if self._bot is None:
            telegram = self.config.telegram
            if telegram is None:
                raise ValueError("a channel of Telegram, and no telegram.token")
            self._bot = TelegramApi(
                token=telegram.token,
                clock=self.clock,
                base_url=telegram.base_url,
                proxy=telegram.proxy.reveal() if telegram.proxy else "",
                on_migrated=self.on_migrated,
                moved={int(old): int(new) for old, new in self.ledger.facts(MOVED).items()},
                transport=self.ways.telegram,
            )
            self.stack.push_async_callback(self._bot.aclose)
        return self._bot


def _ahead(timeout: timedelta) -> int:
    """Return how many posts may be claimed at a time, so that all end within half their lease."""
    rounds = int(LEASE / 2 / timeout)
    return min(max(rounds, 1) * WEBHOOK_ABREAST, WEBHOOK_AHEAD)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
