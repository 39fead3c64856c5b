"""What a chat asks to be told by itself: alerts that it follows, and a digest each day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from notifier.core.alerts import Severity
from notifier.core.dailies import DAYS, EVERY_DAY, Daily, days_text, read_days
from notifier.core.followings import Following, Interest
from notifier.core.living import read_time
from notifier.core.messages import Button, ButtonStyle, Message, Phrases, plain
from notifier.core.people import Caller, Right, Role
from notifier.core.reports import Covers
from notifier.core.talk import Answer, Asked, Command, Reaction, Tapped, data_of

COMMANDS = (
    Command(
        "sub",
        Right.LOOK,
        ("theodoi",),
        usage="[all | missed | long | many | quiet | report]… [hotline]… [info|warning|critical]",
        example="/sub missed 19001000 warning",
    ),
    Command("unsub", Right.LOOK, ("thoitheodoi",), example="/unsub"),
    Command(
        "digest", Right.LOOK, ("bantin",), usage="08:00 [mon-sat] | off", example="/digest 08:00"
    ),
)
"""What can be asked here."""

FOLLOW = "follow"
"""Verb of the buttons that follow a kind of alert, or no longer."""

_OFF = "off"
_ALL = "all"
_SHORTEST_HOTLINE = 3


class Wants(Protocol):
    """Where it is kept what chats have asked for."""

    def followings(self) -> tuple[Following, ...]:
        """Return what each chat follows."""
        ...

    def follow(self, following: Following) -> None:
        """Have a chat follow just what `following` says."""
        ...

    def unfollow(self, chat: int) -> bool:
        """Have a chat follow nothing; whether it did follow something."""
        ...

    def dailies(self) -> tuple[Daily, ...]:
        """Return what each chat is told daily."""
        ...

    def set_daily(self, daily: Daily) -> None:
        """Have a chat be told each day as `daily` says, and not as before."""
        ...

    def end_daily(self, chat: int) -> bool:
        """Have a chat be told nothing daily; whether it was."""
        ...


def told(*lines: str) -> Answer:
    """Return an answer of plain `lines`."""
    header, *rest = lines
    return Answer(Message((plain(header),), tuple((plain(line),) for line in rest)))


def usage(asked: Asked, say: Phrases, word: str) -> Answer:
    """Return how the command is put rightly, where `word` was not understood."""
    command = asked.command
    how = f"/{command.name} {command.usage}".strip()
    return told(say("living.usage", word=word, usage=how, example=command.example))


def governs(caller: Caller) -> bool:
    """Whether this person decides for this chat: in private everybody, else admins."""
    return caller.private or caller.person.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class Wanting:
    """Answers what is asked about following and digests."""

    wants: Wants
    say: Callable[[Caller], Phrases]
    on_wanted: Callable[[], None]
    commands: tuple[Command, ...] = COMMANDS
    verbs: dict[str, Right] = field(default_factory=lambda: {FOLLOW: Right.LOOK})

    def reply(self, asked: Asked, say: Phrases) -> Answer:
        """Return the answer to one of `COMMANDS`."""
        if asked.words and not governs(asked.caller):
            return told(say("living.admins_only"))
        match asked.command.name:
            case "sub":
                return self._follow(asked, say)
            case "unsub" if governs(asked.caller):
                self.wants.unfollow(asked.caller.chat.id)
                self.on_wanted()
                return self._followed(asked.caller, say)
            case "digest":
                return self._digest(asked, say)
            case _:
                return told(say("living.admins_only"))

    async def react(self, tapped: Tapped) -> Reaction:
        """Follow a kind of alert, or no longer; the tapped message shows it."""
        caller, say = tapped.caller, self.say(tapped.caller)
        if not governs(caller):
            return Reaction(say("living.admins_only"), loud=True)
        if tapped.about not in set(Interest):
            return Reaction()
        chat, interest = caller.chat.id, Interest(tapped.about)
        past = self._of(chat) or Following(chat, frozenset(), caller.hotlines)
        on = tapped.argument != _OFF
        interests = past.interests | {interest} if on else past.interests - {interest}
        if interests:
            self.wants.follow(replace(past, interests=interests))
        else:
            self.wants.unfollow(chat)
        self.on_wanted()
        return Reaction(answers=(replace(self._followed(caller, say), edits=True),))

    # --- following

    def _follow(self, asked: Asked, say: Phrases) -> Answer:
        caller = asked.caller
        if not asked.words:
            return self._followed(caller, say)
        interests, hotlines, least = set[Interest](), list[str](), Severity.INFO
        for word in map(str.lower, asked.words):
            if word in set(Interest):
                interests.add(Interest(word))
            elif word in set(Severity):
                least = Severity(word)
            elif word.isdecimal() and len(word) >= _SHORTEST_HOTLINE:
                hotlines.append(word)
            elif word != _ALL:
                return usage(asked, say, word)
        allowed = caller.hotlines
        if allowed and (barred := [one for one in hotlines if one not in allowed]):
            return told(say("living.no_hotline", hotline=barred[0]))
        kinds = frozenset(interests or Interest)
        chosen = tuple(hotlines) or allowed
        self.wants.follow(Following(caller.chat.id, kinds, chosen, least))
        self.on_wanted()
        return self._followed(caller, say)

    def _followed(self, caller: Caller, say: Phrases) -> Answer:
        """Return what is followed here, with a button for each kind if this person decides."""
        following = self._of(caller.chat.id)
        lines: Sequence[str] = (say("living.follows_nothing"),)
        if following:
            kinds = [_named(one, say) for one in Interest if one in following.interests]
            places = ", ".join(following.hotlines) or say("living.all_hotlines")
            severity = say(f"severity.{following.least.value}")
            lines = (
                say("living.follows", what=", ".join(kinds)),
                say("living.follows_hotlines", hotlines=places),
                say("living.follows_least", severity=severity),
            )
        answer = told(*lines)
        if not governs(caller):
            return answer
        followed = following.interests if following else frozenset()
        buttons = tuple((_toggle(one, say, on=one in followed),) for one in Interest)
        return replace(answer, message=replace(answer.message, buttons=buttons))

    def _of(self, chat: int) -> Following | None:
        return next((one for one in self.wants.followings() if one.chat == chat), None)

    # --- digests

    def _digest(self, asked: Asked, say: Phrases) -> Answer:
        caller, words = asked.caller, asked.words
        if words == (_OFF,):
            self.wants.end_daily(caller.chat.id)
        elif words:
            daily = _read_daily(asked)
            if daily is None:
                return usage(asked, say, " ".join(words))
            self.wants.set_daily(daily)
        if words:
            self.on_wanted()
        of_chat = (one for one in self.wants.dailies() if one.chat == caller.chat.id)
        return _daily_told(next(of_chat, None), say)


def _read_daily(asked: Asked) -> Daily | None:
    """Return the digest that the words ask for; None if they are not understood."""
    at, *rest = asked.words
    clock = read_time(at)
    days = read_days(rest[0]) if rest else EVERY_DAY
    if clock is None or not days or len(rest) > 1:
        return None
    chat, hotlines = asked.caller.chat.id, asked.caller.hotlines
    return Daily(chat, clock, since=asked.now, days=days, hotlines=hotlines)


def _daily_told(daily: Daily | None, say: Phrases) -> Answer:
    if daily is None:
        return told(say("living.daily_none"))
    named = days_text(daily.days)
    days = ", ".join(say(f"rules.day.{DAYS.index(day)}") for day in named.split(",") if day)
    part = "morning" if daily.covers is Covers.YESTERDAY else "evening"
    shown = say("living.daily", at=f"{daily.at:%H:%M}", days=days or say("living.every_day"))
    return told(shown, say(f"living.daily_{part}"))


def _named(interest: Interest, say: Phrases) -> str:
    return say(f"living.interest.{interest.value}")


def _toggle(interest: Interest, say: Phrases, *, on: bool) -> Button:
    label = f"{'☑️' if on else '▫️'} {_named(interest, say)}"
    style = ButtonStyle.GOOD if on else ButtonStyle.NORMAL
    return Button(label, data=data_of(FOLLOW, interest.value, _OFF if on else "on"), style=style)
