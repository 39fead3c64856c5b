import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifier.clock import SystemClock
from notifier.core.calls import Call
from tests.builders import SECOND, a_call
from tests.cli.desk import RULES, Answer, an_office, ask, kept, lived

NOW = SystemClock().now()

LISTED = RULES + "lists: {ban_hang: [19001000, 02873009999]}\n"


def a_miss(n: int, before: timedelta) -> Call:
    at = NOW - before
    return a_call(id=str(n), customer=f"+84901{n:06d}", started_at=at, ended_at=at + 30 * SECOND)


def misses(n: int, span: timedelta) -> list[Call]:
    """Return `n` missed calls, evenly over the `span` that ends now."""
    return [a_miss(i, span - i * span / (n + 1)) for i in range(n)]


def check(office: Path, *words: str) -> Answer:
    answer = ask(office, "check", *words)
    assert answer.code == 0, answer.err
    return answer


def test_a_rule_that_would_be_too_loud_is_warned_of(tmp_path: Path) -> None:
    office = kept(tmp_path, RULES, *misses(320, timedelta(days=8)))

    answer = check(office)

    assert "warning: rules.goi_nho would send quan_ly about 40 messages a day; think" in answer.err


def test_a_rule_without_a_match_is_warned_of(tmp_path: Path) -> None:
    office = kept(tmp_path, RULES, *misses(20, timedelta(days=40)))

    answer = check(office)

    assert answer.err == "warning: rules.goi_dai: no call of the last 30 days is a match\n"


def test_a_rule_whose_hours_no_match_is_in_is_warned_of(tmp_path: Path) -> None:
    never = "  dong: {open: {mon-sun: 00:00-24:00}}\nchannels:"
    closed = RULES.replace("channels:", never, 1) + "  dong: {when: missed, outside: dong}\n"
    office = kept(tmp_path, closed, *misses(20, timedelta(days=10)))

    answer = check(office)

    assert "rules.dong: no call of the last 10 days is a match" in answer.err


def test_a_short_memory_says_nothing_of_rules_without_a_match(tmp_path: Path) -> None:
    office = kept(tmp_path, RULES, *misses(5, timedelta(days=3)))

    assert check(office).err == ""


@pytest.mark.parametrize(
    ("when", "hotline"),
    [
        pytest.param("{hotline: 19009999}", "19009999", id="named"),
        pytest.param('{hotline: "@ban_hang"}', "028 7300 9999", id="in a list"),
    ],
)
def test_a_hotline_that_no_call_has_is_warned_of(when: str, hotline: str, tmp_path: Path) -> None:
    rules = LISTED.replace("when: missed", f"when: {when}")
    office = kept(tmp_path, rules, *misses(3, timedelta(days=1)))

    answer = check(office)

    assert f"rules.goi_nho: no remembered call has the hotline {hotline}\n" in answer.err
    assert "has the hotline 19001000" not in answer.err


@pytest.mark.parametrize(
    "when", ['{hotline: "!= 19009999"}', "{hotline: unknown}", "{hotline: 1900*}"]
)
def test_a_hotline_that_is_not_asked_for_is_not_looked_for(when: str, tmp_path: Path) -> None:
    rules = RULES.replace("when: missed", f"when: {when}")
    office = kept(tmp_path, rules, *misses(3, timedelta(days=1)))

    assert "no remembered call" not in check(office).err


def test_history_is_left_alone_where_it_is_not_wanted(tmp_path: Path) -> None:
    office = kept(tmp_path, RULES, *misses(320, timedelta(days=8)))

    assert check(office, "--no-history").err == ""


def test_an_empty_memory_speaks_against_nothing(tmp_path: Path) -> None:
    assert check(kept(tmp_path, RULES)).err == ""


def test_rules_are_listed_with_what_they_have_done(tmp_path: Path) -> None:
    office = lived(tmp_path, RULES, *misses(3, timedelta(days=2)), until=NOW)

    answer = ask(office, "rules", "list", "--format", "json")

    loud, silent = json.loads(answer.out)
    assert (loud["rule"], loud["alerts_7d"], loud["never_matched"]) == ("goi_nho", 3, False)
    assert abs(datetime.fromisoformat(loud["last_matched"] + "+07:00") - NOW) < timedelta(days=1)
    assert (silent["alerts_7d"], silent["never_matched"]) == (0, True)
    assert silent["last_matched"] is None


def test_alerts_of_long_ago_are_not_counted(tmp_path: Path) -> None:
    long_ago = a_miss(1, timedelta(days=9))
    office = lived(tmp_path, RULES, long_ago, until=NOW - timedelta(days=8))

    (loud, _) = json.loads(ask(office, "rules", "list", "--format", "json").out)

    assert (loud["alerts_7d"], loud["never_matched"]) == (0, False)


@pytest.mark.parametrize("words", [("check",), ("rules", "check")], ids=" ".join)
@pytest.mark.parametrize(
    ("expect", "code", "said"),
    [
        pytest.param("1", 0, "1 test: 1 passed, 0 failed, no problems\n", id="passes"),
        pytest.param("2", 1, "1 test: 0 passed, 1 failed, no problems in the file\n", id="fails"),
    ],
)
def test_check_runs_the_tests_of_the_file(
    words: tuple[str, ...], expect: str, code: int, said: str, tmp_path: Path
) -> None:
    inline = (
        "tests: [{name: nhỡ, calls: [{at: 2026-09-07 09:00, in: 0901234567}],"
        f" expect: {{goi_nho: {expect}}}}}]\n"
    )

    answer = ask(an_office(tmp_path, RULES + inline), *words)

    assert answer.code == code
    assert answer.out.endswith(f"rules.yaml: 2 rules, 2 channels, {said}")
    assert ("✗ nhỡ" in answer.out) is bool(code)
