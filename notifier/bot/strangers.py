"""How often strangers are answered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST = 3
"""Answers to one stranger within `SPAN`; further words are met with silence."""

SPAN = timedelta(minutes=1)

MOST_KNOWN = 10_000
"""Strangers remembered before those at rest are forgotten."""


@dataclass(slots=True)
class Strangers:
    """When each stranger was answered of late; forgotten with the process."""

    most_known: int = MOST_KNOWN
    _answered: dict[int, tuple[datetime, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._answered)

    def admit(self, person: int, now: datetime) -> bool:
        """Whether `person` is answered once more; it counts if so."""
        late = self._late(person, now)
        if len(late) >= MOST:
            return False
        if len(self._answered) >= self.most_known:
            self._answered = {one: at for one in self._answered if (at := self._late(one, now))}
        if person not in self._answered and len(self._answered) >= self.most_known:
            return False  # a crowd of them at once: nobody new is answered
        self._answered[person] = (*late, now)
        return True

    def _late(self, person: int, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self._answered.get(person, ()) if now - at < SPAN)
