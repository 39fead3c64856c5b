"""What is written is read back the same."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.core.alerts import Alert, AlertKind, Language
from notifier.core.calls import Call, Leg, Malformed, meaning
from notifier.core.decisions import Decision
from notifier.store.rows import at, call_of, ms, ms_not_before, ms_or_none, seconds, text_of
from tests.builders import HANOI, NOON, SECOND, a_call, a_leg, an_alert
from tests.store.desk import Desk, a_desk

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

    assert found == replace(
        alert,
        occurred_at=to_the_millisecond(alert.occurred_at),
        fired_at=to_the_millisecond(alert.fired_at),
        deadline=alert.deadline and to_the_millisecond(alert.deadline),
    )


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
