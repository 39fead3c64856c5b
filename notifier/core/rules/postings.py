"""Which channels an alert is owed to, when, and what a limit or its age gathers into one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.alerts import Alert, AlertKind, AlertState, Audit, Reason, Severity, alert_id
from notifier.core.calls import Change
from notifier.core.decisions import Decision, Standing, Storm
from notifier.core.deliveries import Draft, Route
from notifier.core.events import alert_event, call_event, event_of
from notifier.core.rules.gathering import Pot
from notifier.core.rules.model import Limit
from notifier.core.rules.setting import Setting
from notifier.core.rules.storms import STORM, STORM_DIGEST, is_rolling, is_storm, next_edit
from notifier.core.rules.wording import Wording

KEPT = timedelta(days=3)
"""How long a delivery is tried before it is given up, whatever its schedule says."""

STALE_WAIT = timedelta(seconds=5)
"""How long stale matches are gathered after the first: a catch-up reads many pages at once."""

LIMIT_DIGEST = "limit"
"""Rule name, and pot, of a digest that a limit made."""

STALE_DIGEST = "stale"
"""Rule name, and pot, of a digest of what happened too long ago to be told one by one."""


@dataclass(slots=True)
class Postings:
    """Turns alerts into deliveries, for one judgement; appends to its decision."""

    engine: Setting
    standing: Standing
    decision: Decision
    now: datetime
    revisions: dict[str, int] = field(default_factory=dict)
    """Revision of each call by its id, for systems."""
    _recent: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)
    _digests: dict[tuple[str, str], Alert] = field(default_factory=dict)
    _revised: dict[tuple[str, str], Alert] = field(default_factory=dict)
    _rolling: dict[str, Storm] = field(default_factory=dict)

    @property
    def routes(self) -> Mapping[str, Route]:
        """The channels by name."""
        return self.engine.routes

    @property
    def wording(self) -> Wording:
        """The words of alerts."""
        return self.engine.wording

    def post(
        self,
        alert: Alert,
        to: Iterable[str],
        *,
        stale: bool,
        own_limit: Limit | None,
        pot: Pot | None = None,
    ) -> None:
        """Owe a new `alert` to the channels `to`; systems get each, people within limits.

        `pot` is where its rule gathers what people are told; None to tell each by itself.
        """
        for name in to:
            route = self.routes.get(name)
            if route is None:
                continue  # it was told once, and is in no file any more
            if not alert.calls:
                self.owe(alert, Reason.NEW, (name,))  # a digest lists calls, and it has none
            elif route.for_people and stale:
                self._gather(Pot(STALE_DIGEST, self.now + STALE_WAIT), route, alert)
            elif route.for_people and pot:
                self._gather(pot, route, alert)
            elif route.for_people and (free_at := self._full_until(route, alert, own_limit)):
                self._gather(Pot(LIMIT_DIGEST, free_at), route, alert)
            elif route.for_people and self._storms(route):
                self._join_storm(route, alert)
            else:
                self.owe(alert, Reason.NEW, (name,))

    def owe(self, alert: Alert, reason: Reason, channels: Iterable[str]) -> None:
        """Owe `alert` to `channels` for `reason`, at once."""
        for name in channels:
            if route := self.routes.get(name):
                self._owe(alert, reason, route, self.now)

    def refresh(self, alert: Alert, channels: Iterable[str]) -> None:
        """Have the cards of `alert` edited; systems are told by call events."""
        people = (name for name in channels if name in self.routes)
        self.owe(alert, Reason.REVISED, (n for n in people if self.routes[n].for_people))

    def revise_digests(self, member: str) -> None:
        """Have the digests edited that told of the alert `member`."""
        for channel, digest in self.standing.gathered.get(member, ()):
            last = self._revised.get((channel, digest.id), digest)
            revised = replace(last, revision=last.revision + 1)
            self._revised[channel, digest.id] = revised
            self.decision.changed.append(revised)
            self.owe(revised, Reason.REVISED, (channel,))

    def call_event(self, change: Change) -> None:
        """Owe the event of `change` to the channels that follow calls."""
        reason = Reason.CREATED if change.created else Reason.UPDATED
        event = event_of(reason)
        self.revisions[change.after.id] = change.revision
        body = b""
        for route in self.engine.followers:
            if not route.wants(event):
                continue
            body = body or self._call_body(change)
            self.decision.drafts.append(
                Draft(
                    alert=f"call:{change.after.id}",
                    channel=route.name,
                    reason=reason,
                    revision=change.revision,
                    lane=change.after.subject,
                    due_at=self.now,
                    expires_at=self.now + KEPT,
                    body=body,
                    event=event,
                )
            )

    def _owe(self, alert: Alert, reason: Reason, route: Route, due_at: datetime) -> None:
        event = "" if route.for_people else event_of(reason)
        if not (route.for_people or (event and route.wants(event))):
            return
        body = self._body(alert, reason, route) if event else None
        self.decision.drafts.append(
            Draft(
                alert=alert.id,
                channel=route.name,
                reason=reason,
                revision=alert.revision,
                lane=alert.key,
                due_at=due_at,
                expires_at=due_at + KEPT,
                body=body,
                event=event,
            )
        )
        self._note(alert, reason, route)
        if reason is Reason.NEW and route.for_people:
            for key in ((route.name, ""), (route.name, alert.rule)):
                self._times(key).append(self.now)

    def _call_body(self, change: Change) -> bytes:
        if self.engine.rehearsing:
            return _UNSENT
        return call_event(change, at=self.now, zone=self.wording.zone)

    def _body(self, alert: Alert, reason: Reason, route: Route) -> bytes:
        if self.engine.rehearsing:
            return _UNSENT
        return alert_event(
            alert,
            event_of(reason),
            at=self.now,
            zone=self.wording.zone,
            language=route.language,
            revisions=self.revisions,
        )

    def _times(self, key: tuple[str, str]) -> list[datetime]:
        """When messages went to a channel (of one rule, or "" for all), oldest first."""
        if key not in self._recent:
            channel, rule = key
            past = self.standing
            known = past.recent_of_rule.get(key, ()) if rule else past.recent.get(channel, ())
            self._recent[key] = list(known)
        return self._recent[key]

    def _full_until(self, route: Route, alert: Alert, own: Limit | None) -> datetime | None:
        """When the limit lets a message through again; None if it does now."""
        common = (self.engine.chat_limit, (route.name, ""))
        limit, key = (own, (route.name, alert.rule)) if own else common
        # a clock that was set back has left times to come: they count, but hold back no longer
        times = (min(at, self.now) for at in self._times(key))
        within = [at for at in times if at > self.now - limit.per]
        return within[-limit.most] + limit.per if len(within) >= limit.most else None

    def _storms(self, route: Route) -> bool:
        """Whether alerts come to this chat faster than it can be told of them one by one."""
        if self.engine.storm is None:
            return False
        storm = self._storm(route)
        times = (*self._times((route.name, "")), *(storm.times if storm else ()))
        return is_storm(times, self.engine.storm, self.now)

    def _storm(self, route: Route) -> Storm | None:
        """Return the card that takes in what comes too fast; None before the first, and after."""
        storm = self._rolling.get(route.name) or self.standing.storms.get(route.name)
        return storm if storm and is_rolling(storm, self.engine.storm or STORM, self.now) else None

    def _join_storm(self, route: Route, member: Alert) -> None:
        """Have `member` be told on the rolling card, which is edited now and then."""
        storm = self._storm(route)
        if storm is None:
            card = self._begin(Pot(STORM_DIGEST, self.now), route, member)
            storm = Storm(card, (), None)
        else:
            card = replace(_grown(storm.card, member), revision=storm.card.revision + 1)
            self.decision.changed.append(card)
            if due_at := next_edit(storm, self.now):
                self._owe(card, Reason.REVISED, route, due_at)
                storm = replace(storm, shown_at=due_at)
        times = (*storm.times, self.now)
        self._rolling[route.name] = replace(storm, card=card, times=times)
        self._admit(card, member, route, Reason.OVER_LIMIT)

    def _gather(self, pot: Pot, route: Route, member: Alert) -> None:
        place = (pot.name, route.name)
        digest = self._digests.get(place) or self.standing.digests.get(place)
        if digest is None:
            digest = self._begin(pot, route, member)
        else:
            digest = _grown(digest, member)
            self.decision.changed.append(digest)
        self._digests[place] = digest
        self._admit(digest, member, route, _WHY.get(pot.name, Reason.GROUPED))

    def _admit(self, digest: Alert, member: Alert, route: Route, reason: Reason) -> None:
        self.decision.members.append((digest.id, member.id))
        self._note(member, reason, route, detail=digest.id)

    def _begin(self, pot: Pot, route: Route, member: Alert) -> Alert:
        own = pot.name not in _WHY
        digest = Alert(
            id=alert_id(pot.name, route.name, f"{member.id}:{member.revision}"),
            rule=member.rule if own else pot.name,
            kind=AlertKind.DIGEST,
            key=f"{pot.name}:{route.name}",
            severity=member.severity,
            state=AlertState.OPEN,
            title=self.wording.gathered(member) if own else self.wording.said(f"title.{pot.name}"),
            occurred_at=self.now,
            fired_at=self.now,
        )
        self.decision.alerts.append(digest)
        self._owe(digest, Reason.DIGEST, route, pot.due_at)
        return digest

    def _note(self, alert: Alert, reason: Reason, route: Route, *, detail: str = "") -> None:
        call = alert.calls[0].id if alert.calls else ""
        self.decision.audit.append(
            Audit(self.now, alert.rule, reason, alert.id, call, route.name, detail)
        )


_UNSENT = b"{}"
"""Body of what nobody is ever sent."""

_WHY = {
    STALE_DIGEST: Reason.STALE,
    LIMIT_DIGEST: Reason.OVER_LIMIT,
    STORM_DIGEST: Reason.OVER_LIMIT,
}
"""Why an alert is gathered where it is not its rule that asks for it."""


def _grown(digest: Alert, member: Alert) -> Alert:
    severity = max(digest.severity, member.severity, key=_loudness)
    return replace(digest, count=digest.count + 1, severity=severity)


def _loudness(severity: Severity) -> int:
    return list(Severity).index(severity)
