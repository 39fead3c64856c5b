from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier.config import Config, ConfigError, load_trials
from notifier.core.calls import Call, CallState, Direction, Leg, MissReason
from notifier.core.rules.trials import Expected
from tests.builders import MINUTE, SECOND
from tests.config.files import HEAD, read, told

NINE = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
"""09:00 in Vietnam."""

DIRECTORY = """\
directory:
  hotlines: [{number: 19001000, name: CSKH}, {number: 02873001234, extensions: [201]}]
  extensions: {"101": Lan, "102": Minh}
"""

RULES = "rules: {a: {when: missed}, b: {when: answered}, c: {when: any, enabled: no}}\n"


def the_call(folder: Path, call: str) -> Call:
    text = f"{HEAD}{DIRECTORY}{RULES}tests: [{{name: x, calls: [{{{call}}}], expect: {{a: 0}}}}]\n"
    return read(folder, text).trials[0].calls[0]


def a_rung(number: str) -> Leg:
    """Return a leg that rang for 20 seconds from nine o'clock and was not answered."""
    return Leg(
        number=number,
        added_at=NINE,
        status=CallState.NOT_ANSWERED,
        rung_at=NINE,
        ring=20 * SECOND,
        ended_at=NINE + 20 * SECOND,
    )


def test_a_missed_call_has_a_leg_for_each_number_that_rang(tmp_path: Path) -> None:
    call = the_call(
        tmp_path,
        "at: 2026-09-07 09:00, in: 0901 234 567, hotline: 1900 1000, missed: true, ring: 20s, "
        "target: [102, 101], note: gọi lại",
    )

    assert call == Call(
        id="test-1",
        direction=Direction.IN,
        state=CallState.NOT_ANSWERED,
        caller="0901 234 567",
        callee="1900 1000",
        customer="+84901234567",
        duration=timedelta(),
        started_at=NINE,
        ended_at=NINE + 20 * SECOND,
        hotline="19001000",
        legs=(a_rung("101"), a_rung("102")),
        note="gọi lại",
    )
    assert call.missed


def test_an_answered_call_is_that_of_the_extension_and_the_others_only_rang(tmp_path: Path) -> None:
    call = the_call(
        tmp_path,
        "at: 2026-09-07 09:00, in: 0901234567, answered: 60s, ring: 20s, extension: 101, "
        "target: [101, 102]",
    )

    assert (call.state, call.duration) == (CallState.ANSWERED, MINUTE)
    assert (call.extension, call.agent, call.callee) == ("101", "Lan", "101")
    assert call.ended_at == NINE + 80 * SECOND
    assert call.wait == 20 * SECOND
    assert [(leg.number, leg.status) for leg in call.legs] == [
        ("101", CallState.ANSWERED),
        ("102", CallState.NOT_ANSWERED),
    ]


@pytest.mark.parametrize(
    ("options", "extension"),
    [("", ""), (", target: 102", "102"), (", target: [101, 102]", "")],
    ids=["nobody named", "one rung", "two rung"],
)
def test_an_answered_call_was_answered_by_somebody(
    tmp_path: Path, options: str, extension: str
) -> None:
    call = the_call(tmp_path, f"at: 2026-09-07 09:00, in: 0901234567, answered: 60s{options}")

    assert not call.abandoned
    assert not call.missed
    assert call.extension == extension


def test_a_call_out_rings_the_customer(tmp_path: Path) -> None:
    call = the_call(
        tmp_path, "at: 2026-09-07 09:00, out: 0901234567, answered: 60s, ring: 5s, extension: 102"
    )

    assert (call.direction, call.caller, call.callee) == (Direction.OUT, "102", "0901234567")
    assert (call.customer, call.extension, call.agent) == ("+84901234567", "102", "Minh")
    assert call.targets == ("0901234567",)
    assert call.ended_at == NINE + 65 * SECOND


def test_a_call_out_that_nobody_takes_is_unreached(tmp_path: Path) -> None:
    call = the_call(tmp_path, "at: 2026-09-07 09:00, out: 0901234567, ring: 30s")

    assert call.unreached
    assert (call.caller, call.extension, call.ring) == ("", "", 30 * SECOND)


@pytest.mark.parametrize("missed", ["", ", missed: true", ", missed: no"])
def test_a_call_without_a_talk_was_missed_at_once(tmp_path: Path, missed: str) -> None:
    call = the_call(tmp_path, f"at: 2026-09-07 09:00, in: 0901234567{missed}")

    assert call.missed
    assert (call.hotline, call.callee, call.legs) == ("unknown", "", ())
    assert call.ended_at == call.started_at
    assert call.miss_reason is MissReason.NOBODY_RUNG


@pytest.mark.parametrize("who", ["", ", target: [101, 102]", ", extension: 101"])
def test_a_call_that_only_the_menu_took_is_abandoned(tmp_path: Path, who: str) -> None:
    call = the_call(tmp_path, f"at: 2026-09-07 09:00, in: 0901234567, abandoned: true{who}")

    assert (call.state, call.missed) == (CallState.ANSWERED, True)
    assert call.miss_reason is MissReason.ABANDONED


def test_a_call_may_have_a_recording(tmp_path: Path) -> None:
    talk = "at: 2026-09-07 09:00, in: 0901234567, answered: 60s"

    assert the_call(tmp_path, f"{talk}, recording: true").recording_urls
    assert not the_call(tmp_path, talk).recording_urls


def test_a_missed_call_may_be_matched_to_an_extension(tmp_path: Path) -> None:
    call = the_call(tmp_path, "at: 2026-09-07 09:00, in: 0901234567, extension: 101")

    assert (call.extension, call.agent, call.callee) == ("101", "Lan", "101")
    assert call.targets == ("101",)
    assert call.missed


def test_the_directory_tells_the_hotline_as_it_does_of_real_calls(tmp_path: Path) -> None:
    call = the_call(tmp_path, "at: 2026-09-07 09:00, in: 0901234567, answered: 60s, extension: 201")

    assert call.hotline == "02873001234"


def test_a_withheld_number_is_no_customer(tmp_path: Path) -> None:
    assert the_call(tmp_path, "at: 2026-09-07 09:00, in: '**'").customer == ""


def test_moments_are_in_the_files_zone_unless_they_say_otherwise(tmp_path: Path) -> None:
    plain = the_call(tmp_path, "at: 2026-09-07T09:00:30, in: 0901234567")
    aware = the_call(tmp_path, "at: '2026-09-07T09:00+00:00', in: 0901234567")

    assert plain.started_at == NINE + 30 * SECOND
    assert aware.started_at == NINE + timedelta(hours=7)


def test_a_call_appears_in_the_log_when_it_ended_or_when_the_test_says(tmp_path: Path) -> None:
    calls = (
        "calls: [{at: 2026-09-07 09:00, in: 0901, ring: 20s}, "
        "{at: 2026-09-07 09:00, in: 0901, seen: 2026-09-07 09:06}]"
    )
    text = f"{HEAD}{RULES}tests: [{{name: x, {calls}, expect: {{a: 2}}}}]\n"

    [trial] = read(tmp_path, text).trials

    assert trial.seen == {"test-1": NINE + 20 * SECOND, "test-2": NINE + 6 * MINUTE}


def test_what_is_expected_is_a_count_or_a_moment(tmp_path: Path) -> None:
    text = (
        f"{HEAD}rules: {{a: {{when: missed}}, b: {{when: any}}, c: {{when: answered}}}}\n"
        "tests:\n"
        "  - {name: x, calls: [], expect: {a: 0}}\n"
        "  - name: y\n"
        "    calls: []\n"
        "    expect: {b: 2, a: {at: 2026-09-07 09:00}, c: {at: 2026-09-07T09:00:00}}\n"
    )

    config = read(tmp_path, text)

    first, second = config.trials
    assert (first.name, first.place) == ("x", f"{tmp_path}/rules.yaml:8:5")
    assert first.expected == (Expected("a", 0, None, to_the_minute=False),)
    assert (second.name, second.place) == ("y", f"{tmp_path}/rules.yaml:9:5")
    assert second.expected == (
        Expected("b", 2, None, to_the_minute=False),
        Expected("a", None, NINE, to_the_minute=True),
        Expected("c", None, NINE, to_the_minute=False),
    )


def test_a_test_file_has_tests_for_the_rules_of_another(tmp_path: Path) -> None:
    config = read(tmp_path, HEAD + DIRECTORY + RULES)
    file = tmp_path / "more.yaml"
    file.write_text(
        "tests:\n"
        "  - name: nhỡ\n"
        "    calls: [{at: 2026-09-07 09:00, in: 0901234567, target: 101, extension: 101}]\n"
        "    expect: {a: 1, b: 0}\n",
        encoding="utf-8",
    )

    [trial] = load_trials(file, config)

    assert (trial.name, trial.place) == ("nhỡ", f"{file}:2:5")
    assert [call.agent for call in trial.calls] == ["Lan"]
    assert [one.rule for one in trial.expected] == ["a", "b"]


def told_of(file: Path, text: str, config: Config) -> list[str]:
    """Return the problems of a file of tests."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_trials(file, config)
    return [str(problem).split("more.yaml:", 1)[1] for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(
            "rules: {a: {when: missed}}\n",
            [
                "1:1: rules: unknown key; known: tests",
                "1:1: tests: missing; it must be written",
            ],
            id="rules",
        ),
        pytest.param("[]", ["1:1: expected sections such as tests:"], id="no sections"),
        pytest.param(
            "tests: [{name: x, calls: [], expect: {c: 0, d: 0}}]",
            [
                (
                    "1:39: tests[0].expect.c: the rule is not enabled, "
                    "so nothing can be expected of it"
                ),
                "1:45: tests[0].expect.d: no such rule 'd'; defined: a, b, c",
            ],
            id="rules that are not there or not enabled",
        ),
        pytest.param(
            "tests: [{name: x, calls: [{at: 9:00, inn: 0901, note: '${env:X}'}], expect: {a: 0}}]",
            [
                "1:27: tests[0].calls[0]: has neither `in` nor `out`; write one of them",
                "1:32: tests[0].calls[0].at: '9:00' is not a moment; write 2026-12-01T08:00",
                "1:38: tests[0].calls[0].inn: unknown key; did you mean in?",
                (
                    "1:55: tests[0].calls[0].note: the environment variable X is not set; "
                    "set it, or write it in {folder}/.env"
                ),
            ],
            id="calls that are none",
        ),
    ],
)
def test_a_test_file_has_the_same_problems_with_places(
    tmp_path: Path, text: str, problems: list[str]
) -> None:
    config = read(tmp_path, HEAD + RULES)

    found = told_of(tmp_path / "more.yaml", text, config)

    assert [one.replace(str(tmp_path), "{folder}") for one in found] == problems


def test_a_test_file_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    config = read(tmp_path, HEAD + RULES)

    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load_trials(tmp_path / "more.yaml", config)


CALLED = "at: 2026-09-07 09:00, in: 0901234567"


@pytest.mark.parametrize(
    ("test", "problems"),
    [
        pytest.param(
            "name: x, calls: [], expect: {a: 0, a: 1}",
            ["7:45: tests[0].expect.a: duplicate key; first at line 7"],
            id="expected twice",
        ),
        pytest.param(
            "name: x, calls: [], expect: {c: 0}",
            [
                (
                    "7:39: tests[0].expect.c: the rule is not enabled, "
                    "so nothing can be expected of it"
                )
            ],
            id="expected of a rule that is not enabled",
        ),
        pytest.param(
            "name: x, calls: [], expect: {}",
            ["7:38: tests[0].expect: is empty; write at least one"],
            id="nothing expected",
        ),
        pytest.param(
            "name: x, calls: [], expect: {a: -1, b: {at: 9:00}}",
            [
                "7:42: tests[0].expect.a: '-1' must be 0 or more",
                "7:54: tests[0].expect.b.at: '9:00' is not a moment; write 2026-12-01T08:00",
            ],
            id="expected what cannot be",
        ),
        pytest.param(
            "name: x, calls: [{at: 2026-09-07 09:00}, {" + CALLED + ", out: 0901}], expect: {a: 0}",
            [
                "7:27: tests[0].calls[0]: has neither `in` nor `out`; write one of them",
                "7:90: tests[0].calls[1].out: cannot stand beside `in`; write one of them",
            ],
            id="calls of no way and of two",
        ),
        pytest.param(
            "name: x, calls: [{" + CALLED + ", missed: yes, answered: 0s}], expect: {a: 0}",
            ["7:79: tests[0].calls[0].answered: cannot stand beside `missed`; write one of them"],
            id="missed and answered",
        ),
        pytest.param(
            "name: x, calls: [{at: 2026-09-07 09:00, out: 0901, target: 101}], expect: {a: 0}",
            [
                (
                    "7:61: tests[0].calls[0].target: is for calls that come `in`: "
                    "a call out rings the customer alone"
                )
            ],
            id="numbers rung by a call out",
        ),
        pytest.param(
            "name: x, calls: [{"
            + CALLED
            + ", ring: 20s, answered: 1m, seen: 2026-09-07 09:01}], expect: {a: 0}",
            [
                (
                    "7:97: tests[0].calls[0].seen: "
                    "a call appears in the log no sooner than it has ended"
                )
            ],
            id="seen before its end",
        ),
        pytest.param(
            "name: x, calls: [], expect: {a: 0}}, {name: ' x', calls: [], expect: {a: 1}",
            ["7:54: tests[1].name: the same name as tests[0]"],
            id="one name twice",
        ),
    ],
)
def test_a_test_that_does_not_fit_has_exactly_these_problems(
    tmp_path: Path, test: str, problems: list[str]
) -> None:
    text = f"{HEAD}{RULES}tests: [{{{test}}}]\n"

    assert told(tmp_path, text) == [f"rules.yaml:{problem}" for problem in problems]
