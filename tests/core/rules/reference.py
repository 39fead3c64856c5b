"""What rules mean, said slowly: plain lists, every call looked at for every call, steps counted.

It knows of a history in which every call is read once, `settle` after it ended, in that order.
Instants and spans are whole steps of five minutes, for business time is counted step by step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.core.calendars import Calendar
from notifier.core.calls import Call
from notifier.core.rules.aggregates import Aggregate, Count, Distinct, New, Ratio, Spike, Sum
from notifier.core.rules.model import FollowUp, Rule, Throttle

STEP = timedelta(minutes=5)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as it stands in the end."""

    key: str
    moment: datetime
    """When what it last told of happened."""
    count: int
    words: tuple[datetime, ...]
    """When it was told: the first time, and each time it was said again."""
    untrue: bool = False


@dataclass(slots=True)
class Case:
    """An alert that may still move."""

    key: str
    moment: datetime
    count: int
    words: list[datetime]
    calls: list[Call] = field(default_factory=list)
    deadline: datetime | None = None
    over_at: datetime | None = None
    untrue: bool = False

    @property
    def told(self) -> Told:
        return Told(self.key, self.moment, self.count, tuple(self.words), self.untrue)


def told(rule: Rule, calls: Sequence[Call], since: datetime, until: datetime) -> list[Told]:
    """Return what `rule` tells of `calls` when it is in force from `since` to `until`."""
    ordered = sorted(calls, key=lambda call: (ended(call), call.id))
    if rule.quiet:
        cases = quiets(rule, ordered, since, until)
    elif rule.unless:
        cases = absences(rule, ordered, until)
    elif rule.aggregate:
        cases = windows(rule, rule.aggregate, ordered)
    else:
        cases = singles(rule, ordered)
    return [case.told for case in cases]


def ended(call: Call) -> datetime:
    return call.ended_at or call.started_at


def seen(rule: Rule, call: Call) -> datetime:
    return ended(call) + rule.settle


def is_open(calendars: Iterable[Calendar], at: datetime) -> bool:
    return any(calendar.is_open(at) for calendar in calendars)


def matches(rule: Rule, call: Call) -> bool:
    if not rule.test(call) or is_open(rule.outside, call.started_at):
        return False
    return not rule.during or is_open(rule.during, call.started_at)


def values(name: str, call: Call) -> list[str]:
    if not name:
        return [""]
    found = [leg.number for leg in call.legs] if name == "target" else [getattr(call, name)]
    return sorted({value for value in found if value})


def later(clock: Sequence[Calendar], at: datetime, span: timedelta) -> datetime:
    """Return when `span` of open time has passed, counting one step after another."""
    left = span
    while left:
        if not clock or is_open(clock, at):
            left -= STEP
        at += STEP
    return at


# A pause between alerts


@dataclass(slots=True)
class Pauses:
    every: Throttle | None
    past: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def admit(self, key: str, at: datetime) -> int | None:
        """Return how many alerts in a row came before this one; None if it is swallowed."""
        if self.every is None:
            return 0
        row = 0
        if key in self.past:
            last, before = self.past[key]
            pause = self.every.steps[min(before, len(self.every.steps) - 1)]
            if at < last + pause:
                return None
            row = 0 if at >= last + pause + self.every.forget_after else before + 1
        self.past[key] = (at, row)
        return row


def ladder(every: Throttle, first: datetime, until: datetime) -> list[datetime]:
    """Return when an alert of the instant `first` is said again, up to and with `until`."""
    found, at, step = [], first + every.steps[0], 0
    while at <= until:
        found.append(at)
        step += 1
        at += every.steps[min(step, len(every.steps) - 1)]
    return found


# Each call by itself


def singles(rule: Rule, ordered: Sequence[Call]) -> list[Case]:
    pauses, cases = Pauses(rule.every), []
    for call in ordered:
        if matches(rule, call):
            key = " ".join(values(rule.key, call)) or call.id
            if pauses.admit(key, ended(call)) is not None:
                cases.append(Case(key, ended(call), 1, [seen(rule, call)]))
    return cases


# Several calls together


def windows(rule: Rule, aggregate: Aggregate, ordered: Sequence[Call]) -> list[Case]:
    pauses, cases = Pauses(rule.every), list[Case]()
    for place, call in enumerate(ordered):
        for key in values(aggregate.per, call) if matches(rule, call) else []:
            known = [one for one in ordered[: place + 1] if key in values(aggregate.per, one)]
            count = counted(rule, aggregate, known, ordered[: place + 1])
            row = None if count is None else pauses.admit(key, ended(call))
            if count is None or row is None:
                continue
            alive = [one for one in cases if one.key == key and lives(one, seen(rule, call))]
            if row and alive:
                alive[-1].count, alive[-1].moment = count, ended(call)
                alive[-1].words.append(seen(rule, call))
            else:
                cases.append(Case(key, ended(call), count, [seen(rule, call)]))
    return cases


def lives(case: Case, at: datetime) -> bool:
    return at < case.words[0] + WEEK


def counted(
    rule: Rule, aggregate: Aggregate, of_key: Sequence[Call], everything: Sequence[Call]
) -> int | None:
    """Return how many calls the window stands for that ends with the last one; None if untrue."""
    now = ended(of_key[-1])
    window = [call for call in of_key if now - aggregate.within < ended(call)]
    matched = [call for call in window if matches(rule, call)]
    match aggregate:
        case Count():
            return enough(since_reset(rule, aggregate, window), aggregate.at_least)
        case Distinct():
            having = [call for call in matched if values(aggregate.field, call)]
            different = {value for call in having for value in values(aggregate.field, call)}
            judged = of_key[-1] in having and len(different) >= aggregate.at_least
            return len(having) if judged else None
        case Sum():
            total = sum((getattr(call, aggregate.field) for call in matched), timedelta())
            return len(matched) if total > aggregate.above else None
        case Ratio():
            return shared(aggregate, matched)
        case Spike():
            began = min(call.started_at for call in everything)
            past = [call for call in of_key if matches(rule, call)]
            return surged(aggregate, [ended(call) for call in past], began)
        case New():
            return 1 if len(matched) == 1 else None


def since_reset(rule: Rule, aggregate: Count, window: Sequence[Call]) -> list[Call]:
    count: list[Call] = []
    for call in window:
        if matches(rule, call):
            count.append(call)
        elif aggregate.reset and aggregate.reset(call):
            count = []
    return count


def enough(calls: Sequence[Call], least: int) -> int | None:
    return len(calls) if len(calls) >= least else None


def shared(ratio: Ratio, matched: Sequence[Call]) -> int | None:
    part = sum(1 for call in matched if ratio.of(call))
    share = part / len(matched)
    over = ratio.above is not None and share > ratio.above
    under = ratio.below is not None and share < ratio.below
    return part if len(matched) >= ratio.least and (over or under) else None


def surged(spike: Spike, ends: Sequence[datetime], began: datetime) -> int | None:
    def between(end: datetime) -> int:
        return sum(1 for at in ends if end - spike.within < at <= end)

    now = ends[-1]
    weeks = [now - WEEK * week for week in range(1, spike.weeks + 1)]
    known = [between(end) for end in weeks if end - spike.within >= began]
    if not known:
        return None
    count = between(now)
    usual = sum(known) / len(known)
    return count if count >= spike.least and count >= spike.times * usual else None


# What does not come


def absences(rule: Rule, ordered: Sequence[Call], until: datetime) -> list[Case]:
    assert rule.unless
    waits = [call for call in ordered if matches(rule, call)]
    deadlines = {c.id: later(rule.unless.clock, ended(c), rule.unless.within) for c in waits}
    lag = rule.lag or timedelta()
    dues = [(deadlines[call.id] + lag, 0, call) for call in waits]
    sights = [(seen(rule, call), 1, call) for call in ordered]
    steps = sorted(dues + sights, key=lambda step: step[:2])
    cases: list[Case] = []
    for at, kind, call in steps:
        if kind == 0 and at <= until:
            known = [one for one in ordered if seen(rule, one) < at]
            if not any(follows(rule.unless.follow_ups, call, one) for one in known):
                miss(rule, cases, call, at, deadlines[call.id])
        if kind == 1:
            end(rule, cases, call, at)
    for case in cases:
        if rule.every:
            case.words += ladder(rule.every, case.words[0], case.over_at or until)
    return cases


def miss(rule: Rule, cases: list[Case], call: Call, at: datetime, deadline: datetime) -> None:
    value = " ".join(values(rule.key, call)) if rule.key else ""
    for case in cases:
        if value and case.key == value and case.over_at is None:
            case.calls.append(call)
            case.count += 1
            return
    cases.append(Case(value or call.id, ended(call), 1, [at], [call], deadline))


def end(rule: Rule, cases: Sequence[Case], call: Call, at: datetime) -> None:
    assert rule.unless
    for case in cases:
        newest = max(case.calls, key=lambda one: one.started_at)
        if case.over_at is None and follows(rule.unless.follow_ups, newest, call):
            case.over_at = at
            assert case.deadline
            case.untrue = call.started_at <= case.deadline and case.count == 1


def follows(follow_ups: Iterable[FollowUp], call: Call, one: Call) -> bool:
    return one.started_at > call.started_at and any(
        follow_up.test(one)
        and all(
            values(name, call) and values(name, call) == values(name, one)
            for name in follow_up.same
        )
        for follow_up in follow_ups
    )


def quiets(rule: Rule, ordered: Sequence[Call], since: datetime, until: datetime) -> list[Case]:
    assert rule.quiet
    per = rule.quiet.per
    heard = [call for call in ordered if matches(rule, call)]
    keys = sorted({value for call in heard for value in values(per, call)})
    cases: list[Case] = []
    for key in keys if per else [""]:
        of_key = [call for call in heard if key in values(per, call)]
        sights = [(seen(rule, call), call.started_at) for call in of_key]
        cases += stretches(rule, key, sights if per else [(since, since), *sights], until)
    return cases


def opened(rule: Rule, at: datetime) -> datetime:
    """Return when it was quiet at first, of a rule that hears nothing while it is closed."""
    while rule.during and not is_open(rule.during, at):
        at += STEP
    return at


def stretches(
    rule: Rule, key: str, sights: Sequence[tuple[datetime, datetime]], until: datetime
) -> list[Case]:
    """Return the alerts about one key, of which calls were seen and had started at `sights`."""
    assert rule.quiet
    cases: list[Case] = []
    since: set[datetime] = set()
    newest = sights[0][1]
    for place, (_, started) in enumerate(sights):
        newest = max(newest, started)
        deadline = later(rule.during, newest, rule.quiet.span)
        due = deadline + (rule.lag or timedelta())
        rest = sights[place + 1 :]
        unheard = due <= (rest[0][0] if rest else until)
        if not unheard or newest in since:
            continue
        since.add(newest)
        ends = [sight for sight in rest if sight[1] > newest]
        case = Case(key, opened(rule, newest), 0, [due], deadline=deadline)
        case.over_at = ends[0][0] if ends else None
        case.untrue = bool(ends) and ends[0][1] <= deadline
        if rule.every:
            case.words += ladder(rule.every, due, case.over_at or until)
        cases.append(case)
    return cases
