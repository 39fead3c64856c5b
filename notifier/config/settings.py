"""The configuration as the program uses it: plain values, checked, with secrets wrapped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from notifier.config.problems import Problem
from notifier.core.alerts import Language
from notifier.core.calendars import Calendar
from notifier.core.deliveries import Route
from notifier.core.directory import Directory
from notifier.core.rules.model import Limit, Mute, Rule, Suppress
from notifier.core.rules.trials import Trial
from notifier.core.secrets import Secret


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How the PBX is asked."""

    base_url: str
    """Without a slash at its end."""
    service: str
    api_key: Secret
    every: timedelta
    overlap: timedelta
    sweep_every: timedelta
    sweep_back: timedelta
    settle: timedelta
    baseline: timedelta
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """The bot."""

    token: Secret
    base_url: str
    """Without a slash at its end."""
    proxy: Secret | None
    """It may hold a password; None for a direct way."""
    admins: frozenset[int]


@dataclass(frozen=True, slots=True)
class TelegramEndpoint:
    """A chat."""

    chat: int | str
    """Number, or @name of a public chat."""
    topic: int | None


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """An address for signed events."""

    url: str = field(repr=False)
    """Not shown: many services put a token into it."""
    secrets: tuple[Secret, ...]
    """One, or all that are valid while it is changed; every one of them signs."""
    headers: Mapping[str, str] = field(repr=False)
    allow_private: bool
    allow_http: bool
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class ConsoleEndpoint:
    """The terminal."""


Endpoint: TypeAlias = TelegramEndpoint | WebhookEndpoint | ConsoleEndpoint


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A named destination."""

    route: Route
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Watchdog:
    """When the notifier reports on itself, and to whom."""

    poll_stale: timedelta
    source_errors: int
    send_failed: tuple[str, ...]
    """Channels that are told of what could not be sent; empty if the file names none."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where health and metrics are to be served."""

    listen: str
    token: Secret | None


@dataclass(frozen=True, slots=True)
class Config:
    """One file, read and checked as a whole."""

    version: int
    zone: ZoneInfo
    language: Language
    source: SourceSettings
    directory: Directory
    telegram: TelegramSettings | None
    channels: Mapping[str, ChannelSettings]
    calendars: Mapping[str, Calendar]
    lists: Mapping[str, frozenset[str]] = field(repr=False)
    """Values of the named lists; not shown, for they are customers' numbers."""
    rules: tuple[Rule, ...]
    """Those that are enabled, in the order of the file."""
    disabled: frozenset[str]
    """Names of the rules that stand in the file and are not used."""
    mutes: tuple[Mute, ...]
    suppress: tuple[Suppress, ...]
    default_to: tuple[str, ...]
    """Channels of `defaults.to`; empty if there are none."""
    chat_limit: Limit
    watchdog: Watchdog
    storage_path: Path
    keep: timedelta | None
    """How long calls are to be kept; None for ever."""
    web: WebSettings
    files: tuple[Path, ...] = ()
    """Every file that was read for it, first its own; the `.env` beside it even if not there."""
    trials: tuple[Trial, ...] = ()
    """The file's own tests, in its order."""
    warnings: tuple[Problem, ...] = ()
    """What works, and should be looked at."""
