"""Taps on the buttons of a card: each is looked at anew, and its popup tells how it went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from notifier.bot import acting_mutes
from notifier.bot.acting_doors import Desk
from notifier.bot.acting_sounds import recorded, sound
from notifier.core.acting import (
    history,
    may_see,
    mute_of_card,
    number_of,
    seen,
    signed,
    too_late,
)
from notifier.core.alerts import Alert, Audit, Reason, short_id
from notifier.core.card_buttons import CLOSINGS, REMINDERS, customer_of
from notifier.core.card_views import Menu, is_aged
from notifier.core.decisions import Act, Decision, Deed
from notifier.core.messages import Message, plain
from notifier.core.talk import Answer, Reaction, Tapped

_BACK = timedelta(days=30)
"""How far back the history of a number goes."""

_AS_SOON = timedelta(minutes=1)
"""A reminder that is so near to what is asked for is the same: the tap came twice."""

_STEPS = {"take": Act.TAKE, "called": Act.CALLED, "release": Act.RELEASE}


@dataclass(frozen=True, slots=True)
class Taps:
    """Reacts to taps."""

    desk: Desk

    async def react(self, tapped: Tapped) -> Reaction:
        """Do what a button asks for; a forged one, or one of a card elsewhere, does nothing."""
        if tapped.verb == "unmute":
            return self._unmute(tapped)
        alert, channel = self._tapped(tapped)
        say = self.desk.say(tapped.caller)
        if alert is None:
            return Reaction(say("acting.no_card"), loud=True)
        if is_aged(alert, tapped.now):
            bare = self._card(alert, tapped, channel)
            return Reaction(say("acting.card_too_old"), loud=True, answers=(bare,))
        if tapped.verb == "rec":
            call, caller, now = recorded(alert.calls), tapped.caller, tapped.now
            found = await sound(self.desk, call, caller, now, alert=alert.id)
            return Reaction(answers=(found,))
        act = self._others.get(tapped.verb, self._step)
        return act(alert, tapped, channel)

    @property
    def _others(self) -> dict[str, Callable[[Alert, Tapped, str], Reaction]]:
        """What is no plain step, by verb."""
        return {
            "close": self._close,
            "remind": self._remind,
            "mute": self._mute,
            "note": self._note,
            "menu": self._menu,
            "history": self._history,
            "number": self._number,
        }

    def _tapped(self, tapped: Tapped) -> tuple[Alert | None, str]:
        """Return the alert of a card of this chat, and the channel that shows it.

        In private there may be a card that was asked for, which no channel shows. Who may see an
        alert is told what it is anyway, so nothing is gained by naming it in a tap.
        """
        alert, caller = self.desk.cards.alert(tapped.about), tapped.caller
        if alert is None or not may_see(alert, caller.hotlines):
            return None, ""
        channel = self.desk.cards.channel_in(alert.id, caller.chat.id)
        return (alert, channel) if channel or caller.private else (None, "")

    def _step(self, alert: Alert, tapped: Tapped, channel: str) -> Reaction:
        act = _STEPS.get(tapped.verb)
        if act is None or tapped.argument:
            return self._forged(tapped)
        return self._done(Deed(act), alert, tapped, channel, told=f"acting.{tapped.verb}")

    def _close(self, alert: Alert, tapped: Tapped, channel: str) -> Reaction:
        if tapped.argument not in CLOSINGS:
            return self._forged(tapped)
        why = self.desk.say(tapped.caller)(f"closing.{tapped.argument}")
        return self._done(Deed(Act.CLOSE, text=why), alert, tapped, channel, told="acting.close")

    def _remind(self, alert: Alert, tapped: Tapped, channel: str) -> Reaction:
        if tapped.argument not in map(str, REMINDERS):
            return self._forged(tapped)
        deed = Deed(Act.REMIND, after=timedelta(minutes=int(tapped.argument)))
        if alert.remind_at and abs(alert.remind_at - tapped.now - deed.after) < _AS_SOON:
            return Reaction(self.desk.say(tapped.caller)("acting.remind"))
        return self._done(deed, alert, tapped, channel, told="acting.remind")

    def _done(
        self, deed: Deed, alert: Alert, tapped: Tapped, channel: str, *, told: str
    ) -> Reaction:
        """Have the ledger record a deed; one that comes too late says how the alert stands.

        The outbox owes the edit of every card. One that no channel shows is edited here, and so
        is one whose button should not have been there any more.
        """
        desk = self.desk
        acted = desk.act(alert, deed, tapped.caller, tapped.now)
        if acted is None:
            now = desk.cards.alert(alert.id) or alert
            popup = too_late(now, desk.reader(tapped.caller, tapped.now))
            return Reaction(popup, answers=(self._card(now, tapped, channel),))
        edits = () if channel else (self._card(acted, tapped, channel),)
        return Reaction(desk.say(tapped.caller)(told), answers=edits)

    def _mute(self, alert: Alert, tapped: Tapped, channel: str) -> Reaction:
        order = mute_of_card(alert, tapped.argument)
        if order is None:
            return self._forged(tapped)
        popup, told = acting_mutes.carry_out(self.desk, order, tapped.caller, tapped.now)
        if told is None:
            return Reaction(popup, loud=True)
        return Reaction(popup, answers=(self._card(alert, tapped, channel), Answer(told)))

    def _unmute(self, tapped: Tapped) -> Reaction:
        desk, caller = self.desk, tapped.caller
        popup, told = acting_mutes.end(desk, tapped.about, caller, tapped.now)
        return Reaction(
            popup, loud=told is None, answers=(Answer(told, edits=True),) if told else ()
        )

    def _note(self, alert: Alert, tapped: Tapped, _channel: str) -> Reaction:
        asks = self.desk.say(tapped.caller)("acting.ask_note", id=short_id(alert.id))
        question = Answer(Message((plain(asks),)), asks_back=f"note {alert.id}")
        return Reaction(answers=(question,))

    def _menu(self, alert: Alert, tapped: Tapped, channel: str) -> Reaction:
        if tapped.argument not in set(Menu):
            return self._forged(tapped)
        menu = Menu(tapped.argument)
        return Reaction(answers=(self._card(alert, tapped, channel, menu=menu),))

    def _history(self, alert: Alert, tapped: Tapped, _channel: str) -> Reaction:
        desk, number = self.desk, customer_of(alert)
        if not number:
            return self._forged(tapped)
        since = tapped.now - _BACK
        calls = desk.alerts.calls_between(since, tapped.now, number=number)
        calls = [call for call in calls if call.customer == number]
        theirs = seen(calls, tapped.caller.hotlines)
        return Reaction(history(theirs, desk.reader(tapped.caller, tapped.now)), loud=True)

    def _number(self, alert: Alert, tapped: Tapped, _channel: str) -> Reaction:
        number = number_of(alert)
        if not number:
            return self._forged(tapped)
        call, by = alert.calls[-1].id, signed(tapped.caller.person)
        looked = Audit(tapped.now, alert.rule, Reason.SEEN, alert.id, call, detail=by)
        self.desk.ledger.record(Decision(audit=[looked]), tapped.now)
        return Reaction(number, loud=True)

    def _card(
        self, alert: Alert, tapped: Tapped, channel: str, *, menu: Menu = Menu.MAIN
    ) -> Answer:
        message = self.desk.show(alert, tapped.caller, channel=channel, menu=menu)
        return Answer(message, edits=True)

    def _forged(self, tapped: Tapped) -> Reaction:
        return Reaction(self.desk.say(tapped.caller)("acting.no_card"), loud=True)
