"""One text for each meaning of a condition, itself an expression that reads back the same."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifier.core.rules.language import (
    All,
    Atom,
    Compare,
    Condition,
    Either,
    Flag,
    Like,
    Listed,
    Not,
    OneOf,
    Open,
    Present,
    Value,
)


def canonical(condition: Condition) -> str:
    """Return a text that stays the same when operands, list values or the surface change.

    Lists and calendars stand in it by name: what they hold is not the condition's.
    """
    match condition:
        case All(()):
            return "any"
        case Either(()):
            return "false"
        case All(parts):
            return _joined(" and ", parts)
        case Either(parts):
            return _joined(" or ", parts)
        case Not(part):
            return f"not {canonical(part)}"
        case _:
            return _fact(condition)


def _joined(word: str, parts: Iterable[Condition]) -> str:
    return f"({word.join(sorted({canonical(part) for part in parts}))})"


def _fact(atom: Atom) -> str:
    match atom:
        case Flag(fact):
            return fact.value
        case Open(calendar):
            return f"open({written(calendar)})"
        case Present(term, negated):
            return f"{'absent' if negated else 'present'}({term})"
        case _:
            return f"{atom.term} {_comparison(atom)}"


def _comparison(atom: Compare | OneOf | Listed | Like) -> str:
    match atom:
        case Compare(_, order, value):
            return f"{order} {written(value)}"
        case OneOf(_, values, negated):
            return _membership(values, negated=negated)
        case Listed(_, name, negated):
            return f"{'not in' if negated else 'in'} {written('@' + name)}"
        case _:
            return f"{'not like' if atom.negated else 'like'} {written(atom.pattern)}"


def _membership(values: tuple[Value, ...], *, negated: bool) -> str:
    texts = sorted(map(written, values))
    if len(texts) == 1:
        return f"{'!=' if negated else '=='} {texts[0]}"
    return f"{'not in' if negated else 'in'} [{', '.join(texts)}]"


_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


def written(value: Value) -> str:
    """Return `value` as an expression writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case timedelta():
            return _duration(value)
        case datetime():
            return f'"{value.isoformat()}"'
        case _:
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _duration(value: timedelta) -> str:
    rest = value // timedelta(milliseconds=1)
    text = ""
    for unit, size in _UNITS:
        number, rest = divmod(rest, size)
        text += f"{number}{unit}" if number else ""
    return text or "0s"
