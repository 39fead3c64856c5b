"""Quiet, duty, following, digests and the file, as people ask for them."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import TypeVar

import pytest

from notifier.bot.living import MOST_PROBLEMS, Living
from notifier.bot.wanting import FOLLOW
from notifier.core.alerts import Language, Severity
from notifier.core.calendars import Span
from notifier.core.dailies import Daily
from notifier.core.followings import Following, Interest
from notifier.core.living import EVERYWHERE, Duty, Hush
from notifier.core.markup import to_text
from notifier.core.people import Caller, Chat, ChatKind, Person, Role
from notifier.core.talk import Answer, Asked, Reaction, Tapped
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON

LAN = Person(101, "Lan", Role.OPERATOR, "lan")
AN = Person(109, "An", Role.ADMIN, "AnAdmin")
HOA = Person(103, "Hoa", Role.VIEWER)
T = TypeVar("T")

GROUP = Chat(-1001112223334, ChatKind.GROUP, bound=True)


def in_private(person: Person) -> Caller:
    return Caller(person, Chat(person.id, ChatKind.PRIVATE))


def in_group(person: Person, **facts: object) -> Caller:
    return Caller(person, replace(GROUP, **facts))  # type: ignore[arg-type]


@dataclass
class Days:
    """The store in memory."""

    hushes: dict[int, Hush] = field(default_factory=dict)
    named: dict[int, tuple[Duty, ...]] = field(default_factory=dict)
    follows: dict[int, Following] = field(default_factory=dict)
    daily: dict[int, Daily] = field(default_factory=dict)

    def hush(self, chat: int) -> Hush | None:
        return self.hushes.get(chat)

    def set_hush(self, hush: Hush) -> None:
        self.hushes[hush.chat] = hush

    def duties(self) -> tuple[Duty, ...]:
        return tuple(duty for duties in self.named.values() for duty in duties)

    def set_duties(self, chat: int, duties: Iterable[Duty], by: str, now: datetime) -> None:
        del by, now
        self.named[chat] = tuple(duties)

    def followings(self) -> tuple[Following, ...]:
        return tuple(self.follows.values())

    def follow(self, following: Following) -> None:
        self.follows[following.chat] = following

    def unfollow(self, chat: int) -> bool:
        return self.follows.pop(chat, None) is not None

    def dailies(self) -> tuple[Daily, ...]:
        return tuple(self.daily.values())

    def set_daily(self, daily: Daily) -> None:
        self.daily[daily.chat] = daily

    def end_daily(self, chat: int) -> bool:
        return self.daily.pop(chat, None) is not None


@dataclass
class Room:
    days: Days = field(default_factory=Days)
    problems: tuple[str, ...] = ()
    wanted: int = 0

    def people(self) -> list[Person]:
        return [LAN, AN, HOA]

    def living(self) -> Living:
        def on_wanted() -> None:
            self.wanted += 1

        return Living(self.days, self, lambda: self.problems, book, Language.EN, HANOI, on_wanted)

    def ask(self, line: str, caller: Caller) -> Answer:
        name, *words = line.removeprefix("/").split()
        skill = self.living().skill()
        (command,) = (one for one in skill.commands if one.name == name)
        assert skill.reply
        (answer,) = asyncio.run(_whole(skill.reply(Asked(command, tuple(words), caller, NOON))))
        return answer

    def say(self, line: str, caller: Caller) -> str:
        return to_text(self.ask(line, caller).message)

    def tap(self, about: str, argument: str, caller: Caller) -> Reaction:
        skill = self.living().skill()
        assert skill.react
        tapped = Tapped(FOLLOW, about, argument, caller, 7, NOON)
        return asyncio.run(_whole(skill.react(tapped)))


async def _whole(answer: Awaitable[T]) -> T:
    return await answer


# --- quiet


def test_a_pause_of_half_an_hour_is_for_this_chat() -> None:
    room = Room()

    said = room.say("/snooze 30m", in_private(LAN))

    assert room.days.hushes == {101: Hush(101, until=NOON + 30 * MINUTE)}
    assert said == "🔕 Messages here make no sound until 12:30. Critical ones still do."


def test_hours_a_pause_and_quiet_for_good_stand_beside_each_other() -> None:
    room = Room()
    room.ask("/quiet 22:00-07:00", in_private(LAN))
    room.ask("/snooze 2h", in_private(LAN))

    said = room.say("/dnd", in_private(LAN))

    night = Span(time(22), time(7))
    assert room.days.hushes == {101: Hush(101, night, NOON + timedelta(hours=2), always=True)}
    assert len(said.splitlines()) == 3


def test_each_is_ended_by_off() -> None:
    room = Room()
    room.days.set_hush(Hush(101, Span(time(22), time(7)), NOON + MINUTE, always=True))

    for line in ("/quiet off", "/snooze off"):
        room.ask(line, in_private(LAN))
    said = room.say("/dnd off", in_private(LAN))

    assert room.days.hushes == {101: Hush(101)}
    assert said == "🔔 Messages here make their usual sound."


@pytest.mark.parametrize(
    "line",
    ["/snooze", "/snooze 8d", "/snooze x", "/quiet", "/quiet 22", "/dnd later", "/sub <b>",
     "/digest 25:00", "/digest 08:00 xday", "/digest 08:00 mon tue"],
)  # fmt: skip
def test_what_is_not_understood_changes_nothing_and_says_how(line: str) -> None:
    room = Room()

    said = room.say(line, in_private(LAN))

    assert said.startswith("“")
    assert f"Example: {line.split(maxsplit=1)[0]}" in said
    assert room.days == Days()


@pytest.mark.parametrize("line", ["/quiet 22:00-07:00", "/sub all", "/unsub", "/digest 08:00"])
def test_for_a_group_only_an_admin_decides(line: str) -> None:
    room = Room()

    refused = room.say(line, in_group(LAN))
    untouched = room.days == Days()
    taken = room.say(line, in_group(AN))

    assert refused == "In a group, only an admin may change this."
    assert untouched
    assert taken != refused


# --- duty


def test_an_admin_names_people_until_an_hour() -> None:
    room = Room()

    said = room.say("/duty @Lan me 18:00", in_group(AN))

    until = NOON + timedelta(hours=6)
    chat = GROUP.id
    assert room.days.named[chat] == (Duty(101, "Lan", chat, until), Duty(109, "An", chat, until))
    assert said == "📣 On duty: Lan (until 18:00), An (until 18:00)\nIn this group."


def test_in_private_an_admin_names_people_for_everywhere() -> None:
    room = Room()

    said = room.say("/duty @lan", in_private(AN))

    assert room.days.named == {EVERYWHERE: (Duty(101, "Lan"),)}
    assert said.endswith("In every group without people on duty of its own.")


def test_nobody_is_on_duty_any_more() -> None:
    room = Room()
    room.ask("/duty me", in_group(LAN))
    before = room.say("/duty", in_group(HOA))

    said = room.say("/duty off", in_group(AN))

    assert before == "📣 On duty: Lan\nIn this group."
    assert said == "📣 Nobody is on duty."


@pytest.mark.parametrize(
    ("line", "caller"),
    [
        ("/duty @lan", in_group(LAN)),
        ("/duty me", in_private(LAN)),
        ("/duty me", in_group(HOA)),
        ("/duty off", in_group(LAN)),
        ("/duty 18:00", in_group(AN)),
    ],
    ids=["others", "everywhere", "a viewer", "nobody", "no name"],
)
def test_whoever_is_no_admin_names_only_themselves_in_a_group(line: str, caller: Caller) -> None:
    room = Room()

    room.ask(line, caller)

    assert room.days.named == {}


def test_an_end_without_a_name_is_not_understood() -> None:
    said = Room().say("/duty 18:00", in_group(AN))

    assert said.startswith("“18:00” is not understood.")


def test_only_people_who_are_known_can_be_on_duty() -> None:
    room = Room()

    said = room.say("/duty @stranger 18:00", in_group(AN))

    assert said.startswith("@stranger is unknown.")
    assert room.days.named == {}


# --- following


def test_what_is_followed_is_said_back_with_a_button_for_each_kind() -> None:
    room = Room()

    answer = room.ask("/sub missed many 19001000 warning", in_private(LAN))

    kinds = frozenset({Interest.MISSED, Interest.MANY})
    assert room.days.follows == {101: Following(101, kinds, ("19001000",), Severity.WARNING)}
    assert to_text(answer.message) == (
        "👁 Followed here: missed calls, many calls at once\nHotlines: 19001000\n"
        f"From severity: {book(Language.EN)('severity.warning')}"
    )
    labels = [button.label for row in answer.message.buttons for button in row]
    assert labels[:2] == ["☑️ missed calls", "▫️ other calls"]
    assert room.wanted == 1


def test_a_hotline_that_may_not_be_seen_cannot_be_followed() -> None:
    room = Room()
    caller = in_private(replace(LAN, hotlines=("19001000",)))

    said = room.say("/sub 19002000", caller)
    room.ask("/sub all", caller)

    assert said == "Hotline 19002000 may not be seen here."
    assert room.days.follows[101].hotlines == ("19001000",)


def test_nothing_is_followed_any_more() -> None:
    room = Room()
    room.ask("/sub", in_private(LAN))
    room.ask("/sub all", in_private(LAN))

    said = room.say("/unsub", in_private(LAN))

    assert said.startswith("Nothing is followed here")
    assert room.days.follows == {}


def test_whoever_may_not_decide_sees_no_buttons() -> None:
    room = Room()

    answer = room.ask("/sub", in_group(LAN))

    assert answer.message.buttons == ()


def test_a_tap_follows_a_kind_and_another_tap_no_longer() -> None:
    room = Room()

    first = room.tap("missed", "on", in_private(LAN))
    followed = dict(room.days.follows)
    room.tap("missed", "off", in_private(LAN))

    assert followed == {101: Following(101, frozenset({Interest.MISSED}))}
    assert room.days.follows == {}
    assert first.answers[0].edits
    assert room.wanted == 2


@pytest.mark.parametrize(
    ("about", "caller", "popup"),
    [
        ("missed", in_group(LAN), "In a group, only an admin may change this."),
        ("forged", in_private(LAN), ""),
    ],
    ids=["no admin", "forged"],
)
def test_a_tap_that_may_not_be_changes_nothing(about: str, caller: Caller, popup: str) -> None:
    room = Room()

    reaction = room.tap(about, "on", caller)

    assert (reaction.popup, room.days.follows) == (popup, {})


# --- digests


@pytest.mark.parametrize(
    ("line", "daily", "said"),
    [
        (
            "/digest 08:00 mon-sat",
            Daily(101, time(8), NOON, frozenset(range(6))),
            "yesterday's totals",
        ),
        ("/digest 17:30", Daily(101, time(17, 30), NOON), "the day's totals"),
    ],
    ids=["morning", "evening"],
)
def test_a_digest_is_told_in_the_morning_or_in_the_evening(
    line: str, daily: Daily, said: str
) -> None:
    room = Room()

    answer = room.say(line, in_private(LAN))

    assert room.days.daily == {101: daily}
    assert said in answer


def test_a_digest_is_shown_and_ended() -> None:
    room = Room()
    room.ask("/digest 08:00", in_private(LAN))

    shown = room.say("/digest", in_private(LAN))
    ended = room.say("/digest off", in_private(LAN))

    assert shown.startswith("🗞 Digest at 08:00, every day.")
    assert ended == "No daily digest is set."


# --- the file


def test_a_file_that_is_well_is_taken_up() -> None:
    said = Room().say("/reload", in_private(AN))

    assert said == "✅ The configuration was read again; the new rules are in force."


def test_the_problems_of_the_file_are_listed_up_to_a_number() -> None:
    room = Room(problems=tuple(f"rules.yaml:{n}" for n in range(MOST_PROBLEMS + 3)))

    lines = room.say("/reload", in_private(AN)).splitlines()

    assert lines[1] == "rules.yaml:0"
    assert (len(lines), lines[-1]) == (MOST_PROBLEMS + 2, "… +3")


def test_each_is_answered_in_the_language_of_the_chat_or_the_person() -> None:
    room = Room()

    private = room.say("/duty", in_private(replace(LAN, language=Language.VI)))
    group = room.say("/duty", in_group(LAN, language=Language.VI))

    assert private == group == "📣 Chưa có ai trực."
