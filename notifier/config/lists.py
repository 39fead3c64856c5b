"""Named lists: written in the file, or in a CSV file beside it."""

import csv
from pathlib import Path as FilePath

from notifier.config.model.document import Document, ListFile
from notifier.config.problems import Problem, did_you_mean
from notifier.config.sheet import Sheet

_LARGEST = 10_000_000
"""Bytes of a CSV file that is read."""


def read_lists(sheet: Sheet, folder: FilePath) -> tuple[dict[str, frozenset[str]], list[Problem]]:
    """Return the values of each list, empty for one that cannot be read, and the problems."""
    lists: dict[str, frozenset[str]] = {}
    problems: list[Problem] = []
    for name, written in sheet.table("lists").items():
        values: list[str] = []
        if isinstance(written, str):
            values = [written]
        elif isinstance(written, list):
            values = [item for item in written if isinstance(item, str)]
        elif isinstance(written, dict):
            file, column = written.get("file"), written.get("column", "")
            if isinstance(file, str) and file.strip() and isinstance(column, str):
                try:
                    values = _column(folder / file.strip(), column.strip())
                except _UnusableError as error:
                    at = ("lists", name, error.key)
                    problems.append(sheet.problem(at, str(error)))
        lists[name] = frozenset(value.strip() for value in values if value.strip())
    return lists, problems


def list_files(document: Document) -> list[str]:
    """Return the CSV files of the lists, as they are named."""
    return [one.file for one in document.lists.values() if isinstance(one, ListFile)]


class _UnusableError(Exception):
    """A CSV file gives no list; `key` is the key of the file that is at fault."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


def _column(path: FilePath, column: str) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            text = opened.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise _UnusableError("file", f"{path} is larger than {_LARGEST:,} bytes")
        rows = list(csv.reader(text.splitlines(), delimiter=_delimiter(text)))
    except OSError as error:
        raise _UnusableError("file", f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, csv.Error):
        raise _UnusableError("file", f"{path} is not CSV in UTF-8, or not a path") from None
    if not column:
        return [row[0] for row in rows if row]
    heading = [title.strip() for title in rows[0]] if rows else []
    if column not in heading:
        near = did_you_mean(column, heading) or f"; it has: {', '.join(heading) or 'nothing'}"
        raise _UnusableError("column", f"{path} has no such column{near}")
    at = heading.index(column)
    return [row[at] for row in rows[1:] if len(row) > at]


def _delimiter(text: str) -> str:
    """Return what divides the columns: Excel writes ; where the comma is in the numbers."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)
