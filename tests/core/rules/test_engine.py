"""One judgement after another: what matches becomes an alert, a timer or a reason why not."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import AlertKind, AlertState, Reason
from notifier.core.calendars import Calendar, Span
from notifier.core.calls import Call, CallState, Direction
from notifier.core.decisions import Decision, Due, Standing, Timer, TimerKind
from notifier.core.deliveries import DeliveryState
from notifier.core.rules.fields import FIELDS
from notifier.core.rules.keys import key_of
from notifier.core.rules.model import Limit, Rule, Stale, Throttle
from tests.builders import (
    HANOI,
    MINUTE,
    NOON,
    SECOND,
    Memory,
    a_call,
    a_change,
    a_leg,
    a_rule,
    a_talk,
    an_alert,
    an_engine,
    reasons,
)

SOON = NOON + 2 * MINUTE
"""A moment at which the call of `a_call` is settled and not old."""

LATER = NOON + timedelta(days=1)

OPEN_AT_NOON = Calendar("gio_lam", HANOI, {0: (Span(time(8), time(18)),)})
OPEN_AT_NIGHT = Calendar("truc_dem", HANOI, {0: (Span(time(20), time(22)),)})

ONGOING = {"ended_at": None, "duration": timedelta()}


def judged(call: Call, *rules: Rule, now: Any = SOON, before: Call | None = None) -> Decision:
    return an_engine(*rules).feed([a_change(call, before)], Standing(), now)


def test_a_settled_match_is_one_alert_for_each_rule_that_it_meets() -> None:
    rules = (a_rule("goi_nho"), a_rule("moi_cuoc", test=lambda _: True), a_rule("vip", test=no))

    decision = judged(a_call(), *rules)

    assert [alert.rule for alert in decision.alerts] == ["goi_nho", "moi_cuoc"]
    assert [draft.channel for draft in decision.drafts] == ["quan_ly", "quan_ly"]


def no(_: Call) -> bool:
    return False


def test_an_alert_says_what_it_is_about() -> None:
    (alert,) = judged(a_call()).alerts

    assert alert.key == "1415096549774721835"
    assert alert.occurred_at == NOON + 27 * SECOND
    assert alert.fired_at == SOON
    assert alert.calls == (a_call(),)
    assert alert.state is AlertState.OPEN


HOURS: list[tuple[str, dict[str, Any], bool]] = [
    ("no calendar", {}, True),
    ("during open hours", {"during": (OPEN_AT_NOON,)}, True),
    ("during one of two", {"during": (OPEN_AT_NIGHT, OPEN_AT_NOON)}, True),
    ("during hours that are over", {"during": (OPEN_AT_NIGHT,)}, False),
    ("outside open hours", {"outside": (OPEN_AT_NOON,)}, False),
    ("outside one of two", {"outside": (OPEN_AT_NIGHT, OPEN_AT_NOON)}, False),
    ("outside hours that are over", {"outside": (OPEN_AT_NIGHT,)}, True),
    ("both", {"during": (OPEN_AT_NOON,), "outside": (OPEN_AT_NOON,)}, False),
]


@pytest.mark.parametrize(("hours", "fires"), [h[1:] for h in HOURS], ids=[h[0] for h in HOURS])
def test_a_rule_is_judged_by_its_calendars_at_the_start_of_the_call(
    hours: dict[str, Any], *, fires: bool
) -> None:
    decision = judged(a_call(), a_rule(**hours))

    assert bool(decision.alerts) is fires
    assert reasons(decision.audit) == [Reason.NEW if fires else Reason.OUTSIDE_CALENDAR]


SETTLING: list[tuple[str, dict[str, Any], timedelta | None]] = [
    ("an ended call, from its end", {}, 27 * SECOND + 45 * SECOND),
    ("a miss without an end, from first sight", {"ended_at": None}, 30 * SECOND + 45 * SECOND),
]


@pytest.mark.parametrize(
    ("changed", "due"), [s[1:] for s in SETTLING], ids=[s[0] for s in SETTLING]
)
def test_a_young_match_gets_a_timer_and_fires_when_it_is_due(
    changed: dict[str, Any], due: timedelta
) -> None:
    memory = Memory(an_engine())
    change = a_change(a_call(**changed), first_seen_at=NOON + 30 * SECOND)

    young = memory.judge([change], NOON + 31 * SECOND)
    early = memory.judge_due(NOON + due - SECOND)
    ripe = memory.judge_due(NOON + due)

    timer = Timer("goi_nho", change.after.id, TimerKind.SETTLE, NOON + due)
    assert (young.timers, young.alerts, early.alerts) == ([timer], [], [])
    assert [alert.rule for alert in ripe.alerts] == ["goi_nho"]


def test_a_timer_whose_call_ended_later_than_was_thought_waits_on() -> None:
    memory = Memory(an_engine())
    memory.take_in([a_call()], NOON + 30 * SECOND)
    memory.take_in([a_call(ended_at=NOON + MINUTE)], NOON + 62 * SECOND)

    decision = memory.judge_due(NOON + 72 * SECOND)

    assert [timer.due_at for timer in decision.timers] == [NOON + MINUTE + 45 * SECOND]
    assert memory.judge_due(NOON + 2 * MINUTE).alerts


def test_a_timer_of_a_rule_that_is_no_more_does_nothing() -> None:
    timer = Timer("da_xoa", a_call().id, TimerKind.SETTLE, SOON)

    assert an_engine().advance([Due(timer, change=a_change())], Standing(), SOON).alerts == []


def test_a_call_that_settles_as_something_else_alerts_nobody() -> None:
    memory = Memory(an_engine())
    memory.take_in([a_call()], NOON + 30 * SECOND)
    memory.take_in([a_talk()], NOON + 40 * SECOND)

    memory.judge_due(SOON)

    assert memory.alerts == {}


def test_a_call_going_on_says_that_it_is_settling_and_is_judged_when_it_ended() -> None:
    memory = Memory(an_engine(a_rule(test=lambda call: call.inbound)))

    going_on = memory.take_in([a_talk(**ONGOING)], NOON + MINUTE)
    ended = memory.take_in([a_talk()], NOON + 5 * MINUTE)

    assert (reasons(going_on.audit), going_on.alerts) == ([Reason.SETTLING], [])
    assert len(ended.alerts) == 1


def test_a_miss_that_is_due_while_the_call_goes_on_again_waits_for_its_next_reading() -> None:
    memory = Memory(an_engine(a_rule(test=lambda call: call.inbound)))
    memory.take_in([a_call()], NOON + 30 * SECOND)
    memory.take_in([a_talk(**ONGOING)], NOON + 40 * SECOND)

    due = memory.judge_due(SOON)
    ended = memory.take_in([a_talk()], NOON + 5 * MINUTE)

    assert (due.alerts, len(ended.alerts)) == ([], 1)


@pytest.mark.parametrize(
    "edit", [{"note": "hẹn chiều"}, {"recording_urls": ("https://r/1",)}], ids=["note", "recording"]
)
def test_what_matched_before_alerts_nobody_because_somebody_edits_it(edit: dict[str, Any]) -> None:
    decision = judged(a_call(**edit), before=a_call())

    assert decision == Decision()


def test_a_reading_that_turned_into_a_match_alerts() -> None:
    assert len(judged(a_call(), before=a_talk()).alerts) == 1


def test_a_call_that_was_moved_into_the_hours_of_a_rule_alerts() -> None:
    before = a_call(started_at=NOON - timedelta(days=1))

    assert len(judged(a_call(), a_rule(during=(OPEN_AT_NOON,)), before=before).alerts) == 1


AGES: list[tuple[str, Stale, timedelta, list[Reason], list[Reason]]] = [
    ("young", Stale.DIGEST, timedelta(minutes=30), [Reason.NEW], [Reason.NEW]),
    ("digest", Stale.DIGEST, timedelta(minutes=31), [Reason.DIGEST], [Reason.NEW]),
    ("send", Stale.SEND, timedelta(minutes=31), [Reason.NEW], [Reason.NEW]),
    ("drop", Stale.DROP, timedelta(minutes=31), [], []),
]


@pytest.mark.parametrize(
    ("stale", "age", "people", "systems"), [a[1:] for a in AGES], ids=[a[0] for a in AGES]
)
def test_what_is_told_too_late_is_gathered_sent_or_dropped(
    stale: Stale, age: timedelta, people: list[Reason], systems: list[Reason]
) -> None:
    rule = a_rule(stale=stale, to=("quan_ly", "crm"))

    decision = judged(a_call(), rule, now=NOON + 27 * SECOND + age)

    told = [(draft.channel, draft.reason) for draft in decision.drafts]
    assert told == [("quan_ly", r) for r in people] + [("crm", r) for r in systems]
    if not people:
        assert [(row.reason, row.detail) for row in decision.audit] == [(Reason.STALE, "1860 s")]


def test_a_key_is_quiet_after_an_alert_and_the_next_one_says_how_much_was_swallowed() -> None:
    throttle = Throttle((10 * MINUTE,), forget_after=timedelta())
    memory = Memory(an_engine(a_rule(every=throttle, key="customer", max_age=timedelta(days=2))))
    calls = [
        a_call(id=str(minute), ended_at=NOON + minute * MINUTE) for minute in (0, 1, 9, 11, 12)
    ]

    memory.take_in(calls, LATER)

    assert [(a.calls[0].id, a.suppressed) for a in memory.alerts.values()] == [("0", 0), ("11", 2)]
    throttled = [row for row in memory.audit if row.reason is Reason.THROTTLED]
    assert [(row.call, row.detail) for row in throttled] == [("1", "1"), ("9", "2"), ("12", "1")]
    assert memory.throttles["goi_nho", "+84901234567"].swallowed == 1


KEYS = [
    ("", "1415096549774721835"),
    ("customer", "+84901234567"),
    ("hotline", "19001000"),
    ("direction", "in"),
    ("miss_reason", "caller_hung_up"),
    ("target", "101 102"),
    ("trunk", "sip1"),
    ("end_reason", "caller_disconnect busy"),
    ("has_recording", "false"),
    ("hour", "12"),
    ("weekday", "mon"),
    ("extension", "1415096549774721835"),
    ("agent", "1415096549774721835"),
]


@pytest.mark.parametrize(("field", "key"), KEYS, ids=[k[0] or "none" for k in KEYS])
def test_an_alert_is_about_the_value_of_a_field_or_else_the_call(field: str, key: str) -> None:
    legs = (a_leg(trunk="sip1"), a_leg("102", end_reason="busy", trunk="sip1"))

    assert key_of(a_rule(key=field), a_call(legs=legs), HANOI) == key


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("call", [a_call(), a_talk(), a_call(legs=(), ended_at=None)])
def test_every_field_that_a_file_may_name_can_be_a_key(field: str, call: Call) -> None:
    every = Throttle((MINUTE,), forget_after=timedelta())
    engine = an_engine(a_rule(key=field, every=every, test=lambda _: True))

    needs = engine.needs([a_change(call)])

    assert needs.keys == {("goi_nho", key_of(engine.rules[0], call, HANOI))}
    assert key_of(engine.rules[0], call, HANOI) not in {"", "None"}
    assert engine.feed([a_change(call)], Standing(), LATER).alerts or call.ended_at is None


def test_the_store_is_asked_for_what_will_be_looked_at() -> None:
    engine = an_engine(
        a_rule(limit=Limit(1, 3 * timedelta(hours=1))),
        a_rule("khach", key="customer", every=Throttle((MINUTE,), forget_after=timedelta())),
    )

    needs = engine.needs([a_change(), a_change(a_call(id="2"))])

    assert needs.subjects == {"1415096549774721835", "2"}
    assert needs.keys == {("khach", "+84901234567")}
    assert engine.longest_limit == 3 * timedelta(hours=1)
    assert an_engine().longest_limit == 10 * MINUTE


def test_both_rows_of_an_internal_call_alert_once_and_the_first_decides() -> None:
    one, other = (
        a_call(id=identity, direction=direction, session="s-1")
        for identity, direction in (("1", Direction.EXT_OUT), ("2", Direction.EXT_IN))
    )
    rule = a_rule(test=lambda call: call.state is CallState.NOT_ANSWERED)
    memory = Memory(an_engine(rule))

    memory.take_in([one], SOON)
    memory.take_in([other], SOON)
    memory.take_in([replace(other, state=CallState.ANSWERED)], SOON)

    (alert,) = memory.alerts.values()
    assert (alert.state, alert.calls[0].id) == (AlertState.OPEN, "1")


def test_both_rows_of_an_internal_call_in_one_page_alert_once() -> None:
    twins = [a_call(id=identity, direction=Direction.EXT, session="s-1") for identity in ("2", "1")]

    decision = an_engine(a_rule(test=lambda _: True)).feed(
        [a_change(twin) for twin in twins], Standing(), SOON
    )

    assert [alert.calls[0].id for alert in decision.alerts] == ["1"]


def test_an_internal_call_whose_session_is_told_later_alerts_once() -> None:
    rule = a_rule(test=lambda call: call.state is CallState.NOT_ANSWERED)
    memory = Memory(an_engine(rule))
    alone, paired = (a_call(direction=Direction.EXT, session=session) for session in ("", "s-1"))
    memory.take_in([alone], SOON)
    memory.deliver(SOON)

    memory.take_in([replace(paired, state=CallState.ANSWERED)], SOON)
    memory.take_in([paired], SOON)

    assert len(memory.alerts) == 1
    assert [draft.reason for draft in memory.drafts()] == [Reason.NEW] + [Reason.REVISED] * 2
    needs = memory.engine.needs([a_change(paired, alone)])
    assert needs.subjects == {alone.id, "session:s-1"}


def test_a_rule_that_was_edited_since_takes_nothing_back() -> None:
    strict = a_rule(test=lambda call: call.missed and call.hotline == "19002000")
    memory = Memory(an_engine())
    memory.take_in([a_call()], SOON)
    memory.deliver(SOON)
    memory.engine = an_engine(strict)

    memory.take_in([a_call(note="đã gọi lại")], SOON)

    (alert,) = memory.alerts.values()
    assert (alert.state, alert.corrected) == (AlertState.OPEN, 0)
    assert reasons(memory.audit) == [Reason.NEW, Reason.REVISED]


def test_a_webhook_is_told_the_revision_of_the_call_also_when_a_timer_fired() -> None:
    memory = Memory(an_engine(a_rule(to=("crm",))))
    memory.take_in([a_call()], NOON + 30 * SECOND)
    memory.take_in([a_call(note="x")], NOON + 31 * SECOND)

    memory.judge_due(SOON)

    (draft,) = memory.drafts()
    assert b'"revision":2' in (draft.body or b"")


# Properties


def test_judging_twice_what_was_judged_adds_nothing() -> None:
    memory = Memory(an_engine(a_rule(to=("quan_ly", "crm"))))
    changes = [a_change(), a_change(a_call(id="2"))]
    memory.judge(changes, SOON)

    assert memory.judge(changes, SOON) == Decision()


ids = some.lists(some.integers(0, 40).map(str), min_size=1, max_size=14, unique=True)


@some.composite
def calls(draw: some.DrawFn) -> list[Call]:
    return [
        a_call(
            id=identity,
            ended_at=NOON + draw(some.integers(0, 120)) * SECOND,
            hotline=draw(some.sampled_from(["19001000", "19002000"])),
            direction=draw(some.sampled_from(Direction)),
            session=draw(some.sampled_from(["", "s-1", "s-2"])),
            state=draw(some.sampled_from(CallState)),
        )
        for identity in draw(ids)
    ]


RULES = (
    a_rule(to=("quan_ly", "crm")),
    a_rule("hotline", test=lambda call: call.hotline == "19001000", settle=timedelta()),
    a_rule("tat_ca", test=lambda _: True, to=("truong_nhom",), max_age=timedelta(days=9)),
    a_rule("vang", test=lambda _: True, stale=Stale.DROP),
)


def about_calls(memory: Memory) -> set[str]:
    """Return the alerts but for digests, whose first member depends on when it came."""
    return {alert.id for alert in memory.alerts.values() if alert.calls}


@given(history=calls(), data=some.data())
def test_however_a_history_is_cut_and_shuffled_the_alerts_are_the_same(
    history: list[Call], data: some.DataObject
) -> None:
    whole, cut = Memory(an_engine(*RULES)), Memory(an_engine(*RULES))
    whole.take_in(history, LATER)

    rest = data.draw(some.permutations(history))
    while rest:
        size = data.draw(some.integers(1, len(rest)))
        cut.take_in(rest[:size], LATER)
        rest = rest[size:]

    assert about_calls(cut) == about_calls(whole)


@given(history=calls(), data=some.data())
def test_however_the_readings_and_the_timers_fall_the_alerts_are_the_same(
    history: list[Call], data: some.DataObject
) -> None:
    rules = [replace(rule, max_age=timedelta(days=9)) for rule in RULES]
    whole, cut = Memory(an_engine(*rules)), Memory(an_engine(*rules))
    whole.take_in(history, LATER)

    now = NOON
    for call in data.draw(some.permutations(history)):
        now += data.draw(some.integers(0, 40)) * SECOND
        cut.take_in([call], now)
        cut.judge_due(now)
    cut.judge_due(LATER)

    assert about_calls(cut) == about_calls(whole)
    assert cut.settling == []


@given(history=calls())
def test_batches_in_the_order_of_events_throttle_as_one_batch_does(history: list[Call]) -> None:
    every = Throttle((20 * SECOND, MINUTE), forget_after=20 * SECOND)
    rule = a_rule(test=lambda _: True, key="hotline", every=every)
    whole, cut = Memory(an_engine(rule)), Memory(an_engine(rule))

    whole.take_in(history, LATER)
    for call in sorted(history, key=lambda call: (call.ended_at, call.id)):
        cut.take_in([call], LATER)

    def told(memory: Memory) -> dict[str, int]:
        return {a.id: a.suppressed for a in memory.alerts.values() if a.calls}

    assert told(cut) == told(whole)
    assert cut.throttles == whole.throttles


@given(history=calls(), now=some.integers(0, 4000))
def test_every_match_is_an_alert_a_timer_or_a_row_that_says_why_not(
    history: list[Call], now: int
) -> None:
    every = Throttle((MINUTE,), forget_after=timedelta())
    rules = (
        *RULES,
        a_rule("dem", during=(OPEN_AT_NIGHT,)),
        a_rule("khach", key="customer", every=every),
    )
    memory = Memory(an_engine(*rules))

    memory.take_in(history, NOON + now * SECOND)

    alerts = {(a.rule, a.calls[0].subject) for a in memory.alerts.values() if a.calls}
    noted = {(row.rule, row.call) for row in memory.audit}
    for call in history:
        for rule in (rule for rule in rules if rule.test(call)):
            assert (
                (rule.name, call.subject) in alerts
                or (rule.name, call.id, TimerKind.SETTLE) in memory.timers
                or (rule.name, call.id) in noted
            )


READINGS = [
    a_call(),
    a_talk(),
    a_call(note="hẹn chiều"),
    a_talk(note="hẹn chiều"),
    a_talk(recording_urls=("https://r/1",)),
    a_call(ended_at=None),
    a_talk(**ONGOING),
    a_talk(agent="Minh"),
]


@given(
    steps=some.lists(
        some.tuples(some.sampled_from(READINGS), some.integers(0, 60), some.booleans()),
        max_size=12,
    )
)
def test_however_a_call_is_corrected_each_rule_alerts_once_and_each_heard_flip_is_one_edit(
    steps: list[tuple[Call, int, bool]],
) -> None:
    rules = (a_rule(to=("quan_ly", "crm")), a_rule("tat_ca", test=lambda _: True, to=("crm",)))
    memory = Memory(an_engine(*rules))
    now = NOON + 20 * SECOND
    for reading, pause, sends in steps:
        now += pause * SECOND
        was = {alert.id: alert.state for alert in memory.alerts.values()}
        heard = {
            (debt.draft.alert, debt.draft.channel)
            for debt in memory.debts.values()
            if debt.draft.reason is Reason.NEW and debt.state is DeliveryState.DELIVERED
        }
        decision = memory.take_in([reading], now)

        for alert in decision.changed:
            flipped = (was[alert.id] is AlertState.OPEN) != (alert.state is AlertState.OPEN)
            edits = [
                draft.channel
                for draft in decision.drafts
                if draft.alert == alert.id and draft.reason is Reason.REVISED
            ]
            if flipped:
                assert sorted(edits) == sorted(name for about, name in heard if about == alert.id)
        memory.judge_due(now)
        if sends:
            memory.deliver(now)

    subjects = [(alert.rule, alert.calls[0].subject) for alert in memory.alerts.values()]
    assert len(subjects) == len(set(subjects))
    memory.deliver(now)
    for alert in memory.alerts.values():
        new = [
            (d.draft.alert, d.draft.channel)
            for d in memory.debts.values()
            if d.draft.reason is Reason.NEW and d.sent and d.draft.alert == alert.id
        ]
        assert len(new) == len(set(new))
        if alert.state is AlertState.OPEN:
            assert {channel for _, channel in new} == set(
                next(rule.to for rule in rules if rule.name == alert.rule)
            )


def test_a_timer_whose_call_matches_no_more_leaves_a_reason() -> None:
    rule = a_rule(settle=45 * SECOND)
    flipped = a_change(a_talk())
    timer = Timer(rule.name, flipped.after.id, TimerKind.SETTLE, NOON)

    decision = an_engine(rule).advance([Due(timer, change=flipped)], Standing(), NOON + 10 * MINUTE)

    assert [row.reason for row in decision.audit] == [Reason.OBSOLETE]
    assert decision.alerts == []


def test_a_reading_that_is_judged_needs_no_timer_any_more() -> None:
    rule = a_rule(settle=timedelta())
    change = a_change(a_call(), before=a_talk(ended_at=None))

    decision = an_engine(rule).feed([change], Standing(), NOON + MINUTE)

    assert decision.over == [(rule.name, change.after.id, TimerKind.SETTLE)]
    assert len(decision.alerts) == 1


def test_a_flip_edits_the_digest_that_told_of_the_call() -> None:
    rule = a_rule()
    known = an_alert(rule=rule.name)
    digest = an_alert(id="digest", kind=AlertKind.DIGEST, rule="limit", calls=())
    standing = Standing(
        alerts={(rule.name, a_call().subject): known},
        gathered={known.id: (("quan_ly", digest),)},
    )
    change = a_change(a_talk(), before=a_call())

    decision = an_engine(rule).feed([change], standing, NOON + 10 * MINUTE)

    owed = [(d.alert, d.channel, d.reason, d.revision) for d in decision.drafts if not d.event]
    assert owed == [("digest", "quan_ly", Reason.REVISED, digest.revision + 1)]
    assert [alert.state for alert in decision.changed] == [AlertState.REVISED, AlertState.OPEN]
