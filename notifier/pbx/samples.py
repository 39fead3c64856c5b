"""What one page of calls tells by itself: records that read, forms of numbers, zones, lag."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from notifier.core.calls import Call, Direction
from notifier.core.findings import Finding, Verdict
from notifier.core.phones import is_outside
from notifier.pbx.questions import Sight
from notifier.pbx.records import written_at

READABLE, NUMBERS, ZONES, LAG = "records readable", "number format", "time zone", "insert lag"

_OVERLAP = timedelta(minutes=45)
"""How far walks read behind by default; rows later than that wait for a sweep."""

_STARTED_AT = re.compile(rb'"started_at"\s*:\s*"[^"]*?T[^"Z+-]*(Z|[+-]\d\d:?\d\d)?"')


def readable(sight: Sight) -> Finding:
    """Count the records that could not be read."""
    broken = Counter(malformed.why for malformed in sight.page.malformed)
    if not broken:
        return Finding(READABLE, Verdict.OK, f"all {sight.page.size} of the newest page")
    whys = "; ".join(f"{count} times {why}" for why, count in broken.most_common(3))
    return Finding(READABLE, Verdict.WARNING, f"{broken.total()} could not be read: {whys}")


def numbers(sight: Sight) -> Finding:
    """Tell in which forms customers' numbers come."""
    forms = Counter(_form(_customer_side(call)) for call in sight.page.calls if not call.internal)
    if not forms:
        return Finding(NUMBERS, Verdict.UNKNOWN, "no call with a customer on the newest page")
    said = ", ".join(f"{form} ({count})" for form, count in forms.most_common())
    return Finding(NUMBERS, Verdict.OK, f"{said}; rules may write any form")


def _customer_side(call: Call) -> str:
    return call.callee if call.direction is Direction.OUT else call.caller


def _form(number: str) -> str:
    if not is_outside(number):
        return "short or withheld"
    return next((f"{start}…" for start in ("+84", "84", "+", "0") if number.startswith(start)), "?")


def zones(sight: Sight) -> Finding:
    """Tell in which time zone the times are written."""
    suffixes = Counter(match[1].decode() for match in _STARTED_AT.finditer(sight.body) if match[1])
    bare = sum(not match[1] for match in _STARTED_AT.finditer(sight.body))
    if bare:
        what = f"{bare} times come without a zone and are taken for UTC"
        return Finding(ZONES, Verdict.WARNING, what, "compare one call's time with the switchboard")
    if not suffixes:
        return Finding(ZONES, Verdict.UNKNOWN, "no time on the newest page")
    said = ", ".join(f"{zone} ({count})" for zone, count in suffixes.most_common())
    return Finding(ZONES, Verdict.OK, said)


def lag(sight: Sight) -> Finding:
    """Measure how long after a call's end its row was written: the median, and nine in ten."""
    spans = [
        max(written - call.ended_at, timedelta())
        for call in sight.page.calls
        if call.ended_at and (written := written_at(call))
    ]
    if not spans:
        return Finding(LAG, Verdict.UNKNOWN, "no finished call on the newest page")
    spans.sort()
    most = spans[(len(spans) * 9 - 1) // 10]
    what = f"median {_said(spans[(len(spans) - 1) // 2])}, nine in ten within {_said(most)}"
    advice = f"absence rules: defaults: {{lag: {_said(most)}}}, or leave it at auto"
    if most > _OVERLAP:
        return Finding(LAG, Verdict.WARNING, what, f"source: {{overlap: {_said(most * 2)}}}")
    return Finding(LAG, Verdict.OK, what, advice)


def _said(span: timedelta) -> str:
    """Return `span` as rules.yaml writes it, rounded up."""
    whole = -(-span // timedelta(seconds=1))
    return f"{whole}s" if whole < 120 else f"{-(-whole // 60)}m"  # noqa: PLR2004 - two minutes


SAMPLES: tuple[Callable[[Sight], Finding], ...] = (readable, numbers, zones, lag)
"""In the order of the report; none of them asks the PBX for anything."""
