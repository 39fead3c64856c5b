"""How the fields and values of conditions are named to people: typed, short, numbers masked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.call_lines import Reader
from notifier.core.calls import UNKNOWN_HOTLINE
from notifier.core.directory import Directory
from notifier.core.messages import Phrases
from notifier.core.phones import Mask, normalise, shown
from notifier.core.rules.fields import FIELDS, Kind, kind_of
from notifier.core.rules.language import Listed, Term, Value, View

MOST_NAMED = 8
"""Values of one comparison that are named; the rest is counted."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Long before any call: told as of then, every instant comes with its whole date."""

_OURS = frozenset({"hotline", "extension", "trunk"})
"""Fields whose numbers are the business's own and so are never masked."""

_UNITS = (
    ("span.days", timedelta(days=1)),
    ("span.hours", timedelta(hours=1)),
    ("span.minutes", timedelta(minutes=1)),
    ("span.seconds", timedelta(seconds=1)),
    ("rules.milliseconds", timedelta(milliseconds=1)),
)


@dataclass(frozen=True, slots=True)
class Naming:
    """What a sentence about rules may say of numbers, lists and times."""

    zone: ZoneInfo
    lists: Mapping[str, int] = field(default_factory=dict)
    """How many values each list holds; the values themselves are not for sentences."""
    directory: Directory = field(default_factory=Directory)
    mask: Mask = Mask.LAST3
    """For customers' numbers; hotlines, trunks and extensions are shown whole."""


@dataclass(frozen=True, slots=True)
class Namer:
    """Names things in one language."""

    say: Phrases
    naming: Naming

    def term(self, term: Term) -> str:
        """Return what `term` looks at, as a noun without its article."""
        what = self.say(f"rules.field.{term.field}")
        return self.say("rules.lower", what=what) if term.view is View.LOWER else what

    def value(self, term: Term, value: Value) -> str:
        """Return one value of the type that `term` has."""
        match value:
            case bool():
                return self.say("rules.yes" if value else "rules.no")
            case timedelta():
                return self.length(value)
            case datetime():
                return self.instant(value)
            case int():
                weekday = kind_of(term) is Kind.WEEKDAY
                return self.say(f"rules.day.{value}") if weekday else str(value)
            case _:
                return self._text(term, value)

    def values(self, term: Term, values: Sequence[Value]) -> str:
        """Return `values` as alternatives: A, B or C; of very many the first, and how many more."""
        ordered = sorted(values, key=_rank)
        named = [self.value(term, value) for value in ordered[:MOST_NAMED]]
        left = len(values) - len(named)
        if left:
            return f"{', '.join(named)} {self.say('card.others', n=left)}"
        return self.either(named)

    def either(self, texts: Iterable[str]) -> str:
        """Return `texts`, at least one, as alternatives."""
        return self.joined("rules.or", texts)

    def joined(self, name: str, texts: Iterable[str], *, between: str = ", ") -> str:
        """Return `texts`, at least one, with the last one joined as the phrase `name` does."""
        *others, last = texts
        return self.say(name, first=between.join(others), last=last) if others else last

    def list(self, listed: Listed) -> str:
        """Return a list by its name and size."""
        phone = FIELDS[listed.term.field].kind is Kind.PHONE
        name = "rules.list" if phone else "rules.list_texts"
        return self.say(name, name=listed.name, n=self.naming.lists[listed.name])

    def length(self, length: timedelta) -> str:
        """Return `length` exactly, in as many units as that takes."""
        parts: list[str] = []
        rest = length
        for name, unit in _UNITS:
            n, rest = divmod(rest, unit)
            if n:
                parts.append(self.say(name, n=n))
        return " ".join(parts) or self.say("span.seconds", n=0)

    def instant(self, at: datetime) -> str:
        """Return `at` with its date; one without an offset is meant in the rules' zone."""
        aware = at if at.tzinfo else at.replace(tzinfo=self.naming.zone)
        return self.reader.moment(aware, seconds=bool(aware.second))

    def discreet(self, term: Term, text: str) -> str:
        """Return a text or pattern of `term` with what a customer's number would tell masked."""
        if FIELDS[term.field].kind is Kind.PHONE:
            return text if self._ours(term, text) else _masked(text, self.naming.mask)
        return self.reader.discreet(text) if term.field == "note" else text

    @property
    def reader(self) -> Reader:
        """For whom all of this is said."""
        naming = self.naming
        return Reader(self.say, naming.mask, naming.zone, _EPOCH, naming.directory)

    def _text(self, term: Term, text: str) -> str:
        match kind_of(term):
            case Kind.CHOICE if term.field == "miss_reason":
                return self.say(f"miss.{text}")
            case Kind.CHOICE:
                return self.say(f"rules.{term.field}.{text}")
            case Kind.PHONE:
                return self._number(term, text)
            case _:
                return f"“{self.discreet(term, ' '.join(text.split()))}”"

    def _number(self, term: Term, number: str) -> str:
        if number == UNKNOWN_HOTLINE:
            return self.say("rules.unknown")
        directory = self.naming.directory
        mask = Mask.FULL if self._ours(term, number) else self.naming.mask
        name = directory.hotline_name(number) or directory.name_of(number)
        return f"{shown(number, mask)} ({name})" if name else shown(number, mask)

    def _ours(self, term: Term, number: str) -> bool:
        """Whether `number` is no customer's: a field of ours, a hotline, a service number."""
        hotlines = {normalise(hotline.number) for hotline in self.naming.directory.hotlines}
        service = number.startswith(("1800", "1900"))
        return term.field in _OURS or service or normalise(number) in hotlines


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last of each unbroken run in `numbers`, in order."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _rank(value: Value) -> tuple[str, timedelta, str]:
    """Order lengths by length and all else by its text, so that a sentence never changes."""
    if isinstance(value, timedelta):
        return ("", value, "")
    return ("", timedelta(), f"{value:>20}" if isinstance(value, int) else str(value))


def _masked(text: str, mask: Mask) -> str:
    """Return a number or pattern masked digit by digit, its stars and its plus kept."""
    plus = "+" if text.startswith("+") else ""
    return plus + shown(text.removeprefix("+"), mask)
