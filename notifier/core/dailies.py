"""Digests that a chat has asked for: once on each of its days, late rather than never."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert, AlertKind, AlertState, Severity, alert_id
from notifier.core.calls import Call
from notifier.core.drawn import Drawn
from notifier.core.report_parts import Part
from notifier.core.reports import Covers, period_of, tally
from notifier.core.rules.wording import Wording

CHAT_DIGEST = "chat_digest"
"""Rule name of what a chat is told at its own hour."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Words of the week, 0 = Monday."""

EVERY_DAY = frozenset(range(7))
"""Days of a digest that names none."""

MOST_LATE = timedelta(hours=20)
"""A digest that nobody could send for so long is left out: the next one says more."""

_NOON = time(12)
_DAY = timedelta(days=1)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Daily:
    """What one chat is told each day."""

    chat: int
    at: time
    """Local; before noon it tells of yesterday, later of today."""
    since: datetime
    """When it was asked for: nothing is due before."""
    days: frozenset[int] = EVERY_DAY
    """0 = Monday."""
    hotlines: tuple[str, ...] = ()
    """Whose calls are counted; empty for all."""

    @property
    def covers(self) -> Covers:
        """The stretch whose totals it tells."""
        return Covers.YESTERDAY if self.at < _NOON else Covers.TODAY


def due_slot(daily: Daily, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the digest was due last, in UTC; None if never yet, or too long ago."""
    today = now.astimezone(zone).date()
    for back in range(_WEEK + 1):
        day = today - back * _DAY
        slot = datetime.combine(day, daily.at, zone).astimezone(UTC)
        if slot <= now and day.weekday() in daily.days:
            return slot if slot > daily.since and now - slot < MOST_LATE else None
    return None


def span_of(daily: Daily, slot: datetime, zone: ZoneInfo) -> datetime:
    """Return from when on calls are needed for the digest due at `slot`."""
    return period_of(daily.covers, slot, zone=zone)[0]


def draw_daily(
    daily: Daily,
    slot: datetime,
    calls: Iterable[Call],
    *,
    now: datetime,
    wording: Wording,
) -> Alert:
    """Return the digest due at `slot`, of the `calls` since `span_of` it.

    Who still waits is told as of `now`, last night included; totals are those of its period. The
    identity is that of chat and slot: however often it is drawn up, it is told once.
    """
    given = [call for call in calls if not daily.hotlines or call.hotline in daily.hotlines]
    zone, directory = wording.zone, wording.directory
    period = period_of(daily.covers, slot, zone=zone)
    figures = tally(given, period=period, zone=zone, now=now, directory=directory)
    lately = tally(given, period=(period[0], now), zone=zone, now=now, directory=directory)
    figures = replace(figures, misses=lately.misses, waiting=lately.waiting)
    key = f"chat:{daily.chat}"
    return Alert(
        id=alert_id(CHAT_DIGEST, key, slot.isoformat()),
        rule=CHAT_DIGEST,
        kind=AlertKind.REPORT,
        key=key,
        severity=Severity.INFO,
        state=AlertState.OPEN,
        title=wording.said("living.daily_title"),
        occurred_at=slot,
        fired_at=now,
        count=figures.totals.calls,
        deadline=slot,
        detail=Drawn(figures, (Part.MISSED_OPEN.value, Part.TOTALS.value)).frozen(),
        subject=f"{key}:{slot.isoformat()}",
    )


def read_days(word: str) -> frozenset[int] | None:
    """Return the weekdays of `mon-sat`, `fri-mon`, `sat` or `mon,wed`; None for anything else."""
    found: set[int] = set()
    for part in word.lower().split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS:
            return None
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % _WEEK
        found |= {(start + step) % _WEEK for step in range(length + 1)}
    return frozenset(found)


def days_text(days: frozenset[int]) -> str:
    """Return `days` as `read_days` reads them; "" for every day."""
    return "" if days == EVERY_DAY else ",".join(DAYS[day] for day in sorted(days))
