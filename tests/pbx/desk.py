"""What the tests of this room share: records as the vendor writes them, and a client to ask."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from notifier.core.pages import Page
from notifier.pbx.client import PbxClient
from notifier.pbx.wire import read_page
from tests.fakes.clock import FakeClock

MORNING = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
KEY = "1140539518927929344:canary-of-the-key"
BASE = "https://pbx.example.vn"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

Handler = Callable[[httpx.Request], httpx.Response]


def a_target(number: Any = "101", **overrides: Any) -> dict[str, Any]:
    return {
        "target_number": number,
        "status": "not_answered",
        "add_time": "2026-09-07T02:00:01Z",
        "ring_time": "2026-09-07T02:00:01Z",
        "ring_duration": 20,
        "answered_time": "0001-01-01T00:00:00Z",
        "ended_time": "2026-09-07T02:00:21Z",
        "end_reason": "cancelled",
        "fail_code": 487,
        "trunk_name": "",
        **overrides,
    }


def a_record(**overrides: Any) -> dict[str, Any]:
    """Return a missed inbound call of the morning, which rang 101."""
    return {
        "id": "1415096549774721835",
        "external_id": "e-1",
        "external_session_id": "s-1",
        "direction": "in",
        "call_state": "not_answered",
        "call_status": "NS",
        "caller": "0901234567",
        "callee": "800",
        "duration": 0,
        "started_at": "2026-09-07T02:00:00Z",
        "ended_at": "2026-09-07T02:00:25Z",
        "created_at": "2026-09-07T02:01:00Z",
        "updated_at": "2026-09-07T02:01:00Z",
        "extension_id": "0",
        "user_id": "0",
        "contact_id": "0",
        "note": "",
        "recording_urls": [],
        "call_targets": [a_target()],
        **overrides,
    }


def a_body(*records: Any, **paging: Any) -> bytes:
    told = {"after": ".", "before": "", "limit": 100, "next": "n", "prev": "p", **paging}
    return msgspec.json.encode({"call_logs": list(records), "paging": told})


def page_of(*records: Any) -> Page:
    return read_page(a_body(*records))


def a_client(handler: Handler, **overrides: Any) -> PbxClient:
    given: dict[str, Any] = {
        "base_url": BASE,
        "service": "shop.Sencloud",
        "key": KEY,
        "clock": FakeClock(MORNING),
        "transport": httpx.MockTransport(handler),
    }
    return PbxClient(**{**given, **overrides})


def always(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Handler:
    return lambda _: httpx.Response(status, content=body, headers=dict(headers or {}))
