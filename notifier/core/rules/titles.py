"""The built-in titles of alerts: what a rule whose author wrote none has found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from notifier.core.calls import UNKNOWN_HOTLINE, Call, CallState, Direction
from notifier.core.directory import Directory
from notifier.core.figures import percent
from notifier.core.messages import Phrases
from notifier.core.moments import span
from notifier.core.phones import Mask, normalise, readable, shown
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.fields import FIELDS, Kind
from notifier.core.rules.language import All, Condition, Fact, Flag, Listed, OneOf
from notifier.core.rules.model import Quiet, Rule

_PLACES = frozenset({"hotline", "direction"})
"""Fields that say where calls are looked for, and not what became of them."""

_COUNTED = frozenset({"customer", "hotline", "extension", "agent", "caller", "callee", "target"})
"""Fields whose different values have a noun of their own."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an alert is about, as far as its title tells."""

    rule: Rule
    calls: Sequence[Call]
    """The newest last."""
    key: str = ""
    """A value of the rule's `per` or `key`, unmasked."""
    count: int = 1
    amount: float = 0
    """Of a window: calls, values, seconds or a share from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Titler:
    """Says in one language what an alert is about; customers' numbers keep their last three."""

    say: Phrases
    directory: Directory

    def title(self, occasion: Occasion) -> str:
        """Return the built-in title of `occasion`."""
        rule, say = occasion.rule, self.say
        if rule.report:
            return say("report.title")
        if rule.unless:
            back = any(follow_up.called_back for follow_up in rule.unless.follow_ups)
            return say("title.not_called_back" if back else "title.not_followed")
        if rule.quiet:
            return self._placed(self._quiet(rule.quiet, occasion), occasion)
        if rule.aggregate:
            return self._placed(self._window(rule.aggregate, occasion), occasion)
        return say(title_name(occasion.calls[-1])) if occasion.calls else rule.name

    def _placed(self, title: str, occasion: Occasion) -> str:
        """Return `title` with whom or what place it is about, where its rule tells them apart."""
        rule = occasion.rule
        where = "" if isinstance(rule.aggregate, New) else self._value(rule.per, occasion.key)
        if not where:
            return title
        if rule.per == "customer":
            where = self.say("title.customer", number=where)
        return f"{title} · {where}"

    def _quiet(self, quiet: Quiet, occasion: Occasion) -> str:
        any_call = all(
            part == Flag(Fact.INBOUND)
            or (isinstance(part, OneOf | Listed) and part.term.field in _PLACES)
            for part in _parts(occasion.rule)
        )
        name = "title.quiet" if any_call else "title.quiet_match"
        return self.say(name, span=span(quiet.span, self.say))

    def _window(self, aggregate: Aggregate, occasion: Occasion) -> str:
        within, amount = span(aggregate.within, self.say), occasion.amount
        match aggregate:
            case Count():
                name = "title.count_missed" if _missed(occasion) else "title.count"
                return self.say(name, n=occasion.count, span=within)
            case Spike():
                name = "title.spike_missed" if _missed(occasion) else "title.spike"
                return self.say(name, n=int(amount), span=within)
            case Distinct(field=field):
                name = f"title.distinct.{field}" if field in _COUNTED else "title.distinct.other"
                what = self.say(f"rules.field.{field}")
                return self.say(name, n=int(amount), what=what, span=within)
            case Sum(field=field):
                total = span(timedelta(seconds=amount), self.say)
                return self.say(f"title.sum.{field}", total=total, span=within)
            case Ratio():
                return self._ratio(within, occasion)
            case _:
                field = aggregate.field
                what, value = self.say(f"rules.field.{field}"), self._value(field, occasion.key)
                return self.say("title.new", what=what, value=value, span=within).strip()

    def _ratio(self, within: str, occasion: Occasion) -> str:
        """Return the share, named where the calls that count are alike, and both its numbers."""
        counted = occasion.calls if occasion.amount else ()
        name = "title.ratio"
        if counted and all(call.missed for call in counted):
            name = "title.ratio_missed"
        elif counted and all(map(_answered, counted)):
            name = "title.ratio_answered"
        title = self.say(name, share=percent(occasion.amount, self.say), span=within)
        if not occasion.amount:
            return title
        return f"{title} ({occasion.count}/{round(occasion.count / occasion.amount)})"

    def _value(self, field: str, value: str) -> str:
        """Return a value of `field` as people know it; "" if it says nothing to them."""
        if field == "agent":
            return value
        if not field or FIELDS[field].kind is not Kind.PHONE:
            return ""
        if field == "hotline":
            if value == UNKNOWN_HOTLINE:
                return self.say("card.unknown_hotline")
            return self.directory.hotline_name(value) or readable(normalise(value))
        name, number = self.directory.name_of(value), shown(value, Mask.LAST3)
        return f"{number} ({name})" if name else number


def title_name(call: Call) -> str:
    """Return the name of the phrase that says what kind of call it was."""
    if call.abandoned:
        return "title.abandoned"
    if call.missed:
        return "title.missed"
    if call.unreached:
        return "title.unreached"
    if call.internal:
        return "title.internal"
    return "title.outgoing" if call.direction is Direction.OUT else "title.incoming"


def _missed(occasion: Occasion) -> bool:
    """Whether all the calls of a window were missed, as far as that can be told."""
    if Flag(Fact.MISSED) in _parts(occasion.rule):
        return True
    whole = len(occasion.calls) >= occasion.count
    return whole and all(call.missed for call in occasion.calls)


def _answered(call: Call) -> bool:
    return call.state is CallState.ANSWERED and not call.abandoned


def _parts(rule: Rule) -> tuple[Condition, ...]:
    condition = rule.condition
    return condition.parts if isinstance(condition, All) else (condition,)
