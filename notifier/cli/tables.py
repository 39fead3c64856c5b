"""Results as a table, as JSON or as CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import click

Cell: TypeAlias = str | int | float | bool | None
Rows: TypeAlias = Sequence[Mapping[str, Cell]]

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How results are written.",
)
"""The option for commands that have results."""


def show(rows: Rows, form: str, *, columns: Sequence[str]) -> None:
    """Write `rows`, each with `columns`, in the wanted form."""
    match form:
        case "json":
            click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2))
        case "csv":
            page = io.StringIO()
            writer = csv.DictWriter(page, fieldnames=list(columns))
            writer.writeheader()
            writer.writerows(rows)
            click.echo(page.getvalue(), nl=False)
        case _:
            _table(rows, columns)


def _table(rows: Rows, columns: Sequence[str]) -> None:
    if not rows:
        click.echo("Nothing found.")
        return
    cells = [[_text(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for line in ([name.upper() for name in columns], *cells):
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _text(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)
