"""The parts of a report, line by line: figures, lists that end somewhere, and a chart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from notifier.core.call_lines import Reader
from notifier.core.calls import UNKNOWN_HOTLINE
from notifier.core.figures import bar, number, percent
from notifier.core.messages import Line, bold, code, plain
from notifier.core.moments import span
from notifier.core.phones import normalise, readable, shown
from notifier.core.tallies import AgentTally, HourTally, Tally

MOST_ROWS = 10
"""Lines of a list; a phone shows some thirty, and all parts have to fit into one message."""

LONGEST_NAME = 40
"""Letters of a name that are shown, so that a line stays a line."""

_BAR = 10
"""Letters of the longest bar: with its figures it fits the width of a phone."""


class Part(StrEnum):
    """A part that a report may have."""

    TOTALS = "totals"
    MISSED_OPEN = "missed_open"
    MISSED = "missed"
    BY_HOTLINE = "by_hotline"
    BY_AGENT = "by_agent"
    BY_EXTENSION = "by_extension"
    BY_HOUR = "by_hour"
    CUSTOMERS = "customers"
    CHART = "chart"


def _totals(tally: Tally, reader: Reader) -> Iterator[Line]:
    totals = tally.totals
    yield _heading("📞", "calls", reader, n=totals.calls)
    lines = (
        _told("total", reader, inbound=totals.inbound, unclear=totals.unclear or None),
        _told(
            "total",
            reader,
            answered=totals.answered,
            answer_rate=totals.answer_rate,
            mean_wait=totals.mean_wait,
        ),
        _told("total", reader, missed=totals.missed, abandoned=totals.abandoned or None),
        _told("total", reader, outbound=totals.outbound, unreached=totals.unreached or None),
        _told("total", reader, talk=totals.talk, mean_talk=totals.mean_talk),
    )
    yield from ((plain(line),) for line in lines)


def _missed_open(tally: Tally, reader: Reader) -> Iterator[Line]:
    if not tally.misses.customers:
        yield _heading("✅", "none_open" if tally.misses.total else "none_missed", reader)
        return
    yield _heading("⏳", "missed_open", reader, n=tally.misses.customers)
    for one in tally.waiting[:MOST_ROWS]:
        at = reader.moment(one.last_at, seconds=False)
        times = _told("row", reader, times=one.times if one.times > 1 else None)
        told = (_hotline(one.hotline, reader), at, times)
        tail = "".join(f" · {text}" for text in told if text)
        yield (plain("• "), reader.outside(one.customer), plain(tail))
    yield from _others(tally.misses.customers - len(tally.waiting[:MOST_ROWS]), reader)


def _missed(tally: Tally, reader: Reader) -> Iterator[Line]:
    misses = tally.misses
    if not misses.total:
        yield _heading("✅", "none_missed", reader)
        return
    known = misses.total - misses.withheld
    back = misses.called_back / known if known else None
    yield _heading("🔴", "missed", reader, n=misses.total)
    lines = (
        _told(
            "miss", reader, called_back=misses.called_back, back_share=back, median=misses.median
        ),
        _told("miss", reader, still_open=misses.still_open, customers=misses.customers),
        _told("miss", reader, withheld=misses.withheld or None),
        _promise(tally, reader),
    )
    yield from ((plain(line),) for line in lines if line)


def _promise(tally: Tally, reader: Reader) -> str:
    """Return how many misses were called back in time, of those that are due; "" if none is."""
    misses, say = tally.misses, reader.say
    if misses.kept is None:
        return ""
    return say(
        "report.promise",
        promise=span(tally.promise, say),
        n=number(misses.in_time, say),
        due=number(misses.due, say),
        share=percent(misses.kept, say),
    )


def _by_hotline(tally: Tally, reader: Reader) -> Iterator[Line]:
    rows = [
        (
            _hotline(row.hotline, reader),
            _told("row", reader, inbound=row.inbound, answered=row.answered, missed=row.missed),
        )
        for row in tally.hotlines
    ]
    return _listed("☎️", "by_hotline", rows, reader)


def _by_agent(tally: Tally, reader: Reader) -> Iterator[Line]:
    rows = [
        (
            _agent(row, reader),
            _told("row", reader, answered=row.answered, outbound=row.outbound, talk=row.talk),
        )
        for row in tally.agents
    ]
    return _listed("👤", "by_agent", rows, reader)


def _by_extension(tally: Tally, reader: Reader) -> Iterator[Line]:
    rows = [
        (
            _short(reader.person(row.extension)),
            _told("row", reader, rung=row.rung, answered=row.answered, outbound=row.outbound),
        )
        for row in tally.extensions
    ]
    return _listed("📟", "by_extension", rows, reader)


def _by_hour(tally: Tally, reader: Reader) -> Iterator[Line]:
    yield _heading("🕑", "by_hour", reader)
    for row in tally.hours:
        hours = reader.say("rules.span", first=f"{row.hour:02d}:00", last=f"{row.hour + 1:02d}:00")
        told = _told("row", reader, inbound=row.inbound, missed=row.missed or None)
        yield (plain(f"• {hours}: {told}"),)
    if not tally.hours:
        yield (plain(reader.say("report.nothing")),)


def _customers(tally: Tally, reader: Reader) -> Iterator[Line]:
    yield _heading("🔁", "customers", reader)
    for row in tally.customers[:MOST_ROWS]:
        told = _told("row", reader, times=row.inbound, missed=row.missed or None)
        yield (plain("• "), reader.outside(row.customer), plain(f": {told}"))
    if not tally.customers:
        yield (plain(reader.say("report.nobody_again")),)


def _chart(tally: Tally, reader: Reader) -> Iterator[Line]:
    """Yield a bar for each hour from the first with a call to the last, quiet ones included."""
    yield _heading("📈", "chart", reader)
    rows = {row.hour: row for row in tally.hours}
    if not rows:
        yield (plain(reader.say("report.nothing")),)
        return
    most = max(row.inbound for row in rows.values())
    for hour in range(min(rows), max(rows) + 1):
        row = rows.get(hour, HourTally(hour, 0, 0))
        drawn = bar(row.inbound, most, width=_BAR) or "·"
        told = f"{hour:02d} {drawn} {number(row.inbound, reader.say)}"
        missed = _told("row", reader, missed_aside=row.missed or None)
        yield (code(f"{told} {missed}".rstrip()),)


PARTS: Mapping[Part, Callable[[Tally, Reader], Iterator[Line]]] = MappingProxyType(
    {
        Part.TOTALS: _totals,
        Part.MISSED_OPEN: _missed_open,
        Part.MISSED: _missed,
        Part.BY_HOTLINE: _by_hotline,
        Part.BY_AGENT: _by_agent,
        Part.BY_EXTENSION: _by_extension,
        Part.BY_HOUR: _by_hour,
        Part.CUSTOMERS: _customers,
        Part.CHART: _chart,
    }
)
"""What yields the lines of each part, its heading first; each part has at least that."""


def _listed(
    icon: str, name: str, rows: Sequence[tuple[str, str]], reader: Reader
) -> Iterator[Line]:
    """Yield a heading and a line for each of `rows`, of which `MOST_ROWS` are shown."""
    yield _heading(icon, name, reader)
    yield from ((plain(f"• {who}: {told}"),) for who, told in rows[:MOST_ROWS])
    yield from _others(len(rows) - MOST_ROWS, reader)
    if not rows:
        yield (plain(reader.say("report.nothing")),)


def _others(left: int, reader: Reader) -> Iterator[Line]:
    if left > 0:
        yield (plain(reader.say("report.others", n=number(left, reader.say))),)


def _heading(icon: str, name: str, reader: Reader, n: int | None = None) -> Line:
    say = reader.say
    told = say(f"report.{name}") if n is None else say(f"report.{name}", n=number(n, say))
    return (plain(f"{icon} "), bold(told))


def _told(kind: str, reader: Reader, **figures: float | timedelta | None) -> str:
    """Return the sentence of each of `figures` in a row, None left out; a float is a share."""
    say = reader.say
    return " · ".join(
        say(f"report.{kind}.{name}", n=_figure(figure, reader))
        for name, figure in figures.items()
        if figure is not None
    )


def _figure(figure: float | timedelta, reader: Reader) -> str:
    if isinstance(figure, timedelta):
        return span(figure, reader.say)
    if isinstance(figure, int):
        return number(figure, reader.say)
    return percent(figure, reader.say)


def _hotline(hotline: str, reader: Reader) -> str:
    """Return the name of `hotline`, else its number."""
    if hotline in {"", UNKNOWN_HOTLINE}:
        return reader.say("card.unknown_hotline")
    return _short(reader.directory.hotline_name(hotline) or readable(normalise(hotline)))


def _agent(row: AgentTally, reader: Reader) -> str:
    if row.agent or row.number:
        return _short(row.agent or shown(row.number, reader.mask))
    return reader.say("report.somebody")


def _short(name: str) -> str:
    """Return `name` on one line, cut to `LONGEST_NAME`."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"
