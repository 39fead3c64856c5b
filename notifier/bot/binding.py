"""What admins do about chats: bind them with their hotlines, mask, language and topic, or not."""

from dataclasses import dataclass, replace
from datetime import datetime

from notifier.bot.reception import Reception
from notifier.core.access import Choice, Deed, Done, No, Step
from notifier.core.access_lists import chat_line, chat_list
from notifier.core.access_words import read_binding, read_chat
from notifier.core.admitting import decided, may_govern
from notifier.core.messages import Message
from notifier.core.people import Caller, Chat, Role
from notifier.core.talk import Answer, Asked, Reaction, Tapped


@dataclass(frozen=True, slots=True)
class Binding:
    """Changes in which chats the bot answers."""

    reception: Reception

    def chats(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /chats: every group that is known."""
        return (Answer(self._list(asked.caller)),)

    def bind(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /bind: the group in which it is written; in private the one whose id is first."""
        caller = asked.caller
        if why := self._refused(caller):
            return why
        chat, words = self._meant(asked)
        if chat is None:
            return self.reception.usage(asked)
        bound = read_binding(chat, words, self.reception.house.hotlines())
        if isinstance(bound, str):
            return self.reception.usage(asked)
        self._put(caller, bound, asked.now, Deed.BOUND, " ".join(words))
        return self._said(caller, bound)

    def unbind(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /unbind: nothing is answered in that group any more."""
        caller = asked.caller
        if why := self._refused(caller):
            return why
        chat, words = self._meant(asked)
        if chat is None or words:
            return self.reception.usage(asked)
        return self._said(caller, self._unbind(caller, chat, asked.now))

    def chat(self, tapped: Tapped) -> Reaction:
        """React to a tap in the list of chats."""
        caller, identity = tapped.caller, read_chat(tapped.about)
        chat = self.reception.people.known_chat(identity) if identity else None
        if chat is None:
            return self.reception.no_popup(caller, No.GONE)
        if tapped.argument == "bind":
            self._put(caller, replace(chat, bound=True), tapped.now, Deed.BOUND, "")
        elif self._unbind(caller, chat, tapped.now).bound:
            return Reaction(self.reception.say(caller)("people.of_file"), loud=True)
        return Reaction(answers=(Answer(self._list(caller), edits=True),))

    def _refused(self, caller: Caller) -> tuple[Answer, ...]:
        """Return what whoever may not govern is told; empty for admins."""
        if caller.person.role is Role.STRANGER:
            return self.reception.told(caller, "bot.stranger")
        why = may_govern(caller)
        return self.reception.no(caller, why) if why else ()

    def _meant(self, asked: Asked) -> tuple[Chat | None, tuple[str, ...]]:
        """Return the group that is meant and the words after it; None if there is no such one."""
        if not asked.caller.private:
            return asked.caller.chat, asked.words
        identity = read_chat(asked.words[0]) if asked.words else None
        known = self.reception.people.known_chat(identity) if identity else None
        return known, asked.words[1:]

    def _unbind(self, caller: Caller, chat: Chat, now: datetime) -> Chat:
        """Unbind a chat and return it as it is then: one that the file names stays bound."""
        self._put(caller, replace(chat, bound=False), now, Deed.UNBOUND, "")
        return self.reception.people.chat(chat.id, chat.kind, title=chat.title)

    def _put(self, caller: Caller, chat: Chat, now: datetime, deed: Deed, detail: str) -> None:
        request = self.reception.entrance.open_of_chat(chat.id) if chat.bound else None
        answer = decided(request, Choice.BIND, caller.person, now) if request else None
        requests = () if answer is None or isinstance(answer, No) else (answer,)
        done = Done(now, caller.person.id, deed, chat=chat.id, detail=detail)
        self.reception.record(Step(chats=(chat,), requests=requests, done=(done,)), now)

    def _said(self, caller: Caller, chat: Chat) -> tuple[Answer, ...]:
        return (Answer(Message(chat_line(chat, self.reception.say(caller)))),)

    def _list(self, caller: Caller) -> Message:
        return chat_list(self.reception.people.chats(), self.reception.say(caller))
