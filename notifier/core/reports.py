"""From the calls of a period to the figures of a report, as a call centre counts them."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from notifier.core.call_lines import answerer
from notifier.core.callbacks import followed, spoken
from notifier.core.calls import UNKNOWN_HOTLINE, Call, Direction
from notifier.core.directory import Directory
from notifier.core.phones import is_outside
from notifier.core.tallies import (
    MOST_CUSTOMERS,
    AgentTally,
    CustomerTally,
    ExtensionTally,
    HotlineTally,
    HourTally,
    Tally,
    Totals,
)

PROMISE = timedelta(minutes=15)
"""Within which a missed customer should be called back, where nobody says otherwise."""

_FEWEST_CALLS = 2
"""Calls from which a customer is one who called most: everybody has called once."""

_Key = TypeVar("_Key", bound=Hashable)


class Covers(StrEnum):
    """What stretch of time a report covers."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"


def period_of(covers: Covers, at: datetime, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return start and end, in UTC, of what a report due at `at` (aware) covers.

    Days are those of `zone`: today, the week (from Monday) and the month run until `at`,
    yesterday until midnight.
    """
    today = at.astimezone(zone).date()
    if covers is Covers.YESTERDAY:
        return _midnight(today - timedelta(days=1), zone), _midnight(today, zone)
    first = {
        Covers.TODAY: today,
        Covers.WEEK: today - timedelta(days=today.weekday()),
        Covers.MONTH: today.replace(day=1),
    }[covers]
    return _midnight(first, zone), at.astimezone(UTC)


def tally(
    calls: Iterable[Call],
    *,
    period: tuple[datetime, datetime],
    zone: ZoneInfo,
    now: datetime,
    directory: Directory | None = None,
    promise: timedelta = PROMISE,
) -> Tally:
    """Return the figures of the `calls` that started in `period` (end not included; aware).

    Each call is given once, in any order. Calls after the period count as call-backs only, calls
    before it not at all. `now` tells which misses are open for longer than `promise`. `zone` is
    that of the hours; names come from `directory` first.
    """
    since, until = (edge.astimezone(UTC) for edge in period)
    given = list(calls)
    counted = [call for call in given if since <= call.started_at < until and not call.internal]
    inbound = [call for call in counted if call.inbound]
    outbound = [call for call in counted if call.direction is Direction.OUT]
    misses, waiting = followed(
        [call for call in inbound if call.missed], given, promise=promise, now=now
    )
    return Tally(
        since=since,
        until=until,
        made_at=now.astimezone(UTC),
        promise=promise,
        totals=_totals(inbound, outbound),
        misses=misses,
        waiting=waiting,
        hotlines=_by_hotline(inbound),
        agents=_by_agent(inbound, outbound, directory or Directory()),
        extensions=_by_extension(inbound, outbound),
        hours=_by_hour(inbound, zone),
        customers=_by_customer(inbound),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _totals(inbound: Sequence[Call], outbound: Sequence[Call]) -> Totals:
    answered = [call for call in inbound if spoken(call)]
    missed = sum(call.missed for call in inbound)
    lengths = [c.duration for c in (*answered, *filter(spoken, outbound)) if c.duration]
    waits = [call.wait for call in answered if call.wait is not None]
    return Totals(
        inbound=len(inbound),
        answered=len(answered),
        missed=missed,
        abandoned=sum(call.abandoned for call in inbound),
        unclear=len(inbound) - len(answered) - missed,
        outbound=len(outbound),
        unreached=sum(call.unreached for call in outbound),
        talks=len(lengths),
        talk=sum(lengths, timedelta()),
        waits=len(waits),
        waited=sum(waits, timedelta()),
    )


def _apart(calls: Iterable[Call], key: Callable[[Call], _Key]) -> dict[_Key, list[Call]]:
    """Return `calls` by their `key`."""
    found: dict[_Key, list[Call]] = {}
    for call in calls:
        found.setdefault(key(call), []).append(call)
    return found


def _by_hotline(inbound: Iterable[Call]) -> tuple[HotlineTally, ...]:
    rows = [
        HotlineTally(hotline, len(calls), sum(map(spoken, calls)), sum(c.missed for c in calls))
        for hotline, calls in _apart(inbound, lambda call: call.hotline or UNKNOWN_HOTLINE).items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.inbound, row.hotline)))


def _by_agent(
    inbound: Iterable[Call], outbound: Iterable[Call], directory: Directory
) -> tuple[AgentTally, ...]:
    answered = _apart(filter(spoken, inbound), lambda call: _agent(call, directory))
    made = _apart(outbound, lambda call: _agent(call, directory))
    rows = [
        AgentTally(
            agent=agent,
            number=number,
            answered=len(answered.get((agent, number), ())),
            outbound=len(made.get((agent, number), ())),
            talk=_talk(answered.get((agent, number), ())) + _talk(made.get((agent, number), ())),
        )
        for agent, number in answered | made
    ]
    return tuple(
        sorted(rows, key=lambda row: (-row.answered, -row.outbound, row.agent, row.number))
    )


def _agent(call: Call, directory: Directory) -> tuple[str, str]:
    """Return name and, only where there is none, number of who took or made `call`."""
    number = _ours(call)
    named = directory.name_of(number) or (call.agent if number == call.extension else "")
    return (named, "") if named else ("", number)


def _ours(call: Call) -> str:
    """Return the number that took or made `call` on our side; "" if it is not known."""
    if call.direction is Direction.OUT:
        return call.extension or call.caller
    return answerer(call)


def _talk(calls: Iterable[Call]) -> timedelta:
    return sum((call.duration for call in calls if spoken(call)), timedelta())


def _by_extension(inbound: Iterable[Call], outbound: Iterable[Call]) -> tuple[ExtensionTally, ...]:
    rung: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for call in inbound:
        by = _ours(call) if spoken(call) else ""
        rung.update({*call.targets, by})
        answered[by] += 1
    made = Counter(map(_ours, outbound))
    inside = sorted(n for n in rung.keys() | made.keys() if n and not is_outside(n))
    rows = [ExtensionTally(n, rung[n], answered[n], made[n]) for n in inside]
    return tuple(sorted(rows, key=lambda row: (-row.answered, -row.rung, -row.outbound)))


def _by_hour(inbound: Iterable[Call], zone: ZoneInfo) -> tuple[HourTally, ...]:
    hours = _apart(inbound, lambda call: call.started_at.astimezone(zone).hour)
    return tuple(
        HourTally(hour, len(calls), sum(call.missed for call in calls))
        for hour, calls in sorted(hours.items())
    )


def _by_customer(inbound: Iterable[Call]) -> tuple[CustomerTally, ...]:
    rows = [
        CustomerTally(customer, len(calls), sum(call.missed for call in calls))
        for customer, calls in _apart(inbound, lambda call: call.customer).items()
        if customer and len(calls) >= _FEWEST_CALLS
    ]
    rows.sort(key=lambda row: (-row.inbound, -row.missed, row.customer))
    return tuple(rows[:MOST_CUSTOMERS])
