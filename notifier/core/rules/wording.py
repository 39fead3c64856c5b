"""The titles and texts of alerts: what a user wrote in the rule, else a built-in phrase."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from notifier.core.alerts import Language, Words
from notifier.core.calls import Call, Direction
from notifier.core.directory import Directory
from notifier.core.messages import Phrases
from notifier.core.phones import Mask, shown
from notifier.core.rules.model import Rule, Template

CALL_FACTS = (
    *("id", "direction", "state", "missed", "caller", "callee", "customer", "hotline", "agent"),
    *("extension", "target", "duration", "ring", "wait", "started_at", "ended_at", "date", "note"),
    "miss_reason",
)
"""What a template may say of a call: `call.customer`, `call.wait` …"""


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for alerts, in every language at once: which one is read is the channel's choice."""

    phrases: Mapping[Language, Phrases]
    directory: Directory
    zone: ZoneInfo

    def title(self, rule: Rule, call: Call, facts: Mapping[str, object]) -> Words:
        """Return the title of an alert of `rule` on `call`."""
        if rule.title:
            return self._rendered(rule.title, rule, call, facts)
        return self.said(title_name(call))

    def text(self, rule: Rule, call: Call, facts: Mapping[str, object]) -> Words:
        """Return the rule's own text on `call`; empty if it has none."""
        return self._rendered(rule.text, rule, call, facts)

    def said(self, name: str, **facts: object) -> Words:
        """Return the phrase `name` in every language."""
        return {language: say(name, **facts) for language, say in self.phrases.items()}

    def _rendered(
        self,
        templates: Mapping[Language, Template],
        rule: Rule,
        call: Call,
        facts: Mapping[str, object],
    ) -> Words:
        if not templates:
            return {}
        told = self._facts(call)
        context = {**facts, "rule": rule.name, "call": told, "calls": [told]}
        context["hotline"] = told["hotline"]
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
