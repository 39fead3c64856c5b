"""Why something was told, or was not: decisions and deliveries as people read them in a chat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifier.core.alerts import Alert, Audit, Reason, short_id
from notifier.core.call_lines import Reader
from notifier.core.messages import Line, Message, bold, plain
from notifier.core.phones import normalise, shown
from notifier.core.reasons import Teller

MOST_DECISIONS = 30
"""Decisions that are told, the newest; the rest is counted."""


class Tried(Protocol):
    """A delivery with what has come of it."""

    @property
    def channel(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def tries(self) -> int: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Account:
    """All that is remembered of an alert, or of a call."""

    alerts: tuple[Alert, ...] = ()
    decisions: tuple[Audit, ...] = ()
    """Oldest first."""
    tries: Sequence[Tried] = ()
    """Oldest first."""

    @property
    def empty(self) -> bool:
        """Whether nothing is remembered."""
        return not (self.alerts or self.decisions or self.tries)


def account_message(asked_for: str, account: Account, reader: Reader) -> Message:
    """Return why what is called `asked_for` was told to whom, or was not."""
    teller = Teller(reader.say, reader.zone, reader.now)
    rows = sorted(
        [*_decided(account, teller, reader), *_tried(account, teller)], key=lambda row: row[0]
    )
    left = len(rows) - MOST_DECISIONS
    told = [(plain(f"{reader.moment(at)} {text}"),) for at, text in rows[-MOST_DECISIONS:]]
    before: list[Line] = [(plain(reader.say("asking.before", n=left)),)] if left > 0 else []
    lines = [*(_life(alert, teller, reader) for alert in account.alerts), *before, *told]
    title = reader.say("asking.why", id=asked_for)
    more = reader.say("report.cut", n="{n}")
    return Message((plain("🔎 "), bold(title)), tuple(lines), more=more)


def _life(alert: Alert, teller: Teller, reader: Reader) -> Line:
    """Return what `alert` is about and what has come of it."""
    say = reader.say
    state = alert.outcome or alert.state
    told = [f"#{short_id(alert.id)}", alert.rule]
    if key := _key(alert, reader):
        told.append(say("why.about", key=key))
    if alert.taken_at:
        told.append(say("why.taken", who=alert.taken_by, at=teller.moment(alert.taken_at)))
    told.append(say(f"reason.word.{state.value}"))
    if alert.suppressed:
        told.append(say("why.suppressed", n=alert.suppressed))
    return (plain(f"🔔 {' · '.join(told)}"),)


def _key(alert: Alert, reader: Reader) -> str:
    """Return what `alert` is about under the mask; "" where that is its call, or itself."""
    if alert.key in {"", alert.rule, *(call.subject for call in alert.calls)}:
        return ""
    ours = {normalise(hotline.number) for hotline in reader.directory.hotlines}
    return alert.key if normalise(alert.key) in ours else shown(alert.key, reader.mask)


def _decided(account: Account, teller: Teller, reader: Reader) -> Iterator[tuple[datetime, str]]:
    for row in account.decisions:
        about = f"{row.rule}: " if row.rule else ""
        channel = f" → {row.channel}" if row.channel else ""
        yield row.at, f"{about}{reader.discreet(teller.told(row))}{channel}"


def _tried(account: Account, teller: Teller) -> Iterator[tuple[datetime, str]]:
    say = teller.say
    for one in account.tries:
        state = say(f"delivery.{one.state}")
        tries = say("why.delivered", tries=one.tries)
        reason = teller.reason(Reason(one.reason))
        yield one.created_at, f"✉️ {one.channel}: {reason}, {state}, {tries}"
