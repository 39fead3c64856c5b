"""Quiet hours, duty and the words in which both are asked for."""

from datetime import UTC, datetime, time, timedelta

import pytest

from notifier.core.alerts import Reason, Severity
from notifier.core.calendars import Span
from notifier.core.living import (
    EVERYWHERE,
    Duty,
    Hush,
    hours_text,
    is_silent,
    on_duty,
    read_hours,
    read_length,
    read_time,
    read_until,
    waking_lines,
)
from notifier.core.messages import mention, plain
from tests.builders import HANOI, MINUTE, NOON, Echo, an_alert

NIGHT = Span(time(22), time(7))
GROUP = -1001112223334
LAN, MINH = Duty(101, "Lan"), Duty(102, "Minh")


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-09-07T{text}").replace(tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("21:59", False), ("22:00", True), ("23:30", True), ("06:59", True), ("07:00", False)],
)
def test_a_night_runs_past_midnight(at: str, quiet: bool) -> None:  # noqa: FBT001
    assert Hush(GROUP, NIGHT).holds(local(at), HANOI) is quiet


@pytest.mark.parametrize(("at", "quiet"), [("11:59", False), ("12:00", True), ("13:00", False)])
def test_a_rest_at_noon_is_within_one_day(at: str, quiet: bool) -> None:  # noqa: FBT001
    assert Hush(GROUP, Span(time(12), time(13))).holds(local(at), HANOI) is quiet


def test_a_pause_ends_at_its_end() -> None:
    hush = Hush(GROUP, until=NOON)

    assert hush.holds(NOON - MINUTE, HANOI)
    assert not hush.holds(NOON, HANOI)


@pytest.mark.parametrize(
    ("severity", "hush", "silent"),
    [
        (Severity.INFO, None, True),
        (Severity.WARNING, None, False),
        (Severity.WARNING, Hush(GROUP, always=True), True),
        (Severity.WARNING, Hush(GROUP, NIGHT), False),
        (Severity.CRITICAL, Hush(GROUP, always=True), False),
    ],
    ids=["info", "warning", "warning in quiet", "warning by day", "critical in quiet"],
)
def test_only_what_is_critical_passes_quiet_hours(
    severity: Severity,
    hush: Hush | None,
    silent: bool,  # noqa: FBT001
) -> None:
    assert is_silent(severity, hush, NOON, HANOI) is silent


@pytest.mark.parametrize(
    ("duties", "called"),
    [
        ((LAN, Duty(102, "Minh", GROUP)), (Duty(102, "Minh", GROUP),)),
        ((LAN, Duty(102, "Minh", GROUP, until=NOON)), (LAN,)),
        ((LAN, Duty(102, "Minh", -5)), (LAN,)),
        ((Duty(102, "Minh", until=NOON),), ()),
    ],
    ids=["own people", "own people are off", "other groups", "nobody"],
)
def test_a_group_calls_its_own_people_first(
    duties: tuple[Duty, ...], called: tuple[Duty, ...]
) -> None:
    assert on_duty(duties, GROUP, NOON) == called
    assert LAN.chat == EVERYWHERE


@pytest.mark.parametrize(
    ("reason", "severity", "called"),
    [
        (Reason.ESCALATE, Severity.INFO, True),
        (Reason.NEW, Severity.CRITICAL, True),
        (Reason.NEW, Severity.WARNING, False),
        (Reason.DIGEST, Severity.CRITICAL, False),
    ],
)
def test_people_on_duty_are_called_when_somebody_must_act(
    reason: Reason,
    severity: Severity,
    called: bool,  # noqa: FBT001
) -> None:
    lines = waking_lines(an_alert(severity=severity), reason, (LAN, MINH), Echo())

    names = (mention("Lan", 101), plain(", "), mention("Minh", 102))
    assert lines == (((plain("📣 living.called "), *names),) if called else ())


def test_nobody_is_called_where_nobody_is_on_duty() -> None:
    assert waking_lines(an_alert(), Reason.ESCALATE, (), Echo()) == ()


def test_a_reminder_names_who_took_the_alert() -> None:
    alert = an_alert(taken_by="Lan \n(101)", taken_at=NOON)

    lines = waking_lines(alert, Reason.REMIND, (MINH,), Echo(), taken_at="12:00")

    assert lines == ((plain("⏰ living.remind who=Lan (101) at=12:00"),),)


@pytest.mark.parametrize(
    ("word", "hours"),
    [
        ("22:00-07:00", NIGHT),
        ("7:30-9:00", Span(time(7, 30), time(9))),
        ("22:00-22:00", None),
        ("22:00-25:00", None),
        ("22-7", None),
        ("", None),
    ],
)
def test_hours_are_read_or_refused(word: str, hours: Span | None) -> None:
    assert read_hours(word) == hours


def test_hours_are_written_as_they_are_read() -> None:
    assert read_hours(hours_text(NIGHT)) == NIGHT


@pytest.mark.parametrize(
    ("word", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("0m", None),
        ("30", None),
        ("٣m", None),
    ],
)
def test_lengths_are_read_or_refused(word: str, length: timedelta | None) -> None:
    assert read_length(word) == length


@pytest.mark.parametrize(
    ("word", "until"),
    [
        ("8h", NOON + timedelta(hours=8)),
        ("18:00", NOON + timedelta(hours=6)),
        ("12:00", NOON + timedelta(days=1)),
        ("07:00", NOON + timedelta(hours=19)),
        ("24:00", None),
        ("@lan", None),
    ],
)
def test_an_end_is_the_next_such_time_or_so_much_later(word: str, until: datetime | None) -> None:
    assert read_until(word, NOON, HANOI) == until


def test_a_time_of_day_is_read_or_refused() -> None:
    assert (read_time("8:05"), read_time("8h"), read_time("08:60")) == (time(8, 5), None, None)
