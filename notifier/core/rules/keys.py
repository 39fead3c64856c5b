"""What an alert is about: the value of a field of its call, as one text."""

from operator import attrgetter
from zoneinfo import ZoneInfo

from notifier.core.calls import Call
from notifier.core.rules.fields import WEEKDAYS
from notifier.core.rules.model import Rule


def key_of(rule: Rule, call: Call, zone: ZoneInfo) -> str:
    """Return what an alert of `rule` on `call` is about: a field's value, else the call.

    A call without a value there, such as one whose caller withheld the number, is about itself.
    """
    return (value_of(rule.key, call, zone) if rule.key else "") or call.subject


def values_of(field: str, call: Call, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the values of `field` that `call` counts under: those of each leg apart.

    ("",) without a field; empty if the call has no value there, and so counts nowhere.
    """
    match field:
        case "":
            return ("",)
        case "target":
            return call.targets
        case "trunk" | "end_reason":
            return tuple(dict.fromkeys(filter(None, map(attrgetter(field), call.legs))))
        case _:
            value = value_of(field, call, zone)
            return (value,) if value else ()


def value_of(field: str, call: Call, zone: ZoneInfo) -> str:
    """Return the value of any of `fields.FIELDS` as one text; "" if there is none."""
    match field:
        case "target":
            return " ".join(call.targets)
        case "trunk" | "end_reason":
            return " ".join(dict.fromkeys(filter(None, map(attrgetter(field), call.legs))))
        case "has_recording":
            return str(bool(call.recording_urls)).lower()
        case "hour":
            return str(call.started_at.astimezone(zone).hour)
        case "weekday":
            return WEEKDAYS[call.started_at.astimezone(zone).weekday()]
        case _:
            value = getattr(call, field)
            return "" if value is None else str(value)
