"""The engine tells what a slow reading of the rules would have it tell."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from notifier.core.alerts import UNTRUE, Alert, AlertKind, Reason
from notifier.core.calls import Call
from notifier.core.rules.model import Rule
from notifier.core.rules.rehearsals import Rehearsal
from tests.builders import NOON
from tests.core.rules.histories import (
    DAY,
    aggregates,
    an_unlimited_engine,
    histories,
    hours,
    lags,
    quiets,
    read_at,
    rules_of,
    spikes,
    throttles,
    unlesses,
    weekly_histories,
)
from tests.core.rules.reference import Told, opened, told

UNTIL = NOON + 2 * DAY


def rehearsed(rule: Rule, calls: Sequence[Call], since: datetime, until: datetime) -> list[Told]:
    """Return what the engine tells when each call is read once it is final."""
    run = Rehearsal(an_unlimited_engine(rule))
    run.begin(since)
    for call in sorted(calls, key=lambda call: (read_at(call, rule), call.id)):
        run.see(call, read_at(call, rule))
    run.advance(until)
    words: dict[str, list[datetime]] = {}
    for telling in run.tellings:
        if telling.reason in {Reason.NEW, Reason.REPEAT}:
            words.setdefault(telling.alert.id, []).append(telling.at)
    return [
        Told(a.key, moment(rule, a), a.count, tuple(words.get(a.id, ())), a.state in UNTRUE)
        for a in run.alerts
        if a.kind is not AlertKind.DIGEST
    ]


def moment(rule: Rule, alert: Alert) -> datetime:
    return opened(rule, alert.occurred_at) if rule.quiet else alert.occurred_at


def in_order(found: Sequence[Told]) -> list[Told]:
    return sorted(found, key=lambda one: (one.words, one.key, one.moment))


@settings(deadline=None, max_examples=150)
@given(calls=histories(), rule=rules_of(every=some.none() | throttles))
def test_each_call_by_itself(calls: list[Call], rule: Rule) -> None:
    assert in_order(rehearsed(rule, calls, NOON, UNTIL)) == in_order(told(rule, calls, NOON, UNTIL))


@settings(deadline=None, max_examples=150)
@given(
    calls=histories(),
    rule=rules_of(
        every=throttles, key=some.sampled_from(["customer", "hotline", "extension", "target"])
    ),
)
def test_each_call_with_a_pause_for_its_key(calls: list[Call], rule: Rule) -> None:
    assert in_order(rehearsed(rule, calls, NOON, UNTIL)) == in_order(told(rule, calls, NOON, UNTIL))


@settings(deadline=None, max_examples=150)
@given(
    calls=histories(),
    rule=rules_of(every=some.none() | throttles, aggregate=aggregates),
)
def test_several_calls_together(calls: list[Call], rule: Rule) -> None:
    assert in_order(rehearsed(rule, calls, NOON, UNTIL)) == in_order(told(rule, calls, NOON, UNTIL))


@settings(deadline=None, max_examples=150)
@given(
    calls=weekly_histories(),
    rule=rules_of(every=some.none() | throttles, aggregate=spikes),
)
def test_more_calls_than_in_past_weeks(calls: list[Call], rule: Rule) -> None:
    until = NOON + timedelta(days=40)
    assert in_order(rehearsed(rule, calls, NOON, until)) == in_order(told(rule, calls, NOON, until))


@settings(deadline=None, max_examples=150)
@given(
    calls=histories(longest=120),
    rule=rules_of(
        every=some.none() | throttles,
        unless=unlesses,
        lag=lags,
        key=some.sampled_from(["", "customer", "hotline", "extension"]),
    ),
)
def test_what_should_follow_on_a_call(calls: list[Call], rule: Rule) -> None:
    assert in_order(rehearsed(rule, calls, NOON, UNTIL)) == in_order(told(rule, calls, NOON, UNTIL))


@settings(deadline=None, max_examples=150)
@given(
    calls=histories(longest=120),
    rule=rules_of(every=some.none() | throttles, quiet=quiets, lag=lags, during=hours),
)
def test_no_call_for_so_long(calls: list[Call], rule: Rule) -> None:
    assert in_order(rehearsed(rule, calls, NOON, UNTIL)) == in_order(told(rule, calls, NOON, UNTIL))
