"""Cards say what is known of an alert, in both languages, and show no more than they may.

The golden files hold what readers see, in HTML, and the buttons below a rule. After a wanted
change write them anew with `WRITE_GOLDEN=1 pytest tests/core/test_cards.py`, and read the diff.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alerts import AlertKind, AlertState, Language, Outcome, Severity
from notifier.core.calls import Call, CallState, Direction
from notifier.core.cards import CardView
from notifier.core.directory import Directory, Hotline
from notifier.core.markup import to_html, to_text
from notifier.core.phones import Mask
from tests.builders import MINUTE, NOON, SECOND, a_call, a_leg, a_talk
from tests.core.alert_cases import ALERT_CASES, a_report
from tests.core.any_calls import CALLS
from tests.core.card_desk import (
    ANSWERED_BY_MINH,
    DIRECTORY,
    RUNG_IN_TURN,
    a_digest,
    a_view,
    a_watch,
    an_alert,
    said,
    shown,
)
from tests.fakes.telegram_html import parse_html
from tests.fakes.telegram_html import units as telegram_units

GOLDEN = Path(__file__).parent / "golden"

AN_ESCALATION = {Language.VI: "Khách chưa được gọi lại", Language.EN: "Customer not called back"}

TWO_PROBLEMS = (
    "rules.yaml:31:5: rules.goi_nho.evry: unknown key; did you mean every?\n"
    "rules.yaml:40:11: rules.vip.to: there is no channel <sếp> & co"
)

UNREACHED = a_call(
    direction=Direction.OUT, caller="101", callee="0901234567", extension="101", legs=(a_leg("0"),)
)

OTHERS = (
    a_call(id="2", started_at=NOON + MINUTE, ended_at=NOON + 2 * MINUTE, customer="+84912345678"),
    replace(ANSWERED_BY_MINH, id="3", ended_at=NOON + 9 * MINUTE),
    a_call(id="4", hotline="02873001234", customer="", started_at=NOON - 8 * MINUTE),
)

YESTERDAY = a_call(
    started_at=NOON - timedelta(days=1), ended_at=NOON - timedelta(days=1) + 30 * SECOND
)

CASES: Mapping[str, CardView] = {
    "missed": a_view(),
    "missed_rung_together": a_view(an_alert(a_call(legs=(a_leg("101"), a_leg("102"))))),
    "missed_yesterday": a_view(an_alert(YESTERDAY)),
    "missed_withheld": a_view(an_alert(a_call(caller="", customer=""))),
    "missed_unknown_hotline": a_view(an_alert(a_call(hotline="unknown"))),
    "missed_nobody_rung": a_view(an_alert(a_call(legs=()))),
    "missed_busy": a_view(
        an_alert(a_call(legs=(a_leg(fail_code=486, ring=timedelta(), end_reason=""),)))
    ),
    "missed_large_group": a_view(
        an_alert(a_call(legs=tuple(a_leg(str(201 + n)) for n in range(30))))
    ),
    "missed_private": a_view(mask=Mask.FULL, private=True, interactive=True),
    "missed_interactive": a_view(interactive=True),
    "missed_hidden": a_view(mask=Mask.HIDDEN),
    "missed_with_note": a_view(
        an_alert(a_call(note="KH 0912 345 678 hẹn <gọi lại> & báo giá\nqua 19001000"))
    ),
    "missed_custom": a_view(
        an_alert(
            title=AN_ESCALATION,
            text={Language.VI: "Gọi lại ngay giúp em.", Language.EN: "Please call back."},
            severity=Severity.WARNING,
            deadline=NOON + 15 * MINUTE,
            suppressed=12,
        )
    ),
    "missed_critical": a_view(an_alert(severity=Severity.CRITICAL)),
    "abandoned": a_view(
        an_alert(a_call(state=CallState.ANSWERED, duration=27 * SECOND, legs=RUNG_IN_TURN))
    ),
    "unreached": a_view(an_alert(UNREACHED)),
    "incoming": a_view(an_alert(replace(ANSWERED_BY_MINH, recording_urls=("https://x/1",)))),
    "incoming_ongoing": a_view(an_alert(replace(a_talk(), ended_at=None, duration=timedelta()))),
    "incoming_warning": a_view(an_alert(a_talk(), severity=Severity.WARNING)),
    "outgoing": a_view(
        an_alert(a_talk(direction=Direction.OUT, caller="101", callee="0901234567"))
    ),
    "internal": a_view(
        an_alert(
            a_talk(
                direction=Direction.EXT, caller="101", callee="102", customer="", hotline="unknown"
            )
        )
    ),
    "acknowledged": a_view(an_alert(state=AlertState.ACKNOWLEDGED), interactive=True),
    "resolved": a_view(an_alert(state=AlertState.RESOLVED), interactive=True),
    "closed": a_view(an_alert(state=AlertState.CLOSED), interactive=True),
    "revised_answered": a_view(
        an_alert(state=AlertState.REVISED, calls=(ANSWERED_BY_MINH,)), interactive=True
    ),
    "revised_reached": a_view(
        an_alert(
            UNREACHED,
            state=AlertState.REVISED,
            calls=(a_talk(direction=Direction.OUT, caller="101", callee="0901234567"),),
        )
    ),
    "revised_untrue": a_view(an_alert(ANSWERED_BY_MINH, state=AlertState.REVISED)),
    "revised_back": a_view(restored=True),
    "several_calls": a_view(an_alert(title=AN_ESCALATION, calls=OTHERS, count=3)),
    "digest_limit": a_view(a_digest("limit", a_call(), *OTHERS)),
    "digest_limit_one": a_view(a_digest("limit", a_call())),
    "digest_stale_missed": a_view(a_digest("stale", YESTERDAY, a_call(id="2"))),
    "digest_stale_mixed": a_view(a_digest("stale", YESTERDAY, *OTHERS)),
    "digest_stale_many": a_view(a_digest("stale", a_call(), *OTHERS, count=40)),
    "digest_stale_answered": a_view(a_digest("stale", a_talk())),
    "watch_poll_stale": a_view(a_watch("poll_stale")),
    "watch_source_errors": a_view(a_watch("source_errors")),
    "watch_source_refused": a_view(a_watch("source_refused")),
    "watch_send_failed": a_view(a_watch("send_failed", severity=Severity.WARNING)),
    "watch_config_refused": a_view(
        a_watch("config_refused", severity=Severity.WARNING, detail=TWO_PROBLEMS)
    ),
    "watch_config_taken_up": a_view(
        a_watch("config_refused", state=AlertState.RESOLVED, detail=TWO_PROBLEMS)
    ),
    "watch_other": a_view(a_watch("disk_full", detail="")),
    "watch_recovered": a_view(a_watch("poll_stale", state=AlertState.RESOLVED)),
    **ALERT_CASES,
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("case", CASES)
def test_a_card_is_as_its_golden_file(case: str, language: Language) -> None:
    message = said(replace(CASES[case], language=language))
    rows = [
        " | ".join(f"[{tap.label}] {tap.data or tap.copies} {tap.style.value}" for tap in row)
        for row in message.buttons
    ]
    told = "\n".join([to_html(message), *(["----", *rows] if rows else []), ""])

    path = GOLDEN / f"{case}.{language.value}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(told, encoding="utf-8")

    assert told == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    names = {f"{case}.{language.value}.txt" for case in CASES for language in Language}

    assert {path.name for path in GOLDEN.iterdir()} == names


@pytest.mark.parametrize("mask", [Mask.LAST3, Mask.HIDDEN])
@pytest.mark.parametrize("case", CASES)
def test_no_whole_number_is_shown_where_numbers_are_masked(case: str, mask: Mask) -> None:
    view = replace(CASES[case], mask=mask, private=True)

    told = said(view)
    text = to_text(told).replace(" ", "")

    assert not any(n in text for n in ("901234567", "912345678"))
    assert not any(tap.copies for row in told.buttons for tap in row)


@pytest.mark.parametrize("case", CASES)
def test_no_button_holds_a_number_or_more_than_telegram_takes(case: str) -> None:
    for row in said(replace(CASES[case], interactive=True)).buttons:
        for tap in row:
            assert len(tap.data.encode()) <= 64
            assert "1234567" not in tap.data


def test_the_same_state_gives_the_same_card() -> None:
    assert said(a_view()) == said(a_view())


def test_a_title_of_the_authors_own_is_masked_but_for_hotlines() -> None:
    title = {Language.EN: "0901 234 567 waits at 02873001234 and 19001000, order 12345"}

    assert "09xx xxx 567 waits at 02873001234 and 19001000, order 12345" in shown(
        a_view(an_alert(title=title))
    )


TITLES = [
    ("Nhỡ khách 09xx xxx 567 tại CSKH", "Nhỡ khách 09xx xxx xxx tại CSKH"),
    ("09xx xxx 567 5 cuộc", "09xx xxx xxx 5 cuộc"),
    ("09xxxxx567, 12xxx678", "09xxxxxxxx, 12xxxxxx"),
    ("02x xxxx x234", "02x xxxx xxxx"),
    ("+1 2xx-xxx-x123", "+1 2xx-xxx-xxxx"),
    ("+85x xx xxx 678", "+85x xx xxx xxx"),
    ("09XX XXX 567", "09XX XXX xxx"),
    ("0901 234 567", "09xx xxx xxx"),
    ("Đơn 12xx567", "Đơn 12xx567"),
]


@pytest.mark.parametrize(("title", "told"), TITLES, ids=[t[0] for t in TITLES])
def test_a_hidden_number_keeps_no_last_digits_in_a_stored_title_or_text(
    title: str, told: str
) -> None:
    words = {Language.EN: title}
    alert = an_alert(title=words, text=words, state=AlertState.OPEN)

    hidden = shown(a_view(alert, mask=Mask.HIDDEN)).split("\n")
    reported = shown(a_view(replace(alert, state=AlertState.REVISED), mask=Mask.HIDDEN))

    assert hidden[0] == f"🔴 {told} · 19001000 (CSKH)"
    assert hidden[2] == told
    assert f"Reported before: {told}\n" in reported


def test_a_number_that_is_masked_already_stays_so_where_its_end_may_be_seen() -> None:
    title = {Language.EN: "Missed 09xx xxx 567"}

    assert "Missed 09xx xxx 567 · " in shown(a_view(an_alert(title=title)))


def test_a_control_within_a_number_does_not_unmask_it() -> None:
    told = shown(a_view(an_alert(a_call(note="gọi 0912\u2066\u2066\u2066345678"))))

    assert "gọi 09xx xxx 678" in told


def test_extensions_in_a_row_are_no_telephone_number() -> None:
    names = {"201": "An", "202": "Bình", "203": "Chi", "204": "Dũng", "0912345678": "Lan"}
    directory = replace(DIRECTORY, extensions=names)
    title = {Language.EN: "Rung 201 202 203 204, 0912345678"}

    told = shown(a_view(an_alert(title=title), directory=directory))

    assert "Rung 201 202 203 204, 09xx xxx 678" in told


def test_a_missing_title_of_an_alert_without_calls_is_the_rules_name() -> None:
    text = shown(a_view(an_alert(calls=(), title={})))

    assert text.startswith("🔔 goi_nho\n")


def test_a_restored_alert_whose_call_was_answered_is_true_after_all() -> None:
    text = shown(a_view(an_alert(ANSWERED_BY_MINH, title=AN_ESCALATION, calls=()), restored=True))

    assert "this alert is true after all" in text


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            replace(a_talk(), extension="", extension_id="7", legs=()),
            "Correction: the call was answered",
        ),
        (a_talk(), "Correction: answered by 101 (Lan)"),
        (a_call(state=CallState.UNKNOWN), "Correction: this alert is no longer true"),
        (UNREACHED, "Correction: the customer did not pick up after all"),
        (a_call(direction=Direction.EXT), "Correction: this alert is no longer true"),
    ],
    ids=["answered by nobody known", "answered", "unknown", "unreached", "internal"],
)
def test_a_correction_says_what_is_so_now(call: Call, told: str) -> None:
    alert = an_alert(state=AlertState.REVISED, calls=(call,), title=AN_ESCALATION)

    assert told in shown(a_view(alert))


def test_a_call_of_unknown_end_names_who_was_rung_and_guesses_nothing() -> None:
    call = a_call(state=CallState.UNKNOWN)

    assert "↪️ 101 (Lan)\n" in shown(a_view(an_alert(call)))


def test_a_forwarded_leg_to_an_outside_number_is_masked() -> None:
    call = a_call(legs=(a_leg("0912345678"),))

    assert "091xxxx678" not in shown(a_view(an_alert(call)))
    assert "0912345678" not in shown(a_view(an_alert(call)))


def test_a_call_without_a_hotline_shows_none() -> None:
    call = a_talk(direction=Direction.OUT, hotline="")

    assert shown(a_view(an_alert(call))).startswith("📞 Outgoing call\n")
    assert "12:00 📞 09xx xxx 567 · 2:00" in shown(
        a_view(a_digest("limit", replace(call, extension="")))
    )


def test_an_internal_call_in_a_list_names_both() -> None:
    call = a_talk(direction=Direction.EXT, caller="101", callee="102", customer="")

    assert "101 (Lan) → 102 (Minh)" in shown(a_view(a_digest("limit", call, a_call())))


def test_a_digest_too_long_for_a_message_says_how_many_are_left_out() -> None:
    calls = tuple(a_call(id=str(n)) for n in range(300))

    parsed = parse_html(to_html(said(a_view(a_digest("limit", *calls)))))

    assert telegram_units(parsed.text) <= 4096
    assert "\n… and 1" in parsed.text
    assert parsed.text.endswith("#ABC123")


@given(note=st.text(max_size=400), name=st.text(max_size=80), text=st.text(max_size=5000))
def test_any_note_name_and_text_give_valid_html_within_the_limit(
    note: str, name: str, text: str
) -> None:
    directory = Directory(
        hotlines=(Hotline("19001000", name),), extensions={"101": name, "102": name}
    )
    alert = an_alert(
        a_call(note=note, legs=RUNG_IN_TURN), text={Language.EN: text}, title={Language.EN: name}
    )

    parsed = parse_html(to_html(said(a_view(alert, directory=directory))))

    assert telegram_units(parsed.text) <= 4096
    assert parsed.strays == 0
    assert parsed.text.endswith("#ABC123")


WORDS = st.text(max_size=120) | st.from_regex(r"\+?[0-9. ]{8,14}", fullmatch=True)


@given(
    kind=st.sampled_from(
        [AlertKind.CALL, AlertKind.WINDOW, AlertKind.QUIET, AlertKind.DIGEST, AlertKind.REPORT]
    ),
    state=st.sampled_from(AlertState),
    outcome=st.none() | st.sampled_from(Outcome),
    calls=CALLS,
    words=WORDS,
    person=WORDS,
)
def test_any_alert_with_any_words_and_people_gives_valid_html_within_the_limit(
    kind: AlertKind,
    state: AlertState,
    outcome: Outcome | None,
    calls: list[Call],
    words: str,
    person: str,
) -> None:
    alert = replace(
        a_report(*calls, state=state),
        kind=kind,
        calls=tuple(calls),
        count=len(calls) + 3,
        title={Language.EN: words},
        text={Language.EN: words},
        taken_by=person,
        taken_at=NOON,
        outcome=outcome,
        ended_by=person,
        ended_at=NOON + MINUTE,
    )
    hotlines = (Hotline("19001000", words), Hotline("02873001234", person))
    directory = Directory(hotlines=hotlines, extensions={"101": words, "102": person})

    parsed = parse_html(to_html(said(a_view(alert, directory=directory, interactive=True))))

    assert telegram_units(parsed.text) <= 4096
    assert parsed.strays == 0
    assert parsed.text.endswith("#ABC123")


@pytest.mark.parametrize("state", AlertState)
@pytest.mark.parametrize("outcome", Outcome)
def test_whoever_ended_an_alert_is_shown_on_one_line_and_under_the_mask(
    state: AlertState, outcome: Outcome
) -> None:
    person = "Lan\nPhòng\tCSKH 0912345678 và rất nhiều chữ khác nữa"
    over = an_alert(state=state, outcome=outcome, ended_at=NOON)

    told = shown(a_view(replace(over, taken_by=person, ended_by=person)))

    assert "0912345678" not in told
    assert "nhiều chữ khác nữa" not in told


def test_customers_who_withheld_their_numbers_are_not_taken_for_one() -> None:
    withheld = (a_call(id="1", customer=""), a_call(id="2", customer=""))

    told = shown(a_view(an_alert(calls=withheld, count=2)))

    assert "called 2 times" not in told
    assert told.count("Number withheld") == 2


def test_calls_of_one_customer_that_we_made_are_not_said_to_be_theirs() -> None:
    ours = (replace(UNREACHED, id="1"), replace(UNREACHED, id="2"))

    assert "called 2 times" not in shown(a_view(an_alert(UNREACHED, calls=ours, count=2)))


def test_a_title_in_another_language_is_better_than_the_name_of_a_rule() -> None:
    alert = an_alert(kind=AlertKind.WINDOW, title={Language.VI: "5 cuộc nhỡ"})

    assert shown(a_view(alert)).startswith("🔴 5 cuộc nhỡ · 19001000 (CSKH)\n")


def test_one_customers_number_can_be_copied_however_often_they_called() -> None:
    alert = an_alert(calls=(a_call(id="1"), a_call(id="2")), count=2)

    message = said(a_view(alert, mask=Mask.FULL, private=True))

    assert [tap.copies for row in message.buttons for tap in row] == ["+84901234567"]
