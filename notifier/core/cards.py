"""From the state of an alert to the message that people read and the buttons under it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert, AlertKind, AlertState, Language, Severity, short_id
from notifier.core.call_lines import Reader, answerer, call_icon, call_line, call_lines
from notifier.core.calls import Call, CallState, Direction
from notifier.core.directory import Directory
from notifier.core.health import POLL_STALE, SEND_FAILED, SOURCE_ERRORS, SOURCE_REFUSED
from notifier.core.messages import (
    Button,
    ButtonStyle,
    Line,
    Message,
    Phrases,
    bold,
    italic,
    plain,
)
from notifier.core.phones import Mask
from notifier.core.rules.wording import title_name

_STALE = "stale"
"""Rule name of the digest of what happened while nothing could be read."""

_WATCHES = frozenset({POLL_STALE, SEND_FAILED, SOURCE_ERRORS, SOURCE_REFUSED})
"""The watchdog's rules that have sentences of their own."""

_BUILT_IN = ("missed", "abandoned", "unreached", "incoming", "outgoing", "internal")

_STATE_ICONS = {
    AlertState.ACKNOWLEDGED: "🟡",
    AlertState.RESOLVED: "✅",
    AlertState.CLOSED: "☑️",
}
"""Signs of the states in which the header says how far it has got."""

_UNTRUE = frozenset({AlertState.REVISED, AlertState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class CardView:
    """An alert and who looks at it; everything that a card depends on."""

    alert: Alert
    language: Language
    mask: Mask
    zone: ZoneInfo
    now: datetime
    """Instant of rendering; decides only which times need their date."""
    directory: Directory
    private: bool = False
    """Whether the chat is with one person."""
    interactive: bool = False
    """Whether taps are listened to, so that buttons which act are of use."""
    restored: bool = False
    """Whether a correction was taken back: it was reported untrue, and is true after all."""


def card(view: CardView, say: Phrases) -> Message:
    """Return the message of `view`, with the sentences `say` of its language."""
    match view.alert.kind:
        case AlertKind.CALL:
            return _call_card(view, _reader(view, say))
        case AlertKind.DIGEST:
            return _digest_card(view.alert, _reader(view, say))
        case _:
            return _watch_card(view, _reader(view, say))


def _reader(view: CardView, say: Phrases) -> Reader:
    return Reader(
        say=say,
        mask=view.mask,
        zone=view.zone,
        now=view.now,
        directory=view.directory,
        private=view.private,
    )


def _call_card(view: CardView, reader: Reader) -> Message:
    alert, say = view.alert, reader.say
    call = alert.calls[0] if alert.calls else None
    return Message(
        header=_header(view, reader, call),
        lines=tuple(_body(view, reader)),
        footer=_footer(alert),
        buttons=_buttons(view, say),
        more=say("digest.more", n="{n}"),
    )


def _header(view: CardView, reader: Reader, call: Call | None) -> Line:
    alert, say = view.alert, reader.say
    hotline = reader.hotline(call) if call else ()
    where: Line = (plain(" · "), *hotline) if hotline else ()
    if alert.state in _UNTRUE or view.restored:
        return (plain("✏️ "), bold(_correction(alert, reader, call)), *where)
    title = _title(view, reader, call)
    if icon := _STATE_ICONS.get(alert.state):
        state = say(f"state.{alert.state.value}")
        return (plain(f"{icon} "), bold(state), plain(f" · {title}"), *where)
    return (plain(f"{_open_icon(alert, call)} "), bold(title), *where)


def _open_icon(alert: Alert, call: Call | None) -> str:
    if alert.severity is Severity.CRITICAL:
        return "‼️"
    if call and call.missed:
        return "🔴"
    if alert.severity is Severity.WARNING:
        return "🟠"
    return call_icon(call) if call else "🔔"


def _title(view: CardView, reader: Reader, call: Call | None) -> str:
    """Return the rule's own title, else what the call is by what is known today."""
    own = _own_title(view, reader)
    if own or call is None:
        return own or view.alert.title.get(view.language) or view.alert.rule
    return reader.say(title_name(call))


def _own_title(view: CardView, reader: Reader) -> str:
    """Return the title that the rule's author wrote; "" if it is one of the built-in ones."""
    title = view.alert.title.get(view.language, "")
    built_in = {reader.say(f"title.{name}") for name in _BUILT_IN}
    return "" if title in built_in else reader.discreet(title)


def _correction(alert: Alert, reader: Reader, call: Call | None) -> str:
    say = reader.say
    untrue = say("revised.untrue" if alert.state in _UNTRUE else "revised.true")
    same = alert.state in _UNTRUE and call and say(title_name(call)) in alert.title.values()
    if call is None or call.internal or same:
        return untrue
    if call.missed:
        return say("revised.missed")
    if call.direction is Direction.OUT:
        reached = call.state is CallState.ANSWERED
        return say("revised.reached" if reached else "revised.unreached")
    if call.state is not CallState.ANSWERED:
        return untrue
    by = answerer(call)
    return say("revised.answered_by", who=reader.person(by)) if by else say("revised.answered")


def _body(view: CardView, reader: Reader) -> Iterator[Line]:
    alert, say = view.alert, reader.say
    corrected = alert.state in _UNTRUE
    reported = alert.title.get(view.language, "")
    if corrected and reported:
        yield (plain(say("card.reported", title=reader.discreet(reported))),)
    elif len(alert.calls) == 1 and _own_title(view, reader):
        yield (plain(say(title_name(alert.calls[0]))),)
    if text := reader.discreet(alert.text.get(view.language, "").strip()):
        yield from ((plain(line),) for line in text.splitlines())
    if len(alert.calls) == 1:
        yield from call_lines(alert.calls[0], reader)
    else:
        yield from (call_line(call, reader) for call in alert.calls)
    if alert.deadline and not corrected:
        yield (plain(f"⏳ {say('card.deadline', at=reader.moment(alert.deadline))}"),)
    if alert.suppressed:
        yield (plain(say("card.suppressed", n=alert.suppressed)),)


def _footer(alert: Alert) -> Line:
    return (italic(f"#{short_id(alert.id)}"),)


def _digest_card(alert: Alert, reader: Reader) -> Message:
    """Return what a limit or an outage gathered: how many, from when to when, and each call."""
    say, calls = reader.say, sorted(alert.calls, key=lambda call: call.started_at)
    stale = alert.rule == _STALE
    header = _stale_header(alert, say) if stale else _limit_header(alert, reader)
    lines = [call_line(call, reader) for call in calls]
    if stale and len(calls) > 1:
        first, last = (
            reader.moment(call.started_at, seconds=False) for call in (calls[0], calls[-1])
        )
        lines.insert(0, (plain(f"🕑 {say('digest.period', first=first, last=last)}"),))
    left = alert.count - len(calls)
    unread = f"{say('digest.more', n=left)} · " if calls and left > 0 else ""
    return Message(
        header=(plain("🔌 " if stale else "🔔 "), bold(header)),
        lines=tuple(lines),
        footer=(plain(unread), *_footer(alert)) if unread else _footer(alert),
        more=say("digest.more", n="{n}"),
    )


def _stale_header(alert: Alert, say: Phrases) -> str:
    missed = sum(call.missed for call in alert.calls)
    others = alert.count - missed
    if not missed:
        return say("digest.stale", n=alert.count)
    if not others:
        return say("digest.stale_missed", n=missed)
    if len(alert.calls) < alert.count:
        return say("digest.stale", n=alert.count)
    return say("digest.stale_mixed", missed=missed, others=others)


def _limit_header(alert: Alert, reader: Reader) -> str:
    ends = [call.ended_at or call.started_at for call in alert.calls]
    lasted = max(ends) - min(ends) if ends else timedelta()
    if not lasted:
        return reader.say("digest.limit", n=alert.count)
    within = reader.say("span.minutes", n=-(-lasted // timedelta(minutes=1)))
    return reader.say("digest.limit_within", n=alert.count, span=within)


def _watch_card(view: CardView, reader: Reader) -> Message:
    """Return what is wrong with the notifier itself and what to do, or that it is over."""
    alert, say = view.alert, reader.say
    rule = alert.rule if alert.rule in _WATCHES else "other"
    over = alert.state in {AlertState.RESOLVED, AlertState.CLOSED}
    title = say(f"recovered.{rule}") if over else _watch_title(view, say, rule)
    icon = "✅" if over else ("‼️" if alert.severity is Severity.CRITICAL else "⚠️")
    lines: list[Line] = [(plain(f"🕑 {say('watch.since', at=reader.moment(alert.occurred_at))}"),)]
    if alert.detail:
        lines.append((plain(alert.detail),))
    if not over:
        lines.append((plain(f"👉 {say(f'advice.{rule}')}"),))
    return Message(
        header=(plain(f"{icon} "), bold(title)), lines=tuple(lines), footer=_footer(alert)
    )


def _watch_title(view: CardView, say: Phrases, rule: str) -> str:
    given = view.alert.title.get(view.language, "")
    return say(f"watch.{rule}") if rule in _WATCHES or not given else given


def _buttons(view: CardView, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    rows = (tuple(_acts(view, say)), tuple(_copies(view, say)))
    return tuple(row for row in rows if row)


def _acts(view: CardView, say: Phrases) -> Iterator[Button]:
    alert = view.alert
    if not view.interactive:
        return
    if alert.state is AlertState.OPEN:
        yield Button(say("button.take"), data=f"1:take:{alert.id}", style=ButtonStyle.GOOD)
    missed = any(call.missed for call in alert.calls)
    if missed and alert.state in {AlertState.OPEN, AlertState.ACKNOWLEDGED}:
        yield Button(say("button.called"), data=f"1:called:{alert.id}")


def _copies(view: CardView, say: Phrases) -> Iterator[Button]:
    calls = view.alert.calls
    if view.private and view.mask is Mask.FULL and len(calls) == 1 and calls[0].customer:
        yield Button(say("button.copy"), copies=calls[0].customer)
