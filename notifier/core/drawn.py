"""A report as it was drawn up: its figures, and which of them are shown; frozen as JSON."""

from dataclasses import dataclass

import msgspec

from notifier.core.tallies import Tally


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that a report says, in no language yet."""

    tally: Tally
    sections: tuple[str, ...]

    def frozen(self) -> str:
        """Return it as JSON, as it is kept with its alert."""
        return msgspec.json.encode(self).decode()


def thawed(text: str) -> Drawn:
    """Return the report that `Drawn.frozen` wrote."""
    return _decoder.decode(text)


_decoder = msgspec.json.Decoder(Drawn)
