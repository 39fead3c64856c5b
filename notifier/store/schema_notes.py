"""The fifth migration: what people write about alerts, and how cards stand.

NULL's meaning stands by each column, as in `schema`.
"""

FIFTH = (
    "ALTER TABLE alerts ADD COLUMN tried INTEGER NOT NULL DEFAULT 0",
    # NULL: nobody asked to be reminded of it
    "ALTER TABLE alerts ADD COLUMN remind_at_ms INTEGER",
    "ALTER TABLE alerts ADD COLUMN remind_by TEXT NOT NULL DEFAULT ''",
    # of the alert, as the card shows it
    "ALTER TABLE cards ADD COLUMN revision INTEGER NOT NULL DEFAULT 1",
    # 1: no button on it acts; so it is of the cards that were there before there were any
    "ALTER TABLE cards ADD COLUMN bare INTEGER NOT NULL DEFAULT 1",
    "CREATE INDEX cards_buttoned ON cards (alert, channel) WHERE bare = 0",
    """
    CREATE TABLE notes (
        alert     TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        number    INTEGER NOT NULL,              -- 1 for the first
        at_ms     INTEGER NOT NULL,
        author    TEXT NOT NULL,
        text      TEXT NOT NULL,
        PRIMARY KEY (alert, number)
    ) STRICT, WITHOUT ROWID
    """,
)
"""Statements of the fifth migration."""
