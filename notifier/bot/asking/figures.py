"""Answers with figures: reports with a chart, people, hotlines, and tables to be opened."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from notifier.bot.asking.doors import Doors, Records
from notifier.core.asking.arguments import Part as Word
from notifier.core.asking.arguments import read_words
from notifier.core.asking.drawings import hour_chart
from notifier.core.asking.listings import about
from notifier.core.asking.questions import Question, Topic, narrowed
from notifier.core.asking.sheets import calls_sheet, figures_sheet
from notifier.core.asking.totals import (
    SHEET,
    Scope,
    agent_message,
    drawn_up,
    part_message,
    report_message,
)
from notifier.core.call_lines import Reader
from notifier.core.calls import Call
from notifier.core.commanding import usage_of
from notifier.core.messages import Message, bold, plain
from notifier.core.people import Caller, Right
from notifier.core.queries import read_period
from notifier.core.report_cards import covered
from notifier.core.report_parts import Part
from notifier.core.summaries import period_words
from notifier.core.talk import Answer, Asked, Command, File, Reaction, Tapped
from notifier.core.tallies import Tally

_PERIODS = "[today | yesterday | week | month | 2026-11-20]"

COMMANDS = (
    Command("today", Right.LOOK, ("homnay",), "[hotline]", "/today"),
    Command("report", Right.LOOK, ("baocao",), f"{_PERIODS} [hotline]", "/report week"),
    Command("agents", Right.LOOK, ("nv", "nhanvien"), f"{_PERIODS} [hotline]", "/agents week"),
    Command("agent", Right.LOOK, ("maynhanh",), f"extension {_PERIODS}", "/agent 101 week"),
    Command("hotlines", Right.LOOK, ("tongdai",), _PERIODS, "/hotlines today"),
    Command(
        "export", Right.GOVERN, ("xuat",), f"{_PERIODS} [hotline | number]", "/export month",
        private=True,
    ),
)  # fmt: skip
"""What figures answer."""

VERBS = {SHEET: Right.LOOK}
"""Buttons under reports."""

MOST_ROWS = 100_000
"""Calls of one table or report; a spreadsheet opens ten times as many."""


@dataclass(slots=True)
class Figures:
    """Answers with figures."""

    doors: Doors

    async def reply(self, asked: Asked) -> tuple[Answer, ...]:
        """Return the figures that are asked for, or how it is asked rightly."""
        question, extension = self._question(asked)
        if question is None:
            say = self.doors.reader(asked.caller, asked.now).say
            return (Answer(usage_of(asked.command, say)),)
        match asked.command.name:
            case "agent":
                return (await self._agent(extension, question, asked),)
            case "agents":
                return (await self._part(Part.BY_AGENT, question, asked),)
            case "hotlines":
                return (await self._part(Part.BY_HOTLINE, question, asked),)
            case "export":
                return (await self._export(question, asked),)
            case _:
                return (await self._report(question, asked),)

    async def react(self, tapped: Tapped) -> Reaction:
        """Return the figures of a report as a table, in private."""
        reader = self.doors.reader(tapped.caller, tapped.now)
        question = self.doors.recall(tapped.about)
        if not tapped.caller.private:
            return Reaction(reader.say("asking.in_private"))
        if question is None or question.topic is not Topic.REPORT:
            return Reaction(reader.say("asking.too_old"))
        figures = await self._drawn_up(question, tapped.caller, tapped.now)
        content = figures_sheet(figures, reader)
        return Reaction(answers=(table("report.csv", content, question, reader),))

    def _question(self, asked: Asked) -> tuple[Question | None, str]:
        """Return what is asked, None where it was put wrongly, and an extension if one leads."""
        words, extension = asked.words, ""
        if asked.command.name == "agent":
            extension, words = (words[0] if words else ""), words[1:]
            if not extension.isascii() or not extension.isdecimal():
                return None, ""
        wanted = read_words(words, _parts(asked.command), self.doors.setting(asked.now))
        usual = read_period("today", asked.now, self.doors.zone)
        if wanted is None or not (period := wanted.period or usual):
            return None, ""
        return Question(Topic.REPORT, period, wanted.hotline, wanted.number), extension

    async def _report(self, question: Question, asked: Asked) -> Answer:
        reader = self.doors.reader(asked.caller, asked.now)
        figures = await self._drawn_up(question, asked.caller, asked.now)
        message = report_message(figures, question, self.doors.remember(question), reader)
        title = " · ".join((reader.say("report.title"), *about(question, reader)))
        chart = hour_chart(figures, reader, title=title, subtitle=covered(figures, reader))
        if chart is None:
            return Answer(message)
        content = await asyncio.to_thread(self.doors.draw, chart)
        return Answer(message, File("report.png", content, "photo"))

    async def _part(self, part: Part, question: Question, asked: Asked) -> Answer:
        figures = await self._drawn_up(question, asked.caller, asked.now)
        return Answer(part_message(figures, part, self.doors.reader(asked.caller, asked.now)))

    async def _agent(self, extension: str, question: Question, asked: Asked) -> Answer:
        calls = await self._calls(question, asked.caller, number="")
        theirs = [call for call in calls if extension in _inside(call)]
        reader = self.doors.reader(asked.caller, asked.now)
        return Answer(agent_message(extension, theirs, question, reader))

    async def _export(self, question: Question, asked: Asked) -> Answer:
        reader = self.doors.reader(asked.caller, asked.now)
        calls = await self._calls(question, asked.caller, number=question.number)
        content = await asyncio.to_thread(calls_sheet, calls, reader)
        return table("calls.csv", content, question, reader, full=len(calls) >= MOST_ROWS)

    async def _calls(self, question: Question, caller: Caller, *, number: str) -> list[Call]:
        ends = (question.period.since, question.period.until)
        hotlines = narrowed(question.hotline, caller.hotlines)
        return await self.doors.look(
            lambda records: records.calls(ends, hotlines, number=number, span=(MOST_ROWS, 0))
        )

    async def _drawn_up(self, question: Question, caller: Caller, now: datetime) -> Tally:
        ends = (question.period.since, question.period.until)
        scope = Scope(ends, self.doors.zone, now, self.doors.directory())
        return await self.doors.look(_counted(scope, narrowed(question.hotline, caller.hotlines)))


def _counted(scope: Scope, hotlines: tuple[str, ...] | None) -> Callable[[Records], Tally]:
    def question(records: Records) -> Tally:
        calls = records.calls(scope.period, hotlines, span=(MOST_ROWS, 0))
        missed = (call.customer for call in calls if call.missed)
        return drawn_up(calls, records.talks(missed, scope.period[0]), scope)

    return question


def _parts(command: Command) -> frozenset[Word]:
    match command.name:
        case "today":
            return frozenset({Word.HOTLINE})
        case "agent" | "hotlines":
            return frozenset({Word.PERIOD})
        case "export":
            return frozenset(Word)
        case _:
            return frozenset({Word.PERIOD, Word.HOTLINE})


def _inside(call: Call) -> set[str]:
    """Return the numbers on our side that had to do with `call`."""
    return {call.extension, call.caller, call.callee, *call.targets}


def table(
    name: str, content: bytes, question: Question, reader: Reader, *, full: bool = False
) -> Answer:
    """Return a table as something to open; it is for the person alone."""
    rows = max(content.count(b"\r\n") - 1, 0)
    period = period_words(question.period, reader)
    lines = ((plain(reader.say("asking.sheet_cut", n=MOST_ROWS)),),) if full else ()
    header = (plain("📄 "), bold(reader.say("asking.sheet", n=rows, period=period)))
    file = File(name, content, "document")
    return Answer(Message(header, lines), file, private=True)
