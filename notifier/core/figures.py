"""How numbers and shares are written for people, and how a number is drawn as a bar."""

from notifier.core.messages import Phrases

_EIGHTHS = " ▏▎▍▌▋▊▉"
"""Parts of a cell, by how many eighths of it are filled."""


def number(n: int, say: Phrases) -> str:
    """Return `n` with its thousands apart: 1,234 or 1.234, as the language has it."""
    return f"{n:,}".replace(",", say("figure.thousands"))


def percent(share: float, say: Phrases) -> str:
    """Return `share`, 0 to 1, in percent with one decimal unless that is zero: 85.5%, 85,5 %.

    Only nothing is shown as 0% and only all as 100%: one miss in ten thousand is a miss.
    """
    tenths = round(share * 1000)
    if 0 < share < 1:
        tenths = min(max(tenths, 1), 999)
    whole, tenth = divmod(tenths, 10)
    shown = f"{whole}{say('figure.decimal')}{tenth}" if tenth else str(whole)
    return say("figure.percent", n=shown)


def bar(n: int, most: int, *, width: int) -> str:
    """Return a bar for `n`, where `most` (at least 1) fills `width` letters.

    It grows in eighths of a letter; what is not zero is never drawn as nothing.
    """
    eighths = max(round(n * width * 8 / most), 1) if n else 0
    full, part = divmod(eighths, 8)
    return "█" * full + _EIGHTHS[part].strip()
