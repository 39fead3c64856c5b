"""An alert before the eyes of one reader: what of it is shown, and how it is called."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from notifier.core.alerts import Alert, AlertKind, Language, short_id
from notifier.core.call_lines import Reader
from notifier.core.directory import Directory
from notifier.core.messages import Line, Phrases, italic
from notifier.core.phones import Mask
from notifier.core.rules.titles import title_name

BUTTONS_FOR = timedelta(hours=48)
"""How long after an alert fired there are buttons under its card."""

BUTTONS_AFTER_END = timedelta(hours=24)
"""How long after it ended there are."""

_BUILT_IN = ("missed", "abandoned", "unreached", "incoming", "outgoing", "internal")


class Menu(StrEnum):
    """Which buttons stand under a card."""

    MAIN = "main"
    REMIND = "remind"
    MUTE = "mute"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class CardView:
    """An alert and who looks at it; everything that a card depends on."""

    alert: Alert
    language: Language
    mask: Mask
    zone: ZoneInfo
    now: datetime
    """Instant of rendering; decides only which times need their date."""
    directory: Directory
    private: bool = False
    """Whether the chat is with one person."""
    interactive: bool = False
    """Whether taps are listened to, so that buttons which act are of use."""
    restored: bool = False
    """Whether a correction was taken back: it was reported untrue, and is true after all."""

    listens: bool = False
    """Whether recordings may be asked for at all; who may is looked at when they are."""
    menu: Menu = Menu.MAIN

    @property
    def aged(self) -> bool:
        """Whether the alert is too old for buttons."""
        return is_aged(self.alert, self.now)

    def reader(self, say: Phrases) -> Reader:
        """Return who looks at it, with the sentences `say` of their language."""
        return Reader(
            say=say,
            mask=self.mask,
            zone=self.zone,
            now=self.now,
            directory=self.directory,
            private=self.private,
        )


def is_aged(alert: Alert, now: datetime) -> bool:
    """Whether `alert` is too old for buttons, or ended too long ago."""
    over = alert.ended_at is not None and now - alert.ended_at >= BUTTONS_AFTER_END
    return over or now - alert.fired_at >= BUTTONS_FOR


def title_of(view: CardView, reader: Reader) -> str:
    """Return the title of the alert; a built-in one says what the call is known to be today."""
    alert = view.alert
    if alert.kind is AlertKind.CALL and alert.calls:
        return own_title(view, reader) or reader.say(title_name(alert.calls[0]))
    given = alert.title.get(view.language) or next(iter(alert.title.values()), "")
    return reader.discreet(given) or alert.rule


def own_title(view: CardView, reader: Reader) -> str:
    """Return a title that says more than what the call was; "" if it has none."""
    title = view.alert.title.get(view.language, "")
    built_in = {reader.say(f"title.{name}") for name in _BUILT_IN}
    return "" if title in built_in else reader.discreet(title)


def place_of(alert: Alert, reader: Reader, *, said: str = "") -> Line:
    """Return the hotline of all the calls; empty if they differ, or if `said` names it already."""
    places = {reader.hotline(call) for call in alert.calls}
    if len(places) != 1:
        return ()
    place = places.pop()
    names = [span.text.strip(" ()") for span in place]
    return () if any(name and name in said for name in names) else place


def footer_of(alert: Alert) -> Line:
    """Return the line by which people name the alert."""
    return (italic(f"#{short_id(alert.id)}"),)
