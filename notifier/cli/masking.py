"""What an alert is about, as results show it: customers' numbers masked, hotlines whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.config.settings import Config
    from notifier.core.alerts import Alert
    from notifier.core.phones import Mask


@dataclass(frozen=True, slots=True)
class Masking:
    """How much of a number is shown, and which are no customer's."""

    mask: "Mask"
    ours: frozenset[str]
    """Hotlines of the directory, as calls have them."""
    by_hotline: frozenset[str]
    """Rules whose alerts are about hotlines."""

    @classmethod
    def of(cls, config: "Config", *, full: bool) -> "Masking":
        """Return the masking of results; `full` shows customers' numbers whole."""
        from notifier.core.phones import Mask

        hotlines = frozenset(hotline.number for hotline in config.directory.hotlines)
        rules = frozenset(rule.name for rule in config.rules if "hotline" in {rule.per, rule.key})
        return cls(Mask.FULL if full else Mask.LAST3, hotlines, rules)

    def key(self, alert: "Alert") -> str:
        """Return the key of `alert`; "" where it is just its call, or itself."""
        from notifier.core.phones import shown

        if alert.key in {"", alert.rule, *(call.subject for call in alert.calls)}:
            return ""
        if alert.key in self.ours or alert.rule in self.by_hotline:
            return alert.key
        return shown(alert.key, self.mask)

    def about(self, alert: "Alert") -> str:
        """Return the key of `alert`, else the customer of its first call; "" without either."""
        from notifier.core.phones import shown

        customer = alert.calls[0].customer if alert.calls else ""
        return self.key(alert) or shown(customer, self.mask)
