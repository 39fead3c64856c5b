"""Who is told of an alert, and what a limit or its age gathers into one message."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import Alert, AlertKind, Reason, Severity
from notifier.core.decisions import Decision, Standing
from notifier.core.deliveries import Route
from notifier.core.rules.model import Limit
from notifier.core.rules.postings import (
    KEPT,
    LIMIT_DIGEST,
    STALE_DIGEST,
    STALE_WAIT,
    Postings,
)
from tests.builders import (
    MINUTE,
    NOON,
    SECOND,
    Memory,
    a_call,
    a_change,
    a_hook,
    a_route,
    a_rule,
    a_talk,
    an_alert,
    an_engine,
    by_channel,
    reasons,
)

TWO = Limit(2, 10 * MINUTE)


def postings(*routes: Route, limit: Limit = TWO, **overrides: Any) -> Postings:
    known = routes or (a_route(), a_hook())
    given_ = {
        "engine": an_engine(routes={r.name: r for r in known}, chat_limit=limit),
        "standing": Standing(),
        "decision": Decision(),
        "now": NOON,
        **overrides,
    }
    return Postings(**given_)


def some_alert(number: int, **overrides: Any) -> Alert:
    return an_alert(a_call(id=str(number)), **overrides)


def posted(
    some_postings: Postings,
    alerts: Sequence[Alert],
    *to: str,
    stale: bool = False,
    own: Limit | None = None,
) -> Decision:
    for alert in alerts:
        some_postings.post(alert, to or ("quan_ly",), stale=stale, own_limit=own)
    return some_postings.decision


def test_people_are_owed_a_message_to_be_rendered_and_systems_a_frozen_event() -> None:
    decision = posted(postings(), [some_alert(1)], "quan_ly", "crm")

    chat, hook = decision.drafts
    assert (chat.channel, chat.reason, chat.event, chat.body) == ("quan_ly", Reason.NEW, "", None)
    assert (hook.channel, hook.event) == ("crm", "alert.fired")
    assert hook.body
    assert b'"type":"alert.fired"' in hook.body
    assert {draft.lane for draft in decision.drafts} == {"1"}
    assert {(d.due_at, d.expires_at) for d in decision.drafts} == {(NOON, NOON + KEPT)}
    assert [row.channel for row in decision.audit] == ["quan_ly", "crm"]


def test_a_channel_that_is_in_no_file_any_more_is_owed_nothing() -> None:
    under_test = postings()

    under_test.post(some_alert(1), ("da_xoa",), stale=False, own_limit=None)
    under_test.owe(some_alert(1), Reason.REVISED, ("da_xoa",))
    under_test.refresh(some_alert(1), ("da_xoa",))

    assert under_test.decision == Decision()


EVENTS: list[tuple[tuple[str, ...], list[str]]] = [
    (("alert.*",), ["alert.fired"]),
    (("alert.fired",), ["alert.fired"]),
    (("alert.revised",), []),
    (("call.*",), ["call.created"]),
    (("*",), ["call.created", "alert.fired"]),
    ((), []),
]


@pytest.mark.parametrize(("wanted", "sent"), EVENTS, ids=[",".join(e[0]) or "none" for e in EVENTS])
def test_a_webhook_gets_the_events_that_it_asked_for(
    wanted: tuple[str, ...], sent: list[str]
) -> None:
    engine = an_engine(a_rule(to=("crm",)), routes={"crm": a_hook(events=wanted)})

    decision = engine.feed([a_change()], Standing(), NOON + 2 * MINUTE)

    assert [draft.event for draft in decision.drafts] == sent


def test_a_call_event_tells_whether_the_call_is_new_and_never_goes_to_people() -> None:
    hook, other = a_hook(events=("call.*",)), a_hook("kho", events=("call.updated",))
    under_test = postings(a_route(events=("*",)), hook, other)

    under_test.call_event(a_change())
    under_test.call_event(a_change(a_talk(), a_call()))

    told = [(d.channel, d.event, d.reason, d.revision) for d in under_test.decision.drafts]
    assert told == [
        ("crm", "call.created", Reason.CREATED, 1),
        ("crm", "call.updated", Reason.UPDATED, 2),
        ("kho", "call.updated", Reason.UPDATED, 2),
    ]
    assert {draft.alert for draft in under_test.decision.drafts} == {f"call:{a_call().id}"}
    crm, kho = under_test.decision.drafts[1:]
    assert crm.body is kho.body


def test_a_refresh_edits_cards_and_tells_systems_nothing() -> None:
    under_test = postings()

    under_test.refresh(some_alert(1, revision=2), ("quan_ly", "crm"))

    assert by_channel(under_test.decision.drafts) == {"quan_ly": [Reason.REVISED]}


# Limits


def test_what_is_over_the_limit_is_gathered_into_one_message_when_there_is_room_again() -> None:
    alerts = [some_alert(n) for n in range(5)]

    decision = posted(postings(), alerts)

    assert [d.reason for d in decision.drafts] == [Reason.NEW, Reason.NEW, Reason.DIGEST]
    (digest,) = decision.alerts
    assert (digest.rule, digest.kind, digest.key) == (
        LIMIT_DIGEST,
        AlertKind.DIGEST,
        "limit:quan_ly",
    )
    assert decision.drafts[-1].due_at == NOON + 10 * MINUTE
    assert decision.members == [(digest.id, alert.id) for alert in alerts[2:]]
    assert decision.changed[-1].count == 3
    over = [row for row in decision.audit if row.reason is Reason.OVER_LIMIT]
    assert [(row.alert, row.detail) for row in over] == [(a.id, digest.id) for a in alerts[2:]]


def test_a_digest_that_still_gathers_takes_in_more() -> None:
    first = posted(postings(), [some_alert(n) for n in range(3)])
    standing = Standing(
        recent={"quan_ly": (NOON, NOON)}, digests={(LIMIT_DIGEST, "quan_ly"): first.alerts[0]}
    )

    later = postings(standing=standing, now=NOON + MINUTE)
    decision = posted(later, [some_alert(7), some_alert(8)])

    assert (decision.alerts, decision.drafts) == ([], [])
    assert [digest.count for digest in decision.changed] == [2, 3]


def test_a_digest_is_as_loud_as_its_loudest_member() -> None:
    loud = [Severity.WARNING, Severity.CRITICAL, Severity.INFO]
    alerts = [some_alert(n, severity=severity) for n, severity in enumerate(loud)]

    decision = posted(postings(), alerts, stale=True)

    assert decision.alerts[0].severity is Severity.WARNING
    assert [digest.severity for digest in decision.changed] == [Severity.CRITICAL] * 2


def test_the_same_member_makes_the_same_digest_whenever_it_is_judged() -> None:
    first = posted(postings(), [some_alert(1)], stale=True)
    again = posted(postings(now=NOON + MINUTE), [some_alert(1)], stale=True)
    other = posted(postings(), [some_alert(2)], stale=True)

    assert first.alerts[0].id == again.alerts[0].id
    assert first.alerts[0].id != other.alerts[0].id


PAST: list[tuple[str, list[timedelta], list[Reason]]] = [
    ("nothing yet", [], [Reason.NEW]),
    ("one before", [MINUTE], [Reason.NEW]),
    ("two before", [2 * MINUTE, MINUTE], [Reason.DIGEST]),
    ("two, one of them just out of it", [10 * MINUTE, MINUTE], [Reason.NEW]),
    ("two, one of them just within it", [10 * MINUTE - SECOND, MINUTE], [Reason.DIGEST]),
    ("more than a limit that was lowered", [9 * MINUTE, 8 * MINUTE, MINUTE], [Reason.DIGEST]),
]


@pytest.mark.parametrize(("ago", "told"), [p[1:] for p in PAST], ids=[p[0] for p in PAST])
@pytest.mark.parametrize("own", [None, TWO], ids=["the chat's limit", "its own limit"])
def test_a_limit_counts_the_messages_of_its_span(
    ago: list[timedelta], told: list[Reason], own: Limit | None
) -> None:
    times = tuple(NOON - a for a in ago)
    standing = (
        Standing(recent_of_rule={("quan_ly", "goi_nho"): times})
        if own
        else Standing(recent={"quan_ly": times})
    )
    wide = Limit(100, 10 * MINUTE)

    decision = posted(
        postings(standing=standing, limit=wide if own else TWO), [some_alert(1)], own=own
    )

    assert [draft.reason for draft in decision.drafts] == told
    if told == [Reason.DIGEST]:
        assert decision.drafts[0].due_at == times[-2] + 10 * MINUTE


def test_a_rule_with_its_own_limit_is_counted_by_itself() -> None:
    decision = Decision()
    under_test = postings(decision=decision)

    posted(under_test, [some_alert(n, rule="khac") for n in range(2)])
    posted(under_test, [some_alert(n) for n in range(2, 5)], own=TWO)

    assert Counter(draft.reason for draft in decision.drafts) == {Reason.NEW: 4, Reason.DIGEST: 1}


def test_systems_are_never_limited_and_get_what_is_stale_at_once() -> None:
    alerts = [some_alert(n) for n in range(9)]

    decision = posted(postings(), alerts, "crm", stale=True, own=Limit(1, MINUTE))

    assert [draft.reason for draft in decision.drafts] == [Reason.NEW] * 9


def test_what_is_stale_is_gathered_for_a_moment_and_takes_no_room() -> None:
    under_test = postings()

    posted(under_test, [some_alert(n) for n in range(9)], stale=True)
    decision = posted(under_test, [some_alert(n) for n in (10, 11)])

    (digest,) = decision.alerts
    assert (digest.rule, decision.changed[-1].count) == (STALE_DIGEST, 9)
    assert decision.drafts[0].due_at == NOON + STALE_WAIT
    assert [draft.reason for draft in decision.drafts[1:]] == [Reason.NEW, Reason.NEW]
    assert reasons(decision.audit).count(Reason.STALE) == 9


def test_messages_from_the_future_of_a_clock_that_was_set_back_hold_nothing_back_for_long() -> None:
    times = (NOON + timedelta(days=2), NOON + timedelta(days=2))

    decision = posted(postings(standing=Standing(recent={"quan_ly": times})), [some_alert(1)])

    assert [draft.due_at for draft in decision.drafts] == [NOON + 10 * MINUTE]


@pytest.mark.parametrize(
    ("chats", "own"), [(1, None), (99, Limit(1, 10 * MINUTE))], ids=["the chat's", "its own"]
)
def test_an_alert_that_is_told_anew_keeps_to_the_limit(chats: int, own: Limit | None) -> None:
    memory = Memory(an_engine(a_rule(limit=own), chat_limit=Limit(chats, 10 * MINUTE)))
    start = NOON + 2 * MINUTE
    memory.take_in([a_call()], start)
    memory.take_in([a_talk()], start + SECOND)
    memory.take_in([a_call(id="2")], start + 11 * MINUTE)

    memory.take_in([a_call()], start + 12 * MINUTE)

    told = [(d.draft.reason, d.draft.revision, d.sent) for d in memory.debts.values()]
    assert told == [(Reason.NEW, 1, False), (Reason.NEW, 1, False), (Reason.DIGEST, 1, False)]
    assert [member for _, member in memory.members] == [
        next(a.id for a in memory.alerts.values() if a.calls and a.calls[0].id == a_call().id)
    ]


# Properties

RULES = (
    a_rule(to=("quan_ly", "crm"), max_age=MINUTE),
    a_rule("tat_ca", test=lambda _: True, to=("truong_nhom", "quan_ly"), limit=Limit(1, MINUTE)),
)
CHAT_LIMIT = Limit(3, 4 * MINUTE)


def most_in(times: list[datetime], per: timedelta) -> int:
    """Return the most of `times` that lie in any half-open span of `per`."""
    return max((sum(at <= other < at + per for other in times) for at in times), default=0)


@given(
    steps=some.lists(
        some.tuples(some.integers(0, 90), some.integers(1, 4), some.booleans()), max_size=14
    )
)
def test_a_limit_is_never_passed_and_nothing_vanishes(steps: list[tuple[int, int, bool]]) -> None:
    rules = (RULES[0], replace(RULES[1], to=("truong_nhom",)))
    memory = Memory(an_engine(*rules, chat_limit=CHAT_LIMIT))
    now, number = NOON, 0
    for pause, count, sends in steps:
        now += pause * SECOND
        batch = [
            a_call(id=str(number + i), ended_at=now - (45 + 10 * i) * SECOND) for i in range(count)
        ]
        number += count
        memory.take_in(batch, now)
        if sends:
            memory.deliver(now)
    memory.deliver(now + timedelta(hours=1))

    new = [debt for debt in memory.debts.values() if debt.draft.reason is Reason.NEW]
    times = {
        name: [debt.created_at for debt in new if debt.draft.channel == name]
        for name in ("quan_ly", "truong_nhom")
    }
    assert most_in(times["quan_ly"], CHAT_LIMIT.per) <= CHAT_LIMIT.most
    assert most_in(times["truong_nhom"], MINUTE) <= 1
    told = {(debt.draft.alert, debt.draft.channel) for debt in new}
    digests = {d.draft.alert: d for d in memory.debts.values() if d.draft.reason is Reason.DIGEST}
    told |= {(member, digests[digest].draft.channel) for digest, member in memory.members}
    to = {rule.name: rule.to for rule in rules}
    calls = [alert for alert in memory.alerts.values() if alert.kind is AlertKind.CALL]
    assert told == {(alert.id, name) for alert in calls for name in to[alert.rule]}
    assert len(told) == len(new) + len(memory.members)
    counted = Counter(digest for digest, _ in memory.members)
    assert counted == {identity: memory.alerts[identity].count for identity in digests}
    assert all(debt.sent for debt in memory.debts.values())


@given(count=some.integers(0, 60))
def test_systems_are_told_of_each_alert(count: int) -> None:
    engine = an_engine(a_rule(to=("crm",), limit=Limit(1, MINUTE)), chat_limit=Limit(1, MINUTE))

    decision = engine.feed(
        [a_change(a_call(id=str(n))) for n in range(count)], Standing(), NOON + timedelta(days=1)
    )

    assert [draft.alert for draft in decision.drafts] == [alert.id for alert in decision.alerts]
    assert len(decision.alerts) == count
