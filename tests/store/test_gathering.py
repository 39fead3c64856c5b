"""A judgement is shown what it asked for, as it stands, and nothing is looked up for nothing."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.core.alerts import LIVE, Alert, AlertKind, AlertState, Reason
from notifier.core.calls import Direction
from notifier.core.decisions import Decision, Needs, Standing, ThrottleState, Told, Wanted
from notifier.core.deliveries import DeliveryState
from notifier.store.gathering import GAPS_FOR, gather
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_leg, a_talk, an_alert
from tests.store.desk import LATER, Desk, a_desk, a_draft, a_mute, settle_as
from tests.store.watch import an_alert_of, keep, misses

RULE = "don_dap"


def gathered(desk: Desk, **needs: Any) -> Standing:
    asked = Needs(**{name: frozenset(values) for name, values in needs.items()})
    return gather(desk.database, asked, since=NOON, now=LATER, zone=HANOI)


def a_window(*minutes: int, **overrides: Any) -> Alert:
    """Return an alert of the rule don_dap on the missed calls so many minutes after noon."""
    return an_alert_of(RULE, *misses(*minutes).values(), **overrides)


# --- alerts by what they are about


def test_alerts_are_found_by_what_they_are_about(desk: Desk) -> None:
    of_call, of_window = an_alert_of("goi_nho", a_call(id="1001")), a_window(1, 2)
    of_quiet = an_alert_of("im_lang")
    keep(desk, of_call, of_window, of_quiet, a_window(3, 4))

    found = gathered(desk, subjects={"1001", "m002@", "since noon@", "no such thing"}).alerts

    assert found == {
        ("goi_nho", "1001"): of_call,
        (RULE, "m002@"): of_window,
        ("im_lang", "since noon@"): of_quiet,
    }


def test_an_alert_is_found_by_its_call_and_goes_by_the_session_that_is_known_since(
    desk: Desk,
) -> None:
    inside = a_call(id="1001", direction=Direction.EXT)
    keep(desk, an_alert_of("goi_nho", inside))
    with_session = replace(inside, session="s1", note="?")
    desk.ledger.take_in({"1001": with_session}, None, LATER)

    found = gathered(desk, subjects={"1001", "session:s1"}).alerts

    assert {place: alert.calls for place, alert in found.items()} == {
        ("goi_nho", "session:s1"): (with_session,)
    }


def test_an_alert_that_has_lost_its_calls_is_shown_to_nobody(desk: Desk) -> None:
    keep(desk, an_alert_of("goi_nho", a_call(id="1001"), ended_call="1002"))
    desk.database.run("DELETE FROM alert_calls")

    needs = {"subjects": {"1001"}, "keys": {("goi_nho", "1001")}, "rules": {"goi_nho"}}
    found = gathered(desk, **needs, turned={"1002"})

    assert (found.alerts, found.live, found.of_rule, found.ended) == ({}, {}, {}, {})


# --- alerts that still ask for something


@pytest.mark.parametrize("state", AlertState)
def test_only_what_still_asks_for_something_is_live(desk: Desk, state: AlertState) -> None:
    alert = a_window(1, 2, key="19001000", state=state)
    keep(desk, alert)

    found = gathered(
        desk, keys={(RULE, "19001000")}, rules={RULE}, endings={(RULE, "+84900000001")}
    )

    live = state in LIVE
    assert found.live == ({(RULE, "19001000"): alert} if live else {})
    assert found.of_rule == ({RULE: (alert,)} if live else {})
    assert found.endings == ({(RULE, "+84900000001"): (alert,)} if live else {})


def test_of_several_live_alerts_with_one_key_the_latest_counts(desk: Desk) -> None:
    alerts = [a_window(n, n + 1, key="19001000", fired_at=NOON) for n in (1, 3, 5)]
    over = replace(alerts[2], state=AlertState.CLOSED)
    keep(desk, *alerts)
    desk.ledger.record(Decision(changed=[over]), LATER)

    found = gathered(desk, keys={(RULE, "19001000"), (RULE, "19002000"), ("khac", "19001000")})

    assert found.live == {(RULE, "19001000"): alerts[1]}


def test_each_key_has_a_live_alert_of_its_own(desk: Desk) -> None:
    alerts = [a_window(1, 2, key="19001000"), a_window(3, 4, key="19002000")]
    quiet = an_alert_of("im_lang", key="19001000")
    keep(desk, *alerts, quiet)

    found = gathered(desk, keys={(RULE, "19001000"), (RULE, "19002000"), ("im_lang", "19001000")})

    assert found.live == {
        (RULE, "19001000"): alerts[0],
        (RULE, "19002000"): alerts[1],
        ("im_lang", "19001000"): quiet,
    }


def test_a_digest_asks_for_nothing(desk: Desk) -> None:
    digest = an_alert(kind=AlertKind.DIGEST, calls=(), key="k")
    desk.ledger.record(Decision(alerts=[digest]), NOON)

    found = gathered(desk, keys={("goi_nho", "k")}, rules={"goi_nho"})

    assert (found.live, found.of_rule) == ({}, {})


def test_the_alerts_that_a_customer_may_end_are_those_with_a_call_of_theirs(desk: Desk) -> None:
    theirs, also_theirs, others = a_window(1, 2), a_window(2, 3), a_window(3, 4)
    of_another_rule = an_alert_of("goi_nho", *misses(2).values())
    keep(desk, theirs, also_theirs, others, of_another_rule)

    found = gathered(desk, endings={(RULE, "+84900000002"), (RULE, "+84909999999")})

    assert set(found.endings) == {(RULE, "+84900000002")}
    assert {a.id for a in found.endings[RULE, "+84900000002"]} == {theirs.id, also_theirs.id}


def test_what_a_call_ended_is_found_by_that_call(desk: Desk) -> None:
    ended = a_window(1, 2, state=AlertState.RESOLVED, ended_call="back")
    keep(desk, ended, a_window(3, 4))

    assert gathered(desk, turned={"back", "m001"}).ended == {"back": (ended,)}


# --- pauses


def test_pauses_are_found_by_rule_and_key(desk: Desk) -> None:
    state = ThrottleState(NOON, 2, 5)
    places = {("r", "k"): state, ("r", "other"): replace(state, step=1), ("s", "k"): state}
    desk.ledger.record(Decision(throttles=places), NOON)

    found = gathered(desk, keys={("r", "k"), ("s", "k"), ("r", "none")})

    assert found.throttles == {("r", "k"): state, ("s", "k"): state}


# --- calls


FOLLOWING = {
    "before": a_talk(id="before", started_at=NOON - SECOND),
    "with": a_talk(id="with", started_at=NOON),
    "back": a_talk(id="back", started_at=NOON + 2 * MINUTE, direction=Direction.OUT),
    "soon": a_talk(id="soon", started_at=NOON + timedelta(microseconds=1)),
    "other": a_talk(id="other", started_at=NOON + MINUTE, customer="+84909", extension="102"),
    "late": a_call(id="late", started_at=NOON + 60 * MINUTE, legs=(a_leg("800"),)),
}


@pytest.mark.parametrize(
    ("same", "ids"),
    [
        pytest.param({"customer": "+84901234567"}, ["soon", "back", "late"], id="a customer"),
        pytest.param({"customer": "+84909"}, ["other"], id="another customer"),
        pytest.param({"extension": "102"}, ["other"], id="an extension"),
        pytest.param({"agent": "Lan"}, ["soon", "other", "back"], id="an agent"),
        pytest.param({"hotline": "19001000", "direction": "out"}, ["back"], id="two fields"),
        pytest.param({"state": "not_answered"}, ["late"], id="a state"),
        pytest.param({"hour": "13"}, ["late"], id="an hour where the rules live"),
        pytest.param({"target": "800"}, ["late"], id="a number that was rung"),
        pytest.param({"caller": "0901234567", "target": "800"}, ["late"], id="both kinds"),
        pytest.param({"customer": "none"}, [], id="nobody"),
        pytest.param({}, ["soon", "other", "back", "late"], id="nothing in common"),
    ],
)
def test_what_may_have_followed_has_the_same_values_and_started_later(
    desk: Desk, same: dict[str, str], ids: list[str]
) -> None:
    desk.ledger.take_in(FOLLOWING, None, LATER)
    want = Wanted(tuple(same.items()), NOON)

    followed = gathered(desk, wanted={want}).followed

    assert [call.id for call in followed[want]] == ids


def test_a_period_has_the_calls_that_started_in_it_but_for_its_end(desk: Desk) -> None:
    desk.ledger.take_in(FOLLOWING, None, LATER)
    hour, nothing = (NOON, NOON + 60 * MINUTE), (NOON, NOON)
    to_the_end = (NOON + SECOND, NOON + 60 * MINUTE + timedelta(microseconds=1))

    periods = gathered(desk, periods={hour, nothing, to_the_end}).periods

    assert [call.id for call in periods[hour]] == ["with", "soon", "other", "back"]
    assert periods[nothing] == ()
    assert [call.id for call in periods[to_the_end]] == ["other", "back", "late"]


# --- mutes and gaps


def test_the_mutes_are_those_in_force_or_yet_to_come(desk: Desk) -> None:
    now = a_mute("now")
    to_come = a_mute("to come", since=LATER + MINUTE, until=LATER + 2 * MINUTE, rule="r", key="k")
    for mute in (now, to_come, a_mute("over", until=LATER), a_mute("ended", hotline="1900")):
        desk.ledger.add_mute(mute, "cli", NOON)
    desk.ledger.end_mute("ended", "Hạnh", NOON)

    assert gathered(desk).mutes == (to_come, now)


def test_the_gaps_are_those_that_no_wait_has_outlived(desk: Desk) -> None:
    forgotten = LATER - GAPS_FOR
    for until in (forgotten, forgotten + SECOND, LATER):
        _leave_gap(desk, until - MINUTE, until)

    assert gathered(desk).gaps == (
        (forgotten + SECOND - MINUTE, forgotten + SECOND),
        (LATER - MINUTE, LATER),
    )


def _leave_gap(desk: Desk, since: datetime, until: datetime) -> None:
    desk.ledger.note_good_poll(since, since, longest=GAPS_FOR)
    desk.ledger.note_good_poll(until, until, longest=SECOND)


# --- what was told

PENDING = Told(DeliveryState.PENDING, tried=False)
TRIED = Told(DeliveryState.PENDING, tried=True)
SENT = Told(DeliveryState.DELIVERED, tried=True)
DEAD = Told(DeliveryState.DEAD, tried=True)
SPARED = Told(DeliveryState.OBSOLETE, tried=False)


@pytest.mark.parametrize(
    ("debts", "told"),
    [
        pytest.param([(Reason.NEW, PENDING)], PENDING, id="not yet"),
        pytest.param([(Reason.NEW, SENT)], SENT, id="the first word"),
        pytest.param([(Reason.ESCALATE, SENT)], SENT, id="an escalation"),
        pytest.param([(Reason.REPEAT, SENT)], SENT, id="said again"),
        pytest.param([(Reason.REMIND, SENT)], SENT, id="a reminder"),
        pytest.param([(Reason.NEW, SENT), (Reason.REPEAT, PENDING)], SENT, id="heard, then not"),
        pytest.param([(Reason.NEW, SPARED), (Reason.REPEAT, SENT)], SENT, id="not, then heard"),
        pytest.param([(Reason.NEW, SPARED), (Reason.REPEAT, PENDING)], PENDING, id="never: last"),
        pytest.param([(Reason.NEW, TRIED), (Reason.REPEAT, DEAD)], TRIED, id="maybe, then dead"),
        pytest.param([(Reason.REVISED, SENT)], None, id="an edit"),
        pytest.param([(Reason.DIGEST, SENT)], None, id="a digest"),
    ],
)
def test_of_what_a_channel_was_told_counts_what_was_heard(
    desk: Desk, debts: list[tuple[Reason, Told]], told: Told | None
) -> None:
    keep(desk, alert := a_window(1, 2))
    for revision, (reason, state) in enumerate(debts, start=1):
        _owe(desk, alert, reason, revision, state)

    found = gathered(desk, alerts={alert.id}).told

    assert found == ({alert.id: {"quan_ly": told}} if told else {})


def _owe(desk: Desk, alert: Alert, reason: Reason, revision: int, told: Told) -> None:
    draft = a_draft(alert.id, "quan_ly", reason=reason, revision=revision, event="", body=None)
    desk.owe(draft)
    desk.database.run(
        "UPDATE deliveries SET state = ?, tries = ? WHERE id = ?",
        (told.state.value, int(told.tried), draft.id),
    )


@pytest.mark.parametrize(
    "needs",
    [
        pytest.param({"subjects": {"m002@"}}, id="its subject"),
        pytest.param({"keys": {(RULE, "k")}}, id="its key"),
        pytest.param({"endings": {(RULE, "+84900000001")}}, id="its customer"),
        pytest.param({"rules": {RULE}}, id="its rule"),
        pytest.param({"turned": {"back"}}, id="the call that ended it"),
        pytest.param({"alerts": {a_window(1, 2, key="k").id}}, id="its id"),
    ],
)
def test_however_an_alert_was_found_it_is_known_who_was_told_by_itself_or_in_a_digest(
    desk: Desk, needs: dict[str, Any]
) -> None:
    alert = a_window(1, 2, key="k", ended_call="back")
    digest = an_alert(kind=AlertKind.DIGEST, calls=(), key="limit:truong_nhom")
    keep(desk, alert, digest)
    desk.ledger.record(Decision(members=[(digest.id, alert.id)]), NOON)
    _owe(desk, alert, Reason.NEW, 1, SENT)
    told_in = a_draft(digest.id, "truong_nhom", reason=Reason.DIGEST, event="", body=None)
    desk.owe(told_in)
    settle_as(desk, desk.outbox.claim("truong_nhom", 1, NOON)[0])

    found = gathered(desk, **needs)

    assert found.told == {alert.id: {"quan_ly": SENT}}
    assert found.gathered == {alert.id: (("truong_nhom", digest),)}


def test_a_digest_is_found_by_what_it_gathers_and_its_channel_until_it_is_sent(
    desk: Desk,
) -> None:
    pots = ("limit", "group:goi_nho:19001000 a:b", "digest:goi_nho:")
    digests = [
        replace(
            an_alert(kind=AlertKind.DIGEST, calls=(), key=f"{pot}:quan_ly"), id=pot, rule=f"r{pot}"
        )
        for pot in pots
    ]
    desk.ledger.record(Decision(alerts=digests), NOON)
    desk.owe(
        *(
            a_draft(pot, "quan_ly", reason=Reason.DIGEST, event="", body=None, due_at=NOON)
            for pot in pots
        )
    )
    settle_as(desk, desk.outbox.claim("quan_ly", 1, NOON)[0])

    found = gathered(desk).digests

    assert found == dict(zip([(pot, "quan_ly") for pot in pots[1:]], digests[1:], strict=True))


# --- nothing for nothing


def test_what_is_not_asked_for_is_not_looked_up(path: Path) -> None:
    said: list[str] = []
    with a_desk(path, watch=said.append) as desk:
        keep(desk, a_window(1, 2))
        said.clear()

        gathered(desk)

    tables = {sql.split("FROM ")[1].split()[0] for sql in said}
    assert (len(said), tables) == (5, {"deliveries", "mutes", "gaps", "alerts"})


def test_more_than_fits_one_question_is_gathered_whole(desk: Desk) -> None:
    calls = [a_call(id=f"{n:04}", customer=f"+84900{n:04}") for n in range(900)]
    keep(desk, *(an_alert_of("goi_nho", call) for call in calls))
    ids = {call.id for call in calls}

    found = gathered(
        desk,
        subjects=ids,
        keys={("goi_nho", identity) for identity in ids},
        endings={("goi_nho", call.customer) for call in calls},
    )

    assert len(found.alerts) == len(found.live) == len(found.endings) == len(calls)
