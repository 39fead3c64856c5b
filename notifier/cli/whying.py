"""The command that says why something was told, or was not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from notifier.cli.masking import Masking
from notifier.cli.moments import stamp
from notifier.cli.options import Fault, Settings, common, loaded, remembered
from notifier.cli.tables import Cell, format_option, show

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifier.core.alerts import Alert, Audit
    from notifier.core.reasons import Teller
    from notifier.store.mutes import MuteRecord
    from notifier.store.reading import Archive, Tried

_COLUMNS = ("at", "rule", "reason", "channel", "alert", "call", "detail")

_MOST_IDS = 5
"""Calls of an alert that are named; the rest is counted."""


@click.command(
    epilog="""\b
Examples:
  notifier why 3F9A0C                   an alert, by the #id on its card
  notifier why 1415096549774721835      a call, and the alerts that it is part of
  notifier why 3F9A0C --format json     with the bare names of reasons and states
"""
)
@click.argument("identity")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Else the language of the file.")
@click.option("--full", is_flag=True, help="Show customers' numbers whole.")
@format_option
@common
def why(*, settings: Settings, identity: str, lang: str | None, full: bool, form: str) -> None:
    """Say why the alert or call IDENTITY was told to whom, or was not.

    It tells what came of each alert, what was decided about it or the call, and what was sent.
    """
    from notifier.clock import SystemClock
    from notifier.core.alerts import Language
    from notifier.core.reasons import Teller
    from notifier.text import book

    config = loaded(settings, resolve=False)
    with remembered(config) as archive:
        found = _find(archive, identity.lstrip("#"))
        known = archive.call(identity) is not None
    if not found.any and known:
        none = f"nothing was decided about the call {identity}: no rule matched it, or one that"
        raise Fault(f"{none} waits for more; `notifier rules explain` says which")
    if not found.any:
        raise Fault(f"nothing is remembered of {identity}")
    say = book(Language(lang) if lang else config.language)
    teller = Teller(say, config.zone, SystemClock().now())
    masking = Masking.of(config, full=full)
    if form == "table":
        rows = _in_words(found, teller, masking)
    else:
        rows = _bare(found, config.zone, masking)
    show(rows, form, columns=_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Found:
    """All that is remembered of what was asked for."""

    alerts: tuple["Alert", ...]
    decided: tuple["Audit", ...]
    told: tuple["Tried", ...]
    mutes: "dict[str, MuteRecord]"

    @property
    def any(self) -> bool:
        return bool(self.alerts or self.decided or self.told)


def _find(archive: "Archive", identity: str) -> _Found:
    asked_for = archive.alerts_like(identity)
    found = [*asked_for, *archive.alerts_with(identity)]
    decided = [row for alert in asked_for for row in archive.decisions(alert=alert.id)]
    decided += archive.decisions(call=identity) if identity else []
    about = {alert.id for alert in found} | {row.alert for row in decided if row.alert}
    return _Found(
        tuple({alert.id: alert for alert in found}.values()),
        tuple(dict.fromkeys(sorted(decided, key=lambda row: row.at))),
        tuple(tried for one in sorted(about) for tried in archive.deliveries(alert=one)),
        {record.mute.id: record for record in archive.mutes()},
    )


def _row(at: datetime, zone: "ZoneInfo", **cells: Cell) -> dict[str, Cell]:
    return {**dict.fromkeys(_COLUMNS, ""), "at": stamp(at, zone), **cells}


def _bare(found: _Found, zone: "ZoneInfo", masking: Masking) -> list[dict[str, Cell]]:
    """Return what was found by the names that programs know it by."""
    rows = [
        _row(
            alert.fired_at,
            zone,
            rule=alert.rule,
            reason=f"state: {alert.state}",
            alert=alert.id,
            detail=" ".join(f"{name}={value}" for name, value in _facts(alert, zone, masking)),
        )
        for alert in found.alerts
    ]
    rows += [
        _row(
            row.at,
            zone,
            rule=row.rule,
            reason=row.reason.value,
            channel=row.channel,
            alert=row.alert,
            call=row.call,
            detail=row.detail,
        )
        for row in found.decided
    ]
    return rows + [_sent(tried, zone, f"{tried.reason}: {tried.state}") for tried in found.told]


def _facts(alert: "Alert", zone: "ZoneInfo", masking: Masking) -> Iterable[tuple[str, str]]:
    yield "kind", alert.kind.value
    if key := masking.key(alert):
        yield "key", key.replace(" ", "_")
    yield "count", str(alert.count)
    yield "suppressed", str(alert.suppressed)
    if alert.calls:
        yield "calls", ",".join(call.id for call in alert.calls)
    for name, at in (("deadline", alert.deadline), ("taken", alert.taken_at)):
        if at:
            yield name, at.astimezone(zone).isoformat(timespec="seconds")
    if alert.outcome:
        yield "outcome", alert.outcome.value


def _sent(tried: "Tried", zone: "ZoneInfo", reason: str) -> dict[str, Cell]:
    said = f"{tried.tries} tries {tried.failure} {tried.detail}".strip()
    return _row(
        tried.created_at,
        zone,
        reason=reason,
        channel=tried.channel,
        alert=tried.alert,
        detail=said,
    )


def _in_words(found: _Found, teller: "Teller", masking: Masking) -> list[dict[str, Cell]]:
    """Return what was found as people say it."""
    from notifier.core.alerts import Reason

    rows = [
        _row(
            alert.fired_at,
            teller.zone,
            rule=alert.rule,
            reason=teller.say(f"reason.word.{alert.state}"),
            alert=alert.id,
            detail="; ".join(_life(alert, teller, masking)),
        )
        for alert in found.alerts
    ]
    rows += [
        _row(
            row.at,
            teller.zone,
            rule=row.rule,
            reason=teller.reason(row.reason),
            channel=row.channel,
            alert=row.alert,
            call=row.call,
            detail=_mute(row, found, teller) or teller.detail(row),
        )
        for row in found.decided
    ]
    for tried in found.told:
        reason = teller.reason(Reason(tried.reason))
        state = teller.say(f"delivery.{tried.state}")
        cells = _sent(tried, teller.zone, f"{reason}: {state}")
        tries = teller.say("why.delivered", tries=tried.tries)
        rows.append({**cells, "detail": f"{tries} {tried.failure} {tried.detail}".strip()})
    return rows


def _mute(row: "Audit", found: _Found, teller: "Teller") -> str:
    """Return who muted it, until when and why; "" if no mute did, or it is not remembered."""
    from notifier.core.alerts import Reason

    record = found.mutes.get(row.detail.partition(" ")[0])
    if row.reason is not Reason.MUTED or record is None:
        return ""
    mute = record.mute
    until = teller.moment(record.ended_at or mute.until)
    facts = {"id": mute.id, "author": mute.author, "until": until}
    return teller.say("reason.mute_why", **facts, reason=mute.reason)


def _life(alert: "Alert", teller: "Teller", masking: Masking) -> Iterable[str]:
    """Give what `alert` is about and what has come of it, a part at a time."""
    say = teller.say
    if key := masking.key(alert):
        yield say("why.about", key=key)
    if alert.calls:
        ids = " ".join(call.id for call in alert.calls[:_MOST_IDS])
        left = " …" if len(alert.calls) > _MOST_IDS else ""
        yield say("why.calls", n=alert.count, ids=ids + left)
    if alert.deadline:
        yield say("why.deadline", at=teller.moment(alert.deadline))
    if alert.taken_at:
        yield say("why.taken", who=alert.taken_by, at=teller.moment(alert.taken_at))
    if alert.ended_at:
        yield _end(alert, teller, alert.ended_at)
    if alert.suppressed:
        yield say("why.suppressed", n=alert.suppressed)


def _end(alert: "Alert", teller: "Teller", at: datetime) -> str:
    say = teller.say
    how, shown_at = say(f"reason.word.{alert.outcome or alert.state}"), teller.moment(at)
    if alert.ended_by:
        return say("why.ended_by", at=shown_at, how=how, by=alert.ended_by)
    return say("why.ended", at=shown_at, how=how)
