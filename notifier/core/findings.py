"""What was found out about a source, for people to act on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What one finding comes to."""

    OK = "ok"
    NO = "no"
    """Does not work, or is not offered."""
    UNKNOWN = "unknown"
    """Could not be told, and why is said."""
    WARNING = "warning"
    """Works, but not as we rely on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question that was put to the source, with the answer."""

    name: str
    verdict: Verdict
    what: str
    """What was seen; customers' numbers are masked."""
    advice: str = ""
    """What to put in rules.yaml or to do; "" if nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found out about one source."""

    at: datetime
    """When the asking began; aware."""
    source: str
    """Host and service that were asked."""
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether the notifier can work with it: calls are listed, whatever else is not."""
        return any(f.name == LISTS and f.verdict is Verdict.OK for f in self.findings)


LISTS = "calls listed"
"""Name of the finding without which nothing works."""
