"""What the rules of one file are made from: the typed document and what was read beside it."""

from dataclasses import dataclass, field

from notifier.config.conditions import Pieces
from notifier.config.model.document import Document
from notifier.config.scalars import unique
from notifier.core.calendars import Calendar
from notifier.core.rules.compiling import compile_condition
from notifier.core.rules.language import Condition, asks_for_internal
from notifier.core.rules.model import Test
from notifier.core.rules.reading import Vocabulary


@dataclass(frozen=True, slots=True)
class Materials:
    """One file, read without faults."""

    document: Document
    pieces: Pieces
    vocabulary: Vocabulary
    compiled: dict[tuple[Condition, bool], Test] = field(default_factory=dict)
    """What was compiled already: rules with one condition share its function, and one judgement."""

    def condition(self, rule: str, *below: str) -> Condition | None:
        """Return the condition that `rule` has at `below`; None if there is none."""
        return self.pieces.conditions.get(("rules", rule, *below))

    def test(self, condition: Condition, *, internal: bool = False) -> Test:
        """Return the condition as a function.

        Calls between extensions meet it only where it asks for them, or where `internal` says
        that the rule around it does.
        """
        internal = internal or asks_for_internal(condition)
        place = (condition, internal)
        if place not in self.compiled:
            zone = self.document.timezone
            holds = compile_condition(condition, self.vocabulary, zone, internal=internal)
            self.compiled[place] = holds
        return self.compiled[place]

    def calendars(self, *names: str) -> tuple[Calendar, ...]:
        """Return the calendars of these names, each once."""
        return tuple(self.vocabulary.calendars[name] for name in unique(names))
