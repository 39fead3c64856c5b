"""Quiet hours, duty and the file, as they are asked for in a chat or a terminal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from notifier.bot.wanting import Wanting, Wants, governs, told, usage
from notifier.core.alerts import Language
from notifier.core.living import (
    EVERYWHERE,
    LONGEST_SNOOZE,
    Duty,
    Hush,
    hours_text,
    on_duty,
    read_hours,
    read_length,
    read_until,
)
from notifier.core.messages import Message, Phrases, bold, plain
from notifier.core.moments import moment
from notifier.core.people import Caller, Person, Right, Role
from notifier.core.talk import Answer, Asked, Command, Skill

MOST_PROBLEMS = 10
"""Problems of the file that are listed; the log has all."""

_OFF = "off"

COMMANDS = (
    Command("snooze", Right.LOOK, ("tamim",), usage="30m | off", example="/snooze 30m"),
    Command(
        "quiet", Right.LOOK, ("giolang",), usage="22:00-07:00 | off", example="/quiet 22:00-07:00"
    ),
    Command("dnd", Right.LOOK, ("khongkeu",), usage="[off]", example="/dnd"),
    Command(
        "duty",
        Right.LOOK,
        ("truc",),
        usage="[me | @user… | off] [until]",
        example="/duty @lan 18:00",
    ),
    Command("reload", Right.GOVERN, ("taplai",), example="/reload", private=True),
)
"""What can be asked here; what follows and what is told daily is asked in `wanting`."""


class Days(Wants, Protocol):
    """Where quiet and duty are kept."""

    def hush(self, chat: int) -> Hush | None:
        """Return when `chat` wants no sound; None if it never said so."""
        ...

    def set_hush(self, hush: Hush) -> None:
        """Have a chat be quiet as `hush` says, and no more as it was before."""
        ...

    def duties(self) -> tuple[Duty, ...]:
        """Return who was named for duty where, those whose time is over too."""
        ...

    def set_duties(self, chat: int, duties: Iterable[Duty], by: str, now: datetime) -> None:
        """Have just `duties` be on duty in `chat`; nobody, if there are none."""
        ...


class People(Protocol):
    """Who may use the bot."""

    def people(self) -> Sequence[Person]:
        """Return everybody who has a role."""
        ...


@dataclass(frozen=True, slots=True)
class Living:
    """Answers the commands of daily life."""

    days: Days
    people: People
    reload: Callable[[], Sequence[str]]
    """Has the file read anew; returns its problems, none if its rules are in force now."""
    book: Callable[[Language], Phrases]
    language: Language
    """Of the file: for whoever has chosen none."""
    zone: ZoneInfo
    on_wanted: Callable[[], None] = field(default=lambda: None)
    """Told that a chat has asked for something else than before."""

    def skill(self) -> Skill:
        """Return it as a front takes it."""
        wanting = self._wanting()
        return Skill(
            commands=(*COMMANDS, *wanting.commands),
            verbs=wanting.verbs,
            reply=self.reply,
            react=wanting.react,
        )

    def _wanting(self) -> Wanting:
        return Wanting(self.days, self.say, self.on_wanted)

    async def reply(self, asked: Asked) -> tuple[Answer, ...]:
        """Return the answer to a command that this person may give here."""
        answers: dict[str, Callable[[Asked, Phrases], Answer]] = {
            "snooze": self._snooze,
            "quiet": self._quiet,
            "dnd": self._dnd,
            "duty": self._duty,
            "reload": self._reload,
        }
        say = self.say(asked.caller)
        answer = answers.get(asked.command.name)
        return (answer(asked, say),) if answer else (self._wanting().reply(asked, say),)

    def say(self, caller: Caller) -> Phrases:
        """Return the sentences of a caller's language: of the person in private, else the chat."""
        chosen = caller.person.language if caller.private else caller.chat.language
        return self.book(chosen or self.language)

    # --- quiet

    def _snooze(self, asked: Asked, say: Phrases) -> Answer:
        word = asked.words[0] if asked.words else ""
        length = read_length(word)
        if word == _OFF:
            return self._hushed(asked, say, until=None)
        if length is None or length > LONGEST_SNOOZE:
            return usage(asked, say, word)
        return self._hushed(asked, say, until=asked.now + length)

    def _quiet(self, asked: Asked, say: Phrases) -> Answer:
        word = asked.words[0] if asked.words else ""
        hours = read_hours(word)
        if hours is None and word != _OFF:
            return usage(asked, say, word)
        return self._hushed(asked, say, hours=hours)

    def _dnd(self, asked: Asked, say: Phrases) -> Answer:
        word = asked.words[0] if asked.words else ""
        if word not in {"", "on", _OFF}:
            return usage(asked, say, word)
        return self._hushed(asked, say, always=word != _OFF)

    def _hushed(self, asked: Asked, say: Phrases, **moved: object) -> Answer:
        """Have this chat be quiet in another way, what was asked before stays."""
        if not governs(asked.caller):
            return told(say("living.admins_only"))
        chat = asked.caller.chat.id
        hush = replace(self.days.hush(chat) or Hush(chat), **moved)  # type: ignore[arg-type]  # names of its fields
        self.days.set_hush(hush)
        return told(*self._quiet_lines(hush, asked.now, say))

    def _quiet_lines(self, hush: Hush, now: datetime, say: Phrases) -> list[str]:
        lines: list[str] = []
        if hush.always:
            lines.append(say("living.no_sound"))
        if hush.until is not None and now < hush.until:
            at = moment(hush.until, say, now=now, zone=self.zone, seconds=False)
            lines.append(say("living.no_sound_until", at=at))
        if hush.hours is not None:
            lines.append(say("living.no_sound_hours", hours=hours_text(hush.hours)))
        return lines or [say("living.sound")]

    # --- duty

    def _duty(self, asked: Asked, say: Phrases) -> Answer:
        if not asked.words:
            return self._who(asked, say)
        here = EVERYWHERE if asked.caller.private else asked.caller.chat.id
        names, until = list(asked.words), None
        if len(names) > 1 or read_until(names[0], asked.now, self.zone):
            until = read_until(names[-1], asked.now, self.zone)
        names = names[:-1] if until else names
        if not names:
            return usage(asked, say, asked.words[0])
        if not self._may_name(asked.caller, names):
            return told(say("living.admins_only"))
        known = {f"@{one.username.lower()}": one for one in self.people.people() if one.username}
        known["me"] = asked.caller.person
        if names != [_OFF] and (strange := [n for n in names if n.lower() not in known]):
            return told(say("living.duty_unknown", who=strange[0]))
        people = [] if names == [_OFF] else [known[name.lower()] for name in names]
        duties = [Duty(one.id, one.name, here, until) for one in people]
        self.days.set_duties(here, duties, str(asked.caller.person.id), asked.now)
        return self._who(asked, say)

    def _may_name(self, caller: Caller, names: Sequence[str]) -> bool:
        """Whether this person may name those: an admin anybody, in a group others themselves."""
        if caller.person.role is Role.ADMIN:
            return True
        return list(names) == ["me"] and not caller.private and caller.may(Right.WORK)

    def _who(self, asked: Asked, say: Phrases) -> Answer:
        chat = EVERYWHERE if asked.caller.private else asked.caller.chat.id
        duties = on_duty(self.days.duties(), chat, asked.now)
        if not duties:
            return told(say("living.duty_nobody"))
        names = ", ".join(self._on_duty(duty, asked.now, say) for duty in duties)
        everywhere = duties[0].chat == EVERYWHERE
        where = say("living.duty_everywhere" if everywhere else "living.duty_here")
        return told(say("living.duty", who=names), where)

    def _on_duty(self, duty: Duty, now: datetime, say: Phrases) -> str:
        if duty.until is None:
            return duty.name
        at = moment(duty.until, say, now=now, zone=self.zone, seconds=False)
        return say("living.duty_until", name=duty.name, at=at)

    # --- the file

    def _reload(self, asked: Asked, say: Phrases) -> Answer:
        del asked
        problems = self.reload()
        if not problems:
            return told(say("living.reloaded"))
        left = len(problems) - MOST_PROBLEMS
        shown = [*problems[:MOST_PROBLEMS], *([f"… +{left}"] if left > 0 else [])]
        header = (bold(say("living.not_reloaded")),)
        return Answer(Message(header, tuple((plain(line),) for line in shown)))
