from datetime import UTC, datetime, timedelta

import pytest

from notifier.core.calls import CallState, Direction
from notifier.pbx import fields
from notifier.pbx.fields import Scalar

MORNING = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("2026-09-07T02:00:00Z", MORNING, id="utc"),
        pytest.param("2026-09-07T09:00:00+07:00", MORNING, id="local time of Vietnam"),
        pytest.param("2026-09-07T02:00:00", MORNING, id="no zone is utc"),
        pytest.param("2026-09-07T02:00:00.5Z", MORNING.replace(microsecond=500_000), id="1 digit"),
        pytest.param(
            "2026-09-07T02:00:00.123456789Z", MORNING.replace(microsecond=123_456), id="9 digits"
        ),
        pytest.param("0001-01-01T00:00:00Z", None, id="year one"),
        pytest.param("0001-01-01T00:00:00+07:00", None, id="year one in a zone"),
        pytest.param("0001-01-01T07:06:40+07:06", None, id="year one in an odd zone"),
        pytest.param("1970-01-01T07:00:00+07:00", None, id="unix zero"),
        pytest.param("9999-12-31T23:59:59-07:00", None, id="end of the calendar"),
        pytest.param("", None, id="empty"),
        pytest.param("soon", None, id="a word"),
        pytest.param("2026-13-01T00:00:00Z", None, id="a month too many"),
        pytest.param(1_789_000_000, None, id="a number"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_time_is_read_into_utc_or_is_none(written: Scalar, read: datetime | None) -> None:
    assert fields.instant(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1415096549774721835", "1415096549774721835"),
        pytest.param(1415096549774721835, "1415096549774721835", id="a number"),
        (" 7 ", "7"),
        (12.0, "12"),
        (1.4150965497747218e18, ""),
        (0.5, ""),
        ("0", ""),
        pytest.param(0, "", id="zero"),
        pytest.param(" 0", "", id="a spaced zero"),
        ("", ""),
        (None, ""),
        ("two words", ""),
        ("7" * 65, ""),
    ],
)
def test_an_id_is_a_text_without_spaces_and_zero_is_none(written: Scalar, read: str) -> None:
    assert fields.identity(written) == read


@pytest.mark.parametrize(
    ("identity", "inserted_at"),
    [
        ("1415096549774721835", datetime(2025, 9, 25, 3, 50, 25, 900_000, tzinfo=UTC)),
        ("1414892734919211862", datetime(2025, 9, 23, 18, 5, 42, 780_000, tzinfo=UTC)),
    ],
)
def test_an_id_tells_when_its_row_was_written(identity: str, inserted_at: datetime) -> None:
    assert fields.inserted_at(identity) == inserted_at


@pytest.mark.parametrize("identity", ["101", "", "a-b", "٣" * 19, "1" * 20, "-5"])
def test_an_id_of_another_making_tells_no_time(identity: str) -> None:
    assert fields.inserted_at(identity) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (75, timedelta(seconds=75)),
        pytest.param("75", timedelta(seconds=75), id="a text"),
        (1.5, timedelta(seconds=1.5)),
        *((none, timedelta()) for none in (None, "", "long", -3, "nan", "inf", 10**30)),
    ],
)
def test_a_span_of_seconds_is_never_negative_nor_absurd(written: Scalar, read: timedelta) -> None:
    assert fields.seconds(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (486, 486),
        pytest.param("486", 486, id="a text"),
        pytest.param(486.0, 486, id="a fraction"),
        (None, 0),
        ("busy", 0),
        ("nan", 0),
        (10**40, 0),
    ],
)
def test_a_code_is_a_small_whole_number(written: Scalar, read: int) -> None:
    assert fields.whole(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("answered", CallState.ANSWERED),
        ("ANSWERED", CallState.ANSWERED),
        ("not_answered", CallState.NOT_ANSWERED),
        ("NOANSWER", CallState.NOT_ANSWERED),
        ("FAIL", CallState.NOT_ANSWERED),
        ("NONE", CallState.NOT_ANSWERED),
        ("parked", CallState.UNKNOWN),
        (7, CallState.UNKNOWN),
        (None, CallState.UNKNOWN),
    ],
)
def test_a_state_is_known_by_the_vendors_word_or_the_switchs(
    written: Scalar, read: CallState
) -> None:
    assert fields.state(written) is read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("in", Direction.IN),
        ("EXT_OUT", Direction.EXT_OUT),
        ("in2out", Direction.UNKNOWN),
        (None, Direction.UNKNOWN),
    ],
)
def test_an_unheard_of_direction_is_unknown(written: Scalar, read: Direction) -> None:
    assert fields.direction(written) is read
