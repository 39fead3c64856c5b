"""What is owed is claimed by one, in order, a channel by itself, and settled attempt by attempt."""

from datetime import datetime, timedelta

import pytest

from notifier.core.alerts import AlertKind, AlertState, Reason
from notifier.core.decisions import Decision
from notifier.core.deliveries import (
    Claimed,
    Delivered,
    DeliveryState,
    Draft,
    Failed,
    FailureReason,
    Standing,
)
from notifier.core.owed import EDITS
from notifier.store import outbox
from notifier.store.outbox import LEASE
from notifier.store.rows import ms
from tests.builders import MINUTE, NOON, SECOND, a_call, a_claimed, an_alert
from tests.store.desk import DONE, Desk, a_draft, settle_as

DOWN = Failed(FailureReason.UNREACHABLE, "connection refused", status=502)
DEAD = Standing(DeliveryState.DEAD, None, FailureReason.UNREACHABLE)
LOST = Failed(FailureReason.UNCERTAIN, "no answer")


def put_off(until: datetime, *, counts: bool = True) -> Standing:
    return Standing(DeliveryState.PENDING, until, FailureReason.UNREACHABLE, counts=counts)


def alerts_of(claims: list[Claimed]) -> list[str]:
    return [claimed.alert for claimed in claims]


def claim(desk: Desk, most: int = 10, *, now: datetime = NOON, channel: str = "crm") -> list[str]:
    return alerts_of(desk.outbox.claim(channel, most, now))


def claim_one(desk: Desk, *, now: datetime = NOON, channel: str = "crm") -> Claimed:
    (claimed,) = desk.outbox.claim(channel, 1, now)
    return claimed


# --- claiming


def test_a_claimed_delivery_says_what_was_owed(desk: Desk) -> None:
    draft = a_draft("a1", body="Xin chào".encode(), lane="l1", revision=3)
    desk.owe(draft)

    claimed = claim_one(desk)

    assert claimed == Claimed(
        id=draft.id,
        alert="a1",
        channel="crm",
        reason=Reason.CREATED,
        revision=3,
        lane="l1",
        event="call.created",
        body="Xin chào".encode(),
        attempt=1,
        uncertain=False,
        created_at=NOON,
        expires_at=draft.expires_at,
    )


def test_a_debt_recorded_twice_is_owed_once(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    desk.owe(a_draft("a1", body=b"other"))

    assert claim_one(desk).body == b"{}"
    assert claim(desk) == []


def test_what_is_due_longest_is_claimed_first_and_what_is_not_due_is_not(desk: Desk) -> None:
    desk.owe(
        a_draft("second", due_at=NOON - SECOND),
        a_draft("first", due_at=NOON - MINUTE),
        a_draft("later", due_at=NOON + SECOND),
    )

    assert claim(desk) == ["first", "second"]


def test_no_more_are_claimed_than_asked_for(desk: Desk) -> None:
    desk.owe(*(a_draft(f"a{n}") for n in range(5)))

    assert [claim(desk, 2), claim(desk, 2), claim(desk, 2)] == [["a0", "a1"], ["a2", "a3"], ["a4"]]
    assert claim(desk, 0) == []


def test_what_is_claimed_is_nobody_elses(desk: Desk) -> None:
    desk.owe(a_draft("a1"))

    assert [claim(desk), claim(desk)] == [["a1"], []]
    assert desk.states() == {a_draft("a1").id: "sending"}


def test_a_channel_is_owed_its_own_only(desk: Desk) -> None:
    desk.owe(a_draft("a1", "crm"), a_draft("a1", "erp"))

    assert claim(desk, channel="erp") == ["a1"]
    assert claim(desk, channel="crm") == ["a1"]
    assert claim(desk, channel="other") == []


# --- lanes


def test_a_lane_is_claimed_one_by_one_and_in_order(desk: Desk) -> None:
    desk.owe(*(a_draft(f"a{n}", lane="l", due_at=NOON - n * SECOND) for n in range(3)))

    for wanted in ("a0", "a1", "a2"):
        claimed = claim_one(desk)
        assert claimed.alert == wanted, "the order of recording, not of falling due"
        assert claim(desk) == []
        settle_as(desk, claimed)


def test_lanes_of_one_name_in_two_channels_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.owe(a_draft("a1", "crm", lane="l"), a_draft("a2", "erp", lane="l"))
    claim(desk, channel="crm")

    assert claim(desk, channel="erp") == ["a2"]


def test_a_head_that_is_put_off_holds_its_lane_and_no_other(desk: Desk) -> None:
    desk.owe(a_draft("a1", lane="l"), a_draft("a2", lane="l"), a_draft("b1", lane="m"))
    settle_as(desk, desk.outbox.claim("crm", 1, NOON)[0], put_off(NOON + MINUTE), DOWN)

    assert claim(desk) == ["b1"]
    assert claim(desk, now=NOON + MINUTE) == ["a1"]


@pytest.mark.parametrize("end", ["delivered", "dead", "obsolete"])
def test_a_head_that_is_settled_lets_the_next_of_its_lane_go(desk: Desk, end: str) -> None:
    desk.owe(a_draft("a1", lane="l"), a_draft("a2", lane="l"))
    claimed = claim_one(desk)

    if end == "obsolete":
        desk.outbox.drop(claimed, NOON)
    else:
        settle_as(desk, claimed, DONE if end == "delivered" else DEAD)

    assert desk.states()[claimed.id] == end
    assert claim(desk) == ["a2"]


def test_a_head_that_is_withdrawn_lets_the_next_of_its_lane_go(desk: Desk) -> None:
    desk.owe(a_draft("a1", lane="l"), a_draft("a2", lane="l"))

    desk.ledger.record(Decision(withdrawn=[("a1", "crm")]), NOON)

    assert claim(desk) == ["a2"]


# --- withdrawing


@pytest.mark.parametrize("settled", [None, put_off(NOON)], ids=["being sent", "tried before"])
def test_what_was_begun_may_have_been_read_and_is_not_withdrawn(
    desk: Desk, settled: Standing | None
) -> None:
    desk.owe(a_draft("a1"))
    claimed = claim_one(desk)
    if settled:
        settle_as(desk, claimed, settled, DOWN)

    desk.ledger.record(Decision(withdrawn=[("a1", "crm")]), NOON)

    assert desk.states()[claimed.id] in {"sending", "pending"}


# --- leases


def test_a_lease_that_ran_out_is_claimed_again_and_marked_uncertain(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    claim(desk)

    assert claim(desk, now=NOON + LEASE - SECOND) == []
    assert desk.outbox.next_due("crm") == NOON + LEASE
    again = claim_one(desk, now=NOON + LEASE)

    assert (again.alert, again.uncertain, again.attempt) == ("a1", True, 1)
    assert desk.database.run("SELECT uncertain FROM deliveries")[0]["uncertain"] == 1


def test_a_process_that_starts_takes_over_what_the_last_one_was_sending(desk: Desk) -> None:
    desk.owe(a_draft("a1"), a_draft("a2"), a_draft("a3"))
    desk.outbox.claim("crm", 2, NOON)

    assert desk.outbox.reclaim(NOON + SECOND) == 2

    claims = desk.outbox.claim("crm", 3, NOON + SECOND)
    assert {c.alert: c.uncertain for c in claims} == {"a1": True, "a2": True, "a3": False}


def test_uncertainty_outlives_a_later_plain_failure(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    settle_as(desk, claim_one(desk), put_off(NOON), LOST)
    settle_as(desk, claim_one(desk), put_off(NOON), DOWN)

    assert claim_one(desk).uncertain


# --- settling


def test_attempts_are_numbered_and_say_what_came_of_them(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    for outcome, standing in (
        (DOWN, put_off(NOON)),
        (Failed(FailureReason.RATE_LIMITED, "429"), put_off(NOON, counts=False)),
        (Delivered(status=200, note="sent as plain text"), DONE),
    ):
        settle_as(desk, claim_one(desk), standing, outcome)

    rows = desk.database.run("SELECT * FROM attempts ORDER BY number")
    said = [(row["number"], row["outcome"], row["status"], row["detail"]) for row in rows]
    assert said == [
        (1, "unreachable", 502, "connection refused"),
        (2, "rate_limited", None, "429"),
        (3, "delivered", 200, "sent as plain text"),
    ]
    assert [row["next_at_ms"] for row in rows] == [ms(NOON), ms(NOON), None]
    assert {(row["at_ms"], row["took_ms"]) for row in rows} == {(ms(NOON - SECOND), 1000)}


def test_numbers_go_on_after_old_attempts_were_deleted(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    for _ in range(2):
        settle_as(desk, claim_one(desk), put_off(NOON), DOWN)
    desk.database.run("DELETE FROM attempts WHERE number = 1")

    settle_as(desk, claim_one(desk), put_off(NOON), DOWN)

    assert [row["number"] for row in desk.database.run("SELECT number FROM attempts")] == [2, 3]


def test_only_attempts_that_count_bring_a_delivery_nearer_to_its_end(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    seen = []
    for counts in (True, False, True):
        claimed = claim_one(desk)
        seen.append(claimed.attempt)
        settle_as(desk, claimed, put_off(NOON, counts=counts), DOWN)

    assert (*seen, claim_one(desk).attempt) == (1, 2, 2, 3)


def test_a_settled_delivery_says_how_and_when(desk: Desk) -> None:
    desk.owe(a_draft("good"), a_draft("bad"))
    good, bad = desk.outbox.claim("crm", 2, NOON)

    settle_as(desk, good, DONE, Delivered("r1"))
    settle_as(desk, bad, DEAD, DOWN)

    rows = desk.database.run("SELECT * FROM deliveries ORDER BY seq")
    assert [(row["state"], row["failure"], row["receipt"]) for row in rows] == [
        ("delivered", None, "r1"),
        ("dead", "unreachable", ""),
    ]
    assert {row["settled_at_ms"] for row in rows} == {ms(NOON)}


def test_a_delivery_that_is_put_off_is_not_settled(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    settle_as(desk, claim_one(desk), put_off(NOON + MINUTE), DOWN)

    (row,) = desk.database.run("SELECT * FROM deliveries")
    assert (row["state"], row["settled_at_ms"]) == ("pending", None)
    assert desk.outbox.next_due("crm") == NOON + MINUTE


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        pytest.param(DONE, put_off(NOON), "delivered", id="delivered, then put off"),
        pytest.param(DONE, DEAD, "delivered", id="delivered, then dead"),
        pytest.param(DEAD, put_off(NOON), "dead", id="dead, then put off"),
        pytest.param(DEAD, DONE, "delivered", id="dead, then arrived after all"),
        pytest.param(put_off(NOON), DONE, "delivered", id="put off, then arrived after all"),
    ],
)
def test_two_attempts_at_once_after_a_lease_ran_out_never_undo_each_other(
    desk: Desk, first: Standing, second: Standing, wanted: str
) -> None:
    desk.owe(a_draft("a1"))
    slow = claim_one(desk)
    quick = claim_one(desk, now=NOON + LEASE)

    for claimed, standing in ((quick, first), (slow, second)):
        outcome = Delivered() if standing is DONE else DOWN
        settle_as(desk, claimed, standing, outcome)

    assert list(desk.states().values()) == [wanted]
    assert len(desk.database.run("SELECT 1 FROM attempts")) == 2


def test_dropping_what_has_arrived_does_not_take_it_back(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    claimed = claim_one(desk)
    settle_as(desk, claimed)

    desk.outbox.drop(claimed, NOON)

    assert list(desk.states().values()) == ["delivered"]


def test_a_dropped_delivery_leaves_an_audit_row(desk: Desk) -> None:
    desk.owe(a_draft("a1"))

    desk.outbox.drop(claim_one(desk), NOON)

    (audit,) = desk.archive.decisions(alert="a1")
    assert (audit.reason, audit.channel, audit.detail) == (Reason.OBSOLETE, "crm", "created")


# --- cards


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A desk that owes the chat quan_ly the alert a_call is about."""
    call = a_call()
    desk.ledger.take_in({call.id: call}, None, NOON)
    owed = [word(reason, n) for n, reason in enumerate((Reason.NEW, Reason.REVISED), 1)]
    desk.ledger.record(Decision(alerts=[an_alert(call)], drafts=owed), NOON)
    return desk


def word(reason: Reason, revision: int) -> Draft:
    return a_draft(
        an_alert().id, "quan_ly", reason=reason, revision=revision, lane="l", event="", body=None
    )


def settle_next(desk: Desk, receipt: str, now: datetime = NOON) -> None:
    claimed = claim_one(desk, channel="quan_ly")
    desk.outbox.settle(claimed, Delivered(receipt), DONE, now, SECOND)


def card(desk: Desk) -> tuple[str, int]:
    (row,) = desk.database.run("SELECT receipt, sent_at_ms FROM cards")
    assert desk.outbox.card(an_alert().id, "quan_ly") == row["receipt"]
    return row["receipt"], row["sent_at_ms"]


def test_the_first_message_makes_the_card_and_an_edit_leaves_it_where_it_is(told: Desk) -> None:
    assert told.outbox.card(an_alert().id, "quan_ly") == ""

    settle_next(told, "-100:7")
    settle_next(told, "-100:7", NOON + MINUTE)

    assert card(told) == ("-100:7", ms(NOON))


def test_a_message_sent_anew_moves_the_card(told: Desk) -> None:
    settle_next(told, "-100:7")
    settle_next(told, "-100:9", NOON + MINUTE)

    assert card(told) == ("-100:9", ms(NOON + MINUTE))


def test_a_receipt_of_a_webhook_makes_no_card(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    settle_as(desk, claim_one(desk), DONE, Delivered("r1"))

    assert desk.database.run("SELECT 1 FROM cards") == []


def test_an_alert_is_shown_with_its_call_as_it_is_now(told: Desk) -> None:
    call = a_call(note="đã gọi lại")
    told.ledger.take_in({call.id: call}, None, NOON)

    alert = told.outbox.alert(an_alert().id)

    assert alert == an_alert(call)
    assert told.outbox.alert("none") is None


def test_a_channel_was_told_once_an_attempt_began(told: Desk) -> None:
    about, channel = an_alert().id, "quan_ly"
    assert not told.outbox.was_told(about, channel)

    claimed = claim_one(told, channel=channel)
    assert told.outbox.was_told(about, channel)
    assert not told.outbox.was_told(about, "truong_nhom")

    told.outbox.drop(claimed, NOON)
    assert not told.outbox.was_told(about, channel)


@pytest.mark.parametrize(
    "reason", [Reason.NEW, Reason.ESCALATE, Reason.REPEAT, Reason.REMIND, Reason.DIGEST]
)
def test_any_message_that_stands_by_itself_tells_a_channel(desk: Desk, reason: Reason) -> None:
    desk.owe(a_draft("a1", "quan_ly", reason=reason, event="", body=None))
    claim_one(desk, channel="quan_ly")

    assert desk.outbox.was_told("a1", "quan_ly")


@pytest.mark.parametrize("reason", EDITS)
def test_an_edit_alone_tells_nobody_and_supersedes_those_before(desk: Desk, reason: Reason) -> None:
    desk.owe(a_draft("a1", "quan_ly", reason=reason, revision=3, event="", body=None))
    earlier = a_claimed(alert="a1", reason=Reason.REVISED, revision=2)
    assert desk.outbox.superseded(earlier)

    claim_one(desk, channel="quan_ly")

    assert not desk.outbox.was_told("a1", "quan_ly")
    assert desk.outbox.superseded(earlier)


def test_an_edit_is_superseded_by_a_later_one_that_is_owed(told: Desk) -> None:
    edit = a_claimed(alert=an_alert().id, reason=Reason.REVISED, revision=2)
    assert not told.outbox.superseded(edit)

    told.owe(word(Reason.REVISED, 3))
    assert told.outbox.superseded(edit)

    told.ledger.record(Decision(withdrawn=[(an_alert().id, "quan_ly")]), NOON)
    assert not told.outbox.superseded(edit)


def test_the_watchdogs_alert_is_open_until_it_is_resolved(desk: Desk) -> None:
    alert = an_alert(kind=AlertKind.WATCH, calls=())
    over = an_alert(kind=AlertKind.WATCH, calls=(), state=AlertState.RESOLVED)
    desk.ledger.record(Decision(alerts=[alert]), NOON)
    assert desk.ledger.open_watches() == [alert]

    desk.ledger.record(Decision(changed=[over]), NOON)

    assert desk.ledger.open_watches() == []


# --- when to look again


def test_next_due_is_when_the_first_of_any_lane_may_go(desk: Desk) -> None:
    assert desk.outbox.next_due("crm") is None

    desk.owe(a_draft("a1", due_at=NOON + MINUTE), a_draft("b1", due_at=NOON + SECOND))

    assert desk.outbox.next_due("crm") == NOON + SECOND
    assert desk.outbox.next_due("erp") is None


def test_what_waits_behind_another_is_not_due_before_it(desk: Desk) -> None:
    """Else a worker would look again at once, for ever, while the head of a lane is put off."""
    desk.owe(a_draft("a1", lane="l"), a_draft("a2", lane="l"))
    settle_as(desk, claim_one(desk), put_off(NOON + MINUTE), DOWN)

    assert claim(desk) == []
    assert desk.outbox.next_due("crm") == NOON + MINUTE


# --- channels that are gone


def test_what_is_owed_to_a_channel_in_no_file_any_more_is_given_up(desk: Desk) -> None:
    desk.owe(a_draft("a1"), a_draft("a1", "erp"), a_draft("a2", "erp"), a_draft("a3", "erp"))
    settle_as(desk, claim_one(desk, channel="erp"))
    claim_one(desk, channel="erp")

    assert desk.outbox.forget_channels(["crm"], NOON) == 2

    assert list(desk.states().values()) == ["pending", "delivered", "dead", "dead"]
    assert desk.outbox.next_due("erp") is None
    assert desk.outbox.forget_channels(["crm"], NOON) == 0


def test_with_no_channel_left_all_is_given_up(desk: Desk) -> None:
    desk.owe(a_draft("a1"), a_draft("a2", "erp"))

    assert desk.outbox.forget_channels([], NOON) == 2


# --- a large backlog


@pytest.fixture
def backlog(desk: Desk) -> Desk:
    """A desk on which the dead channel crm is owed 100,000, all due, and erp a few."""
    due = ms(NOON)
    with desk.database.transaction():
        desk.database.run_many(
            "INSERT INTO deliveries (id, alert, channel, reason, revision, lane, event, state,"
            " due_at_ms, created_at_ms, expires_at_ms)"
            " VALUES (?, ?, ?, 'created', 1, ?, 'call.created', 'pending', ?, ?, ?)",
            (
                (f"m{n}", f"a{n}", "erp" if n % 1000 == 999 else "crm", f"l{n}", due, due, due + 1)
                for n in range(100_000)
            ),
        )
    return desk


class Steps:
    """Counts the work of SQLite's machine while it is installed."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self) -> int:
        self.taken += 1
        return 0


def steps(desk: Desk, channel: str) -> int:
    """Return how many hundreds of machine steps a claim and a look ahead take."""
    counter = Steps()
    connection = desk.database._connection  # noqa: SLF001 - only SQLite can count its steps
    connection.set_progress_handler(counter, 100)
    desk.outbox.claim(channel, 5, NOON)
    desk.outbox.next_due(channel)
    connection.set_progress_handler(None, 100)
    return counter.taken


def test_a_claim_from_a_large_backlog_looks_at_what_it_takes_and_not_at_the_rest(
    backlog: Desk,
) -> None:
    for sql in (outbox._DUE, outbox._NEXT):  # noqa: SLF001 - the statements that are run
        values = ("crm", ms(NOON), 5)[: sql.count("?")]
        plan = backlog.plan(sql, *values)
        assert "deliveries_due (channel=?" in plan
        assert "deliveries_lane (channel=? AND lane=? AND seq<?)" in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan

    assert steps(backlog, "crm") < 20


def test_a_dead_channel_does_not_slow_another(backlog: Desk) -> None:
    assert steps(backlog, "erp") < 20
    assert claim(backlog, 1000, channel="erp") == [f"a{n}" for n in range(5999, 100_000, 1000)]


def test_a_lease_is_longer_than_a_minute_and_ends_within_an_hour() -> None:
    assert MINUTE < LEASE < timedelta(hours=1)


def test_what_is_given_back_is_due_as_if_it_had_not_been_claimed(desk: Desk) -> None:
    desk.owe(a_draft("a1"))
    claims = desk.outbox.claim("crm", 1, NOON)

    desk.outbox.release(claims, NOON)

    (again,) = desk.outbox.claim("crm", 1, NOON)
    assert (again.attempt, again.uncertain) == (1, False)
    assert desk.database.run("SELECT tries FROM deliveries")[0]["tries"] == 1
