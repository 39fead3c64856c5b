"""Joins the questions of the bot: what is remembered, the rules in force, and who draws."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from notifier.app.pulse import KEY, Pulse
from notifier.app.rehearsing import rehearsed
from notifier.app.rulebook import Rulebook
from notifier.bot.asking.doors import Doors, Records
from notifier.clock import Clock
from notifier.core.asking.drawings import HourChart
from notifier.core.asking.rulings import Rehearsed, Rules
from notifier.core.health import Health, Watchdog, trouble
from notifier.core.hearing import Hearing
from notifier.core.phones import Mask
from notifier.core.rules.naming import Naming
from notifier.core.summaries import Status
from notifier.store.asking import Records as Tables
from notifier.store.database import Database
from notifier.store.facts import fact
from notifier.text import book

T = TypeVar("T")


def asking_doors(
    rulebook: Rulebook,
    path: Path,
    clock: Clock,
    *,
    observed: Callable[[Status], Status],
    mask: Mask | None = None,
) -> Doors:
    """Return the doors of questions about what the file at `path` remembers.

    `observed` adds to a status what the tables do not tell; `mask` None shows as much of a number
    as each may see. Nothing is opened yet: each question
    has a connection of its own, in a thread, so that a report over a month keeps no poll waiting.
    """
    config = rulebook.config
    reader = _Reader(rulebook, path, clock)
    return Doors(
        look=reader.look,
        book=book,
        language=config.language,
        zone=config.zone,
        directory=lambda: rulebook.names.current,
        rules=reader.rules,
        observed=observed,
        draw=_draw,
        salt=clock.secret().reveal().encode(),
        rehearse=reader.rehearse,
        mask=mask,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the file beside whoever writes it."""

    rulebook: Rulebook
    path: Path
    clock: Clock

    async def look(self, question: Callable[[Records], T], /) -> T:
        return await asyncio.to_thread(self._answered, question)

    def _answered(self, question: Callable[[Records], T]) -> T:
        with closing(Database.open_to_read(self.path)) as database:
            return question(Tables(database))

    def rules(self) -> Rules:
        config, names = self.rulebook.config, self.rulebook.names.current
        sizes = {name: len(values) for name, values in config.lists.items()}
        return Rules(config.rules, Naming(config.zone, sizes, names))

    async def rehearse(self, name: str, since: datetime) -> Rehearsed:
        config = self.rulebook.config
        rule = next(rule for rule in config.rules if rule.name == name)
        until = self.clock.now()
        return await asyncio.to_thread(rehearsed, config, self.path, rule, since=since, until=until)


def _draw(chart: HourChart) -> bytes:
    from notifier.charts.hours import draw

    return draw(chart)


def observed_by(
    health: Health,
    watchdog: Callable[[], Watchdog],
    hearing: Callable[[], Hearing | None] = lambda: None,
) -> Callable[[Status], Status]:
    """Return what adds to a status what this process has seen of the source and of Telegram."""

    def observed(status: Status) -> Status:
        return replace(
            status,
            last_poll_at=health.last_good_at,
            lag=health.lag,
            trouble=trouble(health, watchdog(), status.now),
            hearing=hearing(),
        )

    return observed


def last_pulse(path: Path) -> Callable[[Status], Status]:
    """Return what adds to a status when the service, in another process, last polled with success.

    StoreError where the file at `path` cannot be read.
    """

    def observed(status: Status) -> Status:
        with closing(Database.open_to_read(path)) as database:
            text = fact(database, KEY)
        pulse = msgspec.json.decode(text, type=Pulse) if text else None
        return replace(status, last_poll_at=pulse.last_poll_at) if pulse else status

    return observed
