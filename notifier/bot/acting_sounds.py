"""Recordings: asked for by who may hear them, written down, and sent to them alone."""

from datetime import datetime

from notifier.bot.acting_doors import Desk
from notifier.core.acting import signed
from notifier.core.alerts import Audit, Reason
from notifier.core.call_lines import call_line
from notifier.core.calls import Call
from notifier.core.decisions import Decision
from notifier.core.messages import Message, plain
from notifier.core.people import Caller
from notifier.core.recordings import Unheard
from notifier.core.talk import Answer, File


def recorded(calls: tuple[Call, ...]) -> Call | None:
    """Return the newest of `calls` that was recorded; None if none was."""
    having = (call for call in calls if call.recording_urls)
    return max(having, key=lambda call: call.started_at, default=None)


async def sound(
    desk: Desk, call: Call | None, caller: Caller, now: datetime, *, alert: str = ""
) -> Answer:
    """Return the recording of `call`, protected and to the caller alone, or why there is none.

    Who asks for it is in the audit before it is fetched. No address of the PBX is in the answer.
    """
    say = desk.say(caller)
    if desk.fetch is None or call is None:
        why = Unheard.OFF if desk.fetch is None else Unheard.NONE
        return _told(say(f"unheard.{why.value}"))
    asked = Audit(now, "", Reason.HEARD, alert=alert, call=call.id, detail=signed(caller.person))
    desk.ledger.record(Decision(audit=[asked]), now)
    found = await desk.fetch(call)
    if isinstance(found, Unheard):
        return _told(say(f"unheard.{found.value}"))
    caption = Message((plain("🎧 "), *call_line(call, desk.reader(caller, now))))
    name = f"{call.started_at.astimezone(desk.zone):%Y%m%d-%H%M%S}.{found.ending}"
    file = File(name, found.content, "audio", protected=True)
    return Answer(caption, file=file, private=True)


def _told(text: str) -> Answer:
    return Answer(Message((plain(text),)), private=True)
