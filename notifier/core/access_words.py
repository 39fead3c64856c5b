"""What admins write after their commands: people, roles, hotlines and how a chat is bound."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from notifier.core.alerts import Language
from notifier.core.people import Chat, Role
from notifier.core.phones import Mask, normalise

_ROLES = {
    "admin": Role.ADMIN,
    "quanly": Role.ADMIN,
    "operator": Role.OPERATOR,
    "nhanvien": Role.OPERATOR,
    "viewer": Role.VIEWER,
    "xem": Role.VIEWER,
}

_ALL = frozenset({"all", "tatca"})
"""Words for every hotline."""

_NONE = frozenset({"off", "none", "bo"})
"""Words that take something away."""

_LISTEN = frozenset({"listen", "ghiam"})
"""Words for recordings."""

_MOST_DIGITS = 15
"""Of an id: Telegram's have at most 52 bits."""


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation is to give."""

    role: Role
    extension: str
    """"" for none."""
    hotlines: tuple[str, ...]
    """Empty for all."""


def read_role(word: str) -> Role | None:
    """Return the role that `word` names; None if it names none that can be given."""
    return _ROLES.get(word.lower())


def names_recordings(word: str) -> bool:
    """Whether `word` stands for the right to listen to recordings."""
    return word.lower() in _LISTEN


def read_person(word: str) -> int | None:
    """Return the id of a person; None for a name or @username, which prove nothing."""
    digits = re.fullmatch(r"[1-9][0-9]*", word, re.ASCII)
    return int(word) if digits and len(word) <= _MOST_DIGITS else None


def read_chat(word: str) -> int | None:
    """Return the id of a group, which is negative; None if `word` is none."""
    return -read if word.startswith("-") and (read := read_person(word[1:])) else None


def read_extension(word: str) -> str | None:
    """Return an extension of 2 to 6 digits, "" for a word that takes it away; None if neither."""
    if word.lower() in _NONE:
        return ""
    return word if re.fullmatch(r"[0-9]{2,6}", word, re.ASCII) else None


def read_hotlines(words: Iterable[str], known: Sequence[str]) -> tuple[str, ...] | None:
    """Return hotlines in the spelling of `known`, empty for all; None if one is not known.

    Where `known` is empty the directory names no hotlines, and any number is taken.
    """
    written = [word for word in words if word]
    if {word.lower() for word in written} <= _ALL:
        return ()
    spelling = {normalise(number): number for number in known}
    numbers = [normalise(word) for word in written]
    if known:
        found = [spelling.get(number, "") for number in numbers]
    else:
        found = [number if re.fullmatch(r"\+?[0-9]+", number) else "" for number in numbers]
    return tuple(dict.fromkeys(found)) if all(found) else None


def read_invitation(words: Sequence[str], known: Sequence[str]) -> Invited | None:
    """Return what `<role> [extension] [hotline…]` gives; None if it cannot be read."""
    role = read_role(words[0]) if words else None
    if role is None:
        return None
    extension = read_extension(words[1]) if len(words) > 1 else None
    hotlines = read_hotlines(words[2 if extension is not None else 1 :], known)
    return None if hotlines is None else Invited(role, extension or "", hotlines)


def read_binding(chat: Chat, words: Iterable[str], known: Sequence[str]) -> Chat | str:
    """Return `chat` bound as `words` say, or the first word that says nothing.

    The words are `hotlines=19001000,19002000` or `hotlines=all`, `mask=last3`, `lang=vi` and
    `topic=12` or `topic=none`; what is not named stays as it was.
    """
    bound = replace(chat, bound=True)
    for word in words:
        name, _, value = word.partition("=")
        changed = _option(bound, name.lower(), value, known)
        if changed is None:
            return word
        bound = changed
    return bound


def _option(chat: Chat, name: str, value: str, known: Sequence[str]) -> Chat | None:
    match name:
        case "hotlines" if value:
            hotlines = read_hotlines(value.split(","), known)
            return None if hotlines is None else replace(chat, hotlines=hotlines)
        case "mask" if value in set(Mask):
            return replace(chat, mask=Mask(value))
        case "lang" if value in set(Language):
            return replace(chat, language=Language(value))
        case "topic" if value.lower() in _NONE:
            return replace(chat, topic=None)
        case "topic" if topic := read_person(value):
            return replace(chat, topic=topic)
        case _:
            return None
