"""The vendor's ids, which tell when a row was inserted, and the cursors that pages hand out."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct

_ID_EPOCH = datetime(1999, 1, 2, 20, 29, 14, 180_000, tzinfo=UTC)
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(milliseconds=10)
_MICROSECOND = timedelta(microseconds=1)
_LOW_BITS = 24
_LOW_MASK = (1 << _LOW_BITS) - 1
_SCATTER = 0x9E3779  # odd, so that it maps 24 bits onto 24 bits without a collision

_CURSOR = Struct(">qBqb")
_MARK = 0x01
_BY_STARTED = 6

Key = tuple[int, int]
"""What rows are ordered by: started_at in microseconds since 1970, then the id as a number."""


def mint(inserted_at: datetime, serial: int) -> str:
    """Return a vendor id for a row inserted at that time.

    Ids of one 10 ms tick differ as long as their serials differ in the lowest 24 bits.
    """
    ticks = (inserted_at - _ID_EPOCH) // _TICK
    return str(ticks << _LOW_BITS | serial * _SCATTER & _LOW_MASK)


def inserted_at(row_id: str) -> datetime:
    """Return when the row of that id was inserted, UTC, to 10 ms."""
    return _ID_EPOCH + (int(row_id) >> _LOW_BITS) * _TICK


def microseconds(moment: datetime) -> int:
    """Return whole microseconds since 1970 of an aware moment."""
    return (moment - _UNIX) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows; bound to the sort that made it."""

    key: Key
    descending: bool


def encode_cursor(cursor: Cursor) -> str:
    """Return the cursor as the vendor writes it: 18 bytes in URL-safe base64."""
    started, row_id = cursor.key
    sort = -_BY_STARTED if cursor.descending else _BY_STARTED
    return urlsafe_b64encode(_CURSOR.pack(row_id, _MARK, started, sort)).decode("ascii")


def decode_cursor(text: str) -> Cursor:
    """Read a cursor; ValueError says that it is none of ours."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii"))
    except (NotBase64, UnicodeEncodeError) as error:
        raise ValueError("cursor is not base64") from error
    if len(raw) != _CURSOR.size:
        raise ValueError(f"cursor has {len(raw)} bytes, not {_CURSOR.size}")
    row_id, mark, started, sort = _CURSOR.unpack(raw)
    if mark != _MARK or abs(sort) != _BY_STARTED:
        raise ValueError("cursor is for another list")
    return Cursor((started, row_id), sort < 0)
