"""What people and systems have been told so far; reads only."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from notifier.core.alerts import Alert
from notifier.core.decisions import Storm, Told
from notifier.core.deliveries import DeliveryState
from notifier.core.rules.revisions import was_heard
from notifier.core.rules.storms import STORM_DIGEST
from notifier.store.alerts import marks, slices
from notifier.store.database import Database
from notifier.store.rows import alert_of, at, ms

Recent: TypeAlias = Mapping[str, tuple[datetime, ...]]
RecentOfRule: TypeAlias = Mapping[tuple[str, str], tuple[datetime, ...]]


def told_of(database: Database, identities: list[str]) -> dict[str, dict[str, Told]]:
    """Return what each channel has been told of the alerts `identities`, by alert and channel.

    Of a channel that was told several times counts the last that was heard, else the last.
    """
    told: dict[str, dict[str, Told]] = {}
    for some in slices(identities):
        rows = database.run(
            "SELECT alert, channel, state, tries FROM deliveries "  # noqa: S608
            f"WHERE alert IN ({marks(some)}) "
            "AND reason IN ('new', 'escalate', 'repeat', 'remind') ORDER BY seq",
            some,
        )
        for row in rows:
            later = Told(DeliveryState(row["state"]), row["tries"] > 0)
            channels = told.setdefault(row["alert"], {})
            earlier = channels.get(row["channel"])
            if earlier is None or was_heard(later) or not was_heard(earlier):
                channels[row["channel"]] = later
    return told


def gathered_of(
    database: Database, identities: list[str]
) -> dict[str, tuple[tuple[str, Alert], ...]]:
    """Return, for each alert, the channels that were told of it in a digest, with the digest."""
    found: dict[str, tuple[tuple[str, Alert], ...]] = {}
    for some in slices(identities):
        rows = database.run(
            "SELECT m.member, d.channel, a.* FROM alert_members m "  # noqa: S608
            "JOIN alerts a ON a.id = m.digest JOIN deliveries d ON d.alert = m.digest "
            f"WHERE m.member IN ({marks(some)}) AND d.reason = 'digest' AND d.tries > 0 "
            "AND d.state <> 'obsolete'",
            some,
        )
        for row in rows:
            told = (row["channel"], alert_of(row, ()))
            found[row["member"]] = (*found.get(row["member"], ()), told)
    return found


def recent(database: Database, since: datetime) -> tuple[Recent, RecentOfRule]:
    """Return when first words were recorded after `since`: by channel, and by channel and rule."""
    rows = database.run(
        """
        SELECT d.channel, a.rule, d.created_at_ms
        FROM deliveries d JOIN alerts a ON a.id = d.alert
        WHERE d.event = '' AND d.reason = 'new' AND d.created_at_ms > ?
        ORDER BY d.created_at_ms
        """,
        (ms(since),),
    )
    of_channel: dict[str, list[datetime]] = {}
    of_rule: dict[tuple[str, str], list[datetime]] = {}
    for row in rows:
        recorded_at = at(row["created_at_ms"])
        of_channel.setdefault(row["channel"], []).append(recorded_at)
        of_rule.setdefault((row["channel"], row["rule"]), []).append(recorded_at)
    return (
        {channel: tuple(times) for channel, times in of_channel.items()},
        {key: tuple(times) for key, times in of_rule.items()},
    )


def storms(database: Database, since: datetime) -> dict[str, Storm]:
    """Return, by channel, the cards of storms that an alert has joined after `since`."""
    rows = database.run(
        "SELECT a.*, d.channel, max(coalesce(e.settled_at_ms, e.due_at_ms)) AS shown_at_ms, "
        "max(e.state = 'pending') AS waits "
        "FROM alerts a JOIN deliveries d ON d.alert = a.id AND d.reason = 'digest' "
        "JOIN deliveries e ON e.alert = a.id AND e.channel = d.channel "
        "WHERE a.rule = ? GROUP BY a.id, d.channel ORDER BY a.fired_at_ms",
        (STORM_DIGEST,),
    )
    found: dict[str, Storm] = {}
    for row in rows:
        if times := _joined(database, row["id"], since):
            shown_at = None if row["waits"] else at(row["shown_at_ms"])
            found[row["channel"]] = Storm(alert_of(row, ()), times, shown_at)
    return found


def _joined(database: Database, digest: str, since: datetime) -> tuple[datetime, ...]:
    """Return when alerts joined a digest after `since`, oldest first."""
    rows = database.run(
        "SELECT x.fired_at_ms FROM alert_members m JOIN alerts x ON x.id = m.member "
        "WHERE m.digest = ? AND x.fired_at_ms > ? ORDER BY x.fired_at_ms",
        (digest, ms(since)),
    )
    return tuple(at(row["fired_at_ms"]) for row in rows)


def gathering(database: Database) -> dict[tuple[str, str], Alert]:
    """Return the digests that nobody has been sent yet, by pot and channel: they still gather."""
    rows = database.run(
        "SELECT a.*, d.channel FROM deliveries d JOIN alerts a ON a.id = d.alert "
        "WHERE d.reason = 'digest' AND d.state = 'pending' AND d.tries = 0"
    )
    return {
        (row["key"].removesuffix(f":{row['channel']}"), row["channel"]): alert_of(row, ())
        for row in rows
    }
