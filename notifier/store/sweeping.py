"""Cards whose edit is not owed and should be: behind the truth, or too old for their buttons."""

from datetime import datetime, timedelta

from notifier.core.alerts import Reason
from notifier.core.card_views import BUTTONS_AFTER_END, BUTTONS_FOR
from notifier.core.deliveries import Draft
from notifier.store.database import Database, Row
from notifier.store.rows import ms

_KEPT = timedelta(days=1)
"""How long such an edit is tried: by then the card may be as old as it likes."""

_AT_A_TIME = 50
"""Edits that one sweep owes at most: new alerts go out through the same chats."""

# One walk of the cards that still have buttons.
_BEHIND = """
    SELECT c.alert, c.channel, a.key, a.revision,
        CASE WHEN a.fired_at_ms <= ? OR ifnull(a.ended_at_ms <= ?, 0) THEN 'swept'
             WHEN c.revision < a.revision THEN 'mended' END AS wanted
    FROM cards c JOIN alerts a ON a.id = c.alert
    WHERE c.bare = 0 AND wanted IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM deliveries d WHERE d.alert = c.alert AND d.channel = c.channel
          AND (d.state IN ('pending', 'sending')
               OR (d.reason = wanted AND d.revision = a.revision)))
    ORDER BY c.alert, c.channel LIMIT ?
"""


def due_sweeps(database: Database, now: datetime) -> list[Draft]:
    """Return the edits that cards need by `now` and nobody owes, a batch at most.

    Each is due once for what the alert says by then: a card that cannot be edited stays as it is.
    """
    old, long_over = now - BUTTONS_FOR, now - BUTTONS_AFTER_END
    rows = database.run(_BEHIND, (ms(old), ms(long_over), _AT_A_TIME))
    return [_draft(row, now) for row in rows]


def _draft(row: Row, now: datetime) -> Draft:
    return Draft(
        alert=row["alert"],
        channel=row["channel"],
        reason=Reason(row["wanted"]),
        revision=row["revision"],
        lane=row["key"],
        due_at=now,
        expires_at=now + _KEPT,
    )
