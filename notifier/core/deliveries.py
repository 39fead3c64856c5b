"""What is owed to a channel, what came of an attempt, and what follows from it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from notifier.core.alerts import Language, Reason
from notifier.core.messages import Message
from notifier.core.phones import Mask


class ChannelKind(StrEnum):
    """Kinds of destination."""

    TELEGRAM = "telegram"
    WEBHOOK = "webhook"
    CONSOLE = "console"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True)
class Route:
    """What the core must know of a channel to decide what it is owed."""

    name: str
    kind: ChannelKind
    language: Language = Language.VI
    mask: Mask = Mask.LAST3
    events: tuple[str, ...] = ("alert.*",)
    """Webhooks: which event types, with `*` for any ending."""
    silent: bool = False
    """Telegram: never makes a sound, whatever the severity."""
    address: str = ""
    """Telegram: id of the chat, so that nobody is told twice in it; "" where it is not known."""

    def wants(self, event: str) -> bool:
        """Whether `event`, such as alert.fired or call.created, goes to this channel."""
        return any(
            event == wanted or (wanted.endswith("*") and event.startswith(wanted[:-1]))
            for wanted in self.events
        )

    @property
    def for_people(self) -> bool:
        """Whether people read it: then limits hold and messages are rendered when sent."""
        return self.kind is not ChannelKind.WEBHOOK


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENDING = "sending"
    """Claimed; if the lease runs out it is pending again, its outcome unknown."""
    DELIVERED = "delivered"
    DEAD = "dead"
    OBSOLETE = "obsolete"
    """No longer true before it was sent."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery about to be recorded, in the transaction that records its alert."""

    alert: str
    """Alert id, or `call:<id>` for a call event."""
    channel: str
    reason: Reason
    revision: int
    lane: str
    """Order is kept within a channel and lane: an alert's key, or a call's id."""
    due_at: datetime
    expires_at: datetime
    body: bytes | None = None
    """Frozen payload of a webhook event; None where the message is rendered when sent."""
    event: str = ""
    """Type of the webhook event, such as alert.fired; "" for people's channels."""

    @property
    def id(self) -> str:
        """Identity that every attempt and every replay carries (`webhook-id`)."""
        return delivery_id(self.alert, self.channel, self.reason, self.revision)


def delivery_id(alert: str, channel: str, reason: Reason, revision: int) -> str:
    """Return the identity of one debt: the same four words owe the same delivery, once."""
    said = "\x00".join((alert, channel, reason, str(revision))).encode()
    return "msg_" + hashlib.blake2b(said, digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is now ours to send until the lease runs out."""

    id: str
    alert: str
    channel: str
    reason: Reason
    revision: int
    lane: str
    event: str
    body: bytes | None
    attempt: int
    """1 for the first; attempts that the receiver's rate limit refused do not count."""
    uncertain: bool
    """Whether an earlier attempt may have arrived: a message sent now is marked as sent again."""
    created_at: datetime
    expires_at: datetime
    number: int = 1
    """1 for the first, counting every one that was begun: what receivers are told."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a channel is asked to send."""

    id: str
    """The same over all attempts and replays."""
    attempt: int
    event: str = ""
    body: bytes | None = None
    """Webhooks: the bytes to send."""
    message: Message | None = None
    """People's channels: what to say, in the channel's language and mask."""
    replaces: str = ""
    """Receipt of the message to edit instead of sending a new one; "" to send."""
    again: bool = False
    """Mark as possibly sent before."""
    silent: bool = False


class FailureReason(StrEnum):
    """Why an attempt failed: column, metric label and the word people see."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    """The receiver said no to this message, and would again."""
    RATE_LIMITED = "rate_limited"
    GONE = "gone"
    """The receiver wants no more: 410, bot blocked or kicked, chat deleted."""
    BAD_ANSWER = "bad_answer"
    FORBIDDEN_ADDRESS = "forbidden_address"
    TOO_LARGE = "too_large"
    UNCERTAIN = "uncertain"
    """Sent, and the answer was lost: it may have arrived."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The channel took it."""

    receipt: str = ""
    """The receiver's own word for it, such as `<chat>:<message id>`; needed for editing."""
    status: int | None = None
    note: str = ""
    """Anything odd, such as `sent as plain text`."""
    astray: bool = False
    """Telegram: sent to the chat itself, because its topic is gone."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The channel did not take it."""

    reason: FailureReason
    detail: str = ""
    """For the operator: redacted, at most a line."""
    permanent: bool = False
    """Trying again would not help."""
    retry_after: timedelta | None = None
    """The receiver's own wish."""
    status: int | None = None
    resend: bool = False
    """The message to edit is gone: forget the receipt and send anew."""


Outcome: TypeAlias = Delivered | Failed


@dataclass(frozen=True, slots=True)
class Standing:
    """What a delivery becomes after an attempt."""

    state: DeliveryState
    due_at: datetime | None
    """When to try again; None when settled."""
    reason: FailureReason | None = None
    counts: bool = True
    """Whether the attempt counts towards giving up."""


SCHEDULE = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Pauses after the first attempt, the second …; after the last a webhook's delivery is dead."""

LONGEST_FOR_PEOPLE = timedelta(minutes=10)
"""Longest pause for a message that a person waits for; it is tried until it expires."""

PARKED_PAUSE = timedelta(seconds=30)
"""How soon a message is due again whose chat wants none; the chat is asked more seldom."""

UNCERTAIN_PAUSE = timedelta(seconds=30)
"""How long to wait before a message whose outcome is unknown is sent again for the first time."""

_SPREAD = 0.2
"""Share of a pause by which it is lengthened at most, so that many do not return together."""

SHORTEST_WISH, LONGEST_WISH = timedelta(seconds=1), timedelta(hours=24)
"""A receiver's Retry-After is honoured within these bounds."""


def after(claimed: Claimed, outcome: Outcome, now: datetime, jitter: float) -> Standing:
    """Return what `claimed` becomes after `outcome`; `jitter` is drawn from [0, 1)."""
    match outcome:
        case Delivered():
            return Standing(DeliveryState.DELIVERED, None)
        case Failed(reason=FailureReason.RATE_LIMITED):
            wish = max(outcome.retry_after or SCHEDULE[1], SHORTEST_WISH)
            return _again(claimed, outcome, now + min(wish, LONGEST_WISH), counts=False)
        case Failed(reason=FailureReason.GONE) if not claimed.event:
            # a chat that a bot was put out of may let it in again: what is owed there waits
            return _again(claimed, outcome, now + PARKED_PAUSE, counts=False)
        case Failed(permanent=True):
            return Standing(DeliveryState.DEAD, None, outcome.reason)
        case Failed(reason=FailureReason.UNCERTAIN):
            if claimed.uncertain:
                return _seldom(claimed, outcome, now, jitter)
            return _again(claimed, outcome, now + UNCERTAIN_PAUSE, counts=True)
        case _:
            return _later(claimed, outcome, now, jitter)


def _later(claimed: Claimed, failed: Failed, now: datetime, jitter: float) -> Standing:
    if claimed.event and claimed.attempt > len(SCHEDULE):
        return Standing(DeliveryState.DEAD, None, failed.reason)
    pause = SCHEDULE[min(claimed.attempt, len(SCHEDULE)) - 1]
    if not claimed.event:
        pause = min(pause, LONGEST_FOR_PEOPLE)
    pause *= 1 + _SPREAD * jitter
    if failed.retry_after is not None:
        pause = max(pause, min(failed.retry_after, LONGEST_WISH))
    return _again(claimed, failed, now + pause, counts=True)


def _seldom(claimed: Claimed, failed: Failed, now: datetime, jitter: float) -> Standing:
    """Repeat what may have arrived several times: ever more seldom, for about two days.

    Each time it is marked. Giving up would lose every alert of a line that is dead for a minute;
    repeating soon would tell a reader the same thing again and again.
    """
    if claimed.attempt > len(SCHEDULE):
        return Standing(DeliveryState.DEAD, None, failed.reason)
    pause = max(SCHEDULE[claimed.attempt - 1], LONGEST_FOR_PEOPLE) * (1 + _SPREAD * jitter)
    return _again(claimed, failed, now + pause, counts=True)


def _again(claimed: Claimed, failed: Failed, due_at: datetime, *, counts: bool) -> Standing:
    if due_at >= claimed.expires_at:
        return Standing(DeliveryState.DEAD, None, FailureReason.EXPIRED)
    return Standing(DeliveryState.PENDING, due_at, failed.reason, counts=counts)
