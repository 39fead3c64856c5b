"""When and to whom a rule's alerts go besides at once: groups, digests, reports, escalations."""

from datetime import time

from notifier.config.materials import Materials
from notifier.config.model.rules import Rule as WrittenRule
from notifier.config.scalars import unique
from notifier.core.rules.model import Digest, Escalation, Group, Report


def build_escalate(rule: WrittenRule) -> tuple[Escalation, ...]:
    """Return who is told next, in order."""
    return tuple(Escalation(step.after, unique(step.to)) for step in rule.escalate)


def build_group(rule: WrittenRule) -> Group | None:
    """Return how matches are grouped; None if each is told by itself."""
    group = rule.group
    return Group(unique(group.by), group.wait, group.interval) if group else None


def build_digest(rule: WrittenRule) -> Digest | None:
    """Return when what was gathered is told; None if nothing is gathered."""
    digest = rule.digest
    return Digest(_in_order(digest.at), digest.every, digest.per or "") if digest else None


def build_report(materials: Materials, rule: WrittenRule) -> Report | None:
    """Return which totals are told when; None if none are."""
    report = rule.report
    if report is None:
        return None
    on = materials.calendars(report.on)[0] if report.on else None
    return Report(_in_order(report.at), report.range, unique(report.sections), on)


def _in_order(times: tuple[time, ...]) -> tuple[time, ...]:
    return tuple(sorted(set(times)))
