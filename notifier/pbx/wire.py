"""The vendor's JSON: bytes to values, values to bytes; nothing of it goes beyond this room.

A page is read whole at first. If one record does not fit, each is read by itself, so that a broken
one is kept and counted while the others go on.
"""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from notifier.core.calls import Call, CallState, Direction, Malformed
from notifier.core.errors import SourceNonsense
from notifier.core.pages import CallFilter, Page
from notifier.pbx.fields import Scalar, text, whole
from notifier.pbx.records import Record, Unreadable, read_call

RAW_BYTES = 8 * 1024
"""Bytes that are kept of a record that could not be read."""

EXCERPT = 200
"""Characters that are shown of a body that could not be read."""

T = TypeVar("T")

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""Everything that decoding can raise; the second is for bytes that are no UTF-8."""


class _Paging(msgspec.Struct, gc=False):
    limit: Scalar = None
    next: Scalar = None
    prev: Scalar = None


class _Records(msgspec.Struct):
    call_logs: list[Record] | msgspec.UnsetType | None = msgspec.UNSET
    paging: _Paging | msgspec.UnsetType | None = msgspec.UNSET


class _RawRecords(msgspec.Struct):
    call_logs: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET
    paging: _Paging | msgspec.UnsetType | None = msgspec.UNSET


_records = msgspec.json.Decoder(_Records)
_raw_records = msgspec.json.Decoder(_RawRecords)
_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def read_page(body: bytes) -> Page:
    """Return the page that `body` holds; SourceNonsense if it holds none.

    An object with neither calls nor paging is no page: taken for an empty one, it would pass for
    proof that nobody called.
    """
    try:
        found = _records.decode(body)
    except _UNREADABLE:
        return _read_each(mended(body))
    _demand_page(found, body)
    try:
        calls = [read_call(record) for record in found.call_logs or ()]
    except Unreadable:
        return _read_each(mended(body))
    return _page(calls, [], found.paging)


def _read_each(body: bytes) -> Page:
    try:
        found = _raw_records.decode(body)
    except _UNREADABLE:
        raise _nonsense(body) from None
    _demand_page(found, body)
    calls: list[Call] = []
    malformed: list[Malformed] = []
    for raw in found.call_logs or ():
        try:
            calls.append(read_call(msgspec.convert(_pared(_anything.decode(raw)), Record)))
        except (*_UNREADABLE, Unreadable) as error:
            malformed.append(_kept(bytes(raw), str(error)))
    return _page(calls, malformed, found.paging)


def _demand_page(found: _Records | _RawRecords, body: bytes) -> None:
    if found.call_logs is msgspec.UNSET and found.paging is msgspec.UNSET:
        raise _nonsense(body)


def _page(
    calls: list[Call], malformed: list[Malformed], paging: _Paging | msgspec.UnsetType | None
) -> Page:
    told = paging or _Paging()
    return Page(
        calls=tuple(calls),
        malformed=tuple(malformed),
        next=text(told.next),
        prev=text(told.prev),
        size=len(calls) + len(malformed),
        limit=max(whole(told.limit), 0),
    )


def _kept(raw: bytes, why: str) -> Malformed:
    return Malformed(raw=raw[:RAW_BYTES].decode("utf-8", "ignore"), why=why)


_NEEDED = frozenset({"id", "direction", "call_state", "caller", "callee", "started_at"})
"""Fields without which a call would be taken for another kind of call: if one of them is of the
wrong shape, the record is malformed; any other is left out."""


def _pared(record: object) -> object:
    """Return `record` without those fields of the wrong shape that a call can do without."""
    if not isinstance(record, dict):
        return record
    pared = {name: one for name, one in record.items() if name in _NEEDED or _is_scalar(one)}
    if isinstance(urls := record.get("recording_urls"), list):
        pared["recording_urls"] = [url for url in urls if _is_scalar(url)]
    else:
        pared.pop("recording_urls", None)
    if isinstance(targets := record.get("call_targets"), list):
        pared["call_targets"] = [_pared_target(one) for one in targets if isinstance(one, dict)]
    else:
        pared.pop("call_targets", None)
    return pared


def _pared_target(target: dict[str, object]) -> dict[str, object]:
    return {name: one for name, one in target.items() if _is_scalar(one)}


def _is_scalar(value: object) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F]..)|.)",
    re.DOTALL,
)


def mended(body: bytes) -> bytes:
    """Return `body` without what spoils a whole document for the sake of one letter in it.

    That is a byte order mark, bytes that are no UTF-8, and half of a surrogate pair.
    """
    clean = body.decode("utf-8-sig", "replace").encode()
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], clean)


def _nonsense(body: bytes) -> SourceNonsense:
    return SourceNonsense(f"a page of calls was expected, and this came: {excerpt(body)}")


def excerpt(body: bytes) -> str:
    """Return the beginning of `body` on one line, fit to be shown; "nothing" if it is empty."""
    start = body[: 8 * EXCERPT].decode("utf-8", "replace")
    line = " ".join("".join(x if x.isprintable() else " " for x in start).split())
    return line[:EXCERPT] or "nothing"


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for; what is empty is not sent."""

    after: str = ""
    before: str = ""
    limit: int = 0
    """0 leaves it to the vendor."""
    sort: str = ""
    """Newest first if empty; the vendor falls over most others."""


def list_request(filter: CallFilter, paging: Paging) -> bytes:  # noqa: A002 - the vendor's word
    """Return the body of a request for calls; a field that is not set is left out.

    The vendor refuses an empty id, and ignores what is not nested under filter or paging.
    """
    asked = {"filter": _filter(filter), "paging": paging_words(paging)}
    return msgspec.json.encode({name: value for name, value in asked.items() if value})


def paging_words(paging: Paging) -> dict[str, str | int]:
    """Return the paging of any request, with only what is set."""
    words: dict[str, str | int] = {
        "after": paging.after,
        "before": paging.before,
        "limit": paging.limit,
        "sort": paging.sort,
    }
    return {name: value for name, value in words.items() if value}


def _filter(wanted: CallFilter) -> dict[str, object]:
    words: dict[str, object] = {
        "call_number": wanted.call_number,
        "call_state": "" if wanted.call_state is CallState.UNKNOWN else wanted.call_state.value,
        "date_from": wanted.date_from and wanted.date_from.isoformat(),
        "date_to": wanted.date_to and wanted.date_to.isoformat(),
        "department_id": wanted.department_id,
        "direction": "" if wanted.direction is Direction.UNKNOWN else wanted.direction.value,
        "duration": wanted.duration
        and {
            "comparison": wanted.duration.comparison,
            "value": int(wanted.duration.value.total_seconds()),
        },
        "extension_ids": [one for one in wanted.extension_ids if one],
        "external_id": wanted.external_id,
        "external_session_id": wanted.external_session_id,
        "hotline_ids": [one for one in wanted.hotline_ids if one],
        "user_id": wanted.user_id,
    }
    return {name: value for name, value in words.items() if value}


def read(body: bytes, kind: type[T]) -> T:
    """Return `body` as `kind`; SourceNonsense if it is anything else."""
    try:
        return msgspec.json.decode(mended(body), type=kind)
    except _UNREADABLE:
        raise SourceNonsense(f"JSON was expected, and this came: {excerpt(body)}") from None


class _Fault(msgspec.Struct):
    code: Scalar = None
    msg: Scalar = None


def read_fault(body: bytes) -> tuple[str, str]:
    """Return the vendor's code and message of an error answer; "" for what it does not hold."""
    try:
        fault = read(body, _Fault)
    except SourceNonsense:
        return "", ""
    return text(fault.code), text(fault.msg)
