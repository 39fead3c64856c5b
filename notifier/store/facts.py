"""Single things, remembered by a key."""

from notifier.store.database import Database


def fact(database: Database, key: str) -> str:
    """Return what is remembered by `key`, "" if nothing is."""
    rows = database.run("SELECT value FROM facts WHERE key = ?", (key,))
    return str(rows[0]["value"]) if rows else ""


def facts(database: Database, prefix: str) -> dict[str, str]:
    """Return what is remembered by the keys that begin with `prefix`, by the rest of each."""
    rows = database.run(
        "SELECT key, value FROM facts WHERE substr(key, 1, ?) = ?", (len(prefix), prefix)
    )
    return {row["key"].removeprefix(prefix): row["value"] for row in rows}


def set_fact(database: Database, key: str, value: str) -> None:
    """Remember `value` by `key`."""
    database.run(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def forget_fact(database: Database, key: str) -> None:
    """Remember nothing by `key` any more."""
    database.run("DELETE FROM facts WHERE key = ?", (key,))
