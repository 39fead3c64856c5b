"""Turns a message into text or into Telegram's HTML, within a limit and never torn."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import replace

from notifier.core.messages import Line, Mark, Message, Span

TELEGRAM_LIMIT = 4096
"""Longest text of a Telegram message, in UTF-16 units after its markup has been read."""

_TAGS = {Mark.BOLD: "b", Mark.ITALIC: "i", Mark.CODE: "code"}

_ELLIPSIS = "…"

_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Controls that turn the direction of the letters after them, those of other lines included."""


def to_text(message: Message, *, limit: int | None = None) -> str:
    """Return `message` without markup; with `limit` (UTF-16 units, at least 64), cut to it."""
    return "\n".join("".join(sound(span.text) for span in line) for line in _fitted(message, limit))


def to_html(message: Message, *, limit: int = TELEGRAM_LIMIT) -> str:
    """Return `message` in Telegram's HTML, of at most `limit` UTF-16 units once it is read.

    When it is too long, whole lines go from the end and `message.more` says how many; a line that
    would fill half the message by itself is cut short. `limit` is at least 64.
    """
    return "\n".join("".join(_marked(span) for span in line) for line in _fitted(message, limit))


def units(text: str) -> int:
    """Return the length of `text` as Telegram counts it: in UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def sound(text: str) -> str:
    """Return `text` with halves of surrogate pairs replaced, which no wire can carry.

    Controls of direction are left out: a note must not turn around the card that it stands in.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.translate(_TURNING)


def _marked(span: Span) -> str:
    text = html.escape(sound(span.text), quote=False)
    if span.mark is Mark.MENTION and text:
        return f'<a href="tg://user?id={span.person}">{text}</a>'
    tag = _TAGS.get(span.mark)
    return f"<{tag}>{text}</{tag}>" if tag and text else text


def _fitted(message: Message, limit: int | None) -> list[Line]:
    """Return the lines that are shown, from header to footer."""
    whole = [message.header, *message.lines, message.footer]
    if limit is None or _length(whole) <= limit:
        return [line for line in whole if line]
    header, footer = _shortened(message.header, limit // 2), _shortened(message.footer, limit // 4)
    lines = [_shortened(line, limit // 2) for line in message.lines]
    candidates = (
        [header, *lines[:kept], _more(message, len(lines) - kept, limit // 8), footer]
        for kept in range(_most(header, lines, limit), -1, -1)
    )
    shown = next(candidate for candidate in candidates if _length(candidate) <= limit)
    return [line for line in shown if line]


def _most(header: Line, lines: Sequence[Line], limit: int) -> int:
    """Return how many of `lines` could fit below `header` at best, having looked at no more."""
    used = _line_units(header) - 1
    for place, line in enumerate(lines):
        used += _line_units(line) + bool(line)
        if used > limit:
            return place
    return len(lines)


def _more(message: Message, dropped: int, limit: int) -> Line:
    if not dropped or not message.more:
        return ()
    return _shortened((Span(message.more.replace("{n}", str(dropped))),), limit)


def _length(lines: Sequence[Line]) -> int:
    """Return the units of `lines` joined by line breaks, empty ones left out."""
    shown = [line for line in lines if line]
    return sum(_line_units(line) for line in shown) + max(len(shown) - 1, 0)


def _line_units(line: Line) -> int:
    return sum(units(span.text) for span in line)


def _shortened(line: Line, limit: int) -> Line:
    """Return `line` cut inside a span so that it and its ellipsis take at most `limit` units."""
    if _line_units(line) <= limit:
        return line
    return (*_taken(line, limit - 1), Span(_ELLIPSIS))


def _taken(line: Line, room: int) -> Iterator[Span]:
    for span in line:
        yield replace(span, text=_prefix(span.text, max(room, 0)))
        room -= units(span.text)


def _prefix(text: str, room: int) -> str:
    """Return the longest beginning of `text` of at most `room` units, no letter halved."""
    end = min(len(text), room)
    while units(text[:end]) > room:
        end -= 1
    return text[:end]
