"""What a chart shows, in words and numbers: whoever draws it decides nothing."""

from dataclasses import dataclass

from notifier.core.call_lines import Reader
from notifier.core.tallies import HourTally, Tally


@dataclass(frozen=True, slots=True)
class HourChart:
    """Inbound calls by the hour of the day, and how many of them were missed."""

    title: str
    subtitle: str
    bars: tuple[HourTally, ...]
    """In order and without a gap; quiet hours have none of either."""
    inbound: str
    """What the whole of a bar is."""
    missed: str
    """What the marked part of it is."""


_FEWEST_BARS = 8
"""Hours that are shown at least: two bars across a whole screen would look like a flood."""

_LAST_HOUR = 23


def hour_chart(tally: Tally, reader: Reader, *, title: str, subtitle: str) -> HourChart | None:
    """Return the chart of `tally`; None where no customer called."""
    rows = {row.hour: row for row in tally.hours}
    if not rows:
        return None
    first, last = min(rows), max(rows)
    lacking = max(_FEWEST_BARS - (last - first + 1), 0)
    first = max(first - (lacking + 1) // 2, 0)
    last = min(max(last, first + _FEWEST_BARS - 1), _LAST_HOUR)
    first = min(first, max(last - _FEWEST_BARS + 1, 0))
    return HourChart(
        title=title,
        subtitle=subtitle,
        bars=tuple(rows.get(hour, HourTally(hour, 0, 0)) for hour in range(first, last + 1)),
        inbound=reader.say("asking.chart.inbound"),
        missed=reader.say("asking.chart.missed"),
    )
