"""The command that tries a rule on the calls that are remembered, before anybody is told."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from notifier.cli.explaining import rule_of
from notifier.cli.masking import Masking
from notifier.cli.moments import instants, stamp
from notifier.cli.options import Settings, common, loaded, opened
from notifier.cli.rehearsing import rehearse
from notifier.cli.tables import Cell, format_option, show
from notifier.core.rules.tolls import (
    HELD_BACK,
    MESSAGES,
    MOST_A_DAY,
    Stretch,
    alerts_of,
    busiest,
    messages_of,
)

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from notifier.config.settings import Config
    from notifier.core.alerts import Alert, Reason
    from notifier.core.rules.model import Rule
    from notifier.core.rules.rehearsals import Rehearsal, Telling
    from notifier.store.database import Database

_COLUMNS = ("at", "reason", "about", "title", "calls")

_BARS = "▁▂▃▄▅▆▇█"

_BUSIEST = 3
"""Hours of the day that are named."""


@click.command(
    "try",
    epilog="""\b
Examples:
  notifier rules try chua_goi_lai --since 7d
  notifier rules try goi_nho --days 30 --show 5
  notifier rules try goi_nho --since 2026-09-01 --until 2026-09-08 --format csv --full
""",
)
@click.argument("name")
@click.option("--since", default="7d", show_default=True, help="90m, 2h, 7d, today or a date.")
@click.option("--until", default="", help="The same; now if it is left out.")
@click.option("--days", type=click.IntRange(1, 3650), help="Another way to write --since.")
@click.option(
    "--show", "most", type=click.IntRange(0, 100_000), default=10, show_default=True,
    help="How many messages are listed, the newest ones.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Show customers' numbers whole.")
@format_option
@common
def try_rule(
    *,
    settings: Settings,
    name: str,
    since: str,
    until: str,
    days: int | None,
    most: int,
    full: bool,
    form: str,
) -> None:
    """Say what the rule NAME would have told of the calls that are remembered.

    It is run by itself, with its hours, pauses, limits and mutes; nothing is sent or kept.
    """
    config = loaded(settings, resolve=False)
    rule = rule_of(config, name, "try")
    with opened(config) as database:
        stretch = stretch_of(config, database, f"{days}d" if days else since, until)
        run = rehearse(config, database, stretch, [rule], label=name)
    show(_rows(run, rule, Masking.of(config, full=full), config, most), form, columns=_COLUMNS)
    tell_aside = form != "table"
    for line in _summary(run, rule, stretch, config):
        click.echo(line, err=tell_aside)
    for warning in _warnings(run, rule, stretch, config.zone):
        click.echo(f"warning: {warning}", err=True)


def stretch_of(config: "Config", database: "Database", since: str, until: str) -> Stretch:
    """Return the time that two options name, with when the memory of calls begins."""
    from notifier.clock import SystemClock
    from notifier.store.rule_history import RuleHistory

    start, end = instants(since, until, config.zone, now=SystemClock().now())
    if end <= start:
        raise click.UsageError(f"--until {until} is not after --since {since}")
    return Stretch(start, end, RuleHistory(database).began())


def _rows(
    run: "Rehearsal", rule: "Rule", masking: Masking, config: "Config", most: int
) -> list[dict[str, Cell]]:
    """Return the newest messages, each once however many chats it goes to."""
    now_is = {alert.id: alert for alert in run.alerts}
    told: dict[tuple[datetime, Reason, str], Alert] = {}
    for telling in _told(run):
        # a digest goes on gathering after it was owed
        alert = now_is[telling.alert.id] if telling.reason == "digest" else telling.alert
        told[telling.at, telling.reason, alert.id] = alert
    newest = sorted(told.items(), key=lambda pair: pair[0][0])[-most:] if most else []
    return [
        {
            "at": stamp(at, config.zone),
            "reason": reason.value,
            "about": masking.about(alert),
            "title": alert.title.get(config.language, rule.name),
            "calls": alert.count,
        }
        for (at, reason, _), alert in newest
    ]


def _told(run: "Rehearsal") -> "list[Telling]":
    """Return what people would have read; what systems would have, where no person is told."""
    return messages_of(run) or [one for one in run.tellings if one.reason in MESSAGES]


def _summary(run: "Rehearsal", rule: "Rule", stretch: Stretch, config: "Config") -> Iterator[str]:
    zone, alerts = config.zone, len(alerts_of(run, rule.name))
    first, last = (stamp(at, zone)[:-3] for at in (stretch.since, stretch.until))
    yield ""
    yield f"{rule.name}, {first} to {last}: {_rate(alerts, 'alert', stretch)}"
    channel, messages = busiest(run)
    if channel:
        yield f"{channel}: {_rate(messages, 'message', stretch)}"
    if held := list(_held(run, rule, stretch, config)):
        yield f"not told, or not by itself: {'; '.join(held)}"
    if hours := Counter(telling.at.astimezone(zone).hour for telling in _told(run)):
        yield _by_hour(hours)


def _rate(n: int, noun: str, stretch: Stretch) -> str:
    return f"{n} {noun if n == 1 else f'{noun}s'}, {stretch.a_day(n):.1f} a day"


def _held(run: "Rehearsal", rule: "Rule", stretch: Stretch, config: "Config") -> Iterator[str]:
    """Give why matches were not told, with how often; most often first."""
    from notifier.core.reasons import Teller
    from notifier.text import book

    teller = Teller(book(config.language), config.zone, run.now or stretch.until)
    counts = Counter({r: n for (name, r), n in run.reasons.items() if name == rule.name})
    for reason, n in counts.most_common():
        if reason in HELD_BACK:
            yield f"{n} {teller.reason(reason)}"


def _by_hour(hours: "Counter[int]") -> str:
    """Return a bar for each hour of the day, and the busiest hours."""
    most = max(hours.values())
    bars = "".join(_bar(hours[hour], most) for hour in range(24))
    named = ", ".join(f"{hour:02d}:00 ({n})" for hour, n in hours.most_common(_BUSIEST))
    return f"by hour: 00 {bars} 23, busiest {named}"


def _bar(n: int, most: int) -> str:
    return _BARS[-(-n * len(_BARS) // most) - 1] if n else "·"


def _warnings(run: "Rehearsal", rule: "Rule", stretch: Stretch, zone: "ZoneInfo") -> Iterator[str]:
    if stretch.starts_late:
        yield late_start(stretch, zone)
    channel, messages = busiest(run)
    if (a_day := stretch.a_day(messages)) > MOST_A_DAY:
        yield too_many(rule, channel, a_day)


def late_start(stretch: Stretch, zone: "ZoneInfo") -> str:
    """Return the sentence for calls that are remembered for less time than was asked for."""
    if stretch.began is None:
        return "no calls are remembered yet"
    return f"the memory of calls begins at {stamp(stretch.began, zone)}"


def too_many(rule: "Rule", channel: str, a_day: float) -> str:
    """Return the sentence for a rule that sends more than people read, with what to do."""
    ways: list[str] = []
    if rule.every is None:
        ways.append("`every: 2h` (one message for each key in two hours)")
    if not (rule.aggregate or rule.unless or rule.quiet):
        ways.append("`count: {at_least: 3, within: 30m, per: hotline}`")
    if rule.digest is None:
        ways.append("`digest: {every: 1h}`")
    advice = f"; think of {', or '.join(ways)}" if ways else ""
    return f"{rule.name} would send {channel} about {a_day:.0f} messages a day{advice}"
