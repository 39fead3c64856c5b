"""The chats behind channels: what may be seen there, what they asked for, when they want quiet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from notifier.app.rulebook import Rulebook
from notifier.clock import Clock
from notifier.config.settings import TelegramEndpoint
from notifier.core.alerts import Alert, Reason, Severity
from notifier.core.deliveries import ChannelKind, Delivered, Failed, FailureReason, Parcel, Route
from notifier.core.followings import Following, chat_channel, chat_of, narrowed
from notifier.core.living import Duty, Hush, is_silent, on_duty, read_hours, waking_lines
from notifier.core.messages import Line
from notifier.core.moments import moment
from notifier.core.people import Caller, Chat, ChatKind, Person, Right, Role
from notifier.core.phones import Mask
from notifier.dispatcher import Channel
from notifier.store.daily import DailyLife
from notifier.store.people import People
from notifier.text import book


@dataclass(slots=True)
class Chats:
    """Looks everything up each time: a right that was taken away is gone at once."""

    rulebook: Rulebook
    people: People
    days: DailyLife
    clock: Clock
    _named: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        channels = self.rulebook.config.channels.items()
        self._named = {
            name: channel.endpoint.chat
            for name, channel in channels
            if isinstance(channel.endpoint, TelegramEndpoint)
            and isinstance(channel.endpoint.chat, int)
        }

    def behind(self, channel: str) -> int | None:
        """Return the chat of `channel`; None where there is none, or only a public name of it."""
        return self._named.get(channel) or chat_of(channel)

    def reader(self, chat: int) -> Caller | None:
        """Return who reads in `chat`; None if nobody there may be told anything."""
        if chat > 0:
            person = self.people.known(chat)
            caller = Caller(person, Chat(chat, ChatKind.PRIVATE)) if person else None
        else:
            group = self.people.known_chat(chat)
            caller = Caller(Person(0, "", Role.VIEWER), group) if group else None
        return caller if caller and caller.may(Right.LOOK) else None

    def route(self, channel: str) -> Route:
        """Return how a chat that no file names is written to; hidden where nobody may see."""
        chat = self.behind(channel) or 0
        caller, language = self.reader(chat), self.rulebook.config.language
        if caller is None:
            return Route(channel, ChannelKind.TELEGRAM, language, Mask.HIDDEN)
        chosen = caller.person.language if caller.private else caller.chat.language
        address = str(chat)
        return Route(
            channel, ChannelKind.TELEGRAM, chosen or language, caller.mask, address=address
        )

    def asking(self) -> tuple[int, ...]:
        """Return the chats that have asked to be told something and may be."""
        asked = {one.chat for one in self.days.followings()}
        asked |= {one.chat for one in self.days.dailies()}
        return tuple(chat for chat in sorted(asked) if self.reader(chat))

    def extra(self) -> tuple[tuple[Route, ...], tuple[Following, ...]]:
        """Return the channels that no file names, and what is followed there."""
        routes = tuple(self.route(chat_channel(chat)) for chat in self.asking())
        return routes, tuple(self._followed())

    def _followed(self) -> list[Following]:
        found: list[Following] = []
        for one in self.days.followings():
            caller = self.reader(one.chat)
            left = narrowed(one, caller.hotlines) if caller else None
            found += [left] if left else []
        return found

    # --- how people want to be spoken to

    def silent(self, alert: Alert, channel: str) -> bool:
        """Whether a message about `alert` makes no sound in `channel` now."""
        chat = self.behind(channel)
        if chat is None:
            return alert.severity is Severity.INFO
        return is_silent(alert.severity, self._hush(chat), self.clock.now(), self._zone)

    def waking(self, alert: Alert, channel: str, reason: Reason) -> tuple[Line, ...]:
        """Return what stands on top of a message that is to wake somebody in `channel`."""
        chat, now = self.behind(channel), self.clock.now()
        config = self.rulebook.config.channels.get(channel)
        language = config.route.language if config else self.route(channel).language
        say, taken_at = book(language), ""
        if alert.taken_at:
            taken_at = moment(alert.taken_at, say, now=now, zone=self._zone, seconds=False)
        duties = self._awake(chat, now) if chat is not None else ()
        return waking_lines(alert, reason, duties, say, taken_at=taken_at)

    def _awake(self, chat: int, now: datetime) -> tuple[Duty, ...]:
        """Return who is on duty and not in their quiet hours; if all are, everybody is called."""
        duties = on_duty(self.days.duties(), chat, now)
        awake = tuple(one for one in duties if not self._sleeps(one.person, now))
        return awake or duties

    def _sleeps(self, person: int, now: datetime) -> bool:
        hush = self._hush(person)
        return hush is not None and hush.holds(now, self._zone)

    def _hush(self, chat: int) -> Hush | None:
        """Return when `chat` wants no sound: as it asked for, else as an admin has set."""
        if hush := self.days.hush(chat):
            return hush
        known = self.people.known(chat) if chat > 0 else self.people.known_chat(chat)
        hours = read_hours(known.quiet) if known else None
        return Hush(chat, hours) if hours else None

    @property
    def _zone(self) -> ZoneInfo:
        return self.rulebook.config.zone


@dataclass(frozen=True, slots=True)
class GuardedChannel:
    """A chat that asked for messages; it gets none once nobody there may see them."""

    inner: Channel
    chats: Chats
    chat: int

    async def send(self, parcel: Parcel) -> Delivered | Failed:
        """Send `parcel` if the chat may be told."""
        if self.chats.reader(self.chat) is None:
            told = "nobody in this chat may be told any more"
            return Failed(FailureReason.REFUSED, told, permanent=True)
        return await self.inner.send(parcel)
