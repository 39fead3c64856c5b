"""What everybody may ask about themselves: ids, rights, help, language, and to be let go."""

from dataclasses import dataclass, replace

from notifier.bot.reception import Reception
from notifier.core.access import Deed, Done, No, Step
from notifier.core.access_lists import help_list, help_on, ids_of, oneself, usable
from notifier.core.admitting import may_govern, may_stop, with_role
from notifier.core.alerts import Language
from notifier.core.commanding import names_of
from notifier.core.messages import Button, ButtonStyle, Message, plain
from notifier.core.people import Caller, Role
from notifier.core.talk import Answer, Asked, Command, Reaction, Tapped, data_of


@dataclass(frozen=True, slots=True)
class Oneself:
    """Answers what somebody asks about themselves."""

    reception: Reception
    commands: tuple[Command, ...]
    """Of every skill."""

    def identity(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /id."""
        return (Answer(ids_of(asked.caller, self.reception.say(asked.caller))),)

    def whoami(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /whoami."""
        return (Answer(oneself(asked.caller, self.reception.eyes(asked.caller, asked.now))),)

    def help(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /help: what may be asked here, or how one command is put."""
        commands, say = usable(self.commands, asked.caller), self.reception.say(asked.caller)
        wanted = asked.words[0].removeprefix("/").lower() if asked.words else ""
        if not wanted:
            return (Answer(help_list(commands, say)),)
        for command in commands:
            if wanted in names_of(command):
                return (Answer(help_on(command, say)),)
        return self.reception.told(asked.caller, "command.unknown", command=f"/{wanted[:32]}")

    def language(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /lang: one's own in private; a group's is for an admin to choose."""
        caller, now = asked.caller, asked.now
        if not asked.words or asked.words[0].lower() not in set(Language):
            return self.reception.usage(asked)
        language = Language(asked.words[0].lower())
        if not caller.private and (why := may_govern(caller)):
            return self.reception.no(caller, why)
        done = Done(now, caller.person.id, Deed.LANGUAGE, detail=language.value)
        if caller.private:
            person = replace(caller.person, language=language)
            self.reception.record(Step(people=(person,), done=(done,)), now)
            spoken = replace(caller, person=person)
        else:
            chat = replace(caller.chat, language=language)
            done = replace(done, chat=chat.id)
            self.reception.record(Step(chats=(chat,), done=(done,)), now)
            spoken = replace(caller, chat=chat)
        return self.reception.told(spoken, "people.speaks")

    def stop(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /stop: ask whether it is meant, for it takes an admin to come back."""
        if why := self._stays(asked.caller):
            return self.reception.no(asked.caller, why)
        say = self.reception.say(asked.caller)
        button = Button(say("button.stop"), data_of("stop", "me"), style=ButtonStyle.DANGER)
        return (Answer(Message((plain(say("people.stop")),), buttons=((button,),))),)

    def stopped(self, tapped: Tapped) -> Reaction:
        """React to the tap that says so."""
        caller, now = tapped.caller, tapped.now
        if why := self._stays(caller):
            return self.reception.no_popup(caller, why)
        person = with_role(caller.person, Role.STRANGER, now)
        done = Done(now, person.id, Deed.STOPPED)
        self.reception.record(Step(people=(person,), done=(done,)), now)
        farewell = self.reception.say(caller)("people.stopped")
        return Reaction(answers=(Answer(Message((plain(farewell),)), edits=True),))

    def _stays(self, caller: Caller) -> No | None:
        return may_stop(caller.person, self.reception.people.admins())
