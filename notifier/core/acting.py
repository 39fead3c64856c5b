"""What people do with alerts: which they may see, what they may mute, and what comes too late."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.alerts import LIVE, Alert, AlertState, alert_id
from notifier.core.call_lines import Reader, answerer, call_icon
from notifier.core.calls import Call
from notifier.core.card_buttons import MUTES, customer_of, hotline_of
from notifier.core.card_headers import person
from notifier.core.directory import Directory
from notifier.core.moments import talk
from notifier.core.people import Caller, Person, Role
from notifier.core.phones import is_outside, normalise, readable, shown
from notifier.core.rules.model import Mute
from notifier.core.rules.patterns import comparable

LONGEST_MUTE = timedelta(hours=24)
"""How long whoever is no admin may have something be quiet."""

LONGEST_OF_ADMINS = timedelta(days=90)
"""How long an admin may by a command; what is longer belongs into the file."""

_SPAN = re.compile(r"([1-9]\d{0,3})([mhd])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_AS_LONG = timedelta(minutes=1)
"""A mute that ends so little sooner than what is asked for is the same: a tap came twice."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to be quiet, and for how long."""

    span: timedelta
    rule: str = ""
    key: str = ""
    hotline: str = ""
    reason: str = ""


def name_of(somebody: Person) -> str:
    """Return what to call `somebody`; never empty."""
    return " ".join(somebody.name.split()) or somebody.username or str(somebody.id)


def signed(somebody: Person) -> str:
    """Return who `somebody` is for the audit: a name is no identity, so their id stands by it."""
    return f"{name_of(somebody)} ({somebody.id})"


def may_see(alert: Alert, hotlines: Sequence[str]) -> bool:
    """Whether all that `alert` tells of is of `hotlines`; empty for all."""
    if not hotlines:
        return True
    wanted = {normalise(hotline) for hotline in hotlines}
    of = {normalise(call.hotline) for call in alert.calls} or {normalise(alert.key)}
    return of <= wanted


def seen(calls: Iterable[Call], hotlines: Sequence[str]) -> list[Call]:
    """Return those of `calls` that are of `hotlines`; empty for all."""
    wanted = {normalise(hotline) for hotline in hotlines}
    return [call for call in calls if not wanted or normalise(call.hotline) in wanted]


def too_late(alert: Alert, reader: Reader) -> str:
    """Return how `alert` stands, for somebody whose act changes nothing any more."""
    say, who = reader.say, person(alert.taken_by, reader)
    if alert.state is AlertState.ACKNOWLEDGED and alert.taken_at:
        at = reader.moment(alert.taken_at, seconds=False)
        return say("acting.has_it", who=who, at=at)
    if alert.state in LIVE:
        return say("acting.nobody_has_it")
    state = say(f"state.{alert.state.value}")
    if alert.ended_at is None:
        return say("acting.over", state=state)
    at, by = reader.moment(alert.ended_at, seconds=False), person(alert.ended_by, reader)
    if not by:
        return say("acting.over_at", state=state, at=at)
    return say("acting.over_by", state=state, at=at, who=by)


def history(calls: Sequence[Call], reader: Reader) -> str:
    """Return the calls of one customer, newest first, as a popup shows them."""
    missed = sum(call.missed for call in calls)
    lines = [reader.say("acting.history", n=len(calls), missed=missed)]
    for call in calls[:6]:
        by = reader.person(answerer(call)) if answerer(call) else ""
        length = talk(call.duration) if call.duration else ""
        told = (reader.moment(call.started_at, seconds=False), call_icon(call), by, length)
        lines.append(" ".join(filter(None, told)))
    return "\n".join(lines)


def number_of(alert: Alert) -> str:
    """Return the whole number of the one customer of `alert`, to be read; "" if there is none."""
    return readable(customer_of(alert))


def read_span(word: str) -> timedelta | None:
    """Return the length that `word`, such as 30m, 2h or 7d, names; None if it names none."""
    found = _SPAN.fullmatch(word.lower())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def read_mute(words: Sequence[str], rules: Collection[str], directory: Directory) -> Order | None:
    """Return what `words`, such as `0901234567 2h spam`, want muted; None if they say it wrongly.

    What is to be quiet is a rule by its name, a hotline, or else a telephone number.
    """
    spans = [read_span(word) for word in words]
    place = next((i for i, span in enumerate(spans) if span), 0)
    span, what = spans[place] if spans else None, " ".join(words[:place])
    if not span or not what:
        return None
    reason = " ".join(words[place + 1 :])
    if what in rules:
        return Order(span, rule=what, reason=reason)
    wanted = comparable(what)
    if found := [one.number for one in directory.hotlines if comparable(one.number) == wanted]:
        return Order(span, hotline=found[0], reason=reason)
    return Order(span, key=wanted, reason=reason) if is_outside(wanted) else None


def mute_of_card(alert: Alert, argument: str) -> Order | None:
    """Return what a button of `alert` wants muted, such as `number-4`; None if none says so."""
    what, _, hours = argument.partition("-")
    values = {"number": customer_of(alert), "hotline": hotline_of(alert), "rule": alert.rule}
    if not values.get(what) or hours not in map(str, MUTES):
        return None
    span = timedelta(hours=int(hours))
    match what:
        case "number":
            return Order(span, key=values[what])
        case "hotline":
            return Order(span, hotline=values[what])
        case _:
            return Order(span, rule=values[what])


def mute_refused(order: Order, caller: Caller) -> str:
    """Return the name of the sentence that says why `caller` may not have that; "" if so."""
    admin = caller.person.role is Role.ADMIN
    if order.rule and not admin:
        return "acting.rule_needs_admin"
    if order.span > (LONGEST_OF_ADMINS if admin else LONGEST_MUTE):
        return "acting.mute_too_long_ever" if admin else "acting.mute_too_long"
    mine = {normalise(hotline) for hotline in caller.hotlines}
    if order.hotline and mine and normalise(order.hotline) not in mine:
        return "acting.not_your_hotline"
    return ""


def mutes_of(order: Order, caller: Caller, now: datetime, *, why: str) -> list[Mute]:
    """Return the mutes that carry out `order`: one for each hotline that bounds what they see.

    `why` is the reason where the order gives none.
    """
    everywhere = order.hotline or not caller.hotlines
    places = (order.hotline,) if everywhere else caller.hotlines
    author, until = name_of(caller.person), now + order.span
    said = f"{caller.person.id} {now.isoformat()}"
    return [
        Mute(
            alert_id(order.rule, f"{order.key} {place}", said)[:8],
            now,
            until,
            author,
            order.reason or why,
            rule=order.rule,
            key=order.key,
            hotline=place,
        )
        for place in places
    ]


def already(mutes: Iterable[Mute], wanted: Mute) -> Mute | None:
    """Return the mute in force that makes `wanted` needless; None if there is none."""
    about = (wanted.rule, wanted.key, wanted.hotline)
    same = (mute for mute in mutes if (mute.rule, mute.key, mute.hotline) == about)
    enough = wanted.until - _AS_LONG
    return next((m for m in same if m.since <= wanted.since and m.until >= enough), None)


def mute_seen(mute: Mute, caller: Caller) -> bool:
    """Whether `caller` is told of `mute`: not if it is of a hotline that they do not see."""
    mine = {normalise(hotline) for hotline in caller.hotlines}
    return not mine or not mute.hotline or normalise(mute.hotline) in mine


def what_of(mute: Mute, reader: Reader) -> str:
    """Return what is quiet, in words and under the reader's mask."""
    say, known = reader.say, reader.directory.hotline_name(mute.hotline)
    hotline = known or readable(normalise(mute.hotline))
    parts = (
        say("mute.rule", rule=mute.rule) if mute.rule else "",
        say("mute.number", number=shown(mute.key, reader.mask)) if mute.key else "",
        say("mute.hotline", hotline=hotline) if mute.hotline else "",
    )
    return ", ".join(filter(None, parts)) or say("mute.everything")
