from pathlib import Path

import pytest

from tests.config.files import HEAD, told

CALENDAR = "calendars: {gio_lam: {open: {mon-fri: 08:00-17:30}}}\n"

APART = (
    "write one of customer, hotline, extension, agent, caller, callee, direction, state, "
    "contact_id, user_id, external_id, target, trunk, miss_reason, end_reason"
)
SINGLE = APART.removesuffix(", target, trunk, miss_reason, end_reason")


def rule(options: str) -> str:
    """Return a file whose only rule stands in line 7, its options from column 6."""
    return HEAD + CALENDAR + f"rules: {{r: {{{options}}}}}\n"


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        pytest.param(
            "when: missed, unless: {within: 15m}",
            ["7:27: rules.r.unless: waits for nothing; write called_back: true, or `when`"],
            id="unless without anything to wait for",
        ),
        pytest.param(
            "when: missed, unless: {called_back: no, within: 15m}",
            ["7:27: rules.r.unless: waits for nothing; write called_back: true, or `when`"],
            id="unless that says no",
        ),
        pytest.param(
            "when: missed, resolve: {called_back: no}",
            ["7:27: rules.r.resolve: waits for nothing; write called_back: true, or `when`"],
            id="resolve that says no",
        ),
        pytest.param(
            "when: missed, unless: {called_back: ja, within: 15m}",
            [("7:49: rules.r.unless.called_back: 'ja' is neither yes nor no; write true or false")],
            id="unless that says neither",
        ),
        pytest.param(
            "when: missed, unless: {called_back: yes, same: hotline, within: 15m}",
            [
                (
                    "7:54: rules.r.unless.same: needs `when`; "
                    "called_back is about the same customer by itself"
                )
            ],
            id="same without when",
        ),
        pytest.param(
            "when: missed, unless: {when: answered, same: [hotline, target], within: 15m}",
            [(f"7:68: rules.r.unless.same[1]: two calls cannot have target in common; {SINGLE}")],
            id="same of a field of legs",
        ),
        pytest.param(
            "when: missed, count: {at_least: 2, within: 1h}, unless: {called_back: on, within: 1m}",
            [
                (
                    "7:61: rules.r.unless: cannot stand beside `count`: "
                    "it waits for each match by itself"
                )
            ],
            id="unless beside an aggregate",
        ),
        pytest.param(
            "when: any, unless: {called_back: yes, within: 1m}, quiet: {for: 1h}",
            [
                (
                    "7:24: rules.r.unless: cannot stand beside `quiet`: "
                    "it waits for each match by itself"
                )
            ],
            id="unless beside quiet",
        ),
        pytest.param(
            "when: any, outside: gio_lam, quiet: {for: 1h}",
            [
                (
                    "7:24: rules.r.outside: cannot stand beside `quiet`, "
                    "whose clock runs in the hours of `during`"
                )
            ],
            id="outside beside quiet",
        ),
        pytest.param(
            "when: any, ratio: {of: missed, within: 1h}",
            ["7:24: rules.r.ratio: has neither `above` nor `below`; write one of them"],
            id="ratio without a bound",
        ),
        pytest.param(
            "when: any, ratio: {of: missed, above: 20%, below: 5%, within: 1h}",
            ["7:56: rules.r.ratio.below: cannot stand beside `above`; write one of them"],
            id="ratio with both bounds",
        ),
        pytest.param(
            "when: any, sum: {field: customer, above: 30m, within: 1h}",
            [
                (
                    "7:37: rules.r.sum.field: customer cannot be added up; "
                    "write one of duration, ring, wait"
                )
            ],
            id="sum of what is no length",
        ),
        pytest.param(
            "when: any, digest: {per: hotline}",
            ["7:24: rules.r.digest: has neither `at` nor `every`; write one of them"],
            id="digest without a time",
        ),
        pytest.param(
            "when: any, digest: {at: []}",
            ["7:24: rules.r.digest: has neither `at` nor `every`; write one of them"],
            id="digest with no times",
        ),
        pytest.param(
            "when: any, digest: {at: 08:05, every: 1h}",
            ["7:44: rules.r.digest.every: cannot stand beside `at`; write one of them"],
            id="digest with both",
        ),
        pytest.param(
            "when: any, group: {by: hotline}, digest: {every: 1h}",
            ["7:24: rules.r.group: cannot stand beside `digest`; write one of them"],
            id="group beside digest",
        ),
        pytest.param(
            "when: missed, report: {at: 17:35}, count: {at_least: 2, within: 1h}, during: gio_lam",
            [
                (
                    "7:13: rules.r.when: a report has no `when`; "
                    "it tells the totals of all calls at its times"
                ),
                (
                    "7:48: rules.r.count: a report has no `count`; "
                    "it tells the totals of all calls at its times"
                ),
                (
                    "7:82: rules.r.during: a report has no `during`; "
                    "it tells the totals of all calls at its times"
                ),
            ],
            id="report with a condition and an aggregate",
        ),
        pytest.param(
            "report: {at: [], sections: []}",
            [
                "7:26: rules.r.report.at: is empty; write at least one",
                "7:40: rules.r.report.sections: is empty; write at least one",
            ],
            id="report of nothing",
        ),
        pytest.param(
            "when: any, distinct: {field: has_recording, at_least: 2, within: 1h, per: duration}",
            [
                (
                    "7:42: rules.r.distinct.field: calls cannot be told apart by has_recording; "
                    f"{APART}"
                ),
                f"7:87: rules.r.distinct.per: calls cannot be told apart by duration; {APART}",
            ],
            id="distinct of what is not apart",
        ),
        pytest.param(
            "when: any, new: {field: started_at}",
            [f"7:37: rules.r.new.field: calls cannot be told apart by started_at; {APART}"],
            id="new of what is always new",
        ),
        pytest.param(
            "when: any, group: {by: [hotline, note]}",
            [f"7:46: rules.r.group.by[1]: calls cannot be told apart by note; {APART}"],
            id="group by what is not apart",
        ),
        pytest.param(
            "when: any, digest: {every: 1h, per: hour}",
            [f"7:49: rules.r.digest.per: calls cannot be told apart by hour; {APART}"],
            id="digest per what is not apart",
        ),
        pytest.param(
            "when: any, quiet: {for: 1h, per: wait}",
            [f"7:46: rules.r.quiet.per: calls cannot be told apart by wait; {APART}"],
            id="quiet per what is not apart",
        ),
        pytest.param(
            "when: any, escalate: [{after: 15m, to: quan_ly}, {after: 900s, to: quan_ly}, "
            "{after: x, to: quan_ly}, {after: 1m, to: []}]",
            [
                ("7:70: rules.r.escalate[1].after: must be longer than that of the step before"),
                (
                    "7:98: rules.r.escalate[2].after: 'x' is not a duration; "
                    "write 90s, 10m, 1h30m or 2d"
                ),
                "7:131: rules.r.escalate[3].to: is empty; write at least one",
            ],
            id="escalation that does not go on",
        ),
        *(
            pytest.param(
                f"when: any, spike: {{times: 3, versus: {versus}}}",
                [
                    (
                        f"7:50: rules.r.spike.versus: '{versus}' is not what a spike is against; "
                        "write week, or 2w to 12w"
                    )
                ],
                id=f"spike versus {versus}",
            )
            for versus in ("day", "13w", "0w", "14d", "2weeks")
        ),
    ],
)
def test_options_that_do_not_fit_have_exactly_these_problems(
    tmp_path: Path, options: str, problems: list[str]
) -> None:
    assert told(tmp_path, rule(options)) == [f"rules.yaml:{problem}" for problem in problems]


@pytest.mark.parametrize(
    "options",
    [
        "count: {at_least: 2, within: 1h, per: target}",
        "distinct: {field: target, at_least: 2, within: 1h, per: target}",
        "sum: {field: ring, above: 1m, within: 1h, per: target}",
        "ratio: {of: missed, above: 1%, within: 1h, per: target}",
        "spike: {times: 2, versus: 12w, per: target}",
        "new: {field: target}",
        "quiet: {for: 1h, per: target}",
    ],
    ids=lambda options: options.split(":")[0],
)
def test_the_numbers_rung_tell_calls_apart(tmp_path: Path, options: str) -> None:
    assert told(tmp_path, rule(f"when: any, {options}")) == []


@pytest.mark.parametrize(
    "options",
    [
        "group: {}",
        "group: {by: [hotline, target]}",
        "unless: {called_back: yes, when: answered, same: [customer, hotline], within: 15m}",
        "escalate: [{after: 15m, to: quan_ly}, {after: 16m, to: quan_ly}]",
    ],
)
def test_options_that_fit_are_no_problem(tmp_path: Path, options: str) -> None:
    assert told(tmp_path, rule(f"when: missed, {options}")) == []
