"""What a rehearsal remembers in place of the store: the same answers, from a few dictionaries."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from notifier.core.alerts import LIVE, Alert, AlertKind, Reason
from notifier.core.calls import Call, Change, Known
from notifier.core.decisions import Decision, Needs, Standing, Storm, ThrottleState, Told, Wanted
from notifier.core.deliveries import DeliveryState, Draft
from notifier.core.rules.keys import value_of
from notifier.core.rules.model import Mute
from notifier.core.rules.setting import Setting
from notifier.core.rules.storms import STORM, STORM_DIGEST
from notifier.core.rules.windows import Windows

_K = TypeVar("_K")

_LEAST = timedelta(days=14)
"""How long calls are remembered at least: what follows on one may be waited for over Tết."""

_LONGEST_CALL = timedelta(days=1)
"""How much earlier than its neighbours a call may have started: they come as they end."""

_MONTH = timedelta(days=32)
"""How long, where there is a report that may cover as much."""

_FIRST_WORDS = frozenset({Reason.NEW, Reason.ESCALATE, Reason.REPEAT, Reason.REMIND})

_SENT = Told(DeliveryState.DELIVERED, tried=True)


@dataclass(slots=True)
class Recollection:
    """Calls, alerts and what was told; every message arrives when it is due."""

    engine: Setting
    mutes: tuple[Mute, ...] = ()
    calls: dict[str, Change] = field(default_factory=dict)
    """By id, as last read."""
    alerts: dict[str, Alert] = field(default_factory=dict)
    reach: timedelta = field(init=False)
    """How long calls are remembered."""
    standing: Standing = field(init=False)
    """What is remembered, as the engine is shown it; it moves with what is taken in."""
    _order: deque[tuple[datetime, str]] = field(default_factory=deque)
    _of_customer: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[tuple[str, str], Alert] = field(default_factory=dict)
    _told: dict[str, dict[str, Told]] = field(default_factory=lambda: defaultdict(dict))
    _throttles: dict[tuple[str, str], ThrottleState] = field(default_factory=dict)
    _live: dict[tuple[str, str], Alert] = field(default_factory=dict)
    _lives: dict[tuple[str, str], tuple[Alert, ...]] = field(default_factory=dict)
    _endings: dict[tuple[str, str], tuple[Alert, ...]] = field(default_factory=dict)
    _of_rule: dict[str, tuple[Alert, ...]] = field(default_factory=dict)
    _ended: dict[str, tuple[Alert, ...]] = field(default_factory=dict)
    _recent: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _recent_of: dict[tuple[str, str], deque[datetime]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    _digests: dict[tuple[str, str], Alert] = field(default_factory=dict)
    _pending: list[Draft] = field(default_factory=list)
    """Digests that still gather."""
    _storms: dict[str, Storm] = field(default_factory=dict)
    _members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _gathered: dict[str, tuple[tuple[str, Alert], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reports = any(rule.report for rule in self.engine.rules)
        longest = max(_LEAST, Windows.reach(self.engine.rules))
        self.reach = max(longest, _MONTH) if reports else longest
        self.standing = Standing(
            alerts=self._known,
            told=self._told,
            throttles=self._throttles,
            live=self._live,
            endings=self._endings,
            of_rule=self._of_rule,
            ended=self._ended,
            mutes=self.mutes,
            recent=self._recent,
            recent_of_rule=self._recent_of,
            digests=self._digests,
            storms=self._storms,
            gathered=self._gathered,
        )

    def known(self, identity: str) -> Known | None:
        """Return what is remembered of a call, enough to see whether a reading says more."""
        past = self.calls.get(identity)
        return Known(past.meaning, past.after.hotline, past.revision) if past else None

    def change(self, call: Call, said: str, at: datetime) -> Change:
        """Return the change that reading `call` at `at` makes; `said` is its meaning."""
        past = self.calls.get(call.id)
        if past is None:
            return Change(call, None, said, 1, at)
        return Change(call, past.after, said, past.revision + 1, past.first_seen_at)

    def take_in(self, change: Change) -> None:
        """Remember a call as it is now, and forget those that nothing can ask for any more."""
        call = change.after
        if call.id not in self.calls:
            self._order.append((call.started_at, call.id))
            if call.customer:
                self._of_customer[call.customer].append(call.id)
        self.calls[call.id] = change
        while self._order and self._order[0][0] < call.started_at - self.reach:
            self._forget(self._order.popleft()[1])

    def _forget(self, identity: str) -> None:
        call = self.calls.pop(identity).after
        if call.customer:
            self._of_customer[call.customer].remove(identity)

    def asked(self, needs: Needs) -> Standing:
        """Return what is remembered, with the calls that `needs` asks for."""
        if not needs.wanted and not needs.periods:
            return self.standing
        followed = {want: self._followed(want) for want in needs.wanted}
        periods = {period: self._between(*period) for period in needs.periods}
        return replace(self.standing, followed=followed, periods=periods)

    def _followed(self, want: Wanted) -> tuple[Call, ...]:
        customer = dict(want.same).get("customer")
        found = self._of_customer.get(customer, []) if customer else self.calls
        zone = self.engine.wording.zone
        return self._sorted(
            identity
            for identity in found
            if (call := self.calls[identity].after).started_at > want.since
            and all(value_of(name, call, zone) == value for name, value in want.same)
        )

    def _between(self, since: datetime, until: datetime) -> tuple[Call, ...]:
        return self._sorted(self._started_between(since, until))

    def _started_between(self, since: datetime, until: datetime) -> Iterator[str]:
        for started_at, identity in reversed(self._order):
            if started_at < since - _LONGEST_CALL:
                return
            if since <= started_at < until:
                yield identity

    def _sorted(self, identities: Iterable[str]) -> tuple[Call, ...]:
        calls = (self.calls[identity].after for identity in identities)
        return tuple(sorted(calls, key=lambda call: (call.started_at, call.id)))

    def apply(self, decision: Decision, at: datetime) -> None:
        """Take in what was decided at the instant `at`."""
        joined = Counter(digest for digest, _ in decision.members)
        for alert in (*decision.alerts, *decision.changed):
            self._put(alert)
        for digest, member in decision.members:
            self._members[digest].append(member)
        for draft in decision.drafts:
            self._owe(draft, at)
            self._show(draft)
        self._roll(joined, at)
        self._throttles.update(decision.throttles)

    def _put(self, alert: Alert) -> None:
        past = self.alerts.get(alert.id)
        self.alerts[alert.id] = alert
        if alert.kind is AlertKind.DIGEST:
            for place, digest in self._digests.items():
                if digest.id == alert.id:
                    self._digests[place] = alert
            return
        self._known[alert.rule, alert.about] = alert
        self._place(alert)
        if past and past.ended_call != alert.ended_call:
            self._ended.pop(past.ended_call, None)
        if alert.ended_call:
            _replace(self._ended, alert.ended_call, alert, keep=True)

    def _place(self, alert: Alert) -> None:
        """Let a live alert be found by rule, key and customers, and one that is over no more."""
        lives = alert.state in LIVE
        place = (alert.rule, alert.key)
        _replace(self._lives, place, alert, keep=lives)
        if stand := self._lives.get(place):
            self._live[place] = max(reversed(stand), key=lambda one: one.fired_at)
        else:
            self._live.pop(place, None)
        rule = self.engine.named.get(alert.rule)
        if rule and rule.endings:
            for customer in {call.customer for call in alert.calls if call.customer}:
                _replace(self._endings, (alert.rule, customer), alert, keep=lives)
        if alert.rule in self.engine.watched:
            _replace(self._of_rule, alert.rule, alert, keep=lives)

    def _owe(self, draft: Draft, at: datetime) -> None:
        alert = self.alerts.get(draft.alert)
        if alert is None:
            return  # an event about a call
        if draft.reason is Reason.DIGEST:
            pot = alert.key.removesuffix(f":{draft.channel}")
            self._digests[pot, draft.channel] = alert
            self._pending.append(draft)
        elif draft.reason in _FIRST_WORDS:
            self._told[alert.id][draft.channel] = _SENT
        if draft.reason is Reason.NEW and not draft.event:
            for times in (self._recent[draft.channel], self._recent_of[draft.channel, alert.rule]):
                times.append(at)
                while times[0] <= at - self.engine.longest_limit:
                    times.popleft()

    def _show(self, draft: Draft) -> None:
        """Let the card of a storm begin, or be edited for those who have joined it since."""
        alert = self.alerts.get(draft.alert)
        if alert is None or alert.rule != STORM_DIGEST:
            return
        if draft.reason is Reason.DIGEST:
            self._storms[draft.channel] = Storm(alert, (), draft.due_at)
        elif storm := self._storms.get(draft.channel):
            self._pending.append(draft)
            self._storms[draft.channel] = replace(storm, shown_at=draft.due_at)

    def _roll(self, joined: Mapping[str, int], at: datetime) -> None:
        """Let the cards of storms be as they are now, and be no more once it has calmed."""
        most = self.engine.storm or STORM
        for channel, storm in list(self._storms.items()):
            times = (*storm.times, *[at] * joined.get(storm.card.id, 0))
            lately = tuple(one for one in times if one > at - most.per)
            self._storms[channel] = replace(storm, card=self.alerts[storm.card.id], times=lately)
            if not lately:
                del self._storms[channel]

    def deliver(self, until: datetime) -> None:
        """Let the digests go out that are due by `until`."""
        if not self._pending:
            return
        due = [draft for draft in self._pending if draft.due_at <= until]
        self._pending = [draft for draft in self._pending if draft.due_at > until]
        for draft in due:
            alert = self.alerts[draft.alert]
            self._digests.pop((alert.key.removesuffix(f":{draft.channel}"), draft.channel), None)
            for member in self._members.pop(draft.alert, []):
                past = self._gathered.get(member, ())
                self._gathered[member] = (*past, (draft.channel, alert))


def _replace(places: dict[_K, tuple[Alert, ...]], place: _K, alert: Alert, *, keep: bool) -> None:
    others = tuple(one for one in places.get(place, ()) if one.id != alert.id)
    kept = (*others, alert) if keep else others
    if kept:
        places[place] = kept
    else:
        places.pop(place, None)
