"""Questions of a chat are answered from what is remembered, narrowed to its hotlines."""

from datetime import timedelta

import pytest

from notifier.core.asking.fates import Carded
from notifier.core.decisions import Act
from notifier.store.asking import Records
from tests.builders import MINUTE, NOON, a_call, a_talk, an_engine
from tests.store.desk import LATER, Desk, take_in_the_morning

DAY = timedelta(days=1)
ALWAYS = (NOON - DAY, NOON + DAY)


@pytest.fixture
def records(desk: Desk) -> Records:
    """A desk with five calls, a minute apart."""
    known = [
        a_call(id="1", customer="+84901234567", hotline="19001000"),
        a_talk(id="2", customer="+84281234567", extension="101", started_at=NOON + MINUTE),
        a_call(id="3", customer="+84901234567", hotline="0287300", started_at=NOON + 2 * MINUTE),
        a_talk(id="4", customer="", hotline="", started_at=NOON + 3 * MINUTE),
        a_talk(id="5", hotline="unknown", extension="", started_at=NOON + 4 * MINUTE),
    ]
    desk.ledger.take_in({call.id: call for call in known}, None, LATER)
    return Records(desk.database)


NARROWED = [
    (None, "54321"),
    (("19001000",), "21"),
    (("1900 1000", "0287300"), "321"),
    ((), ""),
    (("02899",), ""),
]


@pytest.mark.parametrize(("hotlines", "ids"), NARROWED)
def test_only_calls_of_these_hotlines_are_found(
    records: Records, hotlines: tuple[str, ...] | None, ids: str
) -> None:
    assert "".join(call.id for call in records.calls(ALWAYS, hotlines)) == ids
    assert records.count(ALWAYS, hotlines) == len(ids)


def test_the_missed_and_those_of_a_number_can_be_picked(records: Records) -> None:
    missed = records.calls(ALWAYS, None, missed=True)
    theirs = records.calls(ALWAYS, ("19001000",), number="0901 234 567")
    ending = records.count(ALWAYS, number="4567")

    assert [call.id for call in missed] == ["3", "1"]
    assert [call.id for call in theirs] == ["1"]
    assert ending == 4


def test_a_page_leaves_out_the_newest(records: Records) -> None:
    assert [call.id for call in records.calls(ALWAYS, span=(2, 1))] == ["4", "3"]


def test_later_talks_are_found_over_any_hotline(records: Records) -> None:
    assert [call.id for call in records.talks(["+84901234567", ""], NOON)] == ["5"]
    assert records.talks(["+84901234567"], NOON + 4 * MINUTE) == []
    assert records.talks([], NOON) == []


def test_a_call_has_the_newest_alert_about_it_and_who_has_it(desk: Desk) -> None:
    take_in_the_morning(desk)
    records, engine = Records(desk.database), an_engine()
    (alert,) = desk.archive.alerts_with("1001")[:1]
    before = records.cards(["1001", "none"])

    desk.ledger.act(engine, before["1001"].id, Act.TAKE, "Lan", LATER)

    assert alert.calls[0].id == "1001"
    assert before.keys() == {"1001"}
    assert records.cards(["1001"]) == {"1001": Carded(before["1001"].id, "Lan")}


def test_an_account_is_what_is_remembered_of_an_alert_or_a_call(desk: Desk) -> None:
    take_in_the_morning(desk)
    records = Records(desk.database)
    alert = desk.archive.alerts_with("1001")[0]

    of_alert, of_call = records.account(alert.id[:6]), records.account("1001")

    assert alert in of_alert.alerts
    assert {row.alert for row in of_alert.decisions} == {alert.id}
    assert {one.alert for one in of_alert.tries} == {alert.id}  # type: ignore[attr-defined]
    assert alert in of_call.alerts
    assert records.account("zzzz").empty


def test_what_rules_have_done_is_told(desk: Desk) -> None:
    take_in_the_morning(desk)

    done = Records(desk.database).done(NOON - DAY)

    assert done.fired["goi_nho"] >= 1
    assert "goi_nho" in done.matched


def test_one_call_and_the_state_of_the_service_are_the_archive_s(
    records: Records, desk: Desk
) -> None:
    assert records.call("1") == desk.archive.call("1")
    assert records.alerts_with("1") == []
    assert records.alerts_like("0000") == []
    assert records.status(NOON) == desk.archive.status(NOON)
