"""Joins daily life to the service: quiet, duty, what chats follow, digests, parked chats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from notifier.app.chats import Chats, GuardedChannel
from notifier.app.digests import Digests
from notifier.app.parking import ParkedChats
from notifier.app.reloading import Reloader
from notifier.app.rulebook import Rulebook
from notifier.bot.living import Living
from notifier.clock import Clock
from notifier.config.settings import ChannelSettings, TelegramEndpoint
from notifier.core.followings import chat_channel
from notifier.core.health import Health
from notifier.core.hearing import Moved
from notifier.core.talk import Skill
from notifier.dispatcher import Dispatcher, Lane
from notifier.scheduler import Scheduler
from notifier.store.daily import DailyLife
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from notifier.store.people import People
from notifier.store.reading import Archive
from notifier.text import book


@dataclass(slots=True)
class DailyRoom:
    """What daily life is made of; `join` gives it the rooms that are made after it."""

    rulebook: Rulebook
    clock: Clock
    database: Database
    ledger: Ledger
    people: People
    open: Callable[[ChannelSettings], Lane]
    """Opens a chat that no file names."""
    chats: Chats = field(init=False)
    days: DailyLife = field(init=False)
    _dispatcher: Dispatcher | None = None
    _reloader: Reloader | None = None

    def __post_init__(self) -> None:
        self.days = DailyLife(self.database)
        self.chats = Chats(self.rulebook, self.people, self.days, self.clock)
        self.rulebook.extra = self.chats.extra

    def skill(self) -> Skill:
        """Return what can be asked about daily life."""
        config = self.rulebook.config
        living = Living(
            days=self.days,
            people=self.people,
            reload=self._reload,
            book=book,
            language=config.language,
            zone=config.zone,
            on_wanted=self.open_lanes,
        )
        return living.skill()

    def moved(self, moved: Moved) -> None:
        """Let what a group has asked for be asked for under its new id."""
        self.days.moved(moved.old, moved.new)
        self.open_lanes()

    def join(
        self,
        dispatcher: Dispatcher,
        scheduler: Scheduler,
        reloader: Reloader,
        health: Health,
    ) -> Digests:
        """Have messages go out as people want them, and return what draws up digests."""
        self._dispatcher, self._reloader = dispatcher, reloader
        dispatcher.manners = self.chats
        dispatcher.parking = ParkedChats(self.chats, self.people, self.clock, scheduler)
        self.open_lanes()
        return Digests(
            days=self.days,
            chats=self.chats,
            ledger=self.ledger,
            archive=Archive(self.database),
            rulebook=self.rulebook,
            health=health,
            clock=self.clock,
            on_owed=dispatcher.wake,
        )

    def open_lanes(self) -> None:
        """Open the chats that have asked for messages and are not open yet."""
        if self._dispatcher is None:
            return
        for chat in self.chats.asking():
            name = chat_channel(chat)
            if name not in self._dispatcher.lanes:
                route = self.chats.route(name)
                lane = self.open(ChannelSettings(route, TelegramEndpoint(chat, self._topic(chat))))
                guarded = GuardedChannel(lane.channel, self.chats, chat)
                self._dispatcher.add_lane(name, Lane(guarded))

    def _topic(self, chat: int) -> int | None:
        known = self.people.known_chat(chat)
        return known.topic if known else None

    def _reload(self) -> Sequence[str]:
        """Have the file read anew; return its problems."""
        if self._reloader is None or self._reloader.reload():
            return ()
        return self._reloader.problems
