from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifier.core.calls import UNKNOWN_HOTLINE, Call, CallState, Direction, Leg
from tests.pbx.desk import MORNING, SECOND, a_record, a_target, page_of


def the_call(**overrides: Any) -> Call:
    page = page_of(a_record(**overrides))
    assert not page.malformed
    return page.calls[0]


def test_a_record_becomes_a_call() -> None:
    call = the_call(recording_urls=["https://r.example.vn/1"], note="gọi lại", contact_id="9")

    assert call == Call(
        id="1415096549774721835",
        direction=Direction.IN,
        state=CallState.NOT_ANSWERED,
        caller="0901234567",
        callee="800",
        customer="+84901234567",
        duration=timedelta(),
        started_at=MORNING,
        ended_at=MORNING + 25 * SECOND,
        session="s-1",
        hotline=UNKNOWN_HOTLINE,
        legs=(
            Leg(
                number="101",
                added_at=MORNING + SECOND,
                status=CallState.NOT_ANSWERED,
                rung_at=MORNING + SECOND,
                ring=20 * SECOND,
                ended_at=MORNING + 21 * SECOND,
                end_reason="cancelled",
                fail_code=487,
            ),
        ),
        note="gọi lại",
        recording_urls=("https://r.example.vn/1",),
        contact_id="9",
        external_id="e-1",
        created_at=MORNING + 60 * SECOND,
    )


@pytest.mark.parametrize(
    ("direction", "caller", "callee", "customer"),
    [
        pytest.param("in", "0901234567", "101", "+84901234567", id="who called in"),
        pytest.param("out", "101", "84901234567", "+84901234567", id="who was called"),
        pytest.param("unknown", "0901234567", "0283001234", "+84901234567", id="forwarded"),
        pytest.param("unknown", "101", "0901234567", "+84901234567", id="only callee is outside"),
        pytest.param("unknown", "101", "102", "", id="unknown between extensions"),
        pytest.param("ext", "101", "102", "", id="internal"),
        pytest.param("ext_in", "101", "102", "", id="internal, callee's view"),
        pytest.param("ext_out", "101", "0901234567", "", id="internal, caller's view"),
        pytest.param("in", "anonymous", "101", "", id="withheld"),
        pytest.param("in", None, "101", "", id="no caller"),
        pytest.param("in", 901234567, "101", "+84901234567", id="a number that lost its zero"),
    ],
)
def test_the_customer_is_the_outside_number(
    direction: str, caller: Any, callee: str, customer: str
) -> None:
    assert the_call(direction=direction, caller=caller, callee=callee).customer == customer


ANSWERED = {"status": "ANSWERED", "answered_time": "2026-09-07T02:00:09Z"}
EARLIER = {"status": "answered", "answered_time": "2026-09-07T02:00:05Z"}
TIMELESS = {"status": "answered", "answered_time": None}


@pytest.mark.parametrize(
    ("direction", "caller", "callee", "targets", "extension"),
    [
        pytest.param(
            "in", "0901234567", "800", [a_target(), a_target("102", **ANSWERED)], "102", id="answer"
        ),
        pytest.param(
            "in",
            "0901234567",
            "102",
            [a_target(**EARLIER), a_target("102", **ANSWERED)],
            "102",
            id="of two that answered, the callee",
        ),
        pytest.param(
            "in",
            "0901234567",
            "800",
            [a_target("103", **TIMELESS), a_target("101", **ANSWERED), a_target("102", **EARLIER)],
            "102",
            id="of several, the first to answer",
        ),
        pytest.param("in", "0901234567", "101", [a_target()], "101", id="matched, not answered"),
        pytest.param("in", "0901234567", "800", [a_target()], "", id="a queue is none"),
        pytest.param("in", "0901234567", "101", [], "", id="a callee that was not rung"),
        pytest.param(
            "in", "0901", "800", [a_target("0987654321", **ANSWERED)], "", id="an outside answer"
        ),
        pytest.param(
            "out", "101", "0901234567", [a_target("0901234567", **ANSWERED)], "101", id="outgoing"
        ),
        pytest.param(
            "out", "02873001234", "0901234567", [a_target(**ANSWERED)], "101", id="out by a trunk"
        ),
        pytest.param("ext_in", "101", "102", [a_target("102", **ANSWERED)], "102", id="internal"),
    ],
)
def test_the_extension_is_who_stands_for_our_side(
    direction: str, caller: str, callee: str, targets: list[Any], extension: str
) -> None:
    call = the_call(direction=direction, caller=caller, callee=callee, call_targets=targets)

    assert call.extension == extension


def test_the_twins_of_an_internal_call_share_their_session() -> None:
    twins = [the_call(external_session_id=said, direction="ext") for said in ("s-1", "s-1-out")]

    assert [call.subject for call in twins] == ["session:s-1", "session:s-1"]


def test_the_order_of_targets_means_nothing() -> None:
    targets = [a_target(number) for number in ("103", "101", "102")]

    assert the_call(call_targets=targets) == the_call(call_targets=targets[::-1])


@pytest.mark.parametrize(
    ("said", "hotline"),
    [
        pytest.param({}, UNKNOWN_HOTLINE, id="nothing, as today"),
        pytest.param({"hotline": "19001000", "hotline_id": "7"}, "19001000", id="a number"),
        pytest.param({"hotline": 19001000}, "19001000", id="a number that is one"),
        pytest.param({"hotline_id": "1415096549774721835"}, "1415096549774721835", id="an id"),
        pytest.param({"hotline": None, "hotline_id": "0"}, UNKNOWN_HOTLINE, id="none"),
    ],
)
def test_a_hotline_is_taken_if_a_future_answer_has_it(said: Any, hotline: str) -> None:
    assert the_call(**said).hotline == hotline


@pytest.mark.parametrize(
    ("times", "started_at"),
    [
        pytest.param(
            {"started_at": None}, MORNING + 60 * SECOND, id="when the row was written, as it says"
        ),
        pytest.param(
            {"started_at": "0001-01-01T00:00:00+07:00", "created_at": "0001-01-01T00:00:00Z"},
            datetime(2025, 9, 25, 3, 50, 25, 900_000, tzinfo=UTC),
            id="when the row was written, as its id says",
        ),
    ],
)
def test_a_start_that_is_missing_is_filled(times: Any, started_at: datetime) -> None:
    assert the_call(**times).started_at == started_at


@pytest.mark.parametrize("ended_at", [None, "", "0001-01-01T00:00:00Z"])
def test_a_call_without_an_end_goes_on(ended_at: str | None) -> None:
    assert the_call(ended_at=ended_at).ended_at is None
