import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from notifier.core.alerts import Alert, AlertKind, AlertState, Language, Reason, Severity
from notifier.core.calls import Call
from notifier.core.events import MOST_BYTES, alert_event, call_event, event_of
from notifier.core.events import test_event as trial_event
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_change, a_leg, a_talk


def an_alert(*calls: Call, **overrides: Any) -> Alert:
    alert = Alert(
        id="0123456789abcdef",
        rule="goi_nho",
        kind=AlertKind.CALL,
        key="1415096549774721835",
        severity=Severity.WARNING,
        state=AlertState.OPEN,
        title={Language.VI: "Cuộc gọi nhỡ", Language.EN: "Missed call"},
        occurred_at=NOON + 27 * SECOND,
        fired_at=NOON + 75 * SECOND,
        calls=calls or (a_call(),),
    )
    return replace(alert, **overrides)


def told(alert: Alert, event: str = "alert.fired", **overrides: Any) -> Any:
    given = {"at": alert.fired_at, "zone": HANOI, "language": Language.VI, **overrides}
    return json.loads(alert_event(alert, event, **given))


def test_an_alert_event_says_what_the_contract_says() -> None:
    alert = an_alert(suppressed=12, deadline=NOON + 15 * MINUTE)

    event = told(alert, revisions={alert.calls[0].id: 3})

    assert event == {
        "type": "alert.fired",
        "timestamp": "2026-09-07T12:01:15+07:00",
        "data": {
            "alert": {
                "id": "0123456789abcdef",
                "rule": "goi_nho",
                "title": "Cuộc gọi nhỡ",
                "severity": "warning",
                "key": "1415096549774721835",
                "reason": "new",
                "state": "open",
                "count": 1,
                "suppressed": 12,
                "occurred_at": "2026-09-07T12:00:27+07:00",
                "deadline": "2026-09-07T12:15:00+07:00",
            },
            "calls": [
                {
                    "id": "1415096549774721835",
                    "direction": "in",
                    "state": "not_answered",
                    "missed": True,
                    "caller": "0901234567",
                    "callee": "101",
                    "customer": "+84901234567",
                    "hotline": "19001000",
                    "agent": "",
                    "extension": "",
                    "duration_s": 0,
                    "ring_s": 20,
                    "started_at": "2026-09-07T12:00:00+07:00",
                    "ended_at": "2026-09-07T12:00:27+07:00",
                    "note": "",
                    "recording_urls": [],
                    "legs": [
                        {
                            "number": "101",
                            "status": "not_answered",
                            "ring_s": 20,
                            "end_reason": "caller_disconnect",
                            "fail_code": 0,
                            "rung_at": "2026-09-07T12:00:00+07:00",
                            "answered_at": None,
                            "ended_at": "2026-09-07T12:00:20+07:00",
                            "trunk": "",
                        }
                    ],
                    "revision": 3,
                }
            ],
        },
    }


def test_a_title_that_is_missing_in_one_language_is_said_in_another() -> None:
    alert = an_alert(title={Language.EN: "Missed call"})

    assert told(alert)["data"]["alert"]["title"] == "Missed call"


def test_vietnamese_goes_out_as_utf_8_and_not_as_escapes() -> None:
    body = call_event(a_change(a_call(note="Khách hẹn gọi lại")), at=NOON, zone=HANOI)

    assert "Khách hẹn gọi lại".encode() in body


@pytest.mark.parametrize(
    ("reason", "event"),
    [
        (Reason.NEW, "alert.fired"),
        (Reason.DIGEST, "alert.fired"),
        (Reason.REPEAT, "alert.repeated"),
        (Reason.ESCALATE, "alert.escalated"),
        (Reason.ACKNOWLEDGED, "alert.acknowledged"),
        (Reason.RESOLVED, "alert.resolved"),
        (Reason.REVISED, "alert.revised"),
        (Reason.CREATED, "call.created"),
        (Reason.UPDATED, "call.updated"),
    ],
)
def test_each_reason_for_sending_has_its_event_type(reason: Reason, event: str) -> None:
    assert event_of(reason) == event


def test_a_reason_for_not_sending_has_no_event_type() -> None:
    with pytest.raises(ValueError, match="throttled"):
        event_of(Reason.THROTTLED)


@pytest.mark.parametrize(
    ("event", "kind", "reason"),
    [
        ("alert.fired", AlertKind.CALL, "new"),
        ("alert.fired", AlertKind.WATCH, "new"),
        ("alert.fired", AlertKind.DIGEST, "digest"),
        ("alert.revised", AlertKind.CALL, "revised"),
        ("alert.resolved", AlertKind.DIGEST, "resolved"),
    ],
)
def test_an_alert_event_says_why_it_is_sent(event: str, kind: AlertKind, reason: str) -> None:
    assert told(an_alert(kind=kind), event)["data"]["alert"]["reason"] == reason


def test_a_new_call_is_announced_without_changes() -> None:
    event = json.loads(call_event(a_change(a_talk()), at=NOON, zone=HANOI))

    assert event["type"] == "call.created"
    assert event["data"]["call"]["agent"] == "Lan"
    assert event["data"]["call"]["duration_s"] == 120
    assert "changed" not in event["data"]


def test_an_updated_call_names_the_fields_of_the_event_that_moved() -> None:
    before = a_call()
    after = replace(before, note="đã gọi lại", legs=(a_leg(ring=31 * SECOND),))

    event = json.loads(call_event(a_change(after, before), at=NOON, zone=HANOI))

    assert event["type"] == "call.updated"
    assert event["data"]["changed"] == ["ring_s", "note", "legs"]
    assert event["data"]["call"]["revision"] == 2


def test_a_call_that_still_goes_on_has_no_end() -> None:
    event = json.loads(call_event(a_change(a_talk(ended_at=None)), at=NOON, zone=HANOI))

    assert event["data"]["call"]["ended_at"] is None


def test_a_trial_event_names_the_channel_it_tries_out() -> None:
    assert json.loads(trial_event("crm", at=NOON, zone=HANOI)) == {
        "type": "test",
        "timestamp": "2026-09-07T12:00:00+07:00",
        "data": {"channel": "crm"},
    }


def test_calls_that_do_not_fit_are_left_out_from_the_end_and_counted() -> None:
    calls = [a_call(id=str(number), note="ghi chú " * 20) for number in range(1_000)]

    body = alert_event(
        an_alert(*calls, count=1_000), "alert.fired", at=NOON, zone=HANOI, language=Language.VI
    )

    data = json.loads(body)["data"]
    kept = [call["id"] for call in data["calls"]]
    assert MOST_BYTES - 1_000 < len(body) <= MOST_BYTES
    assert kept == [str(number) for number in range(len(kept))]
    assert data["calls_left_out"] == 1_000 - len(kept)
    assert not any("shortened" in call for call in data["calls"])
    assert data["alert"]["count"] == 1_000


def test_one_call_that_does_not_fit_is_shortened_and_says_so() -> None:
    change = a_change(a_call(note="x" * 300_000))

    body = call_event(change, at=NOON, zone=HANOI)

    call = json.loads(body)["data"]["call"]
    assert len(body) <= MOST_BYTES
    assert call["shortened"] is True
    assert call["note"] == "x" * 4_000


def test_half_a_surrogate_pair_does_not_stop_an_event() -> None:
    event = told(an_alert(a_call(note="a\ud83dz")))

    assert event["data"]["calls"][0]["note"] == "a?z"


@settings(deadline=None)
@given(seed=some.text(max_size=8), legs=some.integers(0, 400), links=some.integers(0, 60))
def test_no_event_is_longer_than_the_bound_whatever_the_pbx_says(
    seed: str, legs: int, links: int
) -> None:
    text = seed * 5_000
    wild = a_call(
        note=text,
        caller=text,
        agent=text,
        legs=tuple(a_leg(text[:300], end_reason=text[:300]) for _ in range(legs)),
        recording_urls=("https://example.vn/" + text[:700],) * links,
        ended_at=NOON + timedelta(days=1),
    )
    alert = an_alert(wild, wild, title={Language.VI: text}, key=text, rule=text)

    about_alert = alert_event(alert, "alert.fired", at=NOON, zone=HANOI, language=Language.VI)
    about_call = call_event(a_change(wild, a_call()), at=NOON, zone=HANOI)

    assert len(about_alert) <= MOST_BYTES
    assert len(about_call) <= MOST_BYTES
    assert len(json.loads(about_alert)["data"]["calls"]) >= 1
