"""What works, and is not likely to be what its author meant."""

from collections.abc import Iterator
from datetime import timedelta

from notifier.config.materials import Materials
from notifier.config.model.document import Document
from notifier.config.model.rules import AGGREGATES
from notifier.config.problems import Path, Problem
from notifier.config.scalars import duration_text
from notifier.config.settings import Config
from notifier.config.sheet import Sheet
from notifier.core.calendars import Calendar
from notifier.core.calls import UNKNOWN_HOTLINE
from notifier.core.deliveries import ChannelKind
from notifier.core.phones import readable
from notifier.core.rules.aggregates import WEEK
from notifier.core.rules.language import Atom, Condition, Listed, OneOf, atoms
from notifier.core.rules.model import Rule, Stale
from notifier.core.rules.patterns import comparable

_OF_CALLS = ("call.created", "call.updated")
"""Events that a webhook gets whatever the rules say."""


def lint(sheet: Sheet, materials: Materials, config: Config) -> list[Problem]:
    """Return what should be looked at: nothing here keeps the file from being used."""
    return [
        *_twins(sheet, config),
        *_forgotten(sheet, config),
        *_hotlines(sheet, materials, config),
        *_closed(sheet, config),
        *_late(sheet, config),
        *_unheard(sheet, materials.document, config),
    ]


def _twins(sheet: Sheet, config: Config) -> Iterator[Problem]:
    """Give rules that find the same calls and tell the same people in the same way."""
    seen: dict[tuple[object, ...], str] = {}
    for rule in config.rules:
        if rule.report:
            continue
        first = seen.setdefault((rule.meaning, rule.to, rule.digest, rule.group), rule.name)
        if first != rule.name:
            message = f"finds the same calls as rules.{first} and tells the same channels"
            yield sheet.problem(("rules", rule.name), message, at_key=True)


def _late(sheet: Sheet, config: Config) -> Iterator[Problem]:
    """Give rules that wait so long for a call to settle that each match is stale by then."""
    for rule in config.rules:
        if rule.stale is not Stale.SEND and rule.settle >= rule.max_age and not rule.report:
            option = "settle" if sheet.at("rules", rule.name, "settle") is not None else "max_age"
            message = (
                f"settles after {duration_text(rule.settle)} and is stale after "
                f"{duration_text(rule.max_age)}: every match would come late; lengthen max_age"
            )
            yield sheet.problem(("rules", rule.name, option), message)


def _forgotten(sheet: Sheet, config: Config) -> Iterator[Problem]:
    """Give rules that look further back than calls are kept."""
    for rule in config.rules:
        reach = _reach(rule)
        if config.keep is None or reach <= config.keep:
            continue
        kept = duration_text(config.keep)
        message = f"reaches further back than calls are kept, which is {kept} by storage.keep"
        option = next(key for key in AGGREGATES if sheet.at("rules", rule.name, key) is not None)
        yield sheet.problem(_span_path(sheet, ("rules", rule.name, option)), message)


def _reach(rule: Rule) -> timedelta:
    if rule.quiet:
        return rule.quiet.span
    if rule.aggregate is None:
        return timedelta()
    weeks = getattr(rule.aggregate, "weeks", 0)
    return rule.aggregate.within + weeks * WEEK


def _span_path(sheet: Sheet, path: Path) -> Path:
    """Return where a rule's option says how far back it looks."""
    keys = ("versus", "lookback", "for", "within")
    return next(((*path, key) for key in keys if sheet.at(*path, key) is not None), path)


def _hotlines(sheet: Sheet, materials: Materials, config: Config) -> Iterator[Problem]:
    """Give what depends on a hotline that the file does not know: no call may ever be on it."""
    known = {comparable(hotline.number) for hotline in config.directory.hotlines}
    for path, condition in materials.pieces.conditions.items():
        for number in _asked(condition, config, known):
            said = "a call is on it only if the PBX itself says so"
            yield sheet.problem(path, f"directory.hotlines does not have {number}: {said}")
    for rule in config.rules:
        for option in (*AGGREGATES, "digest"):
            per: Path = ("rules", rule.name, option, "per")
            if not known and sheet.at(*per) == "hotline":
                message = "directory.hotlines is empty: calls may all be on one unknown hotline"
                yield sheet.problem(per, message)


def _asked(condition: Condition, config: Config, known: set[str]) -> list[str]:
    """Return the hotlines in `condition` that are not `known`, as people write them."""
    asked = {
        readable(comparable(number))
        for atom in atoms(condition)
        for number in _numbers(atom, config)
        if comparable(number) not in known and number != UNKNOWN_HOTLINE
    }
    return sorted(asked)


def _numbers(atom: Atom, config: Config) -> Iterator[str]:
    """Give the hotlines that `atom` names one by one."""
    if isinstance(atom, OneOf | Listed) and atom.term.field == "hotline" and not atom.term.view:
        values = atom.values if isinstance(atom, OneOf) else config.lists[atom.name]
        yield from map(str, values)


def _closed(sheet: Sheet, config: Config) -> Iterator[Problem]:
    """Give calendars that are never open, where a rule waits for them to be."""
    for rule in config.rules:
        clock = rule.unless.clock if rule.unless else ()
        for below, calendars in ((("during",), rule.during), (("unless", "clock"), clock)):
            for calendar in filter(_never_opens, calendars):
                message = f"{calendar.name} is not open on any day of the week"
                yield sheet.problem(("rules", rule.name, *below), message)


def _never_opens(calendar: Calendar) -> bool:
    return not any(calendar.week.values())


def _unheard(sheet: Sheet, document: Document, config: Config) -> Iterator[Problem]:
    """Give channels that are told nothing: no rule names them, nor do they get calls by type."""
    used = {*config.default_to, *document.watchdog.send_failed}
    for rule in document.rules.values():
        used.update(rule.to or (), *(step.to for step in rule.escalate))
    for name, channel in config.channels.items():
        route = channel.route
        heard = route.kind is ChannelKind.WEBHOOK and any(map(route.wants, _OF_CALLS))
        if name not in used and not heard:
            yield sheet.problem(("channels", name), "no rule tells it anything", at_key=True)
