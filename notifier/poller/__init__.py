"""Asks the PBX, again and again, and takes in what it says."""

from notifier.poller.doors import Pace
from notifier.poller.placing import UNPLACED_FOR
from notifier.poller.polling import BATCH, OVERLAP_EVERY, REFUSED_PAUSE, Poller

__all__ = ["BATCH", "OVERLAP_EVERY", "REFUSED_PAUSE", "UNPLACED_FOR", "Pace", "Poller"]
