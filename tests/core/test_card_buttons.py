"""Under a card stand the buttons that make sense: by its kind, its state, its age and its reader.

The golden files hold the keyboards; write them anew with `WRITE_GOLDEN=1 pytest` on this file.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.alerts import AlertKind, AlertState, Language, Note
from notifier.core.card_buttons import buttons
from notifier.core.card_views import CardView, Menu
from notifier.core.cards import MOST_NOTES
from notifier.core.phones import Mask
from notifier.core.talk import read_data
from notifier.text import book
from tests.builders import MINUTE, NOON, a_call, a_talk
from tests.core.alert_cases import OF_MANY, a_quiet
from tests.core.card_desk import a_digest, a_view, a_watch, an_alert, said, shown

GOLDEN = Path(__file__).parent / "golden_buttons"

HOUR = 60 * MINUTE

RECORDED = replace(a_talk(), recording_urls=("https://ghi-am.example.vn/1.mp3",))

KINDS = {
    "call": an_alert(),
    "talk": an_alert(RECORDED),
    "window": an_alert(kind=AlertKind.WINDOW, calls=OF_MANY, count=len(OF_MANY)),
    "quiet": a_quiet(),
}

CASES: Mapping[str, CardView] = {
    **{
        f"{kind}_{state.value}": a_view(replace(alert, state=state), interactive=True)
        for kind, alert in KINDS.items()
        for state in AlertState
    },
    **{
        f"{kind}_menu_{menu.value}": a_view(alert, interactive=True, menu=menu)
        for kind, alert in KINDS.items()
        for menu in Menu
        if menu is not Menu.MAIN
    },
    "private": a_view(an_alert(RECORDED), interactive=True, private=True, listens=True),
    "private_whole": a_view(interactive=True, private=True, mask=Mask.FULL),
    "several_customers": a_view(an_alert(calls=OF_MANY, count=len(OF_MANY)), interactive=True),
    "unknown_hotline": a_view(
        an_alert(a_call(hotline="unknown")), interactive=True, menu=Menu.MUTE
    ),
}


def keyboard(view: CardView) -> str:
    rows = buttons(view, book(view.language))
    told = [" | ".join(f"[{tap.label}] {tap.data or tap.copies}" for tap in row) for row in rows]
    return "\n".join([*told, ""])


def verbs(view: CardView) -> list[str]:
    taps = [tap.data for row in said(view).buttons for tap in row if tap.data]
    return [read[0] for read in map(read_data, taps) if read]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("case", CASES)
def test_a_keyboard_is_as_its_golden_file(case: str, language: Language) -> None:
    told = keyboard(replace(CASES[case], language=language))

    path = GOLDEN / f"{case}.{language.value}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(told, encoding="utf-8")

    assert told == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    names = {f"{case}.{language.value}.txt" for case in CASES for language in Language}

    assert {path.name for path in GOLDEN.iterdir()} == names


@pytest.mark.parametrize("case", CASES)
def test_where_nobody_listens_for_taps_no_button_acts(case: str) -> None:
    assert verbs(replace(CASES[case], interactive=False)) == []


@pytest.mark.parametrize(
    "view",
    [a_view(a_digest("limit", a_call()), interactive=True), a_view(a_watch("poll_stale"))],
    ids=["digest", "watch"],
)
def test_what_nobody_can_act_on_has_no_buttons(view: CardView) -> None:
    assert said(view).buttons == ()


AGES = [
    pytest.param(timedelta(hours=47), None, True, id="young and open"),
    pytest.param(timedelta(hours=48), None, False, id="old and open"),
    pytest.param(timedelta(hours=30), timedelta(hours=23), True, id="ended today"),
    pytest.param(timedelta(hours=30), timedelta(hours=24), False, id="ended yesterday"),
]


@pytest.mark.parametrize(("old", "over", "acts"), AGES)
def test_a_card_loses_its_buttons_with_age(
    old: timedelta, over: timedelta | None, *, acts: bool
) -> None:
    now = NOON + timedelta(days=3)
    alert = an_alert(fired_at=now - old, ended_at=now - over if over else None)

    view = a_view(alert, interactive=True, now=now)

    assert bool(verbs(view)) is acts


@pytest.mark.parametrize(
    ("private", "listens", "shown"),
    [(True, True, True), (False, True, False), (True, False, False)],
    ids=["in private", "in a group", "turned off"],
)
def test_a_recording_is_offered_only_where_it_may_be_heard(
    *, private: bool, listens: bool, shown: bool
) -> None:
    view = a_view(an_alert(RECORDED), interactive=True, private=private, listens=listens)

    assert ("rec" in verbs(view)) is shown


def test_a_card_says_what_people_have_done_about_it() -> None:
    notes = tuple(Note(NOON + n * MINUTE, "Lan", f"ghi chú {n} 0912345678") for n in range(5))
    alert = an_alert(tried=2, remind_at=NOON + HOUR, remind_by="Lan", notes=notes)

    text = shown(a_view(alert))

    assert "☎️ Called back 2 times, nobody picked up\n" in text
    assert "⏰ Reminder at 13:00 (asked for by Lan)\n" in text
    assert text.count("📝") == MOST_NOTES
    assert "📝 12:04 Lan: ghi chú 4 09xx xxx 678\n" in text


def test_what_is_over_waits_for_nothing() -> None:
    alert = an_alert(tried=2, remind_at=NOON + HOUR, state=AlertState.CLOSED, ended_at=NOON)

    text = shown(a_view(alert))

    assert "☎️" not in text
    assert "⏰" not in text


def test_a_reminder_that_is_past_is_no_longer_told() -> None:
    assert "⏰" not in shown(a_view(an_alert(remind_at=NOON)))


BESIDE = [
    ("bàn 4 0912345678", "bàn 4 09xx xxx 678"),
    ("0912 345 678 15 phút", "09xx xxx 678 15 phút"),
    ("2 số: 0912345678 0901234567", "2 số: 09xx xxx 678 09xx xxx 567"),
    ("đơn 12345 6789", "đơn 12345 6789"),
]


@pytest.mark.parametrize(("text", "told"), BESIDE, ids=[b[0] for b in BESIDE])
def test_a_number_beside_other_figures_is_masked_in_a_note(text: str, told: str) -> None:
    alert = an_alert(notes=(Note(NOON, "Lan", text),))

    assert f"Lan: {told}\n" in shown(a_view(alert))
