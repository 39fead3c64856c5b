"""From a request to the messages about it: for admins, for whoever asked, and for the group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from notifier.core.access import (
    OF_PERSON,
    AccessRequest,
    Choice,
    No,
    Owing,
    RequestState,
)
from notifier.core.messages import Button, ButtonStyle, Line, Message, Phrases, bold, code, plain
from notifier.core.moments import moment
from notifier.core.people import Person, Role
from notifier.core.talk import Command, data_of

_LONGEST_NAME = 64
"""Letters of a name that somebody has given themselves."""

FIRST_STEPS = ("missed", "open", "find", "today", "help")
"""Commands that matter most, for whoever has just come in."""

_STYLES = {
    Choice.OPERATOR: ButtonStyle.GOOD,
    Choice.BIND: ButtonStyle.GOOD,
    Choice.BLOCK: ButtonStyle.DANGER,
}

_ICONS = {
    RequestState.OPEN: "🙋",
    RequestState.GRANTED: "✅",
    RequestState.REFUSED: "🚫",
    RequestState.BLOCKED: "⛔",
    RequestState.EXPIRED: "⌛",
}


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who reads it: the sentences of their language, their zone, and when."""

    say: Phrases
    zone: ZoneInfo
    now: datetime

    def moment(self, at: datetime) -> str:
        """Return an instant as they write it, to the minute."""
        return moment(at, self.say, now=self.now, zone=self.zone, seconds=False)

    def role(self, role: Role) -> str:
        """Return the name of a role."""
        return self.say(f"role.{role.value}")


def described(command: Command, say: Phrases) -> str:
    """Return what a command does; its usage where no sentence says it."""
    try:
        return say(f"command.{command.name}")
    except KeyError:
        return command.usage or command.name


def called(name: str) -> str:
    """Return a name that somebody gave themselves, on one line and not too long."""
    whole = " ".join(name.split())
    return whole if len(whole) <= _LONGEST_NAME else f"{whole[:_LONGEST_NAME]}…"


def who(identity: int, name: str, username: str = "") -> Line:
    """Return somebody by name and by the id that is theirs alone."""
    handle = f" @{username}" if username else ""
    return (
        bold(called(name) or "?"),
        plain(f"{called(handle) and handle} · "),
        code(str(identity)),
    )


def post_of(owing: Owing, eyes: Eyes, commands: Sequence[Command]) -> Message | None:
    """Return the message of `owing` as the request stands; None where nobody needs one any more."""
    request = owing.request
    if not owing.own:
        late = owing.message is None and request.state is not RequestState.OPEN
        return None if late else _for_admins(request, eyes)
    if request.chat is None:
        return _for_asker(request, eyes, commands)
    return _for_group(request, eyes)


def _for_admins(request: AccessRequest, eyes: Eyes) -> Message:
    say, group = eyes.say, request.chat is not None
    title = say("people.request_of_group" if group else "people.request")
    return Message(
        header=(plain(f"{_ICONS[request.state]} "), bold(title)),
        lines=tuple(_facts(request, eyes)),
        buttons=_answers(request, say),
    )


def _facts(request: AccessRequest, eyes: Eyes) -> Iterator[Line]:
    say = eyes.say
    if request.chat is not None:
        yield (plain("👥 "), *who(request.chat, request.title))
    yield (plain("👤 "), *who(request.person, request.name, request.username))
    language = say(f"language.{request.language.value}") if request.language else ""
    asked = eyes.moment(request.asked_at)
    yield (plain(f"🕑 {asked} · {language}" if language else f"🕑 {asked}"),)
    if request.state is not RequestState.OPEN:
        yield (plain(outcome(request, eyes)),)
    elif request.leaves_at:
        yield (plain(say("people.leaves_at", at=eyes.moment(request.leaves_at))),)


def outcome(request: AccessRequest, eyes: Eyes) -> str:
    """Return what has become of a request that is not open any more, and who decided it."""
    say = eyes.say
    if request.state is RequestState.EXPIRED or not request.decided_by:
        return say("people.unanswered")
    facts = {"by": called(request.decided_by), "at": eyes.moment(request.decided_at or eyes.now)}
    if request.role:
        return say("people.granted", role=eyes.role(request.role), **facts)
    return say(f"people.was_{request.state.value}", **facts)


def _answers(request: AccessRequest, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    if request.state is not RequestState.OPEN:
        return ()
    if request.chat is not None:
        return ((_answer(request, Choice.BIND, say), _answer(request, Choice.NO, say)),)
    buttons = [_answer(request, choice, say) for choice in OF_PERSON]
    return (tuple(buttons[:3]), tuple(buttons[3:]))


def _answer(request: AccessRequest, choice: Choice, say: Phrases) -> Button:
    style = _STYLES.get(choice, ButtonStyle.NORMAL)
    label = say(f"button.let.{choice.value}")
    return Button(label, data_of("let", request.id, choice.value), style=style)


def _for_asker(request: AccessRequest, eyes: Eyes, commands: Sequence[Command]) -> Message | None:
    if request.state is RequestState.GRANTED and request.role:
        return greeting(request.name, request.role, eyes.say, commands)
    if request.state is RequestState.REFUSED:
        return Message((plain(eyes.say("people.you_were_refused")),))
    return None


def greeting(name: str, role: Role, say: Phrases, commands: Sequence[Command]) -> Message:
    """Return the welcome of somebody who has a role: what they are, and where to begin."""
    known = {command.name: command for command in commands}
    first = [known[step] for step in FIRST_STEPS if step in known]
    return Message(
        header=(bold(say("people.welcome", name=called(name))),),
        lines=(
            (plain(say("people.you_are", role=say(f"role.{role.value}"))),),
            *((code(f"/{step.name}"), plain(f" {described(step, say)}")) for step in first),
        ),
    )


def _for_group(request: AccessRequest, eyes: Eyes) -> Message | None:
    say = eyes.say
    if request.state is RequestState.GRANTED:
        return Message((plain(f"✅ {say('people.group_is_in', by=called(request.decided_by))}"),))
    if request.state is not RequestState.OPEN:
        return None
    at = eyes.moment(request.leaves_at or eyes.now)
    button = Button(say("button.let.bind"), data_of("bind", request.id), style=ButtonStyle.GOOD)
    return Message((plain(f"👋 {say('people.group_waits', at=at)}"),), buttons=((button,),))


def knock(person: Person, say: Phrases, why: No | None) -> Message:
    """Return what a stranger reads who writes for the first time; `why` they cannot ask now."""
    header = (bold(say("people.hello", name=called(person.name))),)
    if why:
        return Message(header, ((plain(say(f"people.no.{why.value}")),),))
    button = Button(say("button.ask"), data_of("ask", "me"), style=ButtonStyle.GOOD)
    return Message(header, ((plain(say("people.not_in")),),), buttons=((button,),))
