"""What is asked in a chat is answered there: narrowed, masked, a page at a time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.bot.asking.doors import MOST_REMEMBERED
from notifier.bot.asking.figures import table
from notifier.core.asking.questions import Question, Topic
from notifier.core.phones import Mask
from notifier.core.queries import Period
from tests.bot.asking_desk import AN, GROUP, GUEST, LAN, Talk, a_talk_with
from tests.builders import MINUTE, NOON, SECOND
from tests.core.asking.cases import DAY, HOUR, dialled, missed, said, talked
from tests.store.desk import take_in_the_morning

ELSEWHERE = "02873001234"

CALLS = (
    missed(HOUR, 1),
    dialled(50 * MINUTE, 1),
    missed(40 * MINUTE, 2, hotline=ELSEWHERE),
    talked(30 * MINUTE, 3),
    missed(20 * MINUTE, 4),
    missed(26 * HOUR, 5),
)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with a_talk_with(tmp_path, *CALLS) as opened:
        yield opened


async def test_missed_calls_are_told_with_what_became_of_them(talk: Talk) -> None:
    header, *lines, footer = await talk.lines("/nho")

    assert header == "📋 Missed calls today · 3 calls"
    assert lines == [
        "11:40 🔴 0901 234 504 · CSKH",
        "11:20 🔴 0901 234 502 · Bán hàng",
        "11:00 ✅ 0901 234 501 · CSKH · 101 (Lan) called back after 9 min 30 s",
    ]
    assert footer == "Not called back: 2 · as of 12:00:00"


async def test_who_waits_longest_stands_first_on_the_list_of_call_backs(talk: Talk) -> None:
    header, *lines, _ = await talk.lines("/chuagoi")

    assert header == "📋 Not called back in the last 7 days · 3 customers"
    assert [line.partition(" · ")[0] for line in lines] == [
        "🔴 0901 234 505", "🔴 0901 234 502", "🔴 0901 234 504",
    ]  # fmt: skip


ASKED = [
    ("/missed 45m", 2),
    ("/missed hôm qua", 1),
    ("/missed 7d CSKH", 3),
    ("/missed 0901234502", 1),
    ("/calls", 5),
    ("/calls 19001000", 4),
    ("/goi 35m", 2),
    ("/find 0901 234 501", 2),
    ("/tim 501 30d", 2),
    ("/open 30m", 1),
    ("/open 7d 02873001234", 1),
]


@pytest.mark.parametrize(("text", "found"), ASKED)
async def test_a_period_a_hotline_and_a_number_narrow_a_list(
    talk: Talk, text: str, found: int
) -> None:
    assert len((await talk.ask(text)).message.lines) == found


@pytest.mark.parametrize(
    "text",
    [
        "/missed abc", "/find", "/find 7d", "/open 0901234567", "/call", "/call 1 2", "/agent",
        "/agent Lan", "/agent 101 CSKH", "/today 7d", "/report 0901234567", "/hotlines CSKH",
        "/why",
    ],
)  # fmt: skip
async def test_a_wrong_argument_is_answered_with_usage_and_an_example(
    talk: Talk, text: str
) -> None:
    (line,) = await talk.lines(text)

    assert line.startswith(f"Usage: {text.split(maxsplit=1)[0]} ")
    assert "/" in line.partition("xample")[2]


async def test_numbers_are_masked_for_who_may_not_see_them(talk: Talk) -> None:
    in_group = await talk.by(LAN, GROUP).lines("/missed")
    of_guest = await talk.by(GUEST).lines("/missed")
    hidden = await talk.by(AN, GROUP).lines("/missed")

    assert "🔴 09xx xxx 504" in in_group[1]
    assert "🔴 09xx xxx 504" in of_guest[1]
    assert "🔴 09xx xxx 504" in hidden[1]


async def test_a_terminal_may_ask_for_less_than_it_may_see(tmp_path: Path) -> None:
    with a_talk_with(tmp_path, *CALLS, mask=Mask.HIDDEN) as talk:
        assert "09xx xxx xxx" in (await talk.lines("/missed"))[1]


NARROW = [
    ("/missed", "📋 Missed calls today · 1 call"),
    ("/open", "📋 Not called back in the last 7 days · 1 customer"),
    ("/calls CSKH", "📋 Calls today · CSKH · 0 calls"),
    ("/find 0901234504", "📋 History in the last 30 days · 0901 234 504 · 0 calls"),
    ("/call m1200-4", "There is no call or alert “m1200-4”."),
    ("/why m1200-4", "There is no call or alert “m1200-4”."),
]


@pytest.mark.parametrize(("text", "header"), NARROW)
async def test_nobody_sees_calls_of_other_hotlines(talk: Talk, text: str, header: str) -> None:
    seller = talk.by(replace(LAN, hotlines=(ELSEWHERE,)))

    assert (await seller.lines(text))[0] == header


async def test_a_person_and_a_chat_without_a_common_hotline_see_nothing(talk: Talk) -> None:
    seller, support = replace(LAN, hotlines=(ELSEWHERE,)), replace(GROUP, hotlines=("19001000",))

    assert "0 calls" in (await talk.by(seller, support).lines("/calls"))[0]
    assert "No calls" in (await talk.by(seller, support).lines("/report"))[1]


# --- buttons


async def test_the_filter_shows_only_who_was_not_called_back(talk: Talk) -> None:
    waiting, _ = (await talk.ask("/missed")).message.buttons[0]

    reaction = await talk.tap(waiting)

    (answer,) = reaction.answers
    assert answer.edits
    assert len(answer.message.lines) == 2


async def test_a_long_list_is_turned_page_by_page(tmp_path: Path) -> None:
    calls = [missed(n * MINUTE, n % 10, id=f"m{n}") for n in range(1, 24)]
    with a_talk_with(tmp_path, *calls) as talk:
        first = (await talk.ask("/calls")).message
        (second,) = (await talk.tap(first.buttons[-1][-1])).answers
        (third,) = (await talk.tap(second.message.buttons[-1][-1])).answers

    assert [len(one.lines) for one in (first, second.message, third.message)] == [10, 10, 3]
    assert said(third.message)[-1].startswith("page 3/3")


async def test_the_list_of_call_backs_is_turned_too(tmp_path: Path) -> None:
    calls = [missed(n * MINUTE, customer=f"+849012345{n:02d}", id=f"m{n}") for n in range(1, 13)]
    with a_talk_with(tmp_path, *calls) as talk:
        first = (await talk.ask("/open")).message
        (second,) = (await talk.tap(first.buttons[-1][-1])).answers

    assert [len(one.lines) for one in (first, second.message)] == [10, 2]


async def test_whoever_turns_a_page_sees_what_they_may_see(talk: Talk) -> None:
    waiting, _ = (await talk.ask("/missed")).message.buttons[0]

    (answer,) = (await talk.by(GUEST).tap(waiting)).answers

    assert "09xx xxx 504" in said(answer.message)[1]


@pytest.mark.parametrize(
    ("verb", "about", "argument"),
    [("page", "0123456789abcdef", "a0"), ("page", "", "a0"), ("sheet", "0123456789abcdef", "")],
)
async def test_a_forgotten_question_asks_to_be_put_again(
    talk: Talk, verb: str, about: str, argument: str
) -> None:
    reaction = await talk.press(verb, about, argument)

    assert reaction.popup == "This list is too old. Please ask again."
    assert reaction.answers == ()


async def test_forged_buttons_do_nothing(talk: Talk) -> None:
    button = (await talk.ask("/missed")).message.buttons[0][0]
    key = button.data.split(":")[2]

    assert (await talk.press("page", key, "x9")).popup
    assert (await talk.press("sheet", key)).popup


async def test_only_so_many_questions_are_remembered(talk: Talk) -> None:
    periods = [Period(NOON - n * SECOND, NOON) for n in range(MOST_REMEMBERED + 1)]

    keys = [talk.doors.remember(Question(Topic.CALLS, period)) for period in periods]

    assert talk.doors.recall(keys[0]) is None
    assert talk.doors.recall(keys[1]) is not None


# --- one call


async def test_a_call_is_told_from_its_first_ring_to_its_end(talk: Talk) -> None:
    lines = await talk.lines("/call m1200-4")

    assert lines[0] == "🔴 Missed call · CSKH"
    assert lines[lines.index("What happened") + 1 :] == [
        "11:40:00 began",
        "11:40:01 101 (Lan) rang",
        "11:40:21 101 (Lan) did not answer, rang 20 s",
        "11:40:30 ended",
        "m1200-4",
    ]


async def test_a_call_is_found_by_its_alert_as_well(tmp_path: Path) -> None:
    with a_talk_with(tmp_path) as talk:
        take_in_the_morning(talk.desk)
        alert = talk.desk.archive.alerts_with("1001")[0]

        by_alert = await talk.lines(f"/call #{alert.id[:6].upper()}")
        tapped = await talk.lines(f"/c_{alert.id[:6]}")

    assert by_alert[-1] == "1001"
    assert tapped == by_alert


@pytest.mark.parametrize("text", ["/call 999", "/call zzzzzz", "/why zzzzzz", "/why 99"])
async def test_what_is_not_remembered_is_said_so(talk: Talk, text: str) -> None:
    assert (await talk.lines(text))[0] == f"There is no call or alert “{text.split()[1]}”."


# --- figures


async def test_a_report_is_a_chart_with_figures_below(talk: Talk) -> None:
    answer = await talk.ask("/baocao today")

    assert answer.file is not None
    assert (answer.file.name, answer.file.kind, answer.file.content) == (
        "report.png",
        "photo",
        b"png",
    )
    assert said(answer.message)[0] == "📊 Call report · Monday 7 Sep 2026, 00:00–12:00"
    (chart,) = talk.drawn
    assert (chart.title, chart.subtitle) == ("Call report", "Monday 7 Sep 2026, 00:00–12:00")
    assert [(bar.hour, bar.inbound, bar.missed) for bar in chart.bars if bar.inbound] == [
        (11, 4, 3)
    ]


async def test_the_report_of_a_hotline_says_so(talk: Talk) -> None:
    await talk.ask("/today bán hàng")

    assert talk.drawn[0].title == "Call report · Bán hàng"


async def test_a_report_without_calls_has_no_chart(talk: Talk) -> None:
    answer = await talk.ask("/report 2026-09-01")

    assert answer.file is None
    assert len(said(answer.message)) == 2


async def test_the_figures_can_be_had_as_a_table_in_private(talk: Talk) -> None:
    ((button,),) = (await talk.ask("/report")).message.buttons

    (answer,) = (await talk.tap(button)).answers
    elsewhere = await talk.by(LAN, GROUP).tap(button)

    assert answer.file is not None
    assert (answer.file.name, answer.file.kind, answer.private) == ("report.csv", "document", True)
    assert b"totals,,4,1,3,1," in answer.file.content
    assert elsewhere.popup == "Only sent in a private chat."


async def test_people_and_hotlines_have_their_figures(talk: Talk) -> None:
    agents, hotlines = await talk.lines("/nv"), await talk.lines("/hotlines")

    assert agents[-1] == "• Lan: answered 1 · outbound 1 · talked 4 min"
    assert hotlines[-2:] == [
        "• CSKH: inbound 3 · answered 1 · missed 2",
        "• Bán hàng: inbound 1 · answered 0 · missed 1",
    ]


async def test_an_extension_has_its_own(talk: Talk) -> None:
    header, rung, made, length, *calls = await talk.lines("/agent 101")

    assert header == "👤 101 (Lan) · today"
    assert (rung, made) == ("Rang: 4 · answered: 1", "Outbound: 1 · not reached: 0")
    assert length == "Talk: 4 min · mean 2 min"
    assert len(calls) == 5


async def test_an_admin_exports_calls_with_their_numbers(talk: Talk) -> None:
    answer = await talk.by(AN).ask("/export 7d CSKH")

    assert answer.file is not None
    assert answer.private
    assert answer.file.content.count(b"\r\n") == 6
    assert b"0901 234 504" in answer.file.content
    assert said(answer.message) == ["📄 5 rows · in the last 7 days"]


def test_a_table_that_was_cut_says_so(talk: Talk) -> None:
    question = Question(Topic.REPORT, Period(NOON - DAY, NOON))
    reader = talk.doors.reader(talk.caller, NOON)

    answer = table("calls.csv", b"id\r\n1\r\n", question, reader, full=True)

    assert said(answer.message)[1] == "Only the newest 100000 calls; choose a shorter period."


# --- rules and the service


async def test_rules_are_listed_and_said_in_a_sentence(talk: Talk) -> None:
    rules, rule = await talk.by(AN).lines("/rules"), await talk.by(AN).lines("/rule GOI_NHO")

    assert rules[1:] == [
        "goi_nho · info · no match yet · 7 days: 0 alerts",
        "goi_dai · info · no match yet · 7 days: 0 alerts",
    ]
    assert rule[0] == "📏 goi_nho"


async def test_a_rule_is_tried_on_past_calls(talk: Talk) -> None:
    plain, longer = (
        await talk.by(AN).lines("/testrule goi_nho"),
        await talk.by(AN).lines("/thu goi_nho 30d"),
    )

    assert plain == ["🧪 goi_nho", "from 12:00 31 Aug to 12:00", "It would have alerted 12 times"]
    assert longer[1] == "from 12:00 8 Aug to 12:00"


@pytest.mark.parametrize(
    "text", ["/rule", "/rule a b", "/testrule", "/testrule goi_nho abc", "/testrule a 7d 8d"]
)
async def test_a_rule_is_asked_for_by_one_name(talk: Talk, text: str) -> None:
    (line,) = await talk.by(AN).lines(text)

    assert line.startswith("Usage: ")


@pytest.mark.parametrize("text", ["/rule goi_nhoo", "/testrule goi_nhoo"])
async def test_a_rule_that_is_not_there_names_those_that_are(talk: Talk, text: str) -> None:
    (line,) = await talk.by(AN).lines(text)

    assert line == "There is no rule “goi_nhoo”. There are: goi_nho, goi_dai."


async def test_rules_that_cannot_be_tried_here_are_not(tmp_path: Path) -> None:
    with a_talk_with(tmp_path, rehearse=None) as talk:
        assert await talk.by(AN).lines("/testrule goi_nho") == ["Rules cannot be tried here."]


async def test_why_something_was_told_is_said(tmp_path: Path) -> None:
    with a_talk_with(tmp_path) as talk:
        take_in_the_morning(talk.desk)
        alert = talk.desk.archive.alerts_with("1001")[0]

        header, life, *decisions = await talk.lines(f"/why {alert.id[:6].upper()}")

    assert header == f"🔎 Why: {alert.id[:6].upper()}"
    assert life.startswith(f"🔔 #{alert.id[:6].upper()} · {alert.rule}")
    assert any("told" in line for line in decisions)


async def test_the_service_says_how_it_is(talk: Talk) -> None:
    lines = await talk.lines("/trangthai")

    assert lines[:2] == ["Status: All is well", "Last poll: 1 min ago"]


def test_every_command_and_alias_is_a_word_that_telegram_takes(talk: Talk) -> None:
    names = [name for command in talk.skill.commands for name in (command.name, *command.aliases)]

    assert len(names) == len(set(names))
    assert all(name.isascii() and name.islower() and len(name) <= 32 for name in names)
