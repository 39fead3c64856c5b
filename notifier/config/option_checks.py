"""Options of a rule that do not fit together, or ask for what a call cannot tell."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from notifier.config.model.rules import AGGREGATES
from notifier.config.problems import Path, Problem
from notifier.config.scalars import read_duration, read_flag, tried
from notifier.config.sheet import Plain, Sheet
from notifier.core.rules.fields import FIELDS, Kind

SINGLE = (
    *("customer", "hotline", "extension", "agent", "caller", "callee"),
    *("direction", "state", "contact_id", "user_id", "external_id"),
)
"""Fields of which a call has exactly one value, in the order in which they are proposed."""

APART = (*SINGLE, "target", "trunk", "miss_reason", "end_reason")
"""Fields by whose values calls can be told apart; of many legs, a call has each of theirs."""

NOT_APART = f"calls cannot be told apart by {{}}; write one of {', '.join(APART)}"
"""What to say of any other field."""

_LENGTHS = tuple(name for name, field in FIELDS.items() if field.kind is Kind.DURATION)

_WITHOUT_REPORT = (
    *("when", "during", "outside", "key", "every", "settle", *AGGREGATES),
    *("unless", "resolve", "escalate", "group", "digest", "lag"),
)
"""Options about single calls, which a report does not look at."""

_Rule = Mapping[str, Plain]


def check_options(sheet: Sheet) -> Iterator[Problem]:
    """Give what is wrong with the options of each rule, taken together."""
    for name, rule in sheet.table("rules").items():
        if isinstance(rule, dict):
            path: Path = ("rules", name)
            yield from _waiting(sheet, path, rule)
            yield from _company(sheet, path, rule)
            yield from _alternatives(sheet, path, rule)
            yield from _fields(sheet, path)
            yield from _escalation(sheet, path)


def _waiting(sheet: Sheet, path: Path, rule: _Rule) -> Iterator[Problem]:
    for option in ("unless", "resolve"):
        written = rule.get(option)
        if not isinstance(written, dict) or "when" in written:
            continue
        if tried(read_flag, written.get("called_back", "no")) is False:
            message = "waits for nothing; write called_back: true, or `when`"
            yield sheet.problem((*path, option), message, at_key=True)
        elif "same" in written:
            message = "needs `when`; called_back is about the same customer by itself"
            yield sheet.problem((*path, option, "same"), message, at_key=True)


def _company(sheet: Sheet, path: Path, rule: _Rule) -> Iterator[Problem]:
    """Give the options that cannot stand beside another one of the rule."""
    if "report" in rule:
        for option in filter(rule.__contains__, _WITHOUT_REPORT):
            message = f"a report has no `{option}`; it tells the totals of all calls at its times"
            yield sheet.problem((*path, option), message, at_key=True)
        return
    for option in filter(rule.__contains__, AGGREGATES if "unless" in rule else ()):
        message = f"cannot stand beside `{option}`: it waits for each match by itself"
        yield sheet.problem((*path, "unless"), message, at_key=True)
    if "quiet" in rule and "outside" in rule:
        message = "cannot stand beside `quiet`, whose clock runs in the hours of `during`"
        yield sheet.problem((*path, "outside"), message, at_key=True)
    if "group" in rule and "digest" in rule:
        message = "cannot stand beside `digest`; write one of them"
        yield sheet.problem((*path, "group"), message, at_key=True)


def _alternatives(sheet: Sheet, path: Path, rule: _Rule) -> Iterator[Problem]:
    for option, pair in (("ratio", ("above", "below")), ("digest", ("at", "every"))):
        written = rule.get(option)
        if isinstance(written, dict):
            yield from either(sheet, (*path, option), written, pair)


def either(
    sheet: Sheet, path: Path, written: Mapping[str, Plain], pair: tuple[str, str]
) -> Iterator[Problem]:
    """Give a problem unless `written`, at `path`, has exactly one key of `pair`."""
    there = [key for key in pair if written.get(key, []) != []]
    first, second = pair
    if not there:
        message = f"has neither `{first}` nor `{second}`; write one of them"
        yield sheet.problem(path, message, at_key=True)
    elif len(there) > 1:
        message = f"cannot stand beside `{first}`; write one of them"
        yield sheet.problem((*path, second), message, at_key=True)


def _fields(sheet: Sheet, path: Path) -> Iterator[Problem]:
    for option in (*AGGREGATES, "digest"):
        yield from unfit(sheet, (*path, option, "per"), APART, NOT_APART)
    for below in (("distinct", "field"), ("new", "field"), ("group", "by")):
        yield from unfit(sheet, (*path, *below), APART, NOT_APART)
    same = f"two calls cannot have {{}} in common; write one of {', '.join(SINGLE)}"
    yield from unfit(sheet, (*path, "unless", "same"), SINGLE, same)
    length = f"{{}} cannot be added up; write one of {', '.join(_LENGTHS)}"
    yield from unfit(sheet, (*path, "sum", "field"), _LENGTHS, length)


def unfit(sheet: Sheet, path: Path, fit: tuple[str, ...], message: str) -> Iterator[Problem]:
    """Give a problem for each field at `path`, one or a list, that is not among those that fit.

    `message` has a {} for the field.
    """
    written = sheet.at(*path)
    if isinstance(written, list):
        for place in range(len(written)):
            yield from unfit(sheet, (*path, place), fit, message)
    elif isinstance(written, str) and written.strip() in FIELDS and written.strip() not in fit:
        yield sheet.problem(path, message.format(written.strip()))


def _escalation(sheet: Sheet, path: Path) -> Iterator[Problem]:
    steps = sheet.at(*path, "escalate")
    count = len(steps) if isinstance(steps, list) else 0
    times = [tried(read_duration, sheet.at(*path, "escalate", at, "after")) for at in range(count)]
    for at, (earlier, later) in enumerate(pairwise(times), start=1):
        if earlier is not None and later is not None and later <= earlier:
            message = "must be longer than that of the step before"
            yield sheet.problem((*path, "escalate", at, "after"), message)
