"""What keeps a match from being told, and where it is counted then."""

from typing import Any

import pytest

from notifier.core.alerts import AlertState, Reason
from notifier.core.calls import UNKNOWN_HOTLINE
from notifier.core.decisions import Act, Standing
from notifier.core.rules.aggregates import Count
from notifier.core.rules.model import Escalation, Mute, Quiet, Rule, Stale, Suppress, Unless
from tests.builders import MINUTE, a_change, an_alert, an_engine
from tests.core.rules.scenes import (
    CALLED_BACK,
    HOUR,
    a_conversation,
    a_miss,
    a_prompt_rule,
    acted,
    at,
    clock,
    fired,
    pausing,
    played,
    said,
    single,
    why,
)

# Mutes

UNTIL_TEN = Mute("m1", at("09:00"), at("10:00"), "Lan", "bảo trì")

MUTES: list[tuple[str, dict[str, Any], bool]] = [
    ("of everything", {}, True),
    ("of the rule", {"rule": "goi_nho"}, True),
    ("of another rule", {"rule": "goi_dai"}, False),
    ("of the hotline", {"hotline": "19001000"}, True),
    ("of another hotline", {"hotline": "19002000"}, False),
    ("of the customer", {"key": "+84901234567"}, True),
    ("of another customer", {"key": "+84987654321"}, False),
    ("of the rule at another hotline", {"rule": "goi_nho", "hotline": "19002000"}, False),
]


@pytest.mark.parametrize(("of", "muted"), [m[1:] for m in MUTES], ids=[m[0] for m in MUTES])
def test_a_mute_is_of_what_it_names(of: dict[str, str], *, muted: bool) -> None:
    mute = Mute("m1", at("09:00"), at("10:00"), "Lan", "bảo trì", **of)

    run = played(a_prompt_rule(), [a_miss("09:30")], mutes=(mute,))

    assert bool(run.alerts) is not muted
    assert why(run) == ([Reason.MUTED] if muted else [Reason.NEW])


EDGES = [("08:59", True), ("09:00", False), ("09:59", False), ("10:00", True)]


@pytest.mark.parametrize(("missed", "fires"), EDGES, ids=[edge[0] for edge in EDGES])
def test_a_mute_holds_from_its_beginning_until_its_end(missed: str, *, fires: bool) -> None:
    run = played(a_prompt_rule(), [a_miss(missed)], mutes=(UNTIL_TEN,))

    assert bool(run.alerts) is fires


def test_the_quiet_of_a_hotline_can_be_muted_by_the_hotline() -> None:
    rule = a_prompt_rule(quiet=Quiet(30 * MINUTE, per="hotline"))
    mute = Mute("m1", at("09:00"), at("10:00"), "Lan", "bảo trì", hotline="19001000")

    run = played(rule, [a_miss("09:05"), a_miss("09:06", hotline="19002000")], mutes=(mute,))

    assert [alert.key for alert in run.alerts] == ["19002000"]


# Another rule speaks for it

SPEAKER = a_prompt_rule(
    "qua_tai", aggregate=Count(2, 10 * MINUTE, per="hotline"), every=pausing(HOUR)
)


def spoken_for(*same: str, **overrides: Any) -> Any:
    order = Suppress("qua_tai", frozenset({"goi_nho"}), same=same)
    return an_engine(SPEAKER, a_prompt_rule(**overrides), suppress=(order,))


def test_while_one_rule_speaks_the_other_is_counted_on_its_alert() -> None:
    engine = spoken_for("hotline")
    calls = [a_miss(f"09:0{n}") for n in range(4)] + [a_miss("09:05", hotline="19002000")]

    run = played(engine, calls)

    counted = [a.suppressed for a in run.alerts if a.rule == "qua_tai"]
    told = [clock(a.fired_at) for a in run.alerts if a.rule == "goi_nho"]
    assert (told, counted) == (["09:00", "09:05"], [3])
    assert why(run).count(Reason.SUPPRESSED) == 3


def test_without_anything_in_common_one_alert_speaks_for_all() -> None:
    calls = [a_miss("09:00"), a_miss("09:01"), a_miss("09:05", hotline="19002000")]

    run = played(spoken_for(), calls)

    assert [clock(a.fired_at) for a in run.alerts if a.rule == "goi_nho"] == ["09:00"]


def test_once_it_is_over_it_speaks_no_more() -> None:
    run = played(spoken_for(), [a_miss("09:00"), a_miss("09:01")], until="09:05")

    acted(run, Act.CLOSE, "09:05")
    run.see(a_miss("09:06"), at("09:06"))

    assert [clock(a.fired_at) for a in run.alerts if a.rule == "goi_nho"] == ["09:00", "09:06"]


def test_it_speaks_for_as_long_as_it_would_have_been_said_again() -> None:
    calls = [a_miss("09:00"), a_miss("09:01"), a_miss("10:01"), a_miss("10:20")]

    run = played(spoken_for(), calls)

    assert [clock(a.fired_at) for a in run.alerts if a.rule == "goi_nho"] == ["09:00", "10:20"]


def test_a_rule_that_waits_for_an_ending_speaks_until_it_comes() -> None:
    speaker = a_prompt_rule("chua_goi", unless=Unless((CALLED_BACK,), MINUTE))
    order = Suppress("chua_goi", frozenset({"goi_nho"}), same=("customer",))
    engine = an_engine(speaker, a_prompt_rule(), suppress=(order,))
    calls = [a_miss("09:00"), a_miss("12:00"), a_conversation("12:30"), a_miss("13:00")]

    run = played(engine, calls)

    assert [clock(a.fired_at) for a in run.alerts if a.rule == "goi_nho"] == ["09:00", "13:00"]


def test_a_rule_that_is_in_no_file_any_more_speaks_for_nobody() -> None:
    order = Suppress("da_xoa", frozenset({"goi_nho"}))
    engine = an_engine(a_prompt_rule(), suppress=(order,))
    standing = Standing(of_rule={"da_xoa": (an_alert(rule="da_xoa"),)})

    decision = engine.feed([a_change(a_miss("09:00"))], standing, at("09:00"))

    assert len(decision.alerts) == 1


# Pauses


def overloaded(**overrides: Any) -> Rule:
    """Return a rule about two misses in ten minutes, which pauses for ten, then for twenty."""
    every = pausing(10 * MINUTE, 20 * MINUTE, forget_after=15 * MINUTE)
    return a_prompt_rule(**{"aggregate": Count(2, 10 * MINUTE), "every": every, **overrides})


def test_a_window_that_still_holds_is_said_again_by_its_pauses() -> None:
    calls = [a_miss(f"09:{minute:02}") for minute in range(0, 60, 5)]

    run = played(overloaded(), calls)

    assert said(run) == [
        ("09:05", "quan_ly", Reason.NEW),
        ("09:15", "quan_ly", Reason.REPEAT),
        ("09:35", "quan_ly", Reason.REPEAT),
        ("09:55", "quan_ly", Reason.REPEAT),
    ]
    (alert,) = run.alerts
    assert (alert.suppressed, clock(alert.occurred_at)) == (7, "09:55")


def test_after_a_rest_the_old_alert_expires_and_a_new_one_begins() -> None:
    calls = [a_miss("09:00"), a_miss("09:05"), a_miss("09:28"), a_miss("09:30")]

    run = played(overloaded(), calls)

    assert [(clock(a.fired_at), a.state) for a in run.alerts] == [
        ("09:05", AlertState.EXPIRED),
        ("09:30", AlertState.OPEN),
    ]


def test_somebody_at_work_on_it_keeps_it_from_being_said_again() -> None:
    run = played(overloaded(), [a_miss("09:00"), a_miss("09:05")], until="09:06")
    acted(run, Act.TAKE, "09:06")

    run.see(a_miss("09:14"), at("09:14"))
    run.see(a_miss("09:15"), at("09:15"))
    acted(run, Act.RELEASE, "09:16")
    run.see(a_miss("09:35"), at("09:35"))
    run.see(a_miss("09:36"), at("09:36"))

    repeated = [t for t in run.tellings if t.reason is Reason.REPEAT]
    assert [(clock(t.at), t.alert.suppressed) for t in repeated] == [("09:36", 2)]


def test_a_pause_that_a_correction_made_untrue_is_over() -> None:
    run = played(overloaded(), [a_miss("09:00"), a_miss("09:05")], until="09:06")

    run.see(a_conversation("09:05", id="09:05", ended_at=at("09:05")), at("09:07"))
    run.see(a_miss("09:08"), at("09:08"))

    assert [(clock(a.fired_at), a.state) for a in run.alerts] == [
        ("09:05", AlertState.REVISED),
        ("09:08", AlertState.OPEN),
    ]


def test_a_taken_alert_takes_in_what_else_its_key_misses() -> None:
    rule = a_prompt_rule(key="customer", resolve=(CALLED_BACK,))
    run = played(rule, [a_miss("09:00")], until="09:05")
    acted(run, Act.TAKE, "09:05")

    run.see(a_miss("09:10"), at("09:10"))

    assert [(a.count, a.state) for a in run.alerts] == [(2, AlertState.ACKNOWLEDGED)]
    assert why(run)[-1] is Reason.ACKNOWLEDGED


# Age

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("call", {}),
    ("window", {"aggregate": Count(1, HOUR)}),
    ("absence", {"unless": Unless((CALLED_BACK,), MINUTE)}),
]

AGES: list[tuple[Stale, list[Reason], list[Reason]]] = [
    (Stale.SEND, [Reason.NEW], []),
    (Stale.DIGEST, [Reason.DIGEST], [Reason.STALE]),
    (Stale.DROP, [], [Reason.STALE]),
]


@pytest.mark.parametrize("kind", [k[1] for k in KINDS], ids=[k[0] for k in KINDS])
@pytest.mark.parametrize(("stale", "told", "noted"), AGES, ids=[a[0] for a in AGES])
def test_what_is_too_old_is_sent_gathered_or_dropped(
    kind: dict[str, Any], stale: Stale, told: list[Reason], noted: list[Reason]
) -> None:
    age = {"lag": 9 * MINUTE, "settle": 9 * MINUTE}
    rule = a_prompt_rule(**{**age, **kind, "max_age": 5 * MINUTE, "stale": stale})

    run = played(rule, [a_miss("09:00")])

    assert [reason for _, _, reason in said(run)] == told
    assert [reason for reason in why(run) if reason is Reason.STALE] == noted
    assert bool(single(run)) is bool(told)


@pytest.mark.parametrize("stale", [Stale.SEND, Stale.DIGEST])
def test_a_hotline_that_is_quiet_still_is_so_however_late_that_is_noticed(stale: Stale) -> None:
    quiet = Quiet(MINUTE, per="hotline")
    rule = a_prompt_rule(quiet=quiet, lag=9 * MINUTE, max_age=5 * MINUTE, stale=stale)

    run = played(rule, [a_miss("09:00")])

    assert said(run) == [("09:10", "quan_ly", Reason.NEW)]


def test_what_is_too_old_is_neither_passed_on_nor_said_again() -> None:
    rule = a_prompt_rule(
        settle=9 * MINUTE,
        lag=9 * MINUTE,
        max_age=5 * MINUTE,
        unless=Unless((CALLED_BACK,), MINUTE),
        escalate=(Escalation(MINUTE, ("truong_nhom",)),),
        every=pausing(MINUTE),
    )

    run = played(rule, [a_miss("09:00")])

    assert said(run) == [("09:10", "quan_ly", Reason.DIGEST)]


def test_a_rule_that_is_asked_by_a_key_fires_again_after_a_pause() -> None:
    rule = a_prompt_rule(key="customer", every=pausing(10 * MINUTE))

    run = played(rule, [a_miss("09:00"), a_miss("09:05"), a_miss("09:10")])

    assert fired(run) == ["09:00", "09:10"]
    assert [alert.suppressed for alert in run.alerts] == [0, 1]


# History


PLACED = [
    ("within minutes", "09:04", [Reason.NEW]),
    ("long after", "09:20", [Reason.BASELINE]),
]


@pytest.mark.parametrize(("when", "reasons"), [p[1:] for p in PLACED], ids=[p[0] for p in PLACED])
def test_a_hotline_that_is_found_long_after_a_call_makes_it_no_news(
    when: str, reasons: list[Reason]
) -> None:
    rule = a_prompt_rule(test=lambda call: call.hotline == "19001000")
    run = played(rule, [a_miss("09:00", hotline=UNKNOWN_HOTLINE)], until="09:01")

    run.see(a_miss("09:00"), at(when))

    assert why(run) == reasons
