"""A chat follows what it asked for, as far as it may see it, and is told of nothing twice."""

import pytest

from notifier.core.alerts import Alert, AlertKind, Severity
from notifier.core.followings import (
    Following,
    Interest,
    chat_channel,
    chat_of,
    followers_of,
    interest_of,
    narrowed,
)
from tests.builders import a_call, a_route, a_talk, an_alert

LAN = 555000111
EVERYTHING = Following(LAN)
SALES = Following(LAN, hotlines=("19001000",))


@pytest.mark.parametrize(
    ("alert", "interest"),
    [
        (an_alert(), Interest.MISSED),
        (an_alert(a_talk()), Interest.LONG),
        (an_alert(kind=AlertKind.WINDOW), Interest.MANY),
        (an_alert(kind=AlertKind.QUIET), Interest.QUIET),
        (an_alert(kind=AlertKind.REPORT), Interest.REPORT),
        (an_alert(kind=AlertKind.WATCH), None),
    ],
    ids=["missed", "long", "many", "quiet", "report", "watch"],
)
def test_each_kind_of_alert_can_be_followed_but_the_notifiers_own(
    alert: Alert, interest: Interest | None
) -> None:
    assert interest_of(alert) is interest
    assert EVERYTHING.wants(alert) is (interest is not None)


@pytest.mark.parametrize(
    ("following", "alert", "wanted"),
    [
        (SALES, an_alert(), True),
        (SALES, an_alert(a_call(hotline="19002000")), False),
        (SALES, an_alert(a_call(), a_call(id="2", hotline="19002000")), False),
        (SALES, an_alert(kind=AlertKind.REPORT, key="", calls=()), False),
        (SALES, an_alert(kind=AlertKind.QUIET, key="19001000", calls=()), True),
        (Following(LAN, hotlines=("",)), an_alert(kind=AlertKind.REPORT, key="", calls=()), False),
        (Following(LAN, least=Severity.WARNING), an_alert(), False),
        (Following(LAN, least=Severity.WARNING), an_alert(severity=Severity.CRITICAL), True),
        (Following(LAN, frozenset({Interest.LONG})), an_alert(), False),
    ],
    ids=[
        "its hotline",
        "another hotline",
        "another one as well",
        "a report of all",
        "its hotline is quiet",
        "no hotline at all",
        "too low",
        "high enough",
        "another kind",
    ],
)
def test_only_what_was_asked_for_and_may_be_seen_is_wanted(
    following: Following,
    alert: Alert,
    wanted: bool,  # noqa: FBT001
) -> None:
    assert following.wants(alert) is wanted


@pytest.mark.parametrize(
    ("following", "allowed", "left"),
    [
        (EVERYTHING, (), EVERYTHING),
        (EVERYTHING, ("19001000",), SALES),
        (SALES, ("19001000", "19002000"), SALES),
        (SALES, ("19002000",), None),
        (EVERYTHING, ("",), None),
    ],
    ids=["all may be seen", "narrowed", "as asked", "taken away", "nothing may be seen"],
)
def test_a_right_that_was_taken_away_narrows_what_is_followed(
    following: Following, allowed: tuple[str, ...], left: Following | None
) -> None:
    assert narrowed(following, allowed) == left


def test_a_chat_that_is_told_by_the_file_is_not_told_twice() -> None:
    group = Following(-1001)

    told = followers_of(an_alert(), (EVERYTHING, group), (a_route(address="-1001"), a_route()))

    assert told == ("chat:555000111",)


@pytest.mark.parametrize(
    ("channel", "chat"),
    [("chat:5", 5), ("chat:-1001", -1001), ("quan_ly", None), ("chat:x", None), ("x:5", None)],
)
def test_a_channel_that_no_file_names_says_its_chat(channel: str, chat: int | None) -> None:
    assert chat_of(channel) == chat
    assert chat_of(chat_channel(-7)) == -7
