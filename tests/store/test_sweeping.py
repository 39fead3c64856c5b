"""A card that is behind, or too old for its buttons, is edited once; nothing else is."""

from datetime import datetime, timedelta

import pytest

from notifier.core.alerts import Alert, AlertKind, AlertState, Note, Reason
from notifier.core.card_views import BUTTONS_AFTER_END, BUTTONS_FOR
from notifier.core.decisions import Act, Decision, Deed
from notifier.core.deliveries import Delivered, DeliveryState, FailureReason, Standing
from tests.builders import MINUTE, NOON, SECOND, an_alert, an_engine
from tests.store.desk import DONE, LATER, Desk, a_draft
from tests.store.watch import keep

ENGINE = an_engine()

DEAD = Standing(DeliveryState.DEAD, None, FailureReason.REFUSED)

OLD = LATER + BUTTONS_FOR


def owe(desk: Desk, alert: Alert, reason: Reason, revision: int = 1, channel: str = "nhom") -> None:
    desk.owe(a_draft(alert.id, channel, reason=reason, revision=revision, event="", body=None))


def send(desk: Desk, now: datetime = LATER, *, channel: str = "nhom", chat: int = -100) -> Reason:
    """Deliver what `channel` is due first, to a message of `chat`, and return why it was owed."""
    (claimed,) = desk.outbox.claim(channel, 1, now)
    desk.outbox.settle(claimed, Delivered(f"{chat}:7"), DONE, now, SECOND)
    return claimed.reason


def lose(desk: Desk) -> None:
    """Give up what the chat is due first."""
    (claimed,) = desk.outbox.claim("nhom", 1, LATER)
    desk.outbox.settle(claimed, Delivered(), DEAD, LATER, SECOND)


def card(desk: Desk) -> tuple[int, int]:
    """Return the revision that the card shows, and whether it is bare."""
    (row,) = desk.database.run("SELECT revision, bare FROM cards")
    return row["revision"], row["bare"]


def act(desk: Desk, alert: Alert, what: Act | Deed = Act.TAKE, now: datetime = LATER) -> Alert:
    acted = desk.ledger.act(ENGINE, alert.id, what, "Hạnh", now)
    assert acted is not None
    return acted


@pytest.fixture
def alert(desk: Desk) -> Alert:
    """An alert whose card stands in a group."""
    alert = an_alert(fired_at=LATER)
    keep(desk, alert)
    owe(desk, alert, Reason.NEW)
    send(desk)
    return alert


@pytest.mark.usefixtures("alert")
def test_a_card_that_is_as_it_should_be_is_left_alone(desk: Desk) -> None:
    assert card(desk) == (1, 0)
    assert desk.ledger.sweep_cards(OLD - SECOND) == 0


@pytest.mark.usefixtures("alert")
def test_a_card_loses_its_buttons_once(desk: Desk) -> None:
    swept = [desk.ledger.sweep_cards(OLD), desk.ledger.sweep_cards(OLD)]

    reason = send(desk, OLD + MINUTE)

    assert swept == [1, 0]
    assert reason is Reason.SWEPT
    assert card(desk) == (1, 1)
    assert desk.ledger.sweep_cards(OLD + timedelta(days=9)) == 0


def test_the_card_of_what_is_over_loses_them_sooner(desk: Desk, alert: Alert) -> None:
    desk.database.run("UPDATE cards SET revision = 2")
    over = act(desk, alert, Act.CLOSE)

    soon = over.ended_at or NOON

    assert desk.ledger.sweep_cards(soon + BUTTONS_AFTER_END - SECOND) == 0
    assert desk.ledger.sweep_cards(soon + BUTTONS_AFTER_END) == 1


def test_an_edit_that_was_lost_is_made_up_for_once(desk: Desk, alert: Alert) -> None:
    taken = act(desk, alert)
    owe(desk, alert, Reason.ACKNOWLEDGED, taken.revision)
    waiting = desk.ledger.sweep_cards(LATER)
    lose(desk)

    swept = desk.ledger.sweep_cards(LATER)
    reason = send(desk)

    assert (waiting, swept, reason) == (0, 1, Reason.MENDED)
    assert card(desk) == (2, 0)
    assert desk.ledger.sweep_cards(LATER) == 0


def test_a_card_that_cannot_be_edited_is_tried_once_for_what_it_should_say(
    desk: Desk, alert: Alert
) -> None:
    desk.ledger.sweep_cards(OLD)
    (claimed,) = desk.outbox.claim("nhom", 1, OLD)
    desk.outbox.settle(claimed, Delivered(), DEAD, OLD, SECOND)

    assert desk.ledger.sweep_cards(OLD) == 0
    act(desk, alert, Deed(Act.NOTE, text="hẹn 15:00"), OLD)
    assert desk.ledger.sweep_cards(OLD) == 1


@pytest.mark.usefixtures("alert")
def test_an_edit_that_took_long_is_of_when_it_was_made(desk: Desk) -> None:
    desk.ledger.sweep_cards(OLD)
    (claimed,) = desk.outbox.claim("nhom", 1, OLD)

    desk.outbox.settle(claimed, Delivered("-100:7"), DONE, OLD + SECOND, 2 * SECOND)

    assert card(desk) == (1, 0), "it was rendered a second before the buttons went"


@pytest.mark.parametrize("kind", [AlertKind.DIGEST, AlertKind.WATCH, AlertKind.REPORT])
def test_a_card_without_buttons_is_bare_from_the_first(desk: Desk, kind: AlertKind) -> None:
    alert = an_alert(kind=kind, calls=(), subject="s", fired_at=LATER)
    desk.ledger.record(Decision(alerts=[alert]), LATER)
    owe(desk, alert, Reason.NEW)

    send(desk)

    assert card(desk) == (1, 1)
    assert desk.ledger.sweep_cards(OLD) == 0


def test_copies_in_several_chats_move_together(desk: Desk, alert: Alert) -> None:
    owe(desk, alert, Reason.NEW, channel="quan_ly")
    owe(desk, alert, Reason.ESCALATE, channel="truong_nhom")
    send(desk, channel="quan_ly", chat=-200)
    send(desk, channel="truong_nhom", chat=-300)

    act(desk, alert)

    owed = [
        [claimed.reason for claimed in desk.outbox.claim(channel, 5, LATER)]
        for channel in ("quan_ly", "truong_nhom")
    ]
    assert owed == [[Reason.ACKNOWLEDGED], [Reason.ACKNOWLEDGED]]


@pytest.mark.parametrize(("chat", "channel"), [(-100, "nhom"), (-10, ""), (-1000, ""), (100, "")])
def test_a_card_is_found_by_its_chat(desk: Desk, alert: Alert, chat: int, channel: str) -> None:
    assert desk.outbox.channel_in(alert.id, chat) == channel


def test_notes_come_back_in_the_order_in_which_they_were_written(desk: Desk, alert: Alert) -> None:
    act(desk, alert, Deed(Act.NOTE, text="một"))
    act(desk, alert, Deed(Act.CLOSE, text="hai"), LATER + MINUTE)

    shown = desk.outbox.alert(alert.id)

    assert shown is not None
    assert shown.notes == (
        Note(LATER, "Hạnh", "một"),
        Note(LATER + MINUTE, "Hạnh", "hai"),
    )
    assert shown.state is AlertState.CLOSED


def test_what_was_asked_and_tried_comes_back_as_it_was_written(desk: Desk, alert: Alert) -> None:
    asked = act(desk, alert, Deed(Act.REMIND, after=15 * MINUTE))

    assert (asked.remind_at, asked.remind_by) == (LATER + 15 * MINUTE, "Hạnh")
    assert desk.outbox.alert(alert.id) == asked
