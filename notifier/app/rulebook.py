"""The rules in force: the configuration, the names of the moment, and the engine made of both."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias

from notifier.config.settings import ChannelSettings, Config, TelegramEndpoint
from notifier.core.alerts import Language
from notifier.core.deliveries import Route
from notifier.core.directory import Directory, merge
from notifier.core.followings import Following
from notifier.core.rules.engine import LAG, Engine
from notifier.core.rules.storms import STORM
from notifier.core.rules.wording import Wording
from notifier.text import book

Extra: TypeAlias = tuple[tuple[Route, ...], tuple[Following, ...]]
"""Channels that no file names, and what is followed there."""


@dataclass(slots=True)
class Names:
    """The directory in force: the file's, with what the PBX adds."""

    configured: Directory
    current: Directory = field(init=False)
    _fetched: Directory = field(default_factory=Directory)

    def __post_init__(self) -> None:
        self.current = self.configured

    def add(self, fetched: Directory) -> None:
        """Take what the PBX said; the file wins."""
        self._fetched = fetched
        self.current = merge(self.configured, fetched)

    def configure(self, configured: Directory) -> None:
        """Take what the file says now."""
        self.configured = configured
        self.current = merge(configured, self._fetched)


@dataclass(slots=True)
class Rulebook:
    """Gives out the engine in force; made anew when the file, a name or the lag has changed."""

    config: Config
    names: Names
    lag: timedelta = LAG
    """How late calls are listed, as measured."""
    extra: Callable[[], Extra] = lambda: ((), ())
    """What chats have asked for by themselves; looked up each time."""
    _engine: Engine | None = None
    _extra: Extra = ((), ())
    _made_of: tuple[Config, Directory, timedelta] | None = None

    def engine(self) -> Engine:
        """Return the engine in force."""
        extra = self.extra()
        if self._engine is None or extra != self._extra or not self._is_current():
            engine = engine_of(self.config, self.names.current, lag=self.lag)
            routes = {**engine.routes, **{route.name: route for route in extra[0]}}
            self._engine, self._extra = replace(engine, routes=routes, followings=extra[1]), extra
            self._made_of = (self.config, self.names.current, self.lag)
        return self._engine

    def _is_current(self) -> bool:
        if self._made_of is None:
            return False
        config, directory, lag = self._made_of
        # the very same ones: to compare them whole would cost more than to make an engine
        return config is self.config and directory is self.names.current and lag == self.lag

    def take_up(self, config: Config) -> None:
        """Have the rules of `config` be in force from now on."""
        self.config = config
        self.names.configure(config.directory)


def engine_of(
    config: Config, directory: Directory | None = None, *, lag: timedelta = LAG
) -> Engine:
    """Return the engine of the rules in `config`, with names from `directory`, else the file's."""
    phrases = {language: book(language) for language in Language}
    return Engine(
        rules=config.rules,
        routes={name: _addressed(channel) for name, channel in config.channels.items()},
        chat_limit=config.chat_limit,
        wording=Wording(phrases, directory or config.directory, config.zone),
        suppress=config.suppress,
        lag=lag,
        storm=STORM,
    )


def _addressed(channel: ChannelSettings) -> Route:
    """Return the route of `channel`, with its chat where it has one."""
    endpoint = channel.endpoint
    chat = str(endpoint.chat) if isinstance(endpoint, TelegramEndpoint) else ""
    return replace(channel.route, address=chat)
