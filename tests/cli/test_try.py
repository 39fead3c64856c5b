import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app.rehearsing import Rehearsing, prefilter, replay
from notifier.app.rulebook import engine_of
from notifier.config import load
from notifier.core.calls import Call, Direction
from notifier.core.rules.rehearsals import Rehearsal
from notifier.core.rules.tolls import Stretch, alerts_of
from notifier.store.database import Database
from tests.builders import MINUTE, NOON, SECOND, a_call, a_leg, a_talk
from tests.cli.desk import RULES, Answer, an_office, ask, ask_at_a_terminal, kept
from tests.config.files import ENVIRONMENT

MORNING = NOON - timedelta(hours=3)
"""09:00 on Monday 2026-09-07, within opening hours."""

DAYS = timedelta(days=1)

DAY = ("--since", "2026-09-07", "--until", "2026-09-08")

MORE = (
    RULES
    + """\
  chua_goi_lai:
    when: missed
    during: gio_lam
    unless: {called_back: true, within: 15m, clock: gio_lam}
    key: customer
  nho_don_dap: {when: missed, count: {at_least: 3, within: 10m, per: hotline}}
  nhip: {when: missed, key: hotline, every: 1h}
  tat: {when: missed, enabled: no}
"""
)


def a_miss(n: int, at: timedelta, **overrides: object) -> Call:
    started_at = MORNING + at
    facts = {"customer": f"+849010000{n:02d}", "caller": f"09010000{n:02d}"}
    times = {"started_at": started_at, "ended_at": started_at + 30 * SECOND}
    return a_call(id=str(n), **{**facts, **times, **overrides})


def misses(n: int, every: timedelta) -> list[Call]:
    return [a_miss(i, i * every) for i in range(1, n + 1)]


def rows_of(answer: Answer) -> list[dict[str, object]]:
    assert answer.code == 0, answer.err
    found: list[dict[str, object]] = json.loads(answer.out)
    return found


def try_it(office: Path, name: str, *words: str) -> Answer:
    return ask(office, "rules", "try", name, *(words or DAY))


def test_what_a_rule_would_have_told_is_listed_with_numbers_masked(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(2, 5 * MINUTE))

    rows = rows_of(try_it(office, "goi_nho", *DAY, "--format", "json"))

    assert rows == [
        {
            "at": f"2026-09-07 09:{minute}:15",
            "reason": "new",
            "about": f"09xx xxx 00{n}",
            "title": "Cuộc gọi nhỡ",
            "calls": 1,
        }
        for n, minute in ((1, "06"), (2, "11"))
    ]


def test_the_table_is_followed_by_totals_and_hours(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(3, 30 * MINUTE))

    answer = try_it(office, "goi_nho", *DAY, "--full")

    assert "0901 000 001" in answer.out
    assert "goi_nho, 2026-09-07 00:00 to 2026-09-08 00:00: 3 alerts, 3.0 a day" in answer.out
    assert "quan_ly: 3 messages, 3.0 a day" in answer.out
    assert "by hour: 00 ·········▄█············· 23, busiest 10:00 (2), 09:00 (1)" in answer.out


def test_other_forms_hold_the_results_alone(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(3, 5 * MINUTE))

    answer = try_it(office, "goi_nho", *DAY, "--format", "csv", "--show", "2")

    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert [row["about"] for row in rows] == ["09xx xxx 002", "09xx xxx 003"]
    assert "3 alerts" in answer.err


def test_the_days_before_may_be_counted_from_now(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(1, MINUTE))

    answers = [try_it(office, "goi_nho", *words) for words in (("--days", "1"), ("--since", "1d"))]

    assert [answer.code for answer in answers] == [0, 0]
    assert ["0 alerts" in answer.out for answer in answers] == [True, True]


def test_what_followed_in_time_is_not_told_and_counted(tmp_path: Path) -> None:
    back = a_talk(
        id="back", direction=Direction.OUT, customer="+84901000001",
        started_at=MORNING + 10 * MINUTE, ended_at=MORNING + 12 * MINUTE,
    )  # fmt: skip
    office = kept(tmp_path, MORE + "language: en\n", *misses(2, MINUTE), back)

    answer = try_it(office, "chua_goi_lai")

    assert "1 alert, 1.0 a day" in answer.out
    assert "not told, or not by itself: 1 not needed any more" in answer.out
    assert "09xx xxx 002" in answer.out
    assert "09xx xxx 001" not in answer.out


def test_what_a_pause_swallowed_is_counted(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE + "language: en\n", *misses(5, 5 * MINUTE))

    answer = try_it(office, "nhip")

    assert "1 alert, 1.0 a day" in answer.out
    assert "4 not told by itself: too soon after the last one" in answer.out
    assert "19001000" in answer.out


def test_the_calls_before_fill_the_windows_and_alert_nobody(tmp_path: Path) -> None:
    midnight = timedelta(hours=15)
    office = kept(
        tmp_path, MORE,
        *(a_miss(n, midnight + n * MINUTE) for n in (-3, -2, 2)),
    )  # fmt: skip

    rows = rows_of(
        try_it(office, "nho_don_dap", "--since", "2026-09-08", "--until", "2026-09-09",
               "--format", "json")
    )  # fmt: skip

    assert [(row["at"], row["calls"], row["about"]) for row in rows] == [
        ("2026-09-08 00:03:15", 3, "19001000")
    ]


def test_a_rule_that_tells_too_much_is_warned_of_with_what_to_do(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(40, 15 * MINUTE))

    answer = try_it(office, "goi_nho")

    assert "warning: goi_nho would send quan_ly about" in answer.err
    assert "`every: 2h`" in answer.err
    assert "`count: {at_least: 3" in answer.err
    assert "`digest: {every: 1h}`" in answer.err


def test_a_memory_that_begins_late_is_warned_of(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(1, MINUTE))

    late = try_it(office, "goi_nho", "--since", "2026-08-01", "--until", "2026-09-08")
    soon = try_it(office, "goi_nho", "--since", "2026-09-07", "--until", "2026-09-17")

    assert "warning: the memory of calls begins at 2026-09-07 09:01:00" in late.err
    assert "the memory" not in soon.err


def test_where_nothing_is_remembered_it_is_said(tmp_path: Path) -> None:
    answer = try_it(kept(tmp_path, MORE), "goi_nho", "--since", "2h")

    assert answer.code == 0
    assert "Nothing found." in answer.out
    assert "warning: no calls are remembered yet" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("goi_nh",), "did you mean `goi_nho`?", id="no such rule"),
        pytest.param(("tat",), "it stands in the file and is not enabled", id="not enabled"),
        pytest.param(("goi_nho", "--since", "soon"), "a period is", id="no period"),
        pytest.param(
            ("goi_nho", "--since", "2026-09-08", "--until", "2026-09-07"), "not after", id="turned"
        ),
    ],
)
def test_what_cannot_be_tried_is_a_usage_error(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    answer = ask(kept(tmp_path, MORE), "rules", "try", *words)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_without_a_database_nothing_can_be_tried(tmp_path: Path) -> None:
    answer = try_it(an_office(tmp_path, MORE), "goi_nho")

    assert answer.code == 1
    assert "has `run` been started?" in answer.err


def test_at_a_terminal_it_is_shown_how_far_it_is(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(3, MINUTE))

    answer = ask_at_a_terminal(office, "", "rules", "try", "goi_nho", *DAY)

    assert answer.code == 0
    assert "100%" in answer.out
    assert "3 alerts, 3.0 a day" in answer.out


def test_gaps_in_which_it_was_quiet_are_told_by_hotline(tmp_path: Path) -> None:
    quiet = MORE + "  im: {when: inbound, quiet: {for: 45m, per: hotline}, during: gio_lam}\n"
    office = kept(tmp_path, quiet, *misses(2, 5 * MINUTE))

    rows = rows_of(try_it(office, "im", *DAY, "--format", "json"))

    assert [(row["about"], row["calls"]) for row in rows] == [("19001000", 0)]


def test_what_only_systems_are_told_is_listed_too(tmp_path: Path) -> None:
    systems = MORE + "  may: {when: missed, to: crm}\n"
    office = kept(tmp_path, systems, *misses(40, 5 * MINUTE))

    answer = try_it(office, "may", *DAY, "--show", "40", "--format", "json")

    assert len(rows_of(answer)) == 40
    assert "messages a day" not in answer.err


def test_trying_writes_nothing(tmp_path: Path) -> None:
    office = kept(tmp_path, MORE, *misses(3, MINUTE))
    before = (office / "notifier.db").read_bytes()

    try_it(office, "nho_don_dap")

    assert (office / "notifier.db").read_bytes() == before


OF_EVERY_KIND = {
    "plain": "{when: missed, during: gio_lam}",
    "long": '{when: {duration: "> 3m"}}',
    "internal": "{when: {direction: [ext_in, in]}}",
    "back": "{when: missed, unless: {called_back: true, within: 15m}, key: customer}",
    "again": "{when: unreached, unless: {when: outbound, same: [customer], within: 30m}}",
    "resolved": "{when: missed, resolve: {when: {extension: 101}}, key: customer, every: 1h}",
    "reset": "{when: missed, count: {at_least: 2, within: 1h, per: hotline, reset_by: answered}}",
    "targets": "{when: missed, count: {at_least: 3, within: 1h, per: target}}",
    "distinct": "{when: missed, distinct: {field: customer, at_least: 3, within: 1h}}",
    "sum": "{when: outbound, sum: {field: duration, above: 3m, within: 1h, per: extension}}",
    "ratio": "{when: inbound, ratio: {of: missed, above: 40%, min: 2, within: 1h}}",
    "spike": "{when: missed, spike: {times: 1, versus: 1w, min: 2, within: 1h}}",
    "new": "{when: inbound, new: {field: customer, lookback: 2d}}",
    "quiet": "{when: missed, quiet: {for: 45m}, during: gio_lam}",
    "report": "{report: {at: [17:35], range: today, sections: [totals]}}",
    "digest": "{when: missed, digest: {every: 1h, per: hotline}}",
}
"""A rule of each kind, by a name for it."""


def a_week() -> Iterator[Call]:
    """Give a thousand calls of nine days, of all sorts, the same ones each time."""
    for n in range(1_000):
        at = MORNING + n * 12 * MINUTE + (n * n % 31) * MINUTE - timedelta(days=2)
        customer = f"+849010000{n * 7 % (11 if n % 9 else 97):02d}"
        facts = {"id": str(n), "customer": customer, "hotline": f"1900100{n % 2}"}
        if n % 7 in {0, 2, 6}:
            legs = (a_leg(str(101 + n % 3)), a_leg("104"))
            yield a_call(
                **facts, caller=customer, legs=legs, started_at=at, ended_at=at + 40 * SECOND
            )
        elif n % 7 == 1:
            over = at + (1 + n % 6) * MINUTE
            yield a_talk(**facts, caller=customer, started_at=at, ended_at=over, duration=over - at)
        elif n % 7 in {3, 5}:
            over = at + 5 * MINUTE
            made = a_talk if n % 2 else a_call
            out = {**facts, "direction": Direction.OUT, "duration": 2 * MINUTE * (n % 2)}
            yield made(**out, extension="101", started_at=at, ended_at=over)
        else:
            inside = {**facts, "customer": "", "direction": Direction.EXT_IN}
            yield a_call(**inside, started_at=at, ended_at=at + MINUTE)


@pytest.mark.parametrize("kind", OF_EVERY_KIND)
def test_calls_that_a_rule_cannot_look_at_are_not_missed(kind: str, tmp_path: Path) -> None:
    office = kept(tmp_path, f"{RULES}  kind: {OF_EVERY_KIND[kind]}\n", *a_week())
    config = load(office / "rules.yaml", environment=ENVIRONMENT)
    (rule,) = [rule for rule in config.rules if rule.name == "kind"]
    engine = replace(engine_of(config, lag=timedelta()), rules=(rule,))
    chosen = Rehearsing(engine, wheres=prefilter(config, [rule]))
    every = Rehearsing(engine)
    stretch = Stretch(MORNING + 5 * DAYS, MORNING + 7 * DAYS, MORNING - 2 * DAYS)

    database = Database.open_to_read(office / "notifier.db")
    picked, all_of_them = (replay(one, database, stretch) for one in (chosen, every))
    database.close()

    assert fired(picked)
    assert fired(picked) == fired(all_of_them)
    assert picked.reasons == all_of_them.reasons


def fired(run: Rehearsal) -> list[tuple[str, str, int]]:
    return [(alert.id, alert.state.value, alert.count) for alert in alerts_of(run, "kind")]
