"""The titles and texts of alerts: what a user wrote in the rule, else a built-in phrase."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert, Language, Words
from notifier.core.calls import Call
from notifier.core.directory import Directory
from notifier.core.messages import Phrases
from notifier.core.phones import Mask, shown
from notifier.core.rules.model import Rule, Template
from notifier.core.rules.titles import Occasion, Titler

CALL_FACTS = (
    *("id", "direction", "state", "missed", "caller", "callee", "customer", "hotline", "agent"),
    *("extension", "target", "duration", "ring", "wait", "started_at", "ended_at", "date", "note"),
    "miss_reason",
)
"""What a template may say of a call: `call.customer`, `call.wait` …"""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a template is told of an alert."""

    rule: Rule
    calls: Sequence[Call]
    facts: Mapping[str, object]
    amount: float


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for alerts, in every language at once: which one is read is the channel's choice."""

    phrases: Mapping[Language, Phrases]
    directory: Directory
    zone: ZoneInfo

    def title(
        self,
        rule: Rule,
        calls: Sequence[Call],
        facts: Mapping[str, object],
        *,
        amount: float = 0,
    ) -> Words:
        """Return the title of an alert of `rule` on `calls`, of which the newest is the last.

        `facts` has the alert's `count`, `key` and `suppressed`; `amount` is that of its window.
        """
        if rule.title:
            return self._rendered(rule.title, _Told(rule, calls, facts, amount))
        occasion = Occasion(
            rule, calls, key=str(facts["key"]), count=int(str(facts["count"])), amount=amount
        )
        return {
            language: Titler(say, self.directory).title(occasion)
            for language, say in self.phrases.items()
        }

    def text(
        self,
        rule: Rule,
        calls: Sequence[Call],
        facts: Mapping[str, object],
        *,
        amount: float = 0,
    ) -> Words:
        """Return the rule's own text, from what `title` is told; empty if it has none."""
        return self._rendered(rule.text, _Told(rule, calls, facts, amount))

    def gathered(self, member: Alert) -> Words:
        """Return the title of the message that the rule of `member` gathers its alerts into."""
        return member.title

    def said(self, name: str, **facts: object) -> Words:
        """Return the phrase `name` in every language."""
        return {language: say(name, **facts) for language, say in self.phrases.items()}

    def _rendered(self, templates: Mapping[Language, Template], told: _Told) -> Words:
        if not templates:
            return {}
        rule, calls = told.rule, [self._facts(call) for call in told.calls]
        call: Mapping[str, object] = calls[-1] if calls else {}
        hotline = call.get("hotline", "")
        if rule.per == "hotline":
            number = str(told.facts.get("key", ""))
            hotline = self.directory.hotline_name(number) or number
        context = {
            **told.facts,
            "rule": rule.name,
            "call": call,
            "calls": calls,
            "hotline": hotline,
            "amount": told.amount,
        }
        return {language: template(context) for language, template in templates.items()}

    def _facts(self, call: Call) -> dict[str, object]:
        """What a template may say of a call; numbers masked, for a title goes to every channel."""
        local = call.started_at.astimezone(self.zone)
        ended = call.ended_at.astimezone(self.zone) if call.ended_at else None
        return {
            "id": call.id,
            "direction": call.direction.value,
            "state": call.state.value,
            "missed": call.missed,
            "caller": shown(call.caller, Mask.LAST3),
            "callee": shown(call.callee, Mask.LAST3),
            "customer": shown(call.customer, Mask.LAST3),
            "hotline": self.directory.hotline_name(call.hotline) or call.hotline,
            "agent": call.agent,
            "extension": call.extension,
            "target": " ".join(shown(number, Mask.LAST3) for number in call.targets),
            "duration": int(call.duration.total_seconds()),
            "ring": int(call.ring.total_seconds()),
            "wait": int(call.wait.total_seconds()) if call.wait else 0,
            "started_at": local.strftime("%H:%M:%S"),
            "ended_at": ended.strftime("%H:%M:%S") if ended else "",
            "date": local.strftime("%d/%m/%Y"),
            "note": call.note,
            "miss_reason": call.miss_reason.value if call.miss_reason else "",
        }
