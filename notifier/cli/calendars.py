"""Commands about opening hours and holidays."""

import click

from notifier.cli.options import Fault, Settings, common, loaded
from notifier.cli.tables import Cell, format_option, show


@click.group(
    epilog="""\b
Example:
  notifier calendar show 2027
"""
)
@common
def calendar(settings: Settings) -> None:
    """Show opening hours and holidays."""
    del settings  # kept in the context by `common`, for the command that follows


@calendar.command(
    "show",
    epilog="""\b
Example:
  notifier calendar show 2027
""",
)
@click.argument("year", type=click.IntRange(1970, 2100))
@format_option
@common
def show_calendar(settings: Settings, year: int, form: str) -> None:
    """List the holidays and the special days of YEAR, for each calendar of the file."""
    config = loaded(settings, resolve=False)
    rows: list[dict[str, Cell]] = []
    for hours in config.calendars.values():
        days = {day: ("holiday", name) for day, name in hours.holidays(year).items()}
        days |= {day: ("closed", "") for day in hours.closed if day.year == year}
        days |= {day: ("extra", "") for day in hours.extra if day.year == year}
        rows += [
            {"calendar": hours.name, "day": day.isoformat(), "what": what, "name": name}
            for day, (what, name) in sorted(days.items())
        ]
    if not config.calendars:
        raise Fault(f"{settings.config} has no calendars; give it some under `calendars:`")
    show(rows, form, columns=("calendar", "day", "what", "name"))
