"""Between a chat and the skills: who asks, whether they may, what is answered and how."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from notifier.bot.doors import Clock, Comes, Dialogs, Moves, People
from notifier.bot.posting import Poster
from notifier.bot.strangers import Strangers
from notifier.core.addressing import addressed, own_place
from notifier.core.alerts import Language
from notifier.core.commanding import (
    Order,
    Refused,
    language_of,
    read_order,
    refusal,
    understand,
    verb_of,
)
from notifier.core.hearing import Heard, Moved, Place, Post, Pressed, Said, Speaker, Stood
from notifier.core.messages import Message, Phrases, plain
from notifier.core.people import Caller, Role
from notifier.core.talk import Answer, Asked, Reaction, Skill, Tapped, read_data

log = logging.getLogger(__name__)

WAITED_FOR = timedelta(minutes=15)
"""How long a reply that was asked for is waited for."""


@dataclass(slots=True)
class Front:
    """Answers what is heard, through the skills that it is given."""

    skills: tuple[Skill, ...]
    people: People
    poster: Poster
    dialogs: Dialogs
    clock: Clock
    book: Callable[[Language], Phrases]
    language: Language
    """Language of the file, for who has chosen none."""
    comes: tuple[Comes, ...] = ()
    moves: tuple[Moves, ...] = ()
    name: str = ""
    """The bot's own; orders for another are not for us. "" while it is not known."""
    _strangers: Strangers = field(default_factory=Strangers)

    async def hear(self, heard: Heard) -> None:
        """Do what follows from it; whatever a skill raises is raised."""
        match heard:
            case Said():
                await self._said(heard)
            case Pressed():
                await self._pressed(heard)
            case Stood():
                await self._stood(heard)
            case Moved():
                for moves in self.moves:
                    moves(heard)

    async def give_up(self, heard: Heard) -> None:
        """Say that it could not be done, to whoever waits for it."""
        match heard:
            case Pressed(query=query, speaker=speaker, place=place):
                say = self._book(self._caller(speaker, place or own_place(speaker)), speaker)
                await self.poster.popup(query, say("bot.failed"), loud=True)
            case Said(speaker=speaker, place=place):
                caller = self._caller(speaker, place)
                await self._tell(heard, caller, Refused("bot.failed"))
            case _:
                log.warning("a change of a chat was not taken up")

    async def _said(self, said: Said) -> None:
        caller = self._caller(said.speaker, said.place)
        order = read_order(said.text) or self._completed(said)
        if order is not None and order.bot not in {"", self.name.lower()} and self.name:
            return
        if order is None and not caller.private:
            return
        stranger = caller.person.role is Role.STRANGER
        if stranger and not self._strangers.admit(caller.person.id, self.clock.now()):
            return
        if order is None:
            await self._tell(said, caller, Refused("bot.stranger" if stranger else "bot.hint"))
            return
        await self._obey(said, order, caller)

    async def _obey(self, said: Said, order: Order, caller: Caller) -> None:
        found = understand(order, self.skills, caller)
        if isinstance(found, Refused):
            await self._tell(said, caller, found)
            return
        if found.skill.reply is None:
            return
        now = self.clock.now()
        asked = Asked(found.command, found.words, caller, now, replied_to=said.replied_to)
        for answer in await found.skill.reply(asked):
            await self._answer(answer, caller, said.place, replies_to=said.message)

    def _completed(self, said: Said) -> Order | None:
        """Return the command that a reply completes; None if no reply was waited for."""
        if said.replied_to is None:
            return None
        now, person = self.clock.now(), said.speaker.id
        line = self.dialogs.asked_back(said.place.id, said.replied_to, person=person, now=now)
        order = read_order(f"/{line.removeprefix('/')}") if line else None
        return replace(order, words=(*order.words, *said.text.split())) if order else None

    async def _pressed(self, pressed: Pressed) -> None:
        """React to a tap, and answer it once, whatever it was."""
        place = pressed.place or own_place(pressed.speaker)
        caller = self._caller(pressed.speaker, place)
        reaction = await self._reaction(pressed, caller)
        await self.poster.popup(pressed.query, reaction.popup, loud=reaction.loud)
        for answer in reaction.answers:
            await self._answer(answer, caller, place, tapped=pressed.message)

    async def _reaction(self, pressed: Pressed, caller: Caller) -> Reaction:
        say = self._book(caller, pressed.speaker)
        read = read_data(pressed.data) if pressed.place else None
        found = verb_of(read[0], self.skills) if read else None
        if read is None or found is None or found[0].react is None:
            return Reaction(say("bot.old_button"))
        if why := refusal(found[1], caller):
            return Reaction(say(why), loud=True)
        verb, about, argument = read
        now = self.clock.now()
        return await found[0].react(Tapped(verb, about, argument, caller, pressed.message, now))

    async def _stood(self, stood: Stood) -> None:
        caller = self._caller(stood.speaker, stood.place)
        for comes in self.comes:
            for answer in await comes(stood, caller):
                await self._answer(answer, caller, stood.place)

    async def _tell(self, said: Said, caller: Caller, refused: Refused) -> None:
        message = refused.message(self._book(caller, said.speaker))
        await self._answer(Answer(message), caller, said.place, replies_to=said.message)

    async def _answer(
        self,
        answer: Answer,
        caller: Caller,
        place: Place,
        *,
        replies_to: int | None = None,
        tapped: int | None = None,
    ) -> None:
        """Send `answer` where it belongs, and remember what it asks back."""
        post = addressed(answer, caller, place, replies_to=replies_to, tapped=tapped)
        taken = await self.poster.send(post)
        if isinstance(taken, int):
            self._await_reply(post, taken, caller)
        elif post.chat != place.id:
            say = self.book(language_of(caller, None, self.language))
            told = Answer(Message((plain(say("bot.write_first")),)))
            await self.poster.send(addressed(told, caller, place, replies_to=replies_to))

    def _await_reply(self, post: Post, message: int, caller: Caller) -> None:
        if line := post.answer.asks_back:
            until = self.clock.now() + WAITED_FOR
            self.dialogs.ask_back(
                post.chat, message, person=caller.person.id, line=line, until=until
            )

    def _caller(self, speaker: Speaker, place: Place) -> Caller:
        person = self.people.person(
            speaker.id, speaker.name, username=speaker.username, language=speaker.language
        )
        return Caller(person, self.people.chat(place.id, place.kind, title=place.title))

    def _book(self, caller: Caller, speaker: Speaker) -> Phrases:
        return self.book(language_of(caller, speaker.language, self.language))
