"""One judgement: what stood before it, what it has decided so far, and how that is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.alerts import (
    LIVE,
    Alert,
    AlertKind,
    AlertState,
    Audit,
    Reason,
    Words,
    alert_id,
)
from notifier.core.calls import Call
from notifier.core.decisions import Decision, Standing, ThrottleState, Timer, TimerKind, Told
from notifier.core.followings import followers_of
from notifier.core.rules.gathering import pot_of
from notifier.core.rules.model import Rule, Stale
from notifier.core.rules.postings import Postings
from notifier.core.rules.revisions import was_heard
from notifier.core.rules.setting import Setting
from notifier.core.rules.windows import Windows

EXPIRES_AFTER = timedelta(days=7)
"""How long after it fired an alert still asks for something, if nobody ends it."""

MOST_CALLS = 50
"""Calls that an alert about several names; the newest ones. The rest is counted."""


@dataclass(frozen=True, slots=True)
class Story:
    """What an alert is to tell, before it is one."""

    kind: AlertKind
    key: str
    at: datetime
    """When what it tells of happened."""
    calls: tuple[Call, ...] = ()
    subject: str = ""
    """"" for its first call."""
    count: int = 1
    amount: float = 0
    """Of a window: calls, values, seconds or a share."""
    deadline: datetime | None = None
    """By when something should have happened; its age is counted from here, else from `at`."""
    detail: str = ""


@dataclass(slots=True)
class Bench:
    """Where one judgement is made; everything that judges writes here, and nowhere else."""

    engine: Setting
    standing: Standing
    now: datetime
    windows: Windows
    decision: Decision = field(default_factory=Decision)
    throttles: dict[tuple[str, str], ThrottleState] = field(default_factory=dict)
    """Those that moved."""
    _known: dict[tuple[str, str], Alert] = field(default_factory=dict)
    """By rule and subject: alerts that are new, or moved."""
    _live: dict[tuple[str, str], Alert] = field(default_factory=dict)
    """By rule and key: the same."""
    postings: Postings = field(init=False)

    def __post_init__(self) -> None:
        self.postings = Postings(self.engine, self.standing, self.decision, self.now)

    @property
    def zone(self) -> ZoneInfo:
        """Where local times are meant."""
        return self.engine.wording.zone

    def known(self, rule: Rule, about: str) -> Alert | None:
        """Return the alert of `rule` on one subject, as it is by now."""
        return self._known.get((rule.name, about)) or self.standing.alerts.get((rule.name, about))

    def live(self, rule: Rule, key: str) -> Alert | None:
        """Return the latest alert of `rule` and `key`, if it still asks for something."""
        place = (rule.name, key)
        found = self._live.get(place) or self.standing.live.get(place)
        return found if found and found.state in LIVE else None

    def current(self, alert: Alert) -> Alert:
        """Return `alert` as it is by now: an earlier step of this judgement may have moved it."""
        moved = self._known.get((alert.rule, alert.about))
        return moved if moved and moved.id == alert.id else alert

    def live_of(self, rule: str) -> Iterable[Alert]:
        """Give every live alert of the rule named so."""
        fresh = [alert for (name, _), alert in self._known.items() if name == rule]
        stood = map(self.current, self.standing.of_rule.get(rule, ()))
        found = {alert.id: alert for alert in (*stood, *fresh)}
        return (alert for alert in found.values() if alert.state in LIVE)

    def throttle(self, rule: Rule, key: str) -> ThrottleState | None:
        """Return where `rule` and `key` stand between two alerts."""
        place = (rule.name, key)
        return self.throttles.get(place) or self.standing.throttles.get(place)

    def keep(self, rule: Rule, key: str, state: ThrottleState) -> None:
        """Have a throttle stand so."""
        self.throttles[rule.name, key] = self.decision.throttles[rule.name, key] = state

    def note(
        self, rule: str, reason: Reason, call: str = "", *, alert: str = "", detail: str = ""
    ) -> None:
        """Write down one decision."""
        self.decision.audit.append(
            Audit(self.now, rule, reason, alert=alert, call=call, detail=detail)
        )

    def put(self, alert: Alert) -> Alert:
        """Have a known alert be as `alert` says."""
        self._remember(alert)
        self.decision.changed.append(alert)
        return alert

    def _remember(self, alert: Alert) -> None:
        self._known[alert.rule, alert.about] = alert
        place = (alert.rule, alert.key)
        held = self._live.get(place) or self.standing.live.get(place)
        if held is None or held.id == alert.id or _comes_after(alert, held):
            self._live[place] = alert

    def fresh(self, rule: Rule) -> list[Alert]:
        """Return the alerts of `rule` that are new in this judgement, or that it moved."""
        return [alert for (name, _), alert in self._known.items() if name == rule.name]

    def withdraw(self, alert: Alert) -> None:
        """Owe nobody the first word of `alert` who has not heard it yet."""
        heard = self.heard(alert)
        waiting = [name for name in self.told(alert) if name not in heard]
        self.decision.withdrawn.extend((alert.id, name) for name in waiting)
        self.decision.drafts[:] = [d for d in self.decision.drafts if d.alert != alert.id]

    def told(self, alert: Alert) -> dict[str, Told]:
        """Return what each channel has been told of `alert`."""
        return dict(self.standing.told.get(alert.id, {}))

    def heard(self, alert: Alert) -> tuple[str, ...]:
        """Return the channels whose readers may have seen `alert`."""
        return tuple(name for name, told in self.told(alert).items() if was_heard(told))

    def set(self, rule: str, key: str, kind: TimerKind, due_at: datetime) -> None:
        """Set a timer, or move it."""
        self.decision.timers.append(Timer(rule, key, kind, due_at))

    def too_old(self, rule: Rule, at: datetime) -> bool:
        """Whether what happened `at` is told late, or no longer."""
        return self.now - at > rule.max_age and rule.stale is not Stale.SEND

    def fire(self, rule: Rule, story: Story, *, swallowed: int = 0) -> Alert:
        """Record a new alert and owe it to the channels of `rule`."""
        alert = self._alert(rule, story, swallowed)
        self._remember(alert)
        self.decision.alerts.append(alert)
        stale = bool(story.calls) and self.too_old(rule, story.deadline or story.at)
        self.owe(rule, alert, stale=stale)
        self.set(rule.name, alert.id, TimerKind.EXPIRE, self.now + EXPIRES_AFTER)
        if not stale:
            for step, escalation in enumerate(rule.escalate):
                due_at = self.now + escalation.after
                self.set(rule.name, f"{alert.id}:{step}", TimerKind.ESCALATE, due_at)
            if rule.repeats:
                self.set(rule.name, alert.id, TimerKind.REPEAT, self.now + rule.repeats.pause(0))
        return alert

    def owe(
        self, rule: Rule, alert: Alert, *, stale: bool = False, to: Sequence[str] | None = None
    ) -> None:
        """Owe the first word of `alert` to those named, or to the rule's channels and followers."""
        pot = None if stale else pot_of(rule, alert, self)
        names = self._readers(rule, alert) if to is None else to
        self.postings.post(alert, names, stale=stale, own_limit=rule.limit, pot=pot)

    def _readers(self, rule: Rule, alert: Alert) -> tuple[str, ...]:
        told = (route for name in rule.to if (route := self.engine.routes.get(name)))
        return (*rule.to, *followers_of(alert, self.engine.followings, told))

    def words(self, rule: Rule, story: Story, swallowed: int) -> tuple[Words, Words]:
        """Return title and text of an alert that tells `story`."""
        facts = {"count": story.count, "key": story.key, "suppressed": swallowed}
        wording, amount = self.engine.wording, story.amount
        title = wording.title(rule, story.calls, facts, amount=amount)
        return title, wording.text(rule, story.calls, facts, amount=amount)

    def _alert(self, rule: Rule, story: Story, swallowed: int) -> Alert:
        subject = story.subject or (story.calls[0].subject if story.calls else "")
        title, text = self.words(rule, story, swallowed)
        return Alert(
            id=alert_id(rule.name, story.key, subject),
            rule=rule.name,
            kind=story.kind,
            key=story.key,
            severity=rule.severity,
            state=AlertState.OPEN,
            title=title,
            text=text,
            occurred_at=story.at,
            fired_at=self.now,
            calls=story.calls[-MOST_CALLS:],
            count=story.count,
            suppressed=swallowed,
            deadline=story.deadline,
            detail=story.detail,
            subject=story.subject,
        )

    def correct(self, alert: Alert, **moved: object) -> Alert:
        """Have the truth of `alert` be another one; its revision is the next."""
        return self.put(replace(alert, revision=alert.revision + 1, **moved))  # type: ignore[arg-type]  # names of its fields


def _comes_after(alert: Alert, held: Alert) -> bool:
    """Whether `alert` is the one that a further match is about, and not `held`."""
    return alert.state in LIVE and (held.state not in LIVE or alert.fired_at >= held.fired_at)
