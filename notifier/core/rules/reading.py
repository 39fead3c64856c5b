"""Reads a condition as it stands in the file: preset, mapping or expression; all faults at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from notifier.core.rules.comparisons import negation
from notifier.core.rules.contradictions import contradictions
from notifier.core.rules.expressions import read_expression
from notifier.core.rules.faults import Fault, Mistake, Vocabulary, shown, suggestion
from notifier.core.rules.fields import FIELDS, PRESETS
from notifier.core.rules.language import EVERY, Condition, Term, all_of, either_of
from notifier.core.rules.matchers import negative, read_matcher
from notifier.core.rules.tokens import DEEPEST

Source: TypeAlias = str | Mapping[str, "Source"] | Sequence["Source"]
"""A tree of texts as written in YAML, where every scalar is text."""

Path: TypeAlias = tuple[str | int, ...]

_NESTING = ("any", "all", "not")


def read_condition(source: Source, vocabulary: Vocabulary) -> tuple[Condition | None, list[Fault]]:
    """Return the condition that `source` states and no faults, or None and all its faults."""
    reader = _Reader(vocabulary)
    condition = reader.condition(source, ())
    faults = reader.faults + reader.impossible(condition)
    return (None if faults else condition), faults


@dataclass(slots=True)
class _Reader:
    """Walks the tree and keeps all faults; what is at fault reads as any, so the walk goes on."""

    vocabulary: Vocabulary
    faults: list[Fault] = field(default_factory=list)
    suspects: dict[str, Fault] = field(default_factory=dict)
    """What a part by itself could not meet, at the innermost place that says so."""

    def condition(self, source: Source, path: Path) -> Condition:
        """Return the condition at `path`."""
        before = len(self.faults)
        if len(path) > 2 * DEEPEST:
            return self._fault(path, f"nested more than {DEEPEST} deep; split the rule")
        if isinstance(source, str):
            condition = self._expression(source, path)
        elif isinstance(source, Mapping):
            condition = self._mapping(source, path)
        else:
            return self._fault(path, "a list alone does not say whether any or all; write any: […]")
        if len(self.faults) == before:
            column = 0 if isinstance(source, str) else None
            for text in contradictions(condition):
                self.suspects.setdefault(text, Fault(path, column, text))
        return condition

    def impossible(self, condition: Condition) -> list[Fault]:
        """Return what no call can meet in the whole, since around a part there may be a `not`.

        Beside other faults the whole is not known yet, and every part is told of by itself.
        """
        if self.faults:
            return list(self.suspects.values())
        return [self.suspects[text] for text in dict.fromkeys(contradictions(condition))]

    def _fault(self, path: Path, message: str) -> Condition:
        self.faults.append(Fault(path, None, message))
        return EVERY

    def _expression(self, text: str, path: Path) -> Condition:
        condition, faults = read_expression(text, self.vocabulary)
        self.faults += [replace(fault, path=path) for fault in faults]
        return EVERY if condition is None else condition

    def _mapping(self, source: Mapping[str, Source], path: Path) -> Condition:
        if not source:
            return self._fault(path, "the condition is empty; write any to match every call")
        return all_of([self._entry(key, value, (*path, key)) for key, value in source.items()])

    def _entry(self, key: str, value: Source, path: Path) -> Condition:
        if key in _NESTING:
            return self._nested(key, value, path)
        if key in FIELDS:
            return self._matched(Term(key), value, path)
        if key in PRESETS:
            return self._fault(
                path, f"`{key}` is a condition by itself; write all: [{key}, {{…}}], or when: {key}"
            )
        return self._fault(path, f"there is no field {shown(key)}{_near(key)}")

    def _nested(self, key: str, value: Source, path: Path) -> Condition:
        if key == "not":
            return negation(self.condition(value, path))
        if isinstance(value, str | Mapping) or not value:
            return self._fault(path, f"{key}: takes a list of conditions: {key}: [missed, …]")
        parts = [self.condition(part, (*path, i)) for i, part in enumerate(value)]
        return (either_of if key == "any" else all_of)(parts)

    def _matched(self, term: Term, value: Source, path: Path) -> Condition:
        if isinstance(value, str):
            return self._matcher(term, value, path)
        if isinstance(value, Mapping) or not value:
            return self._fault(path, f"{term} takes a value, or a list of values of which any fits")
        return either_of([self._choice(term, each, path, i) for i, each in enumerate(value)])

    def _choice(self, term: Term, value: Source, path: Path, place: int) -> Condition:
        if not isinstance(value, str):
            return self._fault((*path, place), f"a list for {term} holds values only")
        if negative(value):
            return self._fault(
                (*path, place),
                f"in a list any value may fit, so {shown(value)} fits nearly all; "
                f"for none of several write not: {{{term}: […]}}",
            )
        return self._matcher(term, value, (*path, place))

    def _matcher(self, term: Term, value: str, path: Path) -> Condition:
        try:
            return read_matcher(value, term, self.vocabulary)
        except Mistake as mistake:
            return self._fault(path, mistake.message)


def _near(key: str) -> str:
    if key == "open":
        return "; for a calendar use during: or outside: of the rule"
    return suggestion(key, (*FIELDS, *_NESTING))


__all__ = ["Fault", "Source", "Vocabulary", "read_condition"]
