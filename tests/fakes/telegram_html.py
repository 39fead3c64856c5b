"""Telegram's HTML as the Bot API reads it, written from its rules and not from our own markup."""

import re
from dataclasses import dataclass, field

TAGS = frozenset(
    {"a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre"}
    | {"blockquote", "span", "tg-spoiler", "tg-emoji", "tg-time"}
)

_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d+)|#x([0-9a-fA-F]+));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG = re.compile(
    r"<(/?)([a-zA-Z0-9-]+)((?:\s+[a-zA-Z-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?)*)\s*>"
)


class CannotParseError(Exception):
    """Telegram would answer: can't parse entities."""


@dataclass
class Parsed:
    text: str = ""
    entities: list[tuple[str, str]] = field(default_factory=list)
    """Kind and text of each."""
    strays: int = 0
    """Ampersands that begin no entity; Telegram lets them pass, a careful writer does not."""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> Parsed:
    parsed = Parsed()
    stack: list[tuple[str, int]] = []
    at = 0
    while at < len(source):
        letter = source[at]
        if letter == "<":
            at = _tag(source, at, parsed, stack)
        elif letter == "&" and (found := _ENTITY.match(source, at)):
            parsed.text += _decoded(found)
            at = found.end()
        else:
            parsed.strays += letter == "&"
            parsed.text += letter
            at += 1
    if stack:
        raise CannotParseError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return parsed


def _decoded(found: re.Match[str]) -> str:
    named, decimal, hexadecimal = found.groups()
    return _NAMED[named] if named else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _tag(source: str, at: int, parsed: Parsed, stack: list[tuple[str, int]]) -> int:
    offset = len(source[:at].encode())
    found = _TAG.match(source, at)
    if found is None:
        raise CannotParseError(f"Unclosed start tag at byte offset {offset}")
    closing, name, attributes = found[1], found[2].lower(), found[3]
    if name not in TAGS or (name == "span" and "tg-spoiler" not in attributes):
        raise CannotParseError(f'Unsupported start tag "{name}" at byte offset {offset}')
    if not closing:
        stack.append((name, len(parsed.text)))
        return found.end()
    if not stack:
        raise CannotParseError(f"Unexpected end tag at byte offset {offset}")
    opened, began = stack.pop()
    if opened != name:
        raise CannotParseError(
            f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", found "</{name}>"'
        )
    if began < len(parsed.text):
        parsed.entities.append((name, parsed.text[began:]))
    return found.end()
