"""How instants and spans are written for people: local, short, with a date only where needed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.messages import Phrases

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def moment(
    at: datetime, say: Phrases, *, now: datetime, zone: ZoneInfo, seconds: bool = True
) -> str:
    """Return `at` on the clock of `zone`, with its day unless that is the day of `now` there."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    day = local.date()
    if day == today:
        return time
    if day == today - timedelta(days=1):
        return say("time.on_day", day=say("day.yesterday"), time=time)
    facts = {"day": day.day, "month": say(f"month.{day.month}")}
    name = "day.date" if day.year == today.year else "day.full"
    shown = say(name, **facts, year=day.year) if name == "day.full" else say(name, **facts)
    return say("time.on_day", day=shown, time=time)


def span(length: timedelta, say: Phrases) -> str:
    """Return `length` in its two largest units: 27 s, 6 min, 1 h 5 min; a negative one as 0 s."""
    seconds = max(int(length.total_seconds()), 0)
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    parts = [("days", days), ("hours", hours), ("minutes", minutes), ("seconds", rest)]
    first = next((i for i, (_, n) in enumerate(parts) if n), len(parts) - 1)
    shown = [(unit, n) for unit, n in parts[first : first + 2] if n] or [parts[-1]]
    return " ".join(say(f"span.{unit}", n=n) for unit, n in shown)


def talk(length: timedelta) -> str:
    """Return a talk time as 12:05, or 1:02:05 from an hour on."""
    minutes, seconds = divmod(max(int(length.total_seconds()), 0), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
