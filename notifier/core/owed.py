"""The last look before something leaves: is it still true, and is it a message or an edit?"""

from dataclasses import dataclass

from notifier.core.alerts import LIVE, OVER, UNTRUE, Alert, AlertKind, AlertState, Reason
from notifier.core.deliveries import Claimed, Delivered

EDITS = frozenset(
    {Reason.REVISED, Reason.RESOLVED, Reason.ACKNOWLEDGED, Reason.MENDED, Reason.SWEPT}
)
"""Reasons for which a message that is there is edited."""

TIDIES = frozenset({Reason.MENDED, Reason.SWEPT})
"""Edits that say nothing new: where their message is gone, none is sent in its place."""

_ONLY_WHILE = {
    Reason.ESCALATE: frozenset({AlertState.OPEN}),
    Reason.REPEAT: frozenset({AlertState.OPEN}),
    Reason.REMIND: LIVE,
}
"""Said to people only while the alert is in such a state: somebody at work on it needs no push."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the outbox knows of a claimed delivery's alert."""

    alert: Alert | None
    """None: it is gone, or the delivery is of a call event."""
    card: str
    """Receipt of the message that shows it in this channel; "" if there is none."""
    told: bool
    """Whether the channel has had the first word of it, or may have."""
    superseded: bool
    """Whether a later edit of the same card is owed."""


def is_obsolete(claimed: Claimed, situation: Situation) -> bool:
    """Return whether `claimed` need not be sent any more.

    A first word is obsolete when the alert is no longer true or already over, one said again also
    when somebody is at work on it; an edit when there is nothing to edit, or a later edit waits.
    What is frozen for systems goes out as it is, so that they see every step, but not a correction
    of what they were never told: a first word that was begun may have arrived, and its correction
    makes sense only after it.
    """
    alert = situation.alert
    if alert is None:
        return not claimed.event
    if claimed.reason in EDITS:
        if claimed.event:
            return not situation.told
        return situation.superseded or not (situation.card or situation.told)
    if claimed.event or claimed.uncertain:
        return False
    if wanted := _ONLY_WHILE.get(claimed.reason):
        return alert.state not in wanted
    if alert.kind is AlertKind.DIGEST and not alert.calls:
        return True
    return alert.state in UNTRUE | OVER


def tidied(claimed: Claimed, card: str) -> Delivered | None:
    """Return what came of an edit whose message `card` is gone, if it said nothing new.

    None where it did: then it is said in a new message.
    """
    if claimed.reason not in TIDIES:
        return None
    return Delivered(card, note="its message is gone: nothing to edit")
