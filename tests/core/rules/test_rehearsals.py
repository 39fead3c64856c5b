"""Time that does not pass, and messages that nobody gets: what would have been told, and when."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from notifier.core.alerts import AlertKind, AlertState, Reason
from notifier.core.decisions import TimerKind
from notifier.core.drawn import thawed
from notifier.core.rules.aggregates import Count, Spike
from notifier.core.rules.model import Digest, Group, Limit, Quiet, Report, Rule, Unless
from notifier.core.rules.rehearsals import Rehearsal, polled
from notifier.core.rules.storms import STORM, STORM_DIGEST
from tests.builders import MINUTE, a_change, a_hook, an_engine
from tests.core.rules.scenes import (
    CALLED_BACK,
    HOUR,
    OFFICE,
    a_conversation,
    a_miss,
    a_prompt_rule,
    at,
    clock,
    fired,
    played,
    said,
    single,
    why,
)

# Groups and digests


def test_a_group_waits_for_others_and_its_messages_keep_their_distance() -> None:
    rule = a_prompt_rule(group=Group(("hotline",), wait=2 * MINUTE, interval=10 * MINUTE))
    calls = [a_miss("09:00"), a_miss("09:01"), a_miss("09:05"), a_miss("09:40")]

    run = played(rule, calls)

    assert said(run) == [
        ("09:02", "quan_ly", Reason.DIGEST),
        ("09:12", "quan_ly", Reason.DIGEST),
        ("09:42", "quan_ly", Reason.DIGEST),
    ]
    assert [a.count for a in run.alerts if a.kind is AlertKind.DIGEST] == [2, 1, 1]
    assert why(run).count(Reason.GROUPED) == 4


def test_groups_are_apart_by_what_their_calls_have_in_common() -> None:
    rule = a_prompt_rule(group=Group(("hotline",), wait=2 * MINUTE, interval=10 * MINUTE))

    run = played(rule, [a_miss("09:00"), a_miss("09:01", hotline="19002000")])

    assert said(run) == [
        ("09:02", "quan_ly", Reason.DIGEST),
        ("09:03", "quan_ly", Reason.DIGEST),
    ]


def test_what_is_about_no_call_is_told_by_itself() -> None:
    quiet = Quiet(30 * MINUTE, per="hotline")
    rule = a_prompt_rule(quiet=quiet, group=Group(("hotline",), 2 * MINUTE, 10 * MINUTE))

    run = played(rule, [a_miss("09:00"), a_miss("09:01", hotline="19002000")])

    assert [(when, reason) for when, _, reason in said(run)] == [
        ("09:30", Reason.NEW),
        ("09:31", Reason.NEW),
    ]


DIGESTS: list[tuple[str, Digest, list[str]]] = [
    ("at times of day", Digest(at=(time(8, 5), time(12))), ["12:00", "08 08:05"]),
    ("so long after the first", Digest(every=HOUR), ["10:00", "13:30"]),
    ("apart", Digest(every=HOUR, per="hotline"), ["10:00", "10:01", "13:30"]),
]


@pytest.mark.parametrize(("digest", "times"), [d[1:] for d in DIGESTS], ids=[d[0] for d in DIGESTS])
def test_a_digest_gathers_until_its_time(digest: Digest, times: list[str]) -> None:
    calls = [a_miss("09:00"), a_miss("09:01", hotline="19002000"), a_miss("12:30")]

    run = played(a_prompt_rule(digest=digest), calls, until="09 00:00")

    assert [when for when, _, _ in said(run)] == times
    assert {reason for _, _, reason in said(run)} == {Reason.DIGEST}


def test_a_system_is_told_each_by_itself_what_people_have_gathered() -> None:
    rule = a_prompt_rule(to=("quan_ly", "crm"), digest=Digest(every=HOUR))

    run = played(rule, [a_miss("09:00")])

    told = [(when, channel, r) for when, channel, r in said(run) if r is not Reason.CREATED]
    assert told == [("10:00", "quan_ly", Reason.DIGEST), ("09:00", "crm", Reason.NEW)]


def test_over_a_limit_messages_are_gathered_until_it_lets_one_through() -> None:
    calls = [a_miss("09:00"), a_miss("09:01"), a_miss("09:02"), a_miss("09:20")]

    run = played(an_engine(a_prompt_rule(), chat_limit=Limit(1, 10 * MINUTE)), calls)

    assert said(run) == [
        ("09:00", "quan_ly", Reason.NEW),
        ("09:10", "quan_ly", Reason.DIGEST),
        ("09:20", "quan_ly", Reason.NEW),
    ]
    assert why(run).count(Reason.OVER_LIMIT) == 2


def test_an_alert_that_is_corrected_after_its_digest_edits_the_digest() -> None:
    rule = a_prompt_rule(digest=Digest(every=HOUR))
    run = played(rule, [a_miss("09:00")], until="10:30")

    run.see(a_conversation("09:00", id="09:00"), at("10:31"))

    assert said(run)[-1] == ("10:31", "quan_ly", Reason.REVISED)
    assert [alert.state for alert in single(run)] == [AlertState.REVISED]


def test_an_alert_that_is_corrected_before_its_digest_is_withdrawn() -> None:
    rule = a_prompt_rule(digest=Digest(every=HOUR))
    run = played(rule, [a_miss("09:00")], until="09:30")

    run.see(a_conversation("09:00", id="09:00"), at("09:31"))

    assert [alert.state for alert in single(run)] == [AlertState.WITHDRAWN]


# Reports


def a_report(*times: time, **overrides: Any) -> Rule:
    report = Report(times or (time(17, 35),), "today", ("totals",), **overrides)
    return a_prompt_rule("bao_cao", test=lambda _: False, report=report)


def test_a_report_is_drawn_up_once_for_each_of_its_times() -> None:
    run = played(a_report(time(12), time(17, 35)), [a_miss("09:00"), a_miss("14:00")])

    assert [(clock(a.fired_at), a.count) for a in run.alerts if a.fired_at > at("00:00")] == [
        ("12:00", 1),
        ("17:35", 2),
    ]
    assert thawed(run.alerts[-1].detail).tally.totals.missed == 2


def test_a_report_counts_the_calls_of_its_own_day_alone() -> None:
    days = ("04 09:00", "06 20:00", "07 09:00", "07 10:00")

    run = played(a_report(), [a_miss(when) for when in days])

    (*_, last) = (alert for alert in run.alerts if alert.kind is AlertKind.REPORT)
    assert thawed(last.detail).tally.totals.calls == 2


def test_a_report_keeps_to_the_open_days_of_its_calendar() -> None:
    run = played(a_report(on=OFFICE), since="04 00:00", until="08 00:00")

    assert [clock(alert.fired_at) for alert in run.alerts] == ["04 17:35", "17:35"]
    assert why(run).count(Reason.OUTSIDE_CALENDAR) == 2


def test_a_report_that_time_went_past_is_drawn_up_late_and_once() -> None:
    engine = an_engine(a_report())
    run = Rehearsal(engine)
    run.begin(at("17:00"))
    (timer,) = run._timers.values()  # noqa: SLF001 - as a store would keep it

    run._fall_due([timer], at("08 09:00"))  # noqa: SLF001 - after a night out of work
    run._fall_due([timer], at("08 09:01"))  # noqa: SLF001 - and once more

    (alert,) = run.alerts
    assert (alert.subject, alert.deadline) == ("2026-09-07T10:35:00+00:00", at("17:35"))
    assert {clock(t.due_at) for t in run._timers.values()} == {"08 17:35"}  # noqa: SLF001 - as above


def test_a_report_of_a_rule_that_is_another_one_now_is_not_drawn_up() -> None:
    run = Rehearsal(an_engine(a_report()))
    run.begin(at("17:00"))
    plain = an_engine(a_prompt_rule("bao_cao"), rehearsing=True)
    run.engine = run._past.engine = plain  # noqa: SLF001 - the file was read again

    run.advance(at("18:00"))

    assert (run.alerts, run._timers) == ([], {})  # noqa: SLF001 - as above


# A start


def test_a_start_plans_what_rules_need_by_themselves_and_nothing_twice() -> None:
    rules = (
        a_report(),
        a_prompt_rule("im_lang", quiet=Quiet(HOUR)),
        a_prompt_rule("im_lang_tung_so", quiet=Quiet(HOUR, per="hotline")),
        a_prompt_rule(),
    )
    engine = an_engine(*rules)

    first = engine.plan(at("09:00"), [])
    again = engine.plan(at("09:00"), [(t.rule, t.key, t.kind) for t in first.timers])

    assert [(t.rule, t.kind, clock(t.due_at)) for t in first.timers] == [
        ("bao_cao", TimerKind.REPORT, "17:35"),
        ("im_lang", TimerKind.QUIET, "10:00"),
    ]
    assert again.timers == []


def test_history_is_remembered_and_alerts_nobody() -> None:
    run = Rehearsal(an_engine(a_prompt_rule(aggregate=Count(2, HOUR))))
    run.begin(at("09:00"))

    run.remember([a_change(a_miss("08:30"))])
    run.see(a_miss("09:00"), at("09:00"))

    assert [(a.count, [c.id for c in a.calls]) for a in run.alerts] == [(2, ["08:30", "09:00"])]


def test_history_tells_how_it_usually_is() -> None:
    run = Rehearsal(an_engine(a_prompt_rule(aggregate=Spike(1, weeks=1, within=HOUR))))
    run.begin(at("09:00"))
    long_ago = at("09:00") - timedelta(weeks=2)

    run.remember([a_change(a_miss("08:30", started_at=long_ago, ended_at=long_ago))])
    run.see(a_miss("09:00"), at("09:00"))

    assert fired(run) == ["09:00"]


def test_a_reading_that_says_nothing_new_changes_nothing() -> None:
    run = played(a_prompt_rule(), [a_miss("09:00")], until="09:01")
    told = list(run.tellings)

    run.see(a_miss("09:00"), at("09:02"))

    assert run.tellings == told


def test_a_call_that_has_had_its_alert_is_forgotten_once_nothing_can_ask_for_it() -> None:
    run = played(a_prompt_rule(), [a_miss("09:00"), a_miss("09:01", customer="")])

    late = at("09:00") + timedelta(days=15)
    run.see(a_miss("09:02", id="new", started_at=late, ended_at=late), late)

    assert list(run._past.calls) == ["new"]  # noqa: SLF001 - to see


def test_at_the_end_everything_that_waits_is_waited_for() -> None:
    rule = a_prompt_rule(unless=Unless((CALLED_BACK,), 15 * MINUTE))
    run = Rehearsal(an_engine(rule))
    run.begin(at("09:00"))
    run.see(a_miss("09:00"), at("09:00"))
    other = replace(run)

    run.finish(None)

    assert fired(run) == ["09:15"]
    assert other.now == at("09:00")


def test_a_long_run_counts_what_it_decides_and_keeps_no_row() -> None:
    run = Rehearsal(an_engine(a_prompt_rule()), keeps_audit=False)
    run.begin(at("09:00"))

    run.see(a_miss("09:00"), at("09:00"))

    assert (run.audit, dict(run.reasons)) == ([], {("goi_nho", Reason.NEW): 1})


def test_polls_of_history_gather_what_a_minute_of_ends_would_have_listed() -> None:
    engine = an_engine(a_prompt_rule(settle=MINUTE), a_prompt_rule("nhanh"))
    calls = [a_change(a_miss(when)) for when in ("09:00", "09:01", "09:02", "10:00")]

    polls = [([c.after.id for c in page], clock(when)) for page, when in polled(engine, calls)]

    assert polls == [(["09:00", "09:01"], "09:02"), (["09:02"], "09:03"), (["10:00"], "10:01")]
    assert list(polled(engine, [])) == []


def test_a_poll_of_history_is_judged_as_if_it_had_just_been_read() -> None:
    run = Rehearsal(an_engine(a_prompt_rule(aggregate=Count(2, HOUR))))
    run.begin(at("09:00"))

    run.replay([a_change(a_miss("09:00")), a_change(a_miss("09:01"))], at("09:02"))

    assert [(clock(a.fired_at), a.count) for a in run.alerts] == [("09:02", 2)]


def test_a_correction_after_a_storm_edits_its_card_and_begins_no_other() -> None:
    run = Rehearsal(an_engine(a_prompt_rule(), storm=STORM))
    run.begin(at("09:00"))
    misses = [a_miss("09:00", id=f"{number:02}") for number in range(12)]
    run.see_all(misses, at("09:01"))
    run.see(a_miss("09:20"), at("09:20"))

    run.see(replace(a_conversation("09:00"), id="11"), at("09:30"))

    cards = [alert.id for alert in run.alerts if alert.rule == STORM_DIGEST]
    assert len(cards) == 1
    assert said(run)[-1] == ("09:30", "quan_ly", Reason.REVISED)


def test_time_goes_on_until_it_is_told_to_stop_and_until_nothing_waits() -> None:
    run = Rehearsal(an_engine(a_prompt_rule(unless=Unless((CALLED_BACK,), 15 * MINUTE))))
    run.begin(at("09:00"))
    run.see(a_miss("09:00"), at("09:00"))

    run.finish(at("09:10"))

    assert (fired(run), run.now) == (["09:15"], at("09:15"))


def test_a_system_that_follows_calls_is_told_of_each_and_no_alert_comes_of_it() -> None:
    hook = a_hook(events=("call.*",))
    run = played(an_engine(a_prompt_rule(to=()), routes={"crm": hook}), [a_miss("09:00")])

    assert ([a.rule for a in run.alerts], run.tellings) == (["goi_nho"], [])


def test_two_rules_open_again_what_one_call_seemed_to_end() -> None:
    rules = (
        a_prompt_rule("mot", resolve=(CALLED_BACK,)),
        a_prompt_rule("hai", resolve=(CALLED_BACK,)),
    )
    back = a_conversation("09:05")
    run = played(an_engine(*rules), [a_miss("09:00"), back], until="09:10")
    ended = [alert.state for alert in run.alerts]

    run.see(replace(back, state=a_miss("09:00").state, duration=timedelta()), at("09:11"))

    assert ended == [AlertState.RESOLVED, AlertState.RESOLVED]
    assert [(a.state, a.corrected) for a in run.alerts] == [(AlertState.OPEN, 1)] * 2
