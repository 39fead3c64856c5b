"""Commands about opening hours and holidays."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from notifier.cli.options import USAGE, Fault, Settings, common, loaded
from notifier.cli.tables import Cell, format_option, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.config.settings import Config
    from notifier.core.calendars import Calendar, Span

_COLUMNS = ("calendar", "day", "weekday", "what", "name", "hours")


@click.group(
    epilog="""\b
Examples:
  notifier calendar show 2027
  notifier calendar show 2027 --month 2
"""
)
@common
def calendar(settings: Settings) -> None:
    """Show opening hours and holidays."""
    del settings  # kept in the context by `common`, for the command that follows


@calendar.command(
    "show",
    epilog="""\b
Examples:
  notifier calendar show 2027
  notifier calendar show 2027 --month 2 --calendar gio_lam
  notifier calendar show 2027 --format csv > days.csv
""",
)
@click.argument("year", type=click.IntRange(1970, 2199))
@click.option("--month", type=click.IntRange(1, 12), help="Every day of this month, with hours.")
@click.option("--calendar", "name", default="", help="Only this calendar of the file.")
@format_option
@common
def show_calendar(settings: Settings, year: int, month: int | None, name: str, form: str) -> None:
    """List the holidays, the closed and the extra days of YEAR, for each calendar of the file.

    With --month every day of it, also those that are open or off as in any week. Hours are those
    that begin on the day.
    """
    config = loaded(settings, resolve=False)
    if not config.calendars:
        raise Fault(f"{settings.config} has no calendars; give it some under `calendars:`")
    rows: list[dict[str, Cell]] = []
    for hours in _chosen(config, name):
        _warn_of_unknown(hours, year)
        days = _month(year, month) if month else _special(hours, year)
        rows += [_row(hours, day) for day in days]
    show(rows, form, columns=_COLUMNS)


def _chosen(config: "Config", name: str) -> "list[Calendar]":
    from notifier.core.rules.faults import suggestion

    if not name:
        return list(config.calendars.values())
    if name in config.calendars:
        return [config.calendars[name]]
    near = suggestion(name, config.calendars)
    raise Fault(f"show the calendar {name}: there is none of this name{near}", USAGE)


def _warn_of_unknown(hours: "Calendar", year: int) -> None:
    from notifier.config.hours import Holidays

    if isinstance(hours.holidays, Holidays):
        for country in hours.holidays.unknown_in(year):
            said = f"the holidays of {country} in {year} are not known to this version"
            click.echo(f"warning: {hours.name}: {said}; write them under `closed:`", err=True)


def _month(year: int, month: int) -> "Iterator[date]":
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += timedelta(days=1)


def _special(hours: "Calendar", year: int) -> "list[date]":
    days = {*hours.holidays(year), *hours.closed, *hours.extra}
    return sorted(day for day in days if day.year == year)


def _row(hours: "Calendar", day: date) -> dict[str, Cell]:
    from notifier.config.hours import DAYS

    return {
        "calendar": hours.name,
        "day": day.isoformat(),
        "weekday": DAYS[day.weekday()],
        "what": _what(hours, day),
        "name": hours.holidays(day.year).get(day, ""),
        "hours": " ".join(map(_range, hours.spans_on(day))),
    }


def _what(hours: "Calendar", day: date) -> str:
    """Return what decides on the day, in the order in which they win."""
    if day in hours.extra:
        return "extra"
    if day in hours.closed:
        return "closed"
    if day in hours.holidays(day.year):
        return "holiday"
    return "open" if hours.spans_on(day) else "off"


def _range(span: "Span") -> str:
    """Return a range as it is written in the file, where a day ends at 24:00."""
    end = f"{span.end:%H:%M}"
    return f"{span.start:%H:%M}-{'24:00' if end == '00:00' else end}"
