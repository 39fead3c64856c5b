"""What a popup can hold."""

from notifier.core.markup import sound, units

LONGEST = 200
"""UTF-16 units of a popup's text: Telegram's bound."""


def fitted(text: str) -> str:
    """Return `text` as a popup can show it, cut with an ellipsis where it is too long."""
    whole = sound(text).strip()
    if units(whole) <= LONGEST:
        return whole
    end = LONGEST - 1
    while units(whole[:end]) > LONGEST - 1:
        end -= 1
    return f"{whole[:end]}…"
