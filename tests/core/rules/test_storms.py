"""Alerts that come too fast are told on one card, which is edited now and then; none is lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.core.alerts import Alert, AlertKind, Language, Reason, Severity
from notifier.core.calls import Call
from notifier.core.cards import CardView, card
from notifier.core.decisions import Decision, Standing, Storm
from notifier.core.followings import Following
from notifier.core.markup import to_text
from notifier.core.phones import Mask
from notifier.core.rules.model import Limit
from notifier.core.rules.postings import Postings
from notifier.core.rules.rehearsals import Rehearsal
from notifier.core.rules.storms import EDIT_EVERY, STORM, STORM_DIGEST, is_storm, next_edit
from notifier.text import book
from tests.builders import (
    DIRECTORY,
    HANOI,
    MINUTE,
    NOON,
    SECOND,
    a_call,
    a_route,
    a_rule,
    a_talk,
    an_alert,
    an_engine,
    reasons,
)

ENGINE = an_engine(storm=STORM, chat_limit=Limit(1000, 10 * MINUTE))
CARD = an_alert(id="storm", rule=STORM_DIGEST, kind=AlertKind.DIGEST, calls=())


def posted(count: int, standing: Standing | None = None, *, first: int = 0) -> Decision:
    postings = Postings(ENGINE, standing or Standing(), Decision(), NOON)
    for number in range(first, first + count):
        alert = an_alert(a_call(id=str(number)), id=f"alert{number}")
        postings.post(alert, ("quan_ly", "crm"), stale=False, own_limit=None)
    return postings.decision


def chat_drafts(decision: Decision) -> list[Reason]:
    return [draft.reason for draft in decision.drafts if draft.channel == "quan_ly"]


def test_eight_in_a_minute_are_told_one_by_one_and_the_rest_on_one_card() -> None:
    decision = posted(12)

    assert chat_drafts(decision) == [Reason.NEW] * 8 + [Reason.DIGEST]
    assert [member for _, member in decision.members] == [f"alert{n}" for n in range(8, 12)]
    assert reasons(decision.audit).count(Reason.OVER_LIMIT) == 4
    assert decision.changed[-1].count == 4


def test_systems_are_told_of_each() -> None:
    decision = posted(12)

    assert len([draft for draft in decision.drafts if draft.channel == "crm"]) == 12


def test_a_card_that_was_shown_is_edited_a_quarter_of_a_minute_later_at_the_soonest() -> None:
    shown_at = NOON - 5 * SECOND
    storm = Storm(CARD, (NOON - 30 * SECOND,) * 8, shown_at)

    decision = posted(3, Standing(storms={"quan_ly": storm}))

    (draft,) = (one for one in decision.drafts if one.channel == "quan_ly")
    assert (draft.reason, draft.due_at) == (Reason.REVISED, shown_at + EDIT_EVERY)
    assert (draft.alert, draft.revision) == ("storm", 2)
    assert decision.alerts == []


@pytest.mark.parametrize(
    ("shown_at", "due_at"),
    [
        (None, None),
        (NOON + SECOND, None),
        (NOON, NOON + EDIT_EVERY),
        (NOON - MINUTE, NOON),
    ],
    ids=["waits for its turn", "due already", "just shown", "long ago"],
)
def test_an_edit_that_is_owed_already_tells_of_what_comes_now(
    shown_at: datetime | None, due_at: datetime | None
) -> None:
    assert next_edit(Storm(CARD, (), shown_at), NOON) == due_at


@pytest.mark.parametrize(
    ("times", "stormy"),
    [
        ([NOON] * 7, False),
        ([NOON] * 8, True),
        ([NOON - MINUTE] * 8, False),
        ([NOON + SECOND] * 8, False),
    ],
    ids=["seven", "eight", "a minute ago", "of a clock that was set back"],
)
def test_a_storm_is_so_many_within_a_minute(times: Sequence[datetime], stormy: bool) -> None:  # noqa: FBT001
    assert is_storm(times, STORM, NOON) is stormy


def test_a_new_storm_begins_a_new_card() -> None:
    calm = Storm(CARD, (NOON - 2 * MINUTE,) * 8, NOON - 2 * MINUTE)

    decision = posted(9, Standing(storms={"quan_ly": calm}))

    assert chat_drafts(decision) == [Reason.NEW] * 8 + [Reason.DIGEST]
    assert decision.alerts[0].rule == STORM_DIGEST


def test_the_limit_of_a_chat_still_holds_in_a_storm() -> None:
    engine = replace(ENGINE, chat_limit=Limit(4, 10 * MINUTE))
    postings = Postings(engine, Standing(), Decision(), NOON)

    for number in range(12):
        alert = an_alert(a_call(id=str(number)), id=f"alert{number}")
        postings.post(alert, ("quan_ly",), stale=False, own_limit=None)

    assert {alert.rule for alert in postings.decision.alerts} == {"limit"}


def test_a_card_is_as_loud_as_the_loudest_on_it() -> None:
    postings = Postings(ENGINE, Standing(), Decision(), NOON)
    for number in range(10):
        severity = Severity.CRITICAL if number == 9 else Severity.INFO
        alert = an_alert(a_call(id=str(number)), id=f"alert{number}", severity=severity)
        postings.post(alert, ("quan_ly",), stale=False, own_limit=None)

    assert postings.decision.changed[-1].severity is Severity.CRITICAL


def a_miss(number: int, ended_at: datetime) -> Call:
    return a_call(
        id=str(number),
        customer=f"+8490100{number:04}",
        started_at=ended_at - 20 * SECOND,
        ended_at=ended_at,
    )


def rehearsed(gaps: timedelta, count: int) -> list[tuple[str, Reason]]:
    rule = a_rule(settle=timedelta())
    run = Rehearsal(replace(ENGINE, rules=(rule,)))
    run.begin(NOON)
    for number in range(count):
        at = NOON + number * gaps
        run.see(a_miss(number, at), at)
    run.finish(NOON + MINUTE + count * gaps)
    return [(one.alert.rule, one.reason) for one in run.tellings]


def test_a_rehearsal_tells_a_storm_as_the_service_would() -> None:
    told = rehearsed(3 * SECOND, 20)

    singles = [reason for rule, reason in told if rule == "goi_nho"]
    card = [reason for rule, reason in told if rule == STORM_DIGEST]
    assert singles == [Reason.NEW] * 8
    assert card == [Reason.DIGEST, Reason.REVISED, Reason.REVISED, Reason.REVISED]


def test_what_comes_slowly_is_told_one_by_one() -> None:
    assert rehearsed(8 * SECOND, 20) == [("goi_nho", Reason.NEW)] * 20


def test_a_storm_that_has_calmed_is_forgotten() -> None:
    rule = a_rule(settle=timedelta())
    run = Rehearsal(replace(ENGINE, rules=(rule,)))
    run.begin(NOON)
    for number in range(12):
        run.see(a_miss(number, NOON), NOON)

    run.see(a_miss(99, NOON + 5 * MINUTE), NOON + 5 * MINUTE)

    assert run.tellings[-1].alert.rule == "goi_nho"


def test_a_card_is_corrected_also_after_the_storm() -> None:
    rule = a_rule(settle=timedelta())
    run = Rehearsal(replace(ENGINE, rules=(rule,)))
    run.begin(NOON)
    for number in range(12):
        run.see(a_miss(number, NOON), NOON)

    later = NOON + 5 * MINUTE
    talk = a_talk(**{**facts_of(a_miss(10, NOON)), "ended_at": NOON})
    run.see(talk, later)

    assert (run.tellings[-1].alert.rule, run.tellings[-1].reason) == (STORM_DIGEST, Reason.REVISED)


def test_the_card_of_a_storm_says_how_many_and_lists_the_newest_first() -> None:
    calls = tuple(a_miss(number, NOON + number * SECOND) for number in range(3))
    digest = replace(CARD, calls=calls, count=3, fired_at=NOON)

    message = card(a_view(digest), book(Language.EN))

    header, first, *_ = to_text(message).splitlines()
    assert header == "⚡ In quick succession: 3 alerts since 12:00"
    assert "xxx 002" in first


def a_view(alert: Alert) -> CardView:
    return CardView(alert, Language.EN, Mask.LAST3, zone=HANOI, now=NOON, directory=DIRECTORY)


def facts_of(call: Call) -> dict[str, Any]:
    return {"id": call.id, "customer": call.customer, "started_at": call.started_at}


def test_a_follower_is_told_beside_the_channels_of_the_file() -> None:
    routes = {r.name: r for r in (a_route(), a_route("chat:5"))}
    rule = a_rule(settle=timedelta())
    engine = an_engine(rule, routes=routes, followings=(Following(5),))
    run = Rehearsal(engine)
    run.begin(NOON)

    run.see(a_miss(1, NOON), NOON)

    assert [one.channel for one in run.tellings] == ["quan_ly", "chat:5"]
