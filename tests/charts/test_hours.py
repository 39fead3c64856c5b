"""A chart of calls by the hour is a picture that says what it was given."""

import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from notifier.charts.hours import SIZE, draw
from notifier.core.asking.drawings import HourChart
from notifier.core.tallies import HourTally

GROUND, INBOUND, MISSED = (251, 251, 248), (47, 111, 179), (194, 69, 12)


def a_chart(*bars: tuple[int, int, int], title: str = "Báo cáo cuộc gọi") -> HourChart:
    rows = tuple(HourTally(*bar) for bar in bars)
    return HourChart(title, "Chủ nhật, 22/11/2026", rows, "Gọi đến", "trong đó nhỡ")


def seen(chart: HourChart) -> Image.Image:
    picture = Image.open(io.BytesIO(draw(chart)))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def painted(picture: Image.Image, colour: tuple[int, int, int], box: tuple[int, ...]) -> int:
    """Return how many pixels of `colour` there are within `box`."""
    part = picture.crop((box[0], box[1], box[2], box[3]))
    return sum(n for n, found in part.getcolors(SIZE[0] * SIZE[1]) or [] if found == colour)


FIELD = (48, 230, 1232, 595)
"""Where the bars stand, below the words and above the hours."""


def test_it_is_as_large_as_a_phone_shows_and_brings_its_own_ground() -> None:
    picture = seen(a_chart((8, 3, 0)))

    assert picture.size == SIZE
    assert picture.getpixel((2, 2)) == GROUND


def test_more_calls_take_more_room_and_the_missed_ones_theirs() -> None:
    picture = seen(a_chart((8, 10, 0), (9, 40, 10), (10, 0, 0)))

    third = (FIELD[2] - FIELD[0]) // 3
    boxes = [
        (FIELD[0] + third * n, FIELD[1], FIELD[0] + third * (n + 1), FIELD[3]) for n in range(3)
    ]
    blue = [painted(picture, INBOUND, box) for box in boxes]
    assert blue[0] * 2.5 < blue[1] < blue[0] * 3.5
    assert [painted(picture, MISSED, box) > 0 for box in boxes] == [False, True, False]
    assert blue[2] == 0


@pytest.mark.parametrize("title", ["ữ ỹ ở Đặng ợ ẵ", "Báo cáo", "x"])
def test_vietnamese_letters_are_drawn_and_not_boxes(title: str) -> None:
    composed = draw(a_chart(title=title))
    apart = draw(a_chart(title=unicodedata.normalize("NFD", title)))

    assert composed == apart
    assert composed != draw(a_chart(title="\u0378" * len(title)))


def test_a_long_title_ends_within_the_picture() -> None:
    picture = seen(a_chart(title="Chăm sóc khách hàng " * 20))

    assert painted(picture, GROUND, (1240, 0, 1280, 720)) == 40 * 720


COUNTS = some.integers(0, 10**6)


@settings(max_examples=15, deadline=None)
@given(
    some.lists(
        some.tuples(some.integers(0, 23), some.integers(0, 10**6), some.integers(0, 10**6)),
        max_size=24,
    ),
    some.text(max_size=80),
)
def test_anything_can_be_drawn(bars: list[tuple[int, int, int]], title: str) -> None:
    assert draw(a_chart(*bars, title=title)).startswith(b"\x89PNG")
