"""Questions are answered from what is remembered, and from nothing else."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.alerts import Audit, Reason, short_id
from notifier.core.calls import UNKNOWN_HOTLINE
from notifier.core.decisions import Decision
from notifier.core.deliveries import DeliveryState, Failed, FailureReason, Standing
from tests.builders import MINUTE, NOON, SECOND, a_call, a_talk
from tests.store.desk import (
    LATER,
    Desk,
    a_busy_engine,
    a_desk,
    a_draft,
    morning,
    settle_as,
    take_in_the_morning,
)
from tests.store.watch import begin_the_watch, take_in_one_too_many

DAY = timedelta(days=1)


@pytest.fixture
def calls(desk: Desk) -> Desk:
    """A desk with four calls, a minute apart."""
    known = [
        a_call(id="1", customer="+84901234567", hotline="19001000"),
        a_talk(id="2", customer="+84281234567", extension="101", started_at=NOON + MINUTE),
        a_call(id="3", customer="0101", hotline=UNKNOWN_HOTLINE, started_at=NOON + 2 * MINUTE),
        a_talk(id="4", customer="", extension="102", hotline="", started_at=NOON + 3 * MINUTE),
    ]
    desk.ledger.take_in({call.id: call for call in known}, None, LATER)
    return desk


def found(desk: Desk, **wanted: object) -> str:
    answer = desk.archive.calls_between(NOON - DAY, NOON + DAY, **wanted)  # type: ignore[arg-type]
    return "".join(call.id for call in answer)


# --- calls


def test_calls_are_listed_newest_first(calls: Desk) -> None:
    assert found(calls) == "4321"


def test_a_period_has_its_beginning_and_not_its_end(calls: Desk) -> None:
    listed = calls.archive.calls_between(NOON, NOON + MINUTE)
    assert [call.id for call in listed] == ["1"]

    assert calls.archive.calls_between(NOON + MINUTE, NOON) == []


def test_the_newest_are_kept_when_there_are_more_than_asked_for(calls: Desk) -> None:
    assert found(calls, most=2) == "43"


def test_the_missed_can_be_picked(calls: Desk) -> None:
    assert found(calls, missed=True) == "31"
    assert found(calls, missed=True, number="0901234567") == "1"


@pytest.mark.parametrize(
    ("number", "ids"),
    [
        pytest.param("+84901234567", "1", id="as it is kept"),
        pytest.param("0901234567", "1", id="as it is dialled"),
        pytest.param("0901 234 567", "1", id="as it is written"),
        pytest.param("84901234567", "1", id="with the country code alone"),
        pytest.param("4567", "21", id="its ending"),
        pytest.param("0101", "3", id="an ending that begins with 0, whole"),
        pytest.param("101", "32", id="an extension, and who ends with it"),
        pytest.param("102", "4", id="an extension"),
        pytest.param("19001000", "21", id="a hotline"),
        pytest.param("1900 1000", "21", id="a hotline, as it is written"),
        pytest.param(UNKNOWN_HOTLINE, "3", id="a hotline that is unknown"),
        pytest.param("no such", "", id="no number at all"),
        pytest.param("%", "", id="a wildcard"),
        pytest.param("4_67", "", id="another wildcard"),
        pytest.param("000", "", id="nothing but zeros"),
        pytest.param("' OR 1=1 --", "", id="an injection"),
    ],
)
def test_a_number_picks_its_calls(calls: Desk, number: str, ids: str) -> None:
    assert found(calls, number=number) == ids


def test_one_call_is_found_by_its_id(calls: Desk) -> None:
    call = calls.archive.call("2")

    assert call is not None
    assert call.extension == "101"
    assert calls.archive.call("none") is None


# --- alerts and why


@pytest.mark.parametrize(
    "copied", [str.lower, short_id, str, lambda whole: f" {whole[:6]}\n"], ids=range(4)
)
def test_an_alert_is_found_by_what_a_person_copies_from_its_card(
    desk: Desk, copied: Callable[[str], str]
) -> None:
    take_in_the_morning(desk)
    (alert,) = [a for a in desk.archive.alerts_about("1001") if a.rule == "goi_nho"]

    assert desk.archive.alerts_like(copied(alert.id)) == [alert]


@pytest.mark.parametrize("copied", ["", " ", "zzzzzz", "%", "______"])
def test_what_is_no_beginning_of_an_id_finds_no_alert(desk: Desk, copied: str) -> None:
    take_in_the_morning(desk)

    assert desk.archive.alerts_like(copied) == []


def test_the_alerts_about_a_call_are_those_of_each_rule(desk: Desk) -> None:
    take_in_the_morning(desk)

    alerts = desk.archive.alerts_about("1001")
    assert {alert.rule for alert in alerts} == {"goi_nho", "theo_dau_so", "moi_cuoc_goi"}
    assert {alert.calls[0].id for alert in alerts} == {"1001"}
    assert desk.archive.alerts_about("none") == []


def test_the_alerts_with_a_call_are_those_that_name_it_also_beside_others(desk: Desk) -> None:
    begin_the_watch(desk)
    take_in_one_too_many(desk)

    found = desk.archive.alerts_with("m001")

    assert {(alert.rule, len(alert.calls)) for alert in found} == {("goi_nho", 1), ("don_dap", 3)}
    assert desk.archive.alerts_with("none") == []


def test_a_rule_last_matched_when_it_alerted_or_was_held_back(desk: Desk) -> None:
    take_in_the_morning(desk)
    outside = Audit(LATER + MINUTE, "ngoai_gio", Reason.OUTSIDE_CALENDAR, call="1001")
    taken = Audit(LATER + MINUTE, "goi_nho", Reason.ACKNOWLEDGED, alert="a1")
    waits = Audit(LATER + MINUTE, "chua_goi_lai", Reason.WAITING, call="1001")
    desk.ledger.record(Decision(audit=[outside, taken, waits]), LATER)
    swallowed = {"1008": a_call(id="1008")}
    desk.ledger.take_in(swallowed, a_busy_engine(), LATER + 2 * MINUTE)

    assert desk.archive.last_matched() == {
        "goi_nho": LATER + 2 * MINUTE,
        "theo_dau_so": LATER + 2 * MINUTE,
        "moi_cuoc_goi": LATER + 2 * MINUTE,
        "chua_goi_lai": LATER + MINUTE,
    }


def test_why_is_told_by_alert_and_by_call(desk: Desk) -> None:
    take_in_the_morning(desk)
    (alert,) = [a for a in desk.archive.alerts_about("1001") if a.rule == "goi_nho"]

    of_alert = desk.archive.decisions(alert=alert.id)
    of_call = desk.archive.decisions(call="1001")

    assert {(row.reason, row.channel) for row in of_alert} == {
        (Reason.NEW, "quan_ly"),
        (Reason.NEW, "truong_nhom"),
        (Reason.NEW, "crm"),
    }
    assert all(row.call == "1001" and row.at == LATER for row in of_alert)
    assert set(of_alert) < set(of_call)
    assert Reason.THROTTLED in {row.reason for row in desk.archive.decisions(call="1002")}


def test_why_of_nothing_is_nothing(desk: Desk) -> None:
    desk.ledger.take_in(morning(), None, LATER)

    assert desk.archive.decisions() == []
    assert desk.archive.decisions(alert="none") == desk.archive.decisions(call="none") == []


# --- deliveries and status


def test_deliveries_are_listed_with_what_came_of_the_last_attempt(desk: Desk) -> None:
    desk.owe(a_draft("a1"), a_draft("a2"))
    first, _ = desk.outbox.claim("crm", 2, NOON)
    later = Standing(DeliveryState.PENDING, NOON + MINUTE, FailureReason.TIMED_OUT)
    settle_as(desk, first, later, Failed(FailureReason.TIMED_OUT, "10 s"))
    (again,) = desk.outbox.claim("crm", 1, NOON + MINUTE)
    dead = Standing(DeliveryState.DEAD, None, FailureReason.GONE)
    settle_as(desk, again, dead, Failed(FailureReason.GONE, "410 Gone"))

    tried, untried = desk.archive.deliveries()

    assert (tried.state, tried.tries, tried.failure, tried.detail) == (
        "dead",
        2,
        "gone",
        "410 Gone",
    )
    assert (untried.state, untried.failure, untried.detail) == ("sending", "", "")
    assert tried.created_at == NOON


def test_deliveries_are_picked_by_alert_by_state_and_to_a_number(desk: Desk) -> None:
    desk.owe(a_draft("a1"), a_draft("a2"), a_draft("a1", "erp"))
    settle_as(desk, desk.outbox.claim("erp", 1, NOON)[0])

    def listed(**wanted: object) -> list[tuple[str, str]]:
        rows = desk.archive.deliveries(**wanted)  # type: ignore[arg-type]
        return [(row.alert, row.channel) for row in rows]

    assert listed(alert="a1") == [("a1", "crm"), ("a1", "erp")]
    assert listed(state="delivered") == [("a1", "erp")]
    assert listed(alert="a1", state="pending") == [("a1", "crm")]
    assert listed(most=1) == [("a1", "crm")]


def test_the_status_of_an_empty_file_is_all_zero(desk: Desk) -> None:
    status = desk.archive.status(NOON)

    counts = (status.calls, status.open_alerts, status.waiting, status.dead, status.malformed)
    assert counts == (0, 0, 0, 0, 0)
    assert status.oldest_waiting is None
    assert status.now == NOON


def test_the_status_counts_what_waits_and_what_was_given_up(desk: Desk) -> None:
    take_in_the_morning(desk)
    owed = len(desk.states())
    desk.outbox.forget_channels(["crm", "truong_nhom"], LATER + SECOND)
    dead = list(desk.states().values()).count("dead")

    status = desk.archive.status(LATER + MINUTE)

    assert dead > 0
    assert (status.calls, status.dead, status.waiting) == (len(morning()), dead, owed - dead)
    assert status.oldest_waiting == LATER
    assert status.open_alerts == _open(desk)


def _open(desk: Desk) -> int:
    return int(
        desk.database.run("SELECT count(*) FROM alerts WHERE kind = 'call' AND state = 'open'")[0][
            0
        ]
    )


def test_what_was_delivered_waits_no_longer(path: Path) -> None:
    with a_desk(path) as desk:
        desk.owe(a_draft("a1"))
        settle_as(desk, desk.outbox.claim("crm", 1, NOON)[0])

        assert desk.archive.status(NOON).waiting == 0
        assert desk.archive.status(NOON).oldest_waiting is None
