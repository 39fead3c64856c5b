"""What each operator asks of several calls, at its edges."""

from datetime import timedelta
from typing import Any

import pytest

from notifier.core.calls import Call
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.model import Rule
from tests.builders import MINUTE, a_leg
from tests.core.rules.scenes import (
    a_conversation,
    a_miss,
    a_prompt_rule,
    answered,
    at,
    clock,
    fired,
    played,
    single,
)

TEN = 10 * MINUTE


def anything(_: Call) -> bool:
    return True


def missed(call: Call) -> bool:
    return call.missed


def a_rule_of(aggregate: Aggregate, **overrides: Any) -> Rule:
    return a_prompt_rule(aggregate=aggregate, **overrides)


def misses(*times: str, **overrides: Any) -> list[Call]:
    return [a_miss(when, **overrides) for when in times]


THREE_IN_TEN = Count(3, TEN)

COUNTS: list[tuple[str, list[Call], list[str]]] = [
    ("the oldest edge is not in it", misses("09:00", "09:05", "09:10"), []),
    ("just within", misses("09:01", "09:05", "09:10"), ["09:10"]),
    ("one too few", misses("09:00", "09:01"), []),
    ("at one instant", [a_miss("09:00", id=i) for i in "123"], ["09:00"]),
    ("once more is one more", misses("09:00", "09:01", "09:02", "09:03"), ["09:02", "09:03"]),
    (
        "those it does not ask for do not count",
        [*misses("09:00", "09:01"), a_conversation("09:02")],
        [],
    ),
]


@pytest.mark.parametrize(("calls", "moments"), [c[1:] for c in COUNTS], ids=[c[0] for c in COUNTS])
def test_a_count_is_of_the_calls_that_ended_within(calls: list[Call], moments: list[str]) -> None:
    run = played(a_rule_of(THREE_IN_TEN), calls)

    assert fired(run) == moments


RESETS: list[tuple[str, list[Call], list[str]]] = [
    ("starts again", [*misses("09:00", "09:01", "09:04"), a_conversation("09:02")], []),
    ("before them all", [*misses("09:02", "09:03", "09:04"), a_conversation("09:00")], ["09:04"]),
    (
        "of another customer",
        [*misses("09:00", "09:01", "09:04"), a_conversation("09:02", customer="+84987654321")],
        ["09:04"],
    ),
    (
        "twice",
        [*misses("09:00", "09:02", "09:04"), a_conversation("09:00"), a_conversation("09:02")],
        [],
    ),
]


@pytest.mark.parametrize(("calls", "moments"), [r[1:] for r in RESETS], ids=[r[0] for r in RESETS])
def test_a_call_that_resets_starts_the_count_of_its_key_again(
    calls: list[Call], moments: list[str]
) -> None:
    counting = Count(3, TEN, per="customer", reset=answered)

    assert fired(played(a_rule_of(counting), calls)) == moments


def test_a_call_that_rings_three_phones_counts_for_each_of_them() -> None:
    rung = tuple(a_leg(number) for number in ("101", "102", "103"))
    calls = [*misses("09:00", "09:01", legs=rung), a_miss("09:02", legs=rung[:1])]

    run = played(a_rule_of(Count(3, TEN, per="target")), calls)

    assert [(alert.key, alert.count) for alert in single(run)] == [("101", 3)]


def test_a_call_that_came_over_two_trunks_counts_for_each_of_them() -> None:
    over = (a_leg("101", trunk="sip1"), a_leg("102", trunk="sip2"), a_leg("103", trunk="sip1"))

    run = played(a_rule_of(Count(1, TEN, per="trunk")), [a_miss("09:00", legs=over)])

    assert [alert.key for alert in single(run)] == ["sip1", "sip2"]


def test_a_call_without_a_value_counts_for_nobody() -> None:
    run = played(a_rule_of(Count(1, TEN, per="extension")), [a_miss("09:00")])

    assert single(run) == []


SHARES: list[tuple[str, Ratio, int, int, list[int]]] = [
    ("exactly so much is not above", Ratio(missed, TEN, least=4, above=0.5), 2, 2, []),
    ("above", Ratio(missed, TEN, least=4, above=0.5), 1, 3, [3]),
    ("too few calls", Ratio(missed, TEN, least=5, above=0.5), 1, 3, []),
    ("exactly so much is not below", Ratio(missed, TEN, least=4, below=0.5), 2, 2, []),
    ("below", Ratio(missed, TEN, least=4, below=0.5), 3, 1, [1]),
    ("none at all", Ratio(missed, TEN, least=4, below=0.5), 4, 0, [0]),
    ("either way", Ratio(missed, TEN, least=4, above=0.9, below=0.1), 0, 4, [4]),
]


@pytest.mark.parametrize(
    ("share", "talks", "lost", "counts"), [s[1:] for s in SHARES], ids=[s[0] for s in SHARES]
)
def test_a_share_is_of_all_that_the_rule_looks_at(
    share: Ratio, talks: int, lost: int, counts: list[int]
) -> None:
    calls = [a_conversation(f"09:0{n}", ended_at=at(f"09:0{n}")) for n in range(talks)]
    calls += misses(*[f"09:0{talks + n}" for n in range(lost)])

    run = played(a_rule_of(share, test=anything), calls)

    assert [alert.count for alert in single(run)] == counts


TALKS: list[tuple[str, list[timedelta], list[str]]] = [
    ("exactly so much", [5 * MINUTE, 5 * MINUTE], []),
    ("a second more", [5 * MINUTE, 5 * MINUTE + timedelta(seconds=1)], ["09:02"]),
    ("one alone", [11 * MINUTE], ["09:01"]),
]


@pytest.mark.parametrize(("talks", "moments"), [t[1:] for t in TALKS], ids=[t[0] for t in TALKS])
def test_a_sum_is_of_the_seconds_that_were_spoken(
    talks: list[timedelta], moments: list[str]
) -> None:
    calls = [a_conversation(f"09:0{n}", duration=talk) for n, talk in enumerate(talks)]
    rule = a_rule_of(Sum("duration", TEN, within=60 * MINUTE), test=answered)

    assert fired(played(rule, calls)) == moments


def test_different_agents_are_counted_once_each_and_nobody_is_none() -> None:
    by = ["Lan", "Lan", "", "Minh"]
    calls = [a_conversation(f"09:0{n}", agent=agent) for n, agent in enumerate(by)]

    run = played(a_rule_of(Distinct("agent", 2, TEN), test=answered), calls)

    assert [(clock(alert.occurred_at), alert.count) for alert in single(run)] == [("09:04", 3)]


def test_different_phones_are_counted_over_all_that_rang() -> None:
    rung = [a_leg("101"), a_leg("102"), a_leg("103")]
    calls = [a_miss("09:00", legs=tuple(rung[:2])), a_miss("09:01", legs=tuple(rung[1:]))]

    run = played(a_rule_of(Distinct("target", 3, TEN)), calls)

    assert fired(run) == ["09:01"]


def weekly(now: int, *before: int) -> list[Call]:
    """Return so many calls from 09:00 on, and so many shortly before 09:00 in past weeks."""
    today = [a_miss(f"09:{n:02}") for n in range(now)]
    past = [
        a_miss(f"08:{50 + n}", id=f"{week} {n}", started_at=moment, ended_at=moment)
        for week, count in enumerate(before, start=1)
        for n in range(count)
        for moment in [at(f"08:{50 + n}") - week * timedelta(weeks=1)]
    ]
    return past + today


SPIKES: list[tuple[str, int, list[Call], list[str]]] = [
    ("no week is known", 0, weekly(9), []),
    ("one week", 1, weekly(4, 2), ["09:03"]),
    ("one week, too few", 1, weekly(3, 2), []),
    ("four weeks", 4, weekly(4, 2, 2, 2, 2), ["09:03"]),
    ("four weeks, on average", 4, weekly(4, 0, 0, 4, 4), ["09:03"]),
    ("four weeks, one of them busy", 4, weekly(4, 0, 0, 4, 8), []),
    ("weeks without a call", 4, weekly(3), ["09:02"]),
    ("fewer than are worth a word", 4, weekly(2), []),
]


@pytest.mark.parametrize(
    ("weeks", "calls", "moments"), [s[1:] for s in SPIKES], ids=[s[0] for s in SPIKES]
)
def test_a_spike_is_more_than_in_the_weeks_that_are_known(
    weeks: int, calls: list[Call], moments: list[str]
) -> None:
    began = at("07:00") - weeks * timedelta(weeks=1)
    first = a_conversation("07:00", id="first", started_at=began, ended_at=began)

    run = played(a_rule_of(Spike(2, weeks=4, least=3, within=60 * MINUTE)), [first, *calls])

    today = [alert for alert in single(run) if alert.occurred_at >= at("00:00")]
    assert [clock(alert.occurred_at) for alert in today] == moments


NEWS: list[tuple[str, list[str], list[str]]] = [
    ("seen for the first time", ["09:00"], ["09:00"]),
    ("seen again", ["09:00", "09:09"], ["09:00"]),
    ("seen again after so long", ["09:00", "09:10"], ["09:00", "09:10"]),
    ("never away for so long", ["09:00", "09:09", "09:18"], ["09:00"]),
]


@pytest.mark.parametrize(("times", "moments"), [n[1:] for n in NEWS], ids=[n[0] for n in NEWS])
def test_a_value_is_new_that_no_call_had_for_so_long(times: list[str], moments: list[str]) -> None:
    run = played(a_rule_of(New("customer", TEN)), misses(*times))

    assert fired(run) == moments
