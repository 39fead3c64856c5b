"""Names for ids, and which hotline a call came in on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from notifier.core.calls import UNKNOWN_HOTLINE, Call, CallState
from notifier.core.phones import normalise

_LONGEST_NUMBER = 16
"""Characters of the longest E.164 number, its plus included."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number that customers dial."""

    number: str
    name: str = ""
    id: str = ""
    """The vendor's id, for a filtered query; "" if not known."""
    extensions: frozenset[str] = frozenset()
    """Extensions that serve it."""
    callees: frozenset[str] = frozenset()
    """What the PBX shows as called for it: queue, menu or ring-group numbers, trunks."""


@dataclass(frozen=True, slots=True)
class Directory:
    """What is known of hotlines and extensions, from the file and from the API."""

    hotlines: tuple[Hotline, ...] = ()
    extensions: Mapping[str, str] = field(default_factory=dict)
    """Extension number to the name of the person."""

    @property
    def queryable(self) -> tuple[Hotline, ...]:
        """Hotlines whose calls can be asked for by id."""
        return tuple(hotline for hotline in self.hotlines if hotline.id)

    def name_of(self, extension: str) -> str:
        """Return the name behind `extension`, or "" if there is none."""
        return self.extensions.get(extension, "")

    def hotline_name(self, number: str) -> str:
        """Return the name of the hotline `number`, or "" if there is none."""
        wanted = normalise(number)
        names = (h.name for h in self.hotlines if normalise(h.number) == wanted)
        return next(names, "")

    def place(self, call: Call, tagged: Mapping[str, str]) -> Call:
        """Return `call` with its agent's name and its hotline, as far as they can be told.

        `tagged` maps call ids to hotline numbers, from queries filtered by hotline; best first:
        what the record itself says, such a query, who answered or was rung, what was called, the
        trunk.
        """
        hotline = self._listed(call.hotline)
        if not call.internal and hotline == UNKNOWN_HOTLINE:
            hotline = tagged.get(call.id) or self._served(call) or UNKNOWN_HOTLINE
        return replace(call, hotline=hotline, agent=self.name_of(call.extension))

    def _listed(self, said: str) -> str:
        """Return the number, as the directory writes it, of what a record says of its hotline.

        That is a number in any form, or the vendor's id, which is longer than any phone number.
        """
        if said == UNKNOWN_HOTLINE:
            return said
        wanted = normalise(said)
        named = (h.number for h in self.hotlines if said == h.id or normalise(h.number) == wanted)
        return next(named, UNKNOWN_HOTLINE if len(said) > _LONGEST_NUMBER else said)

    def _served(self, call: Call) -> str:
        answered = {leg.number for leg in call.legs if leg.status is CallState.ANSWERED}
        for numbers in ({call.extension} | answered, set(call.targets)):
            if found := _only(h.number for h in self.hotlines if h.extensions & numbers):
                return found
        called = {call.caller, call.callee, *call.targets, *(leg.trunk for leg in call.legs)}
        called |= {normalise(number) for number in called}
        return _only(
            h.number
            for h in self.hotlines
            if (h.callees | {h.number, normalise(h.number)}) & called
        )


def _only(numbers: Iterable[str]) -> str:
    """Return the one number among `numbers`; "" if there are several: a guess is no answer."""
    found = set(numbers)
    return found.pop() if len(found) == 1 else ""


def merge(configured: Directory, fetched: Directory) -> Directory:
    """Return both as one; where they differ, what people wrote in the file wins.

    A hotline is the same by id or by number, in any form of it, and keeps the file's spelling. The
    API only fills in what the file leaves out, and gives no hotline an extension that the file
    gives to another.
    """
    taken = frozenset().union(*(hotline.extensions for hotline in configured.hotlines))
    found = [replace(h, extensions=h.extensions - taken) for h in fetched.hotlines]
    ours = tuple(
        _filled(h, next((f for f in found if _same(h, f)), h)) for h in configured.hotlines
    )
    others = tuple(f for f in found if not any(_same(h, f) for h in configured.hotlines))
    names = {number: name for number, name in configured.extensions.items() if name}
    return Directory(ours + others, {**fetched.extensions, **names})


def _same(one: Hotline, other: Hotline) -> bool:
    return (bool(one.id) and one.id == other.id) or normalise(one.number) == normalise(other.number)


def _filled(written: Hotline, found: Hotline) -> Hotline:
    return replace(
        written,
        name=written.name or found.name,
        id=written.id or found.id,
        extensions=written.extensions or found.extensions,
        callees=written.callees or found.callees,
    )
