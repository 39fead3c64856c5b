"""The figures that a report may say, frozen when it was due and plain enough for JSON."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.callbacks import Misses, OpenCustomer

MOST_CUSTOMERS = 10
"""Customers who called most that are kept: as many as a message lists."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of a period; a call belongs to the period in which it started.

    Internal calls are left out everywhere, and so is a call of unknown direction that no customer
    began. Inbound calls are answered, missed or unclear.
    """

    inbound: int = 0
    """Calls that customers made, forwarded ones included."""
    answered: int = 0
    """Inbound calls in which a person spoke; the menu and the queue are none."""
    missed: int = 0
    """Inbound calls in which the customer spoke to nobody, abandoned ones included."""
    abandoned: int = 0
    """Missed calls that ended in the menu or queue."""
    unclear: int = 0
    """Inbound calls that still go on, or whose end the PBX does not tell."""
    outbound: int = 0
    """Calls that we made to customers, whatever came of them."""
    unreached: int = 0
    """Outbound calls that the customer did not pick up."""
    talks: int = 0
    """Calls, in and out, that have a talk time."""
    talk: timedelta = timedelta()
    """Total talk time of answered and reached calls; time in the menu or queue is none."""
    waits: int = 0
    """Answered calls of which it is known how long the customer waited."""
    waited: timedelta = timedelta()
    """Total of those waits, from the start of the call until a person answered."""

    @property
    def calls(self) -> int:
        """Inbound and outbound calls."""
        return self.inbound + self.outbound

    @property
    def answer_rate(self) -> float | None:
        """Answered of answered and missed, 0 to 1; None where there was neither."""
        known = self.answered + self.missed
        return self.answered / known if known else None

    @property
    def mean_talk(self) -> timedelta | None:
        """Mean talk time of the calls that have one; None without any."""
        return self.talk / self.talks if self.talks else None

    @property
    def mean_wait(self) -> timedelta | None:
        """Mean time until a person answered; None where it is known of no call."""
        return self.waited / self.waits if self.waits else None


@dataclass(frozen=True, slots=True)
class HotlineTally:
    """Inbound calls of one hotline."""

    hotline: str
    """As `Call.hotline`; `UNKNOWN_HOTLINE` for calls that nothing could place."""
    inbound: int
    answered: int
    missed: int


@dataclass(frozen=True, slots=True)
class AgentTally:
    """What one person did."""

    agent: str
    """Name from the directory, else from the calls; "" if there is none."""
    number: str
    """Extension, or outside number of a forwarded call, without a name; "" if named or unknown."""
    answered: int
    """Inbound calls that they took."""
    outbound: int
    """Outbound calls that they made, reached or not."""
    talk: timedelta
    """Their talk time in both."""


@dataclass(frozen=True, slots=True)
class ExtensionTally:
    """What happened at one inside number."""

    extension: str
    rung: int
    """Inbound calls for which it rang, whoever took them; each call once."""
    answered: int
    outbound: int


@dataclass(frozen=True, slots=True)
class HourTally:
    """Inbound calls that started in one hour of the local day, over all days of the period."""

    hour: int
    """0 to 23."""
    inbound: int
    missed: int


@dataclass(frozen=True, slots=True)
class CustomerTally:
    """Inbound calls of one customer, of whom the number is known."""

    customer: str
    inbound: int
    missed: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything that a report may say, as it was known at one instant."""

    since: datetime
    """Start of the period, included; UTC."""
    until: datetime
    """End of the period, not included; UTC."""
    made_at: datetime
    """When it was drawn up; UTC. Later calls changed nothing of it."""
    promise: timedelta
    """Within which a missed customer should be called back."""
    totals: Totals
    misses: Misses
    waiting: tuple[OpenCustomer, ...] = ()
    """Missed and not called back yet, who called most first; may be cut."""
    hotlines: tuple[HotlineTally, ...] = ()
    """Busiest first."""
    agents: tuple[AgentTally, ...] = ()
    """Who answered most first."""
    extensions: tuple[ExtensionTally, ...] = ()
    """Which answered most first."""
    hours: tuple[HourTally, ...] = ()
    """In order; hours without an inbound call are left out."""
    customers: tuple[CustomerTally, ...] = ()
    """Who called at least twice, most first; cut at `MOST_CUSTOMERS`."""
