"""Questions about calls as people put them in a chat: narrowed to hotlines, a page at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from notifier.core.alerts import Alert
from notifier.core.asking.accounts import Account
from notifier.core.asking.fates import Carded
from notifier.core.asking.rulings import Done
from notifier.core.calls import Call
from notifier.core.phones import digits_of, normalise
from notifier.core.summaries import Status
from notifier.store.alerts import marks, slices
from notifier.store.database import Database, Value
from notifier.store.reading import Archive, Tried
from notifier.store.rows import call_of, ms
from notifier.store.rule_history import RuleHistory


class Records:
    """Answers from the tables; reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._archive = Archive(database)

    def calls(
        self,
        period: tuple[datetime, datetime],
        hotlines: Sequence[str] | None = None,
        *,
        missed: bool = False,
        number: str = "",
        span: tuple[int, int] = (100_000, 0),
    ) -> list[Call]:
        """Return calls that started in `period` (end not included), newest first.

        `hotlines` None is all of them, also calls without any. `number` picks those of a customer
        (whole or by its end), or of an extension. `span` is how many at most, and how many of the
        newest are left out.
        """
        condition, values = _picked(period, hotlines, missed=missed, number=number)
        rows = self._database.run(
            f"SELECT record FROM calls WHERE {condition} "  # noqa: S608
            "ORDER BY started_at_ms DESC, id DESC LIMIT ? OFFSET ?",
            (*values, *span),
        )
        return [call_of(row["record"]) for row in rows]

    def count(
        self,
        period: tuple[datetime, datetime],
        hotlines: Sequence[str] | None = None,
        *,
        missed: bool = False,
        number: str = "",
    ) -> int:
        """Return how many calls `calls` would return without a `span`."""
        condition, values = _picked(period, hotlines, missed=missed, number=number)
        (row,) = self._database.run(
            f"SELECT count(*) AS number FROM calls WHERE {condition}",  # noqa: S608
            values,
        )
        return int(row["number"])

    def talks(self, customers: Iterable[str], since: datetime) -> list[Call]:
        """Return the answered calls with `customers` that started after `since`, any hotline."""
        found: list[Call] = []
        for some in slices(sorted({customer for customer in customers if customer})):
            rows = self._database.run(
                f"SELECT record FROM calls WHERE customer IN ({marks(some)}) "  # noqa: S608
                "AND started_at_ms > ? AND state = 'answered'",
                (*some, ms(since)),
            )
            found += [call_of(row["record"]) for row in rows]
        return found

    def cards(self, calls: Iterable[str]) -> dict[str, Carded]:
        """Return the newest alert about each of `calls`, by their ids; reports and digests not."""
        found: dict[str, Carded] = {}
        for some in slices(calls):
            rows = self._database.run(
                "SELECT c.call, a.id, a.taken_by, a.state FROM alert_calls c "  # noqa: S608
                f"JOIN alerts a ON a.id = c.alert WHERE c.call IN ({marks(some)}) "
                "AND a.kind IN ('call', 'window', 'quiet') AND a.state <> 'withdrawn' "
                "ORDER BY a.fired_at_ms, a.id",
                some,
            )
            for row in rows:
                taken_by = row["taken_by"] if row["state"] == "acknowledged" else ""
                found[row["call"]] = Carded(row["id"], taken_by)
        return found

    def call(self, identity: str) -> Call | None:
        """Return one call, None if it is not known."""
        return self._archive.call(identity)

    def alerts_like(self, identity: str) -> list[Alert]:
        """Return the alerts whose id begins with `identity`, as people copy it from a card."""
        return self._archive.alerts_like(identity)

    def alerts_with(self, call: str) -> list[Alert]:
        """Return the alerts that name a call, also beside others."""
        return self._archive.alerts_with(call)

    def account(self, identity: str) -> Account:
        """Return all that is remembered of a call, or of an alert by the beginning of its id."""
        asked_for = self._archive.alerts_like(identity)
        found = {alert.id: alert for alert in (*asked_for, *self._archive.alerts_with(identity))}
        decided = [row for alert in asked_for for row in self._archive.decisions(alert=alert.id)]
        decided += self._archive.decisions(call=identity)
        tries: list[Tried] = []
        for alert in found:
            tries += self._archive.deliveries(alert=alert)
        ordered = dict.fromkeys(sorted(decided, key=lambda row: row.at))
        return Account(tuple(found.values()), tuple(ordered), tuple(tries))

    def done(self, since: datetime) -> Done:
        """Return when each rule last matched, and how often it has alerted since then."""
        return Done(self._archive.last_matched(), RuleHistory(self._database).fired_since(since))

    def status(self, now: datetime) -> Status:
        """Return how things stand, as far as the tables tell."""
        return self._archive.status(now)


def _picked(
    period: tuple[datetime, datetime], hotlines: Sequence[str] | None, *, missed: bool, number: str
) -> tuple[str, list[Value]]:
    conditions = ["started_at_ms >= ? AND started_at_ms < ?"]
    values: list[Value] = [ms(period[0]), ms(period[1])]
    if hotlines is not None:
        forms = sorted({form for one in hotlines for form in (one, normalise(one))})
        conditions.append(f"hotline IN ({marks(forms)})" if forms else "0")
        values += forms
    if missed:
        conditions.append("missed = 1")
    if number:
        either, theirs = _of_number(number)
        conditions.append(f"({either})")
        values += theirs
    return " AND ".join(conditions), values


def _of_number(number: str) -> tuple[str, list[Value]]:
    forms = (number, normalise(number))
    found = ["customer IN (?, ?)", "extension IN (?, ?)", "caller IN (?, ?)", "callee IN (?, ?)"]
    values: list[Value] = [*forms * len(found)]
    if ending := digits_of(number).lstrip("0"):
        found.append("customer LIKE ?")
        values.append(f"%{ending}")
    return " OR ".join(found), values
