"""`every`: how long a rule and key stay quiet after an alert, in event time."""

from dataclasses import replace
from datetime import datetime

from notifier.core.decisions import ThrottleState
from notifier.core.rules.model import Throttle


def admit(
    throttle: Throttle, state: ThrottleState | None, at: datetime
) -> tuple[bool, ThrottleState]:
    """Return whether a match of the instant `at` may alert, and the state that follows.

    A match that comes late, from before the last alert, is as near to it as one after it. On
    True the state still counts what was swallowed, for the alert to show.
    """
    if state is None:
        return True, ThrottleState(last_at=at, step=0, swallowed=0)
    pause = throttle.pause(state.step)
    if abs(at - state.last_at) < pause:
        return False, replace(state, swallowed=state.swallowed + 1)
    rested = at - state.last_at >= pause + throttle.forget_after
    return True, replace(
        state, last_at=max(at, state.last_at), step=0 if rested else state.step + 1
    )
