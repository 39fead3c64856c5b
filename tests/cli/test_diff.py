import json
from pathlib import Path

import pytest

from notifier.core.calls import Call
from tests.builders import MINUTE, NOON, SECOND, a_call
from tests.cli.desk import RULES, Answer, ask, kept

SPAN = ("--since", "2026-09-07", "--until", "2026-09-09")

OLD = RULES + '  nhip: {when: missed, key: hotline, every: 1h, title: "Nhỡ"}\n'


def misses(n: int) -> list[Call]:
    """Return missed calls half an hour apart, from noon on, of as many customers."""
    starts = {i: NOON + i * 30 * MINUTE for i in range(1, n + 1)}
    return [
        a_call(id=str(i), customer=f"+849010000{i:02d}", started_at=at, ended_at=at + 30 * SECOND)
        for i, at in starts.items()
    ]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office that remembers six missed calls."""
    return kept(tmp_path, OLD, *misses(6))


def diff(office: Path, new: str, *words: str) -> Answer:
    (office / "new.yaml").write_text(new, encoding="utf-8")
    return ask(office, "rules", "diff", "new.yaml", *SPAN, *words)


def rows_of(office: Path, new: str) -> list[dict[str, object]]:
    answer = diff(office, new, "--format", "json")
    assert answer.code == 0, answer.err
    found: list[dict[str, object]] = json.loads(answer.out)
    return found


def change_of(office: Path, new: str) -> list[tuple[object, ...]]:
    return [
        (row["rule"], row["change"], row["before"], row["after"]) for row in rows_of(office, new)
    ]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        pytest.param("every: 1h", "every: 30m", ("nhip", "handling", 3, 6), id="a pause"),
        pytest.param('title: "Nhỡ"', "title: Gọi nhỡ", ("nhip", "words", 3, 3), id="a title"),
        pytest.param("severity: warning", "severity: info", ("goi_nho", "words", 6, 6), id="loud"),
        pytest.param("to: [quan_ly, crm]", "to: crm", ("goi_nho", "words", 6, 6), id="a channel"),
        pytest.param(
            "{when: missed, key", "{when: answered, key", ("nhip", "meaning", 3, 0), id="a meaning"
        ),
        pytest.param("  nhip:", "  nhip_2:", ("nhip", "removed", 3, 0), id="a name"),
    ],
)
def test_a_rule_that_differs_is_told_with_what_it_makes_of_the_calls(
    old: str, new: str, change: tuple[object, ...], office: Path
) -> None:
    assert change_of(office, OLD.replace(old, new))[0] == change


def test_a_rule_that_is_new_or_gone_is_told(office: Path) -> None:
    new = OLD.replace("  goi_dai:", "  goi_rat_dai:")

    assert change_of(office, new) == [("goi_dai", "removed", 0, 0), ("goi_rat_dai", "added", 0, 0)]


def test_alerts_a_day_are_told(office: Path) -> None:
    (row,) = rows_of(office, OLD.replace("every: 1h", "every: 30m"))

    assert (row["before_a_day"], row["after_a_day"]) == (2.0, 4.1)


EVERY_KEY = """\
  du: {when: missed, during: gio_lam, text: "{{ key }}", key: customer, every: [15m, 1h]}
  it: {when: missed, limit: {max: 3, per: 1h}, max_age: 1h, stale: drop}
  goi_lai: {when: missed, unless: {called_back: true, within: 15m, clock: gio_lam}}
  tang: {when: missed, escalate: [{after: 15m, to: crm}], resolve: {when: {extension: 101}}}
  nhom: {when: missed, group: {by: [hotline], wait: 1m, interval: 5m}}
  gop: {when: missed, outside: gio_lam, digest: {at: ["08:05"], per: hotline}}
  bao_cao: {report: {at: ["17:35"], on: gio_lam, range: today, sections: [totals]}}
"""


def test_files_that_do_the_same_are_said_to(office: Path) -> None:
    (office / "rules.yaml").write_text(OLD + EVERY_KEY, encoding="utf-8")

    answer = diff(office, OLD + EVERY_KEY + "# a remark\n")

    assert (answer.code, answer.out) == (0, "Both files tell the same.\n")


def test_what_only_one_of_them_tells_is_listed_newest_last(office: Path) -> None:
    fewer = OLD.replace("every: 1h", "every: 30m")

    answer = diff(office, fewer, "--show", "2")

    assert answer.out.splitlines()[-3:] == [
        "+ nhip: 1 more before these",
        "+ nhip  2026-09-07 14:00:30  19001000  Nhỡ",
        "+ nhip  2026-09-07 15:00:30  19001000  Nhỡ",
    ]


def test_numbers_are_masked_unless_they_are_to_be_full(office: Path) -> None:
    without = OLD.replace("when: missed, to", "when: answered, to")

    masked, full = diff(office, without, "--show", "1"), diff(office, without, "--full")

    assert "- goi_nho  2026-09-07 15:00:30  09xx xxx 006  Cuộc gọi nhỡ" in masked.out
    assert "0901 000 006" not in masked.out
    assert "0901 000 006" in full.out


def test_no_examples_are_listed_where_none_are_asked_for(office: Path) -> None:
    answer = diff(office, OLD.replace("every: 1h", "every: 30m"), "--show", "0")

    assert len(answer.out.splitlines()) == 2


def test_a_new_file_with_problems_is_told_with_their_places(office: Path) -> None:
    answer = diff(office, OLD.replace("when: missed, key", "whn: missed, key"))

    assert (answer.code, answer.out) == (2, "")
    assert "new.yaml:17:" in answer.err
    assert "did you mean when?" in answer.err


def test_a_memory_that_begins_late_is_warned_of(office: Path) -> None:
    answer = ask(office, "rules", "diff", "rules.yaml", "--since", "2026-08-01")

    assert answer.code == 0
    assert "warning: the memory of calls begins at 2026-09-07 12:30:00" in answer.err


def test_a_comparison_writes_nothing(office: Path) -> None:
    before = (office / "notifier.db").read_bytes()

    diff(office, OLD.replace("every: 1h", "every: 30m"))

    assert (office / "notifier.db").read_bytes() == before


def test_a_call_back_within_the_old_time_only_is_told(office: Path) -> None:
    old = OLD + "  goi_lai: {when: missed, unless: {called_back: true, within: 15m}}\n"
    (office / "rules.yaml").write_text(old, encoding="utf-8")

    longer = change_of(office, old.replace("within: 15m", "within: 48h"))

    assert longer == [("goi_lai", "meaning", 6, 0)]
