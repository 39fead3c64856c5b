"""How often strangers are answered, however many there are."""

from datetime import timedelta

from notifier.bot.strangers import MOST, SPAN, Strangers
from tests.builders import NOON, SECOND


def test_each_is_answered_so_often_within_the_span() -> None:
    strangers = Strangers()

    admitted = [strangers.admit(1, NOON + n * SECOND) for n in range(5)]

    assert admitted == [True] * MOST + [False] * 2
    assert strangers.admit(2, NOON)
    assert strangers.admit(1, NOON + SPAN)


def test_a_crowd_takes_no_more_room_than_there_is() -> None:
    strangers = Strangers(most_known=3)

    admitted = [strangers.admit(person, NOON) for person in range(5)]
    later = strangers.admit(9, NOON + SPAN + timedelta(seconds=1))

    assert admitted == [True, True, True, False, False]
    assert later
    assert len(strangers) == 1
