"""The rules before people: a list of them, one in a sentence, and what one would have told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from notifier.core.call_lines import Reader
from notifier.core.messages import Line, Message, bold, code, plain
from notifier.core.rules.descriptions import rule_sentence
from notifier.core.rules.model import Rule
from notifier.core.rules.naming import Naming

MOST_RULES = 40
"""Rules that are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force."""

    rules: tuple[Rule, ...]
    naming: Naming
    """What sentences may say of lists and names; its mask gives way to the reader's."""

    def called(self, name: str) -> Rule | None:
        """Return the rule of this name, however its letters are written; None without one."""
        return next((rule for rule in self.rules if rule.name.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Done:
    """What rules have done, by their names."""

    matched: Mapping[str, datetime] = field(default_factory=dict)
    """When each last had a match; no rule that never had."""
    fired: Mapping[str, int] = field(default_factory=dict)
    """Alerts of the last seven days."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rule would have told of past calls, run by itself."""

    rule: str
    since: datetime
    until: datetime
    alerts: int
    channel: str = ""
    """The chat that would have had most messages; "" if none had any."""
    messages: int = 0
    """To that chat."""
    a_day: float = 0
    """Of them, on an average day."""
    held: tuple[tuple[str, int], ...] = ()
    """Names of reasons for which matches were not told, with how often; most often first."""
    starts_late: bool = False
    """Whether calls are remembered for clearly less time than was asked for."""


def rules_message(found: Rules, done: Done, reader: Reader) -> Message:
    """Return each rule with when it last matched and how often it alerted."""
    say = reader.say
    lines: list[Line] = [_rule_line(rule, done, reader) for rule in found.rules[:MOST_RULES]]
    if (left := len(found.rules) - MOST_RULES) > 0:
        lines.append((plain(say("report.others", n=left)),))
    title = say("asking.rules", n=len(found.rules))
    return Message((plain("📏 "), bold(title)), tuple(lines), more=say("report.cut", n="{n}"))


def _rule_line(rule: Rule, done: Done, reader: Reader) -> Line:
    say, last = reader.say, done.matched.get(rule.name)
    told = [say(f"severity.{rule.severity.value}")]
    if last:
        told.append(say("asking.matched", at=reader.moment(last, seconds=False)))
    else:
        told.append(say("asking.never_matched"))
    told.append(say("asking.fired", n=done.fired.get(rule.name, 0)))
    return (code(rule.name), plain(f" · {' · '.join(told)}"))


def rule_message(rule: Rule, found: Rules, reader: Reader) -> Message:
    """Return everything that `rule` asks for, in a sentence."""
    naming = replace(found.naming, mask=reader.mask)
    lines: list[Line] = [(plain(rule_sentence(rule, reader.say, naming)),)]
    if rule.description:
        lines.insert(0, (plain(rule.description),))
    return Message((plain("📏 "), bold(rule.name)), tuple(lines))


def unknown_rule(name: str, rules: Sequence[Rule], reader: Reader) -> Message:
    """Return that there is no rule called `name`, and which there are."""
    names = ", ".join(rule.name for rule in rules[:MOST_RULES])
    return Message((plain(reader.say("asking.no_rule", name=name, names=names)),))


def rehearsed_message(one: Rehearsed, reader: Reader) -> Message:
    """Return what a rule would have told."""
    say = reader.say
    first, last = (reader.moment(at, seconds=False) for at in (one.since, one.until))
    lines = [
        say("period.range", first=first, last=last),
        say("asking.would_alert", n=one.alerts),
    ]
    if one.channel:
        a_day = f"{one.a_day:.1f}".replace(".", say("figure.decimal"))
        facts = {"channel": one.channel, "n": one.messages, "a_day": a_day}
        lines.append(say("asking.would_send", **facts))
    lines += [say("asking.held", n=n, reason=say(f"reason.{reason}")) for reason, n in one.held]
    if one.starts_late:
        lines.append(say("asking.short_memory"))
    header: Line = (plain("🧪 "), bold(one.rule))
    return Message(header, tuple((plain(line),) for line in lines))
