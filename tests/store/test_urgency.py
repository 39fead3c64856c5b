"""People are told first what cannot wait, and after an outage first what is new."""

import pytest

from notifier.core.alerts import Alert, Reason, Severity
from notifier.core.decisions import Decision
from notifier.core.deliveries import Draft
from notifier.core.rules.model import Limit
from notifier.core.rules.storms import EDIT_EVERY, STORM, STORM_DIGEST
from notifier.store.outbox import OLD
from notifier.store.telling import storms
from tests.builders import MINUTE, NOON, SECOND, a_call, a_rule, an_alert, an_engine
from tests.store.desk import Desk, a_draft, settle_as


def to_people(alert: str, reason: Reason = Reason.NEW, **facts: object) -> Draft:
    return a_draft(alert, "quan_ly", reason=reason, event="", body=None, **facts)


def claimed_in_turn(desk: Desk, count: int) -> list[str]:
    claims = [desk.outbox.claim("quan_ly", 1, NOON + MINUTE) for _ in range(count)]
    return [one.alert for claim in claims for one in claim]


def test_urgent_goes_before_new_before_edits_before_digests(desk: Desk) -> None:
    urgent = an_alert(id="critical", severity=Severity.CRITICAL, calls=(), subject="s")
    desk.ledger.record(Decision(alerts=[urgent]), NOON)
    desk.owe(
        to_people("digest", Reason.DIGEST),
        to_people("edit", Reason.REVISED),
        to_people("new"),
        to_people("critical"),
        to_people("passed on", Reason.ESCALATE),
    )

    turns = claimed_in_turn(desk, 5)

    assert turns == ["critical", "passed on", "new", "edit", "digest"]


def test_what_is_fresh_goes_in_order_and_before_what_lay_the_newest_of_it_first(desk: Desk) -> None:
    for number, age in enumerate((5 * MINUTE, 4 * MINUTE, 3 * MINUTE, 2 * SECOND, SECOND)):
        created_at = NOON + MINUTE - age
        draft = to_people(str(number), due_at=created_at)
        desk.ledger.record(Decision(drafts=[draft]), created_at)

    turns = claimed_in_turn(desk, 5)

    assert turns == ["3", "4", "2", "1", "0"]
    assert 3 * MINUTE > OLD


def test_what_is_said_of_one_thing_stays_in_order(desk: Desk) -> None:
    desk.owe(to_people("a", Reason.REVISED, lane="key"), to_people("a", lane="key", revision=2))

    first = desk.outbox.claim("quan_ly", 5, NOON)

    assert [one.reason for one in first] == [Reason.REVISED]


def test_systems_are_told_in_order(desk: Desk) -> None:
    desk.owe(a_draft("a"), a_draft("b"))

    assert [one.alert for one in desk.outbox.claim("crm", 5, NOON)] == ["a", "b"]


ENGINE = an_engine(
    a_rule(settle=0 * SECOND, to=("quan_ly",)),
    storm=STORM,
    chat_limit=Limit(1000, 10 * MINUTE),
)


def take_in(desk: Desk, first: int, count: int, at: int) -> None:
    now = NOON + at * SECOND
    calls = [
        a_call(id=f"1{n:03}", customer=f"+8490100{n:04}", started_at=now, ended_at=now)
        for n in range(first, first + count)
    ]
    desk.ledger.take_in({call.id: call for call in calls}, ENGINE, now)


def shown(desk: Desk) -> list[tuple[str, str, int]]:
    """Return reason, state and due second of what is owed for the card of the storm."""
    rows = desk.database.run(
        "SELECT d.reason, d.state, (d.due_at_ms - ?) / 1000 AS due FROM deliveries d "
        "JOIN alerts a ON a.id = d.alert WHERE a.rule = ? ORDER BY d.seq",
        (int(NOON.timestamp() * 1000), STORM_DIGEST),
    )
    return [(row["reason"], row["state"], row["due"]) for row in rows]


def storm_cards(desk: Desk) -> list[Alert]:
    rows = desk.database.run("SELECT id FROM alerts WHERE rule = ?", (STORM_DIGEST,))
    return [alert for row in rows if (alert := desk.outbox.alert(row["id"]))]


def test_a_storm_rolls_on_one_card_over_polls_and_restarts(desk: Desk) -> None:
    take_in(desk, 0, 10, 0)
    take_in(desk, 10, 2, 1)
    while_owed = shown(desk)
    for claimed in desk.outbox.claim("quan_ly", 50, NOON + 2 * SECOND):
        settle_as(desk, claimed)
    take_in(desk, 12, 2, 3)
    take_in(desk, 14, 2, 4)

    (card,) = storm_cards(desk)
    assert while_owed == [("digest", "pending", 0)]
    assert shown(desk)[1:] == [("revised", "pending", int(EDIT_EVERY.total_seconds()))]
    assert card.count == 8


@pytest.mark.parametrize(("after", "count"), [(30, 1), (61, 0)], ids=["goes on", "has calmed"])
def test_a_storm_takes_in_until_nobody_has_joined_for_a_minute(
    desk: Desk, after: int, count: int
) -> None:
    take_in(desk, 0, 10, 0)

    rolling = storms(desk.database, NOON + after * SECOND - STORM.per)

    assert len(rolling) == count
