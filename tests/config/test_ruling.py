from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.core.calls import Direction
from notifier.core.rules.aggregates import Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import Digest, Escalation, Group, Quiet, Rule, Throttle
from tests.builders import MINUTE, NOON, a_call, a_talk
from tests.config.files import HEAD, read

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

CALENDARS = (
    "calendars: {gio_lam: {open: {mon-fri: 08:00-17:30}}, dem: {open: {mon-sun: 22:00-06:00}}}\n"
)

INTERNAL = {"direction": Direction.EXT, "customer": ""}


def the_rule(folder: Path, options: str, more: str = "") -> Rule:
    return read(folder, f"{HEAD}{CALENDARS}{more}rules: {{r: {{{options}}}}}\n").rules[0]


@pytest.mark.parametrize(
    ("options", "aggregate"),
    [
        ("count: {at_least: 5, within: 10m, per: hotline}", Count(5, 10 * MINUTE, "hotline")),
        ("count: {at_least: 5, within: 10m}", Count(5, 10 * MINUTE)),
        (
            "distinct: {field: customer, at_least: 3, within: 1h, per: hotline}",
            Distinct("customer", 3, HOUR, "hotline"),
        ),
        (
            "sum: {field: duration, above: 30m, within: 1h, per: extension}",
            Sum("duration", 30 * MINUTE, HOUR, "extension"),
        ),
        ("spike: {times: 3}", Spike(3, weeks=4)),
        (
            "spike: {times: 1.5, versus: week, min: 10, within: 2h, per: target}",
            Spike(1.5, 1, 10, 2 * HOUR, "target"),
        ),
        ("spike: {times: 2, versus: 12w}", Spike(2, weeks=12)),
        ("new: {field: customer}", New("customer", 30 * DAY)),
        ("new: {field: target, lookback: 7d}", New("target", 7 * DAY)),
    ],
)
def test_an_aggregate_is_as_written(tmp_path: Path, options: str, aggregate: object) -> None:
    rule = the_rule(tmp_path, f"when: missed, {options}")

    assert rule.aggregate == aggregate
    assert (rule.key, rule.unless, rule.quiet) == ("", None, None)


def test_a_ratio_is_of_calls_that_meet_its_own_condition(tmp_path: Path) -> None:
    rule = the_rule(tmp_path, "when: any, ratio: {of: missed, above: 20%, min: 10, within: 30m}")

    assert isinstance(rule.aggregate, Ratio)
    assert (rule.aggregate.above, rule.aggregate.below) == (0.2, None)
    assert (rule.aggregate.least, rule.aggregate.within) == (10, 30 * MINUTE)
    assert rule.aggregate.of(a_call())
    assert not rule.aggregate.of(a_talk())


def test_a_count_is_reset_by_calls_that_meet_their_own_condition(tmp_path: Path) -> None:
    rule = the_rule(tmp_path, "when: missed, count: {at_least: 2, within: 1h, reset_by: answered}")

    assert isinstance(rule.aggregate, Count)
    assert rule.aggregate.reset
    assert rule.aggregate.reset(a_talk())
    assert not rule.aggregate.reset(a_call())


@pytest.mark.parametrize(("when", "counts"), [("any", False), ("internal", True)])
def test_calls_between_extensions_count_where_the_rule_is_about_them(
    tmp_path: Path, when: str, *, counts: bool
) -> None:
    rule = the_rule(tmp_path, f"when: {when}, ratio: {{of: answered, above: 20%, within: 30m}}")

    assert isinstance(rule.aggregate, Ratio)
    assert rule.aggregate.of(a_talk(**INTERNAL)) is counts


@pytest.mark.parametrize(
    ("options", "pause"),
    [
        ("count: {at_least: 5, within: 10m}", 10 * MINUTE),
        ("distinct: {field: customer, at_least: 3, within: 1h}", HOUR),
        ("sum: {field: duration, above: 30m, within: 2h}", 2 * HOUR),
        ("ratio: {of: missed, above: 20%, within: 30m}", 30 * MINUTE),
        ("spike: {times: 3}", HOUR),
        ("new: {field: customer}", DAY),
        ("count: {at_least: 5, within: 10m}, every: 3h", 3 * HOUR),
    ],
)
def test_a_rule_about_several_calls_is_quiet_for_its_window(
    tmp_path: Path, options: str, pause: timedelta
) -> None:
    assert the_rule(tmp_path, f"when: any, {options}").every == Throttle((pause,), pause)


@pytest.mark.parametrize(
    "options",
    [
        "count: {at_least: 5, within: 10m}, every: off",
        "quiet: {for: 45m}",
        "unless: {called_back: true, within: 15m}",
        "digest: {every: 1h}",
    ],
)
def test_other_rules_and_those_that_say_off_have_no_pause(tmp_path: Path, options: str) -> None:
    assert the_rule(tmp_path, f"when: any, {options}").every is None


CALLED_BACK: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"direction": Direction.OUT}, True),
    ({"direction": Direction.UNKNOWN}, True),
    ({"direction": Direction.UNKNOWN, "caller": "101", "customer": "+84901234567"}, False),
    (INTERNAL, False),
    ({"legs": ()}, True),
    ({"legs": (), "extension": ""}, False),
]


@pytest.mark.parametrize(
    ("changes", "ends"),
    CALLED_BACK,
    ids=["in", "out", "forwarded", "forwarded out", "internal", "no legs", "menu alone"],
)
def test_called_back_is_a_talk_with_the_customer(
    tmp_path: Path, changes: dict[str, Any], *, ends: bool
) -> None:
    rule = the_rule(tmp_path, "when: missed, unless: {called_back: true, within: 15m}")

    assert rule.unless
    [follow_up] = rule.unless.follow_ups
    assert (follow_up.called_back, follow_up.same) == (True, ("customer",))
    assert follow_up.test(a_talk(**changes)) is ends
    assert not follow_up.test(a_call())


def test_unless_waits_for_every_kind_of_call_that_it_names(tmp_path: Path) -> None:
    rule = the_rule(
        tmp_path,
        "when: missed, unless: {called_back: true, when: unreached, same: [customer, hotline], "
        "within: 15m, clock: gio_lam}",
    )

    assert rule.unless
    talk, attempt = rule.unless.follow_ups
    assert talk.called_back
    assert (attempt.called_back, attempt.same) == (False, ("customer", "hotline"))
    assert attempt.test(a_call(direction=Direction.OUT))
    assert not attempt.test(a_talk(direction=Direction.OUT))
    assert rule.unless.within == 15 * MINUTE
    assert [calendar.name for calendar in rule.unless.clock] == ["gio_lam"]


def test_a_follow_up_is_about_the_same_customer_unless_it_says_otherwise(tmp_path: Path) -> None:
    rule = the_rule(
        tmp_path,
        "when: missed, unless: {when: answered, within: 15m}, resolve: {when: outbound}",
    )

    assert rule.unless
    assert [one.same for one in (*rule.unless.follow_ups, *rule.resolve)] == [("customer",)] * 2
    assert rule.unless.clock == ()


def test_resolve_names_the_calls_that_end_alerts(tmp_path: Path) -> None:
    rule = the_rule(tmp_path, "when: missed, resolve: {called_back: true, when: outbound}")

    assert [one.called_back for one in rule.resolve] == [True, False]
    assert [one.test(a_call(direction=Direction.OUT)) for one in rule.resolve] == [False, True]


def test_quiet_is_a_span_and_a_field(tmp_path: Path) -> None:
    assert the_rule(tmp_path, "when: any, quiet: {for: 45m, per: hotline}").quiet == Quiet(
        45 * MINUTE, "hotline"
    )
    assert the_rule(tmp_path, "when: any, quiet: {for: 45m}").quiet == Quiet(45 * MINUTE)


def test_escalation_groups_and_digests_are_as_written(tmp_path: Path) -> None:
    steps = "escalate: [{after: 15m, to: quan_ly}, {after: 45m, to: [quan_ly, quan_ly]}]"
    grouped = the_rule(tmp_path, f"when: missed, {steps}, group: {{by: hotline, wait: 1m}}")
    timed = the_rule(tmp_path, "when: missed, digest: {at: [17:00, 08:05, 17:00], per: hotline}")
    gathered = the_rule(tmp_path, "when: missed, digest: {every: 1h}")

    assert grouped.escalate == (
        Escalation(15 * MINUTE, ("quan_ly",)),
        Escalation(45 * MINUTE, ("quan_ly",)),
    )
    assert grouped.group == Group(("hotline",), MINUTE, 5 * MINUTE)
    assert timed.digest == Digest((time(8, 5), time(17)), None, "hotline")
    assert gathered.digest == Digest((), HOUR)


def test_a_report_is_about_every_call_and_has_times_in_order(tmp_path: Path) -> None:
    rule = the_rule(
        tmp_path,
        "report: {at: [17:35, 08:00], on: gio_lam, range: yesterday, sections: [totals, chart]}",
    )

    assert rule.condition == EVERY
    assert rule.report
    assert rule.report.at == (time(8), time(17, 35))
    assert (rule.report.range, rule.report.sections) == ("yesterday", ("totals", "chart"))
    assert rule.report.on
    assert rule.report.on.name == "gio_lam"


@pytest.mark.parametrize(
    ("options", "defaults", "lag"),
    [
        ("", "", None),
        (", lag: auto", "", None),
        (", lag: 6m", "", 6 * MINUTE),
        ("", ", lag: 2m", 2 * MINUTE),
        (", lag: 6m", ", lag: 2m", 6 * MINUTE),
        (", lag: auto", ", lag: 2m", None),
        (", lag: 0s", ", lag: 2m", timedelta()),
    ],
)
def test_lag_is_the_rules_own_or_that_of_the_defaults(
    tmp_path: Path, options: str, defaults: str, lag: timedelta | None
) -> None:
    head = HEAD.replace("{to: quan_ly}", f"{{to: quan_ly{defaults}}}")

    rule = read(tmp_path, f"{head}rules: {{r: {{when: missed{options}}}}}\n").rules[0]

    assert rule.lag == lag


def meaning(folder: Path, options: str, calendars: str = CALENDARS) -> str:
    text = f"{HEAD}{calendars}rules: {{r: {{{options}}}}}\n"
    return read(folder, text).rules[0].meaning


COUNT = "when: missed, count: {at_least: 3, within: 1h, per: hotline, reset_by: answered}"
RATIO = "when: any, ratio: {of: missed, above: 20%, within: 1h}"
UNLESS = "when: missed, unless: {when: answered, same: [customer, hotline], within: 15m}"
CLOCK = "when: missed, unless: {called_back: yes, within: 15m, clock: gio_lam}"
QUIET = "when: any, quiet: {for: 45m, per: hotline}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (COUNT, COUNT.replace("3", "4")),
        (COUNT, COUNT.replace("1h", "2h")),
        (COUNT, COUNT.replace("hotline", "target")),
        (COUNT, COUNT.replace("answered", "outbound")),
        (COUNT, COUNT.replace(", reset_by: answered", "")),
        (COUNT, "when: missed"),
        (RATIO, RATIO.replace("missed", "unreached")),
        (RATIO, RATIO.replace("above", "below")),
        (RATIO, RATIO.replace("within", "min: 5, within")),
        (UNLESS, UNLESS.replace("15m", "16m")),
        (UNLESS, UNLESS.replace("answered", "outbound")),
        (UNLESS, UNLESS.replace("same: [customer, hotline], ", "")),
        (UNLESS, UNLESS.replace("when: answered", "called_back: yes, when: answered")),
        (CLOCK, CLOCK.replace("gio_lam", "dem")),
        (CLOCK, CLOCK.replace(", clock: gio_lam", "")),
        (QUIET, QUIET.replace("45m", "46m")),
        (QUIET, QUIET.replace(", per: hotline", "")),
        (
            "when: any, spike: {times: 3, versus: week}",
            "when: any, spike: {times: 3, versus: 2w}",
        ),
        ("when: any, new: {field: customer}", "when: any, new: {field: extension}"),
    ],
)
def test_meaning_changes_with_what_is_asked_of_several_calls(
    tmp_path: Path, first: str, second: str
) -> None:
    assert meaning(tmp_path, first) != meaning(tmp_path, second)


@pytest.mark.parametrize(
    "options",
    [
        CLOCK,
        "when: any, ratio: {of: 'missed and open(\"gio_lam\")', above: 20%, within: 1h}",
        "when: missed, unless: {when: 'answered and open(\"gio_lam\")', within: 1h}",
        "when: missed, count: {at_least: 2, within: 1h, reset_by: 'open(\"gio_lam\")'}",
    ],
    ids=["clock", "of", "unless", "reset_by"],
)
def test_meaning_changes_with_every_calendar_that_is_asked(tmp_path: Path, options: str) -> None:
    later = meaning(tmp_path, options, CALENDARS.replace("17:30", "18:00"))
    elsewhere = meaning(tmp_path, options, CALENDARS.replace("22:00", "23:00"))

    assert later != meaning(tmp_path, options)
    assert elsewhere == meaning(tmp_path, options)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (COUNT, COUNT + ", every: off, severity: critical, title: x, settle: 0s, max_age: 1h"),
        (COUNT, COUNT.replace("1h", "60m").replace("answered", "{all: [answered]}")),
        (UNLESS, UNLESS + ", escalate: [{after: 1h, to: quan_ly}], resolve: {called_back: yes}"),
        (UNLESS, UNLESS.replace("customer, hotline", "hotline, customer")),
        (QUIET, QUIET + ", lag: 6m, limit: {max: 1}"),
        ("when: any", "when: any, digest: {every: 1h}"),
        ("when: any", "when: any, group: {by: hotline}"),
    ],
)
def test_meaning_stays_when_only_the_telling_changes(
    tmp_path: Path, first: str, second: str
) -> None:
    assert meaning(tmp_path, first) == meaning(tmp_path, second)


def test_a_rule_keeps_what_it_matches_when_it_looks_at_several_calls(tmp_path: Path) -> None:
    rule = the_rule(tmp_path, f"{COUNT}, during: gio_lam")

    assert rule.holds(a_call())
    assert not rule.holds(a_talk())
    assert not rule.holds(replace(a_call(), started_at=NOON + 12 * HOUR))
