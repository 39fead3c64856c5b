"""Builds every room from the configuration, and closes them again, last first."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from notifier.app.composing import Composer
from notifier.app.opening import Opener, Ways
from notifier.app.running import App, Names
from notifier.clock import Clock
from notifier.config.settings import ChannelSettings, Config, TelegramEndpoint, WebhookEndpoint
from notifier.core.alerts import Language
from notifier.core.decisions import Intake
from notifier.core.health import Health, Watchdog
from notifier.core.polls import Reach
from notifier.core.rules.engine import Engine
from notifier.core.rules.wording import Wording
from notifier.dispatcher import Dispatcher, Lane
from notifier.pbx.client import PbxClient
from notifier.poller import Pace, Poller
from notifier.scheduler import Scheduler
from notifier.store.database import Database, Watch
from notifier.store.ledger import Ledger
from notifier.store.lock import held
from notifier.store.outbox import Outbox
from notifier.store.reading import Archive
from notifier.text import book


@asynccontextmanager
async def build(
    config: Config, clock: Clock, *, ways: Ways | None = None, watch: Watch | None = None
) -> AsyncIterator[App]:
    """Open the database and every room for `config`; close them, last first, on the way out.

    `ways` stands in for the network and the terminal. `watch` sees each SQL statement.

    Raises:
        HeldError: another process has the database.
        StoreError: it cannot be opened.
    """
    ways = ways or Ways()
    async with AsyncExitStack() as stack:
        stack.enter_context(held(config.storage_path))
        database = Database.open(config.storage_path, watch=watch)
        stack.callback(database.close)
        source = open_source(config, clock, ways.pbx)
        stack.push_async_callback(source.aclose)
        opener = Opener(config, clock, Ledger(database), ways, stack)
        lanes = {name: opener.open(channel) for name, channel in config.channels.items()}
        yield _Wiring(config, clock, database, source, lanes).app()


def open_source(
    config: Config, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
) -> PbxClient:
    """Return a client of the PBX in `config`, which connects to nothing yet."""
    return PbxClient(
        config.source.base_url,
        config.source.service,
        config.source.api_key.reveal(),
        clock=clock,
        timeout=config.source.timeout,
        transport=transport,
    )


def secrets_of(config: Config) -> list[str]:
    """Return every text in `config` that no log may show."""
    wrapped = [config.source.api_key]
    if telegram := config.telegram:
        wrapped += [telegram.token, *([telegram.proxy] if telegram.proxy else [])]
    for channel in config.channels.values():
        if isinstance(channel.endpoint, WebhookEndpoint):
            wrapped += channel.endpoint.secrets
    return [secret.reveal() for secret in wrapped]


@dataclass(frozen=True, slots=True)
class _Wiring:
    """The rooms that are open, to be joined."""

    config: Config
    clock: Clock
    database: Database
    source: PbxClient
    lanes: Mapping[str, Lane]

    def app(self) -> App:
        """Return the service, ready to run."""
        ledger, outbox = Ledger(self.database), Outbox(self.database)
        names = Names(self.config.directory)
        health = Health(started_at=self.clock.now())
        engine = self._engine(names)
        dispatcher = self._dispatcher(outbox, names)
        scheduler = Scheduler(ledger, self.clock, engine, health, self._watchdog(), dispatcher.wake)
        dispatcher.on_dead = scheduler.gave_up

        def on_news(_intake: Intake) -> None:
            dispatcher.wake()
            scheduler.wake()

        poller = Poller(
            source=self.source,
            ledger=ledger,
            pace=self._pace(),
            clock=self.clock,
            engine=engine,
            directory=lambda: names.current,
            health=health,
            on_news=on_news,
        )
        return App(
            config=self.config,
            clock=self.clock,
            ledger=ledger,
            outbox=outbox,
            archive=Archive(self.database),
            source=self.source,
            names=names,
            health=health,
            poller=poller,
            dispatcher=dispatcher,
            scheduler=scheduler,
        )

    def _engine(self, names: Names) -> Callable[[], Engine]:
        """Return what gives out the engine in force: the rules, with the names of the moment."""
        config = self.config
        phrases = {language: book(language) for language in Language}
        routes = {name: channel.route for name, channel in config.channels.items()}

        def engine() -> Engine:
            wording = Wording(phrases, names.current, config.zone)
            return Engine(config.rules, routes, config.chat_limit, wording)

        return engine

    def _dispatcher(self, outbox: Outbox, names: Names) -> Dispatcher:
        channels = self.config.channels
        composer = Composer(
            routes={name: channel.route for name, channel in channels.items()},
            private=frozenset(name for name, channel in channels.items() if _private(channel)),
            zone=self.config.zone,
            clock=self.clock,
            directory=lambda: names.current,
        )
        return Dispatcher(outbox, self.lanes, composer, self.clock)

    def _watchdog(self) -> Watchdog:
        settings = self.config.watchdog
        return Watchdog(
            # a pause that the file itself asks for is not a silence
            poll_stale=max(settings.poll_stale, 3 * self.config.source.every),
            source_errors=settings.source_errors,
            to=self.config.default_to,
            send_failed=settings.send_failed,
        )

    def _pace(self) -> Pace:
        source = self.config.source
        reach = Reach(overlap=source.overlap, sweep=source.sweep_back, baseline=source.baseline)
        return Pace(source.every, source.sweep_every, reach)


def _private(channel: ChannelSettings) -> bool:
    """Whether one person reads it alone: Telegram's ids of people are positive."""
    chat = channel.endpoint.chat if isinstance(channel.endpoint, TelegramEndpoint) else ""
    return str(chat).isdecimal()
