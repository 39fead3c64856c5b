"""Texts that users write, read as the values of a field's type."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from notifier.core.calls import INTERNAL
from notifier.core.rules.faults import Mistake, shown, suggestion
from notifier.core.rules.fields import FIELDS, PRESETS, WEEKDAYS, Kind, kind_of
from notifier.core.rules.language import Term, Value, View
from notifier.core.rules.patterns import comparable


@dataclass(frozen=True, slots=True)
class Written:
    """A value as the user wrote it."""

    text: str
    quoted: bool = True
    """Whether it may be any text; a bare one in an expression is a number, a duration or a day."""
    column: int | None = None


_PART = re.compile(r"([0-9]{1,10})(ms|s|m|h|d)")
_DURATION = re.compile(r"(?:[0-9]{1,10}(?:ms|s|m|h|d))+")
_NUMBER = re.compile(r"[0-9]{1,10}")
_PHONE = re.compile(r"\+?[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_LONGEST_MS = 366 * _UNIT_MS["d"]
_YEARS = range(2000, 2101)
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}


def read_values(term: Term, written: Written) -> tuple[Value, ...]:
    """Return what `written` means for `term`: one value, or several for a word such as `mon-fri`.

    Times are not read here but by `read_span`, for a day is as long as a day.
    Raises `Mistake` when it is nothing of the term's type.
    """
    read = _READERS[kind_of(term)]
    if not written.text.strip() or written.text.startswith("@"):
        read = _no_value
    try:
        return read(term, written)
    except Mistake as mistake:
        raise Mistake(mistake.message, written.column) from None


def read_span(term: Term, written: Written) -> tuple[datetime, datetime | None]:
    """Return the instant that `written` names, or where the day that it names begins and ends."""
    text = written.text.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min  # noqa: DTZ901 - outside the years below
    if at.year not in _YEARS or len(text) < len("2026-09-07"):
        raise Mistake(
            f'{shown(text)} is no time for {term}; write "2026-09-07" or "2026-09-07T09:30"',
            written.column,
        )
    if _DAY.fullmatch(text):
        return at, at + timedelta(days=1)
    return (at.astimezone(UTC) if at.tzinfo else at), None


def _no_value(term: Term, written: Written) -> tuple[Value, ...]:
    if written.text.startswith("@"):
        raise Mistake(f"{shown(written.text)} is a list; write {term} in {written.text}")
    raise Mistake(f"{term} needs a value; to ask whether there is one, use present or absent")


def _choice(term: Term, written: Written) -> tuple[Value, ...]:
    text, choices = written.text.strip(), FIELDS[term.field].choices
    if text in choices:
        return (text,)
    if term.field == "direction" and text == "internal":
        return tuple(direction.value for direction in INTERNAL)
    if text in PRESETS:
        raise Mistake(
            f"{shown(text)} is no {term} but a word of its own; use `when: {text}`, "
            f"or `{text}` beside other conditions under `all:`"
        )
    raise Mistake(
        f"{shown(text)} is no {term}; it is one of {', '.join(choices)}{suggestion(text, choices)}"
    )


def _phone(term: Term, written: Written) -> tuple[Value, ...]:
    text = _plain(term, written).strip()
    if "*" in text or "?" in text:
        raise Mistake(f"{shown(text)} is no number; for a pattern write {term} like {text!r}")
    return (comparable(text),)


def _text(term: Term, written: Written) -> tuple[Value, ...]:
    return (lowered(term, _plain(term, written)),)


def lowered(term: Term, text: str) -> str:
    """Return `text`; raises `Mistake` if it has capitals and `term` never has."""
    if term.view is View.LOWER and text != text.lower():
        raise Mistake(f"{term} has no capitals, so it can never be like {shown(text)}")
    return text


def _plain(term: Term, written: Written) -> str:
    if not written.quoted and not _PHONE.fullmatch(written.text):
        raise Mistake(f'{term} is text; write {shown(written.text)} in quotes: "{written.text}"')
    return written.text


def _duration(term: Term, written: Written) -> tuple[Value, ...]:
    text = written.text.replace(" ", "")
    if _NUMBER.fullmatch(text):
        text += "s"
    if not _DURATION.fullmatch(text):
        hint = f"; for a range write 0s <= {term} and {term} <= 5s" if ".." in text else ""
        raise Mistake(
            f"{shown(written.text)} is no duration for {term}; write 30s, 10m, 1h30m or 2d{hint}"
        )
    total_ms = sum(int(number) * _UNIT_MS[unit] for number, unit in _PART.findall(text))
    if total_ms > _LONGEST_MS:
        raise Mistake(f"{shown(written.text)} is longer than a year; no {term} is")
    return (timedelta(milliseconds=total_ms),)


def _hour(term: Term, written: Written) -> tuple[Value, ...]:
    return (_number(term, written, most=23),)


def _count(term: Term, written: Written) -> tuple[Value, ...]:
    return (_number(term, written, most=1_000_000),)


def _number(term: Term, written: Written, *, most: int) -> int:
    text = written.text.strip()
    if not _NUMBER.fullmatch(text) or int(text) > most:
        raise Mistake(f"{shown(text)} is no {term}; it is a whole number from 0 to {most}")
    return int(text)


def _weekday(term: Term, written: Written) -> tuple[Value, ...]:
    text = written.text.strip().lower()
    ends = [_day_number(day) for day in text.split("-")]
    match ends:
        case [int() as day]:
            return (day,)
        case [int() as first, int() as last]:
            return tuple((first + i) % 7 for i in range((last - first) % 7 + 1))
        case _:
            raise Mistake(
                f"{shown(text)} is no {term}; write mon tue wed thu fri sat sun, mon-fri, "
                "or 0 (Monday) to 6 (Sunday)"
            )


def _day_number(text: str) -> int | None:
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    return "0123456".index(text) if len(text) == 1 and text in "0123456" else None


def _flag(term: Term, written: Written) -> tuple[Value, ...]:
    text = written.text.strip().lower()
    if text not in _TRUTH:
        raise Mistake(f"{shown(text)} is no answer for {term}; write yes or no")
    return (_TRUTH[text],)


_READERS: Mapping[Kind, Callable[[Term, Written], tuple[Value, ...]]] = {
    Kind.CHOICE: _choice,
    Kind.PHONE: _phone,
    Kind.TEXT: _text,
    Kind.DURATION: _duration,
    Kind.HOUR: _hour,
    Kind.COUNT: _count,
    Kind.WEEKDAY: _weekday,
    Kind.FLAG: _flag,
}
