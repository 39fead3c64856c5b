"""What admins do about people: roles, recordings, extensions, invitations, and who did what."""

from dataclasses import dataclass, replace
from datetime import datetime

from notifier.bot.entering import answered, told_of_open
from notifier.bot.reception import Reception
from notifier.core.access import Deed, Done, No, Step, hash_of
from notifier.core.access_lists import deed_list, people_list, person_card
from notifier.core.access_words import (
    names_recordings,
    read_extension,
    read_hotlines,
    read_invitation,
    read_person,
    read_role,
)
from notifier.core.admitting import CODE_LASTS, may_change, with_role
from notifier.core.messages import Message, code, plain
from notifier.core.people import Caller, Invitation, Person, Role
from notifier.core.talk import Answer, Asked, Reaction, Tapped

_MOST_DEEDS = 30
"""Deeds in one answer: as many as a message holds."""


@dataclass(frozen=True, slots=True)
class Granting:
    """Changes what people may do."""

    reception: Reception

    def users(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /users: everybody who has a role."""
        return (Answer(self._page(asked.caller, 0)),)

    def page(self, tapped: Tapped) -> Reaction:
        """React to a tap that turns to another page of everybody."""
        page = int(tapped.about) if tapped.about.isdecimal() else 0
        return Reaction(answers=(Answer(self._page(tapped.caller, page), edits=True),))

    def person(self, tapped: Tapped) -> Reaction:
        """React to a tap on somebody's name."""
        person = self._known(tapped.about)
        if person is None:
            return self.reception.no_popup(tapped.caller, No.NOBODY)
        return self._card(tapped, person)

    def grant(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /grant: a role with hotlines, or recordings; also to whoever never wrote to us."""
        words = asked.words
        identity = read_person(words[0]) if words else None
        if identity is None or len(words) == 1:
            return self.reception.usage(asked)
        people = self.reception.people
        person = people.known(identity) or Person(identity, str(identity))
        if names_recordings(words[1]):
            return self._said(asked, self._listen(asked.caller, person, asked.now, on=True))
        role = read_role(words[1])
        known = self.reception.house.hotlines()
        hotlines = read_hotlines(words[2:], known) if words[2:] else person.hotlines
        if role is None or hotlines is None:
            return self.reception.usage(asked)
        given = replace(person, hotlines=hotlines)
        return self._said(asked, self._give(asked.caller, given, role, asked.now))

    def revoke(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /revoke: everything that somebody has, or recordings alone."""
        words = asked.words
        identity = read_person(words[0]) if words else None
        if identity is None or (words[1:] and not names_recordings(words[1])):
            return self.reception.usage(asked)
        person = self.reception.people.known(identity)
        if person is None:
            return self.reception.no(asked.caller, No.NOBODY)
        if words[1:]:
            changed = self._listen(asked.caller, person, asked.now, on=False)
        else:
            changed = self._give(asked.caller, person, Role.STRANGER, asked.now)
        return self._said(asked, changed)

    def role(self, tapped: Tapped) -> Reaction:
        """React to a tap that gives somebody a role, or takes all from them."""
        person = self._known(tapped.about)
        if person is None or tapped.argument not in set(Role):
            return self.reception.no_popup(tapped.caller, No.NOBODY)
        changed = self._give(tapped.caller, person, Role(tapped.argument), tapped.now)
        return self._shown(tapped, changed)

    def listen(self, tapped: Tapped) -> Reaction:
        """React to a tap that grants somebody recordings, or takes them back."""
        person = self._known(tapped.about)
        if person is None:
            return self.reception.no_popup(tapped.caller, No.NOBODY)
        on = tapped.argument == "on"
        return self._shown(tapped, self._listen(tapped.caller, person, tapped.now, on=on))

    def link(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /link: who answers at an extension; `off` for nobody."""
        identity = read_person(asked.words[0]) if len(asked.words) > 1 else None
        extension = read_extension(asked.words[1]) if identity else None
        if identity is None or extension is None:
            return self.reception.usage(asked)
        person = self.reception.people.known(identity)
        if person is None or person.role is Role.STRANGER:
            return self.reception.no(asked.caller, No.NOBODY)
        holder = self.reception.people.with_extension(extension)
        if holder and holder.id != person.id:
            return self.reception.no(asked.caller, No.TAKEN)
        linked = replace(person, extension=extension)
        done = _done(asked.caller, asked.now, Deed.LINKED, person, extension)
        self.reception.record(Step(people=(linked,), done=(done,)), asked.now)
        return self._said(asked, linked)

    def invite(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /invite: a link that lets one person in, once, within a quarter of an hour."""
        invited = read_invitation(asked.words, self.reception.house.hotlines())
        if invited is None:
            return self.reception.usage(asked)
        caller, now = asked.caller, asked.now
        secret = self.reception.secret()
        invitation = Invitation(
            hash=hash_of(secret),
            role=invited.role,
            by=str(caller.person.id),
            until=now + CODE_LASTS,
            extension=invited.extension,
            hotlines=invited.hotlines,
        )
        done = Done(now, caller.person.id, Deed.INVITED, detail=invited.role.value)
        self.reception.record(Step(invitations=(invitation,), done=(done,)), now)
        eyes = self.reception.eyes(caller, now)
        told = eyes.say(
            "people.invitation", role=eyes.role(invited.role), at=eyes.moment(invitation.until)
        )
        return (Answer(Message((plain(told),), ((code(self.reception.link(secret)),),))),)

    def audit(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /audit: the latest deeds of everybody, or those of and to one person."""
        identity = read_person(asked.words[0]) if asked.words else 0
        if identity is None:
            return self.reception.usage(asked)
        done = self.reception.entrance.deeds(person=identity, most=_MOST_DEEDS)
        people, chats = self.reception.people.people(), self.reception.people.chats()
        names = {one.id: one.name for one in people} | {one.id: one.title for one in chats}
        return (Answer(deed_list(done, names, self.reception.eyes(asked.caller, asked.now))),)

    def _page(self, caller: Caller, page: int) -> Message:
        return people_list(self.reception.people.people(), page, self.reception.say(caller))

    def _known(self, about: str) -> Person | None:
        identity = read_person(about)
        return self.reception.people.known(identity) if identity else None

    def _give(self, caller: Caller, person: Person, role: Role, now: datetime) -> Person | No:
        """Give somebody a role, or say why not."""
        admins = self.reception.people.admins()
        if why := may_change(caller.person, person, role, admins):
            return why
        changed = with_role(person, role, now)
        taken = role is Role.STRANGER
        done = _done(caller, now, Deed.REVOKED if taken else Deed.GRANTED, person, role.value)
        step = Step(
            people=(changed,),
            requests=() if taken else answered(self.reception, changed, caller.person, now),
            tell=told_of_open(self.reception, changed),
            done=(done,),
        )
        self.reception.record(step, now)
        return changed

    def _listen(self, caller: Caller, person: Person, now: datetime, *, on: bool) -> Person | No:
        """Grant somebody recordings or take them back; whoever has no role has no use for them."""
        if person.role is Role.STRANGER:
            return No.NOBODY
        changed = replace(person, listens=on)
        done = _done(caller, now, Deed.LISTENS, person, "on" if on else "off")
        self.reception.record(Step(people=(changed,), done=(done,)), now)
        return changed

    def _said(self, asked: Asked, changed: Person | No) -> tuple[Answer, ...]:
        if isinstance(changed, No):
            return self.reception.no(asked.caller, changed)
        return (Answer(person_card(changed, self.reception.eyes(asked.caller, asked.now))),)

    def _shown(self, tapped: Tapped, changed: Person | No) -> Reaction:
        if isinstance(changed, No):
            return self.reception.no_popup(tapped.caller, changed)
        return self._card(tapped, changed)

    def _card(self, tapped: Tapped, person: Person) -> Reaction:
        eyes = self.reception.eyes(tapped.caller, tapped.now)
        return Reaction(answers=(Answer(person_card(person, eyes), edits=True),))


def _done(caller: Caller, now: datetime, deed: Deed, person: Person, detail: str) -> Done:
    return Done(now, caller.person.id, deed, person=person.id, detail=detail)
