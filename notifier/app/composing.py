"""From an alert to the message that a channel's readers see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from notifier.clock import Clock
from notifier.core.alerts import Alert, AlertState
from notifier.core.cards import CardView, card
from notifier.core.deliveries import Route
from notifier.core.directory import Directory
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

    def __call__(self, alert: Alert, channel: str) -> Message:
        """Return the card of `alert` for the readers of `channel`."""
        route = self.routes[channel]
        view = CardView(
            alert=alert,
            language=route.language,
            mask=route.mask,
            zone=self.zone,
            now=self.clock.now(),
            directory=self.directory(),
            private=channel in self.private,
            restored=alert.state is AlertState.OPEN and alert.corrected > 0,
        )
        return card(view, book(route.language))
