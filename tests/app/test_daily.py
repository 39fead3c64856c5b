"""Daily life over real tables: whoever may no longer see is told no more, and nothing is lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from notifier.app.chats import Chats, GuardedChannel
from notifier.app.digests import Digests
from notifier.app.parking import TRIED_EVERY, ParkedChats
from notifier.app.rulebook import Names, Rulebook
from notifier.config.loading import load
from notifier.core.alerts import Language, Reason, Severity
from notifier.core.calendars import Span
from notifier.core.dailies import CHAT_DIGEST, Daily
from notifier.core.deliveries import Delivered, Failed, FailureReason, Outcome, Parcel
from notifier.core.followings import Following, chat_channel
from notifier.core.health import Health
from notifier.core.living import Duty, Hush
from notifier.core.people import Chat, ChatKind, Person, Role
from notifier.core.phones import Mask
from notifier.store.daily import DailyLife
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from notifier.store.people import People
from notifier.store.reading import Archive
from tests.builders import MINUTE, NOON, SECOND, a_call, an_alert
from tests.fakes.clock import FakeClock

LAN, GROUP, SALES = 555000222, -1002223334445, -1009998887776

RULES = f"""
version: 1
timezone: Asia/Ho_Chi_Minh
language: en
source: {{api_key: "${{env:KEY}}", base_url: https://pbx.example.vn}}
telegram: {{token: "${{env:TOKEN}}", admins: [555000111]}}
channels:
  nhom: {{telegram: {{chat: {GROUP}, language: vi}}}}
  crm: {{webhook: {{url: https://crm.example.vn, secret: "${{env:KEY}}"}}}}
defaults: {{to: nhom}}
rules:
  goi_nho: {{when: missed}}
"""


@dataclass
class Town:
    """A service's memory, and the people in it."""

    database: Database
    rulebook: Rulebook
    clock: FakeClock
    health: Health = field(default_factory=lambda: Health(NOON))
    known: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    owed: int = 0

    def __post_init__(self) -> None:
        self.people = People(self.database)
        self.days = DailyLife(self.database)
        self.chats = Chats(self.rulebook, self.people, self.days, self.clock)
        self.rulebook.extra = self.chats.extra
        self.people.put_person(Person(LAN, "Lan", Role.OPERATOR))
        self.people.put_chat(Chat(SALES, ChatKind.GROUP, bound=True, hotlines=("19001000",)))
        self.people.follow_file((), (Chat(GROUP, ChatKind.GROUP, language=Language.VI),))

    def lot(self) -> ParkedChats:
        return ParkedChats(self.chats, self.people, self.clock, self)

    def chat_parked(self, channel: str, why: str) -> None:
        self.told.append((channel, why))

    def chat_revived(self, channel: str) -> None:
        self.told.append((channel, "revived"))

    def topic_gone(self, channel: str) -> None:
        self.told.append((channel, "topic"))

    def parked(self) -> frozenset[str]:
        return frozenset(self.known)

    def digests(self) -> Digests:
        def on_owed() -> None:
            self.owed += 1

        return Digests(
            self.days,
            self.chats,
            Ledger(self.database),
            Archive(self.database),
            self.rulebook,
            self.health,
            self.clock,
            on_owed,
        )

    def let_go(self) -> None:
        """Nobody is let in any more."""
        self.people.put_person(Person(LAN, "Lan", Role.STRANGER))
        self.people.put_chat(Chat(SALES, ChatKind.GROUP))

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.database.run(sql)]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    key = "whsec_" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo="
    config = load(rules, environment={"KEY": key, "TOKEN": "1:t"})
    database = Database.open(tmp_path / "n.db")
    yield Town(database, Rulebook(config, Names(config.directory)), FakeClock(NOON))
    database.close()


# --- what may be seen


def test_a_chat_that_follows_has_a_channel_in_its_own_language_and_mask(town: Town) -> None:
    town.people.put_person(Person(LAN, "Lan", Role.OPERATOR, language=Language.VI))
    town.days.follow(Following(LAN))
    town.days.follow(Following(SALES, hotlines=("19001000", "19002000")))

    engine = town.rulebook.engine()

    lan, sales = engine.routes[chat_channel(LAN)], engine.routes[chat_channel(SALES)]
    assert (lan.language, lan.mask) == (Language.VI, Mask.FULL)
    assert (sales.language, sales.mask) == (Language.EN, Mask.LAST3)
    assert engine.followings == (Following(SALES, hotlines=("19001000",)), Following(LAN))


def test_whoever_is_let_go_follows_nothing_from_that_moment(town: Town) -> None:
    town.days.follow(Following(LAN))
    town.days.follow(Following(SALES))
    before = town.rulebook.engine()

    town.let_go()

    engine = town.rulebook.engine()
    assert (len(before.followings), engine.followings) == (2, ())
    assert set(engine.routes) == {"nhom", "crm"}
    assert town.chats.route(chat_channel(LAN)).mask is Mask.HIDDEN


def test_the_engine_is_made_anew_only_when_something_was_asked_for(town: Town) -> None:
    first = town.rulebook.engine()

    again = town.rulebook.engine()
    town.days.follow(Following(LAN))

    assert again is first
    assert town.rulebook.engine() is not first
    assert town.rulebook.engine().routes["nhom"].address == str(GROUP)


@dataclass
class Way:
    parcels: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Outcome:
        self.parcels.append(parcel)
        return Delivered()


async def test_a_message_that_waited_for_somebody_let_go_is_not_sent(town: Town) -> None:
    way = Way()
    channel = GuardedChannel(way, town.chats, LAN)
    sent = await channel.send(Parcel("msg_1", 1))

    town.let_go()
    held = await channel.send(Parcel("msg_2", 1))

    assert sent == Delivered()
    assert isinstance(held, Failed)
    assert (held.reason, held.permanent) == (FailureReason.REFUSED, True)
    assert [parcel.id for parcel in way.parcels] == ["msg_1"]


# --- quiet and duty


@pytest.mark.parametrize(
    ("channel", "severity", "silent"),
    [
        ("nhom", Severity.WARNING, True),
        ("nhom", Severity.CRITICAL, False),
        (chat_channel(LAN), Severity.WARNING, False),
        (chat_channel(LAN), Severity.INFO, True),
        ("crm", Severity.INFO, True),
        ("crm", Severity.WARNING, False),
    ],
)
def test_quiet_is_that_of_the_chat_behind_the_channel(
    town: Town,
    channel: str,
    severity: Severity,
    silent: bool,  # noqa: FBT001
) -> None:
    town.days.set_hush(Hush(GROUP, Span(time(11), time(13))))

    assert town.chats.silent(an_alert(severity=severity), channel) is silent


def test_hours_that_an_admin_has_set_hold_until_the_chat_asks_for_others(town: Town) -> None:
    sales = Chat(SALES, ChatKind.GROUP, bound=True, quiet="11:00-13:00")
    town.people.put_chat(sales)
    channel, alert = chat_channel(SALES), an_alert(severity=Severity.WARNING)
    before = town.chats.silent(alert, channel)

    town.days.set_hush(Hush(SALES))

    assert before
    assert not town.chats.silent(alert, channel)


def called(town: Town, channel: str, reason: Reason, **facts: object) -> list[str]:
    lines = town.chats.waking(replace(an_alert(), **facts), channel, reason)  # type: ignore[arg-type]
    return ["".join(span.text for span in line) for line in lines]


def test_people_on_duty_are_called_but_for_those_who_sleep(town: Town) -> None:
    town.days.set_duties(GROUP, [Duty(LAN, "Lan", GROUP), Duty(7, "Minh", GROUP)], "1", NOON)
    town.days.set_hush(Hush(LAN, always=True))

    one = called(town, "nhom", Reason.ESCALATE)
    town.days.set_hush(Hush(7, always=True))
    all_sleep = called(town, "nhom", Reason.ESCALATE)

    assert one == ["📣 Gọi người trực: Minh"]
    assert all_sleep == ["📣 Gọi người trực: Minh, Lan"]
    assert called(town, "crm", Reason.ESCALATE) == []


def test_a_reminder_says_who_took_it_and_when_in_the_readers_language(town: Town) -> None:
    facts = {"taken_by": "Lan", "taken_at": NOON}

    said = [called(town, c, Reason.REMIND, **facts) for c in ("nhom", chat_channel(LAN))]

    assert said == [
        ["⏰ Nhắc: Lan đã nhận từ 12:00 mà chưa xong"],
        ["⏰ Reminder: Lan took this at 12:00 and has not finished"],
    ]


# --- parked chats


def test_a_chat_is_left_alone_for_an_hour_and_told_of_once(town: Town) -> None:
    lot = town.lot()
    before = lot.until("nhom")

    lot.park("nhom", "kicked")
    lot.park("nhom", "kicked")

    assert before is None
    assert lot.until("nhom") == NOON + TRIED_EVERY
    assert town.told == [("nhom", "kicked")]
    known = town.people.known_chat(GROUP)
    assert known
    assert known.parked == "kicked"


def test_a_chat_that_takes_a_message_is_as_before(town: Town) -> None:
    lot = town.lot()
    lot.park("nhom", "kicked")

    lot.revive("nhom")
    lot.revive("nhom")

    assert lot.until("nhom") is None
    assert town.told == [("nhom", "kicked"), ("nhom", "revived")]


def test_a_sign_from_telegram_ends_the_wait_at_once(town: Town) -> None:
    lot = town.lot()
    lot.park("nhom", "kicked")
    known = town.people.known_chat(GROUP)
    assert known

    town.people.park(known, "")

    assert lot.until("nhom") is None


def test_what_was_parked_before_a_restart_is_tried_and_said_to_be_well(town: Town) -> None:
    town.lot().park(chat_channel(LAN), "blocked")
    town.known.append(chat_channel(LAN))
    lot = town.lot()
    tried = lot.until(chat_channel(LAN))

    lot.revive(chat_channel(LAN))

    assert tried is None
    assert town.told[-1] == (chat_channel(LAN), "revived")


def test_a_chat_that_is_only_a_public_name_can_be_parked(town: Town) -> None:
    lot = town.lot()

    lot.park("crm", "kicked")
    parked = lot.until("crm")
    lot.revive("crm")
    lot.went_astray("crm")

    assert parked == NOON + TRIED_EVERY
    assert town.told == [("crm", "kicked"), ("crm", "revived"), ("crm", "topic")]


# --- digests

MORNING = Daily(LAN, time(8), NOON - timedelta(days=3))


def read_until(town: Town, at: datetime) -> None:
    town.health.succeeded(at, at)


def owed_digests(town: Town) -> list[tuple[object, ...]]:
    return town.rows(
        "SELECT d.channel, d.reason FROM deliveries d JOIN alerts a ON a.id = d.alert "  # noqa: S608
        f"WHERE a.rule = '{CHAT_DIGEST}'"
    )


def test_a_digest_is_owed_once_whatever_is_started_again(town: Town) -> None:
    town.days.set_daily(MORNING)
    read_until(town, NOON)

    town.digests().tick()
    town.digests().tick()
    once = owed_digests(town)
    town.clock.at += timedelta(days=1)
    read_until(town, town.clock.now())
    town.digests().tick()

    assert once == [(chat_channel(LAN), "new")]
    assert len(owed_digests(town)) == 2
    assert town.owed == 2


def test_a_digest_waits_until_calls_have_been_read_since_it_was_due(town: Town) -> None:
    town.days.set_daily(MORNING)
    digests = town.digests()

    digests.tick()
    read_until(town, NOON - 5 * 60 * MINUTE)
    digests.tick()
    early = owed_digests(town)
    read_until(town, NOON)
    digests.tick()

    assert early == []
    assert len(owed_digests(town)) == 1


def test_whoever_was_let_go_gets_no_digest(town: Town) -> None:
    town.days.set_daily(MORNING)
    read_until(town, NOON)
    town.let_go()

    town.digests().tick()

    assert owed_digests(town) == []


def test_a_digest_tells_of_the_calls_that_were_read(town: Town) -> None:
    town.days.set_daily(MORNING)
    yesterday = NOON - timedelta(days=1)
    call = a_call(started_at=yesterday, ended_at=yesterday + 20 * SECOND)
    Ledger(town.database).take_in({call.id: call}, None, NOON)
    read_until(town, NOON)

    town.digests().tick()

    ((count,),) = town.rows(f"SELECT count FROM alerts WHERE rule = '{CHAT_DIGEST}'")  # noqa: S608
    assert count == 1
