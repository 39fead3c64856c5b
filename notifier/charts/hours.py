"""Draws calls by the hour as a PNG that is read on a phone, in a light chat or a dark one.

It brings its own ground, so that nothing depends on the chat's colours; blue and orange are told
apart by nearly everybody, and the missed calls are written out besides.
"""

import io
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.core.asking.drawings import HourChart

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

    from notifier.core.tallies import HourTally

SIZE = (1280, 720)
"""Pixels; Telegram shows a photo of this shape as wide as the chat."""

_GROUND, _INK, _FAINT, _LINE = "#FBFBF8", "#1B2733", "#5B6875", "#D5DAE0"
_INBOUND, _MISSED = "#2F6FB3", "#C2450C"

_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 1232, 200, 596
"""Edges of the field in which the bars stand."""

_MOST_NAMED = 16
"""Hours up to which each is named below its bar; of more, every other one."""

_LOWEST = 4
"""Pixels of the lowest bar: one call among a thousand is a call."""

_LARGE, _SMALL, _WIDE = 30, 22, 40
"""Pixels of figures by a wide bar and by a narrow one; three large ones take as many as wide is."""


def draw(chart: HourChart) -> bytes:
    """Return `chart` as a PNG of `SIZE`."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, _GROUND)
    brush = ImageDraw.Draw(picture)
    _write_head(brush, chart)
    brush.line([(_LEFT, _BOTTOM), (_RIGHT, _BOTTOM)], fill=_LINE, width=3)
    most = max((bar.inbound for bar in chart.bars), default=0) or 1
    step = (_RIGHT - _LEFT) / max(len(chart.bars), 1)
    for place, bar in enumerate(chart.bars):
        middle = _LEFT + step * (place + 0.5)
        _draw_bar(brush, bar, middle, width=min(step * 0.7, 90), most=most)
        if len(chart.bars) <= _MOST_NAMED or bar.hour % 2 == 0:
            at = (middle, _BOTTOM + 12)
            brush.text(at, f"{bar.hour}h", font=_font("Medium", 30), fill=_INK, anchor="ma")
    page = io.BytesIO()
    picture.quantize(64).save(page, "PNG", optimize=True)
    return page.getvalue()


def _write_head(brush: "ImageDraw", chart: HourChart) -> None:
    """Write the title, the period, and which colour means what."""
    room = _RIGHT - _LEFT
    title = _fitting(chart.title, _font("Bold", 44), room)
    brush.text((_LEFT, 30), title, font=_font("Bold", 44), fill=_INK)
    subtitle = _fitting(chart.subtitle, _font("Regular", 32), room)
    brush.text((_LEFT, 90), subtitle, font=_font("Regular", 32), fill=_FAINT)
    x, font = float(_LEFT), _font("Medium", 30)
    for colour, word in ((_INBOUND, chart.inbound), (_MISSED, chart.missed)):
        brush.rounded_rectangle([(x, 146), (x + 30, 176)], radius=6, fill=colour)
        text = _fitting(word, font, room / 3)
        brush.text((x + 44, 161), text, font=font, fill=_INK, anchor="lm")
        x += 44 + font.getlength(text) + 56


def _draw_bar(
    brush: "ImageDraw", bar: "HourTally", middle: float, *, width: float, most: int
) -> None:
    """Draw the calls of one hour with their number above, the missed ones at the foot and below."""
    if not bar.inbound:
        return
    height = max((_BOTTOM - _TOP - 50) * bar.inbound / most, _LOWEST)
    missed = max(height * min(bar.missed, bar.inbound) / bar.inbound, _LOWEST)
    left, right, top = middle - width / 2, middle + width / 2, _BOTTOM - height
    brush.rectangle([(left, top), (right, _BOTTOM - 1)], fill=_INBOUND)
    if bar.missed:
        brush.rectangle([(left, _BOTTOM - missed), (right, _BOTTOM - 1)], fill=_MISSED)
    font = _font("SemiBold", _LARGE if width > _WIDE else _SMALL)
    brush.text((middle, top - 6), str(bar.inbound), font=font, fill=_INK, anchor="mb")
    if bar.missed:
        at = (middle, _BOTTOM + 56)
        brush.text(at, str(bar.missed), font=font, fill=_MISSED, anchor="ma")


def _fitting(text: str, font: "FreeTypeFont", room: float) -> str:
    """Return `text` in composed letters, cut so that it takes at most `room` pixels."""
    whole = unicodedata.normalize("NFC", " ".join(text.split()))
    if font.getlength(whole) <= room:
        return whole
    end = len(whole)
    while end and font.getlength(f"{whole[:end]}…") > room:
        end -= 1
    return f"{whole[:end]}…"


@lru_cache(maxsize=16)
def _font(weight: str, size: int) -> "FreeTypeFont":
    """Return the letters of one weight: made in Vietnam, and the same on every machine."""
    from importlib.resources import files

    from PIL import ImageFont

    path = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"
    with path.open("rb") as file:
        return ImageFont.truetype(io.BytesIO(file.read()), size)
