"""What a rule alerts on, as the beginning of its sentence: calls, several, too few, or the hour."""

from collections.abc import Iterable
from datetime import time

from notifier.core.figures import percent
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, Ratio, Spike, Sum
from notifier.core.rules.language import Term
from notifier.core.rules.model import FollowUp, Report, Rule, Unless
from notifier.core.rules.naming import Namer
from notifier.core.rules.sentences import sentence

_EACH = frozenset({"customer", "target", "trunk", "end_reason"})
"""Fields whose single value has a noun of its own: the field's is about several, or a number."""


def occasion(rule: Rule, namer: Namer) -> str:
    """Return on what `rule` alerts: “Alerts on a missed call once there are at least 5 …”."""
    say = namer.say
    if rule.report:
        return _report(rule.report, namer)
    what = sentence(rule.condition, say, namer.naming)
    if rule.quiet:
        return say("rules.rule.quiet", what=what, span=namer.length(rule.quiet.span))
    if rule.unless:
        return _absence(rule.unless, what, namer)
    if rule.aggregate:
        return _window(rule.aggregate, what, namer)
    return say("rules.rule.when", what=what)


def followed(follow_ups: Iterable[FollowUp], namer: Namer) -> str:
    """Return the calls that follow on others, at least one, as alternatives: “a call back”."""
    return namer.either(dict.fromkeys(_follow_up(one, namer) for one in follow_ups))


def hours(times: Iterable[time], namer: Namer) -> str:
    """Return times of day, at least one, in a row: “08:05 and 17:35”."""
    return namer.joined("rules.both", (f"{at:%H:%M}" for at in times))


def one_of_many(field: str, namer: Namer) -> str:
    """Return the noun for one value of `field`, by which calls are told apart."""
    name = "each" if field in _EACH else "field"
    return namer.say(f"rules.{name}.{field}")


def _follow_up(one: FollowUp, namer: Namer) -> str:
    if one.called_back:
        return namer.say("rules.follow.called_back")
    what = sentence(one.condition, namer.say, namer.naming)
    fields = namer.joined("rules.both", (one_of_many(name, namer) for name in one.same))
    return namer.say("rules.follow.same", what=what, fields=fields)


def _absence(unless: Unless, what: str, namer: Namer) -> str:
    say = namer.say
    within = namer.length(unless.within)
    if unless.clock:
        calendars = namer.either(clock.name for clock in unless.clock)
        within = say("rules.rule.clock", span=within, calendars=calendars)
    if all(follow_up.called_back for follow_up in unless.follow_ups):
        return say("rules.rule.not_called_back", what=what, within=within)
    follow = followed(unless.follow_ups, namer)
    return say("rules.rule.not_followed", what=what, within=within, follow=follow)


def _window(aggregate: Aggregate, what: str, namer: Namer) -> str:
    say = namer.say
    within, per = namer.length(aggregate.within), _per(aggregate.per, namer)
    match aggregate:
        case Count(at_least=n):
            return say("rules.rule.count", what=what, n=n, span=within, per=per)
        case Distinct(field=field, at_least=n):
            name = namer.term(Term(field))
            return say("rules.rule.distinct", what=what, n=n, field=name, span=within, per=per)
        case Sum(field=field, above=above):
            name, total = namer.term(Term(field)), namer.length(above)
            facts = {"field": name, "total": total, "span": within, "per": per}
            return say("rules.rule.sum", what=what, **facts)
        case Ratio():
            how, of = _shares(aggregate, namer), sentence(aggregate.counts, say, namer.naming)
            facts = {"how": how, "of": of, "span": within, "per": per}
            return say("rules.rule.ratio", what=what, n=aggregate.least, **facts)
        case Spike():
            return _spike(aggregate, what, namer)
        case _:
            name = namer.term(Term(aggregate.field))
            return say("rules.rule.new", what=what, field=name, span=within)


def _shares(ratio: Ratio, namer: Namer) -> str:
    say = namer.say
    ends = {"above": ratio.above, "below": ratio.below}
    told = {name: percent(share, say) for name, share in ends.items() if share is not None}
    return namer.either(say(f"rules.amount.{name}", value=share) for name, share in told.items())


def _spike(spike: Spike, what: str, namer: Namer) -> str:
    times = f"{spike.times:g}".replace(".", namer.say("figure.decimal"))
    return namer.say(
        "rules.rule.spike",
        what=what,
        times=times,
        weeks=spike.weeks,
        n=spike.least,
        span=namer.length(spike.within),
        per=_per(spike.per, namer),
    )


def _per(field: str, namer: Namer) -> str:
    """Return that only what has a value in common is looked at together; "" if all is."""
    return namer.say("rules.rule.per", what=one_of_many(field, namer)) if field else ""


def _report(report: Report, namer: Namer) -> str:
    say = namer.say
    covers = say(f"rules.range.{report.range}")
    sections = ", ".join(say(f"rules.section.{section}") for section in report.sections)
    at = hours(report.at, namer)
    return say("rules.rule.report", range=covers, at=at, sections=sections)
