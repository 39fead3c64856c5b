"""Joins acting on alerts: what is at hand where people act, and cards for whoever asks for one."""

from collections.abc import Callable
from dataclasses import dataclass

from notifier.app.composing import Composer
from notifier.app.rulebook import Rulebook
from notifier.bot.acting_doors import Desk, Fetches
from notifier.core.alerts import Alert, AlertState, Language
from notifier.core.card_views import Menu
from notifier.core.cards import CardView, card
from notifier.core.commanding import language_of
from notifier.core.followings import chat_of
from notifier.core.messages import Message
from notifier.core.people import Caller
from notifier.store.database import Database
from notifier.store.ledger import Ledger
from notifier.store.outbox import Outbox
from notifier.store.reading import Archive
from notifier.text import book


@dataclass(frozen=True, slots=True)
class Shower:
    """Renders cards that are edited after a tap: as their channel does, or as the caller reads."""

    composer: Callable[[], Composer]
    """The one in force: a file that was read again has another."""
    language: Language

    def __call__(self, alert: Alert, caller: Caller, /, *, channel: str, menu: Menu) -> Message:
        """Return the card of `alert`; for `caller` where no channel, or none in force, shows it."""
        composer = self.composer()
        if channel in composer.routes or chat_of(channel) is not None:
            return composer(alert, channel, menu=menu)
        language = language_of(caller, None, self.language)
        view = CardView(
            alert=alert,
            language=language,
            mask=caller.mask,
            zone=composer.zone,
            now=composer.clock.now(),
            directory=composer.directory(),
            private=caller.private,
            interactive=True,
            restored=alert.state is AlertState.OPEN and alert.corrected > 0,
            listens=composer.listens,
            menu=menu,
        )
        return card(view, book(language))


def acting_desk(
    database: Database,
    ledger: Ledger,
    rulebook: Rulebook,
    composer: Callable[[], Composer],
    *,
    on_owed: Callable[[], None],
    fetch: Fetches | None = None,
) -> Desk:
    """Return what `notifier.bot.acting.acting` works at; without `fetch` there are no recordings.

    `on_owed` is called when cards are to be edited.
    """
    config = rulebook.config
    return Desk(
        alerts=Archive(database),
        ledger=ledger,
        cards=Outbox(database),
        show=Shower(composer, config.language),
        fetch=fetch,
        on_owed=on_owed,
        engine=rulebook.engine,
        directory=lambda: rulebook.names.current,
        book=book,
        language=config.language,
        zone=config.zone,
    )
