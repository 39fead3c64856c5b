"""Any calls, and any conditions as users write them: what properties of the rules draw from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from hypothesis import strategies as st

from notifier.core.calendars import Calendar, Span
from notifier.core.calls import Call, CallState, Direction
from notifier.core.rules.faults import Vocabulary
from notifier.core.rules.patterns import comparable
from notifier.core.rules.reading import Source
from tests.builders import HANOI, NOON, SECOND, a_call, a_leg

VOCABULARY = Vocabulary(
    lists={"vip": frozenset({"0901234567", "101"})},
    calendars={"gio_lam": Calendar("gio_lam", HANOI, {0: (Span(time(8), time(12)),)})},
)

PHONES = ("", "101", "0901234567", "+84901234567", "02873001234", "0066212345678", "unknown")
SECONDS = st.sampled_from([0, 5, 20, 600, 3_600]).map(lambda n: n * SECOND)
phones = st.sampled_from(PHONES)
legs = st.builds(
    a_leg,
    st.sampled_from(("", "101", "102", "0901234567")),
    ring=SECONDS,
    trunk=st.sampled_from(("", "viettel-1", "02473001234")),
    end_reason=st.sampled_from(("", "busy", "caller_disconnect")),
    answered_at=st.sampled_from((None, NOON + 5 * SECOND)),
)
calls: st.SearchStrategy[Call] = st.builds(
    a_call,
    direction=st.sampled_from(Direction),
    state=st.sampled_from(CallState),
    caller=phones,
    callee=phones,
    customer=phones.map(comparable),
    hotline=phones,
    extension=phones,
    agent=st.sampled_from(("", "Lan", "Minh")),
    note=st.sampled_from(("", "vip", "Khách VIP")),
    duration=SECONDS,
    started_at=st.integers(0, 14 * 24).map(lambda hours: NOON + timedelta(hours=hours)),
    ended_at=st.sampled_from((None, NOON, NOON + timedelta(days=20))),
    legs=st.lists(legs, max_size=3).map(tuple),
    recording_urls=st.sampled_from(((), ("https://x",))),
)


@dataclass(frozen=True)
class Pair:
    """One condition in both surfaces."""

    mapping: Source
    expression: str


NUMBER_FIELDS = ("caller", "callee", "customer", "hotline", "extension", "target", "trunk")
ORDERED = {
    "duration": ("0s", "5s", "10m", "1h"),
    "ring": ("0s", "20s"),
    "wait": ("5s", "10m"),
    "hour": ("0", "12", "23"),
    "started_at": ('"2026-09-07"', '"2026-09-10T12:00"'),
    "ended_at": ('"2026-09-07"', '"2026-09-20T00:00Z"'),
}
EQUAL = {
    **dict.fromkeys(NUMBER_FIELDS, ("101", "0901234567", "02873001234")),
    **ORDERED,
    "direction": ('"in"', '"out"', '"internal"'),
    "state": ('"answered"', '"not_answered"'),
    "miss_reason": ('"busy"', '"abandoned"'),
    "agent": ('"Lan"', '"Minh"'),
    "note": ('"vip"', '"Khách VIP"'),
    "end_reason": ('"busy"',),
    "weekday": ('"mon"', '"sat-sun"', '"mon-fri"'),
    "has_recording": ("true", "false"),
}


@st.composite
def comparisons(draw: st.DrawFn) -> Pair:
    name = draw(st.sampled_from(sorted(EQUAL)))
    value = draw(st.sampled_from(EQUAL[name]))
    sign = draw(st.sampled_from(("==", "!=", "<", "<=", ">", ">=") if name in ORDERED else ("!=",)))
    return Pair({name: f"{sign} {value.strip(chr(34))}"}, f"{name} {sign} {value}")


@st.composite
def memberships(draw: st.DrawFn) -> Pair:
    name = draw(st.sampled_from(sorted(EQUAL)))
    values = draw(st.lists(st.sampled_from(EQUAL[name]), min_size=1))
    written = [value.strip('"') for value in values]
    return Pair({name: written}, f"{name} in [{', '.join(values)}]")


@st.composite
def patterns(draw: st.DrawFn) -> Pair:
    name = draw(st.sampled_from((*NUMBER_FIELDS, "note", "agent", "end_reason")))
    pattern = draw(st.sampled_from(("*", "09*", "00*", "?01", "*a*", "+84*", "viettel-*")))
    if draw(st.booleans()):
        return Pair({name: f"!= {pattern}"}, f'{name} not like "{pattern}"')
    return Pair({name: pattern}, f'{name} like "{pattern}"')


@st.composite
def presences(draw: st.DrawFn) -> Pair:
    name = draw(st.sampled_from((*NUMBER_FIELDS, "note", "wait", "ended_at", "miss_reason")))
    word = draw(st.sampled_from(("present", "absent")))
    return Pair({name: word}, f"{word}({name})")


@st.composite
def listings(draw: st.DrawFn) -> Pair:
    name = draw(st.sampled_from((*NUMBER_FIELDS, "note")))
    if draw(st.booleans()):
        return Pair({name: "!@vip"}, f"{name} not in vip")
    return Pair({name: "@vip"}, f'{name} in "@vip"')


words = st.sampled_from(
    ("missed", "answered", "inbound", "outbound", "unreached", "internal", "abandoned", "any")
).map(lambda word: Pair(word, word))


def _nested(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda pairs: _joined("all", "and", pairs)),
        several.map(lambda pairs: _joined("any", "or", pairs)),
        inner.map(lambda pair: Pair({"not": pair.mapping}, f"not ({pair.expression})")),
    )


def _joined(key: str, word: str, pairs: Sequence[Pair]) -> Pair:
    expression = f" {word} ".join(f"({pair.expression})" for pair in pairs)
    return Pair({key: [pair.mapping for pair in pairs]}, expression)


pairs_of_one_meaning = st.recursive(
    st.one_of(comparisons(), memberships(), patterns(), presences(), listings(), words),
    _nested,
    max_leaves=6,
)
