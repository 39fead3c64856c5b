"""Answers read well in both languages, fit a phone, and are valid whatever is in them.

The golden files hold what readers see, in HTML. After a wanted change write them anew with
`WRITE_GOLDEN=1 pytest tests/core/asking/test_answers.py`, and read the diff.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from notifier.core.alerts import AlertState, Audit, Language, Outcome, Reason
from notifier.core.asking.accounts import MOST_DECISIONS, Account, account_message
from notifier.core.asking.fates import Carded, Waiting
from notifier.core.asking.listings import PAGE, Page, in_bounds, list_message, pages, sliced
from notifier.core.asking.questions import Question, Topic, View
from notifier.core.asking.rulings import (
    MOST_RULES,
    Done,
    Rehearsed,
    Rules,
    rehearsed_message,
    rule_message,
    rules_message,
    unknown_rule,
)
from notifier.core.asking.timelines import MOST_STEPS, timeline
from notifier.core.asking.totals import Scope, agent_message, drawn_up, part_message, report_message
from notifier.core.call_lines import Reader
from notifier.core.calls import Call, CallState
from notifier.core.markup import to_html
from notifier.core.messages import Message
from notifier.core.phones import Mask
from notifier.core.queries import Period, read_period
from notifier.core.report_parts import Part
from notifier.core.rules.naming import Naming
from notifier.core.tallies import Tally
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_rule, an_alert
from tests.core.any_calls import CALLS
from tests.core.asking.cases import (
    DAY,
    HOUR,
    NAMES,
    a_reader,
    dialled,
    missed,
    rung,
    said,
    talked,
)
from tests.fakes.telegram_html import parse_html
from tests.fakes.telegram_html import units as telegram_units

GOLDEN = Path(__file__).parents[1] / "golden_asking"

CAPTION = 1024
"""Longest text below a picture: Telegram's bound."""


@dataclass(frozen=True)
class Try:
    """A delivery and what came of it."""

    channel: str
    reason: str
    state: str
    tries: int
    created_at: datetime


def a_period(word: str = "today") -> Period:
    period = read_period(word, NOON, HANOI)
    assert period is not None
    return period


def a_question(topic: Topic = Topic.MISSED, word: str = "today", **narrow: str) -> Question:
    return Question(topic, a_period(word), **narrow)


MISSES = (missed(10 * MINUTE, 1), missed(HOUR, 2), missed(2 * HOUR, 3), missed(3 * HOUR, 4))
BACKS = {MISSES[1].id: dialled(50 * MINUTE, 2), MISSES[2].id: talked(HOUR, 3)}
CARDS = {MISSES[0].id: Carded("3f9a0cabc"), MISSES[3].id: Carded("abcdefghi", "Lan")}


def a_missed_page(**overrides: object) -> Page:
    page = Page(a_question(), "key", View(), 14, MISSES, still_open=2, backs=BACKS, cards=CARDS)
    return replace(page, **overrides)  # type: ignore[arg-type]


def missed_list(reader: Reader) -> Message:
    return list_message(a_missed_page(), reader)


def open_list(reader: Reader) -> Message:
    waiting = (
        Waiting("+84901234501", "19001000", NOON - 26 * HOUR, 3, Carded("3f9a0cabc", "Lan")),
        Waiting("+84901234502", "unknown", NOON - 5 * MINUTE, 1, None),
        Waiting("+84901234503", "02899999999", NOON - MINUTE, 2, Carded("abcdefghi")),
    )
    page = Page(a_question(Topic.OPEN, "7d", hotline="19001000"), "key", View(), 3, waiting=waiting)
    return list_message(page, reader)


def found_list(reader: Reader) -> Message:
    question = a_question(Topic.FIND, "2026-09-05", number="0901234501")
    calls = (missed(25 * HOUR, 1), dialled(26 * HOUR, 1), talked(27 * HOUR, 1))
    return list_message(Page(question, "key", View(1), 13, calls), reader)


def empty_list(reader: Reader) -> Message:
    return list_message(Page(a_question(Topic.CALLS), "key", View(), 0), reader)


def a_timeline(reader: Reader) -> Message:
    at = NOON - HOUR
    legs = (
        rung(at, "101"),
        rung(at + 10 * SECOND, "102", status=CallState.ANSWERED, answered_at=at + 15 * SECOND),
        replace(rung(at), number="", rung_at=None, added_at=None, ended_at=None),
    )
    call = talked(HOUR, 1, legs=legs, extension="102", agent="Minh", note="gọi 0901234567")
    alert = an_alert(call, state=AlertState.ACKNOWLEDGED, taken_by="Lan")
    return timeline(call, [alert, an_alert(call, rule="goi_dai")], reader)


def an_account(reader: Reader) -> Message:
    call = missed(HOUR, 1)
    alert = an_alert(
        call,
        key="+84901234501",
        state=AlertState.RESOLVED,
        outcome=Outcome.CALLED_BACK,
        taken_by="Lan",
        taken_at=NOON - 50 * MINUTE,
        suppressed=2,
    )
    hotline = an_alert(call, id="zzz", rule="nhieu_nho", key="1900 1000")
    decisions = (
        Audit(NOON - 59 * MINUTE, "goi_nho", Reason.NEW, alert.id, call.id, "quan_ly"),
        Audit(NOON - 58 * MINUTE, "", Reason.BASELINE, detail="3 calls"),
    )
    tries = (Try("quan_ly", "new", "delivered", 2, NOON - 59 * MINUTE + SECOND),)
    return account_message("3F9A0C", Account((alert, hotline), decisions, tries), reader)


RULES = Rules(
    (a_rule(description="Khách gọi không gặp"), a_rule("goi_dai")), Naming(HANOI, {}, NAMES)
)


def a_rule_list(reader: Reader) -> Message:
    return rules_message(RULES, Done({"goi_nho": NOON - DAY}, {"goi_nho": 12}), reader)


def one_rule(reader: Reader) -> Message:
    return rule_message(RULES.rules[0], RULES, reader)


def no_rule(reader: Reader) -> Message:
    return unknown_rule("goi_nhoo", RULES.rules, reader)


def a_rehearsal(reader: Reader) -> Message:
    held = (("throttled", 7), ("outside_calendar", 1))
    one = Rehearsed(
        "goi_nho", NOON - 7 * DAY, NOON, 12, "quan_ly", 11, 1.57, held, starts_late=True
    )
    return rehearsed_message(one, reader)


def a_quiet_rehearsal(reader: Reader) -> Message:
    return rehearsed_message(Rehearsed("goi_nho", NOON - DAY, NOON, 0), reader)


def figures(*calls: Call, talks: tuple[Call, ...] = ()) -> Tally:
    period = a_period()
    return drawn_up(calls, talks, Scope((period.since, period.until), HANOI, NOON, NAMES))


DAYS_CALLS = (*MISSES, talked(40 * MINUTE, 5), talked(3 * HOUR, 6), dialled(50 * MINUTE, 2))


def a_report(reader: Reader) -> Message:
    question = a_question(Topic.REPORT, hotline="19001000")
    return report_message(figures(*DAYS_CALLS), question, "key", reader)


def an_empty_report(reader: Reader) -> Message:
    return report_message(figures(), a_question(Topic.REPORT), "key", replace(reader, private=True))


def by_agent(reader: Reader) -> Message:
    return part_message(figures(*DAYS_CALLS), Part.BY_AGENT, reader)


def an_agent(reader: Reader) -> Message:
    return agent_message("101", DAYS_CALLS, a_question(Topic.REPORT), reader)


def an_idle_agent(reader: Reader) -> Message:
    return agent_message("109", (), a_question(Topic.REPORT, "week"), reader)


CASES: dict[str, Callable[[Reader], Message]] = {
    "missed": missed_list,
    "open": open_list,
    "found": found_list,
    "empty": empty_list,
    "timeline": a_timeline,
    "account": an_account,
    "rules": a_rule_list,
    "rule": one_rule,
    "no_rule": no_rule,
    "rehearsal": a_rehearsal,
    "quiet_rehearsal": a_quiet_rehearsal,
    "report": a_report,
    "empty_report": an_empty_report,
    "by_agent": by_agent,
    "agent": an_agent,
    "idle_agent": an_idle_agent,
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("case", CASES)
def test_an_answer_reads_well(case: str, language: Language) -> None:
    message = CASES[case](a_reader(language))

    rows = [" ".join(f"[{button.label}]" for button in row) for row in message.buttons]
    shown = "\n".join((to_html(message), *rows)) + "\n"

    path = GOLDEN / f"{case}.{language.value}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    names = {f"{case}.{language}.txt" for case in CASES for language in Language}

    assert {path.name for path in GOLDEN.iterdir()} == names


# --- lists


def test_a_page_has_ten_lines_and_buttons_to_its_neighbours() -> None:
    message = list_message(a_missed_page(view=View(1), total=21), a_reader())

    filters, turns = message.buttons
    assert [button.data for button in filters] == ["1:page:key:w0", "1:page:key:a0"]
    assert [button.data for button in turns] == ["1:page:key:a0", "1:page:key:a2"]
    assert (pages(0), pages(PAGE), pages(PAGE + 1)) == (1, 1, 2)


def test_a_list_of_one_page_has_no_buttons_but_its_filter() -> None:
    message = list_message(a_missed_page(view=View(waiting=True), total=2), a_reader())

    ((waiting, _all),) = message.buttons
    assert waiting.label == "• Not called back"


def test_nobody_left_to_call_back_is_good_news() -> None:
    message = list_message(a_missed_page(view=View(waiting=True), total=0, calls=()), a_reader())

    assert said(message)[1] == "☕ Nobody is left to call back."


def test_a_list_that_grew_shorter_shows_its_last_page() -> None:
    assert in_bounds(View(7, waiting=True), 12) == View(1, waiting=True)
    assert in_bounds(View(7), 0) == View()


def test_a_page_shows_its_own_calls() -> None:
    calls = [a_call(id=str(n)) for n in range(12)]

    assert [call.id for call in sliced(calls, View(1))] == ["10", "11"]


def test_no_button_says_a_number() -> None:
    question = a_question(Topic.FIND, number="0901234567")
    message = list_message(Page(question, "key", View(), 30), a_reader())

    assert all("901234567" not in button.data for row in message.buttons for button in row)


# --- one call, and why


def test_a_call_of_many_steps_is_cut() -> None:
    legs = tuple(rung(NOON - HOUR, str(100 + n)) for n in range(30))
    call = missed(HOUR)

    message = timeline(replace(call, legs=legs, ended_at=None), [], a_reader())

    steps = said(message)[said(message).index("What happened") + 1 : -1]
    assert len(steps) == MOST_STEPS


def test_a_call_without_a_hotline_is_told_by_its_title() -> None:
    message = timeline(missed(HOUR, hotline="unknown"), [], a_reader())

    assert said(message)[0] == "🔴 Missed call"


def test_many_decisions_are_cut_to_the_newest() -> None:
    rows = [Audit(NOON - n * MINUTE, "r", Reason.THROTTLED, call="1") for n in range(40)]

    message = account_message("1", Account(decisions=tuple(rows)), a_reader())

    assert said(message)[1] == "… 10 lines before"
    assert len(message.lines) == MOST_DECISIONS + 1


def test_an_alert_about_its_call_alone_has_nothing_to_be_told_of_its_key() -> None:
    message = account_message("1", Account(alerts=(an_alert(missed(HOUR)),)), a_reader())

    (life,) = said(message)[1:]
    assert life.endswith("· goi_nho · open")


def test_an_account_is_empty_without_anything_in_it() -> None:
    assert Account().empty
    assert not Account(alerts=(an_alert(),)).empty


def test_a_rule_without_a_description_is_its_sentence_alone() -> None:
    assert len(rule_message(RULES.rules[1], RULES, a_reader()).lines) == 1


def test_a_rule_is_found_however_its_letters_are_written() -> None:
    assert RULES.called("GOI_NHO") == RULES.rules[0]
    assert RULES.called("nothing") is None


def test_very_many_rules_are_counted() -> None:
    rules = replace(RULES, rules=tuple(a_rule(f"r{n}") for n in range(MOST_RULES + 2)))

    assert said(rules_message(rules, Done(), a_reader()))[-1] == "… and 2 more"


# --- figures


def test_who_was_called_back_over_another_line_counts_and_that_call_does_not() -> None:
    elsewhere = dialled(5 * MINUTE, 1, hotline="02873001234")

    drawn = figures(missed(10 * MINUTE, 1), talks=(elsewhere,))

    assert (drawn.misses.called_back, drawn.misses.still_open) == (1, 0)
    assert (drawn.totals.outbound, drawn.waiting) == (0, ())


def test_a_report_offers_its_table_in_private_only() -> None:
    question, drawn = a_question(Topic.REPORT), figures(missed(HOUR))

    (row,) = report_message(drawn, question, "key", a_reader(private=True)).buttons
    shared = report_message(drawn, question, "key", a_reader())

    assert [button.data for button in row] == ["1:sheet:key"]
    assert shared.buttons == ()


@given(CALLS)
def test_any_report_fits_below_its_picture(calls: list[Call]) -> None:
    period = (NOON - DAY, NOON + DAY)
    drawn = drawn_up(calls, (), Scope(period, HANOI, NOON, NAMES))

    message = report_message(drawn, a_question(Topic.REPORT), "key", a_reader(Language.VI))

    assert to_html(message, limit=CAPTION) == to_html(message)


# --- whatever is in them

texts = some.text(max_size=60)


def answers_about(calls: list[Call], text: str, reader: Reader) -> list[Message]:
    """Return every kind of answer about `calls`, with `text` wherever somebody may write."""
    noted = [replace(call, id=str(n), note=text, agent=text) for n, call in enumerate(calls)]
    cards = {call.id: Carded(text or "a", text) for call in noted}
    rows = tuple(Audit(NOON, text, Reason.MUTED, detail=text) for _ in noted)
    return [
        list_message(a_missed_page(calls=tuple(noted), cards=cards, backs={}), reader),
        *(timeline(call, [an_alert(call, rule=text)], reader) for call in noted[:3]),
        account_message(text, Account(decisions=rows), reader),
        agent_message("101", noted, a_question(Topic.REPORT), reader),
    ]


@given(CALLS, texts, some.sampled_from(Mask), some.sampled_from(Language))
def test_any_answer_is_valid_html_within_limits(
    calls: list[Call], text: str, mask: Mask, language: Language
) -> None:
    reader = a_reader(language, mask=mask, private=True)

    shown = [parse_html(to_html(one)).text for one in answers_about(calls, text, reader)]

    assert max(map(telegram_units, shown)) <= 4096


LISTED = some.sampled_from([Topic.MISSED, Topic.OPEN, Topic.CALLS, Topic.FIND])


@given(some.text(alphabet="0123456789", min_size=8, max_size=10), LISTED)
def test_a_number_is_never_shown_whole_to_who_may_not_see_it(digits: str, topic: Topic) -> None:
    question = a_question(topic, number=f"09{digits[:8]}")

    text = " ".join(said(list_message(Page(question, "key", View(), 0), a_reader())))

    assert f"09{digits[:8]}" not in text.replace(" ", "")
