"""Days of people and chats: when they want no sound, who is on duty, and how both are said."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert, Reason, Severity
from notifier.core.calendars import Span
from notifier.core.messages import Line, Phrases, mention, plain

EVERYWHERE = 0
"""Chat of a duty that holds in each chat without one of its own; Telegram gives no chat this id."""

LONGEST_SNOOZE = timedelta(days=7)
"""Longest pause without sound; who wants none at all says so by other words."""

_HOURS = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d\d)", re.ASCII)
_LENGTH = re.compile(r"(\d{1,4})([mhd])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

_WAKING = frozenset({Reason.NEW, Reason.ESCALATE, Reason.REPEAT})
"""Reasons for which a critical alert calls whoever is on duty."""


@dataclass(frozen=True, slots=True)
class Hush:
    """When messages to a chat make no sound, but for critical ones; a private chat is a person."""

    chat: int
    hours: Span | None = None
    """Local hours of every day; None for none."""
    until: datetime | None = None
    """End of a pause; None for none."""
    always: bool = False
    """Until further notice."""

    def holds(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether it is quiet `now`; the first minute of the hours is, the last is not."""
        if self.always or (self.until is not None and now < self.until):
            return True
        return self.hours is not None and _within(self.hours, now.astimezone(zone).time())


def _within(hours: Span, at: time) -> bool:
    if hours.overnight:
        return at >= hours.start or at < hours.end
    return hours.start <= at < hours.end


def is_silent(severity: Severity, hush: Hush | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a message of `severity` makes no sound: info never does, critical always does."""
    if severity is Severity.CRITICAL:
        return False
    return severity is Severity.INFO or (hush is not None and hush.holds(now, zone))


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody who is called when nobody has acted."""

    person: int
    """Telegram id; a name is never an identity."""
    name: str
    chat: int = EVERYWHERE
    """Where they are called."""
    until: datetime | None = None
    """None until somebody else is named."""


def on_duty(duties: Iterable[Duty], chat: int, now: datetime) -> tuple[Duty, ...]:
    """Return who is on duty in `chat`: those named there, else those named for everywhere."""
    standing = [duty for duty in duties if duty.until is None or now < duty.until]
    here = tuple(duty for duty in standing if duty.chat == chat)
    return here or tuple(duty for duty in standing if duty.chat == EVERYWHERE)


def calls_for(alert: Alert, reason: Reason) -> bool:
    """Whether a message about `alert` calls whoever is on duty."""
    critical = alert.severity is Severity.CRITICAL
    return reason is Reason.ESCALATE or (critical and reason in _WAKING)


def waking_lines(
    alert: Alert, reason: Reason, duties: Sequence[Duty], say: Phrases, *, taken_at: str = ""
) -> tuple[Line, ...]:
    """Return what stands on top of a message that is to wake somebody; empty where it is not.

    A reminder names who took the alert, and `taken_at` when, as its reader's clock shows it.
    """
    if reason is Reason.REMIND and alert.taken_by:
        told = say("living.remind", who=" ".join(alert.taken_by.split()), at=taken_at)
        return ((plain(f"⏰ {told}"),),)
    if not duties or not calls_for(alert, reason):
        return ()
    names = [mention(duty.name, duty.person) for duty in duties]
    between = [part for name in names for part in (plain(", "), name)][1:]
    return ((plain(f"📣 {say('living.called')} "), *between),)


def read_hours(word: str) -> Span | None:
    """Return the hours that `word`, such as 22:00-07:00, names; None for anything else.

    Equal ends are none: a whole day is asked for otherwise.
    """
    found = _HOURS.fullmatch(word)
    if found is None:
        return None
    begin, end = (_clock(found[n], found[n + 1]) for n in (1, 3))
    return Span(begin, end) if begin and end and begin != end else None


def read_time(word: str) -> time | None:
    """Return the local time of day that `word`, such as 08:00, names; None for anything else."""
    found = _TIME.fullmatch(word)
    return _clock(found[1], found[2]) if found else None


def _clock(hour: str, minute: str) -> time | None:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def read_length(word: str) -> timedelta | None:
    """Return the span that `word`, such as 30m, 2h or 1d, names; None for none or nothing."""
    found = _LENGTH.fullmatch(word)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) or None if found else None


def read_until(word: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant that `word` names: the next 18:00 to come, or 8h from `now`; else None."""
    if length := read_length(word):
        return now + length
    at = read_time(word)
    if at is None:
        return None
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    day = local.date() + timedelta(days=today <= local)
    return datetime.combine(day, at, zone).astimezone(UTC)


def hours_text(hours: Span) -> str:
    """Return `hours` as they are written: 22:00-07:00."""
    return f"{hours.start:%H:%M}-{hours.end:%H:%M}"
