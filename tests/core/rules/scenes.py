"""Small scenes of one Monday: calls at local times, played through the engine in virtual time."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from notifier.core.alerts import Alert, AlertKind, Reason
from notifier.core.calendars import Calendar, Span
from notifier.core.calls import Call, CallState, Direction
from notifier.core.decisions import Act, Decision
from notifier.core.rules.engine import Engine
from notifier.core.rules.language import EVERY
from notifier.core.rules.model import FollowUp, Mute, Rule, Throttle
from notifier.core.rules.rehearsals import Rehearsal
from tests.builders import HANOI, MINUTE, a_call, a_rule, a_talk, an_engine

HOUR = 60 * MINUTE

OFFICE = Calendar(
    "gio_lam",
    HANOI,
    {day: (Span(time(8), time(12)), Span(time(13), time(17, 30))) for day in range(5)},
)


def at(text: str) -> datetime:
    """Return a local time of Monday 2026-09-07, or of the day before it: "09:00", "08 09:00"."""
    day, _, clock = text.rpartition(" ")
    return datetime.fromisoformat(f"2026-09-{day or '07'}T{clock}").replace(tzinfo=HANOI)


def a_miss(when: str, **overrides: Any) -> Call:
    """Return a missed call that began and ended at `when`."""
    facts: dict[str, Any] = {"id": when, "started_at": at(when), "ended_at": at(when)}
    return a_call(**{**facts, **overrides})


def a_conversation(when: str, **overrides: Any) -> Call:
    """Return an answered call out to the customer that began at `when` and took a minute."""
    facts: dict[str, Any] = {
        "id": f"talk {when}",
        "direction": Direction.OUT,
        "started_at": at(when),
        "ended_at": at(when) + MINUTE,
    }
    return a_talk(**{**facts, **overrides})


def answered(call: Call) -> bool:
    return call.state is CallState.ANSWERED


CALLED_BACK = FollowUp(answered, EVERY, called_back=True)


def pausing(*steps: timedelta, forget_after: timedelta = timedelta()) -> Throttle:
    return Throttle(steps, forget_after)


def a_prompt_rule(name: str = "goi_nho", **overrides: Any) -> Rule:
    """Return a rule that judges at once and takes calls as listed at once."""
    return a_rule(name, **{"settle": timedelta(), "lag": timedelta(), **overrides})


def ended(call: Call) -> datetime:
    return call.ended_at or call.started_at


def played(
    engine: Engine | Rule,
    calls: Iterable[Call] = (),
    *,
    since: str = "06 00:00",
    until: str = "07 23:00",
    mutes: tuple[Mute, ...] = (),
) -> Rehearsal:
    """Return a run that has read each of `calls` when it ended, and gone on until `until`."""
    run = Rehearsal(engine if isinstance(engine, Engine) else an_engine(engine), mutes)
    run.begin(at(since))
    for call in sorted(calls, key=lambda call: (ended(call), call.id)):
        run.see(call, ended(call))
    run.advance(at(until))
    return run


def acted(run: Rehearsal, act: Act, when: str, by: str = "Lan") -> Decision:
    """Have the person `by` act on the newest alert at `when`."""
    moment = at(when)
    run.advance(moment)
    alert = single(run)[-1]
    decision = run.engine.act(act, alert, by, run._past.standing, moment)  # noqa: SLF001 - as a store would
    run._apply(decision, moment)  # noqa: SLF001 - likewise
    return decision


def single(run: Rehearsal) -> list[Alert]:
    """Return the alerts that gather no others."""
    return [alert for alert in run.alerts if alert.kind is not AlertKind.DIGEST]


def clock(moment: datetime) -> str:
    local = moment.astimezone(HANOI)
    return local.strftime("%H:%M") if local.day == 7 else local.strftime("%d %H:%M")


def fired(run: Rehearsal) -> list[str]:
    """Return when each alert fired."""
    return [clock(alert.fired_at) for alert in single(run)]


def said(run: Rehearsal) -> list[tuple[str, str, Reason]]:
    """Return when each channel was told, and why."""
    return [(clock(telling.at), telling.channel, telling.reason) for telling in run.tellings]


def why(run: Rehearsal) -> list[Reason]:
    return [row.reason for row in run.audit]
