"""Answers about the rules and about the service: what is in force, and why something was told."""

from dataclasses import dataclass
from datetime import timedelta

from notifier.bot.asking.doors import Doors
from notifier.core.asking.accounts import Account, account_message
from notifier.core.asking.questions import may_see
from notifier.core.asking.rulings import (
    rehearsed_message,
    rule_message,
    rules_message,
    unknown_rule,
)
from notifier.core.commanding import usage_of
from notifier.core.messages import Message, plain
from notifier.core.people import Caller, Right
from notifier.core.queries import read_period
from notifier.core.summaries import status_message
from notifier.core.talk import Answer, Asked, Command

COMMANDS = (
    Command("rules", Right.GOVERN, ("quytac",), private=True),
    Command("rule", Right.GOVERN, (), "name", "/rule goi_nho", private=True),
    Command("testrule", Right.GOVERN, ("thu",), "name [7d]", "/testrule goi_nho 7d", private=True),
    Command("why", Right.LOOK, ("visao",), "id", "/why 3F9A0C"),
    Command("status", Right.LOOK, ("trangthai",)),
)
"""What rulings answer."""

_WEEK = timedelta(days=7)

_MOST_WORDS = 2

_SHORTEST_ID = 4
"""Letters of an id by which something is found."""

_LONGEST_ECHO = 32
"""Letters of what was typed that are said back."""


@dataclass(slots=True)
class Rulings:
    """Answers about rules, decisions and the service."""

    doors: Doors

    async def reply(self, asked: Asked) -> tuple[Answer, ...]:
        """Return what was asked for, or how it is asked rightly."""
        match asked.command.name:
            case "rules":
                message = await self._rules(asked)
            case "rule":
                message = self._rule(asked)
            case "testrule":
                message = await self._rehearse(asked)
            case "why":
                message = await self._why(asked)
            case _:
                message = await self._status(asked)
        return (Answer(message),)

    async def _rules(self, asked: Asked) -> Message:
        since = asked.now - _WEEK
        done = await self.doors.look(lambda records: records.done(since))
        return rules_message(self.doors.rules(), done, self.doors.reader(asked.caller, asked.now))

    def _rule(self, asked: Asked) -> Message:
        reader = self.doors.reader(asked.caller, asked.now)
        if len(asked.words) != 1:
            return usage_of(asked.command, reader.say)
        rules, name = self.doors.rules(), asked.words[0]
        rule = rules.called(name)
        if rule is None:
            return unknown_rule(name[:_LONGEST_ECHO], rules.rules, reader)
        return rule_message(rule, rules, reader)

    async def _rehearse(self, asked: Asked) -> Message:
        reader = self.doors.reader(asked.caller, asked.now)
        if not 1 <= len(asked.words) <= _MOST_WORDS:
            return usage_of(asked.command, reader.say)
        name, word = (*asked.words, "7d")[:_MOST_WORDS]
        period = read_period(word.lower(), asked.now, self.doors.zone)
        if period is None or period.since >= asked.now:
            return usage_of(asked.command, reader.say)
        if self.doors.rehearse is None:
            return Message((plain(reader.say("asking.no_test")),))
        rules = self.doors.rules()
        rule = rules.called(name)
        if rule is None:
            return unknown_rule(name[:_LONGEST_ECHO], rules.rules, reader)
        return rehearsed_message(await self.doors.rehearse(rule.name, period.since), reader)

    async def _why(self, asked: Asked) -> Message:
        reader = self.doors.reader(asked.caller, asked.now)
        if len(asked.words) != 1:
            return usage_of(asked.command, reader.say)
        identity = asked.words[0].lstrip("#")
        account = Account()
        if len(identity) >= _SHORTEST_ID:
            account = await self.doors.look(lambda records: records.account(identity))
        known = await self._seen(account, identity, asked.caller)
        if account.empty or not known:
            return Message((plain(reader.say("asking.no_call", id=identity[:_LONGEST_ECHO])),))
        return account_message(identity, account, reader)

    async def _seen(self, account: Account, identity: str, caller: Caller) -> bool:
        """Whether every call that `account` is of may be shown to `caller`; without any, to all."""
        if not caller.hotlines:
            return True
        call = await self.doors.look(lambda records: records.call(identity))
        calls = [
            *(call for alert in account.alerts for call in alert.calls),
            *([call] if call else []),
        ]
        return bool(calls) and all(may_see(one.hotline, caller.hotlines) for one in calls)

    async def _status(self, asked: Asked) -> Message:
        reader = self.doors.reader(asked.caller, asked.now)
        status = await self.doors.look(lambda records: records.status(asked.now))
        return status_message(self.doors.observed(status), reader)
