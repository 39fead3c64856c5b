"""What is told does not hang on when calls were read, nor on what happened to the process."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from notifier.core.alerts import UNTRUE, AlertKind, AlertState, Reason, Severity
from notifier.core.calls import Call, CallState
from notifier.core.decisions import ThrottleState, Timer, TimerKind
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import (
    Digest,
    Group,
    Limit,
    Mute,
    Rule,
    Stale,
    Suppress,
    Throttle,
    Unless,
)
from notifier.core.rules.rehearsals import Rehearsal
from notifier.core.rules.windows import SLACK
from tests.builders import NOON, a_leg, a_rule, an_engine
from tests.core.rules.histories import (
    CALLED_BACK,
    DAY,
    FINAL,
    STEP,
    aggregates,
    an_unlimited_engine,
    counts,
    growing,
    histories,
    hours,
    lags,
    quiets,
    rules_of,
    spans,
    throttles,
    unlesses,
)
from tests.core.rules.reference import told

Arrival = tuple[Call, datetime]

UNTIL = NOON + 3 * DAY

LATEST = SLACK // STEP
"""Steps; what comes later than that finds its neighbours gone."""


def ended(call: Call) -> datetime:
    return call.ended_at or call.started_at


def promptly(calls: Iterable[Call], rule: Rule) -> list[Arrival]:
    """Have each call be read once it is final, in the order of their ends."""
    return [
        (call, ended(call) + rule.settle)
        for call in sorted(calls, key=lambda call: (ended(call), call.id))
    ]


@some.composite
def arrivals(draw: some.DrawFn, most: int, longest: int = 24) -> tuple[list[Call], list[Arrival]]:
    """Give a history, and each of its calls read less than so many steps after it ended."""
    calls = draw(histories(longest=longest))
    late = [(call, ended(call) + draw(some.integers(0, most - 1)) * STEP) for call in calls]
    return calls, sorted(draw(some.permutations(late)), key=lambda arrival: arrival[1])


def run_of(engine: Engine, read: Iterable[Arrival]) -> Rehearsal:
    run = Rehearsal(engine)
    run.begin(NOON)
    for call, at in read:
        run.see(call, at)
    run.advance(UNTIL)
    return run


def facts(run: Rehearsal) -> set[tuple[object, ...]]:
    """Return what each alert is, without when it was told."""
    return {
        (a.id, a.key, a.occurred_at, a.count, a.suppressed, a.deadline, a.state in UNTRUE)
        for a in run.alerts
        if a.kind is not AlertKind.DIGEST
    }


PATIENT = some.sampled_from([3 * STEP])


@settings(deadline=None)
@given(
    history=arrivals(3),
    rule=rules_of(
        every=some.none() | throttles, settle=PATIENT, key=some.sampled_from(["", "customer"])
    ),
)
def test_a_call_read_in_any_order_before_it_settles(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    calls, read = history
    engine = an_unlimited_engine(rule)

    assert facts(run_of(engine, read)) == facts(run_of(engine, promptly(calls, rule)))


@settings(deadline=None)
@given(
    history=arrivals(3),
    rule=rules_of(every=some.none() | throttles, settle=PATIENT, aggregate=aggregates),
)
def test_a_window_read_in_any_order_before_it_settles(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    calls, read = history
    engine = an_unlimited_engine(rule)

    assert facts(run_of(engine, read)) == facts(run_of(engine, promptly(calls, rule)))


@settings(deadline=None)
@given(history=arrivals(40), rule=rules_of())
def test_however_late_a_call_by_itself(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    calls, read = history
    engine = an_unlimited_engine(rule)

    assert facts(run_of(engine, read)) == facts(run_of(engine, promptly(calls, rule)))


LONG = some.just(Throttle((7 * DAY,), timedelta()))


def true(run: Rehearsal) -> set[str]:
    return {a.id for a in run.alerts if a.state not in UNTRUE}


@settings(deadline=None, max_examples=150)
@given(history=arrivals(LATEST), rule=rules_of(aggregate=aggregates))
def test_however_late_a_window_without_a_pause(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    calls, read = history
    engine = an_unlimited_engine(rule)

    assert true(run_of(engine, read)) == true(run_of(engine, promptly(calls, rule)))


@settings(deadline=None, max_examples=150)
@given(history=arrivals(LATEST - 8), rule=rules_of(aggregate=aggregates), pause=some.integers(1, 8))
def test_however_many_late_calls_one_poll_reads(
    history: tuple[list[Call], list[Arrival]], rule: Rule, pause: int
) -> None:
    calls, read = history
    engine = an_unlimited_engine(rule)
    polls: dict[datetime, list[Call]] = {}
    for call, at in read:
        polls.setdefault(NOON - (NOON - at) // (pause * STEP) * pause * STEP, []).append(call)

    late = Rehearsal(engine)
    for at, page in polls.items():
        late.see_all(page, at)
    late.advance(UNTIL)

    assert true(late) == true(run_of(engine, promptly(calls, rule)))


@settings(deadline=None, max_examples=150)
@given(history=arrivals(LATEST), rule=rules_of(aggregate=growing, every=throttles))
def test_however_late_a_window_that_only_grows_its_key_is_told_of(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    calls, read = history

    late = run_of(an_unlimited_engine(rule), read)

    assert true_keys(late) == {one.key for one in told(rule, calls, NOON, UNTIL)}


@settings(deadline=None, max_examples=150)
@given(history=arrivals(LATEST), rule=rules_of(aggregate=aggregates, every=LONG))
def test_however_late_a_window_no_key_is_told_of_that_has_none_that_is_true(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    calls, read = history

    late = run_of(an_unlimited_engine(rule), read)

    # what a pause swallowed is not told when the alert that began the pause is taken back
    assert true_keys(late) <= {one.key for one in told(rule, calls, NOON, UNTIL)}


def true_keys(run: Rehearsal) -> set[str]:
    return {alert.key for alert in run.alerts if alert.state not in UNTRUE}


# The process


def timers_of(run: Rehearsal) -> Mapping[tuple[str, str, TimerKind], Timer]:
    return run._timers  # noqa: SLF001 - what a store would keep


def throttles_of(run: Rehearsal) -> Mapping[tuple[str, str], ThrottleState]:
    return run._past.standing.throttles  # noqa: SLF001 - likewise


def edit(run: Rehearsal, engine: Engine) -> None:
    """Let `run` go on by an edited file."""
    run.engine = run._past.engine = replace(engine, rehearsing=True)  # noqa: SLF001 - as a reload


def restart(run: Rehearsal) -> None:
    """Make the windows anew from what is remembered, as a start does."""
    fresh = run.engine.windows()
    for change in run._past.calls.values():  # noqa: SLF001 - what a store would have
        fresh.note(change.after)
    fresh.began = run._windows.began  # noqa: SLF001 - likewise
    timers = timers_of(run)
    fresh.unjudged = {(rule, key) for rule, key, kind in timers if kind is TimerKind.SETTLE}
    run._windows = fresh  # noqa: SLF001 - the process is another one


UNQUIET = rules_of(every=some.none() | throttles, aggregate=some.none() | aggregates) | rules_of(
    every=some.none() | throttles,
    unless=unlesses,
    lag=lags,
    key=some.sampled_from(["", "customer"]),
)
FULL = UNQUIET | rules_of(every=some.none() | throttles, quiet=quiets, lag=lags)


@settings(deadline=None, max_examples=60)
@given(history=arrivals(LATEST), rule=FULL)
def test_a_restart_between_any_two_steps_changes_nothing(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    _, read = history
    engine = an_unlimited_engine(rule)
    whole, broken = Rehearsal(engine), Rehearsal(engine)
    whole.begin(NOON)
    broken.begin(NOON)

    for call, at in read:
        whole.see(call, at)
        broken.advance(at)
        restart(broken)
        broken.see(call, at)
        restart(broken)
    whole.advance(UNTIL)
    broken.advance(UNTIL)

    assert broken.alerts == whole.alerts
    assert throttles_of(broken) == throttles_of(whole)
    assert timers_of(broken) == timers_of(whole)


@settings(deadline=None, max_examples=60)
@given(history=arrivals(1), rule=UNQUIET)
def test_a_history_that_nothing_holds_up_may_be_cut_as_it_likes(
    history: tuple[list[Call], list[Arrival]], rule: Rule
) -> None:
    _, read = history
    engine = an_unlimited_engine(rule)
    whole, cut = run_of(engine, read), Rehearsal(engine)
    cut.begin(NOON)
    by_instant: dict[datetime, list[Call]] = {}
    for call, at in read:
        by_instant.setdefault(at, []).append(call)

    for at, calls in by_instant.items():
        cut.see_all(calls, at)
    cut.advance(UNTIL)

    assert facts(cut) == facts(whole)
    assert throttles_of(cut) == throttles_of(whole)


@settings(deadline=None, max_examples=60)
@given(history=arrivals(10), rule=FULL, turn=some.integers(0, 12))
def test_an_edit_of_the_words_and_the_readers_of_a_rule_moves_nothing(
    history: tuple[list[Call], list[Arrival]], rule: Rule, turn: int
) -> None:
    _, read = history
    edited = replace(rule, to=("truong_nhom", "crm"), severity=Severity.CRITICAL, owner="Lan")
    whole, other = Rehearsal(an_unlimited_engine(rule)), Rehearsal(an_unlimited_engine(rule))
    whole.begin(NOON)
    other.begin(NOON)

    for place, (call, at) in enumerate(read):
        edit(other, an_unlimited_engine(rule if place < turn else edited))
        whole.see(call, at)
        other.see(call, at)
    whole.advance(UNTIL)
    other.advance(UNTIL)

    assert facts(other) == facts(whole)
    assert throttles_of(other) == throttles_of(whole)
    assert timers_of(other) == timers_of(whole)


# Corrections


def flipped(call: Call) -> Call:
    """Return the same call as a reading that says the opposite."""
    legs = call.legs or (a_leg(),)
    if call.state is CallState.ANSWERED:
        quiet = tuple(replace(leg, status=CallState.NOT_ANSWERED) for leg in legs)
        return replace(call, state=CallState.NOT_ANSWERED, legs=quiet, duration=timedelta())
    spoken = tuple(replace(leg, status=CallState.ANSWERED) for leg in legs)
    return replace(call, state=CallState.ANSWERED, legs=spoken)


@some.composite
def corrections(draw: some.DrawFn, within: int) -> tuple[list[Arrival], list[Arrival]]:
    """Give readings that flip within so many steps of a call's end, and the last ones alone."""
    every: list[Arrival] = []
    last: list[Arrival] = []
    for call in draw(histories(most=8)):
        flips = draw(some.integers(0, 3))
        steps = sorted(draw(some.sets(some.integers(0, within - 1), min_size=flips + 1)))
        readings = [call if (flips - turn) % 2 == 0 else flipped(call) for turn in range(flips + 1)]
        times = [ended(call) + step * STEP for step in steps[-flips - 1 :]]
        every += zip(readings, times, strict=True)
        last.append((call, times[-1]))
    return sorted(every, key=lambda a: a[1]), sorted(last, key=lambda a: a[1])


def standing(run: Rehearsal) -> set[tuple[str, AlertState]]:
    return {(a.id, a.state) for a in run.alerts if a.state not in UNTRUE}


@settings(deadline=None)
@given(read=corrections(12), rule=rules_of())
def test_a_call_that_flips_ends_as_if_only_its_last_reading_had_been(
    read: tuple[list[Arrival], list[Arrival]], rule: Rule
) -> None:
    engine = an_unlimited_engine(rule)
    every, last = read

    assert standing(run_of(engine, every)) == standing(run_of(engine, last))


@settings(deadline=None)
@given(read=corrections(12), rule=rules_of(aggregate=counts))
def test_a_count_whose_calls_flip_ends_as_if_only_the_last_readings_had_been(
    read: tuple[list[Arrival], list[Arrival]], rule: Rule
) -> None:
    engine = an_unlimited_engine(rule)
    every, last = read

    assert standing(run_of(engine, every)) == standing(run_of(engine, last))


def apart(read: Iterable[Arrival]) -> list[Arrival]:
    """Have every call be of a customer of its own, so that none follows on another."""
    return [(replace(call, customer=f"+8490{call.id}"), at) for call, at in read]


@settings(deadline=None)
@given(
    read=corrections(12),
    rule=rules_of(unless=some.builds(Unless, some.just((CALLED_BACK,)), spans, hours), lag=lags),
)
def test_an_absence_whose_call_flips_ends_as_if_only_its_last_reading_had_been(
    read: tuple[list[Arrival], list[Arrival]], rule: Rule
) -> None:
    engine = an_unlimited_engine(rule)
    every, last = (apart(one) for one in read)

    assert standing(run_of(engine, every)) == standing(run_of(engine, last))


# Nothing is lost


@settings(deadline=None)
@given(
    read=corrections(6),
    rule=rules_of(
        every=some.none() | throttles,
        unless=some.none() | unlesses,
        key=some.sampled_from(["", "customer", "hotline"]),
        stale=some.sampled_from(Stale),
        max_age=some.sampled_from([STEP, 900 * DAY]),
        settle=some.sampled_from([timedelta(), 2 * STEP]),
        lag=lags,
    ),
    mutes=some.sampled_from([(), (Mute("m1", NOON, NOON + 9 * STEP, "Lan", "bảo trì"),)]),
    now=some.integers(0, 40),
)
def test_every_match_is_told_of_awaited_counted_or_explained(
    read: tuple[list[Arrival], list[Arrival]], rule: Rule, mutes: tuple[Mute, ...], now: int
) -> None:
    run = Rehearsal(an_unlimited_engine(rule), mutes)
    run.begin(NOON)

    until = NOON + now * STEP
    seen = [(call, at) for call, at in read[0] if at <= until]
    for call, at in seen:
        run.see(call, at)
    run.advance(until)

    told_of = {call.id for alert in run.alerts for call in alert.calls}
    awaited = {key for _, key, _ in timers_of(run)}
    explained = {row.call for row in run.audit}
    matched = {call.id for call, _ in seen if rule.test(call)}
    assert matched <= told_of | awaited | explained


@settings(deadline=None)
@given(
    calls=histories(),
    rule=rules_of(
        every=some.none() | throttles,
        aggregate=some.none() | aggregates,
        to=some.just(("quan_ly", "truong_nhom")),
        stale=some.sampled_from([Stale.SEND, Stale.DIGEST]),
        max_age=some.sampled_from([STEP, 900 * DAY]),
        limit=some.none() | some.just(Limit(1, 6 * STEP)),
        group=some.none() | some.just(Group(("hotline",), STEP, 3 * STEP)),
        digest=some.none() | some.just(Digest(every=4 * STEP, per="hotline")),
    ),
    late=some.integers(0, 4),
)
def test_every_alert_is_told_to_each_channel_by_itself_or_in_a_message_with_others(
    calls: list[Call], rule: Rule, late: int
) -> None:
    engine = an_engine(rule, chat_limit=Limit(2, 4 * STEP))

    run = run_of(engine, [(call, at + late * STEP) for call, at in promptly(calls, rule)])

    told_of = {(t.alert.id, t.channel) for t in run.tellings if t.reason is Reason.NEW}
    gathered = {(row.alert, row.channel) for row in run.audit if row.reason in GATHERED}
    alerts = {a.id for a in run.alerts if a.kind is not AlertKind.DIGEST}
    assert {(alert, to) for alert in alerts for to in rule.to} == told_of | gathered
    assert not told_of & gathered


GATHERED = frozenset({Reason.STALE, Reason.OVER_LIMIT, Reason.GROUPED})


@settings(deadline=None)
@given(calls=histories())
def test_what_another_rule_speaks_for_is_counted_on_its_alert(calls: list[Call]) -> None:
    speaker = a_rule("tong", to=(), **FINAL)
    other = a_rule("nho", **FINAL)
    order = Suppress("tong", frozenset({"nho"}), same=("hotline",))
    engine = an_unlimited_engine(speaker, other, suppress=(order,))

    run = run_of(engine, promptly(calls, other))

    told_of = sum(1 for alert in run.alerts if alert.rule == "nho")
    counted = sum(alert.suppressed for alert in run.alerts if alert.rule == "tong")
    explained = sum(1 for row in run.audit if row.reason is Reason.SUPPRESSED)
    assert told_of + counted == sum(1 for call in calls if call.missed)
    assert explained == counted
