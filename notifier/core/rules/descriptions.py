"""A whole rule as one sentence: when it alerts, how often, how loud and whom."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from notifier.core.messages import Phrases
from notifier.core.rules.language import Term
from notifier.core.rules.model import Rule, Throttle
from notifier.core.rules.naming import Namer, Naming
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
    yield say("rules.rule.when", what=sentence(rule.condition, say, namer.naming))
    for name, calendars in (("during", rule.during), ("outside", rule.outside)):
        if calendars:
            names = namer.either([hours.name for hours in calendars])
            yield say(f"rules.rule.{name}", calendars=names)
    if rule.settle:
        yield say("rules.rule.settle", span=namer.length(rule.settle))
    else:
        yield say("rules.rule.settle_none")
    if rule.key:
        yield say("rules.rule.key", what=namer.term(Term(rule.key)))
    else:
        yield say("rules.rule.key_call")
    yield _every(rule.every, namer)
    yield _limit(rule, namer)
    if rule.max_age < _FOR_EVER:
        yield say(f"rules.rule.stale.{rule.stale.value}", span=namer.length(rule.max_age))
    else:
        yield say("rules.rule.stale_none")
    yield say("rules.rule.severity", severity=say(f"severity.{rule.severity.value}"))
    if rule.to:
        yield say("rules.rule.to", channels=", ".join(rule.to))


def _every(every: Throttle | None, namer: Namer) -> str:
    if every is None:
        return namer.say("rules.rule.every_none")
    pauses = namer.joined("rules.rule.then", _told(every.steps, namer))
    return namer.say("rules.rule.every", pauses=pauses)


def _told(steps: Sequence[timedelta], namer: Namer) -> list[str]:
    texts = [namer.length(step) for step in steps]
    if len(texts) <= _MOST_PAUSES + 1:
        return texts
    return [*texts[:_MOST_PAUSES], "…", texts[-1]]


def _limit(rule: Rule, namer: Namer) -> str:
    if rule.limit is None:
        return namer.say("rules.rule.limit_none")
    span = namer.length(rule.limit.per)
    return namer.say("rules.rule.limit", n=rule.limit.most, span=span)
