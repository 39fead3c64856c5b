"""From a text to a command that may be answered, or to the sentence that says why not."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from notifier.core.alerts import Language
from notifier.core.messages import Message, Phrases, plain
from notifier.core.people import Caller, Right, Role
from notifier.core.talk import Command, Skill

_LONGEST_ECHO = 32
"""Letters of an unknown command that are said back."""


@dataclass(frozen=True, slots=True)
class Order:
    """A text that begins with a command."""

    name: str
    """Without its slash and in lower case."""
    words: tuple[str, ...]
    bot: str = ""
    """Name of the bot that it is for, in lower case; "" if it names none."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A command with the skill that answers it."""

    skill: Skill
    command: Command
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an order is not carried out: the name of a sentence, and its facts."""

    sentence: str
    facts: dict[str, object] = field(default_factory=dict)

    def message(self, say: Phrases) -> Message:
        """Return it in words."""
        return Message((plain(say(self.sentence, **self.facts)),))


def read_order(text: str) -> Order | None:
    """Return the command that `text` begins with; None where it begins with none."""
    first, *words = text.split() or [""]
    name, _, bot = first.removeprefix("/").partition("@")
    if not first.startswith("/") or not name:
        return None
    return Order(name.lower(), tuple(words), bot.lower())


def understand(order: Order, skills: Sequence[Skill], caller: Caller) -> Understood | Refused:
    """Return the command that `order` names if `caller` may use it here, else why it is refused.

    Strangers learn nothing from the refusal: not even whether there is such a command.
    """
    found = _found(order, skills)
    known = caller.person.role is not Role.STRANGER
    if found is None or not (known or found.command.right is Right.ANYBODY):
        return _unknown(order, skills, caller) if known else Refused("bot.stranger")
    if why := refusal(found.command.right, caller):
        return Refused(why)
    if found.command.private and not caller.private:
        return Refused("bot.private_only")
    return found


def refusal(right: Right, caller: Caller) -> str:
    """Return the name of the sentence that says why `caller` may not do that here; "" if so."""
    if caller.may(right):
        return ""
    if caller.person.role is Role.STRANGER:
        return "bot.stranger"
    if not (caller.private or caller.chat.bound):
        return "bot.unbound"
    in_private = right in {Right.GOVERN, Right.LISTEN} and not caller.private
    return "bot.private_only" if in_private else "bot.denied"


def verb_of(verb: str, skills: Sequence[Skill]) -> tuple[Skill, Right] | None:
    """Return the skill that reacts to `verb`, and what it needs; None if there is none."""
    return next(((skill, skill.verbs[verb]) for skill in skills if verb in skill.verbs), None)


def usage_of(command: Command, say: Phrases) -> Message:
    """Return how `command` is put rightly, on one line."""
    usage = f"/{command.name} {command.usage}".rstrip()
    text = say("command.usage", usage=usage, example=command.example or f"/{command.name}")
    return Message((plain(text),))


def language_of(caller: Caller, spoken: Language | None, default: Language) -> Language:
    """Return the language to answer in: the group's own, or the person's in private.

    `spoken` is that of the person's client, for those who have chosen none.
    """
    if not caller.private:
        return caller.chat.language or default
    chosen = caller.person.language or caller.chat.language
    if chosen is None and caller.person.role is Role.STRANGER:
        chosen = spoken
    return chosen or default


def names_of(command: Command) -> tuple[str, ...]:
    """Return every word by which `command` is called, its own name first."""
    return (command.name, *command.aliases)


def _each(skills: Sequence[Skill]) -> Iterator[tuple[Skill, Command]]:
    for skill in skills:
        for command in skill.commands:
            yield skill, command


def _found(order: Order, skills: Sequence[Skill]) -> Understood | None:
    """Return what `order` names; `/c_1042` is `/c 1042`, so that an id can be tapped in a text."""
    head, bar, tail = order.name.partition("_")
    forms = [(order.name, order.words)]
    if bar and tail:
        forms.append((head, (tail, *order.words)))
    for name, words in forms:
        for skill, command in _each(skills):
            if name in names_of(command):
                return Understood(skill, command, words)
    return None


def _unknown(order: Order, skills: Sequence[Skill], caller: Caller) -> Refused:
    """Return that there is no such command, with the nearest of those that `caller` may use."""
    usable = [
        name
        for _, command in _each(skills)
        if caller.may(command.right)
        for name in names_of(command)
    ]
    near = difflib.get_close_matches(order.name, usable, n=1)
    told = f"/{order.name[:_LONGEST_ECHO]}"
    if near:
        return Refused("command.did_you_mean", {"command": told, "suggestion": f"/{near[0]}"})
    return Refused("command.unknown", {"command": told})
