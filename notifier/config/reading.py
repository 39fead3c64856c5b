"""From a sheet to the typed document: every fault of shape and every dangling name, with places."""

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError

from notifier.config.model.document import Document
from notifier.config.nodes import Listing, Node, Table
from notifier.config.problems import Path, Problem, did_you_mean
from notifier.config.schema import keys_at
from notifier.config.sheet import Sheet
from notifier.config.types import Names, Section

M = TypeVar("M", bound=Section)

_Location: TypeAlias = tuple[int | str, ...]

_KEY = "[key]"
"""What pydantic ends the location of a fault in a mapping's key with."""

_WANTED = {
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "dict_type": "a mapping (key: value)",
    "tuple_type": "a list",
    "list_type": "a list",
    "union_tag_invalid": "another kind of value",
    "string_type": "text",
}


def read_document(sheet: Sheet) -> tuple[Document | None, list[Problem]]:
    """Return the document that `sheet` holds, or None and all that keeps it from being one."""
    if not isinstance(sheet.plain, dict):
        return None, [sheet.problem((), "expected sections such as source: and rules:")]
    return read_as(Document, sheet, names_of(sheet))


def read_as(model: type[M], sheet: Sheet, names: Names) -> tuple[M | None, list[Problem]]:
    """Return the whole of `sheet` as `model`, whose parts may name what is in `names`.

    None, and all that is wrong, if it is not that.
    """
    if not isinstance(sheet.plain, dict):
        known = ", ".join(f"{key}:" for key in model.model_fields)
        return None, [sheet.problem((), f"expected sections such as {known}")]
    try:
        # A section whose lines are all commented out is as good as none.
        written = {key: value for key, value in sheet.plain.items() if value != ""}
        return model.model_validate(written, context=names), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, list(_problems(sheet, found, frozenset(model.model_fields)))


def names_of(sheet: Sheet) -> Names:
    """Return what the file defines; a channel that is itself wrong can still be named."""
    return Names(
        channels=frozenset(sheet.table("channels")),
        calendars=frozenset(sheet.table("calendars")),
        lists=frozenset(sheet.table("lists")),
        rules=frozenset(sheet.table("rules")),
    )


def _problems(sheet: Sheet, errors: Iterable[Any], sections: frozenset[str]) -> Iterable[Problem]:
    for error in errors:
        location: _Location = error["loc"]
        kind: str = error["type"]
        path = _path(sheet.root, location)
        if kind == "missing":
            if not _was_written(sheet, path):
                yield sheet.problem(path, "missing; it must be written", at_key=True)
        elif kind == "extra_forbidden":
            yield sheet.problem(path, f"unknown key{_near(path, sections)}", at_key=True)
        elif not (kind == "too_short" and _has_parts(sheet.node(path)[1])):
            at_key = bool(location) and location[-1] == _KEY
            yield sheet.problem(path, _message(error, sheet.node(path)[1]), at_key=at_key)


def _path(root: Node, location: _Location) -> Path:
    """Return the path in the file; the tags of unions, which are not in it, are left out."""
    path: list[str | int] = []
    node: Node | None = root
    for part in location:
        if isinstance(node, Table) and isinstance(part, str) and part in node.entries:
            node = node.entries[part][1]
            path.append(part)
        elif isinstance(node, Listing) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            path.append(part)
        elif isinstance(part, str) and not part.startswith(("[", "<")):
            node = None
            path.append(part)
    return tuple(path)


def _was_written(sheet: Sheet, path: Path) -> bool:
    """Whether the key stands in the file, though a reference left it without a value."""
    _, above = sheet.node(path[:-1])
    return (
        isinstance(above, Table)
        and path[-1] in above.entries
        and (len(path) > 1 or sheet.at(*path) is None)
    )


def _has_parts(node: Node) -> bool:
    """Whether something stands in it: then its parts are at fault, and it is not empty."""
    return bool(node.items if isinstance(node, Listing) else not isinstance(node, Table))


def _near(path: Path, sections: frozenset[str]) -> str:
    known = keys_at(path[:-1]) if len(path) > 1 else sections
    return did_you_mean(str(path[-1]), known) or (f"; known: {', '.join(sorted(known))}")


def _message(error: Any, node: Node) -> str:  # noqa: ANN401 - pydantic's own mapping
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])
    if error["type"] == "too_short":
        return "is empty; write at least one"
    if wanted := _WANTED.get(error["type"]):
        return f"expected {wanted}, not {_kind(node)}"
    return str(error["msg"])


def _kind(node: Node) -> str:
    if isinstance(node, Table):
        return "a mapping"
    if isinstance(node, Listing):
        return "a list"
    return "one value" if node.value else "nothing"
