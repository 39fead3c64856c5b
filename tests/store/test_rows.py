"""What is written is read back the same."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.core.alerts import Alert, AlertKind, Language, Outcome
from notifier.core.calls import Call, Leg, Malformed, meaning
from notifier.core.decisions import Decision
from notifier.store.rows import at, call_of, ms, ms_not_before, ms_or_none, seconds, text_of
from tests.builders import HANOI, NOON, SECOND, a_call, a_leg, an_alert
from tests.store.desk import Desk, a_desk, a_mute

words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["", "Nguyễn Thị Ngọc Ánh", "gọi nhỡ 📞", "a\x00b", "'; DROP TABLE calls; --"]),
)
moments = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)
spans = st.timedeltas(timedelta(), timedelta(days=400))
legs = st.builds(
    Leg,
    number=words,
    added_at=st.none() | moments,
    rung_at=st.none() | moments,
    ring=spans,
    answered_at=st.none() | moments,
    ended_at=st.none() | moments,
    end_reason=words,
    fail_code=st.integers(0, 999),
    trunk=words,
)
calls = st.builds(
    Call,
    **dict.fromkeys(
        "id caller callee customer session extension agent hotline note contact_id user_id "
        "external_id extension_id".split(),
        words,
    ),
    duration=spans,
    started_at=moments,
    ended_at=st.none() | moments,
    legs=st.lists(legs, max_size=4).map(tuple),
    recording_urls=st.lists(words, max_size=3).map(tuple),
    created_at=st.none() | moments,
)
said: st.SearchStrategy[Mapping[Language, str]] = st.dictionaries(
    st.sampled_from(Language), words, max_size=2
)
alerts = st.builds(
    Alert,
    id=words,
    rule=words,
    kind=st.just(AlertKind.CALL),
    key=words,
    title=said,
    text=said,
    occurred_at=moments,
    fired_at=moments,
    calls=calls.map(lambda call: (call,)),
    count=st.integers(0, 10**9),
    suppressed=st.integers(0, 10**9),
    revision=st.integers(1, 10**9),
    corrected=st.integers(0, 10**9),
    deadline=st.none() | moments,
    detail=words,
    subject=words,
    taken_by=words,
    taken_at=st.none() | moments,
    outcome=st.none() | st.sampled_from(Outcome),
    ended_at=st.none() | moments,
    ended_by=words,
    ended_call=words,
    held=spans,
)


@given(calls)
@example(a_call(note="Chị Hạnh gọi lại", legs=(a_leg(answered_at=NOON.replace(microsecond=1)),)))
def test_any_call_is_read_back_the_same_to_the_microsecond(call: Call) -> None:
    again = call_of(text_of(call))

    assert again == call
    assert meaning(again) == meaning(call)


@given(calls)
@settings(max_examples=40, deadline=None)
def test_any_call_that_is_taken_in_is_found_again_and_no_news_the_second_time(call: Call) -> None:
    with TemporaryDirectory() as folder, a_desk(Path(folder) / "notifier.db") as desk:
        first = desk.ledger.take_in({call.id: call}, None, NOON)
        second = desk.ledger.take_in({call.id: call}, None, NOON + SECOND)

        assert desk.archive.call(call.id) == call
    assert [change.created for change in first.changes] == [True]
    assert second.changes == ()


def to_the_millisecond(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=moment.microsecond % 1000)


@given(alerts)
@settings(max_examples=40, deadline=None)
def test_any_alert_is_read_back_the_same_to_the_millisecond(alert: Alert) -> None:
    with TemporaryDirectory() as folder, a_desk(Path(folder) / "notifier.db") as desk:
        desk.ledger.take_in({call.id: call for call in alert.calls}, None, NOON)
        desk.ledger.record(Decision(alerts=[alert]), NOON)

        found = desk.outbox.alert(alert.id)

    assert found == as_kept(alert)


def as_kept(alert: Alert) -> Alert:
    return replace(
        alert,
        occurred_at=to_the_millisecond(alert.occurred_at),
        fired_at=to_the_millisecond(alert.fired_at),
        deadline=alert.deadline and to_the_millisecond(alert.deadline),
        taken_at=alert.taken_at and to_the_millisecond(alert.taken_at),
        ended_at=alert.ended_at and to_the_millisecond(alert.ended_at),
        held=timedelta(seconds=seconds(alert.held)),
    )


STAYS = ("id", "rule", "kind", "key", "subject", "fired_at", "deadline", "calls")


@given(alerts, alerts)
@settings(max_examples=40, deadline=None)
def test_whatever_becomes_of_an_alert_is_read_back_but_it_stays_the_same_one(
    first: Alert, then: Alert
) -> None:
    then = replace(then, **{name: getattr(first, name) for name in STAYS})
    with TemporaryDirectory() as folder, a_desk(Path(folder) / "notifier.db") as desk:
        desk.ledger.take_in({call.id: call for call in first.calls}, None, NOON)
        desk.ledger.record(Decision(alerts=[first]), NOON)
        desk.ledger.record(Decision(changed=[then]), NOON)

        found = desk.outbox.alert(first.id)

    assert found == as_kept(then)


@pytest.mark.parametrize(
    ("kind", "calls", "kept"),
    [
        (AlertKind.WINDOW, ["3"], ["3"]),
        (AlertKind.WINDOW, [], []),
        (AlertKind.CALL, ["1", "2", "3"], ["1", "2", "3"]),
        (AlertKind.CALL, ["1"], ["1"]),
    ],
    ids=["a window of others", "a window of none", "others joined it", "nobody joined it"],
)
def test_the_calls_that_an_alert_is_about_may_become_others(
    desk: Desk, kind: AlertKind, calls: list[str], kept: list[str]
) -> None:
    known = {number: a_call(id=number) for number in "123"}
    desk.ledger.take_in(known, None, NOON)
    about = (known["1"], known["2"]) if kind is AlertKind.WINDOW else (known["1"],)
    alert = an_alert(kind=kind, calls=about)
    desk.ledger.record(Decision(alerts=[alert]), NOON)

    changed = replace(alert, calls=tuple(known[number] for number in calls))
    desk.ledger.record(Decision(changed=[alert, changed]), NOON)

    found = desk.outbox.alert(alert.id)
    assert found is not None
    assert [call.id for call in found.calls] == kept


def test_an_alert_that_is_new_and_moves_in_one_step_is_about_what_it_came_to(desk: Desk) -> None:
    known = [a_call(id=number) for number in "123"]
    desk.ledger.take_in({call.id: call for call in known}, None, NOON)
    alert = an_alert(kind=AlertKind.WINDOW, calls=tuple(known[:2]))

    came_to = replace(alert, calls=(known[2],), count=7)
    desk.ledger.record(Decision(alerts=[alert], changed=[came_to]), NOON)

    assert desk.outbox.alert(alert.id) == came_to


def test_a_mute_is_read_back_the_same(desk: Desk) -> None:
    mute = a_mute(rule="r", key="+8490", hotline="1900", reason="Tết 🧧")

    desk.ledger.add_mute(mute, "file", NOON)

    assert desk.ledger.mutes(NOON) == [mute]


def test_an_alert_of_the_watchdog_has_no_calls_and_is_about_itself(desk: Desk) -> None:
    alert = an_alert(kind=AlertKind.WATCH, calls=(), detail="không hỏi được tổng đài")
    desk.ledger.record(Decision(alerts=[alert]), NOON)

    assert desk.ledger.open_watches() == [alert]
    assert desk.archive.alerts_about(alert.id) == [alert]


@given(moments)
def test_milliseconds_of_an_instant_are_the_last_that_began_by_then(moment: datetime) -> None:
    assert at(ms(moment)) == to_the_millisecond(moment)


@given(moments)
def test_what_waits_for_an_instant_is_never_early_and_at_most_a_millisecond_late(
    moment: datetime,
) -> None:
    late = at(ms_not_before(moment)) - moment

    assert timedelta() <= late < timedelta(milliseconds=1)


def test_an_instant_is_the_same_in_every_zone() -> None:
    assert ms(NOON.astimezone(HANOI)) == ms(NOON)
    assert ms_or_none(None) is None


@pytest.mark.parametrize(
    ("span", "whole"),
    [(timedelta(), 0), (timedelta(seconds=1.999), 1), (timedelta(days=400), 34_560_000)],
    ids=["none", "nearly two", "more than a year"],
)
def test_a_span_is_kept_in_whole_seconds_beside_the_record(span: timedelta, whole: int) -> None:
    assert seconds(span) == whole


@given(words, words)
@settings(max_examples=20, deadline=None)
def test_any_malformed_record_is_kept_as_it_came(raw: str, why: str) -> None:
    with TemporaryDirectory() as folder, a_desk(Path(folder) / "notifier.db") as desk:
        desk.ledger.keep_malformed([Malformed(raw, why)], NOON)
        (row,) = desk.database.run("SELECT raw, why, times FROM malformed")

    assert tuple(row) == (raw, why, 1)
