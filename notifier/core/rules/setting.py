"""What a judgement is made with: the rules and what they need, as its parts look at them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from notifier.core.deliveries import Route
from notifier.core.followings import Following
from notifier.core.rules.model import Limit, Rule, Suppress
from notifier.core.rules.wording import Wording


class Setting(Protocol):
    """The rules in force; `notifier.core.rules.engine.Engine` is one."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the file."""
        ...

    @property
    def judging(self) -> tuple[Rule, ...]:
        """The rules that look at calls one by one."""
        ...

    @property
    def ending(self) -> tuple[Rule, ...]:
        """The rules whose alerts a later call may end."""
        ...

    @property
    def named(self) -> Mapping[str, Rule]:
        """The rules by name."""
        ...

    @property
    def watched(self) -> frozenset[str]:
        """The rules of which every live alert matters."""
        ...

    @property
    def suppress(self) -> tuple[Suppress, ...]:
        """Which rules keep others quiet."""
        ...

    @property
    def routes(self) -> Mapping[str, Route]:
        """The channels by name."""
        ...

    @property
    def followers(self) -> tuple[Route, ...]:
        """The channels that are told of calls themselves."""
        ...

    @property
    def followings(self) -> tuple[Following, ...]:
        """What chats have asked to be told besides."""
        ...

    @property
    def chat_limit(self) -> Limit:
        """Most messages to one chat."""
        ...

    @property
    def longest_limit(self) -> timedelta:
        """How far back messages must be counted for every limit to hold."""
        ...

    @property
    def storm(self) -> Limit | None:
        """From how many new alerts on a chat has the rest on one card; None for never."""
        ...

    @property
    def wording(self) -> Wording:
        """The words of alerts."""
        ...

    @property
    def rehearsing(self) -> bool:
        """Whether nothing is ever sent."""
        ...

    def lag_of(self, rule: Rule) -> timedelta:
        """Return how late calls may be listed before `rule` judges what did not come."""
        ...
