"""From an alert to the message that a channel's readers see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from notifier.app.rulebook import Names
from notifier.clock import Clock
from notifier.config.settings import ChannelSettings, Config, TelegramEndpoint
from notifier.core.alerts import Alert, AlertState
from notifier.core.card_views import Menu
from notifier.core.cards import CardView, card
from notifier.core.deliveries import ChannelKind, Route
from notifier.core.directory import Directory
from notifier.core.followings import chat_of
from notifier.core.messages import Message
from notifier.text import book


@dataclass(frozen=True, slots=True)
class Composer:
    """Renders alerts in a channel's language and with its mask."""

    routes: Mapping[str, Route]
    private: frozenset[str]
    """Channels that one person reads alone."""
    zone: ZoneInfo
    clock: Clock
    directory: Callable[[], Directory]
    interactive: frozenset[str] = frozenset()
    """Channels where taps are listened to."""
    listens: bool = False
    """Whether recordings may be asked for at all."""

    chats: Callable[[str], Route] = lambda name: Route(name, ChannelKind.TELEGRAM)
    """How a chat is written to that no file names."""

    def __call__(self, alert: Alert, channel: str, *, menu: Menu = Menu.MAIN) -> Message:
        """Return the card of `alert` for the readers of `channel`, with the buttons of `menu`."""
        route, chat = self.routes.get(channel) or self.chats(channel), chat_of(channel)
        view = CardView(
            alert=alert,
            language=route.language,
            mask=route.mask,
            zone=self.zone,
            now=self.clock.now(),
            directory=self.directory(),
            private=channel in self.private or (chat or 0) > 0,
            interactive=channel in self.interactive or bool(chat and self.interactive),
            listens=self.listens,
            menu=menu,
            restored=alert.state is AlertState.OPEN and alert.corrected > 0,
        )
        return card(view, book(route.language))


@dataclass(slots=True)
class Composing:
    """The composer that is in force: a file that was read again has another."""

    current: Composer

    def __call__(self, alert: Alert, channel: str) -> Message:
        """Return the card of `alert` for the readers of `channel`."""
        return self.current(alert, channel)


def composer_of(
    config: Config, names: Names, clock: Clock, chats: Callable[[str], Route] | None
) -> Composer:
    """Return what renders cards by `config`; `chats` is None where no bot hears taps."""
    channels = config.channels
    return Composer(
        routes={name: channel.route for name, channel in channels.items()},
        private=frozenset(name for name, channel in channels.items() if _private(channel)),
        zone=config.zone,
        clock=clock,
        directory=lambda: names.current,
        interactive=frozenset(name for name, channel in channels.items() if _hears(channel))
        if chats
        else frozenset(),
        chats=chats or _no_chat,
    )


def _no_chat(channel: str) -> Route:
    raise KeyError(channel)


def _hears(channel: ChannelSettings) -> bool:
    return isinstance(channel.endpoint, TelegramEndpoint)


def _private(channel: ChannelSettings) -> bool:
    """Whether one person reads it alone: Telegram's ids of people are positive."""
    chat = channel.endpoint.chat if isinstance(channel.endpoint, TelegramEndpoint) else ""
    return str(chat).isdecimal()
