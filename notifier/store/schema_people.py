"""The fourth migration: who may talk to the bot, where, who asked to, and who let them.

NULL's meaning stands by each column, as in `schema`. Lists are words with a space between.
"""

FOURTH = (
    """
    CREATE TABLE people (
        id        INTEGER PRIMARY KEY,           -- of Telegram
        name      TEXT NOT NULL,
        username  TEXT NOT NULL,                 -- '' none
        role      TEXT NOT NULL,                 -- stranger: had one, and lost it
        language  TEXT,                          -- NULL: the file's
        extension TEXT NOT NULL,                 -- '' none
        hotlines  TEXT NOT NULL,                 -- '' all
        listens   INTEGER NOT NULL,              -- 1: recordings were granted
        quiet     TEXT NOT NULL,                 -- '' never
        since_at_ms INTEGER                      -- NULL: never had a role
    ) STRICT
    """,
    "CREATE UNIQUE INDEX people_extension ON people (extension) WHERE extension <> ''",
    """
    CREATE TABLE chats (
        id        INTEGER PRIMARY KEY,           -- of Telegram; negative for groups
        kind      TEXT NOT NULL,
        title     TEXT NOT NULL,
        bound     INTEGER NOT NULL,              -- 1: an admin lets it be answered
        language  TEXT,                          -- NULL: the file's
        mask      TEXT NOT NULL,
        hotlines  TEXT NOT NULL,                 -- '' all
        topic     INTEGER,                       -- NULL: none
        quiet     TEXT NOT NULL,                 -- '' never
        parked    TEXT NOT NULL                  -- '' all is well
    ) STRICT
    """,
    """
    CREATE TABLE invitations (
        hash      TEXT PRIMARY KEY,              -- of the secret, which is nowhere
        role      TEXT NOT NULL,
        author    TEXT NOT NULL,                 -- id of an admin; '' the notifier's first run
        until_ms  INTEGER NOT NULL,
        used_by   INTEGER,                       -- NULL: nobody yet
        extension TEXT NOT NULL,                 -- '' none
        hotlines  TEXT NOT NULL                  -- '' all
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE requests (
        id        TEXT PRIMARY KEY,
        person    INTEGER NOT NULL,              -- who asks
        name      TEXT NOT NULL,
        username  TEXT NOT NULL,                 -- '' none
        language  TEXT,                          -- NULL: unknown
        chat      INTEGER,                       -- NULL: they ask for themselves
        title     TEXT NOT NULL,                 -- '' no group, or nameless
        asked_at_ms INTEGER NOT NULL,
        state     TEXT NOT NULL,
        role      TEXT,                          -- NULL: nothing was given
        decided_by TEXT NOT NULL,                -- '' nobody
        decided_at_ms INTEGER,                   -- NULL: open
        leaves_at_ms INTEGER                     -- NULL: no group is to be left
    ) STRICT
    """,
    # at most one open request of a person for themselves, and of a group
    """
    CREATE UNIQUE INDEX requests_open ON requests (person)
    WHERE state = 'open' AND chat IS NULL
    """,
    "CREATE UNIQUE INDEX requests_of_chat ON requests (chat) WHERE state = 'open'",
    "CREATE INDEX requests_undecided ON requests (asked_at_ms, id) WHERE state = 'open'",
    "CREATE INDEX requests_person ON requests (person, asked_at_ms)",
    "CREATE INDEX requests_leaving ON requests (leaves_at_ms) WHERE leaves_at_ms IS NOT NULL",
    """
    CREATE TABLE posts (
        request   TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
        chat      INTEGER NOT NULL,              -- who is told of the request
        message   INTEGER,                       -- NULL: nothing was sent yet
        owed      INTEGER NOT NULL,              -- 1: it does not show how the request stands
        PRIMARY KEY (request, chat)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX posts_owed ON posts (request, chat) WHERE owed = 1",
    """
    CREATE TABLE deeds (
        seq       INTEGER PRIMARY KEY,
        at_ms     INTEGER NOT NULL,
        author    INTEGER NOT NULL,              -- 0 the notifier
        deed      TEXT NOT NULL,
        person    INTEGER NOT NULL,              -- 0 nobody
        chat      INTEGER NOT NULL,              -- 0 none
        detail    TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX deeds_author ON deeds (author, at_ms)",
    "CREATE INDEX deeds_person ON deeds (person, at_ms) WHERE person <> 0",
)
"""Statements of the fourth migration."""
