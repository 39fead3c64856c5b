"""The tables, as numbered migrations; each key is an invariant, and NULL's meaning stands by it.

Instants are integers, milliseconds since 1970 in UTC, in columns named `…_at_ms`; spans are seconds
in columns named `…_s`. The views at the end show them as local text.
"""

from sqlite_utils import Database as Tables
from sqlite_utils.migrations import Migrations

from notifier.store.schema_daily import SIXTH
from notifier.store.schema_notes import FIFTH
from notifier.store.schema_people import FOURTH
from notifier.store.schema_rules import SECOND
from notifier.store.schema_updates import THIRD

migrations = Migrations("notifier")
"""Applied in order, each in one transaction with its own record."""

FIRST = (
    """
    CREATE TABLE calls (
        id            TEXT PRIMARY KEY,
        revision      INTEGER NOT NULL,          -- 1 for the first reading
        meaning       TEXT NOT NULL,             -- hash of what the PBX said
        direction     TEXT NOT NULL,
        state         TEXT NOT NULL,
        missed        INTEGER NOT NULL,          -- 1: a customer spoke to nobody
        caller        TEXT NOT NULL,
        callee        TEXT NOT NULL,
        customer      TEXT NOT NULL,             -- E.164 where there is such a form; '' none
        hotline       TEXT NOT NULL,             -- 'unknown' if it could not be placed
        extension     TEXT NOT NULL,             -- '' none
        agent         TEXT NOT NULL,             -- '' unknown
        duration_s    INTEGER NOT NULL,          -- talk
        ring_s        INTEGER NOT NULL,
        started_at_ms INTEGER NOT NULL,
        ended_at_ms   INTEGER,                   -- NULL: still going on, as far as is known
        first_seen_at_ms INTEGER NOT NULL,
        changed_at_ms INTEGER NOT NULL,
        record        TEXT NOT NULL              -- the whole call, legs and all, as JSON
    ) STRICT
    """,
    "CREATE INDEX calls_started ON calls (started_at_ms)",
    "CREATE INDEX calls_customer ON calls (customer, started_at_ms)",
    """
    CREATE TABLE call_revisions (
        call      TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
        revision  INTEGER NOT NULL,              -- of the reading that was replaced
        at_ms     INTEGER NOT NULL,              -- when it was replaced
        moved     TEXT NOT NULL,                 -- names of the fields that moved, JSON
        record    TEXT NOT NULL,                 -- the reading that was replaced, JSON
        PRIMARY KEY (call, revision)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE malformed (
        hash      TEXT PRIMARY KEY,              -- of the raw record: one row, however often seen
        first_seen_at_ms INTEGER NOT NULL,
        last_seen_at_ms  INTEGER NOT NULL,
        times     INTEGER NOT NULL,
        why       TEXT NOT NULL,
        raw       TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE polls (
        id        INTEGER PRIMARY KEY,
        at_ms     INTEGER NOT NULL,
        kind      TEXT NOT NULL,                 -- baseline tail overlap sweep
        pages     INTEGER NOT NULL,
        seen      INTEGER NOT NULL,
        created   INTEGER NOT NULL,
        changed   INTEGER NOT NULL,
        malformed INTEGER NOT NULL,
        took_ms   INTEGER NOT NULL,
        error     TEXT                           -- NULL: it went well
    ) STRICT
    """,
    """
    CREATE TABLE facts (
        key       TEXT PRIMARY KEY,              -- watermark, baseline, migrated:<chat>
        value     TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE rule_state (
        rule      TEXT NOT NULL,
        key       TEXT NOT NULL,
        last_at_ms INTEGER NOT NULL,             -- event time of the last alert
        step      INTEGER NOT NULL,
        swallowed INTEGER NOT NULL,
        PRIMARY KEY (rule, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE timers (
        rule      TEXT NOT NULL,
        key       TEXT NOT NULL,                 -- settle: the call's id
        kind      TEXT NOT NULL,
        due_at_ms INTEGER NOT NULL,
        PRIMARY KEY (rule, key, kind)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX timers_due ON timers (due_at_ms)",
    """
    CREATE TABLE alerts (
        id        TEXT PRIMARY KEY,              -- hash of rule, key and what it is about
        rule      TEXT NOT NULL,
        kind      TEXT NOT NULL,                 -- call digest watch
        key       TEXT NOT NULL,
        about     TEXT NOT NULL,                 -- call or session; its own id where there is none
        severity  TEXT NOT NULL,
        state     TEXT NOT NULL,
        title     TEXT NOT NULL,                 -- JSON, by language
        text      TEXT NOT NULL,                 -- JSON, by language
        occurred_at_ms INTEGER NOT NULL,
        fired_at_ms    INTEGER NOT NULL,
        deadline_ms    INTEGER,                  -- NULL: not about an absence
        count     INTEGER NOT NULL,
        suppressed INTEGER NOT NULL,
        revision  INTEGER NOT NULL,
        corrected INTEGER NOT NULL,              -- how often its truth turned
        detail    TEXT NOT NULL,
        UNIQUE (rule, about)
    ) STRICT
    """,
    "CREATE INDEX alerts_about ON alerts (about)",
    "CREATE INDEX alerts_fired ON alerts (fired_at_ms)",
    """
    CREATE INDEX alerts_watching ON alerts (fired_at_ms, id)
    WHERE kind = 'watch' AND state = 'open'
    """,
    """
    CREATE TABLE alert_calls (
        alert     TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        position  INTEGER NOT NULL,
        call      TEXT NOT NULL REFERENCES calls (id),
        PRIMARY KEY (alert, position)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX alert_calls_call ON alert_calls (call)",
    """
    CREATE TABLE alert_members (
        digest    TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        member    TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        PRIMARY KEY (digest, member)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX alert_members_member ON alert_members (member)",
    """
    CREATE TABLE deliveries (
        seq       INTEGER PRIMARY KEY,           -- order within a channel and lane
        id        TEXT NOT NULL UNIQUE,          -- the same over attempts and replays
        alert     TEXT NOT NULL,                 -- alert id, or call:<id> for a call event
        channel   TEXT NOT NULL,
        reason    TEXT NOT NULL,
        revision  INTEGER NOT NULL,
        lane      TEXT NOT NULL,
        event     TEXT NOT NULL,                 -- '' for people's channels
        body      BLOB,                          -- NULL: rendered when sent
        state     TEXT NOT NULL,
        due_at_ms INTEGER NOT NULL,              -- while sending: when the lease runs out
        tries     INTEGER NOT NULL DEFAULT 0,    -- begun
        attempts  INTEGER NOT NULL DEFAULT 0,    -- ended and counted towards giving up
        uncertain INTEGER NOT NULL DEFAULT 0,    -- 1: one may have arrived unknown to us
        failure   TEXT,                          -- NULL: none, or not settled
        receipt   TEXT NOT NULL DEFAULT '',
        created_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL,
        settled_at_ms INTEGER,                   -- NULL: still owed
        UNIQUE (alert, channel, reason, revision)
    ) STRICT
    """,
    """
    CREATE INDEX deliveries_due ON deliveries (channel, due_at_ms)
    WHERE state IN ('pending', 'sending')
    """,
    """
    CREATE INDEX deliveries_lane ON deliveries (channel, lane, seq)
    WHERE state IN ('pending', 'sending')
    """,
    "CREATE INDEX deliveries_people ON deliveries (created_at_ms) WHERE event = ''",
    """
    CREATE INDEX deliveries_gathering ON deliveries (seq)
    WHERE reason = 'digest' AND state = 'pending'
    """,
    "CREATE INDEX deliveries_dead ON deliveries (seq) WHERE state = 'dead'",
    """
    CREATE TABLE attempts (
        delivery  TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
        number    INTEGER NOT NULL,
        at_ms     INTEGER NOT NULL,
        took_ms   INTEGER NOT NULL,
        outcome   TEXT NOT NULL,                 -- delivered, or why not
        status    INTEGER,                       -- NULL: no answer
        detail    TEXT NOT NULL,
        next_at_ms INTEGER,                      -- NULL: no further one
        PRIMARY KEY (delivery, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE cards (
        alert     TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        channel   TEXT NOT NULL,
        receipt   TEXT NOT NULL,                 -- <chat>:<message id>, for editing
        sent_at_ms INTEGER NOT NULL,
        PRIMARY KEY (alert, channel)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE audit (
        seq       INTEGER PRIMARY KEY,
        at_ms     INTEGER NOT NULL,
        rule      TEXT NOT NULL,
        reason    TEXT NOT NULL,
        alert     TEXT NOT NULL,                 -- '' none came to be
        call      TEXT NOT NULL,                 -- '' about none
        channel   TEXT NOT NULL,                 -- '' about none
        detail    TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX audit_alert ON audit (alert) WHERE alert <> ''",
    "CREATE INDEX audit_call ON audit (call) WHERE call <> ''",
    """
    CREATE VIEW calls_readable AS
    SELECT id, datetime(started_at_ms / 1000, 'unixepoch', '+7 hours') AS started_in_vietnam,
           direction, state, missed, customer, hotline, extension, agent, duration_s, ring_s,
           revision, (first_seen_at_ms - ended_at_ms) / 1000 AS lag_s
    FROM calls
    """,
    """
    CREATE VIEW deliveries_readable AS
    SELECT seq, id, alert, channel, reason, state, tries, failure,
           datetime(created_at_ms / 1000, 'unixepoch', '+7 hours') AS created_in_vietnam,
           datetime(due_at_ms / 1000, 'unixepoch', '+7 hours') AS due_in_vietnam
    FROM deliveries
    """,
)
"""Statements of the first migration."""


@migrations(name="0001_first")
def first(tables: Tables) -> None:
    """Make every table of the first version."""
    for statement in FIRST:
        tables.execute(statement)


@migrations(name="0002_rules")
def second(tables: Tables) -> None:
    """Make room for the lives of alerts, for mutes and for gaps."""
    for statement in SECOND:
        tables.execute(statement)


@migrations(name="0003_updates")
def third(tables: Tables) -> None:
    """Make room for what comes in from chats."""
    for statement in THIRD:
        tables.execute(statement)


@migrations(name="0004_people")
def fourth(tables: Tables) -> None:
    """Make room for people and chats, and for who let them in."""
    for statement in FOURTH:
        tables.execute(statement)


@migrations(name="0005_notes")
def fifth(tables: Tables) -> None:
    """Make room for what people write about alerts, and for how cards stand."""
    for statement in FIFTH:
        tables.execute(statement)


@migrations(name="0006_daily")
def sixth(tables: Tables) -> None:
    """Make room for quiet, for duty, and for what chats have asked to be told."""
    for statement in SIXTH:
        tables.execute(statement)
