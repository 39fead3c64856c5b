"""Lists of calls a page at a time, with buttons for the other pages and for a filter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from notifier.core.alerts import short_id
from notifier.core.asking.fates import Carded, Waiting
from notifier.core.asking.questions import Question, Topic, View
from notifier.core.call_lines import Reader, answerer, call_line
from notifier.core.calls import UNKNOWN_HOTLINE, Call
from notifier.core.figures import number
from notifier.core.messages import Button, Line, Message, bold, italic, plain
from notifier.core.moments import span
from notifier.core.phones import normalise, readable, shown
from notifier.core.summaries import period_words
from notifier.core.talk import data_of

PAGE = 10
"""Lines of one page: with its buttons it fits the screen of a phone."""

VERB = "page"
"""What a button that shows another part of an answer says."""


@dataclass(frozen=True, slots=True)
class Page:
    """One part of the answer to a question."""

    question: Question
    key: str
    """By which the question can be asked again."""
    view: View
    total: int
    """How many calls, or customers, all pages have."""
    calls: tuple[Call, ...] = ()
    """Those of this page, newest first."""
    waiting: tuple[Waiting, ...] = ()
    """Topic open: those of this page, who waits longest first."""
    still_open: int = 0
    """Topic missed: how many of all misses nobody has called back."""
    backs: Mapping[str, Call] = field(default_factory=dict)
    """Topic missed: the call that made each miss good, by the id of the miss."""
    cards: Mapping[str, Carded] = field(default_factory=dict)
    """Topic missed: the alert of each miss that has one, by the id of the miss."""


def pages(total: int) -> int:
    """Return how many pages `total` lines take, at least 1."""
    return max(-(-total // PAGE), 1)


def in_bounds(view: View, total: int) -> View:
    """Return `view`, or the last page there is: a list may have grown shorter since."""
    return View(min(view.page, pages(total) - 1), view.waiting)


def list_message(page: Page, reader: Reader) -> Message:
    """Return the answer that `page` is."""
    lines = [*_rows(page, reader)]
    return Message(
        header=_header(page, reader),
        lines=tuple(lines) or ((plain(f"☕ {reader.say(_empty(page))}"),),),
        footer=(italic(_footer(page, reader)),),
        buttons=tuple(_buttons(page, reader)),
        more=reader.say("list.more", n="{n}"),
    )


def _rows(page: Page, reader: Reader) -> Iterator[Line]:
    match page.question.topic:
        case Topic.OPEN:
            yield from (_waiting_line(one, reader) for one in page.waiting)
        case Topic.MISSED:
            yield from (_missed_line(call, page, reader) for call in page.calls)
        case _:
            yield from (call_line(call, reader) for call in page.calls)


def _missed_line(call: Call, page: Page, reader: Reader) -> Line:
    """Return when who was missed, on which hotline, and what has become of it."""
    back, card, say = page.backs.get(call.id), page.cards.get(call.id), reader.say
    at = reader.moment(call.started_at, seconds=False)
    told = [hotline_words(call.hotline, reader)]
    if back:
        told.append(_back(call, back, reader))
    elif card and card.taken_by:
        told.append(say("asking.taken", who=card.taken_by))
    if card and not back:
        told.append(f"#{short_id(card.id)}")
    icon = "✅" if back else "🟡" if card and card.taken_by else "🔴"
    tail = "".join(f" · {text}" for text in told if text)
    return (plain(f"{at} {icon} "), reader.customer(call), plain(tail))


def _back(miss: Call, back: Call, reader: Reader) -> str:
    wait = span(back.started_at - (miss.ended_at or miss.started_at), reader.say)
    if back.inbound:
        return reader.say("asking.called_again", span=wait)
    by = reader.person(answerer(back) or back.extension or back.caller)
    return reader.say("asking.called_back", who=by, span=wait)


def _waiting_line(one: Waiting, reader: Reader) -> Line:
    say = reader.say
    told = [
        say("asking.times", n=one.times) if one.times > 1 else "",
        hotline_words(one.hotline, reader),
        say("asking.age", span=span(reader.now - one.since, say)),
        say("asking.taken", who=one.card.taken_by) if one.card and one.card.taken_by else "",
        f"#{short_id(one.card.id)}" if one.card else "",
    ]
    icon = "🟡" if one.card and one.card.taken_by else "🔴"
    tail = "".join(f" · {text}" for text in told if text)
    return (plain(f"{icon} "), reader.outside(one.customer), plain(tail))


def hotline_words(hotline: str, reader: Reader) -> str:
    """Return the name of `hotline`, else its number; "" where a call has none."""
    if hotline in {"", UNKNOWN_HOTLINE}:
        return ""
    return reader.directory.hotline_name(hotline) or readable(normalise(hotline))


def about(question: Question, reader: Reader) -> Iterator[str]:
    """Yield what `question` is narrowed to, its hotline and its number under the mask."""
    if question.hotline:
        yield hotline_words(question.hotline, reader)
    if question.number:
        yield shown(normalise(question.number), reader.mask)


def _header(page: Page, reader: Reader) -> Line:
    question, say = page.question, reader.say
    period = period_words(question.period, reader)
    title = say(f"asking.title.{question.topic.value}", period=period)
    told = [*about(question, reader), say(f"asking.count.{_counted(page)}", n=page.total)]
    return (plain("📋 "), bold(title), plain("".join(f" · {text}" for text in told)))


def _counted(page: Page) -> str:
    return "customers" if page.question.topic is Topic.OPEN else "calls"


def _empty(page: Page) -> str:
    if page.view.waiting or page.question.topic is Topic.OPEN:
        return "asking.none_open"
    return "asking.none"


def _footer(page: Page, reader: Reader) -> str:
    say, told = reader.say, []
    if page.question.topic is Topic.MISSED:
        told.append(say("asking.still_open", n=number(page.still_open, say)))
    if pages(page.total) > 1:
        told.append(say("asking.page", n=page.view.page + 1, all=pages(page.total)))
    told.append(say("asking.as_of", at=reader.moment(reader.now)))
    return " · ".join(told)


def _buttons(page: Page, reader: Reader) -> Iterator[tuple[Button, ...]]:
    view, say = page.view, reader.say
    if page.question.topic is Topic.MISSED:
        yield tuple(
            _button(page, View(0, waiting), f"{'• ' if waiting is view.waiting else ''}{say(name)}")
            for name, waiting in (("asking.button.waiting", True), ("asking.button.all", False))
        )
    turns = [(view.page - 1, "◀"), (view.page + 1, "▶")]
    row = [
        _button(page, View(to, view.waiting), sign)
        for to, sign in turns
        if 0 <= to < pages(page.total)
    ]
    if row:
        yield tuple(row)


def _button(page: Page, to: View, label: str) -> Button:
    return Button(label, data=data_of(VERB, page.key, to.word))


def sliced(calls: Sequence[Call], view: View) -> tuple[Call, ...]:
    """Return those of `calls` that `view` shows."""
    return tuple(calls[view.page * PAGE : (view.page + 1) * PAGE])
