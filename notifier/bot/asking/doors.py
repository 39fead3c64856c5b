"""What questions ask of the other rooms, and what is remembered between an answer and a tap."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert, Language
from notifier.core.asking.accounts import Account
from notifier.core.asking.arguments import Setting
from notifier.core.asking.drawings import HourChart
from notifier.core.asking.fates import Carded
from notifier.core.asking.questions import Question, key_of
from notifier.core.asking.rulings import Done, Rehearsed, Rules
from notifier.core.call_lines import Reader
from notifier.core.calls import Call
from notifier.core.commanding import language_of
from notifier.core.directory import Directory
from notifier.core.messages import Phrases
from notifier.core.people import Caller
from notifier.core.phones import Mask
from notifier.core.summaries import Status

T = TypeVar("T")

MOST_REMEMBERED = 2_000
"""Questions whose buttons work: some days of a busy group, in half a megabyte."""


class Records(Protocol):
    """What is remembered of calls and alerts."""

    def calls(
        self,
        period: tuple[datetime, datetime],
        hotlines: Sequence[str] | None = None,
        *,
        missed: bool = False,
        number: str = "",
        span: tuple[int, int] = ...,
    ) -> list[Call]:
        """Return calls that started in `period`, newest first; see `notifier.store.asking`."""
        ...

    def count(
        self,
        period: tuple[datetime, datetime],
        hotlines: Sequence[str] | None = None,
        *,
        missed: bool = False,
        number: str = "",
    ) -> int:
        """Return how many calls `calls` would return without a `span`."""
        ...

    def talks(self, customers: Iterable[str], since: datetime) -> list[Call]:
        """Return answered calls with `customers` that started after `since`."""
        ...

    def cards(self, calls: Iterable[str]) -> dict[str, Carded]:
        """Return the newest alert about each of `calls`, by their ids."""
        ...

    def call(self, identity: str) -> Call | None:
        """Return one call, None if it is not known."""
        ...

    def alerts_like(self, identity: str) -> list[Alert]:
        """Return the alerts whose id begins with `identity`."""
        ...

    def alerts_with(self, call: str) -> list[Alert]:
        """Return the alerts that name a call."""
        ...

    def account(self, identity: str) -> Account:
        """Return all that is remembered of an alert or a call."""
        ...

    def done(self, since: datetime) -> Done:
        """Return what rules have done."""
        ...

    def status(self, now: datetime) -> Status:
        """Return how things stand, as far as the tables tell."""
        ...


class Looks(Protocol):
    """Puts a question to what is remembered, away from the event loop."""

    async def __call__(self, question: Callable[[Records], T], /) -> T:
        """Return what `question` makes of it; StoreError where it cannot be read."""
        ...


Rehearses: TypeAlias = Callable[[str, datetime], Awaitable[Rehearsed]]
"""Runs one rule, by its name, over the calls since then; nothing is sent."""


@dataclass(slots=True)
class Doors:
    """Everything that questions need; `app` fills it."""

    look: Looks
    book: Callable[[Language], Phrases]
    language: Language
    """Of the file, for who has chosen none."""
    zone: ZoneInfo
    directory: Callable[[], Directory]
    rules: Callable[[], Rules]
    observed: Callable[[Status], Status]
    """Adds what the process itself has seen of the source."""
    draw: Callable[[HourChart], bytes]
    """Returns a PNG."""
    salt: bytes
    """Of this process; without it a key tells nothing of its question."""
    rehearse: Rehearses | None = None
    """None where rules cannot be tried."""
    mask: Mask | None = None
    """How much of a number is shown, whoever asks; None for as much as each may see."""
    _asked: dict[str, Question] = field(default_factory=dict)

    def reader(self, caller: Caller, now: datetime) -> Reader:
        """Return for whom answers are put into words."""
        return Reader(
            say=self.book(language_of(caller, None, self.language)),
            mask=self.mask or caller.mask,
            zone=self.zone,
            now=now,
            directory=self.directory(),
            private=caller.private,
        )

    def setting(self, now: datetime) -> Setting:
        """Return where and when words are read."""
        return Setting(now, self.zone, self.directory())

    def remember(self, question: Question) -> str:
        """Return the key by which buttons can ask `question` again; the oldest are forgotten."""
        key = key_of(question, self.salt)
        self._asked.pop(key, None)
        self._asked[key] = question
        if len(self._asked) > MOST_REMEMBERED:
            del self._asked[next(iter(self._asked))]
        return key

    def recall(self, key: str) -> Question | None:
        """Return the question of `key`; None if it is forgotten, or never was."""
        return self._asked.get(key)
