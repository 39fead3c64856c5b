"""Splits an expression into words, and rewrites it so that Python's own grammar can read it.

Literals become underscores of the same length and `like` becomes `is`, so columns stay where the
user wrote them and no text of the user's is left but names and signs of a closed set.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from keyword import iskeyword

from notifier.core.rules.faults import Mistake, shown
from notifier.core.rules.values import Written

LONGEST = 2_000
"""Letters of an expression."""

DEEPEST = 20
"""Brackets, or conditions within conditions, inside one another."""


class Sort(StrEnum):
    """What a token is."""

    NAME = "name"
    LITERAL = "literal"
    WORD = "word"
    """One of `and or not in like`."""
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression."""

    sort: Sort
    text: str
    column: int

    @property
    def end(self) -> int:
        """Column after it."""
        return self.column + len(self.text)


_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<bare>@[^\W\d]\w*|\+?[0-9][0-9A-Za-z_.:+-]*)
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>==|!=|<=|>=|<(?!>)|>|\(|\)|\[|\]|,)
    | (?P<wrong><>|&&|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"""\\(["'\\])""")
_WORDS = frozenset({"and", "or", "not", "in", "like"})
_TRUTH = frozenset({"true", "false", "True", "False"})
_ARITHMETIC = "there is no arithmetic; compare a field with a value"
_HINTS = {
    "=": "write == for equal",
    "<>": "write != for unequal",
    "&&": "write and",
    "&": "write and",
    "||": "write or",
    "|": "write or",
    "!": "write not, or != for unequal",
    '"': "this text has no closing quote",
    "'": "this text has no closing quote",
    ".": "fields have no parts",
    "*": 'put a pattern in quotes: callee like "00*"',
    "@": "write the name of a list after it: customer in @vip",
    ":": "write == here, or use the mapping form {direction: in}",
    **dict.fromkeys("+-/%", _ARITHMETIC),
}
_CLOSING = {"(": ")", "[": "]"}


def scan(text: str) -> list[Token]:
    """Return the tokens of `text`; raises `Mistake` at the first that is not of the language."""
    if len(text) > LONGEST:
        raise Mistake(
            f"an expression has at most {LONGEST} letters, this one {len(text)}; "
            "use the mapping form and lists:",
            LONGEST,
        )
    found = [_token(match) for match in _TOKEN.finditer(text) if match.lastgroup != "space"]
    if not found:
        raise Mistake("the condition is empty; write any to match every call", 0)
    _check_places(found)
    _check_brackets(found)
    return found


def _token(match: re.Match[str]) -> Token:
    text, column = match.group(), match.start()
    if match.lastgroup == "wrong":
        hint = _HINTS.get(text, "it is not part of the language")
        raise Mistake(f"{shown(text)} cannot stand here; {hint}", column)
    if match.lastgroup == "sign":
        return Token(Sort.SIGN, text, column)
    if match.lastgroup != "name" or text in _TRUTH:
        return Token(Sort.LITERAL, text, column)
    if text in _WORDS:
        return Token(Sort.WORD, text, column)
    if iskeyword(text) or not text.isascii():
        raise Mistake(f"{shown(text)} is not part of the language; put a text in quotes", column)
    return Token(Sort.NAME, text, column)


def _check_places(tokens: Sequence[Token]) -> None:
    """Refuse tokens in an order that Python's grammar would blame on the wrong place."""
    first, last = tokens[0], tokens[-1]
    if not _starts_operand(first):
        raise Mistake(f"a field or value is missing before {shown(first.text)}", first.column)
    for before, after in pairwise(tokens):
        _check_pair(before, after)
    for before, middle, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if _ends_operand(before) and middle.text == "not" and after.text not in {"in", "like"}:
            raise _apart(before, middle)
    if not _ends_operand(last) and last.text not in _CLOSING:
        raise Mistake(f"it ends too soon: a value is missing after {shown(last.text)}", last.end)


def _check_pair(before: Token, after: Token) -> None:
    starts = _starts_operand(after)
    if _ends_operand(before):
        call = before.sort is Sort.NAME and after.text == "("
        if starts and not call and after.text != "not":
            raise _apart(before, after)
        return
    closes = after.text in _CLOSING.values() and before.text in {"(", "[", ","}
    unlike = before.text == "not" and after.text in {"in", "like"}
    if not (starts or closes or unlike):
        raise Mistake(f"a field or value is missing before {shown(after.text)}", after.column)


def _apart(before: Token, after: Token) -> Mistake:
    return Mistake(
        f"there is no and, or, or comparison between {shown(before.text)} and {shown(after.text)}",
        after.column,
    )


def _ends_operand(token: Token) -> bool:
    return token.sort in {Sort.NAME, Sort.LITERAL} or token.text in {")", "]"}


def _starts_operand(token: Token) -> bool:
    return token.sort in {Sort.NAME, Sort.LITERAL} or token.text in {"(", "[", "not"}


def _check_brackets(tokens: Sequence[Token]) -> None:
    """Refuse brackets that do not pair, and nesting that no reader of rules could follow."""
    opened: list[Token] = []
    nots = 0
    for token in tokens:
        nots = nots + 1 if token.text == "not" else 0
        if token.text in _CLOSING:
            opened.append(token)
        elif token.text in _CLOSING.values() and (
            not opened or _CLOSING[opened.pop().text] != token.text
        ):
            raise Mistake(f"{shown(token.text)} closes nothing", token.column)
        if len(opened) + nots > DEEPEST:
            raise Mistake(f"nested more than {DEEPEST} deep; use lists or any:", token.column)
    if opened:
        raise Mistake(f"{shown(opened[-1].text)} is never closed", opened[-1].column)


def rewritten(tokens: Sequence[Token]) -> str:
    """Return the text for Python's grammar, every token at its own column."""
    pieces: list[str] = []
    at = 0
    for i, token in enumerate(tokens):
        following = tokens[i + 1].text if i + 1 < len(tokens) else ""
        previous = tokens[i - 1].text if i else ""
        pieces += [" " * (token.column - at), _for_python(token, previous, following)]
        at = token.end
    return "".join(pieces)


def _for_python(token: Token, previous: str, following: str) -> str:
    if token.sort is Sort.LITERAL:
        return "_" * len(token.text)
    if token.text == "not" and following == "like":
        return "is "
    if token.text == "like":
        return "not " if previous == "not" else "is  "
    return token.text


def literals(tokens: Sequence[Token]) -> Mapping[int, Written]:
    """Return what stands behind the underscores, by column."""
    return {token.column: _written(token) for token in tokens if token.sort is Sort.LITERAL}


def _written(token: Token) -> Written:
    if token.text[0] in "\"'":
        return Written(_ESCAPED.sub(r"\1", token.text[1:-1]), quoted=True, column=token.column)
    return Written(token.text, quoted=False, column=token.column)
