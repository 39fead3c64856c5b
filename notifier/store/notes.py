"""What people wrote about alerts; reads only."""

from notifier.core.alerts import Note
from notifier.store.database import Database
from notifier.store.rows import at


def notes_of(database: Database, alert: str) -> tuple[Note, ...]:
    """Return what people wrote about `alert`, oldest first."""
    rows = database.run("SELECT * FROM notes WHERE alert = ? ORDER BY number", (alert,))
    return tuple(Note(at(row["at_ms"]), row["author"], row["text"]) for row in rows)
