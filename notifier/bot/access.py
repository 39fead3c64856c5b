"""The skill that lets people and chats in, and tells them what they may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from notifier.bot.binding import Binding
from notifier.bot.entering import Entering
from notifier.bot.granting import Granting
from notifier.bot.oneself import Oneself
from notifier.bot.reception import Reception
from notifier.core.hearing import Moved, Stood
from notifier.core.people import Caller, ChatKind, Right, Role
from notifier.core.secrets import Secret
from notifier.core.talk import Answer, Asked, Command, Reaction, Skill, Tapped

COMMANDS = (
    Command("start", Right.ANYBODY, usage="[code]"),
    Command("help", Right.ANYBODY, ("trogiup",), "[command]", "/help missed"),
    Command("id", Right.ANYBODY),
    Command("whoami", Right.LOOK, ("toilaai",)),
    Command("lang", Right.LOOK, ("ngonngu",), "vi|en", "/lang vi"),
    Command("stop", Right.LOOK, ("thoi",), private=True),
    Command("users", Right.GOVERN, ("nguoidung",), private=True),
    Command(
        "grant",
        Right.GOVERN,
        ("capquyen",),
        "<id> admin|operator|viewer|listen [hotline…]",
        "/grant 123456789 operator 19001000",
        private=True,
    ),
    Command(
        "revoke",
        Right.GOVERN,
        ("thuquyen",),
        "<id> [listen]",
        "/revoke 123456789",
        private=True,
    ),
    Command(
        "link",
        Right.GOVERN,
        ("ganmay",),
        "<id> <extension>|off",
        "/link 123456789 101",
        private=True,
    ),
    Command(
        "invite",
        Right.GOVERN,
        ("moi",),
        "admin|operator|viewer [extension] [hotline…]",
        "/invite operator 101",
        private=True,
    ),
    Command("chats", Right.GOVERN, ("nhom",), private=True),
    # Also in a group that is not bound yet, where nobody has any right: the skill asks for an admin
    Command(
        "bind",
        Right.ANYBODY,
        ("duyetnhom",),
        "[<chat id>] [hotlines=…] [mask=full|last3|hidden] [lang=vi|en] [topic=…]",
        "/bind hotlines=19001000 mask=last3 lang=vi",
    ),
    Command("unbind", Right.ANYBODY, ("bonhom",), "[<chat id>]", "/unbind -1001234567890"),
    Command("audit", Right.GOVERN, ("nhatky",), "[<id>]", "/audit 123456789", private=True),
)
"""What can be asked about people and chats."""

VERBS = {
    "ask": Right.ANYBODY,
    "bind": Right.ANYBODY,
    "let": Right.GOVERN,
    "users": Right.GOVERN,
    "person": Right.GOVERN,
    "role": Right.GOVERN,
    "listen": Right.GOVERN,
    "chat": Right.GOVERN,
    "stop": Right.LOOK,
}
"""What each button needs; `bind` is in groups that are not bound yet, and asks for an admin."""

_Replies: TypeAlias = Mapping[str, Callable[[Asked], tuple[Answer, ...]]]
_Reacts: TypeAlias = Mapping[str, Callable[[Tapped], Reaction]]


@dataclass(slots=True)
class Access:
    """People and access: the skill, and what the front tells of the bot's standing in chats."""

    reception: Reception
    now: Callable[[], datetime]
    skill: Skill = field(init=False)
    _entering: Entering = field(init=False)
    _replies: _Replies = field(init=False)
    _reacts: _Reacts = field(init=False)

    def __post_init__(self) -> None:
        self._entering = Entering(self.reception)
        oneself = Oneself(self.reception, (*COMMANDS, *self.reception.house.commands))
        granting, binding = Granting(self.reception), Binding(self.reception)
        self._replies = _replies(self._entering, oneself, granting, binding)
        self._reacts = _reacts(self._entering, oneself, granting, binding)
        self.skill = Skill(COMMANDS, VERBS, self._reply, self._react)

    def first_admin_link(self, now: datetime) -> Secret | None:
        """Return a new one-time code for the first admin; None where there is an admin.

        Whoever starts the notifier passes it on as `/start <code>` within a quarter of an hour.
        """
        return self._entering.first_admin_link(now)

    async def comes(self, stood: Stood, caller: Caller) -> tuple[Answer, ...]:
        """Heed how the bot stands in a chat now; a new group asks to be let in, in its own time."""
        chat, now = caller.chat, self.now()
        people = self.reception.people
        if chat.kind is ChatKind.PRIVATE:
            if caller.person.role is not Role.STRANGER:
                people.park(chat, "" if stood.writes else "blocked")
        elif not stood.member:
            self._entering.gone(chat, caller.person, now)
        elif chat.bound:
            people.park(chat, "" if stood.writes else "read-only")
        else:
            self._entering.enter(chat, caller.person, now)
        return ()

    def moves(self, moved: Moved) -> None:
        """Follow a group to its new id."""
        self.reception.people.moved(moved.old, moved.new, self.now())

    async def _reply(self, asked: Asked) -> tuple[Answer, ...]:
        return self._replies[asked.command.name](asked)

    async def _react(self, tapped: Tapped) -> Reaction:
        return self._reacts[tapped.verb](tapped)


def _replies(
    entering: Entering, oneself: Oneself, granting: Granting, binding: Binding
) -> _Replies:
    return {
        "start": entering.start,
        "help": oneself.help,
        "id": oneself.identity,
        "whoami": oneself.whoami,
        "lang": oneself.language,
        "stop": oneself.stop,
        "users": granting.users,
        "grant": granting.grant,
        "revoke": granting.revoke,
        "link": granting.link,
        "invite": granting.invite,
        "audit": granting.audit,
        "chats": binding.chats,
        "bind": binding.bind,
        "unbind": binding.unbind,
    }


def _reacts(entering: Entering, oneself: Oneself, granting: Granting, binding: Binding) -> _Reacts:
    return {
        "ask": entering.ask,
        "bind": entering.bind,
        "let": entering.let,
        "users": granting.page,
        "person": granting.person,
        "role": granting.role,
        "listen": granting.listen,
        "chat": binding.chat,
        "stop": oneself.stopped,
    }
