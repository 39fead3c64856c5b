"""The sign of life that a running service writes down, and what it means to who reads it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from notifier.core.errors import StoreError
from notifier.store.database import Database
from notifier.store.ledger import Ledger

PULSE_EVERY = timedelta(seconds=30)
"""How often a sign of life is written down."""

KEY = "pulse"
"""Key of the fact that holds it."""

FIRST_PULSES = timedelta(seconds=1)
"""The same until something has come of the first poll, which health is asked about soonest."""

_MISSED = 4
"""Signs of life that may fail to come before the service is taken for dead."""


class BotPulse(msgspec.Struct, frozen=True):
    """How the bot hears."""

    heard_at: datetime | None
    """When updates were last asked for with success; None until then."""
    error: str = ""
    """Of the last time; "" if it went well."""


class Pulse(msgspec.Struct, frozen=True):
    """A sign of life."""

    at: datetime
    process: int
    """Id of the process, on its machine."""
    last_poll_at: datetime | None
    """None until a poll has gone well."""
    error: str
    """Of the poll before; "" if it went well."""
    stopped: bool = False
    """Whether it was the last one, of a service that was told to stop."""
    failing: tuple[str, ...] = ()
    """Channels whose last settled delivery was given up."""
    bot: BotPulse | None = None
    """None where no bot listens."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the service is well, in a sentence."""

    well: bool
    text: str


def write_pulse(ledger: Ledger, pulse: Pulse) -> None:
    """Write `pulse` down."""
    ledger.set_fact(KEY, msgspec.json.encode(pulse).decode())


def read_pulse(path: Path, *, stale: timedelta, now: datetime) -> Verdict:
    """Return whether the service with the database at `path` is well.

    It is, while its signs of life come and its last good poll is younger than `stale`. A bot that
    Telegram does not answer is said, and no illness: to start again would not bring it back.
    """
    if not path.exists():
        return Verdict(well=False, text=f"{path}: there is no such file; has `run` been started?")
    try:
        database = Database.open_to_read(path)
    except StoreError as fault:
        return Verdict(well=False, text=str(fault))
    try:
        text = Ledger(database).fact(KEY)
    finally:
        database.close()
    if not text:
        return Verdict(well=False, text="the service has not been started with this file")
    try:
        pulse = msgspec.json.decode(text, type=Pulse)
    except msgspec.MsgspecError:
        return Verdict(well=False, text=f"{path}: the sign of life in it cannot be read")
    return _judged(pulse, stale, now.astimezone(UTC))


def _judged(pulse: Pulse, stale: timedelta, now: datetime) -> Verdict:
    if pulse.stopped:
        return Verdict(well=False, text=f"it was stopped at {pulse.at:%Y-%m-%d %H:%M:%S} UTC")
    silent = now - pulse.at
    if silent > PULSE_EVERY * _MISSED:
        seconds = int(silent.total_seconds())
        return Verdict(well=False, text=f"no sign of life for {seconds} s: it is not running")
    if pulse.last_poll_at is None:
        return Verdict(well=not pulse.error, text=pulse.error or "it has just been started")
    age = int((now - pulse.last_poll_at).total_seconds())
    if now - pulse.last_poll_at > stale:
        return Verdict(well=False, text=f"no good poll for {age} s: {pulse.error or 'unknown why'}")
    if pulse.failing:
        names = ", ".join(pulse.failing)
        return Verdict(
            well=False, text=f"given up: messages to {names}; see `notifier outbox dead`"
        )
    return Verdict(well=True, text=f"well; last good poll {age} s ago{_bot(pulse, now)}")


def _bot(pulse: Pulse, now: datetime) -> str:
    if pulse.bot is None:
        return ""
    error = f" ({pulse.bot.error})" if pulse.bot.error else ""
    if pulse.bot.heard_at is None:
        return f"; Telegram not reached yet{error}"
    return f"; Telegram heard {int((now - pulse.bot.heard_at).total_seconds())} s ago{error}"
