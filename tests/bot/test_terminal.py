"""A terminal asks the same skills as a chat, and taps buttons by their number."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.bot.terminal import Terminal, at_a_terminal
from notifier.core.alerts import Language
from notifier.core.messages import Button, Message, plain
from notifier.core.people import Caller, Right
from notifier.core.talk import Answer, Asked, Command, File, Skill
from notifier.text import book
from tests.bot.asking_desk import GUEST, PRIVATE, a_talk_with
from tests.builders import MINUTE, NOON
from tests.core.asking.cases import missed


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    calls = [missed(n * MINUTE, n % 10, id=f"m{n}") for n in range(1, 14)]
    with a_talk_with(tmp_path, *calls) as talk:
        yield a_terminal(talk.skill)


def a_terminal(*skills: Skill) -> Terminal:
    kept: list[File] = []

    def keep(file: File) -> str:
        kept.append(file)
        return f"/tmp/{file.name}"  # noqa: S108 - nothing is written

    return Terminal(skills, at_a_terminal(Language.EN), book(Language.EN), keep)


async def test_a_command_is_answered_with_its_slash_or_without(terminal: Terminal) -> None:
    with_slash, without = await terminal.answer("/nho\n", NOON), await terminal.answer("nho", NOON)

    assert with_slash == without
    assert with_slash is not None
    assert with_slash[0].startswith("📋 Missed calls today · 13 calls\n")


async def test_buttons_have_numbers_and_a_number_taps_one(terminal: Terminal) -> None:
    first = await terminal.answer("/missed", NOON)
    second = await terminal.answer("3", NOON)

    assert first is not None
    assert second is not None
    assert first[0].splitlines()[-1] == "[1] Not called back  [2] • All  [3] ▶"
    assert "page 2/2" in second[0]


async def test_a_number_without_a_button_says_so(terminal: Terminal) -> None:
    assert await terminal.answer("1", NOON) == ("There is no button 1.",)


async def test_a_chart_is_kept_and_its_place_told(terminal: Terminal) -> None:
    texts = await terminal.answer("/report", NOON)

    assert texts is not None
    assert "Saved: /tmp/report.png" in texts[0]


@pytest.mark.parametrize("line", ["/quit", "quit", " EXIT ", "/thoat"])
async def test_a_goodbye_ends_it(terminal: Terminal, line: str) -> None:
    assert await terminal.answer(line, NOON) is None


@pytest.mark.parametrize("line", ["/help", "trogiup"])
async def test_help_lists_what_may_be_asked(terminal: Terminal, line: str) -> None:
    texts = await terminal.answer(line, NOON)

    assert texts is not None
    heading, *lines = texts[0].splitlines()
    assert heading == "Commands:"
    assert "/open [7d] [hotline] · missed customers nobody has called back" in lines
    assert lines[-1] == "/quit · quit"


async def test_what_is_no_command_is_met_with_the_nearest_one(terminal: Terminal) -> None:
    (text,) = await terminal.answer("/mised", NOON) or ("",)

    assert "/missed" in text


@pytest.mark.parametrize("line", ["", " ", "/"])
async def test_nothing_is_answered_to_nothing(terminal: Terminal, line: str) -> None:
    assert await terminal.answer(line, NOON) == ()


def a_button(data: str, **skill: object) -> Terminal:
    """Return a terminal before which a message with such a button stands."""

    async def reply(_asked: Asked) -> tuple[Answer, ...]:
        return (Answer(Message((plain("hi"),), buttons=((Button("tap", data=data),),))),)

    commands = (Command("hi", Right.ANYBODY), Command("dumb", Right.ANYBODY))
    return a_terminal(Skill(commands, reply=reply, **skill))  # type: ignore[arg-type]


@pytest.mark.parametrize("data", ["0:old:x", "1:gone:x", "1:deaf:x"])
async def test_a_button_that_nobody_understands_is_old(data: str) -> None:
    terminal = a_button(data, verbs={"deaf": Right.ANYBODY})
    await terminal.answer("hi", NOON)

    assert await terminal.answer("1", NOON) == (book(Language.EN)("bot.old_button"),)


async def test_a_skill_that_does_not_reply_says_nothing() -> None:
    terminal = a_terminal(Skill((Command("mute", Right.ANYBODY),)))

    assert await terminal.answer("mute", NOON) == ()


async def test_a_tap_may_be_answered_by_a_popup(terminal: Terminal) -> None:
    stale = a_button(
        "1:page:0123:a0", verbs=terminal.skills[0].verbs, react=terminal.skills[0].react
    )
    await stale.answer("hi", NOON)

    assert await stale.answer("1", NOON) == ("This list is too old. Please ask again.",)


async def test_a_tap_needs_its_right_as_in_a_chat(terminal: Terminal) -> None:
    react = terminal.skills[0].react
    guarded = a_button("1:page:0123:a0", verbs={"page": Right.WORK}, react=react)
    guarded.caller = Caller(GUEST, PRIVATE)
    await guarded.answer("hi", NOON)

    assert await guarded.answer("1", NOON) == ("You may not use this command here.",)
