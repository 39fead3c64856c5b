"""Timers: which have fallen due, with what they are about, and when the next one does."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from notifier.core.alerts import Alert
from notifier.core.calls import Change
from notifier.core.decisions import ABOUT_ALERTS, ABOUT_CALLS, Due, Timer, TimerKind
from notifier.store.alerts import alerts_where, is_whole, marks, slices
from notifier.store.calls import remembered
from notifier.store.database import Database, Row
from notifier.store.rows import at, ms

_AT_A_TIME = 500

# word for word the conditions of their indexes; the kinds are those of `decisions.PATIENT`
_PATIENT = "kind IN ('absence', 'quiet', 'report')"
_PROMPT = "kind NOT IN ('absence', 'quiet', 'report')"


def fallen_due(database: Database, now: datetime, good_since: datetime | None) -> list[Timer]:
    """Return the timers that may be acted on `now`, the earliest first, a batch at most.

    Those that ask for what has not come wait until a good poll began, `good_since`, after them.
    """
    rows = _due(database, _PROMPT, now)
    if good_since is not None:
        rows += _due(database, _PATIENT, min(now, good_since))
    timers = [
        Timer(row["rule"], row["key"], TimerKind(row["kind"]), at(row["due_at_ms"])) for row in rows
    ]
    return sorted(timers, key=lambda timer: timer.due_at)[:_AT_A_TIME]


def _due(database: Database, kinds: str, until: datetime) -> list[Row]:
    return database.run(
        f"SELECT * FROM timers WHERE {kinds} AND due_at_ms <= ? ORDER BY due_at_ms LIMIT ?",  # noqa: S608
        (ms(until), _AT_A_TIME),
    )


def next_due(database: Database, good_since: datetime | None) -> datetime | None:
    """Return when a timer is next due that waits for no poll; None if none is.

    Those that do wait are looked at when the poll comes.
    """
    (row,) = database.run(
        f"SELECT (SELECT min(due_at_ms) FROM timers WHERE {_PROMPT}) AS prompt, "  # noqa: S608
        f"(SELECT min(due_at_ms) FROM timers WHERE {_PATIENT}) AS patient"
    )
    due = [] if row["prompt"] is None else [row["prompt"]]
    if good_since is not None and row["patient"] is not None and row["patient"] <= ms(good_since):
        due.append(row["patient"])
    return at(min(due)) if due else None


def with_what_about(database: Database, timers: Sequence[Timer]) -> list[Due]:
    """Return `timers` with the calls and alerts that they are about, as they are now."""
    calls = remembered(database, _about(timers, ABOUT_CALLS))
    alerts: dict[str, Alert] = {}
    for some in slices(_about(timers, ABOUT_ALERTS)):
        found = alerts_where(database, f"id IN ({marks(some)})", some)
        alerts.update((alert.id, alert) for alert in found if is_whole(alert))
    return [_loaded(timer, calls, alerts) for timer in timers]


def _about(timers: Iterable[Timer], kinds: frozenset[TimerKind]) -> list[str]:
    return sorted({timer.about for timer in timers if timer.kind in kinds})


def _loaded(timer: Timer, calls: dict[str, Change], alerts: dict[str, Alert]) -> Due:
    if timer.kind in ABOUT_CALLS:
        return Due(timer, change=calls.get(timer.about))
    return Due(timer, alert=alerts.get(timer.about) if timer.kind in ABOUT_ALERTS else None)


def use_up(database: Database, timers: Iterable[Timer]) -> None:
    """Let `timers` be no more."""
    database.run_many(
        "DELETE FROM timers WHERE rule = ? AND key = ? AND kind = ?",
        [(timer.rule, timer.key, timer.kind.value) for timer in timers],
    )
