"""How the vendor writes things down: rows, pages and directory entries as JSON."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from notifier.simulator.asking import Paging
from notifier.simulator.dice import Dice
from notifier.simulator.ids import Cursor, encode_cursor
from notifier.simulator.model import NONE, Extension, Hotline, Json, SimCall, SimLeg, State

NO_TIME = "0001-01-01T00:00:00Z"
"""How the vendor writes a time that is not there."""

_ACCOUNT = "1140539518927929344"
_TENANT = "1140539601190334464"


def stamp(moment: datetime | None) -> str:
    """Return RFC 3339 in UTC with as many digits of the fraction as it needs; year 1 for None."""
    if moment is None:
        return NO_TIME
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def row(call: SimCall, dice: Dice) -> dict[str, Json]:
    """Return one entry of call_logs; the order of its targets is another each time."""
    answer: dict[str, Json] = {
        "id": call.id,
        "external_id": call.external_id,
        "external_session_id": call.session,
        "direction": call.direction.value,
        "call_state": call.state.value,
        "call_status": _status(call),
        "caller": call.caller,
        "callee": call.callee,
        "duration": call.duration_s,
        "started_at": stamp(call.started_at),
        "ended_at": None if call.ended_at is None else stamp(call.ended_at),
        "created_at": stamp(call.created_at),
        "updated_at": stamp(call.updated_at),
        "extension_id": call.extension_id,
        "user_id": call.user_id,
        "contact_id": call.contact_id,
        "note": call.note,
        "recording_urls": list(call.recording_urls),
        "call_targets": [_target(leg) for leg in dice.shuffled(call.legs)],
    }
    return answer | dict(call.overrides or {})


def _status(call: SimCall) -> str:
    if call.ended_at is None:
        return "Z"
    return "P" if call.state is State.ANSWERED else "NS"


def _target(leg: SimLeg) -> dict[str, Json]:
    return {
        "target_number": leg.target,
        "status": leg.state.value,
        "add_time": stamp(leg.added_at),
        "ring_time": stamp(leg.added_at),
        "ring_duration": leg.ring_s,
        "answered_time": stamp(leg.answered_at),
        "ended_time": stamp(leg.ended_at),
        "end_reason": leg.end_reason,
        "fail_code": leg.fail_code,
        "trunk_name": leg.trunk,
    }


def page(calls: Sequence[SimCall], paging: Paging, dice: Dice) -> dict[str, Json]:
    """Return a ListCallLogs reply; only an empty page has empty cursors."""
    rows: list[Json] = [row(call, dice) for call in calls]
    return {"call_logs": rows, "paging": _echo(paging, calls)}


def _echo(paging: Paging, calls: Sequence[SimCall]) -> dict[str, Json]:
    down = paging.cut.descending
    echo: dict[str, Json] = {
        "after": paging.after,
        "before": paging.before,
        "limit": paging.cut.limit,
        "next": encode_cursor(Cursor(calls[-1].key, down)) if calls else "",
        "prev": encode_cursor(Cursor(calls[0].key, down)) if calls else "",
    }
    return echo | ({"sort": paging.sort} if paging.sort else {})


def listing(name: str, entries: Iterable[dict[str, Json]], paging: Paging) -> dict[str, Json]:
    """Return a reply that lists a directory: everything on the first page, nothing after it."""
    items: list[Json] = list(entries) if paging.cut.cursor is None else []
    ends = [str(one["id"]) for one in items if isinstance(one, dict) and "id" in one]
    echo: dict[str, Json] = {
        "after": paging.after,
        "before": paging.before,
        "limit": paging.cut.limit,
        "next": encode_cursor(Cursor((0, int(ends[-1])), descending=True)) if ends else "",
        "prev": encode_cursor(Cursor((0, int(ends[0])), descending=True)) if ends else "",
    }
    return {name: items, "paging": echo}


def hotline(one: Hotline, opened: datetime) -> dict[str, Json]:
    """Return one entry of hotlines."""
    return {
        "id": one.id,
        "owner_id": _ACCOUNT,
        "name": one.name,
        "hotline": one.number,
        "network": one.network,
        "status": "P",
        "description": "",
        "is_free_charge": False,
        "connection_id": NONE,
        "connection_method": "direct",
        "created_at": stamp(opened),
        "updated_at": stamp(opened),
    }


def extension(one: Extension, opened: datetime) -> dict[str, Json]:
    """Return one entry of extensions, with a password that must never be stored or logged."""
    return {
        "id": one.id,
        "extension_number": one.number,
        "extension_password": f"simulated-secret-{one.number}",
        "hotline_id": one.hotline_id,
        "user_id": one.user_id,
        "account_id": _ACCOUNT,
        "tenant_id": _TENANT,
        "tenant_domain": "simulated.example.vn",
        "state": "P",
        "subscription_id": NONE,
        "created_at": stamp(opened),
        "updated_at": stamp(opened),
        "expires_at": NO_TIME,
    }


def user(one: Extension) -> dict[str, Json]:
    """Return one entry of account_users; the list carries no extension number."""
    return {
        "user_id": one.user_id,
        "full_name": one.full_name,
        "short_name": one.agent,
        "phone": "",
        "email": f"nv{one.number}@example.vn",
        "position": one.position,
        "roles": ["telecom_customerservice"],
        "permissions": [],
        "department_id": NONE,
        "account_id": _ACCOUNT,
        "deleted": False,
    }


def account() -> dict[str, Json]:
    """Return the CurrentAccount reply."""
    return {"id": _ACCOUNT, "name": "Cửa hàng mô phỏng", "type": "shop"}
