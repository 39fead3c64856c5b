"""What a ListCallLogs request asks for, read with the vendor's checks: filter and paging."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from re import compile as pattern
from typing import TypeVar

from notifier.simulator.ids import decode_cursor
from notifier.simulator.model import Json, State, Way
from notifier.simulator.refusals import invalid, malformed, panic
from notifier.simulator.shelf import Cut, Test

Object = dict[str, Json]
Word = TypeVar("Word", Way, State)

MAX_LIMIT = 100
"""Most rows of a page; a higher limit is lowered without a word (the vendor's own bound)."""
_START = "."
_SORTS = {"": True, "-started_at": True, "started_at": False}
_PANICKING = ("created_at", "updated_at")
_INTERNAL = frozenset((Way.EXT, Way.EXT_IN, Way.EXT_OUT))
_RFC3339 = pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_COMPARISONS: dict[str, Callable[[int, int], bool] | None] = {
    "": None,
    "unknow": None,
    "unknown": None,
    "less_than_or_equal_to": int.__le__,
    "greater_than_or_equal_to": int.__ge__,
    "equal_to": int.__eq__,
}


@dataclass(frozen=True, slots=True)
class Paging:
    """The paging of a request as the reply echoes it, and the cut it means."""

    after: str
    before: str
    sort: str
    cut: Cut


def read_object(value: Json, name: str) -> Object:
    """Return a JSON object; null and a missing one are empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise malformed(f"{name}: expected object")
    return value


def _text(value: Json, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise malformed(f"{name}: expected string")
    return value


def _number(value: Json, name: str) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed(f"{name}: expected integer")
    return value


def _id(value: Json, name: str) -> str:
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
        raise malformed(f"{name}: invalid id {value!r}")
    return value


def _ids(value: Json, name: str) -> frozenset[str]:
    if not isinstance(value, list):
        raise malformed(f"{name}: expected array")
    return frozenset(_id(one, name) for one in value)


def _moment(value: Json, name: str) -> datetime:
    text = _text(value, name)
    if not _RFC3339.fullmatch(text):
        raise malformed(f"{name}: cannot parse {text!r} as RFC 3339 time")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise malformed(f"{name}: cannot parse {text!r} as RFC 3339 time") from None


def read_paging(asked: Json) -> Paging:
    """Return which page is asked for; Refusal as the vendor refuses."""
    paging = read_object(asked, "paging")
    after, before = _text(paging.get("after"), "after"), _text(paging.get("before"), "before")
    sort, limit = _text(paging.get("sort"), "sort"), _number(paging.get("limit"), "limit")
    if after and before:
        raise invalid("only one of after and before may be given")
    if limit < 0:
        raise invalid("limit must not be negative")
    if sort.removeprefix("-") in _PANICKING:
        raise panic()
    if sort not in _SORTS:
        raise invalid(f"sort by {sort!r} is not supported")
    if not after and not before:
        after = _START
    limit = limit if 0 < limit <= MAX_LIMIT else MAX_LIMIT
    return Paging(after, before, sort, _cut(after or before, sort, limit, backwards=bool(before)))


def _cut(place: str, sort: str, limit: int, *, backwards: bool) -> Cut:
    if place == _START:
        return Cut(limit, _SORTS[sort], None, backwards)
    try:
        cursor = decode_cursor(place)
    except ValueError as error:
        raise invalid(f"invalid cursor: {error}") from error
    if sort and _SORTS[sort] != cursor.descending:
        raise invalid("sort does not match")
    return Cut(limit, cursor.descending, cursor, backwards)


def read_filter(asked: Json) -> tuple[Test, ...]:
    """Return the conditions of a filter; fields that the vendor does not know are ignored."""
    fields: Object = {
        name: value
        for name, value in read_object(asked, "filter").items()
        if value is not None and name in _FIELDS
    }
    tests = [_FIELDS[name](value, name) for name, value in fields.items()]
    return tuple(test for test in (*tests, _dates(fields)) if test is not None)


def _dates(fields: Object) -> Test | None:
    """Bracket the insert time, not the start; both ends are included."""
    if "date_from" not in fields and "date_to" not in fields:
        return None
    if "date_from" not in fields or "date_to" not in fields:
        raise invalid("date_from and date_to must be given together")
    earliest = _moment(fields["date_from"], "date_from")
    latest = _moment(fields["date_to"], "date_to")
    if latest < earliest:
        raise invalid("date_to must not be before date_from")
    return lambda call: call.created_at is not None and earliest <= call.created_at <= latest


def _by_date(value: Json, name: str) -> None:
    _moment(value, name)


def _by_call_number(value: Json, name: str) -> Test | None:
    wanted = _text(value, name)
    return (lambda call: wanted in (call.caller, call.callee)) if wanted else None


def _by_direction(value: Json, name: str) -> Test | None:
    way = _member(Way, value, name)
    if way is Way.UNKNOWN:
        return None
    wanted = _INTERNAL if way in _INTERNAL else frozenset((way,))
    return lambda call: call.direction in wanted


def _by_state(value: Json, name: str) -> Test | None:
    wanted = _member(State, value, name)
    return None if wanted is State.UNKNOWN else lambda call: call.state is wanted


def _member(kind: type[Word], value: Json, name: str) -> Word:
    text = _text(value, name)
    try:
        return kind(text or "unknown")
    except ValueError:
        raise malformed(f"{name}: invalid enum value {text!r}") from None


def _by_duration(value: Json, name: str) -> Test | None:
    asked = read_object(value, name)
    comparison = _text(asked.get("comparison"), f"{name}.comparison")
    seconds = _number(asked.get("value"), f"{name}.value")
    if comparison not in _COMPARISONS:
        raise malformed(f"{name}.comparison: invalid enum value {comparison!r}")
    compare = _COMPARISONS[comparison]
    return None if compare is None else lambda call: compare(call.duration_s, seconds)


def _by_extension(value: Json, name: str) -> Test | None:
    wanted = _ids(value, name)
    return (lambda call: call.extension_id in wanted) if wanted else None


def _by_hotline(value: Json, name: str) -> Test | None:
    wanted = _ids(value, name)
    if not wanted:
        return None
    return lambda call: call.found_by_hotline and call.hotline_id in wanted


def _by_user(value: Json, name: str) -> Test | None:
    wanted = _id(value, name)
    return None if wanted == "0" else lambda call: call.user_id == wanted


def _by_department(value: Json, name: str) -> Test | None:
    """Nobody in this business is in a department, so any finds nothing."""
    return None if _id(value, name) == "0" else lambda _: False


def _by_session(value: Json, name: str) -> Test | None:
    wanted = _text(value, name)
    return (lambda call: call.session == wanted) if wanted else None


def _by_external_id(value: Json, name: str) -> Test | None:
    wanted = _text(value, name)
    return (lambda call: call.external_id == wanted) if wanted else None


_FIELDS: dict[str, Callable[[Json, str], Test | None]] = {
    "call_number": _by_call_number,
    "call_state": _by_state,
    "date_from": _by_date,
    "date_to": _by_date,
    "department_id": _by_department,
    "direction": _by_direction,
    "duration": _by_duration,
    "extension_ids": _by_extension,
    "external_id": _by_external_id,
    "external_session_id": _by_session,
    "hotline_ids": _by_hotline,
    "user_id": _by_user,
}
