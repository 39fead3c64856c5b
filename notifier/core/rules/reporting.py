"""Reports that fall due: once for each time of day, late rather than never."""

from datetime import datetime
from zoneinfo import ZoneInfo

from notifier.core.alerts import AlertKind, Reason
from notifier.core.decisions import TimerKind
from notifier.core.drawn import Drawn
from notifier.core.reports import Covers, period_of, tally
from notifier.core.rules.bench import Bench, Story
from notifier.core.rules.gates import pass_gates
from notifier.core.rules.model import Report, Rule
from notifier.core.schedules import last_of, next_of


def plan_report(bench: Bench, rule: Rule, report: Report) -> None:
    """Set the timer of the next report."""
    bench.set(rule.name, "", TimerKind.REPORT, next_of(report.at, bench.now, bench.zone))


def periods_due(rule: Rule, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return the span whose calls a report needs that is due by `now`; call-backs come after it."""
    if rule.report is None:
        return None
    slot = last_of(rule.report.at, now, zone)
    return period_of(Covers(rule.report.range), slot, zone=zone)[0], now


def draw_up(bench: Bench, rule: Rule) -> None:
    """Tell the totals that are due now; of several that were missed, the latest."""
    report = rule.report
    if report is None:
        return  # the file was changed: the rule is another one now
    plan_report(bench, rule, report)
    slot = last_of(report.at, bench.now, bench.zone)
    if report.on and not report.on.is_open_day(slot.astimezone(bench.zone).date()):
        bench.note(rule.name, Reason.OUTSIDE_CALENDAR)
        return
    period = period_of(Covers(report.range), slot, zone=bench.zone)
    figures = tally(
        bench.standing.periods.get((period[0], bench.now), ()),
        period=period,
        zone=bench.zone,
        now=bench.now,
        directory=bench.engine.wording.directory,
    )
    story = Story(
        AlertKind.REPORT,
        rule.name,
        bench.now,
        subject=slot.isoformat(),
        count=figures.totals.calls,
        deadline=slot,
        detail=Drawn(figures, report.sections).frozen(),
    )
    if not bench.known(rule, story.subject) and pass_gates(bench, rule, story):
        bench.fire(rule, story)
