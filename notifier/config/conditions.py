"""The conditions and templates of all rules, read where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from notifier.config.problems import Path, Problem
from notifier.config.sheet import Plain, Sheet
from notifier.config.templates import Wording, compile_template
from notifier.core.rules.fields import FIELDS
from notifier.core.rules.language import Condition
from notifier.core.rules.reading import Fault, Vocabulary, read_condition

_CONDITIONS: tuple[Path, ...] = (
    ("when",),
    ("count", "reset_by"),
    ("ratio", "of"),
    ("unless", "when"),
    ("resolve", "when"),
)
"""Where a rule may hold a condition."""

_NESTING = frozenset({"any", "all", "not"})


@dataclass(slots=True)
class Pieces:
    """What was read of the rules besides their options."""

    conditions: dict[Path, Condition] = field(default_factory=dict)
    templates: dict[Path, Wording] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_pieces(sheet: Sheet, vocabulary: Vocabulary) -> Pieces:
    """Return every condition and template of the file's rules by path, and every fault."""
    pieces = Pieces()
    for name in sheet.table("rules"):
        for below in _CONDITIONS:
            _read_condition(sheet, vocabulary, ("rules", name, *below), pieces)
        for what in ("title", "text"):
            for path, source in _texts(sheet, ("rules", name, what)):
                _read_template(sheet, what, path, source, pieces)
    return pieces


def _read_condition(sheet: Sheet, vocabulary: Vocabulary, path: Path, pieces: Pieces) -> None:
    source = sheet.at(*path)
    if source is None:
        return
    condition, faults = read_condition(source, vocabulary)
    pieces.problems += [_problem(sheet, path, fault) for fault in faults]
    if condition is not None:
        pieces.conditions[path] = condition


def _problem(sheet: Sheet, path: Path, fault: Fault) -> Problem:
    where = (*path, *fault.path)
    if fault.column is not None:
        return sheet.problem_inside(where, fault.message, fault.column)
    last = fault.path[-1] if fault.path else None
    unknown = isinstance(last, str) and last not in FIELDS and last not in _NESTING
    return sheet.problem(where, fault.message, at_key=unknown)


def _texts(sheet: Sheet, path: Path) -> Iterator[tuple[Path, str]]:
    found: Plain | None = sheet.at(*path)
    if isinstance(found, str):
        yield path, found
    for language, text in sheet.table(*path).items():
        if isinstance(text, str):
            yield (*path, language), text


def _read_template(sheet: Sheet, what: str, path: Path, source: str, pieces: Pieces) -> None:
    template, faults = compile_template(what, source)
    pieces.problems += [sheet.problem_inside(path, message, at) for at, message in faults]
    if template is not None:
        pieces.templates[path] = template
