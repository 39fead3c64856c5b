"""A second front for the skills: commands that are typed, and buttons that are tapped by number."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notifier.core.alerts import Language
from notifier.core.commanding import Refused, read_order, refusal, understand, verb_of
from notifier.core.markup import to_text
from notifier.core.messages import Button, Message, Phrases, code, plain
from notifier.core.people import Caller, Chat, ChatKind, Person, Role
from notifier.core.talk import Answer, Asked, File, Skill, Tapped, read_data

LEAVING = frozenset({"/quit", "/exit", "/thoat"})
"""What ends a conversation."""

_HELP = frozenset({"help", "trogiup"})


def at_a_terminal(language: Language) -> Caller:
    """Return who asks at a terminal: whoever reads the files of the service may ask everything."""
    person = Person(0, "", Role.ADMIN, language=language)
    return Caller(person, Chat(0, ChatKind.PRIVATE, bound=True))


@dataclass(slots=True)
class Terminal:
    """One person at a terminal, in private."""

    skills: Sequence[Skill]
    caller: Caller
    say: Phrases
    keep: Callable[[File], str]
    """Keeps a file and returns where it is."""
    _buttons: list[Button] = field(default_factory=list)
    """Those of the last answer that had any."""

    async def answer(self, line: str, now: datetime) -> tuple[str, ...] | None:
        """Return what is answered to `line`, a text a message; None where it says goodbye.

        A line is a command, with its slash or without, or the number of a button.
        """
        typed = line.strip()
        if typed.isascii() and typed.isdecimal():
            return await self._tap(int(typed), now)
        order = read_order(typed if typed.startswith("/") else f"/{typed}")
        if order is None:
            return ()
        if f"/{order.name}" in LEAVING:
            return None
        found = understand(order, self.skills, self.caller)
        if isinstance(found, Refused):
            helps = order.name in _HELP
            return (to_text(self._help() if helps else found.message(self.say)),)
        if found.skill.reply is None:
            return ()
        asked = Asked(found.command, found.words, self.caller, now)
        return self._shown(await found.skill.reply(asked))

    async def _tap(self, number: int, now: datetime) -> tuple[str, ...]:
        if not 1 <= number <= len(self._buttons):
            return (self.say("chat.no_button", n=number),)
        read = read_data(self._buttons[number - 1].data)
        found = verb_of(read[0], self.skills) if read else None
        if read is None or found is None or found[0].react is None:
            return (self.say("bot.old_button"),)
        if refusal(found[1], self.caller):
            return (self.say("chat.not_allowed"),)
        verb, about, argument = read
        reaction = await found[0].react(Tapped(verb, about, argument, self.caller, 0, now))
        popup = (reaction.popup,) if reaction.popup else ()
        return (*popup, *self._shown(reaction.answers))

    def _shown(self, answers: Iterable[Answer]) -> tuple[str, ...]:
        return tuple("\n".join(self._lines(answer)) for answer in answers)

    def _lines(self, answer: Answer) -> Iterator[str]:
        yield to_text(answer.message)
        if answer.file:
            yield self.say("chat.saved", path=self.keep(answer.file))
        buttons = [button for row in answer.message.buttons for button in row if button.data]
        if buttons:
            self._buttons = buttons
            yield "  ".join(
                self.say("chat.button", n=place, label=button.label)
                for place, button in enumerate(buttons, 1)
            )

    def _help(self) -> Message:
        """Return the commands that may be used here, each with what may follow it."""
        usable = [
            command
            for skill in self.skills
            for command in skill.commands
            if self.caller.may(command.right)
        ]
        lines = [
            (
                code(f"/{command.name} {command.usage}".rstrip()),
                plain(f" · {self.say(f'command.{command.name}')}"),
            )
            for command in usable
        ]
        leave = (code("/quit"), plain(f" · {self.say('command.quit')}"))
        return Message((plain(self.say("chat.commands")),), (*lines, leave))
