"""How busy the simulated business is: rates, shares and waits, as one value."""

from dataclasses import dataclass, replace

Span = tuple[float, float]
"""Seconds, from and up to."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """What a day is like; shares are 0 to 1, waits are seconds.

    The defaults are a small office, with a vendor that shows a call seconds to minutes late.
    """

    per_minute: float = 2.0
    """Calls a minute, all directions, in office hours."""
    quiet_nights: bool = True
    """Whether evenings, nights and Sundays (Vietnamese time) have fewer calls."""
    customers: int = 60
    outgoing: float = 0.25
    """Share of all calls; likewise `internal`. The rest is inbound."""
    internal: float = 0.06
    missed: float = 0.28
    """Share of inbound calls; likewise `ivr`."""
    ivr: float = 0.04
    long: float = 0.03
    """Share of answered calls; likewise `recorded` and `noted`."""
    recorded: float = 0.7
    noted: float = 0.05
    repeats: float = 0.2
    """Share of inbound calls that come from somebody who was missed before."""
    called_back: float = 0.6
    """Share of missed calls that are followed by an answered call with the same customer."""
    flips: float = 0.03
    """Share of inbound calls that the softphone shows as answered while they still ring."""
    late: float = 0.03
    """Share of rows that are inserted after `late_s` instead of `lag_s`."""
    lost_by_filter: float = 0.5
    """Share of missed calls that a `hotline_ids` filter does not find."""
    ring_s: Span = (6, 40)
    talk_s: Span = (20, 300)
    long_s: Span = (660, 2400)
    back_s: Span = (120, 1200)
    """From the end of a miss to the start of the call-back."""
    lag_s: Span = (5, 90)
    """From the end of a call to its row."""
    late_s: Span = (180, 900)
    resyncs: int = 2
    """How often the vendor writes a finished row again, and so moves only its updated_at."""
    resync_s: float = 300
    opening: bool = False
    """Whether the first seconds hold a miss, its call-back and a long call, come what may."""

    def compressed(self, factor: float) -> "Tempo":
        """Return the same day told `factor` times faster; long calls stay as long as they are."""

        def shorter(span: Span) -> Span:
            return span[0] / factor, span[1] / factor

        return replace(
            self,
            per_minute=self.per_minute * factor,
            talk_s=shorter(self.talk_s),
            ring_s=shorter(self.ring_s),
            back_s=shorter(self.back_s),
            lag_s=shorter(self.lag_s),
            late_s=shorter(self.late_s),
            resync_s=self.resync_s / factor,
        )


DEMO = Tempo(
    per_minute=14,
    quiet_nights=False,
    customers=60,
    repeats=0.35,
    called_back=0.7,
    ring_s=(3, 8),
    talk_s=(5, 20),
    back_s=(4, 15),
    lag_s=(0.3, 1.2),
    late_s=(6, 15),
    resyncs=1,
    resync_s=10,
    opening=True,
)
"""A whole day's drama in a minute or two: the first miss is visible 1.2 s after the start."""
