"""From the typed document to the values that the rooms are given."""

from collections.abc import Mapping
from pathlib import Path as FilePath

from notifier.config.hours import holidays_of
from notifier.config.model import channels as written
from notifier.config.model import service
from notifier.config.model.document import Calendar as WrittenCalendar
from notifier.config.model.document import Document
from notifier.config.problems import Problem
from notifier.config.settings import (
    ChannelSettings,
    Config,
    ConsoleEndpoint,
    Endpoint,
    SourceSettings,
    TelegramEndpoint,
    TelegramSettings,
    Watchdog,
    WebhookEndpoint,
    WebSettings,
)
from notifier.core.alerts import Language
from notifier.core.calendars import Calendar
from notifier.core.deliveries import ChannelKind, Route
from notifier.core.directory import Directory, Hotline
from notifier.core.rules.model import Limit, Rule
from notifier.core.secrets import Secret


def build(
    document: Document,
    rules: tuple[Rule, ...],
    lists: Mapping[str, frozenset[str]],
    *,
    folder: FilePath,
    warnings: tuple[Problem, ...],
) -> Config:
    """Return the configuration; paths are taken from `folder`, where the file stands."""
    defaults = document.defaults
    return Config(
        version=document.version,
        zone=document.timezone,
        language=document.language,
        source=_source(document.source),
        directory=_directory(document.directory),
        telegram=_telegram(document.telegram) if document.telegram else None,
        channels={
            name: _channel(name, channel, document.language)
            for name, channel in document.channels.items()
        },
        calendars=build_calendars(document),
        lists=lists,
        rules=rules,
        default_to=unique(defaults.to),
        chat_limit=build_limit(defaults.limit),
        watchdog=_watchdog(document.watchdog, defaults.to),
        storage_path=folder / document.storage.path,
        keep=document.storage.keep,
        web=WebSettings(document.web.listen, document.web.token),
        warnings=warnings,
    )


def unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return `names` in their order, each once."""
    return tuple(dict.fromkeys(names))


def build_limit(limit: written.Limit) -> Limit:
    """Return the core's limit."""
    return Limit(limit.max, limit.per)


def build_calendars(document: Document) -> dict[str, Calendar]:
    """Return every calendar of the file by name."""
    return {name: _calendar(name, one, document) for name, one in document.calendars.items()}


def _calendar(name: str, calendar: WrittenCalendar, document: Document) -> Calendar:
    return Calendar(
        name=name,
        zone=document.timezone,
        week={day: spans for days, spans in calendar.open.items() for day in days},
        holidays=holidays_of(calendar.holidays),
        closed=frozenset(day for days in calendar.closed for day in days),
        extra=dict(calendar.extra),
    )


def _source(source: service.Source) -> SourceSettings:
    return SourceSettings(
        base_url=source.base_url.rstrip("/"),
        service=source.service,
        api_key=source.api_key,
        every=source.every,
        overlap=source.overlap,
        sweep_every=source.sweep.every,
        sweep_back=source.sweep.back,
        settle=source.settle,
        baseline=source.baseline,
        timeout=source.timeout,
    )


def _directory(directory: service.Directory) -> Directory:
    hotlines = tuple(
        Hotline(
            number=hotline.number,
            name=hotline.name,
            id=hotline.id,
            extensions=frozenset(hotline.extensions),
            callees=frozenset(hotline.callees),
        )
        for hotline in directory.hotlines
    )
    return Directory(hotlines, dict(directory.extensions))


def _telegram(telegram: service.Telegram) -> TelegramSettings:
    return TelegramSettings(
        token=telegram.token,
        base_url=telegram.base_url.rstrip("/"),
        proxy=Secret(telegram.proxy) if telegram.proxy else None,
        admins=frozenset(telegram.admins),
    )


def _channel(name: str, channel: written.Channel, language: Language) -> ChannelSettings:
    if chat := channel.telegram:
        route = Route(
            name,
            ChannelKind.TELEGRAM,
            language=chat.language or language,
            mask=chat.mask,
            silent=chat.silent,
        )
        return ChannelSettings(route, TelegramEndpoint(chat.chat, chat.topic))
    if hook := channel.webhook:
        route = Route(name, ChannelKind.WEBHOOK, language=language, events=unique(hook.events))
        return ChannelSettings(route, _webhook(hook))
    screen = channel.console or written.ConsoleChannel()
    route = Route(name, ChannelKind.CONSOLE, language=screen.language or language, mask=screen.mask)
    return ChannelSettings(route, ConsoleEndpoint())


def _webhook(hook: written.WebhookChannel) -> Endpoint:
    return WebhookEndpoint(
        url=hook.url,
        secrets=hook.secret,
        headers=dict(hook.headers),
        allow_private=hook.allow_private,
        allow_http=hook.allow_http,
        timeout=hook.timeout,
    )


def _watchdog(watchdog: service.Watchdog, to: tuple[str, ...]) -> Watchdog:
    return Watchdog(
        poll_stale=watchdog.poll_stale,
        source_errors=watchdog.source_errors,
        send_failed=unique(watchdog.send_failed or to),
    )
