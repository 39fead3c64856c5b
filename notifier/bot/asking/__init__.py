"""The part of the bot that answers questions: calls, figures, rules, and why something was told."""

from notifier.bot.asking.doors import Doors
from notifier.bot.asking.skill import asking_skill

__all__ = ["Doors", "asking_skill"]
