"""Every public method of the store, called on something that is there."""

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta

from notifier.core.alerts import Audit, Reason
from notifier.core.calls import Malformed
from notifier.core.decisions import Act, Decision
from notifier.core.deliveries import Delivered
from notifier.core.polls import PollRecord, WalkKind
from notifier.store.ledger import Ledger
from notifier.store.outbox import Outbox
from notifier.store.reading import Archive
from tests.builders import MINUTE, NOON, SECOND, a_call, a_claimed
from tests.store.desk import DONE, LATER, Desk, a_busy_engine, a_draft, a_mute, morning

LARGE = "Ghi chú dài. " * 40_000
"""More than the free pages of a small file hold."""

Door = Callable[[Desk], object]


def _settle(desk: Desk) -> None:
    (row,) = desk.database.run(
        "SELECT /* test */ id, alert FROM deliveries WHERE channel = 'quan_ly' LIMIT 1"
    )
    claimed = a_claimed(id=row["id"], alert=row["alert"])
    desk.outbox.settle(claimed, Delivered("-100:7", note=LARGE), DONE, LATER, SECOND)


def _sweep(desk: Desk) -> None:
    desk.ledger.sweep_cards(LATER + timedelta(days=3))


def _drop(desk: Desk) -> None:
    (row,) = desk.database.run(
        "SELECT /* test */ id FROM deliveries WHERE channel = 'quan_ly' LIMIT 1"
    )
    desk.outbox.drop(a_claimed(id=row["id"]), LATER)


def _release(desk: Desk) -> None:
    rows = desk.database.run("SELECT /* test */ id FROM deliveries WHERE state = 'sending'")
    desk.outbox.release([a_claimed(id=row["id"]) for row in rows], LATER)


def _alert(desk: Desk) -> str:
    return str(desk.database.run("SELECT /* test */ id FROM alerts LIMIT 1")[0]["id"])


WRITERS: dict[str, Door] = {
    "Ledger.take_in": lambda desk: desk.ledger.take_in(
        {"2001": a_call(id="2001", note=LARGE)}, a_busy_engine(), LATER
    ),
    "Ledger.advance": lambda desk: desk.ledger.advance(
        a_busy_engine(), LATER + 5 * MINUTE, good_since=None
    ),
    "Ledger.adopt": lambda desk: desk.ledger.adopt(
        a_busy_engine(), [a_mute("of the file", reason=LARGE)], LATER
    ),
    "Ledger.act": lambda desk: desk.ledger.act(
        a_busy_engine(), _alert(desk), Act.TAKE, LARGE, LATER
    ),
    "Ledger.sweep_cards": _sweep,
    "Ledger.add_mute": lambda desk: desk.ledger.add_mute(a_mute(reason=LARGE), "cli", LATER),
    "Ledger.end_mute": lambda desk: desk.ledger.end_mute("standing", "Hạnh", LATER),
    "Ledger.note_good_poll": lambda desk: desk.ledger.note_good_poll(LATER, LATER, longest=MINUTE),
    "Ledger.note_poll": lambda desk: desk.ledger.note_poll(
        PollRecord(WalkKind.TAIL, NOON, SECOND, error=LARGE)
    ),
    "Ledger.keep_malformed": lambda desk: desk.ledger.keep_malformed(
        [Malformed(LARGE, "no id")], NOON
    ),
    "Ledger.record": lambda desk: desk.ledger.record(
        Decision(drafts=[a_draft()], audit=[Audit(NOON, "", Reason.NEW, detail=LARGE)]), NOON
    ),
    "Ledger.set_fact": lambda desk: desk.ledger.set_fact("large", LARGE),
    "Outbox.reclaim": lambda desk: desk.outbox.reclaim(LATER),
    "Outbox.claim": lambda desk: desk.outbox.claim("quan_ly", 1, LATER),
    "Outbox.settle": _settle,
    "Outbox.drop": _drop,
    "Outbox.release": _release,
    "Outbox.forget_channels": lambda desk: desk.outbox.forget_channels(["crm"], LATER),
}
"""Methods that write; on the desk of the morning each has something to write."""

READERS: dict[str, Door] = {
    "Ledger.watermark": lambda desk: desk.ledger.watermark(),
    "Ledger.unplaced": lambda desk: desk.ledger.unplaced(morning().values(), NOON),
    "Ledger.next_due": lambda desk: desk.ledger.next_due(LATER),
    "Ledger.mutes": lambda desk: desk.ledger.mutes(LATER),
    "Ledger.good_poll": lambda desk: desk.ledger.good_poll(),
    "Ledger.lag": lambda desk: desk.ledger.lag(),
    "Ledger.open_watches": lambda desk: desk.ledger.open_watches(),
    "Ledger.fact": lambda desk: desk.ledger.fact("watermark"),
    "Ledger.facts": lambda desk: desk.ledger.facts("water"),
    "Outbox.alert": lambda desk: desk.outbox.alert(_alert(desk)),
    "Outbox.channel_in": lambda desk: desk.outbox.channel_in("a", -100),
    "Outbox.card": lambda desk: desk.outbox.card("a", "quan_ly"),
    "Outbox.was_told": lambda desk: desk.outbox.was_told("a", "quan_ly"),
    "Outbox.superseded": lambda desk: desk.outbox.superseded(a_claimed()),
    "Outbox.next_due": lambda desk: desk.outbox.next_due("crm"),
    "Archive.calls_between": lambda desk: desk.archive.calls_between(
        NOON - timedelta(days=1), LATER
    ),
    "Archive.call": lambda desk: desk.archive.call("1001"),
    "Archive.alerts_like": lambda desk: desk.archive.alerts_like(_alert(desk)[:6]),
    "Archive.alerts_about": lambda desk: desk.archive.alerts_about("1001"),
    "Archive.alerts_with": lambda desk: desk.archive.alerts_with("1001"),
    "Archive.last_matched": lambda desk: desk.archive.last_matched(),
    "Archive.mutes": lambda desk: desk.archive.mutes(),
    "Archive.decisions": lambda desk: desk.archive.decisions(call="1001"),
    "Archive.deliveries": lambda desk: desk.archive.deliveries(),
    "Archive.status": lambda desk: desk.archive.status(LATER),
}
"""Methods that only read."""

DOORS = WRITERS | READERS


def doors() -> Iterator[str]:
    """Yield the name of each public method."""
    for room in (Ledger, Outbox, Archive):
        for name, _ in inspect.getmembers(room, inspect.isfunction):
            if not name.startswith("_"):
                yield f"{room.__name__}.{name}"
