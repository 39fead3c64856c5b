"""Sends answers, and sends them again where that is safe and worth it."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from notifier.bot.doors import Clock, Mouth
from notifier.core.deliveries import Failed, FailureReason
from notifier.core.hearing import Post
from notifier.core.popups import fitted

log = logging.getLogger(__name__)

MOST_TRIES = 4
"""Times that one answer is sent; it belongs to a moment, and is not owed for ever."""

LONGEST_WAIT = timedelta(seconds=60)
"""A chat that must wait longer gets no answer."""

_PAUSE = timedelta(seconds=2)

_AGAIN = (FailureReason.UNREACHABLE, FailureReason.BAD_ANSWER, FailureReason.TIMED_OUT)
"""Failures after which an answer has not arrived, or may arrive again without harm."""


@dataclass(slots=True)
class Poster:
    """The way out, with patience."""

    mouth: Mouth
    clock: Clock

    async def send(self, post: Post) -> int | Failed:
        """Send or edit; return the message's id, or why there is none in the end."""
        taken = await self.mouth.post(post)
        tries = 1
        while isinstance(taken, Failed) and tries < MOST_TRIES:
            if taken.resend and post.edits is not None:
                post = replace(post, edits=None)  # somebody has deleted what was to be edited
            elif (wait := _wait(taken)) is not None:
                await self.clock.sleep(wait.total_seconds())
            else:
                break
            taken = await self.mouth.post(post)
            tries += 1
        if isinstance(taken, Failed):
            facts = {"chat": post.chat, "reason": taken.reason.value, "error": taken.detail}
            log.warning("an answer was not sent", extra=facts)
        return taken

    async def popup(self, query: str, text: str, *, loud: bool) -> None:
        """Answer a tap once; whether it is too late for that changes nothing of what it did."""
        failed = await self.mouth.popup(query, fitted(text), loud=loud)
        if failed and failed.reason is FailureReason.UNREACHABLE:
            await self.clock.sleep(_PAUSE.total_seconds())
            failed = await self.mouth.popup(query, fitted(text), loud=loud)
        if failed:
            log.info("a tap was not answered", extra={"error": failed.detail})


def _wait(failed: Failed) -> timedelta | None:
    """Return how long to wait before sending again; None where that helps nobody."""
    if failed.permanent:
        return None
    if failed.retry_after is not None:
        return failed.retry_after if failed.retry_after <= LONGEST_WAIT else None
    return _PAUSE if failed.reason in _AGAIN else None
