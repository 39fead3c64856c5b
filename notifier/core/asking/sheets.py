"""Tables to be opened in a spreadsheet: calls, and the figures of a report, as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from notifier.core.call_lines import Reader
from notifier.core.calls import Call
from notifier.core.phones import shown
from notifier.core.tallies import Tally

_MARK = "\ufeff"
"""Without it, Excel takes UTF-8 for the code page of the machine."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would work out instead of showing it."""

CALL_COLUMNS = (
    "id", "started", "ended", "direction", "state", "missed", "customer", "hotline", "extension",
    "agent", "talk_s", "ring_s", "note",
)  # fmt: skip
"""Names of the columns of calls, those of the fields in rules where there is such a field."""

FIGURE_COLUMNS = ("part", "name", "inbound", "answered", "missed", "outbound", "talk_s")
"""Names of the columns of a report's figures; a part leaves empty what it does not count."""


def calls_sheet(calls: Iterable[Call], reader: Reader) -> bytes:
    """Return `calls` as CSV, in the order given; times on the reader's clock, numbers masked."""
    return _sheet(CALL_COLUMNS, (_call_cells(call, reader) for call in calls))


def figures_sheet(tally: Tally, reader: Reader) -> bytes:
    """Return the figures of `tally` as CSV: totals, hotlines, people and hours."""
    return _sheet(FIGURE_COLUMNS, _figures(tally, reader))


def _call_cells(call: Call, reader: Reader) -> Sequence[object]:
    return (
        call.id,
        _stamp(call.started_at, reader),
        _stamp(call.ended_at, reader) if call.ended_at else "",
        call.direction.value,
        call.state.value,
        int(call.missed),
        shown(call.customer, reader.mask),
        call.hotline,
        call.extension,
        call.agent,
        _seconds(call.duration),
        _seconds(call.ring),
        reader.discreet(" ".join(call.note.split())),
    )


def _stamp(at: datetime, reader: Reader) -> str:
    return at.astimezone(reader.zone).strftime("%Y-%m-%d %H:%M:%S")


def _figures(tally: Tally, reader: Reader) -> Iterator[Sequence[object]]:
    all_ = tally.totals
    talk = _seconds(all_.talk)
    yield "totals", "", all_.inbound, all_.answered, all_.missed, all_.outbound, talk
    for line in tally.hotlines:
        yield "hotline", line.hotline, line.inbound, line.answered, line.missed, "", ""
    for agent in tally.agents:
        name = agent.agent or shown(agent.number, reader.mask)
        yield "agent", name, "", agent.answered, "", agent.outbound, _seconds(agent.talk)
    for hour in tally.hours:
        yield "hour", f"{hour.hour:02d}:00", hour.inbound, "", hour.missed, "", ""


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(columns)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return f"{_MARK}{page.getvalue()}".encode(errors="replace")


def _inert(cell: object) -> object:
    """Return `cell` so that no spreadsheet works it out: a note may have been written by anyone."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
