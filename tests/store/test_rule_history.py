from datetime import datetime

import pytest

from notifier.core.alerts import LIVE, AlertKind, AlertState
from notifier.core.decisions import Decision
from notifier.store.rule_history import RuleHistory
from tests.builders import MINUTE, NOON, a_call, an_alert
from tests.store.desk import LATER, Desk, take_in_the_morning


@pytest.fixture
def history(desk: Desk) -> RuleHistory:
    """What rules did on a morning of seven calls."""
    take_in_the_morning(desk)
    return RuleHistory(desk.database)


def test_an_empty_memory_has_no_beginning(desk: Desk) -> None:
    history = RuleHistory(desk.database)

    assert history.began() is None
    assert history.hotlines() == frozenset()
    assert history.fired_since(NOON) == {}
    assert history.alerts(states=AlertState) == []


def test_the_memory_begins_with_the_oldest_call(history: RuleHistory) -> None:
    assert history.began() == NOON - 120 * MINUTE


def test_every_hotline_is_known_once(history: RuleHistory) -> None:
    assert history.hotlines() == {"19001000", "19002000"}


@pytest.mark.parametrize(
    ("since", "rules"),
    [
        pytest.param(LATER, {"goi_nho", "theo_dau_so", "moi_cuoc_goi"}, id="its own instant"),
        pytest.param(LATER + MINUTE, set(), id="later"),
    ],
)
def test_alerts_are_counted_by_rule_and_digests_are_none(
    since: datetime, rules: set[str], history: RuleHistory
) -> None:
    fired = history.fired_since(since)

    assert set(fired) == rules
    assert all(fired.values())


def test_what_was_withdrawn_is_not_counted(desk: Desk) -> None:
    call = a_call(id="1")
    desk.ledger.take_in({"1": call}, None, LATER)
    alerts = [
        an_alert(call, id="a", state=AlertState.WITHDRAWN, subject="a"),
        an_alert(call, id="b", subject="b"),
    ]
    desk.ledger.record(Decision(alerts=alerts), LATER)

    assert RuleHistory(desk.database).fired_since(NOON) == {"goi_nho": 1}


def test_alerts_are_chosen_by_state_rule_and_time(desk: Desk) -> None:
    call = a_call(id="1")
    desk.ledger.take_in({"1": call}, None, LATER)
    alerts = [
        an_alert(call, id="a", fired_at=NOON, subject="a"),
        an_alert(call, id="b", fired_at=LATER, subject="b", state=AlertState.CLOSED),
        an_alert(call, id="c", fired_at=LATER, subject="c", rule="khac"),
        an_alert(id="d", calls=(), fired_at=LATER, kind=AlertKind.DIGEST),
        an_alert(id="e", calls=(), fired_at=LATER, kind=AlertKind.REPORT),
    ]
    desk.ledger.record(Decision(alerts=alerts), LATER)
    history = RuleHistory(desk.database)

    found = [
        history.alerts(states=LIVE),
        history.alerts(states=AlertState),
        history.alerts(states=AlertState, rule="goi_nho"),
        history.alerts(states=AlertState, since=LATER),
        history.alerts(states=AlertState, most=1),
    ]

    assert ["".join(alert.id for alert in some) for some in found] == [
        "ac", "abc", "ab", "bc", "c",
    ]  # fmt: skip
