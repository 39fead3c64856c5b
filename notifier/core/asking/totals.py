"""Figures of a period: the answer to a report that was asked for, and what one extension did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.asking.listings import about
from notifier.core.asking.questions import Question
from notifier.core.call_lines import Reader, answerer, call_line
from notifier.core.callbacks import followed, spoken
from notifier.core.calls import Call, Direction
from notifier.core.directory import Directory
from notifier.core.figures import number
from notifier.core.messages import Button, Line, Message, bold, plain
from notifier.core.moments import span
from notifier.core.report_cards import report_card
from notifier.core.report_parts import Part
from notifier.core.reports import PROMISE, tally
from notifier.core.summaries import period_words
from notifier.core.talk import data_of
from notifier.core.tallies import Tally

SHEET = "sheet"
"""What the button says that asks for the figures as CSV."""

SECTIONS = (Part.TOTALS, Part.MISSED)
"""Parts of a report below its chart: a caption has 1024 letters at most."""

_LATEST = 5
"""Calls of an extension that are listed, the newest."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How figures are drawn up."""

    period: tuple[datetime, datetime]
    """Start and end, aware; the end is not included."""
    zone: ZoneInfo
    now: datetime
    directory: Directory
    promise: timedelta = PROMISE


def drawn_up(calls: Iterable[Call], talks: Iterable[Call], scope: Scope) -> Tally:
    """Return the figures of `calls`, all of the period that may be seen.

    `talks` are later calls with the customers who were missed, on whatever hotline: they say who
    was called back, and count for nothing else.
    """
    counted = list(calls)
    figures = tally(
        counted,
        period=scope.period,
        zone=scope.zone,
        now=scope.now,
        directory=scope.directory,
        promise=scope.promise,
    )
    since, until = scope.period
    missed = [call for call in counted if call.missed and since <= call.started_at < until]
    later = {call.id: call for call in (*counted, *talks)}.values()
    misses, waiting = followed(missed, later, promise=scope.promise, now=scope.now)
    return replace(figures, misses=misses, waiting=waiting)


def report_message(figures: Tally, question: Question, key: str, reader: Reader) -> Message:
    """Return `figures` as the answer to `question`; in private with a button for the table."""
    title = " · ".join((reader.say("report.title"), *about(question, reader)))
    message = report_card(figures, SECTIONS, reader, title=title)
    if not (reader.private and figures.totals.calls):
        return message
    button = Button(reader.say("asking.button.sheet"), data=data_of(SHEET, key))
    return replace(message, buttons=((button,),))


def part_message(figures: Tally, part: Part, reader: Reader) -> Message:
    """Return one part of a report by itself."""
    return report_card(figures, (part,), reader)


def agent_message(
    extension: str, calls: Sequence[Call], question: Question, reader: Reader
) -> Message:
    """Return what the inside number `extension` did with `calls`, and the newest of them."""
    say = reader.say
    rung = [call for call in calls if call.inbound and extension in (*call.targets, answerer(call))]
    taken = [call for call in rung if spoken(call) and answerer(call) == extension]
    made = [call for call in calls if _made(call, extension)]
    talks = [call.duration for call in (*taken, *made) if spoken(call) and call.duration]
    lines = [
        say("asking.agent.inbound", rung=number(len(rung), say), answered=number(len(taken), say)),
        say(
            "asking.agent.outbound",
            n=number(len(made), say),
            unreached=number(sum(call.unreached for call in made), say),
        ),
    ]
    if talks:
        total, mean = sum(talks, timedelta()), sum(talks, timedelta()) / len(talks)
        lines.append(say("asking.agent.talk", talk=span(total, say), mean=span(mean, say)))
    shown_calls: list[Line] = [call_line(call, reader) for call in [*calls][:_LATEST]]
    period = period_words(question.period, reader)
    header: Line = (plain("👤 "), bold(reader.person(extension)), plain(f" · {period}"))
    return Message(header, (*((plain(line),) for line in lines), *shown_calls))


def _made(call: Call, extension: str) -> bool:
    return call.direction is Direction.OUT and (call.extension or call.caller) == extension
