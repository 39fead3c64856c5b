"""Who is let in, by whom and how: decides about requests, one-time codes and roles."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from notifier.core.access import (
    OF_GROUP,
    OF_PERSON,
    AccessRequest,
    Admins,
    Choice,
    No,
    RequestState,
)
from notifier.core.people import Caller, Chat, Invitation, Person, Role

REQUESTS_A_DAY = 3
"""How often one person may ask in 24 hours, for themselves or for a group."""

CODE_LASTS = timedelta(minutes=15)
"""How long a one-time code opens: time to pass it on, and none to find it in a chat's history."""

WRONG_CODES = 5
"""How many wrong codes of one person an hour are looked up; then not even a right one is."""

TRIES_LAST = timedelta(hours=1)
"""For how long a wrong code counts."""

GROUP_WAITS = timedelta(minutes=10)
"""How long the bot stays in a group that no admin has let in."""

_DAY = timedelta(days=1)

_RANKS = {Role.STRANGER: 0, Role.VIEWER: 1, Role.OPERATOR: 2, Role.ADMIN: 3}


def may_govern(caller: Caller) -> No | None:
    """Whether the caller may bind the chat they are in: any admin may, also in a group."""
    return None if caller.person.role is Role.ADMIN else No.NOT_ADMIN


def may_ask(person: Person, asked: Sequence[AccessRequest], now: datetime) -> No | None:
    """Whether somebody may ask to be let in, having `asked` before."""
    if person.role is not Role.STRANGER:
        return No.ALREADY_IN
    own = [request for request in asked if request.chat is None]
    if any(request.state is RequestState.BLOCKED for request in own):
        return No.BLOCKED
    if any(request.state is RequestState.OPEN for request in own):
        return No.ALREADY_ASKED
    return No.TOO_OFTEN if _often(asked, now) else None


def a_request(person: Person, now: datetime) -> AccessRequest:
    """Return the request of a person for themselves."""
    return AccessRequest(
        id=_identity(person.id, "", now),
        person=person.id,
        name=person.name,
        asked_at=now,
        username=person.username,
        language=person.language,
    )


def a_group_request(
    chat: Chat, by: Person, asked: Sequence[AccessRequest], now: datetime
) -> AccessRequest:
    """Return the request of a group into which `by`, who has `asked` before, brought the bot.

    Of somebody who is blocked, or brings it into one group after the other, it is refused at once.
    """
    request = AccessRequest(
        id=_identity(by.id, str(chat.id), now),
        person=by.id,
        name=by.name,
        asked_at=now,
        username=by.username,
        chat=chat.id,
        title=chat.title,
        leaves_at=now + GROUP_WAITS,
    )
    blocked = any(one.state is RequestState.BLOCKED for one in asked)
    if by.role is Role.ADMIN or not (blocked or _often(asked, now)):
        return request
    return replace(request, state=RequestState.REFUSED, decided_at=now, leaves_at=now)


def decided(
    request: AccessRequest, choice: Choice, by: Person, now: datetime
) -> AccessRequest | No:
    """Return a request as an admin has answered it, or why it cannot be answered so."""
    if by.role is not Role.ADMIN:
        return No.NOT_ADMIN
    if request.state is not RequestState.OPEN:
        return No.DECIDED
    if choice not in (OF_PERSON if request.chat is None else OF_GROUP):
        return No.GONE
    refused = choice in {Choice.NO, Choice.BLOCK}
    blocked = choice is Choice.BLOCK
    return replace(
        request,
        state=_REFUSALS[blocked] if refused else RequestState.GRANTED,
        role=None if refused or choice is Choice.BIND else Role(choice.value),
        decided_by=by.name,
        decided_at=now,
        leaves_at=now if refused and request.chat is not None else None,
    )


def left(request: AccessRequest, now: datetime) -> AccessRequest:
    """Return a group's request once the group was left: expired, if nobody had decided it."""
    if request.state is not RequestState.OPEN:
        return replace(request, leaves_at=None)
    return replace(request, state=RequestState.EXPIRED, decided_at=now, leaves_at=None)


_REFUSALS = {False: RequestState.REFUSED, True: RequestState.BLOCKED}


def may_change(by: Person, person: Person, role: Role, admins: Admins) -> No | None:
    """Whether `by` may give `person` that role; STRANGER takes away what they have."""
    if by.role is not Role.ADMIN:
        return No.NOT_ADMIN
    if by.id == person.id:
        return No.ONESELF
    return _may_lose(person, role, admins)


def may_stop(person: Person, admins: Admins) -> No | None:
    """Whether somebody may give up their own access: somebody must stay to let others in."""
    return _may_lose(person, Role.STRANGER, admins)


def _may_lose(person: Person, role: Role, admins: Admins) -> No | None:
    if role is Role.STRANGER and person.role is Role.STRANGER:
        return No.NOBODY
    if role is not Role.ADMIN and person.id in admins.of_file:
        return No.OF_FILE
    if role is not Role.ADMIN and admins.all == {person.id}:
        return No.LAST_ADMIN
    return None


def with_role(person: Person, role: Role, now: datetime) -> Person:
    """Return somebody with another role; a stranger keeps nothing of what was granted."""
    if role is Role.STRANGER:
        kept = replace(person, extension="", hotlines=(), listens=False)
        return replace(kept, role=role, since=now)
    return replace(person, role=role, since=now)


def may_try(wrong: int, asked: Sequence[AccessRequest]) -> No | None:
    """Whether a code of somebody is looked up, after so many `wrong` ones within `TRIES_LAST`."""
    if any(request.state is RequestState.BLOCKED for request in asked):
        return No.BLOCKED
    return No.TOO_MANY_CODES if wrong >= WRONG_CODES else None


def redeemed(
    invitation: Invitation | None, person: Person, admins: Admins, now: datetime
) -> Person | No:
    """Return somebody as a one-time code makes them, or why it opens nothing.

    `invitation` is None for a code that nobody made. One of an admin opens while they are an admin;
    the first admin's while there is none. It takes away nothing, and asked again by whoever used
    it, it says the same again.
    """
    if invitation is None or (invitation.used_by or person.id) != person.id:
        return No.BAD_CODE
    if invitation.used_by == person.id and person.role is not Role.STRANGER:
        return person
    if invitation.used_by or invitation.until <= now or not _stands(invitation, admins):
        return No.BAD_CODE
    if _RANKS[invitation.role] <= _RANKS[person.role]:
        return No.ALREADY_IN
    joined = with_role(person, invitation.role, now)
    return replace(
        joined,
        extension=invitation.extension or person.extension,
        hotlines=invitation.hotlines or person.hotlines,
    )


def _stands(invitation: Invitation, admins: Admins) -> bool:
    """Whether whoever made it may still do so; the first admin's code is nobody's."""
    if not invitation.by:
        return not admins.all
    return int(invitation.by) in admins.all


def _often(asked: Sequence[AccessRequest], now: datetime) -> bool:
    return sum(request.asked_at > now - _DAY for request in asked) >= REQUESTS_A_DAY


def _identity(person: int, about: str, now: datetime) -> str:
    said = f"{person}\x00{about}\x00{now.isoformat()}".encode()
    return hashlib.blake2b(said, digest_size=8).hexdigest()
