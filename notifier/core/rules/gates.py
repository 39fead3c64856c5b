"""What may keep a match from being told: a mute, another rule, somebody at work on it, a pause."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from notifier.core.alerts import Alert, AlertState, Reason
from notifier.core.calls import Call
from notifier.core.rules.bench import Bench, Story
from notifier.core.rules.keys import value_of
from notifier.core.rules.model import Mute, Rule, Stale, Suppress
from notifier.core.rules.throttles import admit

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any call, also one that comes late."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A match that may be told."""

    swallowed: int = 0
    """Matches before it that were not."""
    again: Alert | None = None
    """The live alert that it says again; None for a new one."""


def pass_gates(bench: Bench, rule: Rule, story: Story) -> Passed | None:
    """Return how `story` may be told, or None; then an audit row says why not."""
    call = story.calls[-1] if story.calls else None
    identity = call.id if call else ""
    at = story.deadline or story.at
    if bench.now - at > rule.max_age and rule.stale is Stale.DROP:
        age = f"{int((bench.now - at).total_seconds())} s"
        bench.note(rule.name, Reason.STALE, identity, detail=age)
    elif mute := _mute(bench, rule, story.key, call):
        bench.note(rule.name, Reason.MUTED, identity, detail=f"{mute.id} {mute.author}")
    elif speaker := _speaker(bench, rule, story.key, call):
        counted = bench.put(replace(speaker, suppressed=speaker.suppressed + 1))
        bench.postings.refresh(counted, bench.heard(counted))
        bench.note(rule.name, Reason.SUPPRESSED, identity, detail=speaker.rule)
    elif rule.every and not rule.repeats:
        return _throttled(bench, rule, story, identity)
    else:
        return _joined(bench, rule, story, call)
    return None


def _mute(bench: Bench, rule: Rule, key: str, call: Call | None) -> Mute | None:
    hotline = call.hotline if call else (key if rule.per == "hotline" else "")
    keys = {key, call.customer if call else ""}
    return next(
        (
            mute
            for mute in bench.standing.mutes
            if mute.since <= bench.now < mute.until
            and mute.rule in {"", rule.name}
            and (not mute.hotline or mute.hotline == hotline)
            and (not mute.key or mute.key in keys)
        ),
        None,
    )


def _speaker(bench: Bench, rule: Rule, key: str, call: Call | None) -> Alert | None:
    """Return the live alert that speaks for what `rule` has found."""
    for order in bench.engine.suppress:
        if rule.name in order.rules:
            for alert in bench.live_of(order.speaker):
                if _speaks(bench, order, alert) and _alike(bench, order, alert, rule, key, call):
                    return alert
    return None


def _speaks(bench: Bench, order: Suppress, alert: Alert) -> bool:
    """Whether what `alert` tells of still goes on, as far as anybody knows."""
    rule = bench.engine.named.get(order.speaker)
    if rule is None:
        return False
    if rule.endings or rule.quiet:
        return True  # it is live until something ends it
    spans = [rule.aggregate.within if rule.aggregate else rule.max_age]
    spans += rule.every.steps[-1:] if rule.every else ()
    return bench.now - alert.occurred_at <= max(spans)


def _alike(
    bench: Bench, order: Suppress, alert: Alert, rule: Rule, key: str, call: Call | None
) -> bool:
    speaker = bench.engine.named.get(order.speaker)
    first = alert.calls[0] if alert.calls else None
    return all(
        _said(bench, field, speaker, alert.key, first) == _said(bench, field, rule, key, call)
        for field in order.same
    )


def _said(bench: Bench, field: str, rule: Rule | None, key: str, call: Call | None) -> str:
    if rule and field in {rule.per, rule.key}:
        return key
    return value_of(field, call, bench.zone) if call else ""


def _throttled(bench: Bench, rule: Rule, story: Story, identity: str) -> Passed | None:
    """Let `every` decide, and who is at work on the alert that the match would say again."""
    assert rule.every is not None  # noqa: S101 - the caller has looked
    admitted, state = admit(rule.every, bench.throttle(rule, story.key), story.at)
    if not admitted:
        bench.keep(rule, story.key, state)
        bench.note(rule.name, Reason.THROTTLED, identity, detail=f"{state.swallowed}")
        return None
    live = bench.live(rule, story.key) if rule.aggregate else None
    if live and not state.step:
        bench.put(replace(live, state=AlertState.EXPIRED))
        bench.note(rule.name, Reason.EXPIRED, alert=live.id)
        live = None
    if live and live.state is AlertState.ACKNOWLEDGED:
        bench.keep(rule, story.key, replace(state, swallowed=state.swallowed + 1))
        bench.note(rule.name, Reason.ACKNOWLEDGED, identity, alert=live.id, detail=live.taken_by)
        return None
    bench.keep(rule, story.key, replace(state, swallowed=0))
    return Passed(state.swallowed, again=live)


def _joined(bench: Bench, rule: Rule, story: Story, call: Call | None) -> Passed | None:
    """Count a further match on the live alert of its key, which asks for the same thing."""
    live = bench.live(rule, story.key) if call and (rule.key or rule.quiet) else None
    if live is None or call is None or not (rule.endings or rule.quiet):
        return Passed()
    calls = live.calls if call in live.calls else (*live.calls, call)
    joined = bench.correct(live, calls=calls, count=live.count + 1)
    bench.postings.refresh(joined, bench.heard(joined))
    taken = live.state is AlertState.ACKNOWLEDGED
    reason = Reason.ACKNOWLEDGED if taken else Reason.THROTTLED
    bench.note(rule.name, reason, call.id, alert=live.id)
    return None


def restart(bench: Bench, rule: Rule, key: str, at: datetime) -> None:
    """Have the pause of `rule` and `key` be over: the alert `at` that began it was not true."""
    past = bench.throttle(rule, key)
    if rule.every and past and past.last_at == at:
        bench.keep(rule, key, replace(past, last_at=_LONG_AGO, step=0))
