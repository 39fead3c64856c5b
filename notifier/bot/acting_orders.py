"""Commands about alerts and mutes, for people who type: what their buttons do, by an id."""

from dataclasses import dataclass

from notifier.bot import acting_mutes
from notifier.bot.acting_doors import Desk
from notifier.bot.acting_sounds import recorded, sound
from notifier.core.acting import read_mute, seen, too_late
from notifier.core.alerts import UNTRUE, Alert, short_id
from notifier.core.commanding import usage_of
from notifier.core.decisions import Act, Deed
from notifier.core.messages import Message, plain
from notifier.core.people import Right
from notifier.core.talk import Answer, Asked, Command

COMMANDS = (
    Command("ack", Right.WORK, ("nhan",), "<id>", "/ack 3F9A0C"),
    Command("done", Right.WORK, ("xong",), "<id> [text]", "/done 3F9A0C khách đã mua hàng"),
    Command("note", Right.WORK, ("ghichu",), "<id> <text>", "/note 3F9A0C hẹn gọi lại lúc 15:00"),
    Command(
        "mute",
        Right.WORK,
        ("tat",),
        "<number | hotline | rule> <30m | 2h | 1d> [reason]",
        "/mute 0901234567 2h quấy rối",
    ),
    Command("unmute", Right.WORK, ("bat",), "<id>", "/unmute 4k7p2m9x"),
    Command("mutes", Right.LOOK, ("dangtat",)),
    Command("rec", Right.LISTEN, ("ghiam",), "<id>", "/rec 3F9A0C", private=True),
)
"""What can be asked; each has its sentence `command.<name>` for the help."""

_ACTS = {"ack": Act.TAKE, "done": Act.CLOSE, "note": Act.NOTE}


@dataclass(frozen=True, slots=True)
class Orders:
    """Answers commands."""

    desk: Desk

    async def reply(self, asked: Asked) -> tuple[Answer, ...]:
        """Do what a command asks for, and say how it went."""
        match asked.command.name:
            case "mute":
                return self._mute(asked)
            case "unmute":
                return self._unmute(asked)
            case "mutes":
                return (Answer(acting_mutes.listed(self.desk, asked.caller, asked.now)),)
            case "rec":
                return await self._rec(asked)
            case _:
                return self._act(asked)

    def _act(self, asked: Asked) -> tuple[Answer, ...]:
        act, text = _ACTS[asked.command.name], " ".join(asked.words[1:])
        if not asked.words or (act is Act.NOTE and not text) or (act is Act.TAKE and text):
            return self._usage(asked)
        found = self._one(asked)
        if isinstance(found, Message):
            return (Answer(found),)
        desk, say = self.desk, self.desk.say(asked.caller)
        acted = desk.act(found, Deed(act, text=text), asked.caller, asked.now)
        now = acted or desk.cards.alert(found.id) or found
        if acted is None and not (act is Act.NOTE and now.state not in UNTRUE):
            told = too_late(now, desk.reader(asked.caller, asked.now))
        else:
            told = say(f"acting.{asked.command.name}")
        return _said(f"#{short_id(found.id)}: {told}")

    def _one(self, asked: Asked) -> Alert | Message:
        """Return the alert that the first word names, or why there is not just one."""
        say, word = self.desk.say(asked.caller), asked.words[0]
        found = self.desk.found(word, asked.caller)
        if len(found) == 1:
            return found[0]
        shown = word.lstrip("#")[:16].upper()
        name = "acting.several" if found else "acting.no_such_alert"
        return Message((plain(say(name, id=shown)),))

    def _mute(self, asked: Asked) -> tuple[Answer, ...]:
        desk = self.desk
        order = read_mute(asked.words, desk.engine().named, desk.directory())
        if order is None:
            return self._usage(asked)
        line, told = acting_mutes.carry_out(desk, order, asked.caller, asked.now)
        return (Answer(told),) if told else _said(line)

    def _unmute(self, asked: Asked) -> tuple[Answer, ...]:
        if len(asked.words) != 1:
            return self._usage(asked)
        line, told = acting_mutes.end(self.desk, asked.words[0], asked.caller, asked.now)
        return (Answer(told),) if told else _said(line)

    async def _rec(self, asked: Asked) -> tuple[Answer, ...]:
        """Answer with a recording, of an alert or of a call by its whole id."""
        if len(asked.words) != 1:
            return self._usage(asked)
        desk, caller = self.desk, asked.caller
        call = desk.alerts.call(asked.words[0])
        if call is not None and seen([call], caller.hotlines):
            call = recorded((call,))
            return (await sound(desk, call, caller, asked.now),)
        found = self._one(asked)
        if isinstance(found, Message):
            return (Answer(found),)
        call = recorded(found.calls)
        return (await sound(desk, call, caller, asked.now, alert=found.id),)

    def _usage(self, asked: Asked) -> tuple[Answer, ...]:
        return (Answer(usage_of(asked.command, self.desk.say(asked.caller))),)


def _said(text: str) -> tuple[Answer, ...]:
    return (Answer(Message((plain(text),))),)
