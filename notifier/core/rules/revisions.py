"""What becomes of an alert when the PBX corrects its call: edited or withdrawn, never doubled."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from notifier.core.alerts import UNTRUE, Alert, AlertState
from notifier.core.calls import Call
from notifier.core.decisions import Told
from notifier.core.deliveries import DeliveryState


@dataclass(frozen=True, slots=True)
class Revised:
    """An alert after a correction, and which channels that concerns."""

    alert: Alert
    turned: bool
    """Whether its truth changed; else only what the card shows."""
    withdrawn: tuple[str, ...]
    """Channels that need not be told any more."""
    anew: tuple[str, ...]
    """Channels that were spared it and must be told now."""
    edited: tuple[str, ...]
    """Channels that were told and must be corrected."""


def revise(
    alert: Alert,
    told: Mapping[str, Told],
    call: Call,
    *,
    holds: bool,
    shown: bool,
    gathered: bool = False,
) -> Revised | None:
    """Return what `alert` becomes now that `call` says something else; None for nothing.

    `holds` is whether its rule still matches, `shown` whether a fact on the card moved, `gathered`
    whether somebody was told of it in a digest.
    """
    turned = holds == (alert.state in UNTRUE)
    if not turned and not shown:
        return None
    calls = (call, *alert.calls[1:])
    alert = replace(alert, calls=calls, revision=alert.revision + 1)
    heard = tuple(name for name, past in told.items() if was_heard(past))
    if not turned:
        return Revised(alert, turned=False, withdrawn=(), anew=(), edited=heard)
    if holds:
        spared = tuple(name for name, past in told.items() if past.state is DeliveryState.OBSOLETE)
        alert = replace(alert, state=AlertState.OPEN, corrected=alert.corrected + 1)
        return Revised(alert, turned=True, withdrawn=(), anew=spared, edited=heard)
    waiting = tuple(
        name
        for name, past in told.items()
        if past.state is DeliveryState.PENDING and not past.tried
    )
    state = AlertState.REVISED if heard or gathered else AlertState.WITHDRAWN
    alert = replace(alert, state=state, corrected=alert.corrected + 1)
    return Revised(alert, turned=True, withdrawn=waiting, anew=(), edited=heard)


def was_heard(told: Told) -> bool:
    """Whether the channel's readers may have seen it: sent, being sent, or tried."""
    if told.state is DeliveryState.PENDING:
        return told.tried
    return told.state in {DeliveryState.DELIVERED, DeliveryState.SENDING}
