"""Mutes by people: made by a tap or a command, listed, and ended before their time."""

from datetime import datetime

from notifier.bot.acting_doors import Desk
from notifier.core.acting import (
    Order,
    already,
    mute_refused,
    mute_seen,
    mutes_of,
    name_of,
    what_of,
)
from notifier.core.messages import Button, Line, Message, plain
from notifier.core.people import Caller, Role
from notifier.core.rules.model import Mute
from notifier.core.talk import data_of

MOST_BUTTONS = 8
"""Mutes of a list that have a button."""


def carry_out(
    desk: Desk, order: Order, caller: Caller, now: datetime
) -> tuple[str, Message | None]:
    """Have what `order` says be quiet; return a line for who asked, and what its chat is told.

    The chat is told nothing where it is refused, or was so already.
    """
    say, reader = desk.say(caller), desk.reader(caller, now)
    if why := mute_refused(order, caller):
        return say(why), None
    standing = desk.ledger.mutes(now)
    wanted = mutes_of(order, caller, now, why=say("acting.no_reason"))
    fresh = [mute for mute in wanted if already(standing, mute) is None]
    for mute in fresh:
        desk.ledger.add_mute(mute, "bot", now)
    at = reader.moment(wanted[0].until, seconds=False)
    what = what_of(wanted[0], reader)
    if not fresh:
        return say("acting.muted_already", what=what), None
    header = (plain(f"🔕 {say('acting.muted_by', who=name_of(caller.person), what=what, at=at)}"),)
    told = Message(header, buttons=tuple(_rows(desk, fresh, caller)))
    return say("acting.muted", what=what, at=at), told


def listed(desk: Desk, caller: Caller, now: datetime) -> Message:
    """Return the mutes that `caller` may know of, with a button each to end it."""
    say, reader = desk.say(caller), desk.reader(caller, now)
    mutes = [mute for mute in desk.ledger.mutes(now) if mute_seen(mute, caller)]
    if not mutes:
        return Message((plain(say("acting.no_mutes")),))

    def line(mute: Mute) -> Line:
        at = reader.moment(mute.until, seconds=False)
        facts = {"id": mute.id, "what": what_of(mute, reader), "at": at, "who": mute.author}
        reason = f": {reader.discreet(mute.reason)}" if mute.reason else ""
        return (plain(f"{say('acting.mute_line', **facts)}{reason}"),)

    return Message(
        (plain(f"🔕 {say('acting.mutes', n=len(mutes))}"),),
        lines=tuple(map(line, mutes)),
        buttons=tuple(_rows(desk, mutes[:MOST_BUTTONS], caller)),
        more=say("digest.more", n="{n}"),
    )


def end(desk: Desk, identity: str, caller: Caller, now: datetime) -> tuple[str, Message | None]:
    """End a mute; return a line for who asked, and what its chat is told.

    The chat is told nothing where it is refused, or there is none in force.
    """
    say, reader = desk.say(caller), desk.reader(caller, now)
    known = {mute.id: mute for mute in desk.ledger.mutes(now) if mute_seen(mute, caller)}
    mute = known.get(identity.lstrip("#").lower())
    if mute is None:
        return say("acting.no_such_mute"), None
    if mute.rule and caller.person.role is not Role.ADMIN:
        return say("acting.rule_needs_admin"), None
    who = name_of(caller.person)
    if not desk.ledger.end_mute(mute.id, who, now):
        return say("acting.no_such_mute"), None
    what = what_of(mute, reader)
    told = Message((plain(f"🔔 {say('acting.unmuted_by', who=who, what=what)}"),))
    return say("acting.unmuted", what=what), told


def _rows(desk: Desk, mutes: list[Mute], caller: Caller) -> list[tuple[Button, ...]]:
    say = desk.say(caller)
    return [
        (Button(say("button.unmute", id=mute.id), data=data_of("unmute", mute.id)),)
        for mute in mutes
    ]
