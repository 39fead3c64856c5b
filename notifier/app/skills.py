"""Joins what the bot can do: people and access, acting, asking, daily life."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from notifier.app.acting import acting_desk
from notifier.app.asking import asking_doors, observed_by
from notifier.app.botting import Bot, Botting, Talents
from notifier.app.composing import Composer
from notifier.app.daily import DailyRoom
from notifier.app.rulebook import Rulebook
from notifier.bot.access import Access
from notifier.bot.acting import acting
from notifier.bot.asking.skill import asking_skill
from notifier.bot.errands import Errands
from notifier.bot.reception import House, Reception
from notifier.bot.tidying import Tidying
from notifier.core.alerts import Language
from notifier.core.health import Health, Watchdog
from notifier.core.secrets import Secret
from notifier.core.talk import Skill
from notifier.store.entrance import Entrance
from notifier.text import book

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Joining:
    """What the skills are made of."""

    botting: Botting
    rulebook: Rulebook
    daily: DailyRoom
    health: Health
    watchdog: Callable[[], Watchdog]
    compose: Callable[[], Composer]
    """Returns what renders cards, as it is in force."""
    on_owed: Callable[[], None]
    """Called when cards are to be sent or edited."""

    def bot(self) -> Bot:
        """Return the bot with all that it can do."""
        clock = self.botting.clock
        others = (self._acting(), self._asking(), self.daily.skill())

        def on_asked() -> None:
            errands.wake()  # it is made after what tells it

        reception = self._reception(others, on_owed=on_asked)
        access = Access(reception, clock.now)
        errands = Errands(reception, self.botting.mouth, clock)
        tidying = Tidying(self.botting.ledger, clock, self.on_owed)

        def on_open() -> None:
            """Let whoever reads the log become the first admin, while there is none."""
            if code := access.first_admin_link(clock.now()):
                log.warning(
                    "nobody is an admin yet; who opens this within 15 minutes becomes one",
                    extra={"link": self._link(code)},
                )

        return self.botting.bot(
            Talents(
                skills=(access.skill, *others),
                comes=(access.comes,),
                moves=(access.moves, self.daily.moved),
                beside=(errands.run, tidying.run),
                on_open=on_open,
            )
        )

    def _acting(self) -> Skill:
        database, ledger = self.botting.database, self.botting.ledger
        desk = acting_desk(database, ledger, self.rulebook, self.compose, on_owed=self.on_owed)
        return acting(desk)

    def _asking(self) -> Skill:
        botting = self.botting
        observed = observed_by(self.health, self.watchdog, lambda: botting.hearing)
        path = botting.config.storage_path
        return asking_skill(asking_doors(self.rulebook, path, botting.clock, observed=observed))

    def _reception(self, others: tuple[Skill, ...], *, on_owed: Callable[[], None]) -> Reception:
        rulebook = self.rulebook
        house = House(
            books={language: book(language) for language in Language},
            language=lambda: rulebook.config.language,
            zone=lambda: rulebook.config.zone,
            hotlines=lambda: [hotline.number for hotline in rulebook.names.current.hotlines],
            commands=tuple(command for skill in others for command in skill.commands),
        )
        return Reception(
            people=self.botting.people,
            entrance=Entrance(self.botting.database, self.botting.people),
            house=house,
            secret=self.botting.clock.secret,
            link=self._link,
            on_owed=on_owed,
        )

    def _link(self, code: Secret) -> str:
        """Return what leads to the bot with `code`; what is typed, while its name is not known."""
        name = self.botting.hearing.name
        return f"https://t.me/{name}?start={code.reveal()}" if name else f"/start {code.reveal()}"
