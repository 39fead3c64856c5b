"""The command that puts a rule into words, and says how it judges one call."""

from typing import TYPE_CHECKING

import click

from notifier.cli.moments import instant, stamp
from notifier.cli.options import USAGE, Fault, Settings, common, loaded, remembered
from notifier.cli.tables import Cell, show

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from notifier.config.settings import Config
    from notifier.core.alerts import Audit
    from notifier.core.calendars import Calendar
    from notifier.core.calls import Call
    from notifier.core.messages import Phrases
    from notifier.core.rules.model import Rule
    from notifier.core.rules.naming import Naming

_SIGNS = {True: "✓", False: "✗"}


@click.command(
    epilog="""\b
Examples:
  notifier rules explain goi_nho
  notifier rules explain goi_nho --call 1415096549774721835 --lang en
  notifier rules explain ngoai_gio --at "2026-09-02 10:00"
"""
)
@click.argument("name")
@click.option("--call", "identity", default="", help="Judge this call, condition by condition.")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Else the language of the file.")
@click.option("--at", default="", help="Say which of its calendars are open then.")
@common
def explain(settings: Settings, name: str, identity: str, lang: str | None, at: str) -> None:
    """Say in a sentence what the rule NAME does; with --call, why it held or did not."""
    from notifier.core.alerts import Language
    from notifier.core.rules.descriptions import rule_sentence
    from notifier.text import book

    config = loaded(settings, resolve=False)
    rule = rule_of(config, name, "explain")
    shown_at = instant("--at", at, config.zone) if at else None
    say, naming = book(Language(lang) if lang else config.language), _naming(config)
    call, audits = _found(config, identity) if identity else (None, [])
    click.echo(rule_sentence(rule, say, naming))
    if shown_at:
        _tell_hours(config, rule, shown_at, say)
    if call:
        _tell_call(config, rule, call, say)
        _tell_decisions((row for row in audits if row.rule == name), config.zone, say)


def rule_of(config: "Config", name: str, wanted: str) -> "Rule":
    """Return the enabled rule called `name`; with exit code 2 if there is none.

    `wanted` is the verb of what was to be done with it.
    """
    from notifier.core.rules.faults import suggestion

    for rule in config.rules:
        if rule.name == name:
            return rule
    if name in config.disabled:
        raise Fault(f"{wanted} the rule {name}: it stands in the file and is not enabled", USAGE)
    near = suggestion(name, [rule.name for rule in config.rules])
    raise Fault(f"{wanted} the rule {name}: no enabled rule has this name{near}", USAGE)


def _naming(config: "Config") -> "Naming":
    from notifier.core.rules.naming import Naming

    sizes = {name: len(values) for name, values in config.lists.items()}
    return Naming(config.zone, sizes, config.directory)


def _found(config: "Config", identity: str) -> "tuple[Call, list[Audit]]":
    with remembered(config) as archive:
        call = archive.call(identity)
        if call is None:
            path = config.storage_path
            raise Fault(f"explain the call {identity}: {path} remembers none with this id")
        return call, archive.decisions(call=call.id)


def _tell_hours(config: "Config", rule: "Rule", at: "datetime", say: "Phrases") -> None:
    from notifier.core.rules.naming import Namer

    shown = Namer(say, _naming(config)).instant(at)
    calendars = _calendars(config, rule)
    click.echo("")
    if not calendars:
        click.echo(say("rules.hours.none"))
    for hours in calendars:
        holiday = hours.holidays(at.year).get(at.date(), "")
        if hours.is_open(at):
            click.echo(say("rules.hours.open", calendar=hours.name, at=shown))
        elif holiday:
            click.echo(say("rules.hours.holiday", calendar=hours.name, at=shown, holiday=holiday))
        else:
            click.echo(say("rules.hours.closed", calendar=hours.name, at=shown))


def _calendars(config: "Config", rule: "Rule") -> "list[Calendar]":
    """Return every calendar that `rule` looks at, each once."""
    from notifier.core.rules.language import Open, atoms

    asked = [atom.calendar for atom in atoms(rule.condition) if isinstance(atom, Open)]
    clock = rule.unless.clock if rule.unless else ()
    on = [rule.report.on] if rule.report and rule.report.on else []
    named = (config.calendars[name] for name in asked)
    found = [*rule.during, *rule.outside, *clock, *on, *named]
    return list({hours.name: hours for hours in found}.values())


def _tell_call(config: "Config", rule: "Rule", call: "Call", say: "Phrases") -> None:
    from notifier.clock import SystemClock
    from notifier.core.rules.explanations import Scene
    from notifier.core.rules.explanations import explain as judged_by
    from notifier.core.rules.faults import Vocabulary

    vocabulary = Vocabulary(config.lists, config.calendars)
    scene = Scene(_naming(config), vocabulary, SystemClock().now())
    click.echo("")
    for judged in judged_by(rule, call, say, scene=scene):
        click.echo(f"{'  ' * judged.depth}{_SIGNS[judged.holds]} {judged.text}")


def _tell_decisions(audits: "Iterable[Audit]", zone: "ZoneInfo", say: "Phrases") -> None:
    rows: list[dict[str, Cell]] = [
        {
            "at": stamp(row.at, zone),
            "reason": row.reason.value,
            "channel": row.channel,
            "alert": row.alert,
            "detail": row.detail,
        }
        for row in audits
    ]
    click.echo("")
    click.echo(say("rules.explain.decided" if rows else "rules.explain.undecided"))
    if rows:
        show(rows, "table", columns=("at", "reason", "channel", "alert", "detail"))
