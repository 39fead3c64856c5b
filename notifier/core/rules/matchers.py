"""Values of a mapping: `x`, `"> 10m"`, `0s..5s`, `!= x`, `09*`, `@list`, `present`."""

import re

from notifier.core.rules.comparisons import between, equal, like, member, ordered, presence
from notifier.core.rules.faults import Mistake, Vocabulary, shown
from notifier.core.rules.fields import ORDERED, TEXTUAL, kind_of
from notifier.core.rules.language import Condition, Order, Term
from notifier.core.rules.values import Written

_OPERATOR = re.compile(r"(>=|<=|!=|==|=|>|<|!(?=@))\s*(.*)", re.DOTALL)


def read_matcher(text: str, term: Term, vocabulary: Vocabulary) -> Condition:
    """Return what `text`, as the value of `term` in a mapping, asks; raises `Mistake`."""
    text = text.strip()
    if text in {"present", "absent"}:
        return presence(term, negated=text == "absent")
    if found := _OPERATOR.fullmatch(text):
        return _operated(found[1], found[2], term, vocabulary)
    if text.startswith("!"):
        raise Mistake(f"{shown(text)} cannot be read; write != x for unequal, or !@name for a list")
    if ".." in text and kind_of(term) in ORDERED:
        low, _, high = text.partition("..")
        return between(term, Written(low), Written(high))
    return _plain(text, term, vocabulary, negated=False)


def negative(text: str) -> bool:
    """Whether the matcher `text` asks for what a field is not."""
    return text.lstrip().startswith("!")


def _operated(sign: str, rest: str, term: Term, vocabulary: Vocabulary) -> Condition:
    match sign:
        case "=" | "==":
            return equal(term, [Written(rest)])
        case "!=" | "!":
            return _plain(rest, term, vocabulary, negated=True)
        case _:
            return ordered(term, Order(sign), Written(rest))


def _plain(text: str, term: Term, vocabulary: Vocabulary, *, negated: bool) -> Condition:
    if kind_of(term) in TEXTUAL and ("*" in text or "?" in text):
        return like(term, Written(text), negated=negated)
    return member(term, [Written(text)], vocabulary, negated=negated)
