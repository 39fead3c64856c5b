"""From the figures of a report to the message that people read."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from notifier.core.alerts import short_id
from notifier.core.call_lines import Reader
from notifier.core.messages import Line, Message, bold, italic, plain
from notifier.core.report_parts import PARTS, Part
from notifier.core.tallies import Tally

LATE = timedelta(minutes=5)
"""After the time it was due from which a report says that it is late; polls take some minutes."""

_BLANK: Line = (plain(""),)


def report_card(
    tally: Tally,
    sections: Iterable[str],
    reader: Reader,
    *,
    title: str = "",
    due_at: datetime | None = None,
    identity: str = "",
) -> Message:
    """Return the message of `tally` with its `sections`, values of `Part`, in their order.

    `title` is the rule's own; "" for the built-in one. With `due_at` (aware) it says so when the
    figures were drawn up later than `LATE` after it. `identity` is the id of the alert, whose
    short form stands below; "" for none. ValueError for a section that there is not.
    """
    say = reader.say
    named = reader.discreet(" ".join(title.split())) or say("report.title")
    lines = [*_late(tally, due_at, reader)]
    parts = [PARTS[Part(section)] for section in sections]
    if tally.totals.calls:
        for part in parts:
            lines += [_BLANK, *part(tally, reader)]
    else:
        lines.append((plain(f"☕ {say('report.empty')}"),))
    return Message(
        header=(plain("📊 "), bold(named), plain(f" · {covered(tally, reader)}")),
        lines=tuple(lines),
        footer=(italic(f"#{short_id(identity)}"),) if identity else (),
        more=say("report.cut", n="{n}"),
    )


def _late(tally: Tally, due_at: datetime | None, reader: Reader) -> Iterator[Line]:
    if due_at is not None and tally.made_at - due_at > LATE:
        due, made = (reader.moment(at, seconds=False) for at in (due_at, tally.made_at))
        yield (plain(f"⏰ {reader.say('report.late', due=due, made=made)}"),)


def covered(tally: Tally, reader: Reader) -> str:
    """Return the days that `tally` is of, with the times of day where they are not whole."""
    say = reader.say
    since, until = (at.astimezone(reader.zone) for at in (tally.since, tally.until))
    last = max(since, (tally.until - timedelta.resolution).astimezone(reader.zone))
    days = [_day(at, reader) for at in (since, last)]
    whole = since.time() == until.time() == time() and since < until
    if since.date() != last.date():
        ends = say("report.days", first=days[0], last=days[1])
        return ends if whole else say("report.days_until", days=ends, time=f"{until:%H:%M}")
    if whole:
        return days[0]
    hours = say("rules.span", first=f"{since:%H:%M}", last=f"{until:%H:%M}")
    return say("report.hours", day=days[0], hours=hours)


def _day(at: datetime, reader: Reader) -> str:
    say = reader.say
    date = say("day.full", day=at.day, month=say(f"month.{at.month}"), year=at.year)
    return say("report.day", weekday=say(f"rules.day.{at.weekday()}"), date=date)
