"""When alerts come too fast to be told one by one, and how often their one card is edited."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifier.core.decisions import Storm
from notifier.core.rules.model import Limit

STORM_DIGEST = "storm"
"""Rule name, and pot, of the card that takes in what comes too fast."""

STORM = Limit(8, timedelta(minutes=1))
"""So many in so long are told one by one; what comes beyond, on one card until it calms."""

EDIT_EVERY = timedelta(seconds=15)
"""How often the card is edited at most: an edit costs a chat as much as a message."""


def is_storm(times: Iterable[datetime], most: Limit, now: datetime) -> bool:
    """Whether one alert more than came at `times` is too many within the span of `most`."""
    since = now - most.per
    return sum(since < at <= now for at in times) >= most.most


def next_edit(storm: Storm, now: datetime) -> datetime | None:
    """Return when the card is to be edited for what comes `now`; None if that is owed already."""
    if storm.shown_at is None or storm.shown_at > now:
        return None
    return max(now, storm.shown_at + EDIT_EVERY)


def is_rolling(storm: Storm, most: Limit, now: datetime) -> bool:
    """Whether the card still takes in: it has within the span of `most`."""
    return any(now - most.per < at for at in storm.times)
