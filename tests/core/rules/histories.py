"""Any histories and any rules, small enough to collide: what properties of the engine draw from."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import strategies as some

from notifier.core.calendars import Calendar, Span
from notifier.core.calls import Call, CallState, Direction
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.engine import Engine
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import FollowUp, Limit, Quiet, Rule, Throttle, Unless
from tests.builders import HANOI, MINUTE, NOON, a_call, a_leg, a_rule, a_talk, an_engine

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

OFFICE = Calendar(
    "gio_lam",
    HANOI,
    {day: (Span(time(8), time(12)), Span(time(13), time(17, 30))) for day in range(5)},
)
NIGHT = Calendar("truc_dem", HANOI, {day: (Span(time(20), time(6)),) for day in range(7)})

ENOUGH = Limit(1_000_000, MINUTE)
"""A limit that nothing reaches."""


def missed(call: Call) -> bool:
    return call.missed


def answered(call: Call) -> bool:
    return call.state is CallState.ANSWERED and not call.internal


def inbound(call: Call) -> bool:
    return call.inbound


def anything(_: Call) -> bool:
    return True


def outbound(call: Call) -> bool:
    return call.direction is Direction.OUT


CALLED_BACK = FollowUp(answered, EVERY, called_back=True)

STEP = 5 * MINUTE
"""Everything happens on the beat of this, so that edges are met often."""

spans = some.integers(1, 18).map(lambda number: number * STEP)


def _legs(numbers: tuple[str, ...], by: str) -> Any:
    return tuple(
        a_leg(n, status=CallState.ANSWERED if n == by else CallState.NOT_ANSWERED) for n in numbers
    )


@some.composite
def any_call(draw: some.DrawFn, identity: str, longest: int) -> Call:
    started_at = NOON + draw(some.integers(0, longest)) * STEP
    length = draw(some.sampled_from([0, 0, 0, 1, 1, 2, 9]))
    rung = draw(some.sampled_from([(), ("101",), ("101", "102"), ("101", "102", "103")]))
    customer = draw(some.sampled_from(["", "+84901234567", "+84912345678"]))
    facts: dict[str, Any] = {
        "id": identity,
        "customer": customer,
        "hotline": draw(some.sampled_from(["19001000", "19002000"])),
        "started_at": started_at,
        "ended_at": started_at + length * STEP,
        "legs": _legs(rung, ""),
    }
    direction = draw(some.sampled_from([Direction.IN, Direction.IN, Direction.OUT]))
    if draw(some.booleans()):
        return a_call(direction=direction, **facts)
    by = draw(some.sampled_from(["101", "102"]))
    facts["legs"] = _legs((*rung, by) if by not in rung else rung, by)
    return a_talk(direction=direction, duration=length * STEP, extension=by, agent=by, **facts)


def sizes(most: int) -> some.SearchStrategy[int]:
    return some.integers(0, most).map(lambda fewer: most - fewer)


@some.composite
def histories(draw: some.DrawFn, longest: int = 24, most: int = 12) -> list[Call]:
    """Give calls within so many steps after noon; all of them are over."""
    ids = draw(some.permutations([str(number) for number in range(draw(sizes(most)))]))
    return [draw(any_call(identity, longest)) for identity in ids]


@some.composite
def weekly_histories(draw: some.DrawFn, weeks: int = 5, most: int = 16) -> list[Call]:
    """Give calls within an hour after noon, on the same weekday of so many weeks."""
    calls = draw(histories(longest=12, most=most))
    return [moved(call, draw(some.integers(0, weeks - 1)) * WEEK) for call in calls]


pauses = some.integers(1, 6).map(lambda number: number * STEP)

throttles = some.builds(
    Throttle,
    steps=some.lists(pauses, min_size=1, max_size=3).map(tuple),
    forget_after=some.integers(0, 18).map(lambda number: number * STEP),
)

tests = some.sampled_from([missed, answered, inbound, anything])
hours = some.sampled_from([(), (), (), (), (OFFICE,), (NIGHT,), (OFFICE, NIGHT)])
pers = some.sampled_from(["", "", "customer", "hotline", "extension", "target"])
fields = some.sampled_from(["customer", "hotline", "extension"])

whole_counts = some.builds(Count, at_least=some.integers(1, 3), within=spans, per=pers)
counts: some.SearchStrategy[Aggregate] = some.builds(
    replace, whole_counts, reset=some.sampled_from([None, answered, outbound])
)
distincts = some.builds(
    Distinct,
    field=fields | some.just("target"),
    at_least=some.integers(1, 3),
    within=spans,
    per=pers,
)
sums = some.builds(
    Sum,
    field=some.sampled_from(["duration", "ring"]),
    above=some.sampled_from([0, 1, 3]).map(lambda number: number * STEP),
    within=spans,
    per=pers,
)
ratios = some.builds(
    Ratio,
    of=some.sampled_from([missed, answered]),
    within=spans,
    least=some.integers(1, 3),
    above=some.sampled_from([None, 0.2, 0.5]),
    below=some.sampled_from([None, 0.5, 0.8]),
    per=pers,
)
spikes = some.builds(
    Spike,
    times=some.sampled_from([1.0, 1.5, 3.0]),
    weeks=some.integers(1, 4),
    least=some.integers(1, 3),
    within=spans,
    per=pers,
)
news = some.builds(New, field=fields | some.just("target"), lookback=spans)

aggregates: some.SearchStrategy[Aggregate] = some.one_of(counts, distincts, sums, ratios, news)

growing: some.SearchStrategy[Aggregate] = some.one_of(whole_counts, distincts, sums)
"""Windows that a further call never makes untrue."""

FINAL: dict[str, Any] = {"settle": STEP, "max_age": timedelta(days=900)}


@some.composite
def rules_of(draw: some.DrawFn, /, **wanted: some.SearchStrategy[Any]) -> Rule:
    """Give rules for settled calls of any age, with what is wanted drawn."""
    drawn = {name: draw(strategy) for name, strategy in wanted.items()}
    hold = {"test": draw(tests), "during": draw(hours), **FINAL}
    return a_rule("luat", **{**hold, **drawn})


def read_at(call: Call, rule: Rule) -> datetime:
    return (call.ended_at or call.started_at) + rule.settle


follow_ups = some.sampled_from(
    [
        (CALLED_BACK,),
        (CALLED_BACK, FollowUp(outbound, EVERY, ("hotline",))),
        (FollowUp(anything, EVERY, ("customer", "hotline")),),
        (FollowUp(answered, EVERY, ("extension",)),),
    ]
)
unlesses = some.builds(
    Unless,
    follow_ups=follow_ups,
    within=some.integers(2, 18).map(lambda number: number * STEP),
    clock=hours,
)
quiets = some.builds(Quiet, span=spans, per=some.sampled_from(["", "", "hotline", "target"]))
lags = some.sampled_from([timedelta(), 2 * STEP])


def an_unlimited_engine(*rules: Rule, **overrides: Any) -> Engine:
    return an_engine(*rules, **{"chat_limit": ENOUGH, **overrides})


def moved(call: Call, by: timedelta) -> Call:
    ended_at = call.ended_at + by if call.ended_at else None
    return replace(call, started_at=call.started_at + by, ended_at=ended_at)
