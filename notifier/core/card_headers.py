"""The head of a card: what an alert is about, and how far it has got with whom."""

from notifier.core.alerts import LIVE, UNTRUE, Alert, AlertKind, AlertState, Outcome, Severity
from notifier.core.call_lines import Reader, answerer, call_icon
from notifier.core.calls import CallState, Direction
from notifier.core.card_views import CardView, own_title, place_of, title_of
from notifier.core.messages import Line, bold, plain
from notifier.core.moments import span
from notifier.core.rules.titles import title_name

LONGEST_NAME = 40
"""Letters of a person's name that are shown; people choose their own in chats."""

_STATE_ICONS = {
    AlertState.ACKNOWLEDGED: "🟡",
    AlertState.RESOLVED: "✅",
    AlertState.CLOSED: "☑️",
    AlertState.EXPIRED: "⌛",
}
"""Signs of the states in which the header says how far it has got."""


def heading(view: CardView, reader: Reader) -> tuple[Line, ...]:
    """Return the first line of a card, and what belongs right below it."""
    alert, title = view.alert, title_of(view, reader)
    said = title if alert.kind is AlertKind.WINDOW else ""
    place = place_of(alert, reader, said=said)
    where: Line = (plain(" · "), *place) if place else ()
    if alert.state in UNTRUE:
        reported = alert.title.get(view.language, "")
        below = reader.say("card.reported", title=reader.discreet(reported)) if reported else ""
        header = (plain("✏️ "), bold(_correction(alert, reader)), *where)
        return (header, (plain(below),)) if below else (header,)
    if view.restored:
        header = (plain("✏️ "), bold(_correction(alert, reader)), *where)
        return (header, (plain(title),)) if own_title(view, reader) else (header,)
    icon = _STATE_ICONS.get(alert.state)
    if not icon:
        return ((plain(f"{_open_icon(alert)} "), bold(title), *where),)
    if told := _standing(alert, reader):
        return ((plain(f"{icon} "), *told), (plain(title), *where))
    state = bold(reader.say(f"state.{alert.state.value}"))
    return ((plain(f"{icon} "), state, plain(f" · {title}"), *where),)


def _open_icon(alert: Alert) -> str:
    if alert.severity is Severity.CRITICAL:
        return "‼️"
    if alert.calls and all(call.missed for call in alert.calls):
        return "🔴"
    if alert.severity is Severity.WARNING:
        return "🟠"
    one = alert.kind is AlertKind.CALL and alert.calls
    return call_icon(alert.calls[0]) if one else "🔔"


def _standing(alert: Alert, reader: Reader) -> Line:
    """Return who has the alert, or how it ended; empty where only its state is known."""
    say = reader.say
    taker = person(alert.taken_by, reader)
    if alert.state is AlertState.EXPIRED:
        return (bold(say("state.expired_taken", who=taker) if taker else say("state.expired")),)
    if alert.state is not AlertState.ACKNOWLEDGED:
        ended = _ended("ended", alert, reader)
        return (bold(ended),) if ended else ()
    if not taker:
        return ()
    at = reader.moment(alert.taken_at, seconds=False) if alert.taken_at else ""
    since = (plain(f" · {say('state.since', at=at)}"),) if at else ()
    return (bold(say("state.taken_by", who=taker)), *since)


def _ended(phrase: str, alert: Alert, reader: Reader) -> str:
    """Return how the alert ended, in a sentence of the kind `phrase`; "" where nobody knows."""
    if alert.outcome is None or alert.ended_at is None:
        return ""
    who = person(alert.ended_by, reader)
    by = "_by" if who and alert.outcome is not Outcome.CALLS_AGAIN else ""
    begun = max((call.ended_at or call.started_at for call in alert.calls), default=alert.ended_at)
    return reader.say(
        f"{phrase}.{alert.outcome.value}{by}",
        who=who,
        at=reader.moment(alert.ended_at, seconds=False),
        after=span(alert.ended_at - begun, reader.say),
    )


def person(name: str, reader: Reader) -> str:
    """Return an agent by extension and name, or a person as they are called, on one line."""
    told = reader.person(" ".join(name.split()))
    return told if len(told) <= LONGEST_NAME else f"{told[: LONGEST_NAME - 1]}…"


def _correction(alert: Alert, reader: Reader) -> str:
    """Return what is so now, where that is known, else only that the alert was wrong or was not."""
    say = reader.say
    wrong = alert.state in UNTRUE and alert.outcome is not Outcome.BY_HAND
    if wrong and (ended := _ended("revised", alert, reader)):
        return ended
    untrue = say("revised.untrue" if alert.state in UNTRUE else "revised.true")
    about_call = alert.kind is AlertKind.CALL and len(alert.calls) == 1
    waits = alert.deadline is not None and alert.state in LIVE
    return (_found(alert, reader) or untrue) if about_call and not waits else untrue


def _found(alert: Alert, reader: Reader) -> str:
    """Return what the call of the alert was after all; "" where that says nothing new."""
    call, say = alert.calls[0], reader.say
    same = alert.state in UNTRUE and say(title_name(call)) in alert.title.values()
    if call.internal or same:
        return ""
    if call.missed:
        return say("revised.missed")
    if call.direction is Direction.OUT:
        reached = call.state is CallState.ANSWERED
        return say("revised.reached" if reached else "revised.unreached")
    if call.state is not CallState.ANSWERED:
        return ""
    by = answerer(call)
    return say("revised.answered_by", who=reader.person(by)) if by else say("revised.answered")
