"""The state of the service as a message, and a period in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.call_lines import Reader
from notifier.core.hearing import Hearing
from notifier.core.messages import Message, bold, plain
from notifier.core.moments import span
from notifier.core.queries import Period, read_period

_MINUTE = timedelta(minutes=1)


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
    hearing: Hearing | None = None
    """How the way to Telegram is; None where no bot listens."""


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
    if status.hearing:
        lines.append(_hearing(status.hearing, reader))
    lines.append(say("status.calls", n=status.calls))
    lines.append(say("list.open", n=status.open_alerts))
    if status.dead:
        lines.append(say("status.dead", n=status.dead))
    if status.malformed:
        lines.append(say("status.malformed", n=status.malformed))
    verdict = say(f"watch.{status.trouble}") if status.trouble else say("status.healthy")
    header = (bold(say("status.heading")), plain(f": {verdict}"))
    return Message(header, tuple((plain(line),) for line in lines))


def _hearing(hearing: Hearing, reader: Reader) -> str:
    name = "status.bot_contested" if hearing.contested else "status.bot_down"
    ago = span(hearing.silent(reader.now), reader.say)
    return reader.say(name if hearing.failures else "status.bot", ago=ago)


def _queue(status: Status, reader: Reader) -> str:
    say = reader.say
    if status.oldest_waiting is None:
        return say("status.queue", n=status.waiting)
    age = span(status.now - status.oldest_waiting, say)
    return say("status.queue_oldest", n=status.waiting, age=age)


def period_words(period: Period, reader: Reader) -> str:
    """Return `period` as people say it: by its name, if it has one and today still bears it."""
    say = reader.say
    if period.word and _still_named(period, reader):
        return say(f"period.{period.word}")
    length = period.until - period.since
    if period.until == reader.now and length and not length % _MINUTE:
        return say("period.last", span=span(length, say))
    first = reader.moment(period.since, seconds=False)
    last = reader.moment(period.until, seconds=False)
    return say("period.range", first=first, last=last)


def _still_named(period: Period, reader: Reader) -> bool:
    """Whether the word of `period`, which may be of some days ago, means the same stretch today."""
    named = read_period(period.word, reader.now, reader.zone)
    return named is not None and named.since == period.since
