"""Values for tests: keyword overrides over a sensible rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from notifier.core.alerts import (
    Alert,
    AlertKind,
    AlertState,
    Audit,
    Language,
    Reason,
    Severity,
    alert_id,
)
from notifier.core.calls import Call, CallState, Change, Direction, Known, Leg, meaning, news
from notifier.core.decisions import (
    Decision,
    Due,
    Standing,
    ThrottleState,
    Timer,
    TimerKind,
    Told,
)
from notifier.core.deliveries import ChannelKind, Claimed, DeliveryState, Draft, Route
from notifier.core.directory import Directory, Hotline
from notifier.core.owed import Situation, is_obsolete
from notifier.core.rules.engine import Engine
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import Limit, Rule
from notifier.core.rules.wording import Wording

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

NOON = datetime(2026, 9, 7, 5, 0, tzinfo=UTC)
"""A Monday, 12:00 in Vietnam."""

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def a_leg(number: str = "101", **overrides: Any) -> Leg:
    leg = Leg(
        number=number,
        added_at=NOON,
        status=CallState.NOT_ANSWERED,
        rung_at=NOON,
        ring=20 * SECOND,
        ended_at=NOON + 20 * SECOND,
        end_reason="caller_disconnect",
    )
    return replace(leg, **overrides)


def a_call(**overrides: Any) -> Call:
    """Return a missed inbound call of 27 seconds at noon, from 0901234567 to hotline 19001000."""
    call = Call(
        id="1415096549774721835",
        direction=Direction.IN,
        state=CallState.NOT_ANSWERED,
        caller="0901234567",
        callee="101",
        customer="+84901234567",
        duration=timedelta(),
        started_at=NOON,
        ended_at=NOON + 27 * SECOND,
        hotline="19001000",
        legs=(a_leg(),),
        created_at=NOON + 30 * SECOND,
    )
    return replace(call, **overrides)


def a_talk(**overrides: Any) -> Call:
    """Return an answered inbound call: 101 spoke for two minutes."""
    call = a_call(
        state=CallState.ANSWERED,
        duration=2 * MINUTE,
        ended_at=NOON + 2 * MINUTE + 5 * SECOND,
        extension="101",
        agent="Lan",
        legs=(
            a_leg(
                status=CallState.ANSWERED,
                ring=5 * SECOND,
                answered_at=NOON + 5 * SECOND,
                ended_at=NOON + 2 * MINUTE + 5 * SECOND,
                end_reason="callee_disconnect",
            ),
        ),
    )
    return replace(call, **overrides)


def a_change(after: Call | None = None, before: Call | None = None, **overrides: Any) -> Change:
    call = after or a_call()
    change = Change(
        after=call,
        before=before,
        meaning=meaning(call),
        revision=2 if before else 1,
        first_seen_at=(call.ended_at or call.started_at) + 30 * SECOND,
    )
    return replace(change, **overrides)


class Echo:
    """Phrases that say their own name and facts."""

    def __call__(self, name: str, /, **facts: object) -> str:
        return " ".join([name, *(f"{key}={value}" for key, value in facts.items())])


DIRECTORY = Directory((Hotline("19001000", "CSKH"),), {"101": "Lan", "102": "Minh"})


def a_wording() -> Wording:
    return Wording(dict.fromkeys(Language, Echo()), DIRECTORY, HANOI)


def a_route(name: str = "quan_ly", **overrides: Any) -> Route:
    return replace(Route(name, ChannelKind.TELEGRAM), **overrides)


def a_hook(name: str = "crm", **overrides: Any) -> Route:
    return a_route(name, kind=ChannelKind.WEBHOOK, **overrides)


def a_rule(name: str = "goi_nho", **overrides: Any) -> Rule:
    """Return the rule for missed calls, settled after 45 seconds, for the channel quan_ly."""
    rule = Rule(
        name=name,
        condition=EVERY,
        test=lambda call: call.missed,
        to=("quan_ly",),
        settle=45 * SECOND,
        max_age=30 * MINUTE,
    )
    return replace(rule, **overrides)


def an_engine(*rules: Rule, **overrides: Any) -> Engine:
    """Return an engine of `rules` that knows the channels quan_ly, truong_nhom and crm."""
    routes = (a_route(), a_route("truong_nhom"), a_hook())
    engine = Engine(
        rules=rules or (a_rule(),),
        routes={route.name: route for route in routes},
        chat_limit=Limit(20, 10 * MINUTE),
        wording=a_wording(),
    )
    return replace(engine, **overrides)


def an_alert(*calls: Call, **overrides: Any) -> Alert:
    """Return the alert of the rule goi_nho on `calls`, or on a missed call."""
    about = calls or (a_call(),)
    alert = Alert(
        id=alert_id("goi_nho", about[0].subject, about[0].subject),
        rule="goi_nho",
        kind=AlertKind.CALL,
        key=about[0].subject,
        severity=Severity.INFO,
        state=AlertState.OPEN,
        title={Language.VI: "Cuộc gọi nhỡ", Language.EN: "Missed call"},
        occurred_at=about[0].ended_at or about[0].started_at,
        fired_at=NOON + 2 * MINUTE,
        calls=about,
    )
    return replace(alert, **overrides)


def a_claimed(**overrides: Any) -> Claimed:
    """Return a first attempt, at noon, to send a new alert to the chat quan_ly."""
    claimed = Claimed(
        id="msg_1",
        alert="0123456789abcdef",
        channel="quan_ly",
        reason=Reason.NEW,
        revision=1,
        lane="1415096549774721835",
        event="",
        body=None,
        attempt=1,
        uncertain=False,
        created_at=NOON,
        expires_at=NOON + timedelta(days=3),
    )
    return replace(claimed, **overrides)


@dataclass
class Debt:
    """A delivery in `Memory`."""

    draft: Draft
    created_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    tried: bool = False

    @property
    def sent(self) -> bool:
        return self.state is DeliveryState.DELIVERED


@dataclass
class Memory:
    """What a store would remember of an engine's judgements, in a few dictionaries."""

    engine: Engine
    calls: dict[str, Change] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    members: list[tuple[str, str]] = field(default_factory=list)
    debts: dict[str, Debt] = field(default_factory=dict)
    timers: dict[tuple[str, str, TimerKind], Timer] = field(default_factory=dict)
    throttles: dict[tuple[str, str], ThrottleState] = field(default_factory=dict)
    audit: list[Audit] = field(default_factory=list)

    def take_in(self, calls: Iterable[Call], now: datetime) -> Decision:
        """Judge `calls`, each id once, as the poller's readings at `now`."""
        known = {i: Known(c.meaning, c.after.hotline, c.revision) for i, c in self.calls.items()}
        changes = [
            Change(
                after=call,
                before=self.calls[call.id].after if call.id in self.calls else None,
                meaning=said,
                revision=self.calls[call.id].revision + 1 if call.id in self.calls else 1,
                first_seen_at=self.calls[call.id].first_seen_at if call.id in self.calls else now,
            )
            for call, said in news({call.id: call for call in calls}, known)
        ]
        return self.judge(changes, now)

    def judge(self, changes: Sequence[Change], now: datetime) -> Decision:
        self.calls.update({change.after.id: change for change in changes})
        return self.apply(self.engine.feed(changes, self.standing(), now), now)

    @property
    def settling(self) -> list[Timer]:
        """The timers of calls that are not judged yet."""
        return [timer for timer in self.timers.values() if timer.kind is TimerKind.SETTLE]

    def judge_due(self, now: datetime) -> Decision:
        timers = [timer for timer in self.settling if timer.due_at <= now]
        for timer in timers:
            del self.timers[timer.rule, timer.key, timer.kind]
        due = [Due(t, change=replace(self.calls[t.key], before=None)) for t in timers]
        return self.apply(self.engine.advance(due, self.standing(), now), now)

    def standing(self) -> Standing:
        told: dict[str, dict[str, Told]] = {}
        recent: dict[str, list[datetime]] = {}
        of_rule: dict[tuple[str, str], list[datetime]] = {}
        digests: dict[tuple[str, str], Alert] = {}
        for debt in self.debts.values():
            draft = debt.draft
            if draft.reason is Reason.NEW:
                told.setdefault(draft.alert, {})[draft.channel] = Told(debt.state, debt.tried)
                if not draft.event:
                    rule = self.alerts[draft.alert].rule
                    recent.setdefault(draft.channel, []).append(debt.created_at)
                    of_rule.setdefault((draft.channel, rule), []).append(debt.created_at)
            if draft.reason is Reason.DIGEST and debt.state is DeliveryState.PENDING:
                digest = self.alerts[draft.alert]
                digests[digest.rule, draft.channel] = digest
        return Standing(
            alerts={
                (alert.rule, alert.calls[0].subject): alert
                for alert in self.alerts.values()
                if alert.kind is AlertKind.CALL
            },
            told=told,
            throttles=dict(self.throttles),
            recent={channel: tuple(times) for channel, times in recent.items()},
            recent_of_rule={key: tuple(times) for key, times in of_rule.items()},
            digests=digests,
        )

    def apply(self, decision: Decision, now: datetime) -> Decision:
        """Record `decision` in the order in which the store does."""
        for alert in decision.alerts:
            assert alert.id not in self.alerts, "an alert came to be twice"
            self.alerts[alert.id] = alert
        self.alerts.update({alert.id: alert for alert in decision.changed})
        self.members += decision.members
        for identity, channel in decision.withdrawn:
            for debt in self.owed(channel):
                if debt.draft.alert == identity and not debt.tried:
                    debt.state = DeliveryState.OBSOLETE
        for draft in decision.drafts:
            assert draft.id not in self.debts, "a delivery came to be owed twice"
            self.debts[draft.id] = Debt(draft, now)
        for place in decision.over:
            self.timers.pop(place, None)
        self.timers.update({(t.rule, t.key, t.kind): t for t in decision.timers})
        self.throttles.update(decision.throttles)
        self.audit += decision.audit
        return decision

    def owed(self, channel: str) -> list[Debt]:
        return [
            debt
            for debt in self.debts.values()
            if debt.draft.channel == channel and debt.state is DeliveryState.PENDING
        ]

    def deliver(self, now: datetime, *channels: str) -> list[Draft]:
        """Send what `channels` (all, if none is named) are due; return what really went out."""
        sent: list[Draft] = []
        for channel in channels or tuple(self.engine.routes):
            due = [debt for debt in self.owed(channel) if debt.draft.due_at <= now]
            sent += [debt.draft for debt in due if self._send(debt)]
        return sent

    def _send(self, debt: Debt) -> bool:
        draft = debt.draft
        debt.tried = True
        situation = Situation(
            alert=self._shown(draft.alert),
            card="",
            told=any(
                other.tried and other.state is not DeliveryState.OBSOLETE
                for other in self.debts.values()
                if other.draft.alert == draft.alert
                and other.draft.channel == draft.channel
                and other.draft.reason in {Reason.NEW, Reason.DIGEST}
            ),
            superseded=any(
                other.draft.alert == draft.alert
                and other.draft.reason is Reason.REVISED
                and other.draft.revision > draft.revision
                for other in self.owed(draft.channel)
            ),
        )
        claimed = a_claimed(
            id=draft.id,
            alert=draft.alert,
            channel=draft.channel,
            reason=draft.reason,
            event=draft.event,
            revision=draft.revision,
        )
        obsolete = is_obsolete(claimed, situation)
        debt.state = DeliveryState.OBSOLETE if obsolete else DeliveryState.DELIVERED
        return not obsolete

    def _shown(self, identity: str) -> Alert | None:
        alert = self.alerts.get(identity)
        if alert and alert.kind is AlertKind.DIGEST:
            members = [self.alerts[member] for digest, member in self.members if digest == identity]
            true = [member for member in members if member.state is AlertState.OPEN]
            return replace(alert, calls=tuple(call for member in true for call in member.calls))
        return alert

    def drafts(self, **wanted: object) -> list[Draft]:
        """Return the drafts whose fields are as `wanted` says, in the order they were made."""
        return [
            debt.draft
            for debt in self.debts.values()
            if all(getattr(debt.draft, name) == value for name, value in wanted.items())
        ]


def reasons(audit: Iterable[Audit]) -> list[Reason]:
    return [row.reason for row in audit]


def by_channel(drafts: Iterable[Draft]) -> Mapping[str, list[Reason]]:
    found: dict[str, list[Reason]] = {}
    for draft in drafts:
        found.setdefault(draft.channel, []).append(draft.reason)
    return found
