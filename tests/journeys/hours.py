"""Working hours, and the rule about calls back, as they stand in the files of these journeys."""

from typing import TypedDict


class File(TypedDict, total=False):
    """What of `house.RULES` a journey fills in."""

    to: str
    more: str
    rules: str
    every: str


HOURS = """
calendars:
  gio_lam: {open: {mon-fri: 08:00-12:00 13:00-17:30}}
"""

NOT_CALLED_BACK = """
  chua_goi_lai:
    when: missed
    during: gio_lam
    unless: {called_back: true, within: 15m, clock: gio_lam}
    severity: warning
    key: customer
    lag: 1m
    resolve: {called_back: true}
"""
"""Alerts a quarter of an hour of open time after a miss, and a minute for the PBX's lag."""

ESCALATED = f"{NOT_CALLED_BACK}    escalate: [{{after: 15m, to: sep}}]\n"
