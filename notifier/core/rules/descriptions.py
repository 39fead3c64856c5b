"""A whole rule as one sentence: when it alerts, how often, how loud and whom, until when."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from notifier.core.messages import Phrases
from notifier.core.rules.aggregates import Count
from notifier.core.rules.language import NEVER
from notifier.core.rules.model import Digest, Group, Rule, Throttle
from notifier.core.rules.naming import Namer, Naming
from notifier.core.rules.occasions import followed, hours, occasion, one_of_many
from notifier.core.rules.sentences import sentence

_MOST_PAUSES = 4
"""Pauses of a throttle that are told; of more, these and the last one."""

_FOR_EVER = timedelta(days=3_650)
"""What the file calls no age at all: its longest length."""


def rule_sentence(rule: Rule, say: Phrases, naming: Naming) -> str:
    """Return everything that `rule` asks for, in the order in which it comes to bear."""
    return f"{'; '.join(_parts(rule, Namer(say, naming)))}."


def _parts(rule: Rule, namer: Namer) -> Iterator[str]:
    say = namer.say
    yield occasion(rule, namer)
    yield from _judging(rule, namer)
    if not rule.report:
        yield from _alerting(rule, namer)
    yield from _gathering(rule, namer)
    yield _limit(rule, namer)
    if rule.max_age < _FOR_EVER:
        yield say(f"rules.rule.stale.{rule.stale.value}", span=namer.length(rule.max_age))
    else:
        yield say("rules.rule.stale_none")
    yield say("rules.rule.severity", severity=say(f"severity.{rule.severity.value}"))
    if rule.to:
        yield say("rules.rule.to", channels=", ".join(rule.to))
    yield from _ending(rule, namer)


def _judging(rule: Rule, namer: Namer) -> Iterator[str]:
    """Yield when the rule judges: in which hours, and what it waits for."""
    say = namer.say
    if rule.report and rule.report.on:
        yield say("rules.rule.on", calendar=rule.report.on.name)
    for name, calendars in (("during", rule.during), ("outside", rule.outside)):
        if calendars:
            names = namer.either([hours.name for hours in calendars])
            yield say(f"rules.rule.{name}", calendars=names)
    if rule.settle and not (rule.quiet or rule.report):
        yield say("rules.rule.settle", span=namer.length(rule.settle))
    elif not (rule.quiet or rule.report):
        yield say("rules.rule.settle_none")
    if rule.unless or rule.quiet:
        lag = "" if rule.lag is None else namer.length(rule.lag)
        yield say("rules.rule.lag", span=lag) if lag else say("rules.rule.lag_auto")
    if isinstance(rule.aggregate, Count) and rule.aggregate.resets != NEVER:
        what = sentence(rule.aggregate.resets, say, namer.naming)
        yield say("rules.rule.reset", what=what)


def _alerting(rule: Rule, namer: Namer) -> Iterator[str]:
    """Yield what one alert is about, and when the next one comes."""
    say = namer.say
    about = rule.per or rule.key
    if about:
        yield say("rules.rule.key", what=one_of_many(about, namer))
    elif not (rule.aggregate or rule.quiet):
        yield say("rules.rule.key_call")
    if rule.unless or rule.quiet:
        yield _repeats(rule.repeats, namer)
    else:
        yield _every(rule.every, namer)
    if rule.key and rule.endings and (rule.repeats or not rule.every):
        yield say("rules.rule.joins")


def _every(every: Throttle | None, namer: Namer) -> str:
    if every is None:
        return namer.say("rules.rule.every_none")
    return namer.say("rules.rule.every", pauses=_pauses(every, namer))


def _repeats(every: Throttle | None, namer: Namer) -> str:
    if every is None:
        return namer.say("rules.rule.repeats_none")
    return namer.say("rules.rule.repeats", pauses=_pauses(every, namer))


def _pauses(every: Throttle, namer: Namer) -> str:
    return namer.joined("rules.rule.then", _told(every.steps, namer))


def _told(steps: Sequence[timedelta], namer: Namer) -> list[str]:
    texts = [namer.length(step) for step in steps]
    if len(texts) <= _MOST_PAUSES + 1:
        return texts
    return [*texts[:_MOST_PAUSES], "…", texts[-1]]


def _gathering(rule: Rule, namer: Namer) -> Iterator[str]:
    """Yield what goes into one message because the rule asks for it."""
    if rule.digest:
        yield _digest(rule.digest, namer)
    elif rule.group:
        yield _group(rule.group, namer)


def _digest(digest: Digest, namer: Namer) -> str:
    say = namer.say
    if digest.every:
        told = say("rules.rule.digest_every", span=namer.length(digest.every))
    else:
        told = say("rules.rule.digest_at", at=hours(digest.at, namer))
    if not digest.per:
        return told
    return say("rules.rule.digest_per", told=told, what=one_of_many(digest.per, namer))


def _group(group: Group, namer: Namer) -> str:
    facts = {"wait": namer.length(group.wait), "interval": namer.length(group.interval)}
    if not group.by:
        return namer.say("rules.rule.group", **facts)
    by = namer.joined("rules.both", (one_of_many(name, namer) for name in group.by))
    return namer.say("rules.rule.group_by", by=by, **facts)


def _limit(rule: Rule, namer: Namer) -> str:
    if rule.limit is None:
        return namer.say("rules.rule.limit_none")
    span = namer.length(rule.limit.per)
    return namer.say("rules.rule.limit", n=rule.limit.most, span=span)


def _ending(rule: Rule, namer: Namer) -> Iterator[str]:
    """Yield who is told when nobody acts, and what ends an alert."""
    say = namer.say
    for step in rule.escalate:
        after, channels = namer.length(step.after), ", ".join(step.to)
        yield say("rules.rule.escalate", span=after, channels=channels)
    if rule.quiet:
        yield say("rules.rule.resolve_quiet")
    elif rule.endings:
        yield say("rules.rule.resolve", follow=followed(rule.endings, namer))
