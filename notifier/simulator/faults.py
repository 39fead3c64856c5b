"""What can go wrong with an answer, on demand and counted."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import msgspec

from notifier.simulator.model import Json
from notifier.simulator.refusals import code_of

Reply = dict[str, Json]
Rewrite = Callable[[Reply, Reply | None], Reply]
"""Makes a wrong reply of a right one and of the call page answered before it, if there was one."""

CALL_LOGS = "ListCallLogs"
"""The vendor's name of the method that faults are for, unless they name another."""
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to answer badly.

    `body` set: it is sent with `status` instead of an answer. `hang_s`: seconds of silence before
    whatever follows. `drop`: the connection breaks in the middle. `cut`: half of the JSON.
    """

    name: str
    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    hang_s: float = 0
    drop: bool = False
    cut: bool = False
    rewrite: Rewrite | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that arrived, refused or not; `at` is the simulated time, `body` as sent."""

    method: str
    path: str
    body: bytes
    at: datetime
    fault: str | None

    @property
    def json(self) -> Reply:
        """The body as an object; msgspec.DecodeError or ValidationError where it is none."""
        return msgspec.json.decode(self.body, type=dict)


class Faults:
    """The plan of what goes wrong, and the record of what was asked."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.committed: Counter[str] = Counter()
        self.key_revoked = False
        self._queue: list[tuple[str | None, Fault | None]] = []
        self._always: list[tuple[str | None, Fault]] = []
        self._outages: list[tuple[datetime, datetime, Fault]] = []
        self._released = asyncio.Event()

    def next(self, *faults: Fault | None, method: str | None = CALL_LOGS) -> None:
        """Queue faults for the coming requests to that method, one each; None is a good answer.

        `method=None` takes whatever request comes.
        """
        self._queue.extend((method, fault) for fault in faults)

    def always(self, fault: Fault, *, method: str | None = CALL_LOGS) -> None:
        """Commit the fault at every request to come that has no queued one, until `clear`."""
        self._always.append((method, fault))

    def down(self, since: datetime, until: datetime, fault: Fault | None = None) -> None:
        """Be unreachable from `since` up to `until`, all methods; by default connections drop."""
        self._outages.append((since, until, fault or dropped()))

    def revoke_key(self) -> None:
        """Answer 401 from now on, until `restore_key`."""
        self.key_revoked = True

    def restore_key(self) -> None:
        """Accept the key again."""
        self.key_revoked = False

    def clear(self) -> None:
        """Forget every fault planned, let go what hangs, and accept the key; the record stays."""
        self._queue.clear()
        self._always.clear()
        self._outages.clear()
        self.restore_key()
        self._released.set()
        self._released = asyncio.Event()

    def count(self, method: str = CALL_LOGS) -> int:
        """Return how many requests for the method arrived."""
        return sum(1 for seen in self.requests if seen.method == method)

    def arrived(self, method: str, path: str, body: bytes, at: datetime) -> Fault | None:
        """Record a request and return what goes wrong with it; None for nothing."""
        fault = self._take(method, at)
        self.requests.append(Seen(method, path, body, at, fault.name if fault else None))
        if fault:
            self.committed[fault.name] += 1
        return fault

    async def hang(self, seconds: float) -> None:
        """Wait that long in real time, or until `clear`."""
        try:
            async with asyncio.timeout(seconds):
                await self._released.wait()
        except TimeoutError:
            return

    def _take(self, method: str, at: datetime) -> Fault | None:
        for since, until, fault in self._outages:
            if since <= at < until:
                return fault
        for index, (wanted, queued) in enumerate(self._queue):
            if wanted in (None, method):
                del self._queue[index]
                return queued
        return next((fault for wanted, fault in self._always if wanted in (None, method)), None)


def status(code: int, *, retry_after: str | None = None) -> Fault:
    """Answer with that HTTP status and the vendor's error body; `retry_after` is a header."""
    headers = {"content-type": "application/json"}
    if retry_after is not None:
        headers["retry-after"] = retry_after
    body = msgspec.json.encode({"code": code_of(code), "msg": "Lỗi mô phỏng"})
    return Fault(f"status {code}", code, body, headers)


def html(code: int = 502) -> Fault:
    """Answer as a gateway would: a page of HTML, whatever the status."""
    body = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
    return Fault("html", code, body, {"content-type": "text/html"})


def hanging(seconds: float) -> Fault:
    """Say nothing for that many real seconds, then answer well."""
    return Fault("hanging", hang_s=seconds)


def dropped() -> Fault:
    """Break the connection after the first byte of the answer."""
    return Fault("dropped", drop=True)


def truncated() -> Fault:
    """Answer with the first half of the JSON."""
    return Fault("truncated", cut=True)


def repeated_cursor() -> Fault:
    """Hand out the cursor that was sent as the next one, so that a walk stands still."""

    def rewrite(reply: Reply, _: Reply | None) -> Reply:
        paging = reply.get("paging")
        if not isinstance(paging, dict) or _starts(reply):
            return reply
        return reply | {"paging": paging | {"next": paging.get("after")}}

    return Fault("repeated cursor", rewrite=rewrite)


def duplicated_rows(count: int = 3) -> Fault:
    """Begin the page with the last rows of the page before it; the first page repeats its own."""

    def rewrite(reply: Reply, previous: Reply | None) -> Reply:
        rows = _rows(reply)
        before = rows if previous is None or _starts(reply) else _rows(previous)
        return reply | {"call_logs": [*before[-count:], *rows]}

    return Fault("duplicated rows", rewrite=rewrite)


def malformed_record(record: Json = None) -> Fault:
    """Put a record that is none in front of the others; by default one without id or times."""
    wrong: Json = {"direction": 7, "call_targets": "?"} if record is None else record
    return Fault(
        "malformed record", rewrite=lambda reply, _: reply | {"call_logs": [wrong, *_rows(reply)]}
    )


def null_arrays() -> Fault:
    """Send null for every array of every record."""
    nothing: Reply = {"call_targets": None, "recording_urls": None}
    return _each("null arrays", nothing)


def extra_fields() -> Fault:
    """Add fields that no page of the vendor knows."""
    return _each("extra fields", {"sentiment": {"score": 0.4}, "hold_seconds": 3, "tags": ["vip"]})


def unknown_enum() -> Fault:
    """Send words for direction, state and status that a later version may bring."""
    return _each("unknown enum", {"direction": "video", "call_state": "parked", "call_status": "X"})


def _each(name: str, fields: Reply) -> Fault:
    def rewrite(reply: Reply, _: Reply | None) -> Reply:
        rows: list[Json] = [one | fields if isinstance(one, dict) else one for one in _rows(reply)]
        return reply | {"call_logs": rows}

    return Fault(name, rewrite=rewrite)


def _starts(reply: Reply) -> bool:
    """Say whether the reply is the first page of a walk."""
    paging = reply.get("paging")
    return not isinstance(paging, dict) or paging.get("after") in ("", ".")


def _rows(reply: Reply) -> list[Json]:
    rows = reply.get("call_logs")
    return rows if isinstance(rows, list) else []
