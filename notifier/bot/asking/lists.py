"""Answers with lists of calls, and with one call from its first ring to its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifier.bot.asking.doors import Doors, Records
from notifier.core.alerts import Alert
from notifier.core.asking.arguments import Part, Wanted, read_words
from notifier.core.asking.fates import answers, still_waiting
from notifier.core.asking.listings import PAGE, VERB, Page, in_bounds, list_message, sliced
from notifier.core.asking.questions import (
    Question,
    Topic,
    View,
    may_see,
    narrowed,
    read_view,
)
from notifier.core.asking.timelines import timeline
from notifier.core.calls import Call
from notifier.core.commanding import usage_of
from notifier.core.messages import Message, plain
from notifier.core.people import Caller, Right
from notifier.core.queries import read_period
from notifier.core.talk import Answer, Asked, Command, Reaction, Tapped

_PERIODS = "[today | 7d | 2026-11-20 | 08:00-12:00]"

COMMANDS = (
    Command(
        "missed", Right.LOOK, ("nho",), f"{_PERIODS} [hotline | number]",
        "/missed 7d",
    ),
    Command("open", Right.LOOK, ("chuagoi",), "[7d] [hotline]", "/open 2d"),
    Command(
        "calls", Right.LOOK, ("goi",), f"{_PERIODS} [hotline | number]",
        "/calls 2h 0901234567",
    ),
    Command("find", Right.LOOK, ("tim",), "number [30d]", "/find 0901234567"),
    Command("call", Right.LOOK, ("c", "cuocgoi"), "id", "/call 1415096549774721835"),
)  # fmt: skip
"""What lists answer."""

VERBS = {VERB: Right.LOOK}
"""Buttons under lists."""

_EVERYTHING = frozenset(Part)

_PARTS = {
    Topic.MISSED: _EVERYTHING,
    Topic.CALLS: _EVERYTHING,
    Topic.OPEN: frozenset({Part.PERIOD, Part.HOTLINE}),
    Topic.FIND: frozenset({Part.PERIOD, Part.NUMBER}),
}

_USUAL = {Topic.MISSED: "today", Topic.CALLS: "today", Topic.OPEN: "7d", Topic.FIND: "30d"}
"""Periods where none is named."""

_MOST = 20_000
"""Missed calls that are looked at: what became of each is told from later calls."""

_SHORTEST_ID = 4
"""Letters of an alert's id by which it is found."""


@dataclass(slots=True)
class Lists:
    """Answers with calls."""

    doors: Doors

    async def reply(self, asked: Asked) -> tuple[Answer, ...]:
        """Return the first page of a list, the call, or how it is asked rightly."""
        reader = self.doors.reader(asked.caller, asked.now)
        if asked.command.name == "call":
            return (Answer(await self._call(asked)),)
        question = self._question(asked)
        if question is None:
            return (Answer(usage_of(asked.command, reader.say)),)
        return (Answer(await self._page(question, View(), asked.caller, asked)),)

    async def react(self, tapped: Tapped) -> Reaction:
        """Return another part of the list in the place of the one that was tapped."""
        question, view = self.doors.recall(tapped.about), read_view(tapped.argument)
        if question is None or view is None or question.topic not in _PARTS:
            say = self.doors.reader(tapped.caller, tapped.now).say
            return Reaction(say("asking.too_old"))
        message = await self._page(question, view, tapped.caller, tapped)
        return Reaction(answers=(Answer(message, edits=True),))

    def _question(self, asked: Asked) -> Question | None:
        """Return what is asked; None where it was put wrongly."""
        topic = Topic(asked.command.name)
        setting = self.doors.setting(asked.now)
        wanted = read_words(asked.words, _PARTS[topic], setting)
        if wanted is None or (topic is Topic.FIND and not wanted.number):
            return None
        return _asked_for(topic, wanted, asked, self.doors)

    async def _page(
        self, question: Question, view: View, caller: Caller, at: Asked | Tapped
    ) -> Message:
        key = self.doors.remember(question)
        hotlines = narrowed(question.hotline, caller.hotlines)
        page = await self.doors.look(
            lambda records: _found(records, Page(question, key, view, 0), hotlines)
        )
        return list_message(page, self.doors.reader(caller, at.now))

    async def _call(self, asked: Asked) -> Message:
        reader = self.doors.reader(asked.caller, asked.now)
        if len(asked.words) != 1:
            return usage_of(asked.command, reader.say)
        identity = asked.words[0].lstrip("#")
        found = await self.doors.look(lambda records: _one(records, identity))
        if found is None or not may_see(found[0].hotline, asked.caller.hotlines):
            return Message((plain(reader.say("asking.no_call", id=identity[:_LONGEST_ECHO])),))
        return timeline(*found, reader)


_LONGEST_ECHO = 32
"""Letters of what was typed that are said back."""


def _asked_for(topic: Topic, wanted: Wanted, asked: Asked, doors: Doors) -> Question | None:
    period = wanted.period or read_period(_USUAL[topic], asked.now, doors.zone)
    return Question(topic, period, wanted.hotline, wanted.number) if period else None


def _found(records: Records, page: Page, hotlines: tuple[str, ...] | None) -> Page:
    """Return `page` with what it shows."""
    match page.question.topic:
        case Topic.MISSED:
            return _missed(records, page, hotlines)
        case Topic.OPEN:
            return _open(records, page, hotlines)
        case _:
            return _calls(records, page, hotlines)


def _calls(records: Records, page: Page, hotlines: tuple[str, ...] | None) -> Page:
    question = page.question
    ends, number = _ends(question), question.number
    total = records.count(ends, hotlines, number=number)
    view = in_bounds(page.view, total)
    span = (PAGE, view.page * PAGE)
    calls = records.calls(ends, hotlines, number=number, span=span)
    return Page(question, page.key, view, total, tuple(calls))


def _missed(records: Records, page: Page, hotlines: tuple[str, ...] | None) -> Page:
    question = page.question
    misses, talks = _misses(records, question, hotlines)
    good = answers(misses, talks)
    waiting = [call for call in misses if call.customer and call.id not in good]
    shown = waiting if page.view.waiting else misses
    view = in_bounds(page.view, len(shown))
    calls = sliced(shown, view)
    return Page(
        question,
        page.key,
        view,
        len(shown),
        calls,
        still_open=len(waiting),
        backs=good,
        cards=records.cards(call.id for call in calls),
    )


def _open(records: Records, page: Page, hotlines: tuple[str, ...] | None) -> Page:
    misses, talks = _misses(records, page.question, hotlines)
    waiting = still_waiting(misses, talks, records.cards(call.id for call in misses))
    view = in_bounds(page.view, len(waiting))
    part = tuple(waiting[view.page * PAGE : (view.page + 1) * PAGE])
    return Page(page.question, page.key, view, len(waiting), waiting=part)


def _misses(
    records: Records, question: Question, hotlines: tuple[str, ...] | None
) -> tuple[list[Call], list[Call]]:
    """Return the missed calls, and later ones with their customers."""
    ends = _ends(question)
    misses = records.calls(ends, hotlines, missed=True, number=question.number, span=(_MOST, 0))
    return misses, records.talks((call.customer for call in misses), ends[0])


def _ends(question: Question) -> tuple[datetime, datetime]:
    return question.period.since, question.period.until


def _one(records: Records, identity: str) -> tuple[Call, list[Alert]] | None:
    """Return the call of this id, or the newest of the alert of this id, with its alerts."""
    call = records.call(identity)
    if call is None and len(identity) >= _SHORTEST_ID:
        call = _newest(call for alert in records.alerts_like(identity) for call in alert.calls)
    return (call, records.alerts_with(call.id)) if call else None


def _newest(calls: Iterable[Call]) -> Call | None:
    return max(calls, key=lambda call: (call.started_at, call.id), default=None)
