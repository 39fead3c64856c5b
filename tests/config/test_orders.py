from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifier.core.rules.model import Suppress
from tests.config.files import HEAD, read, told

RULES = "rules: {a: {when: missed}, b: {when: any}, c: {when: answered}}\n"


def test_a_mute_of_the_file_is_in_the_files_zone(tmp_path: Path) -> None:
    text = (
        "mute: [{rule: a, from: 2026-12-01T00:00, to: '2026-12-03T00:00+00:00', reason: bảo trì}]\n"
    )

    [mute] = read(tmp_path, HEAD + RULES + text).mutes

    assert mute.since == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert mute.until == datetime(2026, 12, 3, tzinfo=UTC)
    assert (mute.author, mute.reason) == ("rules.yaml", "bảo trì")
    assert (mute.rule, mute.key, mute.hotline) == ("a", "", "")


def mute_id(folder: Path, mute: str) -> str:
    return read(folder, f"{HEAD}{RULES}mute: [{{{mute}}}]\n").mutes[0].id


def test_a_mute_is_the_same_wherever_it_stands_and_however_its_moments_are_written(
    tmp_path: Path,
) -> None:
    first = mute_id(tmp_path, "rule: a, from: 2026-12-01T00:00, to: 2026-12-03T00:00, reason: x")

    same = mute_id(tmp_path, "reason: x, rule: a, from: 2026-12-01 00:00, to: 2026-12-03 00:00:00")

    assert same == first


@pytest.mark.parametrize(
    "mute",
    [
        "rule: b, from: 2026-12-01T00:00, to: 2026-12-03T00:00, reason: x",
        "rule: a, from: 2026-12-01T00:01, to: 2026-12-03T00:00, reason: x",
        "rule: a, from: 2026-12-01T00:00, to: 2026-12-03T00:01, reason: x",
        "rule: a, from: 2026-12-01T00:00, to: 2026-12-03T00:00, reason: y",
    ],
    ids=["rule", "from", "to", "reason"],
)
def test_a_mute_that_says_something_else_is_another(tmp_path: Path, mute: str) -> None:
    first = mute_id(tmp_path, "rule: a, from: 2026-12-01T00:00, to: 2026-12-03T00:00, reason: x")

    assert mute_id(tmp_path, mute) != first


def test_one_rule_speaks_for_others(tmp_path: Path) -> None:
    text = "suppress: [{while: a, rules: [b, c], same: [hotline]}, {while: b, rules: c}]\n"

    config = read(tmp_path, HEAD + RULES + text)

    assert config.suppress == (
        Suppress("a", frozenset({"b", "c"}), ("hotline",)),
        Suppress("b", frozenset({"c"})),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "mute: [{rule: a, from: 2026-12-03T00:00, to: 2026-12-01T00:00, reason: x}]",
            "7:46: mute[0].to: must be later than `from`",
            id="mute that ends first",
        ),
        pytest.param(
            "mute: [{rule: a, from: 2026-12-03T07:00, to: '2026-12-03T00:00Z', reason: x}]",
            "7:46: mute[0].to: must be later than `from`",
            id="mute that ends at once",
        ),
        pytest.param(
            "mute: [{rule: a, from: 2026-12-03T00:00, to: x, reason: x}]",
            "7:46: mute[0].to: 'x' is not a moment; write 2026-12-01T08:00",
            id="mute without an end",
        ),
        pytest.param(
            "mute: [{rule: a, from: 0001-01-01T00:00, to: 2026-12-04T00:00, reason: x}]",
            "7:24: mute[0].from: '0001-01-01T00:00' is not a moment; write 2026-12-01T08:00",
            id="mute from before all calls",
        ),
        pytest.param(
            "mute: [{rule: a, from: 2026-12-03T00:00, to: 2026-12-04T00:00}]",
            "7:8: mute[0].reason: missing; it must be written",
            id="mute without a reason",
        ),
        pytest.param(
            "suppress: [{while: a, rules: [b, a]}]",
            (
                "7:30: suppress[0].rules: the rule that speaks cannot be one of those "
                "that it keeps quiet"
            ),
            id="suppress of its own speaker",
        ),
        pytest.param(
            "suppress: [{while: a, rules: a}]",
            (
                "7:30: suppress[0].rules: the rule that speaks cannot be one of those "
                "that it keeps quiet"
            ),
            id="suppress of its own speaker alone",
        ),
        pytest.param(
            "suppress: [{while: a, rules: []}]",
            "7:30: suppress[0].rules: is empty; write at least one",
            id="suppress of none",
        ),
        pytest.param(
            "suppress: [{while: a, rules: b, same: [hotline, duration]}]",
            (
                "7:49: suppress[0].same[1]: calls cannot be told apart by duration; "
                "write one of customer, hotline, extension, agent, caller, callee, direction, "
                "state, contact_id, user_id, external_id, target, trunk, miss_reason, end_reason"
            ),
            id="suppress by what is not apart",
        ),
    ],
)
def test_an_order_that_does_not_fit_is_a_problem(tmp_path: Path, text: str, problem: str) -> None:
    assert told(tmp_path, HEAD + RULES + text + "\n") == [f"rules.yaml:{problem}"]
