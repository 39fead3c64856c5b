"""What does not fit together in the mutes, the suppressing and the tests of a file."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.config.option_checks import APART, NOT_APART, either, unfit
from notifier.config.orders import instant
from notifier.config.problems import Path, Problem
from notifier.config.scalars import read_duration, read_flag, read_moment, read_zone, tried
from notifier.config.sheet import Plain, Sheet

_HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def zone_of(sheet: Sheet) -> ZoneInfo:
    """Return the zone in which the file's moments are meant."""
    return tried(read_zone, sheet.at("timezone")) or _HOME


def check_orders(sheet: Sheet) -> Iterator[Problem]:
    """Give what is wrong with the file's mutes and its suppressing."""
    zone = zone_of(sheet)
    for at, _ in _listed(sheet, "mute"):
        begin, end = (_moment(sheet, ("mute", at, key), zone) for key in ("from", "to"))
        if begin and end and end <= begin:
            yield sheet.problem(("mute", at, "to"), "must be later than `from`")
    for at, order in _listed(sheet, "suppress"):
        others = order.get("rules")
        named = others if isinstance(others, list) else [others]
        if order.get("while") in named:
            message = "the rule that speaks cannot be one of those that it keeps quiet"
            yield sheet.problem(("suppress", at, "rules"), message)
        yield from unfit(sheet, ("suppress", at, "same"), APART, NOT_APART)


def check_trials(sheet: Sheet, disabled: Collection[str], zone: ZoneInfo) -> Iterator[Problem]:
    """Give what is wrong with the sheet's `tests`, which may expect nothing of `disabled` rules."""
    names: dict[Plain, int] = {}
    for at, test in _listed(sheet, "tests"):
        path: Path = ("tests", at)
        name = test.get("name")
        if isinstance(name, str) and names.setdefault(name.strip(), at) != at:
            message = f"the same name as tests[{names[name.strip()]}]"
            yield sheet.problem((*path, "name"), message)
        for rule in sorted(set(sheet.table(*path, "expect")).intersection(disabled)):
            message = "the rule is not enabled, so nothing can be expected of it"
            yield sheet.problem((*path, "expect", rule), message, at_key=True)
        for place, call in _listed(sheet, *path, "calls"):
            yield from _call(sheet, (*path, "calls", place), call, zone)


def _call(sheet: Sheet, path: Path, call: dict[str, Plain], zone: ZoneInfo) -> Iterator[Problem]:
    yield from either(sheet, path, call, ("in", "out"))
    for other in ("missed", "abandoned"):
        if "answered" in call and tried(read_flag, call.get(other)):
            message = f"cannot stand beside `{other}`; write one of them"
            yield sheet.problem((*path, "answered"), message, at_key=True)
    if "out" in call and tried(read_flag, call.get("abandoned")):
        message = "is for calls that come `in`: no menu takes a call out"
        yield sheet.problem((*path, "abandoned"), message, at_key=True)
    if "target" in call and "out" in call:
        message = "is for calls that come `in`: a call out rings the customer alone"
        yield sheet.problem((*path, "target"), message, at_key=True)
    started_at, seen_at = (_moment(sheet, (*path, key), zone) for key in ("at", "seen"))
    lengths = (tried(read_duration, call.get(key)) for key in ("ring", "answered"))
    lasted = sum((length for length in lengths if length), timedelta())
    if started_at and seen_at and seen_at < started_at + lasted:
        message = "a call appears in the log no sooner than it has ended"
        yield sheet.problem((*path, "seen"), message)


def _listed(sheet: Sheet, *path: str | int) -> Iterator[tuple[int, dict[str, Plain]]]:
    """Give the mappings of the list at `path`, with their positions."""
    found = sheet.at(*path)
    for at, one in enumerate(found if isinstance(found, list) else ()):
        if isinstance(one, dict):
            yield at, one


def _moment(sheet: Sheet, path: Path, zone: ZoneInfo) -> datetime | None:
    """Return the moment at `path` in UTC; None if there is none that can be read."""
    found = tried(read_moment, sheet.at(*path))
    return instant(found, zone) if found else None
