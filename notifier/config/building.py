"""From the typed document to the values that the rooms are given."""

from collections.abc import Mapping
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from notifier.config.days_off import DaysOff, is_file
from notifier.config.hours import Holidays
from notifier.config.model import channels as written
from notifier.config.model import service
from notifier.config.model.document import Calendar as WrittenCalendar
from notifier.config.model.document import Document
from notifier.config.orders import build_mutes, build_suppress
from notifier.config.scalars import unique
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
from notifier.core.rules.reading import Vocabulary
from notifier.core.secrets import Secret


def build(
    document: Document,
    rules: tuple[Rule, ...],
    vocabulary: Vocabulary,
    *,
    folder: FilePath,
) -> Config:
    """Return the configuration but for its tests; paths are taken from `folder`, the file's own."""
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
        calendars=vocabulary.calendars,
        lists=vocabulary.lists,
        rules=rules,
        disabled=frozenset(name for name, rule in document.rules.items() if not rule.enabled),
        mutes=build_mutes(document),
        suppress=build_suppress(document),
        default_to=unique(defaults.to),
        chat_limit=build_limit(defaults.limit),
        watchdog=_watchdog(document.watchdog, defaults.to),
        storage_path=folder / document.storage.path,
        keep=document.storage.keep,
        web=WebSettings(document.web.listen, document.web.token),
    )


def build_limit(limit: written.Limit) -> Limit:
    """Return the core's limit."""
    return Limit(limit.max, limit.per)


def build_calendars(document: Document, files: Mapping[str, str]) -> dict[str, Calendar]:
    """Return every calendar of the file by name; `files` are the texts of its iCalendar files."""
    zone = document.timezone
    return {name: _calendar(name, one, zone, files) for name, one in document.calendars.items()}


def _calendar(
    name: str, calendar: WrittenCalendar, zone: ZoneInfo, files: Mapping[str, str]
) -> Calendar:
    named = unique(calendar.holidays)
    return Calendar(
        name=name,
        zone=zone,
        week={day: spans for days, spans in calendar.open.items() for day in days},
        holidays=Holidays(
            countries=tuple(one for one in named if one and not is_file(one)),
            days_off=tuple(DaysOff(files[one], zone) for one in named if is_file(one)),
        ),
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
