"""Rules that have come, gone or changed their meaning since the file was last read."""

from collections.abc import Iterable
from datetime import datetime

from notifier.core.decisions import Decision, TimerKind
from notifier.core.rules.engine import Engine
from notifier.core.rules.windows import Windows
from notifier.store.alerts import IS_LIVE, marks
from notifier.store.database import Database
from notifier.store.facts import facts, forget_fact, set_fact

_MEANING = "meaning:"

_OF_MATCHES = [
    kind.value for kind in (TimerKind.SETTLE, TimerKind.ABSENCE, TimerKind.QUIET, TimerKind.REPORT)
]
"""Timers that a match, or the rule itself, has set; those of its alerts go on."""


def forget_changed(database: Database, engine: Engine) -> list[str]:
    """Forget what stood of rules that mean something else now, and of those that are gone.

    Returns the names of the former; a rule that is seen for the first time is none of them. The
    caller holds the transaction.
    """
    meant = facts(database, _MEANING)
    means = {rule.name: rule.meaning for rule in engine.rules}
    reset = [name for name, meaning in means.items() if meant.get(name, meaning) != meaning]
    gone = sorted(meant.keys() - means.keys())
    _forget(database, [*reset, *gone])
    for name in gone:
        forget_fact(database, f"{_MEANING}{name}")
    for name, meaning in means.items():
        if meant.get(name) != meaning:
            set_fact(database, f"{_MEANING}{name}", meaning)
    _forget_repeats(database, means)
    return reset


def planned(database: Database, engine: Engine, windows: Windows, now: datetime) -> Decision:
    """Return what the rules of `engine` ask for by themselves, and have not yet."""
    rows = database.run(
        "SELECT rule, key, kind FROM timers WHERE kind IN ('absence', 'quiet', 'report')"
    )
    have = [(row["rule"], row["key"], TimerKind(row["kind"])) for row in rows]
    return engine.plan(now, have, windows=windows)


def _forget_repeats(database: Database, rules: Iterable[str]) -> None:
    """Forget how often alerts were said again that are over."""
    for rule in rules:
        database.run(
            "DELETE FROM rule_state WHERE rule = ? AND key >= 'repeat:' AND key < 'repeat;' "  # noqa: S608
            "AND NOT EXISTS (SELECT 1 FROM alerts "
            f"WHERE id = substr(rule_state.key, 8) AND {IS_LIVE})",
            (rule,),
        )


def _forget(database: Database, rules: Iterable[str]) -> None:
    for rule in rules:
        database.run("DELETE FROM rule_state WHERE rule = ?", (rule,))
        database.run(
            f"DELETE FROM timers WHERE rule = ? AND kind IN ({marks(_OF_MATCHES)})",  # noqa: S608
            (rule, *_OF_MATCHES),
        )
