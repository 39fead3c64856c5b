"""Compiles a condition to one Python function that judges a call.

The function's text is put together from the fixed fragments below; every value that a user wrote
is a constant of its namespace (k0, k1 …), so none of it is ever read as code.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from notifier.core.calls import INTERNAL, Call
from notifier.core.rules.canonicals import canonical
from notifier.core.rules.faults import Vocabulary
from notifier.core.rules.fields import FIELDS, Kind, single
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
    Term,
    Value,
    View,
)
from notifier.core.rules.patterns import (
    Match,
    all_forms,
    comparable,
    comparables,
    forms,
    matcher,
)

_SOURCES: Mapping[str, str] = {
    **{name: f"c.{name}" for name in FIELDS},
    "target": "c.targets",
    "trunk": "trunks(c)",
    "end_reason": "end_reasons(c)",
    "has_recording": "(c.recording_urls != ())",
    "hour": "c.started_at.astimezone(zone).hour",
    "weekday": "c.started_at.astimezone(zone).weekday()",
}
"""Where the value of each field comes from, `c` being the call."""


def _trunks(call: Call) -> tuple[str, ...]:
    return tuple(leg.trunk for leg in call.legs if leg.trunk)


def _end_reasons(call: Call) -> tuple[str, ...]:
    return tuple(leg.end_reason for leg in call.legs if leg.end_reason)


def _lower(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(str.lower, texts))


def _any_fits(match: Match, texts: Iterable[str]) -> bool:
    return any(map(match, texts))


_HELPERS: Mapping[str, object] = {
    "__builtins__": {},
    "len": len,
    "trunks": _trunks,
    "end_reasons": _end_reasons,
    "lower": _lower,
    "fits": _any_fits,
    "phone": comparable,
    "phones": comparables,
    "forms": forms,
    "all_forms": all_forms,
    "inside": INTERNAL,
}


def compile_condition(
    condition: Condition, vocabulary: Vocabulary, zone: ZoneInfo, *, internal: bool = True
) -> Callable[[Call], bool]:
    """Return the function that tells whether a call meets `condition`; it never raises.

    `vocabulary` holds the lists and calendars that the condition was read with; `zone` is where
    hours, weekdays and times without an offset are meant. Without `internal`, no call between two
    extensions meets it.
    """
    writer = _Writer(vocabulary, zone)
    text = writer.text(condition)
    text = text if internal else f"c.direction not in inside and {text}"
    code = compile(f"lambda c: {text}", "<condition>", "eval")
    namespace = {**_HELPERS, **writer.constants, "zone": zone}
    test: Callable[[Call], bool] = eval(code, namespace)  # noqa: S307 - our own fragments only
    return test


@dataclass(slots=True)
class _Writer:
    """Writes the function's text and keeps the constants that it names."""

    vocabulary: Vocabulary
    zone: ZoneInfo
    constants: dict[str, object] = field(default_factory=dict)

    def text(self, condition: Condition) -> str:
        """Return the Python expression for `condition`, in brackets."""
        match condition:
            case All(parts):
                return f"({' and '.join(map(self.text, parts)) or 'True'})"
            case Either(parts):
                return f"({' or '.join(map(self.text, parts)) or 'False'})"
            case Not(part):
                return f"(not {self.text(part)})"
            case _:
                return self._atom(condition)

    def _atom(self, atom: Atom) -> str:
        match atom:
            case Flag(fact):
                return f"c.{fact.value}"
            case Open(calendar):
                is_open = self.vocabulary.calendars[calendar].is_open
                return f"{self._constant(is_open)}(c.started_at)"
            case Present(term, negated):
                there = _there(term)
                there = f"{_value(term)} {there}" if there else "True"
                return f"(not {there})" if negated else f"({there})"
            case _:
                return self._comparison(atom)

    def _comparison(self, atom: Compare | OneOf | Listed | Like) -> str:
        match atom:
            case Compare(term, order, value):
                wanted = self._constant(self._resolved(value))
                return _guarded(term, f"{{}} {order.value} {wanted}")
            case OneOf(term, values, negated):
                return self._among(term, map(self._resolved, values), negated=negated)
            case Listed(term, name, negated):
                return self._among(term, self._entries(term, name), negated=negated)
            case _:
                return self._like(atom.term, atom.pattern, negated=atom.negated)

    def _constant(self, value: object) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def _resolved(self, value: Value) -> Value:
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=self.zone).astimezone(UTC)  # as calls have it: quicker
        return value

    def _entries(self, term: Term, name: str) -> Iterable[str]:
        entries = self.vocabulary.lists[name]
        if FIELDS[term.field].kind is Kind.PHONE:
            return map(comparable, entries)
        return map(str.lower, entries) if term.view is View.LOWER else entries

    def _among(self, term: Term, values: Iterable[Value], *, negated: bool) -> str:
        wanted = frozenset(values)
        if not single(term):
            apart = f"{self._constant(wanted)}.isdisjoint({{}})"
            return _guarded(term, apart if negated else f"not {apart}")
        if len(wanted) == 1:
            only = self._constant(next(iter(wanted)))
            return _guarded(term, f"{{}} {'!=' if negated else '=='} {only}")
        return _guarded(term, f"{{}} {'not in' if negated else 'in'} {self._constant(wanted)}")

    def _like(self, term: Term, pattern: str, *, negated: bool) -> str:
        match = self._constant(matcher(pattern))
        sign = "not " if negated else ""
        if FIELDS[term.field].kind is Kind.PHONE:
            spelled = "forms" if single(term) else "all_forms"
            value = f"{spelled}({_SOURCES[term.field]})"
            return f"((v := {value}) != () and {sign}fits({match}, v))"
        if not single(term):
            return _guarded(term, f"{sign}fits({match}, {{}})")
        return _guarded(term, f"{match}({{}}) {'is' if negated else 'is not'} None")


def _value(term: Term) -> str:
    """Return the fragment for what `term` looks at, phone numbers in their comparable form."""
    source, many = _SOURCES[term.field], FIELDS[term.field].many
    if term.view is View.LENGTH:
        return f"len({source})"
    if term.view is View.LOWER:
        return f"lower({source})" if many else f"{source}.lower()"
    if FIELDS[term.field].kind is Kind.PHONE and term.field != "customer":
        return f"phones({source})" if many else f"phone({source})"
    return source  # a customer's number is in its comparable form: that is what the field means


def _there(term: Term) -> str:
    """Return the test, to stand after a value, that it is not missing; "" if it never is."""
    known = FIELDS[term.field]
    if not known.optional:
        return ""
    if term.view is View.LENGTH:
        return "!= 0"
    if known.many:
        return "!= ()"
    return '!= ""' if known.kind in {Kind.TEXT, Kind.PHONE} else "is not None"


def _guarded(term: Term, test: str) -> str:
    """Return `test` with the value in its gap, false where the value is missing."""
    there = _there(term)
    if not there:
        return f"({test.format(_value(term))})"
    return f"((v := {_value(term)}) {there} and {test.format('v')})"


__all__ = ["canonical", "compile_condition"]
