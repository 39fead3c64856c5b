"""From the alerts that one message gathers to that message: how many, since when, each call."""

from collections.abc import Sequence
from datetime import timedelta

from notifier.core.alerts import Alert
from notifier.core.call_lines import Reader, call_line
from notifier.core.calls import Call
from notifier.core.card_views import CardView, footer_of, place_of, title_of
from notifier.core.messages import Line, Message, Phrases, bold, plain

_STALE = "stale"
"""Rule name of the digest of what happened while nothing could be read."""

_STORM = "storm"
"""Rule name of the card of what came too fast; its newest calls stand first."""

_LIMIT = "limit"
"""Rule name of the digest of what was over a chat's limit."""


def digest_card(view: CardView, reader: Reader) -> Message:
    """Return what a limit, an outage or the rule itself gathered."""
    alert, say = view.alert, reader.say
    calls = sorted(alert.calls, key=lambda call: call.started_at)
    listed = reversed(calls) if alert.rule == _STORM else calls
    lines = [call_line(call, reader) for call in listed]
    if alert.rule not in {_LIMIT, _STORM} and len(calls) > 1:
        lines.insert(0, _period(calls, reader))
    left = alert.count - len(calls)
    unread = f"{say('digest.more', n=left)} · " if calls and left > 0 else ""
    footer = footer_of(alert)
    return Message(
        header=_header(view, reader),
        lines=tuple(lines),
        footer=(plain(unread), *footer) if unread else footer,
        more=say("digest.more", n="{n}"),
    )


def _period(calls: Sequence[Call], reader: Reader) -> Line:
    first, last = (reader.moment(call.started_at, seconds=False) for call in (calls[0], calls[-1]))
    return (plain(f"🕑 {reader.say('digest.period', first=first, last=last)}"),)


def _header(view: CardView, reader: Reader) -> Line:
    alert = view.alert
    if alert.rule == _STALE:
        return (plain("🔌 "), bold(_stale_header(alert, reader.say)))
    if alert.rule == _LIMIT:
        return (plain("🔔 "), bold(_limit_header(alert, reader)))
    if alert.rule == _STORM:
        at = reader.moment(alert.fired_at, seconds=False)
        return (plain("⚡ "), bold(reader.say("digest.storm", n=alert.count, at=at)))
    of_calls = 0 < len(alert.calls) <= alert.count
    name = "digest.rule_calls" if of_calls else "digest.rule"
    title = reader.say(name, title=title_of(view, reader), n=alert.count)
    place = place_of(alert, reader, said=title)
    where: Line = (plain(" · "), *place) if place else ()
    return (plain("🔔 "), bold(title), *where)


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
