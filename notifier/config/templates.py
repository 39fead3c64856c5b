"""Titles and texts that users write: a small, bounded part of Jinja, checked when it is read.

Only what is named here is allowed: no calls, no assignments, no nested loops, no arithmetic that
multiplies text; so the work of a rendering is bounded by the source and by `calls`. Nothing is
escaped here: text stays text until a channel writes it.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from jinja2 import StrictUndefined, nodes
from jinja2 import Template as Compiled
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifier.config.problems import did_you_mean
from notifier.core.rules.wording import CALL_FACTS

FACTS = ("call", "calls", "count", "key", "rule", "suppressed", "hotline", "amount")
"""What a template may name."""

SOURCE_LIMIT = 2_000
"""Letters of a template."""

OUTPUT_LIMIT = 1_000
"""Letters of what it gives."""

_DEEPEST = 40
"""Nesting of a template's own parts."""

_FILTERS = (
    *("upper", "lower", "title", "capitalize", "trim", "default", "d", "length", "count"),
    *("round", "int", "abs", "first", "last", "truncate"),
)

_TESTS = ("defined", "undefined", "none", "even", "odd", "eq", "ne", "lt", "le", "gt", "ge", "in")

_PARTS: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.List),
    *(nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.If, nodes.CondExpr, nodes.For),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat),
    *(nodes.Add, nodes.Sub, nodes.Div, nodes.FloorDiv, nodes.Neg, nodes.Pos, nodes.Tuple),
    nodes.Keyword,
)

_JINJA_NAMES = frozenset({"self", "super"})
"""Names that Jinja fills by itself, and so does not report as unknown."""

TemplateFault: TypeAlias = tuple[int, str]
"""Letters before the place at fault, and what is wrong there."""


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.globals = {}
    made.filters = {name: made.filters[name] for name in _FILTERS}
    made.tests = {name: made.tests[name] for name in _TESTS}
    return made


@dataclass(frozen=True, slots=True)
class Wording:
    """A compiled template; satisfies the core's Template."""

    what: str
    """`title` or `text`: what the mark of a fault names."""
    source: str
    compiled: Compiled

    def __call__(self, facts: Mapping[str, object], /) -> str:
        """Return the text with `facts` filled in; on a fault in it, a short visible mark of it."""
        pieces: list[str] = []
        length = 0
        try:
            for piece in self.compiled.generate(facts):
                pieces.append(piece)
                length += len(piece)
                if length > OUTPUT_LIMIT:
                    break
        except UndefinedError as error:
            return _mark(self.what, str(error.message))
        except Exception as error:  # noqa: BLE001 - what a user wrote may fail in any way
            return _mark(self.what, type(error).__name__)
        text = "".join(pieces)
        if self.what == "title":
            text = " ".join(text.split())
        return text if len(text) <= OUTPUT_LIMIT else text[: OUTPUT_LIMIT - 1] + "…"


def _mark(what: str, why: str) -> str:
    return f"⟨{what}: {' '.join(why.split())[:80]}⟩"


def compile_template(what: str, source: str) -> tuple[Wording | None, list[TemplateFault]]:
    """Return the template of `source`, or everything that is wrong with it."""
    if len(source) > SOURCE_LIMIT:
        return None, [(SOURCE_LIMIT, f"longer than {SOURCE_LIMIT:,} letters")]
    environment = _environment()
    try:
        tree = environment.parse(source)
        faults = _faults(tree, source)
        if faults:
            return None, faults
        compiled = environment.from_string(tree)
    except TemplateSyntaxError as error:
        return None, [(_line_start(source, error.lineno), f"not a template: {error.message}")]
    except (TemplateError, RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        return None, [(0, "not a template: too deep or too odd to read")]
    return Wording(what, source, compiled), []


def _faults(tree: nodes.Template, source: str) -> list[TemplateFault]:
    if too_deep := _refused(tree, source):
        return too_deep
    unknown = [
        (_position(source, name), f"no such fact {name!r}{_hint(name, FACTS)}")
        for name in sorted(find_undeclared_variables(tree) - set(FACTS))
    ]
    return unknown + [
        (
            _position(source, name, before=r"[.\['\"]\s*"),
            f"no such fact {name!r} of a call{_hint(name, CALL_FACTS)}",
        )
        for name in sorted(_asked_of_calls(tree) - set(CALL_FACTS))
    ]


def _hint(name: str, known: Sequence[str]) -> str:
    return did_you_mean(name, known) or f"; known: {', '.join(known)}"


def _asked_of_calls(tree: nodes.Template) -> set[str]:
    """Return the names that are looked up in `call`, in one of `calls`, or in a loop's own."""
    loops = (loop.target for loop in tree.find_all(nodes.For))
    named = {"call", *(target.name for target in loops if isinstance(target, nodes.Name))}
    asked = {part.attr for part in tree.find_all(nodes.Getattr) if _is_call(part.node, named)}
    for part in tree.find_all(nodes.Getitem):
        key = part.arg
        if isinstance(key, nodes.Const) and isinstance(key.value, str):
            asked |= {key.value} if _is_call(part.node, named) else set()
    return asked


def _is_call(node: nodes.Node, named: AbstractSet[str]) -> bool:
    if isinstance(node, nodes.Name):
        return node.name in named
    if isinstance(node, nodes.Filter) and node.name not in {"first", "last"}:
        return False
    whole = node.node if isinstance(node, nodes.Getitem | nodes.Filter) else None
    return isinstance(whole, nodes.Name) and whole.name == "calls"


def _refused(tree: nodes.Template, source: str) -> list[TemplateFault]:
    found: list[TemplateFault] = []
    waiting: list[tuple[nodes.Node, int, bool]] = [(tree, 0, False)]
    while waiting:
        node, depth, looped = waiting.pop()
        if depth > _DEEPEST:
            return [(0, f"nested deeper than {_DEEPEST}")]
        if message := _refusal(node, looped=looped):
            found.append((_line_start(source, node.lineno), message))
        looped = looped or isinstance(node, nodes.For)
        waiting += [(child, depth + 1, looped) for child in node.iter_child_nodes()]
    return sorted(set(found))


def _refusal(node: nodes.Node, *, looped: bool) -> str:
    """Return why `node` may not stand in a template, or ""."""
    if not isinstance(node, _PARTS):
        return f"{type(node).__name__.lower()} is not allowed in a template"
    if isinstance(node, nodes.Name) and node.name in _JINJA_NAMES:
        return f"no such fact {node.name!r}; known: {', '.join(FACTS)}"
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return "a name that begins with _ is not allowed in a template"
    if isinstance(node, nodes.For):
        return _loop_refusal(node, looped=looped)
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        return f"no such filter {node.name!r}{did_you_mean(node.name, _FILTERS)}"
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        return f"no such test {node.name!r}{did_you_mean(node.name, _TESTS)}"
    return ""


def _loop_refusal(loop: nodes.For, *, looped: bool) -> str:
    if looped:
        return "a loop within a loop is not allowed in a template"
    over = loop.iter
    if loop.recursive or not isinstance(over, nodes.Name) or over.name != "calls":
        return "a loop may only run over `calls`"
    return ""


def _position(source: str, name: str, *, before: str = r"(?<![\w.])") -> int:
    for block in re.finditer(r"\{[{%](.*?)[}%]\}", source, re.DOTALL):
        if found := re.search(rf"{before}({re.escape(name)})(?!\w)", block[1]):
            return block.start(1) + found.start(1)
    return 0


def _line_start(source: str, number: int) -> int:
    return sum(len(line) for line in source.splitlines(keepends=True)[: max(number - 1, 0)])
