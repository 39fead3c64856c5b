"""Joins the answers to questions into one skill."""

from dataclasses import dataclass

from notifier.bot.asking import figures, lists, rulings
from notifier.bot.asking.doors import Doors
from notifier.core.talk import Answer, Asked, Reaction, Skill, Tapped


def asking_skill(doors: Doors) -> Skill:
    """Return everything that can be asked, with what answers it."""
    asking = _Asking(lists.Lists(doors), figures.Figures(doors), rulings.Rulings(doors))
    return Skill(
        commands=(*lists.COMMANDS, *figures.COMMANDS, *rulings.COMMANDS),
        verbs={**lists.VERBS, **figures.VERBS},
        reply=asking.reply,
        react=asking.react,
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """Gives each question to who answers it."""

    lists: lists.Lists
    figures: figures.Figures
    rulings: rulings.Rulings

    async def reply(self, asked: Asked) -> tuple[Answer, ...]:
        if asked.command in lists.COMMANDS:
            return await self.lists.reply(asked)
        if asked.command in figures.COMMANDS:
            return await self.figures.reply(asked)
        return await self.rulings.reply(asked)

    async def react(self, tapped: Tapped) -> Reaction:
        if tapped.verb in lists.VERBS:
            return await self.lists.react(tapped)
        return await self.figures.react(tapped)
