"""The second migration: how alerts live and end, who is quiet until when, and spans nobody saw.

NULL's meaning stands by each column, as in `schema`.
"""

SECOND = (
    "ALTER TABLE alerts ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE alerts ADD COLUMN taken_by TEXT NOT NULL DEFAULT ''",
    # NULL: nobody has it
    "ALTER TABLE alerts ADD COLUMN taken_at_ms INTEGER",
    # NULL: it has not ended, or nobody knows how
    "ALTER TABLE alerts ADD COLUMN outcome TEXT",
    # NULL: it has not ended
    "ALTER TABLE alerts ADD COLUMN ended_at_ms INTEGER",
    "ALTER TABLE alerts ADD COLUMN ended_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE alerts ADD COLUMN ended_call TEXT NOT NULL DEFAULT ''",
    # for how long, before today's taking, somebody had it
    "ALTER TABLE alerts ADD COLUMN held_s INTEGER NOT NULL DEFAULT 0",
    """
    CREATE INDEX alerts_live ON alerts (rule, key)
    WHERE state IN ('open', 'acknowledged') AND kind <> 'digest'
    """,
    "CREATE INDEX alerts_ended_call ON alerts (ended_call) WHERE ended_call <> ''",
    """
    CREATE TABLE mutes (
        id        TEXT PRIMARY KEY,
        since_ms  INTEGER NOT NULL,
        until_ms  INTEGER NOT NULL,
        author    TEXT NOT NULL,
        reason    TEXT NOT NULL,
        rule      TEXT NOT NULL,                 -- '' every rule; likewise the next two
        key       TEXT NOT NULL,
        hotline   TEXT NOT NULL,
        source    TEXT NOT NULL CHECK (source IN ('file', 'cli', 'bot')),
        ended_at_ms INTEGER,                     -- NULL: nobody ended it before its time
        ended_by  TEXT NOT NULL,                 -- '' nobody
        made_at_ms INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX mutes_standing ON mutes (until_ms) WHERE ended_at_ms IS NULL",
    """
    CREATE TABLE gaps (
        since_ms  INTEGER PRIMARY KEY,           -- end of the last poll that went well
        until_ms  INTEGER NOT NULL               -- end of the next one
    ) STRICT
    """,
    "CREATE INDEX gaps_until ON gaps (until_ms)",
    # history is gone through in this order, without sorting it first
    "CREATE INDEX calls_ended ON calls (coalesce(ended_at_ms, started_at_ms), id)",
    # by kind: those that ask for what has not come wait for a poll that goes well
    "DROP INDEX timers_due",
    """
    CREATE INDEX timers_patient ON timers (due_at_ms)
    WHERE kind IN ('absence', 'quiet', 'report')
    """,
    """
    CREATE INDEX timers_prompt ON timers (due_at_ms)
    WHERE kind NOT IN ('absence', 'quiet', 'report')
    """,
)
"""Statements of the second migration."""
