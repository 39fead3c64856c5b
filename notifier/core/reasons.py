"""Decisions in words: why something was sent, or why it was not."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from notifier.core.alerts import AlertState, Audit, Outcome, Reason, short_id
from notifier.core.decisions import TimerKind
from notifier.core.messages import Phrases
from notifier.core.moments import moment, span

REOPENED = "reopened"
"""Detail of a decision that took back how an alert had ended."""

WORDS = frozenset({*map(str, Outcome), *map(str, TimerKind), *map(str, AlertState), REOPENED})
"""Details that are a word of ours; each has its sentence."""

_ENDED = re.compile(r"(?P<outcome>\w+)(?: by (?P<by>.+))?, call (?P<call>\S*)", re.DOTALL)
_SECONDS = re.compile(r"(\d{1,9}) s", re.ASCII)
_COUNTED = re.compile(r"(\d{1,9})(?: calls)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Teller:
    """For whom decisions are put into words."""

    say: Phrases
    zone: ZoneInfo
    now: datetime

    def told(self, row: Audit) -> str:
        """Return the decision of `row`, with its detail where that says more."""
        reason, more = self.reason(row.reason), self.detail(row)
        return f"{reason}: {more}" if more else reason

    def reason(self, reason: Reason) -> str:
        """Return what `reason` means."""
        return self.say(f"reason.{reason.value}")

    def detail(self, row: Audit) -> str:
        """Return the detail in words, "" if there is none.

        One that has another form than it should, such as an older version's, is given as it is.
        """
        if not row.detail:
            return ""
        read = _READ.get(row.reason, _known)
        return read(self, row.detail) or _known(self, row.detail) or row.detail

    def moment(self, at: datetime) -> str:
        """Return `at` as people write it."""
        return moment(at, self.say, now=self.now, zone=self.zone)


def _known(teller: Teller, detail: str) -> str:
    if detail in WORDS:
        return teller.say(f"reason.word.{detail}")
    found = _ENDED.fullmatch(detail)
    if found is None or found["outcome"] not in WORDS:
        return ""
    how, call = teller.say(f"reason.word.{found['outcome']}"), found["call"]
    if found["by"]:
        return teller.say("reason.ended_by", how=how, by=found["by"], call=call)
    return teller.say("reason.ended", how=how, call=call)


def _until(teller: Teller, detail: str) -> str:
    try:
        at = datetime.fromisoformat(detail)
    except ValueError:
        return ""
    return teller.say("reason.until", at=teller.moment(at)) if at.tzinfo else ""


def _late(teller: Teller, detail: str) -> str:
    if found := _SECONDS.fullmatch(detail):
        late = timedelta(seconds=int(found[1]))
        return teller.say("reason.late", span=span(late, teller.say))
    return _gathered(teller, detail)


def _gathered(teller: Teller, detail: str) -> str:
    return teller.say("reason.gathered", id=short_id(detail))


def _swallowed(teller: Teller, detail: str) -> str:
    found = _COUNTED.fullmatch(detail)
    return teller.say("reason.swallowed", n=int(found[1])) if found else ""


def _calls(teller: Teller, detail: str) -> str:
    found = _COUNTED.fullmatch(detail)
    return teller.say("reason.calls", n=int(found[1])) if found else ""


def _muted(teller: Teller, detail: str) -> str:
    identity, _, author = detail.partition(" ")
    return teller.say("reason.mute", id=identity, author=author)


def _speaker(teller: Teller, detail: str) -> str:
    return teller.say("reason.speaker", rule=detail)


def _by(teller: Teller, detail: str) -> str:
    return "" if detail in WORDS else teller.say("reason.by", who=detail)


_READ: Mapping[Reason, Callable[[Teller, str], str]] = MappingProxyType(
    {
        Reason.WAITING: _until,
        Reason.STALE: _late,
        Reason.SOURCE_DOWN: _late,
        Reason.OVER_LIMIT: _gathered,
        Reason.GROUPED: _gathered,
        Reason.THROTTLED: _swallowed,
        Reason.BASELINE: _calls,
        Reason.MUTED: _muted,
        Reason.SUPPRESSED: _speaker,
        Reason.ACKNOWLEDGED: _by,
        Reason.RELEASED: _by,
        Reason.CLOSED: _by,
        Reason.REMIND: _by,
        Reason.POSTPONED: _by,
        Reason.NOTED: _by,
        Reason.SEEN: _by,
        Reason.HEARD: _by,
        Reason.TRIED: _swallowed,
    }
)
"""How the detail of a reason is read; "" where it has another form than it should."""
