"""Offers the menus of commands, where they are not what they were."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from notifier.core.deliveries import Failed
from notifier.core.menus import Menu

log = logging.getLogger(__name__)

OFFERED = "menu:"
"""Prefix of the facts that remember each menu's hash."""


class Facts(Protocol):
    """Single things, remembered by a key."""

    def facts(self, prefix: str) -> dict[str, str]:
        """Return what is remembered by the keys that begin with `prefix`, by the rest of each."""
        ...

    def set_fact(self, key: str, value: str) -> None:
        """Remember `value` by `key`."""
        ...


@dataclass(frozen=True, slots=True)
class Offers:
    """Sets menus and remembers which."""

    facts: Facts
    show: Callable[[Menu], Awaitable[Failed | None]]

    async def offer(self, menus: Sequence[Menu]) -> None:
        """Set each of `menus` that has changed; what fails is tried again at the next start."""
        offered = self.facts.facts(OFFERED)
        for menu in menus:
            if offered.get(menu.key) == menu.digest:
                continue
            if failed := await self.show(menu):
                log.warning("a menu was not set", extra={"menu": menu.key, "error": failed.detail})
                return
            self.facts.set_fact(f"{OFFERED}{menu.key}", menu.digest)
