"""A chart shows each hour of a stretch without a gap, and never only a few."""

import pytest

from notifier.core.asking.drawings import hour_chart
from notifier.core.callbacks import Misses
from notifier.core.tallies import HourTally, Tally, Totals
from tests.builders import MINUTE, NOON
from tests.core.asking.cases import DAY, a_reader


def a_tally(*hours: HourTally) -> Tally:
    return Tally(NOON - DAY, NOON, NOON, 15 * MINUTE, Totals(), Misses(), hours=hours)


def hours(*given: int) -> list[int]:
    rows = [HourTally(hour, 2, 1) for hour in given]
    chart = hour_chart(a_tally(*rows), a_reader(), title="Report", subtitle="today")
    return [bar.hour for bar in chart.bars] if chart else []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([8, 17], range(8, 18)),
        ([10], range(6, 14)),
        ([0], range(8)),
        ([23], range(16, 24)),
        ([22, 23], range(16, 24)),
        ([0, 23], range(24)),
        ([], range(0)),
    ],
    ids=str,
)
def test_hours_run_from_the_first_call_to_the_last_and_are_eight_at_least(
    given: list[int], shown: range
) -> None:
    assert hours(*given) == list(shown)


def test_a_quiet_hour_has_no_calls_and_words_are_the_reader_s() -> None:
    rows = (HourTally(8, 3, 1), HourTally(16, 5, 0))

    chart = hour_chart(a_tally(*rows), a_reader(), title="Report", subtitle="today")

    assert chart is not None
    assert (chart.title, chart.subtitle) == ("Report", "today")
    assert (chart.inbound, chart.missed) == ("Inbound", "of which missed")
    assert chart.bars[:2] == (rows[0], HourTally(9, 0, 0))
