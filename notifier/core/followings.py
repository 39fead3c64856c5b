"""Which alerts a chat has asked for by itself, on top of the channels that the file names."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from notifier.core.alerts import Alert, AlertKind, Severity
from notifier.core.deliveries import Route


class Interest(StrEnum):
    """Kinds of alert that can be followed."""

    MISSED = "missed"
    """About a missed call."""
    LONG = "long"
    """About any other call: a long one, one of a customer who matters."""
    MANY = "many"
    """About several calls together."""
    QUIET = "quiet"
    """About calls that did not come."""
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Following:
    """What one chat follows."""

    chat: int
    interests: frozenset[Interest] = frozenset(Interest)
    hotlines: tuple[str, ...] = ()
    """Numbers whose calls it may see and wants; empty for all."""
    least: Severity = Severity.INFO

    def wants(self, alert: Alert) -> bool:
        """Whether `alert` goes to this chat; what is of several hotlines, only if all are its."""
        if _loudness(alert.severity) < _loudness(self.least):
            return False
        if interest_of(alert) not in self.interests:
            return False
        return not self.hotlines or places_of(alert) <= set(self.hotlines) - {""}


def chat_channel(chat: int) -> str:
    """Return the name of the channel of a chat that no file names."""
    return f"chat:{chat}"


def chat_of(channel: str) -> int | None:
    """Return the chat of a channel that no file names; None for one that a file names."""
    kind, _, number = channel.partition(":")
    return int(number) if kind == "chat" and number.removeprefix("-").isdecimal() else None


def interest_of(alert: Alert) -> Interest | None:
    """Return what kind of alert it is to a follower; None for what is not followed."""
    match alert.kind:
        case AlertKind.CALL:
            missed = any(call.missed for call in alert.calls)
            return Interest.MISSED if missed else Interest.LONG
        case AlertKind.WINDOW:
            return Interest.MANY
        case AlertKind.QUIET:
            return Interest.QUIET
        case AlertKind.REPORT:
            return Interest.REPORT
        case _:
            return None


def places_of(alert: Alert) -> set[str]:
    """Return the hotlines that `alert` tells of; what names none tells of every one."""
    return {call.hotline for call in alert.calls} or {alert.key}


def narrowed(following: Following, allowed: tuple[str, ...]) -> Following | None:
    """Return `following` as far as the hotlines `allowed` go, empty for all; None if none is left.

    What a chat may see is looked at again each time: a right that was taken away is gone at once.
    """
    if not allowed:
        return following
    wanted = set(following.hotlines) or set(allowed)
    left = wanted & set(allowed) - {""}
    return replace(following, hotlines=tuple(sorted(left))) if left else None


def followers_of(
    alert: Alert, followings: Iterable[Following], told: Iterable[Route]
) -> tuple[str, ...]:
    """Return the channels that follow `alert`, but for chats that are `told` of it anyway."""
    known = {route.address for route in told if route.address}
    return tuple(
        chat_channel(one.chat)
        for one in followings
        if str(one.chat) not in known and one.wants(alert)
    )


def _loudness(severity: Severity) -> int:
    return list(Severity).index(severity)
