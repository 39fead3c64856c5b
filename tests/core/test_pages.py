from datetime import datetime
from typing import Any

import pytest

from notifier.core.pages import EVERY_CALL, CallFilter
from tests.builders import MINUTE, NOON

ZONELESS = datetime(2026, 9, 7, 5, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        ({"date_from": NOON}, "give both"),
        ({"date_to": NOON}, "give both"),
        ({"date_from": ZONELESS, "date_to": NOON}, "need a time zone"),
        ({"date_from": NOON, "date_to": ZONELESS}, "need a time zone"),
        ({"date_from": NOON, "date_to": NOON - MINUTE}, "is before date_from"),
    ],
    ids=["no end", "no start", "start without a zone", "end without a zone", "backwards"],
)
def test_dates_that_the_vendor_would_refuse_make_no_filter(
    dates: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        CallFilter(**dates)


def test_a_filter_may_be_empty_or_a_moment() -> None:
    assert CallFilter() == EVERY_CALL
    assert CallFilter(date_from=NOON, date_to=NOON).date_to == NOON
