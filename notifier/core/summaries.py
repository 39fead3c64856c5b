"""Answers to questions: lists of calls and the state of the service, as messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.call_lines import Reader, call_line
from notifier.core.calls import Call
from notifier.core.messages import Line, Message, bold, code, plain
from notifier.core.moments import span
from notifier.core.queries import Ask, Period, Query, Usage

MOST_LINES = 30
"""Calls that are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the service is, at one instant."""

    now: datetime
    calls: int
    """Remembered."""
    open_alerts: int
    waiting: int
    """Deliveries not yet settled."""
    oldest_waiting: datetime | None
    """When the oldest of them was recorded; None if none waits."""
    dead: int
    malformed: int
    last_poll_at: datetime | None = None
    """None: this process does not poll, or has not yet."""
    lag: timedelta | None = None
    """Median of first seen less ended; None before the first call."""
    trouble: str = ""
    """Name of what is wrong with the source, "" if nothing is."""


def listing(query: Query, calls: Sequence[Call], reader: Reader) -> Message:
    """Return `calls`, newest first, as the answer to `query`."""
    say = reader.say
    name = "list.missed" if query.ask is Ask.MISSED else "list.calls"
    header = (bold(say(name, period=_period(query.period, reader), n=len(calls))),)
    lines: list[Line] = [call_line(call, reader) for call in calls[:MOST_LINES]]
    if len(calls) > MOST_LINES:
        lines.append((plain(say("list.more", n=len(calls) - MOST_LINES)),))
    return Message(header, tuple(lines), more=say("list.more", n="{n}"))


def status_message(status: Status, reader: Reader) -> Message:
    """Return how the service is."""
    say = reader.say
    if status.last_poll_at is None:
        lines = [say("status.never_polled")]
    else:
        lines = [say("status.last_poll", ago=span(status.now - status.last_poll_at, say))]
    if status.lag is not None:
        lines.append(say("status.lag", lag=span(status.lag, say)))
    lines.append(_queue(status, reader))
    lines.append(say("status.calls", n=status.calls))
    lines.append(say("list.open", n=status.open_alerts))
    if status.dead:
        lines.append(say("status.dead", n=status.dead))
    if status.malformed:
        lines.append(say("status.malformed", n=status.malformed))
    verdict = say(f"watch.{status.trouble}") if status.trouble else say("status.healthy")
    header = (bold(say("status.heading")), plain(f": {verdict}"))
    return Message(header, tuple((plain(line),) for line in lines))


def help_message(reader: Reader) -> Message:
    """Return the commands that are understood."""
    say = reader.say
    lines = tuple(
        (code(f"/{ask.value}"), plain(f" · {say(f'command.{ask.value}')}"))
        for ask in (Ask.MISSED, Ask.CALLS, Ask.STATUS, Ask.QUIT)
    )
    return Message((bold(say("command.help")),), lines)


def usage_message(usage: Usage, reader: Reader) -> Message:
    """Return how a question is put rightly."""
    say = reader.say
    if usage.usage:
        text = say("command.usage", usage=usage.usage, example=usage.example)
    elif usage.suggestion:
        text = say("command.did_you_mean", command=usage.command, suggestion=usage.suggestion)
    else:
        text = say("command.unknown", command=usage.command)
    return Message((plain(text),))


def _queue(status: Status, reader: Reader) -> str:
    say = reader.say
    if status.oldest_waiting is None:
        return say("status.queue", n=status.waiting)
    age = span(status.now - status.oldest_waiting, say)
    return say("status.queue_oldest", n=status.waiting, age=age)


def _period(period: Period, reader: Reader) -> str:
    say = reader.say
    if period.word:
        return say(f"period.{period.word}")
    first = reader.moment(period.since, seconds=False)
    last = reader.moment(period.until, seconds=False)
    return say("period.range", first=first, last=last)
