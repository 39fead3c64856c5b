"""The buttons under a card, by what the alert is, where it stands and who reads it."""

from collections.abc import Iterator
from typing import TypeAlias

from notifier.core.alerts import LIVE, UNTRUE, Alert, AlertKind, AlertState
from notifier.core.calls import UNKNOWN_HOTLINE
from notifier.core.card_views import CardView, Menu
from notifier.core.messages import Button, ButtonStyle, Phrases
from notifier.core.phones import Mask
from notifier.core.talk import data_of

Row: TypeAlias = tuple[Button, ...]

REMINDERS = (15, 30, 60)
"""Minutes after which somebody may ask to be reminded, by button."""

MUTES = (1, 4, 24)
"""Hours for which something may be muted by button."""

CLOSINGS = ("solved", "no_need", "wrong_number", "spam")
"""Why an alert may be closed, by button; each has its sentence."""

_ACTING = frozenset({AlertKind.CALL, AlertKind.WINDOW, AlertKind.QUIET})
"""Kinds of alerts that somebody can do something about."""


def buttons(view: CardView, say: Phrases) -> tuple[Row, ...]:
    """Return the rows of buttons under the card of `view`; none once the alert is too old."""
    acts: tuple[Row, ...] = ()
    if view.interactive and not view.aged and view.alert.kind in _ACTING:
        acts = _menu(view, say)
    return tuple(row for row in (*acts, tuple(_copies(view, say))) if row)


def customer_of(alert: Alert) -> str:
    """Return the one customer that `alert` is about; "" for none or several."""
    customers = {call.customer for call in alert.calls}
    return customers.pop() if len(customers) == 1 else ""


def hotline_of(alert: Alert) -> str:
    """Return the one known hotline of the calls of `alert`; "" for none or several."""
    hotlines = {call.hotline for call in alert.calls}
    found = hotlines.pop() if len(hotlines) == 1 else ""
    return "" if found == UNKNOWN_HOTLINE else found


def _menu(view: CardView, say: Phrases) -> tuple[Row, ...]:
    alert = view.alert
    if alert.state in UNTRUE:
        return ()
    if alert.state not in LIVE:
        return (tuple(_looks(view, say)), (_tap(say, "note", alert),))
    match view.menu:
        case Menu.REMIND:
            chosen = (_tap(say, "remind", alert, f"{n}", n=n) for n in REMINDERS)
            return (tuple(chosen), _back(say, alert))
        case Menu.MUTE:
            return (*_mutes(alert, say), _back(say, alert))
        case Menu.CLOSE:
            why = [_labelled(say(f"closing.{c}"), "close", alert, c) for c in CLOSINGS]
            return (tuple(why[:2]), tuple(why[2:]), _back(say, alert))
        case _:
            return (
                tuple(_steps(alert, say)),
                (_opens(say, Menu.REMIND, alert), _tap(say, "note", alert)),
                tuple(_looks(view, say)),
                (_opens(say, Menu.CLOSE, alert), _opens(say, Menu.MUTE, alert)),
            )


def _steps(alert: Alert, say: Phrases) -> Iterator[Button]:
    """Yield what moves a live alert on."""
    if alert.state is AlertState.OPEN:
        yield _tap(say, "take", alert, style=ButtonStyle.GOOD)
    if alert.kind is AlertKind.CALL and any(call.missed for call in alert.calls):
        yield _tap(say, "called", alert)
    if alert.state is AlertState.ACKNOWLEDGED:
        yield _tap(say, "release", alert)


def _looks(view: CardView, say: Phrases) -> Iterator[Button]:
    """Yield what tells more of the alert."""
    alert = view.alert
    if customer_of(alert):
        yield _tap(say, "history", alert)
        if view.mask is not Mask.FULL:
            yield _tap(say, "number", alert)
    recorded = any(call.recording_urls for call in alert.calls)
    if recorded and view.private and view.listens:
        yield _tap(say, "rec", alert)


def _mutes(alert: Alert, say: Phrases) -> tuple[Row, ...]:
    """Return a row for each thing that can be muted: the number, the hotline, the rule."""
    known = {"number": customer_of(alert), "hotline": hotline_of(alert), "rule": alert.rule}
    return tuple(
        tuple(
            _labelled(say(f"button.mute_{what}", n=n), "mute", alert, f"{what}-{n}") for n in MUTES
        )
        for what, value in known.items()
        if value
    )


def _copies(view: CardView, say: Phrases) -> Iterator[Button]:
    customer = customer_of(view.alert)
    if view.private and view.mask is Mask.FULL and customer:
        yield Button(say("button.copy"), copies=customer)


def _opens(say: Phrases, menu: Menu, alert: Alert) -> Button:
    style = ButtonStyle.DANGER if menu is Menu.MUTE else ButtonStyle.NORMAL
    return _labelled(say(f"button.{menu}s"), "menu", alert, menu.value, style=style)


def _back(say: Phrases, alert: Alert) -> Row:
    return (_labelled(say("button.back"), "menu", alert, Menu.MAIN.value),)


def _tap(
    say: Phrases,
    verb: str,
    alert: Alert,
    argument: str = "",
    *,
    n: int = 0,
    style: ButtonStyle = ButtonStyle.NORMAL,
) -> Button:
    return _labelled(say(f"button.{verb}", n=n), verb, alert, argument, style=style)


def _labelled(
    label: str,
    verb: str,
    alert: Alert,
    argument: str = "",
    *,
    style: ButtonStyle = ButtonStyle.NORMAL,
) -> Button:
    return Button(label, data=data_of(verb, alert.id, argument), style=style)
