"""One-line expressions: Python's grammar, a short list of what may be in it, typed conditions."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

from notifier.core.rules.comparisons import (
    equal,
    like,
    listed,
    member,
    negation,
    opened,
    ordered,
    presence,
)
from notifier.core.rules.faults import Fault, Mistake, Vocabulary, shown, suggestion
from notifier.core.rules.fields import FIELDS, PRESETS, TEXTUAL, Kind
from notifier.core.rules.language import (
    EVERY,
    NEVER,
    Condition,
    Order,
    Term,
    View,
    all_of,
    either_of,
)
from notifier.core.rules.tokens import DEEPEST, literals, rewritten, scan
from notifier.core.rules.values import Written

Operand: TypeAlias = Term | Written | tuple[Written, ...] | str
"""A side of a comparison; a text is a bare word, which may name a field, a preset or a list."""

_ORDERS: Mapping[type[ast.cmpop], Order] = {
    ast.Lt: Order.BELOW,
    ast.LtE: Order.AT_MOST,
    ast.Gt: Order.ABOVE,
    ast.GtE: Order.AT_LEAST,
}
_MIRROR: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}
_NEGATED = frozenset({ast.NotEq, ast.NotIn, ast.IsNot})
_MEMBERS = frozenset({ast.In, ast.NotIn})
_LIKES = frozenset({ast.Is, ast.IsNot})
"""`like` and `not like`, as `rewritten` hands them to Python's grammar."""

_TRUTH: Mapping[str, Condition] = {"true": EVERY, "false": NEVER}
_FUNCTIONS: Mapping[str, str] = {
    "open": 'open("gio_lam"), with a calendar',
    "startswith": 'startswith(caller, "09")',
    "present": "present(note)",
    "absent": "absent(note)",
    "hour": "hour() >= 18",
    "weekday": 'weekday() == "sun"',
    "len": "len(note) > 10",
    "lower": 'lower(note) like "*vip*"',
}
"""Every function, and how it stands in an expression."""

_EXAMPLE = 'direction == "in" and duration > 10m'


def read_expression(text: str, vocabulary: Vocabulary) -> tuple[Condition | None, list[Fault]]:
    """Return the condition that `text` states, or every fault in it, with paths left empty."""
    lead = len(text) - len(text.lstrip())
    condition, faults = _read(text.strip(), vocabulary)
    return condition, [replace(fault, column=(fault.column or 0) + lead) for fault in faults]


def _read(text: str, vocabulary: Vocabulary) -> tuple[Condition | None, list[Fault]]:
    try:
        tokens = scan(text)
        tree = _parsed(rewritten(tokens))
    except Mistake as mistake:
        return None, [Fault((), mistake.column, mistake.message)]
    reader = _Reader(vocabulary, literals(tokens))
    condition = reader.condition(tree, 0)
    return (None if reader.faults else condition), reader.faults


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = min(max((error.offset or 1) - 1, 0), len(text))
        raise Mistake(f"cannot be read from here on; write e.g. {_EXAMPLE}", column) from None


@dataclass(slots=True)
class _Reader:
    """Turns a syntax tree into a condition and keeps all faults on the way."""

    vocabulary: Vocabulary
    literals: Mapping[int, Written]
    faults: list[Fault] = field(default_factory=list)

    def condition(self, node: ast.expr, depth: int) -> Condition:
        """Return what `node` states; where it has a fault, that is kept and any returned."""
        try:
            match node:
                case _ if depth > DEEPEST:
                    return self._too_deep(node)
                case ast.BoolOp():
                    parts = [self.condition(value, depth + 1) for value in node.values]
                    return (all_of if isinstance(node.op, ast.And) else either_of)(parts)
                case ast.UnaryOp():
                    return negation(self.condition(node.operand, depth + 1))
                case ast.Compare():
                    return self._comparison(node)
                case _:
                    return self._alone(node)
        except Mistake as mistake:
            column = node.col_offset if mistake.column is None else mistake.column
            self.faults.append(Fault((), column, mistake.message))
            return EVERY

    def _too_deep(self, node: ast.expr) -> Condition:
        message = f"nested more than {DEEPEST} deep; use lists or any:"
        self.faults.append(Fault((), node.col_offset, message))
        return EVERY

    def _alone(self, node: ast.expr) -> Condition:
        if isinstance(node, ast.Call):
            return self._call(node)
        operand = self._operand(node)
        if isinstance(operand, str):
            return _word(operand)
        if isinstance(operand, Written) and operand.text.lower() in _TRUTH and not operand.quoted:
            return _TRUTH[operand.text.lower()]
        raise Mistake(f"a value by itself is no condition; write e.g. {_EXAMPLE}")

    def _call(self, node: ast.Call) -> Condition:
        name, arguments = _named(node), node.args
        match name, [self._operand(argument) for argument in arguments]:
            case "open", [Written(text) | str(text)]:
                return opened(text, self.vocabulary)
            case "startswith", [subject, Written() as prefix]:
                return like(_term(subject), _prefix(prefix))
            case (("present" | "absent"), [subject]):
                return presence(_term(subject), negated=name == "absent")
            case _:
                raise Mistake(_misused(name))

    def _operand(self, node: ast.expr) -> Operand:
        match node:
            case ast.Name():
                return self.literals.get(node.col_offset, node.id)
            case ast.List() | ast.Tuple():
                return tuple(self._literal(each) for each in node.elts)
            case ast.Call():
                return self._viewed(node)
            case _:
                raise Mistake(
                    "a condition cannot be compared; join conditions with and, or", node.col_offset
                )

    def _literal(self, node: ast.expr) -> Written:
        operand = self._operand(node)
        if isinstance(operand, Written):
            return operand
        raise Mistake("a list holds only values; put texts in quotes", node.col_offset)

    def _viewed(self, node: ast.Call) -> Term:
        name = _named(node)
        match name, [self._operand(argument) for argument in node.args]:
            case (("hour" | "weekday"), []):
                return Term(name)
            case (("len" | "lower"), [str(subject)]):
                return _view(View(name), _term(subject))
            case _:
                raise Mistake(_misused(name), node.col_offset)

    def _comparison(self, node: ast.Compare) -> Condition:
        """Return a comparison; `0s <= duration <= 5s` is two of them."""
        operands = [node.left, *node.comparators]
        pairs = zip(pairwise(operands), node.ops, strict=True)
        return all_of([self._relation(left, op, right) for (left, right), op in pairs])

    def _relation(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Condition:
        first, second = self._operand(left), self._operand(right)
        kind = type(op)
        if isinstance(first, Written) and not isinstance(second, Written) and kind in _MIRROR:
            first, second, kind = second, first, _MIRROR[kind]
        if kind in _MEMBERS and isinstance(first, Written) and isinstance(second, str):
            raise Mistake(
                f'the field comes first: {second} == "{first.text}", '
                f'or for a part of a text {second} like "*{first.text}*"'
            )
        term = _term(first)
        negated = kind in _NEGATED
        match second:
            case Written() if kind in _LIKES:
                return like(term, second, negated=negated)
            case _ if kind in _MEMBERS:
                return self._member(term, second, negated=negated)
            case Written():
                return _compared(term, kind, second)
            case _:
                raise Mistake(_no_value(term, second), right.col_offset)

    def _member(self, term: Term, among: Operand, *, negated: bool) -> Condition:
        match among:
            case str():
                return listed(term, among, self.vocabulary, negated=negated)
            case tuple():
                return member(term, among, self.vocabulary, negated=negated)
            case Written(text) if text.startswith("@"):
                return member(term, [among], self.vocabulary, negated=negated)
            case _:
                raise Mistake(
                    f'after in comes a list: {term} in ["a", "b"], or the name of one; '
                    f'for a part of a text write {term} like "*a*"'
                )


def _named(node: ast.Call) -> str:
    name = str(getattr(node.func, "id", ""))  # `scan` lets only names stand before a bracket
    if name not in _FUNCTIONS:
        raise Mistake(f"there is no function {shown(name)}{suggestion(name, _FUNCTIONS)}")
    return name


def _compared(term: Term, kind: type[ast.cmpop], value: Written) -> Condition:
    if kind in _ORDERS:
        return ordered(term, _ORDERS[kind], value)
    return equal(term, [value], negated=kind in _NEGATED)


def _term(operand: Operand) -> Term:
    match operand:
        case Term():
            return operand
        case str() if operand in FIELDS:
            return Term(operand)
        case str() if operand in PRESETS:
            raise Mistake(f"{shown(operand)} is a condition by itself; it is not compared")
        case str():
            raise Mistake(f"there is no field {shown(operand)}{suggestion(operand, FIELDS)}")
        case _:
            raise Mistake(f"a comparison begins with a field; write e.g. {_EXAMPLE}")


def _view(view: View, term: Term) -> Term:
    kind = FIELDS[term.field].kind
    if kind is not Kind.TEXT and (view is View.LOWER or kind not in TEXTUAL):
        raise Mistake(f"{view}() takes a text, and {term} is none")
    return Term(term.field, view)


def _word(word: str) -> Condition:
    if word in PRESETS:
        return PRESETS[word]
    if word not in FIELDS:
        hint = suggestion(word, (*PRESETS, *FIELDS))
        raise Mistake(f"{shown(word)} is neither a field nor a condition{hint}")
    if FIELDS[word].kind is Kind.FLAG:
        return equal(Term(word), [Written("true")])
    raise Mistake(f"{shown(word)} by itself is no condition; compare it, or write present({word})")


def _prefix(prefix: Written) -> Written:
    if "*" in prefix.text or "?" in prefix.text or not prefix.text.strip():
        raise Mistake("startswith takes plain letters; use like for a pattern", prefix.column)
    return replace(prefix, text=f"{prefix.text.lstrip()}*")


def _misused(name: str) -> str:
    return f"{name} stands as {_FUNCTIONS[name]}"


def _no_value(term: Term, operand: Operand) -> str:
    match operand:
        case tuple():
            return f"{term} is compared with one value; for any of several write {term} in [...]"
        case str() if operand not in FIELDS:
            return f'{shown(operand)} is no value; put a text in quotes: {term} == "{operand}"'
        case _:
            return f"{term} can be compared with a value, not with another field"
