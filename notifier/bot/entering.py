"""How people and groups come in: /start with or without a code, requests and their answers."""

from dataclasses import dataclass, replace
from datetime import datetime

from notifier.bot.reception import Reception
from notifier.core.access import (
    AccessRequest,
    Choice,
    Deed,
    Done,
    No,
    RequestState,
    Step,
    hash_of,
)
from notifier.core.access_cards import greeting, knock, outcome
from notifier.core.access_lists import usable
from notifier.core.admitting import (
    CODE_LASTS,
    TRIES_LAST,
    a_group_request,
    a_request,
    decided,
    left,
    may_ask,
    may_govern,
    may_try,
    redeemed,
    with_role,
)
from notifier.core.people import Caller, Chat, ChatKind, Invitation, Person, Role
from notifier.core.secrets import Secret
from notifier.core.talk import Answer, Asked, Reaction, Tapped

_DEEDS = {
    RequestState.GRANTED: Deed.GRANTED,
    RequestState.REFUSED: Deed.REFUSED,
    RequestState.BLOCKED: Deed.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Entering:
    """Lets people and groups in, or not."""

    reception: Reception

    def first_admin_link(self, now: datetime) -> Secret | None:
        """Return a new code for the first admin, good for a quarter of an hour and one use.

        Codes of earlier starts open nothing any more. None where somebody is an admin already.
        """
        if self.reception.people.admins().all:
            return None
        code = self.reception.secret()
        self.reception.entrance.forget_first_run()
        invitation = Invitation(hash_of(code), Role.ADMIN, "", now + CODE_LASTS)
        invited = Done(now, 0, Deed.INVITED, detail=Role.ADMIN.value)
        self.reception.record(Step(invitations=(invitation,), done=(invited,)), now)
        return code

    def start(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer /start: redeem its code, greet who is in, let a stranger ask."""
        caller, now = asked.caller, asked.now
        if not caller.private:
            return self._start_in_group(caller, now)
        if asked.words:
            return self._redeem(caller, Secret(asked.words[0]), now)
        if caller.person.role is not Role.STRANGER:
            # an admin who could not be written to before sees now what waits
            if tell := told_of_open(self.reception, caller.person):
                self.reception.record(Step(tell=tell), now)
            return self._greeting(caller, caller.person)
        before = self.reception.entrance.asked_by(caller.person.id)
        why = may_ask(caller.person, before, now)
        if why is No.BLOCKED:
            return ()
        return (Answer(knock(caller.person, self.reception.say(caller), why)),)

    def ask(self, tapped: Tapped) -> Reaction:
        """React to a stranger's tap on the button that asks to be let in."""
        caller, now = tapped.caller, tapped.now
        before = self.reception.entrance.asked_by(caller.person.id)
        if why := may_ask(caller.person, before, now):
            return self.reception.no_popup(caller, why)
        request = a_request(caller.person, now)
        asked = Done(now, caller.person.id, Deed.ASKED, detail=caller.person.name)
        tell = self.reception.tell_admins(request)
        self.reception.record(Step(requests=(request,), tell=tell, done=(asked,)), now)
        return self.reception.popup(caller, "people.asked")

    def let(self, tapped: Tapped) -> Reaction:
        """React to an admin's answer to a request; the first one counts."""
        try:
            choice = Choice(tapped.argument)
        except ValueError:
            return self.reception.no_popup(tapped.caller, No.GONE)
        return self._decide(tapped, choice, self.reception.entrance.request(tapped.about))

    def bind(self, tapped: Tapped) -> Reaction:
        """React to the button in a group that lets this very group in; only an admin's tap does."""
        caller = tapped.caller
        if why := may_govern(caller):
            return self.reception.no_popup(caller, why)
        request = self.reception.entrance.request(tapped.about)
        if request is None or request.chat != caller.chat.id:
            return self.reception.no_popup(caller, No.GONE)
        return self._decide(tapped, Choice.BIND, request)

    def enter(self, chat: Chat, by: Person, now: datetime) -> None:
        """Have a group ask to be let in, once, unless it is or does already."""
        entrance = self.reception.entrance
        if chat.bound or entrance.open_of_chat(chat.id):
            return
        request = a_group_request(chat, by, entrance.asked_by(by.id), now)
        waits = request.state is RequestState.OPEN
        tell = ((request.id, chat.id), *self.reception.tell_admins(request)) if waits else ()
        entered = Done(now, by.id, Deed.ENTERED, chat=chat.id, detail=chat.title)
        self.reception.record(Step(requests=(request,), tell=tell, done=(entered,)), now)

    def gone(self, chat: Chat, by: Person, now: datetime) -> None:
        """Note that the bot is not in a group any more: an admin must let it in anew."""
        known = self.reception.people.known_chat(chat.id)
        request = self.reception.entrance.open_of_chat(chat.id)
        if known is None and request is None:
            return
        step = Step(
            chats=(replace(known, bound=False),) if known else (),
            requests=(left(request, now),) if request else (),
            done=(Done(now, by.id, Deed.LEFT, chat=chat.id, detail=chat.title),),
        )
        self.reception.record(step, now)

    def _start_in_group(self, caller: Caller, now: datetime) -> tuple[Answer, ...]:
        if not caller.chat.bound:
            self.enter(caller.chat, caller.person, now)
            return ()
        return self.reception.told(caller, "people.write_in_private")

    def _redeem(self, caller: Caller, code: Secret, now: datetime) -> tuple[Answer, ...]:
        entrance, person = self.reception.entrance, caller.person
        wrong = entrance.wrong_codes(person.id, now - TRIES_LAST)
        if why := may_try(wrong, entrance.asked_by(person.id)):
            return () if why is No.BLOCKED else self.reception.no(caller, why)
        invitation = entrance.invitation(hash_of(code))
        joined = redeemed(invitation, person, self.reception.people.admins(), now)
        if joined is No.BAD_CODE:
            done = Done(now, person.id, Deed.CODE_REFUSED)
            self.reception.record(Step(done=(done,)), now)
        if isinstance(joined, No):
            return self.reception.no(caller, joined)
        if invitation and invitation.used_by is None:
            self._join(joined, invitation, now)
        return self._greeting(caller, joined)

    def _join(self, person: Person, invitation: Invitation, now: datetime) -> None:
        holder = self.reception.people.with_extension(person.extension)
        if holder and holder.id != person.id:
            person = replace(person, extension="")
        inviter = self.reception.people.known(int(invitation.by)) if invitation.by else None
        self.reception.record(
            Step(
                people=(person,),
                requests=answered(self.reception, person, inviter or person, now),
                invitations=(replace(invitation, used_by=person.id),),
                tell=told_of_open(self.reception, person),
                done=(Done(now, person.id, Deed.JOINED, detail=person.role.value),),
            ),
            now,
        )

    def _greeting(self, caller: Caller, person: Person) -> tuple[Answer, ...]:
        commands = usable(self.reception.house.commands, replace(caller, person=person))
        say = self.reception.say(caller)
        return (Answer(greeting(person.name, person.role, say, commands)),)

    def _decide(self, tapped: Tapped, choice: Choice, request: AccessRequest | None) -> Reaction:
        caller, now = tapped.caller, tapped.now
        if request is None:
            return self.reception.no_popup(caller, No.GONE)
        answer = decided(request, choice, caller.person, now)
        eyes = self.reception.eyes(caller, now)
        if answer is No.DECIDED:
            return Reaction(outcome(request, eyes), loud=True)
        if isinstance(answer, No):
            return self.reception.no_popup(caller, answer)
        self.reception.record(self._follow(answer, caller.person, now), now)
        return Reaction(outcome(answer, eyes))

    def _follow(self, request: AccessRequest, by: Person, now: datetime) -> Step:
        """Return what follows from an answer to a request."""
        if request.chat is not None:
            bound = request.state is RequestState.GRANTED
            chat = self.reception.people.chat(request.chat, ChatKind.GROUP, title=request.title)
            deed = Deed.BOUND if bound else Deed.REFUSED
            done = Done(now, by.id, deed, chat=request.chat, detail=request.title)
            chats = (replace(chat, bound=True),) if bound else ()
            return Step(chats=chats, requests=(request,), done=(done,))
        person = self.reception.people.known(request.person) or Person(
            request.person, request.name, username=request.username, language=request.language
        )
        let_in = with_role(person, request.role, now) if request.role else None
        detail = request.role.value if request.role else ""
        hears = request.state is not RequestState.BLOCKED
        return Step(
            people=(let_in,) if let_in else (),
            requests=(request,),
            tell=(
                *(((request.id, request.person),) if hears else ()),
                *(told_of_open(self.reception, let_in, but=request.id) if let_in else ()),
            ),
            done=(Done(now, by.id, _DEEDS[request.state], person=request.person, detail=detail),),
        )


def answered(
    reception: Reception, person: Person, by: Person, now: datetime
) -> tuple[AccessRequest, ...]:
    """Return the open request of somebody who got a role in another way, as answered with it."""
    waiting = [
        request
        for request in reception.entrance.asked_by(person.id)
        if request.chat is None and request.state is RequestState.OPEN
    ]
    return tuple(
        replace(
            request,
            state=RequestState.GRANTED,
            role=person.role,
            decided_by=by.name,
            decided_at=now,
        )
        for request in waiting
    )


def told_of_open(
    reception: Reception, person: Person, *, but: str = ""
) -> tuple[tuple[str, int], ...]:
    """Return the undecided requests that somebody is to hear of because they are an admin now."""
    if person.role is not Role.ADMIN:
        return ()
    own = {request.id for request in reception.entrance.asked_by(person.id)} | {but}
    undecided = reception.entrance.undecided()
    return tuple((request.id, person.id) for request in undecided if request.id not in own)
