"""Rule tests: the calls of a test through the engine, and what it says against what it should."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.alerts import Alert, AlertKind, AlertState, Audit
from notifier.core.calls import Call
from notifier.core.rules.engine import Engine
from notifier.core.rules.model import Mute
from notifier.core.rules.rehearsals import Rehearsal
from notifier.core.rules.trials import Expected, Trial

_AFTER = timedelta(days=1)
"""How long after the last call of a test time goes on, for reports and for what is quiet."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An expectation of a test that did not hold."""

    trial: Trial
    expected: Expected
    got: tuple[datetime, ...]
    """The moments for which the rule alerted: of its deadline, else of its last call."""
    why: tuple[Audit, ...]
    """What was decided about the rule, in order."""


def prove(engine: Engine, trials: Iterable[Trial], mutes: tuple[Mute, ...] = ()) -> list[Shortfall]:
    """Return every expectation of `trials` that `engine` does not meet, under the file's `mutes`.

    The clock is virtual, and calls are listed as soon as they have ended, or when the test says:
    what did not come is judged at its deadline.
    """
    prompt = tuple(replace(rule, lag=timedelta()) for rule in engine.rules)
    ready = replace(engine, rules=prompt, lag=timedelta())
    return [shortfall for trial in trials for shortfall in _prove(ready, trial, mutes)]


def _prove(engine: Engine, trial: Trial, mutes: tuple[Mute, ...]) -> list[Shortfall]:
    run = Rehearsal(engine, mutes)
    seen = sorted(
        ((trial.seen.get(call.id, _over(call)), call) for call in trial.calls),
        key=lambda pair: (pair[0], pair[1].id),
    )
    if seen:
        run.begin(min(call.started_at for call in trial.calls))
    for at, call in seen:
        run.see(call, at)
    run.finish(max([at + _AFTER for at, _ in seen] + _moments(trial), default=None))
    fired = [alert for alert in run.alerts if _counts(alert)]
    return [
        Shortfall(trial, expected, got, _why(run.audit, expected.rule))
        for expected in trial.expected
        if not _met(expected, got := _told_by(expected.rule, fired))
    ]


def _over(call: Call) -> datetime:
    return call.ended_at or call.started_at


def _moments(trial: Trial) -> list[datetime]:
    return [expected.at + _MINUTE for expected in trial.expected if expected.at]


def _counts(alert: Alert) -> bool:
    return alert.kind is not AlertKind.DIGEST and alert.state is not AlertState.WITHDRAWN


def _told_by(rule: str, alerts: Iterable[Alert]) -> tuple[datetime, ...]:
    moments = (alert.deadline or alert.occurred_at for alert in alerts if alert.rule == rule)
    return tuple(sorted(moments))


def _met(expected: Expected, got: Sequence[datetime]) -> bool:
    if expected.count is not None and expected.count != len(got):
        return False
    if expected.at is None:
        return True
    length = _MINUTE if expected.to_the_minute else timedelta(seconds=1)
    return len(got) == 1 and expected.at <= got[0] < expected.at + length


def _why(audit: Iterable[Audit], rule: str) -> tuple[Audit, ...]:
    return tuple(row for row in audit if row.rule == rule)
