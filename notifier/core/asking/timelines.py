"""One call from its first ring to its end, and the alerts that tell of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.core.alerts import Alert, AlertState, short_id
from notifier.core.asking.listings import hotline_words
from notifier.core.call_lines import Reader, call_icon, call_lines
from notifier.core.calls import Call, CallState, Leg
from notifier.core.messages import Line, Message, bold, code, italic, plain
from notifier.core.moments import span
from notifier.core.rules.titles import title_name

MOST_STEPS = 20
"""Steps that are listed; a call may have been put through many ring groups."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that happened."""

    at: datetime
    text: str


def timeline(call: Call, alerts: Sequence[Alert], reader: Reader) -> Message:
    """Return what happened in `call`, in order, and what became of the `alerts` about it."""
    say = reader.say
    title = say(title_name(call))
    header: Line = (plain(f"{call_icon(call)} "), bold(title))
    if hotline := hotline_words(call.hotline, reader):
        header = (*header, plain(f" · {hotline}"))
    steps = sorted(_steps(call, reader), key=lambda step: step.at)
    lines: list[Line] = [
        *(line for line in call_lines(call, reader) if line),
        (bold(say("asking.timeline")),),
        *((plain(f"{_clock(step.at, reader)} {step.text}"),) for step in steps[:MOST_STEPS]),
        *(_alert_line(alert, reader) for alert in alerts),
    ]
    return Message(header, tuple(lines), footer=(italic(call.id),), more=say("list.more", n="{n}"))


def _clock(at: datetime, reader: Reader) -> str:
    return at.astimezone(reader.zone).strftime("%H:%M:%S")


def _steps(call: Call, reader: Reader) -> Iterator[_Step]:
    say = reader.say
    yield _Step(call.started_at, say("asking.step.began"))
    for leg in call.legs:
        yield from _leg_steps(leg, reader)
    if call.ended_at:
        yield _Step(call.ended_at, say("asking.step.ended"))


def _leg_steps(leg: Leg, reader: Reader) -> Iterator[_Step]:
    say = reader.say
    who = reader.person(leg.number) if leg.number else say("asking.somebody")
    if rung_at := leg.rung_at or leg.added_at:
        yield _Step(rung_at, say("asking.step.rung", who=who))
    if leg.answered_at:
        yield _Step(leg.answered_at, say("asking.step.answered", who=who))
    elif leg.ended_at and leg.status is CallState.NOT_ANSWERED:
        ring = span(leg.ring, say)
        yield _Step(leg.ended_at, say("asking.step.unanswered", who=who, ring=ring))


def _alert_line(alert: Alert, reader: Reader) -> Line:
    say = reader.say
    if alert.taken_by and alert.state is AlertState.ACKNOWLEDGED:
        state = say("asking.taken", who=alert.taken_by)
    else:
        state = say(f"reason.word.{alert.state.value}")
    told = [alert.rule, state]
    return (plain("🔔 "), code(f"#{short_id(alert.id)}"), plain(f" · {' · '.join(told)}"))
