"""What people and chats ask for outlives the process, and the last word counts."""

from datetime import time
from pathlib import Path

import pytest

from notifier.core.alerts import Severity
from notifier.core.calendars import Span
from notifier.core.dailies import Daily
from notifier.core.decisions import Decision
from notifier.core.followings import Following, Interest
from notifier.core.living import Duty, Hush
from notifier.store.daily import DailyLife
from tests.builders import MINUTE, NOON, an_alert
from tests.store.desk import Desk, a_desk

GROUP = -1001112223334


@pytest.mark.parametrize(
    "hush",
    [
        Hush(GROUP, Span(time(22), time(7)), NOON + MINUTE, always=True),
        Hush(GROUP, until=NOON),
        Hush(GROUP),
    ],
    ids=["all of it", "a pause", "nothing"],
)
def test_quiet_is_kept_as_it_was_asked_for_last(tmp_path: Path, hush: Hush) -> None:
    with a_desk(tmp_path / "n.db") as desk:
        days = DailyLife(desk.database)
        days.set_hush(Hush(GROUP, Span(time(1), time(2))))
        days.set_hush(hush)

    with a_desk(tmp_path / "n.db") as desk:
        assert DailyLife(desk.database).hush(GROUP) == hush
        assert DailyLife(desk.database).hush(5) is None


def test_who_is_named_for_duty_takes_the_place_of_those_before(desk: Desk) -> None:
    days = DailyLife(desk.database)
    days.set_duties(GROUP, [Duty(1, "Lan", GROUP)], "9", NOON)
    days.set_duties(0, [Duty(3, "Hạnh")], "9", NOON)

    minh = Duty(2, "Minh", GROUP, NOON + MINUTE)
    days.set_duties(GROUP, [minh, minh], "9", NOON)

    assert days.duties() == (minh, Duty(3, "Hạnh"))


def test_nobody_may_be_on_duty(desk: Desk) -> None:
    days = DailyLife(desk.database)
    days.set_duties(GROUP, [Duty(1, "Lan", GROUP)], "9", NOON)

    days.set_duties(GROUP, [], "9", NOON)

    assert days.duties() == ()


def test_a_chat_follows_what_it_asked_for_last(desk: Desk) -> None:
    days = DailyLife(desk.database)
    days.follow(Following(GROUP))
    narrow = Following(
        GROUP, frozenset({Interest.MISSED, Interest.MANY}), ("19001000",), Severity.WARNING
    )

    days.follow(narrow)
    followed = days.followings()
    ended = [days.unfollow(GROUP), days.unfollow(GROUP)]

    assert followed == (narrow,)
    assert ended == [True, False]
    assert days.followings() == ()


def test_a_digest_is_kept_until_it_is_ended(desk: Desk) -> None:
    days = DailyLife(desk.database)
    daily = Daily(GROUP, time(8, 5), NOON, frozenset({0, 5}), ("19001000", "19002000"))

    days.set_daily(Daily(GROUP, time(17), NOON))
    days.set_daily(daily)
    kept = days.dailies()
    ended = [days.end_daily(GROUP), days.end_daily(GROUP)]

    assert kept == (daily,)
    assert ended == [True, False]
    assert days.dailies() == ()


def test_a_group_takes_along_what_it_asked_for_when_its_id_changes(desk: Desk) -> None:
    days = DailyLife(desk.database)
    days.set_hush(Hush(GROUP, always=True))
    days.set_duties(GROUP, [Duty(1, "Lan", GROUP)], "9", NOON)
    days.follow(Following(GROUP))
    days.set_daily(Daily(GROUP, time(8), NOON))

    days.moved(GROUP, -7)
    days.moved(GROUP, -7)

    assert days.hush(-7) == Hush(-7, always=True)
    assert days.duties() == (Duty(1, "Lan", -7),)
    assert days.followings() == (Following(-7),)
    assert days.dailies() == (Daily(-7, time(8), NOON),)


def test_an_alert_that_was_recorded_was_told(desk: Desk) -> None:
    days = DailyLife(desk.database)
    alert = an_alert(calls=(), subject="s")
    before = days.was_told(alert.id)

    desk.ledger.record(Decision(alerts=[alert]), NOON)

    assert (before, days.was_told(alert.id)) == (False, True)
