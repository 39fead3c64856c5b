"""What a rule asks of several calls together, or of none, as the core's values."""

from datetime import timedelta

from notifier.config.materials import Materials
from notifier.config.model.rules import Rule as WrittenRule
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.language import EVERY, NEVER, asks_for_internal
from notifier.core.rules.model import Quiet, Test

_DAY = timedelta(hours=24)


def build_aggregate(materials: Materials, name: str, rule: WrittenRule) -> Aggregate | None:
    """Return what the rule `name` asks of several matches; None for each match by itself."""
    if count := rule.count:
        reset = _test(materials, name, "count", "reset_by")
        resets = materials.condition(name, "count", "reset_by") or NEVER
        return Count(count.at_least, count.within, count.per or "", reset, resets)
    if distinct := rule.distinct:
        return Distinct(distinct.field, distinct.at_least, distinct.within, distinct.per or "")
    if total := rule.sum:
        return Sum(total.field, total.above, total.within, total.per or "")
    if rule.ratio:
        return _ratio(materials, name, rule)
    if spike := rule.spike:
        return Spike(spike.times, spike.versus, spike.min, spike.within, spike.per or "")
    return New(rule.new.field, rule.new.lookback) if rule.new else None


def _ratio(materials: Materials, name: str, rule: WrittenRule) -> Ratio | None:
    ratio, of = rule.ratio, _test(materials, name, "ratio", "of")
    if ratio is None or of is None:
        return None
    counts = materials.condition(name, "ratio", "of") or EVERY
    return Ratio(of, ratio.within, ratio.min, ratio.above, ratio.below, ratio.per or "", counts)


def _test(materials: Materials, name: str, *below: str) -> Test | None:
    """Return the test at `below`; a rule about internal calls asks its questions of those."""
    condition = materials.condition(name, *below)
    if condition is None:
        return None
    internal = asks_for_internal(materials.condition(name, "when") or EVERY)
    return materials.test(condition, internal=internal)


def build_quiet(rule: WrittenRule) -> Quiet | None:
    """Return how long the rule waits for any match; None if it does not."""
    return Quiet(rule.quiet.for_, rule.quiet.per or "") if rule.quiet else None


def usual_pause(aggregate: Aggregate) -> timedelta:
    """Return how long a rule with `aggregate` is quiet after an alert, where nothing is written.

    That is its window, so that the same calls do not alert again; a day for what is new.
    """
    return _DAY if isinstance(aggregate, New) else aggregate.within
