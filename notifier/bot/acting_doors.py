"""What acting asks of the other rooms, and what its parts share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from notifier.core.acting import may_see, name_of
from notifier.core.alerts import Alert, Language
from notifier.core.call_lines import Reader
from notifier.core.calls import Call
from notifier.core.card_views import Menu
from notifier.core.commanding import language_of
from notifier.core.decisions import Act, Decision, Deed
from notifier.core.directory import Directory
from notifier.core.messages import Message, Phrases
from notifier.core.people import Caller
from notifier.core.recordings import Recording, Unheard
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import Mute

_LONGEST_ID = 16


class Alerts(Protocol):
    """Where alerts and calls are looked up."""

    def alerts_like(self, identity: str) -> list[Alert]:
        """Return the alerts whose id begins with `identity`."""
        ...

    def call(self, identity: str) -> Call | None:
        """Return one call, None if it is not known."""
        ...

    def calls_between(self, since: datetime, until: datetime, *, number: str = "") -> list[Call]:
        """Return the calls of `number` that started in between, newest first."""
        ...


class Ledger(Protocol):
    """Where acts and mutes are recorded."""

    def act(
        self, engine: Engine, identity: str, act: Act | Deed, by: str, now: datetime
    ) -> Alert | None:
        """Have a person act on an alert and return it as it is then; None if it is too late."""
        ...

    def add_mute(self, mute: Mute, source: str, now: datetime) -> None:
        """Have something be quiet."""
        ...

    def end_mute(self, identity: str, by: str, now: datetime) -> bool:
        """End a mute before its time; whether there was one that had not ended."""
        ...

    def mutes(self, now: datetime) -> list[Mute]:
        """Return the mutes that are in force or yet to come."""
        ...

    def record(self, decision: Decision, now: datetime) -> None:
        """Record a decision that no call brought about."""
        ...


class Cards(Protocol):
    """Which messages show which alerts."""

    def alert(self, identity: str) -> Alert | None:
        """Return an alert with its calls and notes; None if there is none."""
        ...

    def channel_in(self, alert: str, chat: int) -> str:
        """Return the channel that shows `alert` in the chat `chat`; "" if none does."""
        ...


class Shows(Protocol):
    """Renders the card of an alert as its channel does, or for who asks where `channel` is ""."""

    def __call__(self, alert: Alert, caller: Caller, /, *, channel: str, menu: Menu) -> Message:
        """Return the card with the buttons of `menu`."""
        ...


class Fetches(Protocol):
    """Fetches the recording of a call; never raises for what the PBX or the network does."""

    async def __call__(self, call: Call, /) -> Recording | Unheard:
        """Return the recording, or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What is at hand where people act."""

    alerts: Alerts
    ledger: Ledger
    cards: Cards
    show: Shows
    fetch: Fetches | None
    """None where recordings are not handed on."""
    on_owed: Callable[[], None]
    """Called when cards are to be edited."""
    engine: Callable[[], Engine]
    directory: Callable[[], Directory]
    book: Callable[[Language], Phrases]
    language: Language
    """Of the file, for who has chosen none."""
    zone: ZoneInfo

    def say(self, caller: Caller) -> Phrases:
        """Return the sentences in the language of `caller`."""
        return self.book(language_of(caller, None, self.language))

    def reader(self, caller: Caller, now: datetime) -> Reader:
        """Return `caller` as somebody for whom calls are put into words."""
        return Reader(
            say=self.say(caller),
            mask=caller.mask,
            zone=self.zone,
            now=now,
            directory=self.directory(),
            private=caller.private,
        )

    def act(self, alert: Alert, deed: Deed, caller: Caller, now: datetime) -> Alert | None:
        """Have `caller` act on `alert` and return it as it is then; None if it is too late."""
        by = name_of(caller.person)
        acted = self.ledger.act(self.engine(), alert.id, deed, by, now)
        if acted is not None:
            self.on_owed()
        return acted

    def found(self, word: str, caller: Caller) -> list[Alert]:
        """Return the alerts that `word`, a short id or a whole one, names and `caller` may see."""
        identity = word.lstrip("#").lower()
        if not identity.isalnum() or len(identity) > _LONGEST_ID:
            return []
        like = self.alerts.alerts_like(identity)
        return [alert for alert in like if may_see(alert, caller.hotlines)]
