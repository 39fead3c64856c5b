"""The lists of commands that a chat's client offers while somebody types a slash."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notifier.core.alerts import Language
from notifier.core.commanding import names_of
from notifier.core.messages import Phrases
from notifier.core.people import Right
from notifier.core.talk import Command

MOST_COMMANDS = 100
"""Commands of one list: Telegram's bound."""

LONGEST_DESCRIPTION = 256
"""Letters of a description: Telegram's bound."""

PRIVATE, GROUPS = "private", "groups"
"""Whose menu: everybody's in private, every group's; else the id of one admin's private chat."""


@dataclass(frozen=True, slots=True)
class Menu:
    """One list, for those of one language in one kind of chat. It allows nothing by itself."""

    scope: str
    language: Language | None
    """None for clients of any other language."""
    lines: tuple[tuple[str, str], ...]
    """Commands without their slash, and what each does."""

    @property
    def key(self) -> str:
        """Return what tells it from the other menus."""
        return f"{self.scope}:{self.language.value if self.language else ''}"

    @property
    def digest(self) -> str:
        """Return a hash of its lines: an unchanged menu is not sent again."""
        said = "\x00".join(f"{name}\x01{told}" for name, told in self.lines)
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def menus(
    commands: Sequence[Command],
    books: Sequence[tuple[Language | None, Phrases]],
    admins: Iterable[int] = (),
) -> tuple[Menu, ...]:
    """Return every menu: in private, in groups, and for each of the `admins` by id.

    In Vietnamese a command is listed by its first alias, if it has one; both are understood.
    """
    everyday = [command for command in commands if command.right is not Right.GOVERN]
    shared = [command for command in everyday if not command.private]
    lists = [(PRIVATE, everyday), (GROUPS, shared), *((str(one), [*commands]) for one in admins)]
    return tuple(
        Menu(scope, language, _lines(listed, language, say))
        for scope, listed in lists
        for language, say in books
    )


def _lines(
    commands: Iterable[Command], language: Language | None, say: Phrases
) -> tuple[tuple[str, str], ...]:
    lines = [(_name(command, language), _description(command, say)) for command in commands]
    return tuple(lines[:MOST_COMMANDS])


def _name(command: Command, language: Language | None) -> str:
    names = names_of(command)
    return names[1] if language is Language.VI and len(names) > 1 else names[0]


def _description(command: Command, say: Phrases) -> str:
    """Return what `command` does; its usage where no sentence says it."""
    try:
        told = say(f"command.{command.name}")
    except KeyError:
        told = command.usage or command.name
    return told[:LONGEST_DESCRIPTION]
