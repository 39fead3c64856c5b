"""The facts of a call as one reader may see them: names, masked numbers, times, who was rung."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.calls import UNKNOWN_HOTLINE, Call, CallState, Direction, Leg, MissReason
from notifier.core.directory import Directory
from notifier.core.markup import sound
from notifier.core.messages import Line, Phrases, Span, bold, code, plain
from notifier.core.moments import moment, span, talk
from notifier.core.phones import Mask, is_outside, normalise, readable, shown

LONGEST_NOTE = 200
"""Letters of a note that are shown."""

_MOST_RUNG = 6
"""Extensions that are named on a card; a ring group may have dozens."""

_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ .()-]{0,2}\d){7,14}(?!\d)")
"""What may be a telephone number in free text."""

_LAST_THREE = re.compile(
    r"(\d[ .()-]{0,2}\d(?:[ .()-]{0,2}x){3,})((?:[ .()-]{0,2}\d){3})", re.IGNORECASE
)
"""A number that was masked when a title was written, and the digits which that left at its end."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a call is put into words."""

    say: Phrases
    mask: Mask
    zone: ZoneInfo
    now: datetime
    directory: Directory
    private: bool = False
    """Whether one person reads alone; then a whole number can be tapped to copy it."""

    def moment(self, at: datetime, *, seconds: bool = True) -> str:
        """Return `at` on the reader's clock, with its day unless it is today's."""
        return moment(at, self.say, now=self.now, zone=self.zone, seconds=seconds)

    def person(self, number: str) -> str:
        """Return an extension with its name, or an outside number under the reader's mask."""
        name = self.directory.name_of(number)
        return f"{shown(number, self.mask)} ({name})" if name else shown(number, self.mask)

    def customer(self, call: Call) -> Span:
        """Return the customer's number under the mask; in words if it was withheld."""
        return self.outside(call.customer) if call.customer else plain(self.say("card.withheld"))

    def outside(self, customer: str) -> Span:
        """Return a customer's number under the mask; one to tap where it may be seen whole."""
        number = shown(customer, self.mask)
        return code(number) if self.private and self.mask is Mask.FULL else plain(number)

    def hotline(self, call: Call) -> Line:
        """Return the hotline's number and name; empty where a call has none to show."""
        if call.internal or call.hotline in {"", UNKNOWN_HOTLINE}:
            return (plain(self.say("card.unknown_hotline")),) if call.inbound else ()
        name = self.directory.hotline_name(call.hotline)
        number = bold(readable(normalise(call.hotline)))
        return (number, plain(f" ({name})")) if name else (number,)

    def discreet(self, text: str) -> str:
        """Return free text with the telephone numbers in it masked; hotlines stay.

        Titles are stored with the last three digits of customers' numbers, which `hidden` hides.
        """
        if self.mask is Mask.FULL:
            return text
        bare = sound(text)  # a control within a number would keep it from being known as one
        if self.mask is Mask.HIDDEN:
            bare = _LAST_THREE.sub(_hidden, bare)
        return _NUMBER.sub(self._masked, bare)

    def _masked(self, found: re.Match[str]) -> str:
        if all(self._is_extension(part) for part in found[0].split()):
            return found[0]
        number = normalise(found[0])
        hotlines = {normalise(hotline.number) for hotline in self.directory.hotlines}
        if number in hotlines or number.startswith(("1800", "1900")):
            return found[0]
        if number.startswith("+") or found[0].isdigit():
            return shown(number, self.mask)
        return self._beside(found[0].split(), hotlines)

    def _beside(self, words: list[str], hotlines: set[str]) -> str:
        """Mask the number that stands beside other figures, as in `table 4 0901 234 567`."""
        for size in range(len(words), 0, -1):
            for start in range(len(words) - size + 1):
                number = normalise(" ".join(words[start : start + size]))
                if number.startswith("+") and number not in hotlines:
                    before, after = words[:start], words[start + size :]
                    rest = self._beside(after, hotlines) if after else ""
                    return " ".join(filter(None, (*before, shown(number, self.mask), rest)))
        return " ".join(words)

    def _is_extension(self, number: str) -> bool:
        """Whether it is one of ours: several in a row may look like a number of another land."""
        return bool(self.directory.name_of(number)) and not is_outside(number)


def _hidden(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"\d", "x", found[2])


def call_icon(call: Call) -> str:
    """Return the sign of what kind of call it was."""
    if call.missed:
        return "🔴"
    return "📵" if call.unreached else "📞"


def call_lines(call: Call, reader: Reader) -> Iterator[Line]:
    """Yield who called, when and how long, who was rung, the note, and whether it was recorded."""
    if call.internal:
        say, who = reader.say, reader.person
        between = say("card.between", caller=who(call.caller), callee=who(call.callee))
        yield (plain(f"👤 {between}"),)
    else:
        yield (plain("👤 "), reader.customer(call))
    times = [reader.moment(call.started_at), *_lengths(call, reader.say)]
    yield (plain(f"🕑 {' · '.join(times)}"),)
    if story := _story(call, reader):
        yield (plain(f"↪️ {story}"),)
    if note := " ".join(call.note.split()):
        yield (plain(f"📝 {cut(reader.discreet(note))}"),)
    if call.recording_urls:
        yield (plain(f"🎧 {reader.say('card.recording')}"),)


def call_line(call: Call, reader: Reader) -> Line:
    """Return `call` in one line, for digests and lists: when, what, who, where and by whom."""
    at = reader.moment(call.started_at, seconds=False)
    hotline = reader.directory.hotline_name(call.hotline) or _known(call.hotline)
    by = reader.person(answerer(call)) if answerer(call) else ""
    length = talk(call.duration) if call.duration else ""
    tail = "".join(f" · {text}" for text in (hotline, by, length) if text)
    if call.internal:
        pair = reader.say(
            "card.between", caller=reader.person(call.caller), callee=reader.person(call.callee)
        )
        return (plain(f"{at} {call_icon(call)} {pair}{tail}"),)
    return (plain(f"{at} {call_icon(call)} "), reader.customer(call), plain(tail))


def answerer(call: Call) -> str:
    """Return the extension or number that spoke on our side; "" if nobody did or none is known."""
    if call.state is not CallState.ANSWERED or call.abandoned:
        return ""
    answered = (leg.number for leg in call.legs if leg.status is CallState.ANSWERED)
    return call.extension or ("" if call.direction is Direction.OUT else next(answered, ""))


def _known(hotline: str) -> str:
    return "" if hotline in {"", UNKNOWN_HOTLINE} else readable(normalise(hotline))


def cut(text: str) -> str:
    """Return a note no longer than `LONGEST_NOTE`."""
    return text if len(text) <= LONGEST_NOTE else f"{text[: LONGEST_NOTE - 1]}…"


def _lengths(call: Call, say: Phrases) -> Iterator[str]:
    """Yield how long it rang, the customer waited and they talked, as far as that is known."""
    answered = call.state is CallState.ANSWERED and not call.abandoned
    if not answered and _whole(call.ring):
        yield say("card.ring", ring=span(call.ring, say))
    wait = call.wait if call.inbound else None
    if wait and _whole(wait) and (answered or _whole(wait) != _whole(call.ring)):
        yield say("card.waited", wait=span(wait, say))
    if call.duration and answered:
        yield say("card.talked", talk=span(call.duration, say))
    elif answered and call.ended_at is None:
        yield say("card.ongoing")


def _whole(length: timedelta) -> int:
    return int(length.total_seconds())


def _story(call: Call, reader: Reader) -> str:
    """Return who was rung and what came of it."""
    say = reader.say
    if call.direction is Direction.OUT:
        by = call.extension or call.caller
        return say("card.called_by", who=reader.person(by)) if by else ""
    by = answerer(call)
    path = _path(call, reader, but=by)
    if call.miss_reason:
        return _missed(call.miss_reason, path, say)
    if by and not call.internal:
        who = reader.person(by)
        return (
            say("card.path_answered", path=path, who=who) if path else say("card.answered", who=who)
        )
    return "" if call.internal else path


def _missed(reason: MissReason, path: str, say: Phrases) -> str:
    told = MissReason.NO_ANSWER if path and reason is MissReason.ABANDONED else reason
    why = say(f"miss.{told.value}")
    return say("card.nobody", path=path, why=why) if path else why


def _path(call: Call, reader: Reader, *, but: str) -> str:
    """Return who was rung, in order; those rung at the same second are joined by a plus."""
    steps: dict[int, list[str]] = {}
    rung = [n for n in dict.fromkeys(leg.number for leg in _by_time(call)) if n != but]
    first = {leg.number: _second(leg, call) for leg in reversed(_by_time(call))}
    for number in rung[:_MOST_RUNG]:
        steps.setdefault(first[number], []).append(reader.person(number))
    path = " → ".join(" + ".join(together) for together in steps.values())
    left = len(rung) - _MOST_RUNG
    return f"{path} {reader.say('card.others', n=left)}" if left > 0 else path


def _by_time(call: Call) -> list[Leg]:
    legs = [leg for leg in call.legs if leg.number]
    return sorted(legs, key=lambda leg: (_second(leg, call), leg.number))


def _second(leg: Leg, call: Call) -> int:
    return int((leg.rung_at or leg.added_at or call.started_at).timestamp())
