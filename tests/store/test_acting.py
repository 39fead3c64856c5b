"""What people make of an alert is kept with who it was, and told to whoever had heard of it."""

import pytest

from notifier.core.alerts import Alert, AlertKind, AlertState, Outcome, Reason
from notifier.core.decisions import Act, Decision
from notifier.core.deliveries import Draft
from tests.builders import MINUTE, NOON, an_alert, an_engine
from tests.store.desk import LATER, Desk, a_draft, settle_as
from tests.store.watch import a_wait_rule, misses

ENGINE = an_engine(a_wait_rule(to=("quan_ly", "crm")))

FIRED = NOON + 20 * MINUTE


def act(desk: Desk, alert: Alert, what: Act, minutes: int) -> Alert | None:
    """Have Hạnh do something so many minutes after the alert."""
    return desk.ledger.act(ENGINE, alert.id, what, "Hạnh", FIRED + minutes * MINUTE)


def owed(desk: Desk, channel: str = "quan_ly") -> list[str]:
    rows = desk.database.run(
        "SELECT reason FROM deliveries WHERE channel = ? AND state = 'pending' ORDER BY seq",
        (channel,),
    )
    return [row["reason"] for row in rows]


def timers(desk: Desk) -> set[str]:
    return {row["kind"] for row in desk.database.run("SELECT kind FROM timers")}


@pytest.fixture
def alert(desk: Desk) -> Alert:
    """An alert that quan_ly has heard of."""
    desk.ledger.take_in(misses(1), ENGINE, LATER)
    (alert,) = desk.ledger.advance(ENGINE, FIRED, good_since=FIRED).alerts
    settle_as(desk, desk.outbox.claim("quan_ly", 1, FIRED)[0])
    return alert


def test_who_takes_an_alert_is_kept_and_shown_on_its_card(desk: Desk, alert: Alert) -> None:
    taken = act(desk, alert, Act.TAKE, 5)

    assert taken == desk.outbox.alert(alert.id)
    assert taken is not None
    assert (taken.state, taken.taken_by, taken.taken_at, taken.revision) == (
        AlertState.ACKNOWLEDGED,
        "Hạnh",
        FIRED + 5 * MINUTE,
        2,
    )
    assert owed(desk) == ["acknowledged"]
    assert "remind" in timers(desk)


def test_who_gives_an_alert_back_had_it_for_a_while(desk: Desk, alert: Alert) -> None:
    act(desk, alert, Act.TAKE, 5)

    released = act(desk, alert, Act.RELEASE, 12)

    assert released is not None
    assert (released.state, released.taken_by, released.taken_at) == (AlertState.OPEN, "", None)
    assert released.held == 7 * MINUTE
    assert "remind" not in timers(desk)
    (row,) = desk.database.run("SELECT due_at_ms FROM timers WHERE kind = 'escalate'")
    assert row["due_at_ms"] == int((FIRED + 22 * MINUTE).timestamp() * 1000)


def test_who_closes_an_alert_has_ended_it(desk: Desk, alert: Alert) -> None:
    closed = act(desk, alert, Act.CLOSE, 5)

    assert closed is not None
    assert (closed.state, closed.outcome, closed.ended_by, closed.ended_at) == (
        AlertState.CLOSED,
        Outcome.BY_HAND,
        "Hạnh",
        FIRED + 5 * MINUTE,
    )
    assert owed(desk) == ["resolved"]


def test_each_step_says_in_the_audit_who_took_it(desk: Desk, alert: Alert) -> None:
    for minutes, what in enumerate((Act.TAKE, Act.RELEASE, Act.CLOSE), start=1):
        act(desk, alert, what, minutes)

    rows = [(row.reason, row.detail) for row in desk.archive.decisions(alert=alert.id)]
    assert [row for row in rows if row[1] == "Hạnh"] == [
        (Reason.ACKNOWLEDGED, "Hạnh"),
        (Reason.RELEASED, "Hạnh"),
        (Reason.CLOSED, "Hạnh"),
    ]


@pytest.mark.parametrize(
    ("before", "what"),
    [
        pytest.param([Act.TAKE], Act.TAKE, id="take what is taken"),
        pytest.param([], Act.RELEASE, id="give back what nobody has"),
        pytest.param([Act.CLOSE], Act.CLOSE, id="close what is closed"),
        pytest.param([Act.CLOSE], Act.TAKE, id="take what is closed"),
    ],
)
def test_what_comes_too_late_changes_nothing(
    desk: Desk, alert: Alert, before: list[Act], what: Act
) -> None:
    for one in before:
        act(desk, alert, one, 5)
    stands, debts = desk.outbox.alert(alert.id), owed(desk)

    assert act(desk, alert, what, 6) is None

    assert desk.outbox.alert(alert.id) == stands
    assert owed(desk) == debts


def test_nobody_can_take_what_is_not_there_or_has_lost_its_calls(desk: Desk, alert: Alert) -> None:
    assert desk.ledger.act(ENGINE, "none", Act.TAKE, "Hạnh", LATER) is None

    desk.database.run("DELETE FROM alert_calls")

    assert act(desk, alert, Act.TAKE, 5) is None


def test_what_its_digest_had_told_is_corrected_there(desk: Desk, alert: Alert) -> None:
    digest = an_alert(kind=AlertKind.DIGEST, calls=(), key="limit:truong_nhom")
    told = Decision(alerts=[digest], members=[(digest.id, alert.id)])
    desk.ledger.record(told, FIRED)
    desk.owe(_digest_of(digest))
    settle_as(desk, desk.outbox.claim("truong_nhom", 1, FIRED)[0])

    act(desk, alert, Act.CLOSE, 5)

    assert owed(desk, "truong_nhom") == ["revised"]


def _digest_of(digest: Alert) -> Draft:
    return a_draft(digest.id, "truong_nhom", reason=Reason.DIGEST, event="", body=None)
