from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.simulator.ids import Cursor, decode_cursor, encode_cursor, inserted_at, mint

MOMENTS = st.integers(0, 10**15).map(
    lambda microsecond: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(microseconds=microsecond)
)
LONG = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("row_id", "second"),
    [
        ("1415096549774721835", datetime(2025, 9, 25, 3, 50, 25, tzinfo=UTC)),
        ("1414892734919211862", datetime(2025, 9, 23, 18, 5, 42, tzinfo=UTC)),
    ],
)
def test_an_id_of_the_vendors_page_tells_its_insert_time(row_id: str, second: datetime) -> None:
    assert inserted_at(row_id).replace(microsecond=0) == second


@given(MOMENTS, st.integers(0, 2**24 - 1))
def test_a_minted_id_tells_when_it_was_minted_to_ten_milliseconds(
    moment: datetime, serial: int
) -> None:
    lost = moment - inserted_at(mint(moment, serial))

    assert timedelta(0) <= lost < timedelta(milliseconds=10)


def test_ids_of_one_instant_all_differ() -> None:
    moment = datetime(2026, 9, 7, tzinfo=UTC)

    assert len({mint(moment, serial) for serial in range(50_000)}) == 50_000


@given(LONG, LONG, st.booleans())
def test_a_cursor_survives_its_writing(row_id: int, started: int, descending: bool) -> None:  # noqa: FBT001
    cursor = Cursor((started, row_id), descending)

    written = encode_cursor(cursor)

    assert decode_cursor(written) == cursor
    assert len(written) == 24


@pytest.mark.parametrize("text", ["text", "é", "AAAA", "A" * 24, "?"])
def test_what_is_no_cursor_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        decode_cursor(text)
