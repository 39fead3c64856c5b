"""A test of rules holds, or says what it expected, what came instead and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from notifier.core.alerts import Reason
from notifier.core.calls import Call
from notifier.core.rules.aggregates import Count
from notifier.core.rules.model import Digest, Mute, Quiet, Unless
from notifier.core.rules.proving import prove
from notifier.core.rules.trials import Expected, Trial
from tests.builders import MINUTE, an_engine
from tests.core.rules.scenes import CALLED_BACK, HOUR, a_conversation, a_miss, a_prompt_rule, at

ENGINE = an_engine(
    a_prompt_rule(settle=MINUTE),
    a_prompt_rule("chua_goi_lai", unless=Unless((CALLED_BACK,), 15 * MINUTE), lag=HOUR),
    a_prompt_rule("nho_don_dap", aggregate=Count(2, HOUR), digest=Digest(every=HOUR)),
    a_prompt_rule("im_lang", quiet=Quiet(30 * MINUTE)),
)


def a_trial(*calls: Call, seen: Mapping[str, datetime] | None = None, **expected: Any) -> Trial:
    """Return a test that expects of each rule a count of alerts, or the minute of its only one."""
    wanted = tuple(
        Expected(rule, None, at(value), to_the_minute=True)
        if isinstance(value, str)
        else Expected(rule, value, None, to_the_minute=True)
        for rule, value in expected.items()
    )
    return Trial("goi nho", calls, wanted, "rules.yaml:1:1", seen or {})


MISS = a_miss("09:00")

HOLD: list[tuple[str, Trial]] = [
    ("one alert", a_trial(MISS, goi_nho=1)),
    ("no alert", a_trial(MISS, a_conversation("09:05"), chua_goi_lai=0)),
    ("at the end of the call", a_trial(MISS, goi_nho="09:00")),
    ("at the deadline, however late calls are listed", a_trial(MISS, chua_goi_lai="09:15")),
    ("a digest counts for its members", a_trial(MISS, a_miss("09:01"), nho_don_dap=1)),
    ("quiet after the last call", a_trial(MISS, im_lang="09:30")),
    ("without a call", a_trial(goi_nho=0, im_lang=0)),
    ("a call that is listed late", a_trial(MISS, seen={"09:00": at("09:10")}, goi_nho=1)),
]


@pytest.mark.parametrize("trial", [h[1] for h in HOLD], ids=[h[0] for h in HOLD])
def test_a_test_that_holds_says_nothing(trial: Trial) -> None:
    assert prove(ENGINE, [trial]) == []


FAIL: list[tuple[str, Trial, list[datetime]]] = [
    ("too many", a_trial(MISS, a_miss("09:05"), goi_nho=1), [at("09:00"), at("09:05")]),
    ("none", a_trial(a_conversation("09:00"), goi_nho=1), []),
    ("at another minute", a_trial(MISS, goi_nho="09:01"), [at("09:00")]),
    ("twice", a_trial(MISS, a_miss("09:05"), goi_nho="09:00"), [at("09:00"), at("09:05")]),
]


@pytest.mark.parametrize(("trial", "got"), [f[1:] for f in FAIL], ids=[f[0] for f in FAIL])
def test_a_test_that_does_not_hold_says_what_came_instead(
    trial: Trial, got: list[datetime]
) -> None:
    (shortfall,) = prove(ENGINE, [trial])

    assert (shortfall.trial, shortfall.expected) == (trial, trial.expected[0])
    assert list(shortfall.got) == got


def test_a_moment_that_was_written_to_the_second_is_met_to_the_second() -> None:
    trials = [
        Trial("giay", (MISS,), (Expected("goi_nho", None, moment, to_the_minute=False),), "", {})
        for moment in (at("09:00"), at("09:00:01"))
    ]

    assert [shortfall.trial for shortfall in prove(ENGINE, trials)] == trials[1:]


def test_a_shortfall_says_why_of_its_rule_alone() -> None:
    mute = Mute("m1", at("00:00"), at("23:00"), "Lan", "bảo trì", rule="goi_nho")

    (shortfall,) = prove(ENGINE, [a_trial(MISS, goi_nho=1)], (mute,))

    assert [(row.rule, row.reason) for row in shortfall.why] == [("goi_nho", Reason.MUTED)]
