"""The calls that a rule waits for: those that keep it from alerting, and those that end it."""

from notifier.config.materials import Materials
from notifier.config.model.rules import Rule as WrittenRule
from notifier.config.scalars import unique
from notifier.core.calls import Direction
from notifier.core.rules.fields import PRESETS
from notifier.core.rules.language import Condition, Fact, Flag, Term, all_of, either_of, one_of
from notifier.core.rules.model import FollowUp, Unless

_CUSTOMER = ("customer",)

CALLED_BACK: Condition = all_of(
    (
        PRESETS["answered"],
        either_of(
            (
                one_of(Term("direction"), [Direction.IN.value, Direction.OUT.value]),
                Flag(Fact.INBOUND),
            )
        ),
    )
)
"""What `called_back: true` waits for: somebody of ours and the customer spoke, whoever called."""


def build_unless(materials: Materials, name: str, rule: WrittenRule) -> Unless | None:
    """Return what the rule `name` waits for before it alerts; None if it does not wait."""
    unless = rule.unless
    if unless is None:
        return None
    same = unique(unless.same) or _CUSTOMER
    condition = materials.condition(name, "unless", "when")
    follow_ups = _follow_ups(materials, condition, same, called_back=unless.called_back)
    clock = materials.calendars(unless.clock) if unless.clock else ()
    return Unless(follow_ups, unless.within, clock)


def build_resolve(materials: Materials, name: str, rule: WrittenRule) -> tuple[FollowUp, ...]:
    """Return the calls that end alerts of the rule `name`, besides those of its `unless`."""
    if rule.resolve is None:
        return ()
    condition = materials.condition(name, "resolve", "when")
    return _follow_ups(materials, condition, _CUSTOMER, called_back=rule.resolve.called_back)


def _follow_ups(
    materials: Materials, condition: Condition | None, same: tuple[str, ...], *, called_back: bool
) -> tuple[FollowUp, ...]:
    found: list[FollowUp] = []
    if called_back:
        test = materials.test(CALLED_BACK)
        found.append(FollowUp(test, CALLED_BACK, _CUSTOMER, called_back=True))
    if condition is not None:
        found.append(FollowUp(materials.test(condition), condition, same))
    return tuple(found)
