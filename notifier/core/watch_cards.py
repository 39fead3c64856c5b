"""From the watchdog's alerts to the message that people read."""

from notifier.core.alerts import AlertState, Severity
from notifier.core.call_lines import Reader
from notifier.core.card_views import CardView, footer_of
from notifier.core.health import (
    CHAT_PARKED,
    CONFIG_REFUSED,
    POLL_STALE,
    SEND_FAILED,
    SOURCE_ERRORS,
    SOURCE_REFUSED,
    TOPIC_GONE,
)
from notifier.core.messages import Line, Message, bold, plain

_WATCHES = frozenset(
    {CHAT_PARKED, CONFIG_REFUSED, POLL_STALE, SEND_FAILED, SOURCE_ERRORS, SOURCE_REFUSED}
    | {TOPIC_GONE}
)
"""The watchdog's rules that have sentences of their own."""


def watch_card(view: CardView, reader: Reader) -> Message:
    """Return what is wrong with the notifier itself and what to do, or that it is over."""
    alert, say = view.alert, reader.say
    rule = alert.rule if alert.rule in _WATCHES else "other"
    over = alert.state in {AlertState.RESOLVED, AlertState.CLOSED}
    title = say(f"recovered.{rule}") if over else _title(view, reader, rule)
    icon = "✅" if over else ("‼️" if alert.severity is Severity.CRITICAL else "⚠️")
    lines: list[Line] = [(plain(f"🕑 {say('watch.since', at=reader.moment(alert.occurred_at))}"),)]
    if alert.detail:
        lines.append((plain(alert.detail),))
    if not over:
        lines.append((plain(f"👉 {say(f'advice.{rule}')}"),))
    return Message(
        header=(plain(f"{icon} "), bold(title)), lines=tuple(lines), footer=footer_of(alert)
    )


def _title(view: CardView, reader: Reader, rule: str) -> str:
    given = view.alert.title.get(view.language, "")
    return reader.say(f"watch.{rule}") if rule in _WATCHES or not given else given
