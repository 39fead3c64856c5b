"""The console channel: messages as plain text, for the demo and for trying things out."""

from collections.abc import Callable
from unicodedata import category

from notifier.core.deliveries import Delivered, Failed, FailureReason, Outcome, Parcel
from notifier.core.markup import to_text

_EDITED = "✏️"


class ConsoleChannel:
    """Writes each message to a terminal or a file that is already open."""

    def __init__(self, name: str, write: Callable[[str], object], *, resent: str = "") -> None:
        """Take `write`, such as sys.stdout.write, and the mark of what may have been sent before.

        `resent` is in the channel's language, such as "(gửi lại)"; "" for no mark.
        """
        self.name = name
        self._write = write
        self._resent = resent
        self._count = 0

    async def send(self, parcel: Parcel) -> Outcome:
        """Write the message in `parcel`; its receipt is a running number. ValueError if none."""
        if parcel.message is None:
            raise ValueError(f"cannot write {parcel.id} to {self.name}: it holds no message")
        text = _harmless(to_text(parcel.message))
        if parcel.replaces and not text.startswith(_EDITED):
            text = f"{_EDITED} {text}"
        if parcel.again and self._resent:
            text = f"{text}\n{self._resent}"
        try:
            self._write(f"{text}\n")
        except (OSError, ValueError) as error:  # ValueError: the file is closed, or its encoding
            return Failed(FailureReason.UNREACHABLE, f"cannot write: {type(error).__name__}")
        self._count += 1
        return Delivered(receipt=str(self._count))

    async def aclose(self) -> None:
        """Leave the terminal to its owner."""


_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Letters that turn the direction of writing around."""


def _harmless(text: str) -> str:
    """Return `text` without control characters: a caller's name must not steer the terminal."""
    return "".join("�" if _steers(letter) else letter for letter in text)


def _steers(letter: str) -> bool:
    return letter in _STEERING or (letter != "\n" and category(letter) == "Cc")
