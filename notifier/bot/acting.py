"""Acting on alerts, by button and by command: the same deeds over two ways."""

from types import MappingProxyType

from notifier.bot.acting_doors import Desk
from notifier.bot.acting_orders import COMMANDS, Orders
from notifier.bot.acting_taps import Taps
from notifier.core.people import Right
from notifier.core.talk import Skill

VERBS = MappingProxyType(
    {
        "take": Right.WORK,
        "called": Right.WORK,
        "release": Right.WORK,
        "remind": Right.WORK,
        "mute": Right.WORK,
        "unmute": Right.WORK,
        "note": Right.WORK,
        "close": Right.WORK,
        "menu": Right.WORK,
        "history": Right.LOOK,
        "number": Right.NUMBER,
        "rec": Right.LISTEN,
    }
)
"""What each button under a card needs."""


def acting(desk: Desk) -> Skill:
    """Return the skill that acts, at `desk`."""
    return Skill(COMMANDS, VERBS, Orders(desk).reply, Taps(desk).react)
