"""What is owed to channels: claimed with a lease, sent by others, settled one by one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifier.core.alerts import Alert, Reason
from notifier.core.card_views import BUTTONS_AFTER_END, BUTTONS_FOR
from notifier.core.deliveries import (
    Claimed,
    Delivered,
    DeliveryState,
    Failed,
    FailureReason,
    Outcome,
    Standing,
)
from notifier.store.alerts import alert_with
from notifier.store.database import Database, Row
from notifier.store.rows import at, ms, ms_or_none

LEASE = timedelta(minutes=2)
"""How long a claimed delivery is nobody else's: longer than any channel takes to send one."""

OLD = timedelta(minutes=2)
"""What people have not been told for so long waits behind what is fresh."""

_OWED = "state IN ('pending', 'sending')"

# A row waits while an earlier one of its lane is still owed.
_FIRST = f"""
    NOT EXISTS (
        SELECT 1 FROM deliveries AS e
        WHERE e.channel = d.channel AND e.lane = d.lane AND e.seq < d.seq
          AND e.{_OWED})
"""  # noqa: S608

# One index walk a channel.
_DUE = f"""
    SELECT * FROM deliveries AS d
    WHERE channel = ? AND {_OWED} AND due_at_ms <= ? AND {_FIRST}
    ORDER BY due_at_ms, seq LIMIT ?
"""  # noqa: S608

# People are told first what is urgent, then what is new, then what is edited, digests last; and
# what has lain for long, as after an outage, after all that is fresh and the newest of it first.
_DUE_TO_PEOPLE = f"""
    SELECT * FROM deliveries AS d
    WHERE channel = ? AND {_OWED} AND due_at_ms <= ? AND {_FIRST}
    ORDER BY
        CASE
            WHEN reason = 'digest' THEN 3
            WHEN reason NOT IN ('new', 'escalate', 'repeat', 'remind') THEN 2
            WHEN reason = 'escalate' THEN 0
            WHEN (SELECT severity FROM alerts WHERE id = d.alert) = 'critical' THEN 0
            ELSE 1
        END,
        created_at_ms < ?,
        CASE WHEN created_at_ms < ? THEN -created_at_ms ELSE due_at_ms END,
        seq
    LIMIT ?
"""  # noqa: S608

# What waits behind another is due no sooner: counting it would have a worker turn without end.
_NEXT = f"""
    SELECT due_at_ms FROM deliveries AS d
    WHERE channel = ? AND {_OWED} AND {_FIRST}
    ORDER BY due_at_ms LIMIT 1
"""  # noqa: S608

# A lease that ran out may have let two attempts begin: what is settled stays so, but what has
# arrived after all is delivered.
_SETTLE = f"""
    UPDATE deliveries SET state = ?, due_at_ms = ?, attempts = attempts + ?,
        uncertain = ?, failure = ?, receipt = ?, settled_at_ms = ?
    WHERE id = ? AND ({_OWED} OR (state <> 'delivered' AND ? = 'delivered'))
"""  # noqa: S608

_KEEP_CARD = """
    INSERT INTO cards (alert, channel, receipt, sent_at_ms, revision, bare)
    SELECT id, ?, ?, ?, ?, kind NOT IN ('call', 'window', 'quiet')
        OR fired_at_ms <= ? OR ifnull(ended_at_ms <= ?, 0)
    FROM alerts WHERE id = ?
    ON CONFLICT (alert, channel) DO UPDATE SET
        sent_at_ms = iif(receipt = excluded.receipt, sent_at_ms, excluded.sent_at_ms),
        receipt = excluded.receipt, revision = max(revision, excluded.revision),
        bare = excluded.bare
"""


class Outbox:
    """The deliveries not yet settled; each public method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reclaim(self, now: datetime) -> int:
        """Make every claimed delivery due again, and return how many there were.

        For the start of a process: the lock says that nobody else is sending, so whatever was
        claimed was claimed by a process that is dead. Its outcome is unknown.
        """
        with self._database.transaction():
            rows = self._database.run(
                "UPDATE deliveries SET due_at_ms = ? "  # noqa: S608
                f"WHERE {_OWED} AND state = 'sending' RETURNING seq",
                (ms(now),),
            )
        return len(rows)

    def claim(self, channel: str, most: int, now: datetime) -> list[Claimed]:
        """Claim up to `most` deliveries that `channel` is due, one a lane.

        Systems get them oldest first, people by urgency, and after an outage the newest first.
        """
        if not (rows := self._database.run(_DUE, (channel, ms(now), most))):
            return []
        if not rows[0]["event"]:
            old = ms(now - OLD)
            rows = self._database.run(_DUE_TO_PEOPLE, (channel, ms(now), old, old, most))
        with self._database.transaction():
            self._database.run_many(
                "UPDATE deliveries SET tries = tries + 1, due_at_ms = ?, "
                "uncertain = uncertain OR state = 'sending', state = 'sending' WHERE seq = ?",
                [(ms(now + LEASE), row["seq"]) for row in rows],
            )
        return [_claimed(row) for row in rows]

    def release(self, claims: Iterable[Claimed], now: datetime) -> None:
        """Give back what was claimed and not begun: it is due as before."""
        with self._database.transaction():
            self._database.run_many(
                "UPDATE deliveries SET state = 'pending', due_at_ms = ?, tries = tries - 1 "
                "WHERE id = ? AND state = 'sending'",
                [(ms(now), claimed.id) for claimed in claims],
            )

    def settle(
        self, claimed: Claimed, outcome: Outcome, standing: Standing, now: datetime, took: timedelta
    ) -> None:
        """Record an attempt and what the delivery becomes; a receipt makes or moves its card."""
        with self._database.transaction():
            self._database.run(
                _SETTLE,
                (
                    standing.state.value,
                    ms(standing.due_at or now),
                    int(standing.counts),
                    int(claimed.uncertain or _unsure(outcome)),
                    standing.reason.value if standing.reason else None,
                    outcome.receipt if isinstance(outcome, Delivered) else "",
                    None if standing.due_at else ms(now),
                    claimed.id,
                    standing.state.value,
                ),
            )
            self._note_attempt(claimed, outcome, standing, now, took)
            if isinstance(outcome, Delivered) and outcome.receipt and not claimed.event:
                self._keep_card(claimed, outcome.receipt, now, took)

    def drop(self, claimed: Claimed, now: datetime) -> None:
        """Mark a claimed delivery as no longer true, with an audit row."""
        with self._database.transaction():
            self._database.run(
                "UPDATE deliveries SET state = 'obsolete', settled_at_ms = ? "  # noqa: S608
                f"WHERE id = ? AND {_OWED}",
                (ms(now), claimed.id),
            )
            self._database.run(
                "INSERT INTO audit (at_ms, rule, reason, alert, call, channel, detail)"
                " VALUES (?, '', ?, ?, '', ?, ?)",
                (ms(now), Reason.OBSOLETE.value, claimed.alert, claimed.channel, claimed.reason),
            )

    def alert(self, identity: str) -> Alert | None:
        """Return an alert with its calls as they are now; None if there is no such alert."""
        return alert_with(self._database, identity)

    def card(self, alert: str, channel: str) -> str:
        """Return the receipt of the message that shows `alert` in `channel`, or ""."""
        rows = self._database.run(
            "SELECT receipt FROM cards WHERE alert = ? AND channel = ?", (alert, channel)
        )
        return str(rows[0]["receipt"]) if rows else ""

    def channel_in(self, alert: str, chat: int) -> str:
        """Return the channel that shows `alert` in the Telegram chat `chat`; "" if none does."""
        rows = self._database.run(
            "SELECT channel, receipt FROM cards WHERE alert = ? ORDER BY channel", (alert,)
        )
        there = (row["channel"] for row in rows if row["receipt"].startswith(f"{chat}:"))
        return next(there, "")

    def was_told(self, alert: str, channel: str) -> bool:
        """Whether `channel` has taken the first word of `alert`, or may have."""
        rows = self._database.run(
            "SELECT 1 FROM deliveries WHERE alert = ? AND channel = ? "
            "AND reason IN ('new', 'digest', 'escalate', 'repeat', 'remind') "
            "AND tries > 0 AND state <> 'obsolete'",
            (alert, channel),
        )
        return bool(rows)

    def superseded(self, claimed: Claimed) -> bool:
        """Whether a later edit of the same card is owed already: then this one need not be sent."""
        rows = self._database.run(
            f"SELECT 1 FROM deliveries WHERE alert = ? AND channel = ? AND {_OWED} "  # noqa: S608
            "AND reason IN ('revised', 'resolved', 'acknowledged', 'mended', 'swept') "
            "AND revision > ?",
            (claimed.alert, claimed.channel, claimed.revision),
        )
        return bool(rows)

    def next_due(self, channel: str) -> datetime | None:
        """Return when `channel` is next due anything; None if it is owed nothing."""
        rows = self._database.run(_NEXT, (channel,))
        return at(rows[0]["due_at_ms"]) if rows else None

    def forget_channels(self, known: Iterable[str], now: datetime) -> int:
        """Give up what is owed to channels that are in no file any more; return how many."""
        names = sorted(known)
        with self._database.transaction():
            rows = self._database.run(
                "UPDATE deliveries SET state = 'dead', failure = 'gone', settled_at_ms = ? "  # noqa: S608
                f"WHERE {_OWED} AND channel NOT IN ({', '.join('?' * len(names))}) RETURNING seq",
                (ms(now), *names),
            )
        return len(rows)

    def _note_attempt(
        self, claimed: Claimed, outcome: Outcome, standing: Standing, now: datetime, took: timedelta
    ) -> None:
        if isinstance(outcome, Failed):
            word, detail = outcome.reason.value, outcome.detail
        else:
            word, detail = DeliveryState.DELIVERED.value, outcome.note
        self._database.run(
            "INSERT INTO attempts SELECT ?, ifnull(max(number), 0) + 1, ?, ?, ?, ?, ?, ? "
            "FROM attempts WHERE delivery = ?",
            (
                claimed.id,
                ms(now - took),
                int(took.total_seconds() * 1000),
                word,
                outcome.status,
                detail,
                ms_or_none(standing.due_at),
                claimed.id,
            ),
        )

    def _keep_card(self, claimed: Claimed, receipt: str, now: datetime, took: timedelta) -> None:
        """Remember the message that shows an alert, as it was when it was made."""
        made = now - took
        bounds = (ms(made - BUTTONS_FOR), ms(made - BUTTONS_AFTER_END))
        self._database.run(
            _KEEP_CARD,
            (claimed.channel, receipt, ms(now), claimed.revision, *bounds, claimed.alert),
        )


def _unsure(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.reason is FailureReason.UNCERTAIN


def _claimed(row: Row) -> Claimed:
    return Claimed(
        id=row["id"],
        alert=row["alert"],
        channel=row["channel"],
        reason=Reason(row["reason"]),
        revision=row["revision"],
        lane=row["lane"],
        event=row["event"],
        body=row["body"],
        attempt=row["attempts"] + 1,
        uncertain=bool(row["uncertain"]) or row["state"] == DeliveryState.SENDING.value,
        created_at=at(row["created_at_ms"]),
        expires_at=at(row["expires_at_ms"]),
        number=row["tries"] + 1,
    )
