"""The third migration: what came in from chats, and which texts are waited for.

NULL's meaning stands by each column, as in `schema`.
"""

THIRD = (
    """
    CREATE TABLE updates (
        update_id INTEGER PRIMARY KEY,
        chat      INTEGER NOT NULL,              -- 0 none
        body      TEXT NOT NULL,                 -- JSON; '' once handled
        came_at_ms INTEGER NOT NULL,
        tries     INTEGER NOT NULL DEFAULT 0,    -- begun, not necessarily ended
        handled_at_ms INTEGER,                   -- NULL: still to be handled
        failure   TEXT NOT NULL DEFAULT ''       -- '' none
    ) STRICT
    """,
    "CREATE INDEX updates_waiting ON updates (chat, came_at_ms) WHERE handled_at_ms IS NULL",
    "CREATE INDEX updates_came ON updates (came_at_ms)",
    """
    CREATE TABLE asked_back (
        chat      INTEGER NOT NULL,
        message   INTEGER NOT NULL,              -- the one whose reply is waited for
        person    INTEGER NOT NULL,              -- whose reply
        line      TEXT NOT NULL,                 -- the command that the reply completes
        until_ms  INTEGER NOT NULL,
        PRIMARY KEY (chat, message)
    ) STRICT, WITHOUT ROWID
    """,
)
"""Statements of the third migration."""
