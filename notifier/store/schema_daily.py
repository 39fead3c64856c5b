"""The sixth migration: when chats want quiet, who is on duty, and what chats have asked for.

NULL's meaning stands by each column, as in `schema`.
"""

SIXTH = (
    """
    CREATE TABLE hushes (
        chat      INTEGER PRIMARY KEY,           -- a private one is a person
        begins    TEXT NOT NULL,                 -- local HH:MM; '' no hours, likewise the next
        ends      TEXT NOT NULL,
        until_ms  INTEGER,                       -- NULL: no pause
        always    INTEGER NOT NULL               -- 1: until further notice
    ) STRICT
    """,
    """
    CREATE TABLE duties (
        chat      INTEGER NOT NULL,              -- 0: each chat without one of its own
        person    INTEGER NOT NULL,
        name      TEXT NOT NULL,
        until_ms  INTEGER,                       -- NULL: until somebody else is named
        made_by   TEXT NOT NULL,
        made_at_ms INTEGER NOT NULL,
        PRIMARY KEY (chat, person)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE followings (
        chat      INTEGER PRIMARY KEY,
        interests TEXT NOT NULL,                 -- words, a space between
        hotlines  TEXT NOT NULL,                 -- numbers, a space between; '' all
        least     TEXT NOT NULL                  -- severity
    ) STRICT
    """,
    """
    CREATE TABLE dailies (
        chat      INTEGER PRIMARY KEY,
        at        TEXT NOT NULL,                 -- local HH:MM
        days      TEXT NOT NULL,                 -- digits, 0 = Monday
        hotlines  TEXT NOT NULL,                 -- numbers, a space between; '' all
        since_ms  INTEGER NOT NULL               -- when it was asked for
    ) STRICT
    """,
)
"""Statements of the sixth migration."""
