"""Rules of every kind for tests of the store, and a morning in which each has something to do."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from notifier.core.alerts import Alert, AlertKind, alert_id
from notifier.core.calls import Call, Direction
from notifier.core.decisions import Act, Decision
from notifier.core.rules.aggregates import Count
from notifier.core.rules.engine import Engine
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import (
    Escalation,
    FollowUp,
    Quiet,
    Report,
    Rule,
    Suppress,
    Throttle,
    Unless,
)
from tests.builders import MINUTE, NOON, SECOND, a_call, a_rule, a_talk, an_alert, an_engine
from tests.store.desk import Desk

CALLED_BACK = FollowUp(
    test=lambda call: call.duration > timedelta(), condition=EVERY, called_back=True
)


def every(pause: timedelta) -> Throttle:
    return Throttle((pause,), forget_after=timedelta(hours=1))


def a_burst_rule(name: str = "don_dap", **overrides: Any) -> Rule:
    """Return the rule for three missed calls to a hotline within ten minutes."""
    rule = a_rule(
        name,
        aggregate=Count(3, 10 * MINUTE, per="hotline"),
        every=every(30 * MINUTE),
        meaning="count 3",
    )
    return replace(rule, **overrides)


def a_wait_rule(name: str = "chua_goi_lai", **overrides: Any) -> Rule:
    """Return the rule for a missed customer whom nobody called back within 15 minutes."""
    rule = a_rule(
        name,
        key="customer",
        unless=Unless((CALLED_BACK,), 15 * MINUTE),
        every=every(20 * MINUTE),
        escalate=(Escalation(15 * MINUTE, ("truong_nhom",)),),
        max_age=timedelta(hours=4),
        lag=timedelta(),
    )
    return replace(rule, **overrides)


def a_watch() -> Engine:
    """Return an engine with rules of every kind."""
    rules = (
        a_rule("goi_nho", to=("quan_ly", "crm")),
        a_burst_rule(),
        a_wait_rule(),
        a_rule(
            "im_lang",
            quiet=Quiet(45 * MINUTE, per="hotline"),
            max_age=timedelta(hours=4),
            lag=timedelta(),
        ),
        a_rule("bao_cao", report=Report((time(12, 30),), "today", ("totals",))),
    )
    return an_engine(*rules, suppress=(Suppress("im_lang", frozenset({"goi_nho"})),))


def misses(*minutes: int, **overrides: Any) -> dict[str, Call]:
    """Return missed calls of one customer each, so many minutes after noon."""
    calls = [
        a_call(
            id=f"m{minute:03}",
            customer=f"+8490000{minute:04}",
            started_at=NOON + minute * MINUTE,
            ended_at=NOON + minute * MINUTE + 20 * SECOND,
            **overrides,
        )
        for minute in minutes
    ]
    return {call.id: call for call in calls}


def a_call_back(to: Call, after: timedelta = 5 * MINUTE) -> Call:
    """Return the call in which Lan reached the customer of `to`."""
    return a_talk(
        id=f"back to {to.id}",
        direction=Direction.OUT,
        customer=to.customer,
        started_at=to.started_at + after,
        ended_at=to.started_at + after + 2 * MINUTE,
    )


def begin_the_watch(desk: Desk) -> None:
    """Start with the rules, and take in two misses: the third will be one too many."""
    desk.ledger.adopt(a_watch(), [], NOON)
    desk.ledger.take_in(misses(1, 2), a_watch(), NOON + 3 * MINUTE)


def take_in_one_too_many(desk: Desk) -> None:
    desk.ledger.take_in(misses(1, 2, 3), a_watch(), NOON + 5 * MINUTE)


STEPS = {
    "settle": 5 * MINUTE,
    "absence": 18 * MINUTE,
    "report": 31 * MINUTE,
    "escalate": 34 * MINUTE,
    "remind": 36 * MINUTE,
    "repeat": 40 * MINUTE,
    "quiet": 50 * MINUTE,
    "expire": timedelta(days=8),
}
"""How long after noon timers of each kind have fallen due that had not at the step before."""


def take_an_alert(desk: Desk) -> None:
    """Take the alert on a call, as a person who presses a button and sees no answer."""
    (alert,) = (a for a in desk.archive.alerts_about("m001") if a.rule == "goi_nho")
    desk.ledger.act(a_watch(), alert.id, Act.TAKE, "Hạnh", NOON + 5 * MINUTE)


def go_on_before(kind: str, desk: Desk) -> None:
    """Begin the watch, take an alert, and do all that is due before the step of `kind`."""
    begin_the_watch(desk)
    take_an_alert(desk)
    for step in STEPS:
        if step == kind:
            return
        go_on_to(step, desk)


def go_on_to(kind: str, desk: Desk) -> None:
    """Do what has fallen due at the step of `kind`, as if polls had gone well until then."""
    now = NOON + STEPS[kind]
    desk.ledger.advance(a_watch(), now, good_since=now)


def an_alert_of(rule: str, *calls: Call, **overrides: Any) -> Alert:
    """Return an open alert of `rule`: on one call, on a window of several, or on quiet."""
    alert = an_alert(*calls, rule=rule)
    if len(calls) > 1:
        alert = replace(alert, kind=AlertKind.WINDOW, key="", subject=f"{calls[-1].id}@")
    if not calls:
        alert = replace(alert, kind=AlertKind.QUIET, key="", subject="since noon@", calls=())
    alert = replace(alert, **overrides)
    return replace(alert, id=alert_id(rule, alert.key, alert.about))


def keep(desk: Desk, *alerts: Alert, now: datetime = NOON) -> None:
    """Record `alerts` with the calls that they are about."""
    calls = {call.id: call for alert in alerts for call in alert.calls}
    desk.ledger.take_in(calls, None, now)
    desk.ledger.record(Decision(alerts=list(alerts)), now)
