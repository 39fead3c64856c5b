"""Views of alerts about several calls, about none, and of how alerts end, for golden files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from notifier.core.alerts import Alert, AlertKind, AlertState, Language, Outcome, Severity
from notifier.core.calls import Call
from notifier.core.cards import CardView
from notifier.core.drawn import Drawn
from notifier.core.reports import tally
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.language import EVERY, Fact, Flag
from notifier.core.rules.model import FollowUp, Quiet, Report, Rule, Unless
from notifier.core.rules.wording import Wording
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_rule, a_talk
from tests.core.card_desk import ANSWERED_BY_MINH, DIRECTORY, a_digest, a_view, an_alert

HOUR = 60 * MINUTE

WORDING = Wording({language: book(language) for language in Language}, DIRECTORY, HANOI)

BACK = FollowUp(lambda call: not call.missed, EVERY, called_back=True)

NOT_CALLED_BACK = a_rule(unless=Unless((BACK,), 15 * MINUTE))


def told(
    rule: Rule, kind: AlertKind, *calls: Call, key: str = "", amount: float = 0, **facts: Any
) -> Alert:
    """Return the alert of `rule` on `calls`, with the title that its wording gives it."""
    facts.setdefault("count", len(calls))
    given = {"count": facts["count"], "key": key, "suppressed": 0}
    facts.setdefault("title", WORDING.title(rule, calls, given, amount=amount))
    return an_alert(kind=kind, calls=calls, **facts)


def an_absence(*calls: Call, **facts: Any) -> Alert:
    facts.setdefault("severity", Severity.WARNING)
    facts.setdefault("deadline", NOON + 15 * MINUTE + 27 * SECOND)
    return told(NOT_CALLED_BACK, AlertKind.CALL, *(calls or (a_call(),)), **facts)


def ended(outcome: Outcome, by: str = "", **facts: Any) -> CardView:
    """Return an absence that ended so, six minutes after the call had."""
    over = {"state": AlertState.RESOLVED, "ended_at": NOON + 6 * MINUTE + 27 * SECOND, **facts}
    return a_view(an_absence(outcome=outcome, ended_by=by, **over), interactive=True)


def corrected(outcome: Outcome, by: str = "") -> CardView:
    return ended(outcome, by, state=AlertState.REVISED)


def a_window(aggregate: Aggregate, *calls: Call, key: str = "", **facts: Any) -> Alert:
    return told(a_rule(aggregate=aggregate), AlertKind.WINDOW, *calls, key=key, **facts)


def a_quiet(**facts: Any) -> Alert:
    rule = a_rule(condition=Flag(Fact.INBOUND), quiet=Quiet(45 * MINUTE, "hotline"))
    facts = {"severity": Severity.CRITICAL, "count": 0, **facts}
    since, until = NOON - 50 * MINUTE, NOON - 5 * MINUTE
    facts = {"occurred_at": since, "deadline": until, **facts}
    return told(rule, AlertKind.QUIET, key="19001000", **facts)


def a_report(*calls: Call, **facts: Any) -> Alert:
    period = (NOON - 12 * HOUR, NOON)
    figures = tally(calls, period=period, zone=HANOI, now=NOON, directory=DIRECTORY)
    drawn = Drawn(figures, ("totals", "missed_open")).frozen()
    rule = a_rule(report=Report((time(12),), "today", ("totals", "missed_open")))
    facts = {"detail": drawn, "deadline": NOON, **facts}
    return told(rule, AlertKind.REPORT, **facts)


def at_minute(n: int, **facts: Any) -> Call:
    """Return a miss that ended `n` minutes before noon."""
    end = NOON - n * MINUTE
    return a_call(id=f"m{n}", started_at=end - 20 * SECOND, ended_at=end, **facts)


OF_ONE = (at_minute(40), at_minute(25), at_minute(3))
OF_MANY = (
    at_minute(9, customer="+84912345678"),
    at_minute(7),
    at_minute(4, customer=""),
    at_minute(2, customer="+84987654321"),
)
OF_BOTH = (*OF_MANY, at_minute(1, hotline="02873001234"))

TITLE = {Language.VI: "Nhỡ dồn dập tại CSKH", Language.EN: "Many missed calls at CSKH"}
TEXT = {Language.VI: "Tăng người trực ngay.", Language.EN: "Put more people on."}

ALERT_CASES: Mapping[str, CardView] = {
    "absence": a_view(an_absence(), interactive=True),
    "absence_joined": a_view(an_absence(*OF_ONE), interactive=True),
    "absence_joined_many": a_view(an_absence(*(at_minute(n) for n in range(13, 0, -1)))),
    "absence_joined_cut": a_view(an_absence(*OF_ONE, count=60)),
    "absence_back": a_view(an_absence(), restored=True),
    "absence_taken": a_view(
        an_absence(state=AlertState.ACKNOWLEDGED, taken_by="Lan", taken_at=NOON + 17 * MINUTE),
        interactive=True,
    ),
    "absence_taken_whenever": a_view(an_absence(state=AlertState.ACKNOWLEDGED, taken_by="102")),
    "ended_called_back": ended(Outcome.CALLED_BACK),
    "ended_called_back_by": ended(Outcome.CALLED_BACK, "101"),
    "ended_called_back_joined": a_view(
        an_absence(
            *OF_ONE,
            state=AlertState.RESOLVED,
            outcome=Outcome.CALLED_BACK,
            ended_at=NOON + 4 * MINUTE,
            ended_by="Lan",
        )
    ),
    "ended_customer_called": ended(Outcome.CUSTOMER_CALLED),
    "ended_customer_called_by": ended(Outcome.CUSTOMER_CALLED, "Lan"),
    "ended_followed": ended(Outcome.FOLLOWED),
    "ended_followed_by": ended(Outcome.FOLLOWED, "102"),
    "ended_by_hand": ended(Outcome.BY_HAND, state=AlertState.CLOSED),
    "ended_by_hand_by": ended(Outcome.BY_HAND, "Nguyễn Văn <An>", state=AlertState.CLOSED),
    "revised_called_back": corrected(Outcome.CALLED_BACK),
    "revised_called_back_by": corrected(Outcome.CALLED_BACK, "101"),
    "revised_customer_called": corrected(Outcome.CUSTOMER_CALLED),
    "revised_customer_called_by": corrected(Outcome.CUSTOMER_CALLED, "Lan"),
    "revised_followed": corrected(Outcome.FOLLOWED),
    "revised_followed_by": corrected(Outcome.FOLLOWED, "101"),
    "expired": a_view(an_absence(state=AlertState.EXPIRED), interactive=True),
    "expired_taken": a_view(an_absence(state=AlertState.EXPIRED, taken_by="Lan")),
    "window_count": a_view(a_window(Count(4, 10 * MINUTE), *OF_BOTH), interactive=True),
    "window_count_critical": a_view(
        a_window(
            Count(4, 10 * MINUTE, "hotline"), *OF_MANY, key="19001000", severity=Severity.CRITICAL
        )
    ),
    "window_count_customer": a_view(
        a_window(Count(3, HOUR, "customer"), *OF_ONE, key="+84901234567", suppressed=2)
    ),
    "window_count_target": a_view(a_window(Count(4, 10 * MINUTE, "target"), *OF_MANY, key="101")),
    "window_count_large": a_view(
        told(
            a_rule(condition=Flag(Fact.MISSED), aggregate=Count(4, HOUR)),
            AlertKind.WINDOW,
            *(at_minute(n) for n in range(50, 0, -1)),
            count=62,
        )
    ),
    "window_own_words": a_view(
        replace(a_window(Count(4, 10 * MINUTE), *OF_MANY, suppressed=9), title=TITLE, text=TEXT)
    ),
    "window_mixed": a_view(
        a_window(Count(2, 10 * MINUTE), at_minute(9), ANSWERED_BY_MINH, severity=Severity.WARNING)
    ),
    "window_distinct": a_view(a_window(Distinct("customer", 4, 10 * MINUTE), *OF_MANY, amount=4)),
    "window_sum": a_view(
        a_window(
            Sum("duration", 5 * MINUTE, HOUR, "extension"),
            *(a_talk(), ANSWERED_BY_MINH),
            key="101",
            amount=845,
        )
    ),
    "window_ratio": a_view(
        a_window(Ratio(lambda _: True, HOUR, per="hotline"), *OF_MANY, key="19001000", amount=0.2)
    ),
    "window_spike": a_view(a_window(Spike(3, 4), a_talk(), count=23, amount=23)),
    "window_new": a_view(
        a_window(New("customer", timedelta(days=90)), a_talk(), key="+84901234567", amount=1)
    ),
    "window_taken": a_view(
        a_window(
            Count(4, 10 * MINUTE, "hotline"),
            *OF_MANY,
            key="19001000",
            state=AlertState.ACKNOWLEDGED,
            taken_by="Lan",
            taken_at=NOON + MINUTE,
        )
    ),
    "window_untrue": a_view(
        a_window(Count(4, 10 * MINUTE), *OF_MANY[:3], state=AlertState.REVISED)
    ),
    "window_back": a_view(a_window(Count(4, 10 * MINUTE), *OF_MANY), restored=True),
    "quiet": a_view(a_quiet(), interactive=True),
    "quiet_over": a_view(
        a_quiet(state=AlertState.RESOLVED, outcome=Outcome.CALLS_AGAIN, ended_at=NOON + 3 * MINUTE)
    ),
    "quiet_untrue": a_view(
        a_quiet(state=AlertState.REVISED, outcome=Outcome.CALLS_AGAIN, ended_at=NOON - 7 * MINUTE)
    ),
    "report": a_view(a_report(*OF_MANY, ANSWERED_BY_MINH)),
    "report_own_title": a_view(
        a_report(title={Language.VI: "Sáng nay", Language.EN: "This morning"})
    ),
    "digest_rule": a_view(a_digest("missed", *OF_MANY, rule="ngoai_gio")),
    "digest_rule_mixed": a_view(a_digest("incoming", *OF_BOTH, ANSWERED_BY_MINH, rule="ngoai_gio")),
    "digest_rule_of_windows": a_view(
        replace(a_digest("missed", *OF_MANY, rule="nho_don_dap", count=2), title=TITLE)
    ),
    "digest_rule_of_none": a_view(
        a_digest("missed", rule="im_lang", count=3, title=WORDING.said("title.quiet", span="45′"))
    ),
}
