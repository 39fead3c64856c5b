"""Builds every room from the configuration, and closes them again, last first."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from notifier.app.botting import Bot, Botting, people_of
from notifier.app.composing import Composing, composer_of
from notifier.app.daily import DailyRoom
from notifier.app.opening import Opener, Ways
from notifier.app.reloading import Reloader
from notifier.app.rulebook import Names, Rulebook
from notifier.app.running import App
from notifier.app.skills import Joining
from notifier.clock import Clock
from notifier.config.settings import ChannelSettings, Config, WebhookEndpoint
from notifier.core.decisions import Intake
from notifier.core.health import Health, Watchdog
from notifier.core.polls import Reach
from notifier.dispatcher import Dispatcher, Lane
from notifier.pbx.client import PbxClient
from notifier.poller import Pace, Poller
from notifier.scheduler import Scheduler
from notifier.store.database import Database, Watch
from notifier.store.ledger import Ledger
from notifier.store.lock import held
from notifier.store.outbox import Outbox
from notifier.store.reading import Archive


@asynccontextmanager
async def build(
    config: Config,
    clock: Clock,
    *,
    ways: Ways | None = None,
    watch: Watch | None = None,
    reread: Callable[[], Config] | None = None,
) -> AsyncIterator[App]:
    """Open the database and every room for `config`; close them, last first, on the way out.

    `ways` stands in for the network and the terminal. `watch` sees each SQL statement. `reread`
    reads the file anew when it has changed; without it what is in `config` stays in force.

    Raises:
        HeldError: another process has the database.
        StoreError: it cannot be opened.
    """
    ways = ways or Ways()
    async with AsyncExitStack() as stack:
        stack.enter_context(held(config.storage_path))
        database = Database.open(config.storage_path, watch=watch)
        stack.callback(database.close)
        ledger = Ledger(database)
        source = open_source(config, clock, ways.pbx)
        stack.push_async_callback(source.aclose)
        people = people_of(config, database)
        opener = Opener(
            config,
            clock,
            ledger,
            ways,
            stack,
            on_migrated=lambda old, new: people.moved(old, new, clock.now()),
        )
        lanes = {name: opener.open(channel) for name, channel in config.channels.items()}
        bot = opener.bot
        botting = Botting(config, clock, database, ledger, bot, people) if bot else None
        read, open_ = reread or (lambda: config), opener.open
        yield _Wiring(config, clock, database, ledger, source, lanes, read, botting, open_).app()


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
    ledger: Ledger
    """One for all that judges: it holds the windows of the rules."""
    source: PbxClient
    lanes: dict[str, Lane]
    reread: Callable[[], Config]
    botting: Botting | None
    """None where there is no bot."""
    open: Callable[[ChannelSettings], Lane]

    def app(self) -> App:
        """Return the service, ready to run."""
        names = Names(self.config.directory)
        rulebook = Rulebook(self.config, names)
        daily = self._daily(rulebook)
        chats = daily.chats.route if daily else None
        composing = Composing(composer_of(self.config, names, self.clock, chats))
        dispatcher = Dispatcher(Outbox(self.database), self.lanes, composing, self.clock)
        scheduler = self._scheduler(rulebook, dispatcher)
        poller = self._poller(rulebook, dispatcher, scheduler)
        bot = self._bot(rulebook, daily, composing=composing, scheduler=scheduler)

        def on_taken(config: Config) -> None:
            poller.pace = _pace(config)
            scheduler.watchdog = _watchdog(config)
            composing.current = composer_of(config, names, self.clock, chats)
            scheduler.wake()
            if bot:
                bot.take_up(config)

        reloader = Reloader(self.reread, rulebook, self.ledger, scheduler, self.clock, on_taken)
        return App(
            config=self.config,
            clock=self.clock,
            ledger=self.ledger,
            outbox=Outbox(self.database),
            archive=Archive(self.database),
            source=self.source,
            rulebook=rulebook,
            reloader=reloader,
            health=scheduler.health,
            poller=poller,
            dispatcher=dispatcher,
            scheduler=scheduler,
            bot=bot,
            digests=daily.join(dispatcher, scheduler, reloader, scheduler.health)
            if daily
            else None,
        )

    def _scheduler(self, rulebook: Rulebook, dispatcher: Dispatcher) -> Scheduler:
        scheduler = Scheduler(
            self.ledger,
            self.clock,
            rulebook.engine,
            Health(started_at=self.clock.now()),
            _watchdog(self.config),
            dispatcher.wake,
        )
        dispatcher.on_dead = scheduler.gave_up
        return scheduler

    def _daily(self, rulebook: Rulebook) -> DailyRoom | None:
        if self.botting is None:
            return None
        people = self.botting.people
        return DailyRoom(rulebook, self.clock, self.database, self.ledger, people, self.open)

    def _bot(
        self,
        rulebook: Rulebook,
        daily: DailyRoom | None,
        *,
        composing: Composing,
        scheduler: Scheduler,
    ) -> Bot | None:
        if self.botting is None or daily is None:
            return None
        joining = Joining(
            botting=self.botting,
            rulebook=rulebook,
            daily=daily,
            health=scheduler.health,
            watchdog=lambda: scheduler.watchdog,
            compose=lambda: composing.current,
            on_owed=scheduler.on_owed,
        )
        return joining.bot()

    def _poller(self, rulebook: Rulebook, dispatcher: Dispatcher, scheduler: Scheduler) -> Poller:
        def on_news(_intake: Intake) -> None:
            dispatcher.wake()
            scheduler.wake()

        return Poller(
            source=self.source,
            ledger=self.ledger,
            pace=_pace(self.config),
            clock=self.clock,
            engine=rulebook.engine,
            directory=lambda: rulebook.names.current,
            health=scheduler.health,
            on_news=on_news,
        )


def _pace(config: Config) -> Pace:
    source = config.source
    reach = Reach(overlap=source.overlap, sweep=source.sweep_back, baseline=source.baseline)
    return Pace(source.every, source.sweep_every, reach, _watchdog(config).poll_stale)


def _watchdog(config: Config) -> Watchdog:
    settings = config.watchdog
    return Watchdog(
        # a pause that the file itself asks for is not a silence
        poll_stale=max(settings.poll_stale, 3 * config.source.every),
        source_errors=settings.source_errors,
        to=config.default_to,
        send_failed=settings.send_failed,
    )
