"""Lists for admins, and what somebody reads about themselves: people, chats, deeds, commands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from notifier.core.access import Done
from notifier.core.access_cards import Eyes, called, described, who
from notifier.core.commanding import names_of
from notifier.core.messages import Button, ButtonStyle, Line, Message, Phrases, bold, code, plain
from notifier.core.people import Caller, Chat, Person, Right, Role
from notifier.core.talk import Command, data_of

PAGE = 8
"""People on one page: each has a button, and a phone shows no more at a glance."""

OPEN_TO_ALL = ("start", "id", "help")
"""Commands of strangers."""

_ICONS = {Role.ADMIN: "👑", Role.OPERATOR: "🎧", Role.VIEWER: "👁", Role.STRANGER: "▫️"}

_GIVEN = (Role.OPERATOR, Role.ADMIN, Role.VIEWER)


def people_list(people: Sequence[Person], page: int, say: Phrases) -> Message:
    """Return one page of everybody who has a role; the nearest page if there is no such one."""
    pages = max(-(-len(people) // PAGE), 1)
    page = min(max(page, 0), pages - 1)
    shown = people[page * PAGE : (page + 1) * PAGE]
    heading = say("people.list", n=len(people))
    counted = f" · {page + 1}/{pages}" if pages > 1 else ""
    buttons = [
        Button(called(person.name) or str(person.id), data_of("person", str(person.id)))
        for person in shown
    ]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    turns = [(page - 1, "◀"), (page + 1, "▶")]
    turning = tuple(
        Button(label, data_of("users", str(to))) for to, label in turns if 0 <= to < pages
    )
    return Message(
        header=(bold(heading), plain(counted)),
        lines=tuple(_person_line(person, say) for person in shown),
        buttons=(*rows, turning) if turning else tuple(rows),
        more=say("people.more", n="{n}"),
    )


def _person_line(person: Person, say: Phrases) -> Line:
    told = "".join(f" · {part}" for part in _holds(person, say))
    name = who(person.id, person.name, person.username)
    return (plain(f"{_ICONS[person.role]} "), *name, plain(told))


def _holds(person: Person, say: Phrases) -> Iterator[str]:
    """Yield what somebody has besides their role."""
    if person.extension:
        yield say("people.extension", extension=person.extension)
    if person.hotlines:
        yield ", ".join(person.hotlines)
    if person.listens:
        yield say("people.listens")


def person_card(person: Person, eyes: Eyes) -> Message:
    """Return one person with the buttons that change what they may do."""
    say = eyes.say
    lines: list[Line] = [who(person.id, person.name, person.username)]
    lines += [(plain(told),) for told in _holds(person, say)]
    if person.since:
        lines.append((plain(say("people.since", at=eyes.moment(person.since))),))
    header = (plain(f"{_ICONS[person.role]} "), bold(eyes.role(person.role)))
    return Message(header, tuple(lines), buttons=tuple(_changes(person, say)))


def _changes(person: Person, say: Phrases) -> Iterator[tuple[Button, ...]]:
    identity = str(person.id)
    others = [role for role in _GIVEN if role is not person.role]
    yield tuple(
        Button(say(f"button.let.{role.value}"), data_of("role", identity, role.value))
        for role in others
    )
    if person.role is not Role.STRANGER:
        listen = "off" if person.listens else "on"
        taken = data_of("role", identity, Role.STRANGER.value)
        yield (
            Button(say(f"button.listen.{listen}"), data_of("listen", identity, listen)),
            Button(say("button.revoke"), taken, style=ButtonStyle.DANGER),
        )
    yield (Button(say("button.users"), data_of("users", "0")),)


def chat_list(chats: Sequence[Chat], say: Phrases) -> Message:
    """Return every group that is known, each with how it is bound and a button for that."""
    rows = []
    for chat in chats:
        act, style = ("unbind", ButtonStyle.DANGER) if chat.bound else ("bind", ButtonStyle.GOOD)
        label = say(f"button.{act}", title=called(chat.title) or str(chat.id))
        rows.append((Button(label, data_of("chat", str(chat.id), act), style=style),))
    return Message(
        header=(bold(say("people.chats", n=len(chats))),),
        lines=tuple(chat_line(chat, say) for chat in chats),
        buttons=tuple(rows[:PAGE]),
        more=say("people.more", n="{n}"),
    )


def chat_line(chat: Chat, say: Phrases) -> Line:
    """Return a chat with how it is bound."""
    parts = [say("people.bound" if chat.bound else "people.unbound")]
    if chat.bound:
        parts.append(", ".join(chat.hotlines) or say("people.every_hotline"))
        parts.append(say(f"mask.{chat.mask.value}"))
    if chat.language:
        parts.append(say(f"language.{chat.language.value}"))
    if chat.topic:
        parts.append(say("people.topic", topic=chat.topic))
    if chat.parked:
        parts.append(say("people.parked", why=called(chat.parked)))
    icon = "✅" if chat.bound else "▫️"
    told = " · ".join(parts)
    return (plain(f"{icon} "), *who(chat.id, chat.title), plain(f" · {told}"))


def deed_list(done: Sequence[Done], names: Mapping[int, str], eyes: Eyes) -> Message:
    """Return deeds, one a line; `names` are those of people and chats, by id."""
    return Message(
        header=(bold(eyes.say("people.deeds", n=len(done))),),
        lines=tuple((plain(_deed(one, names, eyes)),) for one in done),
        more=eyes.say("people.more", n="{n}"),
    )


def _deed(done: Done, names: Mapping[int, str], eyes: Eyes) -> str:
    by = _named(done.by, names) if done.by else eyes.say("people.notifier")
    about = [_named(one, names) for one in (done.person, done.chat) if one and one != done.by]
    parts = [eyes.say(f"deed.{done.deed.value}"), *about, called(done.detail)]
    return f"{eyes.moment(done.at)} {by}: " + " · ".join(part for part in parts if part)


def _named(identity: int, names: Mapping[int, str]) -> str:
    name = called(names.get(identity, ""))
    return f"{name} ({identity})" if name else str(identity)


def ids_of(caller: Caller, say: Phrases) -> Message:
    """Return the ids of whoever asks and of the chat; they say nothing about calls."""
    lines: list[Line] = [(plain(f"{say('people.your_id')}: "), code(str(caller.person.id)))]
    if not caller.private:
        lines.append((plain(f"{say('people.chat_id')}: "), code(str(caller.chat.id))))
    if caller.chat.topic:
        lines.append((plain(say("people.topic", topic=caller.chat.topic)),))
    return Message(lines[0], tuple(lines[1:]))


def oneself(caller: Caller, eyes: Eyes) -> Message:
    """Return what somebody is and may see here."""
    say, person = eyes.say, caller.person
    hotlines = [one for one in caller.hotlines if one]
    nothing = bool(caller.hotlines) and not hotlines
    seen = say("people.no_hotline") if nothing else ", ".join(hotlines)
    lines: list[Line] = [
        (plain(say("people.you_are", role=eyes.role(person.role))),),
        (plain(f"{say('people.you_see')}: {seen or say('people.every_hotline')}"),),
        (plain(f"{say('people.numbers')}: {say(f'mask.{caller.mask.value}')}"),),
    ]
    if person.extension:
        lines.append((plain(say("people.extension", extension=person.extension)),))
    if caller.may(Right.LISTEN):
        lines.append((plain(say("people.listens")),))
    return Message(who(person.id, person.name, person.username), tuple(lines))


def usable(commands: Iterable[Command], caller: Caller) -> list[Command]:
    """Return the commands that somebody may give here; a stranger sees only what is theirs."""
    if caller.person.role is Role.STRANGER:
        return [command for command in commands if command.name in OPEN_TO_ALL]
    return [
        command
        for command in commands
        if caller.may(command.right) and (caller.private or not command.private)
    ]


def help_list(commands: Sequence[Command], say: Phrases) -> Message:
    """Return what can be asked, one command a line."""
    return Message(
        header=(bold(say("people.commands")),),
        lines=tuple(
            (code(f"/{command.name}"), plain(f" {described(command, say)}")) for command in commands
        ),
        more=say("people.more", n="{n}"),
    )


def help_on(command: Command, say: Phrases) -> Message:
    """Return how one command is put, with its other names."""
    usage = f"/{command.name} {command.usage}".rstrip()
    lines: list[Line] = [(plain(described(command, say)),)]
    if command.aliases:
        others = ", ".join(f"/{name}" for name in names_of(command)[1:])
        lines.append((plain(say("people.aliases", names=others)),))
    if command.example:
        lines.append((plain(f"{say('people.example')}: "), code(command.example)))
    return Message((code(usage),), tuple(lines))
