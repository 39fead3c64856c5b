"""An owner who edits the file of a service at work: what to edit, and what to look at."""

from typing import Any

from tests.journeys.hours import ESCALATED, HOURS, File
from tests.journeys.house import MINUTE, SECOND, House

MANY = "  don_dap: {{when: {when}, title: {title}, count: {{at_least: 2, within: 1h}}, every: 1h}}"
RULES = f"{MANY.format(when='missed', title='Nhỡ nhiều')}\n{ESCALATED}"

FILE: File = {"to": "[nhom]", "more": HOURS, "rules": RULES}

LOOKS = 5 * SECOND
"""Time enough for an edit to be seen and to be found at rest."""

TABLES = ("alerts", "alert_calls", "deliveries", "timers", "rule_state", "mutes", "audit", "cards")
"""What an edit of words must not move."""


def what_stands(house: House) -> dict[str, list[dict[str, Any]]]:
    """Return every row of the tables that hold what has happened and what is to come."""
    return {table: house.rows(table) for table in TABLES}


async def at_work(house: House) -> None:
    """Have a wait, an escalation, a pause and a message stand."""
    await house.advance(MINUTE)
    house.miss("0901111111")
    house.miss("0902222222", ago=30 * SECOND)
    await house.advance(20 * MINUTE)
    house.miss("0903333333")
    await house.advance(MINUTE)


def refusals(house: House) -> list[str]:
    """Return the cards that tell of a refused file, as they are now."""
    told = ("was not taken up", "good again")
    return [card.text for card in house.cards() if any(words in card.text for words in told)]
