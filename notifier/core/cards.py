"""From the state of an alert to the message that people read and the buttons under it."""

from collections.abc import Iterator

from notifier.core.alerts import LIVE, UNTRUE, Alert, AlertKind
from notifier.core.call_lines import Reader, call_line, call_lines, cut
from notifier.core.card_buttons import buttons
from notifier.core.card_headers import heading, person
from notifier.core.card_views import CardView, footer_of, own_title
from notifier.core.digest_cards import digest_card
from notifier.core.drawn import thawed
from notifier.core.messages import Line, Message, Phrases, plain
from notifier.core.report_cards import report_card
from notifier.core.rules.titles import title_name
from notifier.core.watch_cards import watch_card

__all__ = ["MOST_LINES", "MOST_NOTES", "CardView", "card"]

MOST_LINES = 10
"""Calls of one alert that are listed; the rest is counted."""

MOST_NOTES = 3
"""Notes that are shown, the last ones."""


def card(view: CardView, say: Phrases) -> Message:
    """Return the message of `view`, with the sentences `say` of its language."""
    reader = view.reader(say)
    match view.alert.kind:
        case AlertKind.DIGEST:
            return digest_card(view, reader)
        case AlertKind.WATCH:
            return watch_card(view, reader)
        case AlertKind.REPORT:
            return _report_card(view, reader)
        case _:
            return _alert_card(view, reader)


def _report_card(view: CardView, reader: Reader) -> Message:
    alert = view.alert
    drawn, title = thawed(alert.detail), alert.title.get(view.language, "")
    return report_card(
        drawn.tally,
        drawn.sections,
        reader,
        title="" if title == reader.say("report.title") else title,
        due_at=alert.deadline,
        identity=alert.id,
    )


def _alert_card(view: CardView, reader: Reader) -> Message:
    """Return the card of an alert about calls, or about none that came."""
    header, *below = heading(view, reader)
    return Message(
        header=header,
        lines=(*below, *_body(view, reader)),
        footer=footer_of(view.alert),
        buttons=buttons(view, reader.say),
        more=reader.say("digest.more", n="{n}"),
    )


def _body(view: CardView, reader: Reader) -> Iterator[Line]:
    alert, say = view.alert, reader.say
    untold = alert.state not in UNTRUE and alert.kind is AlertKind.CALL
    if untold and len(alert.calls) == 1 and own_title(view, reader):
        yield (plain(say(title_name(alert.calls[0]))),)
    if text := reader.discreet(alert.text.get(view.language, "").strip()):
        yield from ((plain(line),) for line in text.splitlines())
    yield from _calls(alert, reader)
    if alert.kind is AlertKind.QUIET:
        since = reader.moment(alert.occurred_at, seconds=False)
        yield (plain(f"🕑 {say('card.quiet_since', at=since)}"),)
    if alert.deadline and alert.state in LIVE:
        yield (plain(f"⏳ {say('card.deadline', at=reader.moment(alert.deadline))}"),)
    if alert.suppressed:
        yield (plain(say("card.suppressed", n=alert.suppressed)),)
    yield from _doings(view, reader)


def _doings(view: CardView, reader: Reader) -> Iterator[Line]:
    """Yield what people have done about the alert besides taking or ending it."""
    alert, say = view.alert, reader.say
    if alert.state in LIVE and alert.tried:
        yield (plain(f"☎️ {say('card.tried', n=alert.tried)}"),)
    if alert.state in LIVE and alert.remind_at and alert.remind_at > view.now:
        at = reader.moment(alert.remind_at, seconds=False)
        yield (plain(f"⏰ {say('card.remind', at=at, who=person(alert.remind_by, reader))}"),)
    for note in alert.notes[-MOST_NOTES:]:
        at, who = reader.moment(note.at, seconds=False), person(note.by, reader)
        text = cut(reader.discreet(" ".join(note.text.split())))
        yield (plain(f"📝 {at} {who}: {text}"),)


def _calls(alert: Alert, reader: Reader) -> Iterator[Line]:
    """Yield the call of the alert; of several each in a line, the newest first, up to a number."""
    if len(alert.calls) == alert.count == 1:
        yield from call_lines(alert.calls[0], reader)
        return
    newest_first = sorted(alert.calls, key=lambda call: call.started_at, reverse=True)
    callers = {call.customer if call.inbound else "" for call in newest_first}
    if len(alert.calls) == alert.count and len(callers) == 1 and callers != {""}:
        times = reader.say("card.times", n=alert.count)
        yield (plain("👤 "), reader.customer(newest_first[0]), plain(f" · {times}"))
    yield from (call_line(call, reader) for call in newest_first[:MOST_LINES])
    left = alert.count - len(newest_first[:MOST_LINES])
    if newest_first and left > 0:
        yield (plain(reader.say("digest.more", n=left)),)
