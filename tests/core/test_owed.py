"""The last look before sending: what is still worth saying, and to whom."""

from typing import Any

import pytest

from notifier.core.alerts import LIVE, Alert, AlertKind, AlertState, Reason
from notifier.core.deliveries import Delivered
from notifier.core.owed import TIDIES, Situation, is_obsolete, tidied
from tests.builders import a_call, a_claimed, an_alert


def situation(alert: Alert | None, **overrides: Any) -> Situation:
    known = {"card": "", "told": False, "superseded": False, **overrides}
    return Situation(alert, **known)


FIRST_WORDS = {
    AlertState.OPEN: False,
    AlertState.ACKNOWLEDGED: False,
    AlertState.RESOLVED: True,
    AlertState.CLOSED: True,
    AlertState.REVISED: True,
    AlertState.WITHDRAWN: True,
    AlertState.EXPIRED: True,
}


@pytest.mark.parametrize("state", AlertState)
def test_people_are_not_told_what_is_untrue_or_over(state: AlertState) -> None:
    assert is_obsolete(a_claimed(), situation(an_alert(state=state))) is FIRST_WORDS[state]


@pytest.mark.parametrize("state", AlertState)
@pytest.mark.parametrize("reason", [Reason.REPEAT, Reason.ESCALATE])
def test_nothing_is_said_again_once_somebody_is_at_work_on_it(
    state: AlertState, reason: Reason
) -> None:
    obsolete = is_obsolete(a_claimed(reason=reason), situation(an_alert(state=state)))

    assert obsolete is (state is not AlertState.OPEN)


@pytest.mark.parametrize("state", AlertState)
def test_nobody_is_reminded_of_what_is_over(state: AlertState) -> None:
    claimed = a_claimed(reason=Reason.REMIND)

    obsolete = is_obsolete(claimed, situation(an_alert(state=state)))

    assert obsolete is (state not in LIVE)


@pytest.mark.parametrize("state", AlertState)
def test_systems_see_every_step_as_it_was_frozen(state: AlertState) -> None:
    claimed = a_claimed(event="alert.fired", body=b"{}")

    assert not is_obsolete(claimed, situation(an_alert(state=state), told=True))


@pytest.mark.parametrize("state", AlertState)
def test_what_may_have_arrived_is_sent_again_whatever_became_of_it(state: AlertState) -> None:
    assert not is_obsolete(a_claimed(uncertain=True), situation(an_alert(state=state)))


EDITS: list[tuple[str, str, dict[str, Any], bool]] = [
    ("of a card", "", {"card": "1:2", "told": True}, False),
    ("of a card whose first word was replayed", "", {"card": "1:2"}, False),
    ("where the first word may have arrived", "", {"told": True}, False),
    ("of nothing", "", {}, True),
    ("before a later edit", "", {"card": "1:2", "told": True, "superseded": True}, True),
    ("to a system that was told", "alert.revised", {"told": True}, False),
    ("to a system, each of them", "alert.revised", {"told": True, "superseded": True}, False),
    ("to a system that was not told", "alert.revised", {}, True),
]


@pytest.mark.parametrize(
    ("event", "known", "obsolete"), [e[1:] for e in EDITS], ids=[e[0] for e in EDITS]
)
@pytest.mark.parametrize("reason", [Reason.REVISED, Reason.RESOLVED, *sorted(TIDIES)])
@pytest.mark.parametrize("state", AlertState)
def test_an_edit_needs_something_to_edit(
    state: AlertState, reason: Reason, event: str, known: dict[str, Any], *, obsolete: bool
) -> None:
    claimed = a_claimed(reason=reason, event=event)

    assert is_obsolete(claimed, situation(an_alert(state=state), **known)) is obsolete


def test_a_digest_whose_members_were_all_taken_back_is_not_sent() -> None:
    empty = an_alert(kind=AlertKind.DIGEST)
    claimed = a_claimed(reason=Reason.DIGEST)

    assert not is_obsolete(claimed, situation(empty))
    assert is_obsolete(claimed, situation(an_alert(a_call(), kind=AlertKind.DIGEST, calls=())))


def test_a_message_whose_alert_is_gone_cannot_be_rendered_but_an_event_needs_no_alert() -> None:
    assert is_obsolete(a_claimed(), situation(None))
    assert not is_obsolete(a_claimed(event="call.created", body=b"{}"), situation(None))


@pytest.mark.parametrize("reason", Reason)
def test_only_an_edit_that_says_nothing_new_is_done_when_its_message_is_gone(
    reason: Reason,
) -> None:
    done = tidied(a_claimed(reason=reason), "-100:7")

    assert isinstance(done, Delivered) is (reason in TIDIES)
    assert done is None or done.receipt == "-100:7"
