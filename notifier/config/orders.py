"""The mutes and the suppressing of the file, as the core's values."""

import hashlib
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from notifier.config.model import document as written
from notifier.config.scalars import unique
from notifier.core.rules.model import Mute, Suppress

AUTHOR = "rules.yaml"
"""Who gave the orders that stand in the file."""


def build_mutes(document: written.Document) -> tuple[Mute, ...]:
    """Return the file's mutes; each is the same one by its id for as long as it says the same."""
    return tuple(_mute(mute, document.timezone) for mute in document.mute)


def _mute(mute: written.Mute, zone: ZoneInfo) -> Mute:
    since, until = instant(mute.from_, zone), instant(mute.to, zone)
    said = json.dumps([mute.rule, since.isoformat(), until.isoformat(), mute.reason])
    identity = hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
    return Mute(identity, since, until, AUTHOR, mute.reason, rule=mute.rule)


def build_suppress(document: written.Document) -> tuple[Suppress, ...]:
    """Return which rules speak for which others."""
    return tuple(
        Suppress(one.while_, frozenset(one.rules), unique(one.same)) for one in document.suppress
    )


def instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment of the file in UTC; one without an offset is meant in `zone`."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC)
