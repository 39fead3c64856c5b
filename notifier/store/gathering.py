"""What a judgement must know of the past, and nothing more; reads only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert, AlertKind
from notifier.core.calls import Call
from notifier.core.decisions import Needs, Standing, ThrottleState, Wanted
from notifier.core.rules.keys import value_of
from notifier.core.rules.storms import STORM
from notifier.store.alerts import IS_LIVE, alerts_where, is_whole, marks, slices
from notifier.store.database import Database, Value
from notifier.store.mutes import standing_mutes
from notifier.store.polls import gaps
from notifier.store.rows import at, call_of, ms
from notifier.store.telling import gathered_of, gathering, recent, storms, told_of

GAPS_FOR = timedelta(days=60)
"""How far back spans without a good poll are told: longer than any quiet or wait may last."""

_COLUMNS = frozenset(
    {"customer", "hotline", "extension", "agent", "direction", "state", "caller", "callee"}
)
"""Fields of a call that are columns of `calls` as well."""

_ByPlace = dict[tuple[str, str], Alert]


def gather(
    database: Database, needs: Needs, *, since: datetime, now: datetime, zone: ZoneInfo
) -> Standing:
    """Return what a judgement `now` will look at.

    Messages are counted from `since` on; `zone` is where the fields of a call are local.
    """
    alerts = _about(database, needs.subjects)
    live = _live(database, needs.keys)
    endings = _endings(database, needs.endings)
    of_rule = _of_rule(database, needs.rules)
    ended = _ended(database, needs.turned)
    several = chain(endings.values(), of_rule.values(), ended.values())
    every = chain(alerts.values(), live.values(), chain.from_iterable(several))
    known = sorted(needs.alerts | {alert.id for alert in every})
    of_channel, of_channel_and_rule = recent(database, since)
    return Standing(
        alerts=alerts,
        told=told_of(database, known),
        throttles=_throttles(database, needs.keys),
        live=live,
        endings=endings,
        of_rule=of_rule,
        ended=ended,
        followed={want: _followed(database, want, zone) for want in needs.wanted},
        periods={period: _started(database, *period) for period in needs.periods},
        mutes=tuple(standing_mutes(database, now)),
        gaps=tuple(gaps(database, now - GAPS_FOR)),
        recent=of_channel,
        recent_of_rule=of_channel_and_rule,
        digests=gathering(database),
        storms=storms(database, now - STORM.per),
        gathered=gathered_of(database, known),
    )


def _by_rule(places: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield each rule with what stands beside it, in lists that fit one IN (…)."""
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for rule, value in sorted(places):
        beside[rule].append(value)
    for rule, values in beside.items():
        for some in slices(values):
            yield rule, some


def _whole_where(database: Database, condition: str, values: Sequence[Value]) -> list[Alert]:
    return [alert for alert in alerts_where(database, condition, values) if is_whole(alert)]


def _about(database: Database, subjects: Iterable[str]) -> _ByPlace:
    found: _ByPlace = {}
    for some in slices(sorted(subjects)):
        for alert in _whole_where(database, f"about IN ({marks(some)})", some):
            # a call's session may have become known since: its alert is found under both
            now_about = alert.calls[0].subject if alert.kind is AlertKind.CALL else alert.about
            found[alert.rule, now_about] = alert
    return found


def _live(database: Database, keys: Iterable[tuple[str, str]]) -> _ByPlace:
    """Return the live alert of each rule and key that was recorded last."""
    found: _ByPlace = {}
    for rule, some in _by_rule(keys):
        latest = (
            "rowid IN (SELECT max(rowid) FROM alerts "  # noqa: S608
            f"WHERE rule = ? AND key IN ({marks(some)}) AND {IS_LIVE} GROUP BY key)"
        )
        for alert in _whole_where(database, latest, (rule, *some)):
            found[alert.rule, alert.key] = alert
    return found


def _endings(
    database: Database, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Alert, ...]]:
    found: defaultdict[tuple[str, str], tuple[Alert, ...]] = defaultdict(tuple)
    for rule, customers in _by_rule(wanted):
        theirs = (
            f"rule = ? AND {IS_LIVE} AND id IN (SELECT x.alert FROM calls c "  # noqa: S608
            f"JOIN alert_calls x ON x.call = c.id WHERE c.customer IN ({marks(customers)}))"
        )
        for alert in _whole_where(database, theirs, (rule, *customers)):
            for customer in {call.customer for call in alert.calls}.intersection(customers):
                found[rule, customer] += (alert,)
    return dict(found)


def _of_rule(database: Database, rules: Iterable[str]) -> dict[str, tuple[Alert, ...]]:
    found: defaultdict[str, tuple[Alert, ...]] = defaultdict(tuple)
    for some in slices(sorted(rules)):
        for alert in _whole_where(database, f"rule IN ({marks(some)}) AND {IS_LIVE}", some):
            found[alert.rule] += (alert,)
    return dict(found)


def _ended(database: Database, calls: Iterable[str]) -> dict[str, tuple[Alert, ...]]:
    found: defaultdict[str, tuple[Alert, ...]] = defaultdict(tuple)
    for some in slices(sorted(calls)):
        # the second condition is the index's own
        by_them = f"ended_call IN ({marks(some)}) AND ended_call <> ''"
        for alert in _whole_where(database, by_them, some):
            found[alert.ended_call] += (alert,)
    return dict(found)


def _throttles(
    database: Database, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], ThrottleState]:
    found: dict[tuple[str, str], ThrottleState] = {}
    for rule, some in _by_rule(keys):
        rows = database.run(
            f"SELECT * FROM rule_state WHERE rule = ? AND key IN ({marks(some)})",  # noqa: S608
            (rule, *some),
        )
        for row in rows:
            state = ThrottleState(at(row["last_at_ms"]), row["step"], row["swallowed"])
            found[rule, row["key"]] = state
    return found


def _followed(database: Database, want: Wanted, zone: ZoneInfo) -> tuple[Call, ...]:
    columns = {name: value for name, value in want.same if name in _COLUMNS}
    same = "".join(f" AND {name} = ?" for name in columns)
    calls = _calls_where(database, f"started_at_ms >= ?{same}", (ms(want.since), *columns.values()))
    return tuple(
        call
        for call in calls
        # other fields stand in the record only, and so does what is finer than a millisecond
        if call.started_at > want.since
        and all(value_of(name, call, zone) == value for name, value in want.same)
    )


def _started(database: Database, since: datetime, until: datetime) -> tuple[Call, ...]:
    span = "started_at_ms >= ? AND started_at_ms <= ?"
    calls = _calls_where(database, span, (ms(since), ms(until)))
    return tuple(call for call in calls if since <= call.started_at < until)


def _calls_where(database: Database, condition: str, values: Sequence[Value]) -> list[Call]:
    """Return the calls that meet `condition`, in the order in which they started."""
    rows = database.run(f"SELECT record FROM calls WHERE {condition}", values)  # noqa: S608
    calls = (call_of(row["record"]) for row in rows)
    return sorted(calls, key=lambda call: (call.started_at, call.id))
