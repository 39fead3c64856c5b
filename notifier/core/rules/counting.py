"""Rules that look at several calls: what a call, late or corrected, makes of their windows."""

from dataclasses import replace

from notifier.core.alerts import LIVE, UNTRUE, Alert, AlertKind, AlertState, Reason
from notifier.core.calls import Call, Change
from notifier.core.rules.aggregates import RESET, Entry, Verdict
from notifier.core.rules.bench import MOST_CALLS, Bench, Story
from notifier.core.rules.gates import pass_gates, restart
from notifier.core.rules.keys import values_of
from notifier.core.rules.model import Rule


def count(bench: Bench, rule: Rule, call: Call) -> None:
    """Judge every window that a settled match ends, and those later ones that it makes true."""
    for key in values_of(rule.per, call, bench.zone):
        if bench.windows.too_few(rule, key):
            continue
        own = bench.windows.own(rule, key, call)
        if own is None:
            continue  # it came so late that no window reaches back to it
        _spoil(bench, rule, key, own)  # before its own alert, whose pause theirs would be
        verdict = bench.windows.judge(rule, key, own)
        if verdict.holds:
            _tell(bench, rule, key, call, own, verdict)
        _catch_up(bench, rule, key, own)


def _spoil(bench: Bench, rule: Rule, key: str, late: Entry) -> None:
    """Take back what was judged before `late` was known, and is not true with it."""
    for entry in bench.windows.after(rule, key, late):
        _take_back(bench, rule, key, entry)


def _catch_up(bench: Bench, rule: Rule, key: str, late: Entry) -> None:
    """Tell of the windows of later calls that only `late` makes true."""
    for entry in bench.windows.after(rule, key, late):
        with_it = bench.windows.judge(rule, key, entry)
        if with_it.holds and not bench.windows.judge(rule, key, entry, without=late.identity).holds:
            _tell(bench, rule, key, _call_of(entry, late), entry, with_it)


def start_again(bench: Bench, rule: Rule, call: Call) -> None:
    """Take back what a call that resets, and came late, no longer lets be true."""
    for key in values_of(rule.per, call, bench.zone):
        own = bench.windows.own(rule, key, call)
        if own and own.value is RESET:
            _spoil(bench, rule, key, own)


def _call_of(entry: Entry, late: Entry) -> Call | None:
    return entry.call or late.call


def recount(bench: Bench, rule: Rule, change: Change) -> None:
    """Judge again what a corrected call was part of, if it is not there as it was."""
    if change.before is None:
        return
    zone, windows = bench.zone, bench.windows
    keys = (*values_of(rule.per, change.before, zone), *values_of(rule.per, change.after, zone))
    for key in dict.fromkeys(keys):
        was, now = (windows.entry(rule, key, one) for one in (change.before, change.after))
        if (was and was[:3]) != (now and now[:3]):
            _rejudge(bench, rule, key, was, now)


def _rejudge(bench: Bench, rule: Rule, key: str, was: Entry | None, now: Entry | None) -> None:
    """Judge the windows again that hold a call which was `was`, and is `now`."""
    windows = bench.windows
    moved = min((entry for entry in (was, now) if entry), key=lambda entry: entry.at)
    ends = list(windows.after(rule, key, moved))
    for entry in (was or moved, *ends):
        _take_back(bench, rule, key, entry, gone=moved.identity)
    for entry in ends:
        past = windows.judge(rule, key, entry, without=moved.identity, instead=was)
        verdict = windows.judge(rule, key, entry)
        if verdict.holds and not past.holds:
            _tell(bench, rule, key, _call_of(entry, now or moved), entry, verdict)


def _take_back(bench: Bench, rule: Rule, key: str, entry: Entry, *, gone: str = "") -> None:
    """Correct the alert that tells of the window of `entry`, if none of its words is true.

    Else have the call `gone` leave it, which does not count in there any more.
    """
    alert = _telling(bench, rule, key, entry)
    if alert is None:
        return
    left = tuple(call for call in alert.calls if call.id != gone)
    counts = {one.identity for one in bench.windows.of(rule, key) if one.value is not RESET}
    left = alert.calls if gone in counts else left
    words = [verdict for verdict in _words(bench, rule, alert) if verdict.holds]
    if not words:
        _untrue(bench, rule, replace(alert, calls=left), gone)
    elif left != alert.calls:
        kept = bench.correct(alert, calls=left, count=_number(words[-1]))
        bench.postings.refresh(kept, bench.heard(kept))
        bench.note(rule.name, Reason.REVISED, gone, alert=alert.id)


def _telling(bench: Bench, rule: Rule, key: str, entry: Entry) -> Alert | None:
    """Return the live alert that told of the window of `entry` first, or did so last."""
    known = bench.known(rule, f"{entry.identity}@{key}")
    if known and known.state in LIVE:
        return known
    live = bench.live(rule, key)
    return live if live and live.occurred_at == entry.at else None


def _words(bench: Bench, rule: Rule, alert: Alert) -> list[Verdict]:
    """Return what the windows amount to by now that `alert` told of, first and last."""
    first = alert.subject.partition("@")[0]
    matches = [e for e in bench.windows.of(rule, alert.key) if e.value is not RESET]
    words = [entry for entry in matches if entry.identity == first]
    if not any(entry.at == alert.occurred_at for entry in words):
        words += [entry for entry in matches if _said_last(alert, entry)]
    return [bench.windows.judge(rule, alert.key, entry) for entry in words]


def _said_last(alert: Alert, entry: Entry) -> bool:
    """Whether the last word of `alert` was of the window of `entry`; of a share also a like one."""
    if entry.at != alert.occurred_at or not alert.calls:
        return False
    newest = alert.calls[-1]  # which ended the window, unless it is not of those that are shared
    return newest.id == entry.identity or (newest.ended_at or newest.started_at) != entry.at


def _untrue(bench: Bench, rule: Rule, alert: Alert, gone: str) -> None:
    heard = bench.heard(alert)
    gathered = alert.id in bench.standing.gathered
    state = AlertState.REVISED if heard or gathered else AlertState.WITHDRAWN
    revised = bench.correct(alert, state=state, corrected=alert.corrected + 1)
    bench.withdraw(alert)
    bench.postings.revise_digests(alert.id)
    bench.postings.owe(revised, Reason.REVISED, heard)
    bench.note(rule.name, Reason.REVISED, gone, alert=alert.id, detail=state)
    restart(bench, rule, alert.key, alert.occurred_at)


def _tell(
    bench: Bench, rule: Rule, key: str, call: Call | None, last: Entry, verdict: Verdict
) -> None:
    """A window holds: fire, say it again, or say why not."""
    calls = tuple(entry.call for entry in verdict.entries if entry.call) or (
        (call,) if call else ()
    )
    story = Story(
        AlertKind.WINDOW,
        key,
        last.at,
        calls=calls,
        subject=f"{last.identity}@{key}",
        count=_number(verdict),
        amount=verdict.amount,
    )
    known = bench.known(rule, story.subject)
    if known and known.state not in UNTRUE:
        return
    passed = pass_gates(bench, rule, story)
    if passed is None:
        return
    if known:
        revived = bench.correct(known, state=AlertState.OPEN, calls=calls, count=story.count)
        heard = bench.heard(revived)
        bench.postings.owe(revived, Reason.REVISED, heard)
        bench.owe(rule, revived, to=[name for name in rule.to if name not in heard])
    elif passed.again:
        _say_again(bench, rule, story, passed.again, swallowed=passed.swallowed)
    else:
        bench.fire(rule, story, swallowed=passed.swallowed)


def _say_again(bench: Bench, rule: Rule, story: Story, live: Alert, *, swallowed: int) -> None:
    """Let the live alert tell of the window as it is now."""
    suppressed = live.suppressed + swallowed
    title, text = bench.words(rule, story, suppressed)
    again = bench.correct(
        live,
        title=title,
        text=text,
        calls=story.calls[-MOST_CALLS:],
        count=story.count,
        suppressed=suppressed,
        occurred_at=story.at,
    )
    bench.postings.owe(again, Reason.REPEAT, rule.to)


def _number(verdict: Verdict) -> int:
    """Return how many calls an alert stands for."""
    return len(verdict.entries)
