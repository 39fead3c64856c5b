"""How long to leave a source alone that did not answer."""

from datetime import timedelta

LONGEST = timedelta(minutes=5)
"""Longest pause of our own choosing."""

LONGEST_WISH = timedelta(hours=1)
"""Longest pause that a source may ask for; beyond it, its wish is taken for a mistake."""

_MOST_DOUBLINGS = 16


def pause(
    failures: int, *, every: timedelta, jitter: float, wish: timedelta | None = None
) -> timedelta:
    """Return how long to wait before asking again after `failures` failures in a row.

    Twice as long each time, from `every` (which is also what 0 failures give) up to `LONGEST`, or
    to `every` where that is longer. `jitter` in [0, 1) spreads the pause over its upper half, so
    that clients that failed together do not come back together. A `wish` of the source makes it
    longer, up to `LONGEST_WISH`, and never shorter.
    """
    if failures <= 0:
        return every
    longest = max(LONGEST, every)
    upper = min(every * (1 << min(failures, _MOST_DOUBLINGS)), longest)
    spread = max(min(upper / 2 * (1 + jitter), upper), every)
    return max(spread, min(wish, LONGEST_WISH)) if wish else spread
