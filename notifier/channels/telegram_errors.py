"""What each of Telegram's refusals and silences means, in the order its library's classes need.

Measured on python-telegram-bot 22.8: BadRequest and TimedOut are NetworkErrors, every 404 is an
InvalidToken, and an answer with a status of 5xx is a plain NetworkError.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import httpx

from notifier.core.deliveries import Failed, FailureReason

if TYPE_CHECKING:
    from telegram.error import TelegramError

GRACE = timedelta(seconds=0.5)
"""Added to the wait that Telegram asks for, because its seconds are rounded down."""

_UNSAID = timedelta(seconds=5)
"""Wait after a 429 that does not say how long."""

_LONGEST_DETAIL = 200


class Remedy(StrEnum):
    """What can be changed in a message so that Telegram may take it after all."""

    NONE = "none"
    PLAIN = "plain"
    """Leave out the markup."""
    NO_TOPIC = "no_topic"
    """Send it to the chat itself."""
    SHORTER = "shorter"
    """Cut it harder."""
    MOVE = "move"
    """Send it to the chat that the group has become."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an error means for the message at hand."""

    failed: Failed
    """What to report if nothing mends it."""
    remedy: Remedy = Remedy.NONE
    moved_to: int | None = None
    """New id of the chat, with `Remedy.MOVE`."""
    unchanged: bool = False
    """An edit would change nothing: it is as it should be."""


@dataclass(frozen=True, slots=True)
class Met:
    """An error as it was met."""

    error: "TelegramError"
    detail: str
    """Its text, redacted, on one line."""
    editing: bool
    """Whether a message was to be edited, which is safe to repeat."""


_Rule: TypeAlias = Callable[[Met], Verdict]


def judge(error: "TelegramError", *, editing: bool, redact: Callable[[str], str]) -> Verdict:
    """Return what `error` means; `redact` takes secrets out of its text."""
    met = Met(error, one_line(redact(str(error))), editing)
    rule = next(rule for kind, rule in table() if isinstance(error, kind))
    return rule(met)


def table() -> tuple[tuple[type["TelegramError"], _Rule], ...]:
    """Return the rules by class of error, most special first; the first that fits is taken."""
    from telegram import error as kinds

    return (
        (kinds.RetryAfter, _rate_limited),
        (kinds.ChatMigrated, _migrated),
        (kinds.Forbidden, _gone),
        (kinds.Conflict, _contested),
        (kinds.InvalidToken, _token),
        (kinds.EndPointNotFound, _token),
        (kinds.BadRequest, _bad_request),
        (kinds.TimedOut, _timed_out),
        (kinds.NetworkError, _network),
        (kinds.PassportDecryptionError, _unreadable),
        (kinds.TelegramError, _unreadable),
    )


def _rate_limited(met: Met) -> Verdict:
    asked = getattr(met.error, "retry_after", 0)
    wait = asked if isinstance(asked, timedelta) else timedelta(seconds=float(asked))
    wait = max(wait, timedelta()) + GRACE
    return Verdict(Failed(FailureReason.RATE_LIMITED, met.detail, retry_after=wait, status=429))


def _migrated(met: Met) -> Verdict:
    failed = Failed(FailureReason.REFUSED, met.detail, resend=met.editing)
    return Verdict(failed, Remedy.MOVE, moved_to=int(getattr(met.error, "new_chat_id", 0)))


def _gone(met: Met) -> Verdict:
    return Verdict(Failed(FailureReason.GONE, met.detail, permanent=True, status=403))


def _token(met: Met) -> Verdict:
    told = f"Telegram, or what stands in its place, does not know the token or method: {met.detail}"
    return Verdict(Failed(FailureReason.REFUSED, told))


def _contested(met: Met) -> Verdict:
    return Verdict(Failed(FailureReason.BAD_ANSWER, met.detail, status=409))


def _unreadable(met: Met) -> Verdict:
    return Verdict(Failed(FailureReason.BAD_ANSWER, met.detail))


_REMEDIES = (
    ("can't parse entities", Remedy.PLAIN),
    ("message thread not found", Remedy.NO_TOPIC),
    ("topic_closed", Remedy.NO_TOPIC),
    ("topic_deleted", Remedy.NO_TOPIC),
    ("message is too long", Remedy.SHORTER),
    ("message_too_long", Remedy.SHORTER),
    ("caption is too long", Remedy.SHORTER),
    ("caption_too_long", Remedy.SHORTER),
)

_CARD_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",  # it is a picture: only a new message can say it
)


def _bad_request(met: Met) -> Verdict:
    said = met.detail.lower()
    if met.editing and "message is not modified" in said:
        return Verdict(Failed(FailureReason.REFUSED, met.detail, status=400), unchanged=True)
    if met.editing and any(text in said for text in _CARD_GONE):
        return Verdict(Failed(FailureReason.REFUSED, met.detail, status=400, resend=True))
    remedy = next((it for text, it in _REMEDIES if text in said), Remedy.NONE)
    return Verdict(Failed(FailureReason.REFUSED, met.detail, permanent=True, status=400), remedy)


_NOT_SENT = (
    httpx.PoolTimeout,
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""What happens before a request leaves: it can be repeated without a second thought."""


def _timed_out(met: Met) -> Verdict:
    if isinstance(met.error.__cause__, _NOT_SENT):
        return Verdict(Failed(FailureReason.UNREACHABLE, met.detail))
    reason = FailureReason.TIMED_OUT if met.editing else FailureReason.UNCERTAIN
    return Verdict(Failed(reason, met.detail))


def _network(met: Met) -> Verdict:
    if "too many requests" in met.detail.lower():
        return Verdict(Failed(FailureReason.RATE_LIMITED, met.detail, retry_after=_UNSAID))
    from_the_wire = isinstance(met.error.__cause__, httpx.HTTPError | httpx.InvalidURL)
    if not from_the_wire:
        # an HTTP status of 500 and above: a server that fails has most likely not sent, and an
        # outage must lose nothing, so this is retried by the schedule and not just once
        return Verdict(Failed(FailureReason.BAD_ANSWER, met.detail))
    return _timed_out(met)


def one_line(text: str) -> str:
    """Return `text` as one line that fits into a log."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[: _LONGEST_DETAIL - 1]}…"
