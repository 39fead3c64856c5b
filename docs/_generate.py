"""Writes the parts of these pages that follow from the code; `make docs` runs it through cog."""

import importlib
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import click

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema, or a part of one, as `notifier rules schema` prints it."""

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 88
"""Columns of the help texts on the page, whatever the terminal of whoever builds it."""

_NOT_YET = "\n*Not in this tree yet.*\n\n"
"""Stands where a room has not been built; `make docs` replaces it when it has."""


def commands() -> str:
    """Return every command's own help, each under a heading with its name."""
    if not _there("notifier.cli"):
        return _NOT_YET
    main = importlib.import_module("notifier.cli").main
    return _apart("\n".join(_help_page(path, command) for path, command in walk(main)))


def walk(command: click.Command, path: str = "notifier") -> Iterator[tuple[str, click.Command]]:
    """Return `command` and all commands under it, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            if (below := command.get_command(context, name)) and not below.hidden:
                yield from walk(below, f"{path} {name}")


def _help_page(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    return f"## {path}\n\n```text\n" + "\n".join(lines) + "\n```\n"


def keys() -> str:
    """Return every key of rules.yaml as tables, one a section, from the JSON Schema."""
    if not (root := json_schema()):
        return _NOT_YET
    parts = {name: part for name, part in root["properties"].items() if _is_section(root, part)}
    scalars = {name: part for name, part in root["properties"].items() if name not in parts}
    pages = [_section(root, "The file", "", {**root, "properties": scalars})]
    pages += [_section(root, f"`{name}`", name, part) for name, part in parts.items()]
    pages.append(_conditions(root))
    return _apart("\n".join(pages))


def json_schema() -> Schema:
    """Return the schema of rules.yaml; empty while `notifier.config` does not offer one."""
    if not _there("notifier.config.schema"):
        return {}
    made: Schema = importlib.import_module("notifier.config.schema").schema()
    return made


def walk_keys(root: Schema) -> dict[str, Schema]:
    """Return each key as a dotted path, `<name>` where the user chooses it, with its schema."""
    return dict(_walk_keys(root, root, ""))


def _walk_keys(root: Schema, part: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    for form in _forms(root, part):
        if path and _is_condition(form):
            continue  # conditions nest in conditions; their fields have a table of their own
        for key, below in form.get("properties", {}).items():
            here = f"{path}.{key}" if path else key
            yield here, below
            if not _standing(here):
                yield from _walk_keys(root, below, here)
        for below in (
            form.get("additionalProperties"),
            *form.get("patternProperties", {}).values(),
        ):
            if isinstance(below, Mapping):
                yield from _walk_keys(root, below, f"{path}.<name>")
        if isinstance(below := form.get("items"), Mapping):
            yield from _walk_keys(root, below, f"{path}[]")


def _section(root: Schema, heading: str, path: str, part: Schema) -> str:
    lines = [f"## {heading}", "", _standing(path) + _meaning(root, part), ""]
    rows = {} if _standing(path) == _LATER else dict(_walk_keys(root, part, path))
    if rows:
        lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
        lines += [_row(root, key, below) for key, below in rows.items()]
    return "\n".join(lines) + "\n"


def _conditions(root: Schema) -> str:
    """Return what a condition may ask about, from the first one in the schema."""
    fields = " ".join(f"`{field}`" for field in _first_condition(root).get("properties", {}))
    return f"## Fields of a condition\n\n{fields}\n"


def _first_condition(root: Schema) -> Schema:
    parts = [part for key, part in walk_keys(root).items() if key.endswith(".when")]
    forms = [form for part in parts for form in _forms(root, part) if _is_condition(form)]
    return forms[0] if forms else {}


def _row(root: Schema, path: str, part: Schema) -> str:
    default = _resolved(root, part).get("default")
    shown = "" if default in (None, "", {}, []) else f"`{_flat(default)}`"
    said = _standing(path) + _meaning(root, part)
    cells = (f"`{path}`", _value(root, part), shown, said)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


_LATER = "*Not in this version yet.* "
_IDLE = "*Has no effect in this version yet.* "


def _standing(path: str) -> str:
    """Say of a key that the contract has whether this version is behind it; "" if it carries it."""
    if not _there("notifier.config.not_yet"):
        return ""
    table = importlib.import_module("notifier.config.not_yet")
    shape = tuple("*" if step == "<name>" else step for step in path.split("."))
    return _LATER if shape in table.NOT_YET else _IDLE if shape in table.NO_EFFECT else ""


def _value(root: Schema, part: Schema) -> str:
    """Say in a few words what may stand there."""
    words = dict.fromkeys(word for form in _forms(root, part) for word in _words(form))
    return " or ".join(words)


_WORDS = {
    "object": "mapping",
    "array": "list",
    "string": "text",
    "boolean": "yes no",
    "integer": "number",
    "number": "number",
}
"""What a person calls the types of JSON Schema, the widest first."""

_MANY = 8
"""Choices that fit into a cell of a table."""


def _words(form: Schema) -> list[str]:
    if "const" in form:
        return [f"`{form['const']}`"]
    if "enum" in form:
        return [_choices(dict.fromkeys(str(choice) for choice in form["enum"]))]
    if _is_condition(form):
        return ["condition"]
    types = form.get("type", [])
    said = {types} if isinstance(types, str) else set(types)
    if "ms|s|m|h|d" in form.get("pattern", ""):
        return ["span", "off"] if "off" in form["pattern"] else ["span"]
    return _plain(said)


def _choices(words: Mapping[str, object]) -> str:
    """Name a closed set: YAML has many words for yes and no, and two for off."""
    if {"yes", "no"} <= words.keys():
        return "yes no"
    if {"off", "no"} <= words.keys():
        return "off"
    return " ".join(f"`{word}`" for word in words) if len(words) <= _MANY else "a field"


def _plain(types: set[str]) -> list[str]:
    """Name what YAML may type in several ways by what it is to the reader."""
    mixed = [_WORDS[name] for name in ("object", "array") if name in types]
    scalars = types - {"object", "array", "null"}
    match sorted(scalars):
        case []:
            return mixed
        case ["boolean", "string"]:
            return ["yes no", *mixed]
        case ["integer" | "number", "string"]:
            return ["number", *mixed]
        case [one]:
            return [_WORDS[one], *mixed]
        case _:
            return ["text", *mixed]


def _forms(root: Schema, part: Schema) -> list[Schema]:
    """Return the alternatives that `part` stands for, references followed."""
    part = _resolved(root, part)
    choices = part.get("anyOf")
    if not choices:
        return [part]
    return [form for choice in choices for form in _forms(root, choice)]


def _resolved(root: Schema, part: Schema) -> Schema:
    if not (address := part.get("$ref")):
        return part
    found: Any = root
    for step in str(address).removeprefix("#/").split("/"):
        found = found[step]
    return {**_resolved(root, found), **{k: v for k, v in part.items() if k != "$ref"}}


def _is_section(root: Schema, part: Schema) -> bool:
    return any(form.get("type") in {"object", "array"} for form in _forms(root, part))


def _is_condition(form: Schema) -> bool:
    return {"direction", "caller", "callee"} <= set(form.get("properties", {}))


def _meaning(root: Schema, part: Schema) -> str:
    return " ".join(str(_resolved(root, part).get("description", "")).split())


def _flat(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def variables() -> str:
    """Return the environment variables that the shipped rules.yaml and the code read."""
    lines = ["| variable | read by | needed |", "|---|---|---|"]
    for name, (reader, needed) in sorted(environment().items()):
        lines.append(f"| `{name}` | {reader} | {needed} |")
    return _apart("\n".join(lines))


def environment() -> dict[str, tuple[str, str]]:
    """Return each variable's name with who reads it and whether it must be set."""
    found: dict[str, tuple[str, str]] = {}
    shipped = ROOT / "rules.yaml"
    text = shipped.read_text(encoding="utf-8") if shipped.exists() else ""
    for line in text.splitlines():
        for name, default in re.findall(r"\$\{env:(?!NAME\b)([A-Z0-9_]+)(:-[^}]*)?\}", line):
            reader = "`rules.yaml`" + (", in a comment" if line.lstrip().startswith("#") else "")
            needed = "no" if default or line.lstrip().startswith("#") else "yes"
            found.setdefault(name, (reader, needed))
    for source in sorted((ROOT / "notifier").rglob("*.py")):
        pattern = r"""environ(?:\.get\(|\[)\s*["']([A-Z0-9_]+)|envvar=["']([A-Z0-9_]+)"""
        for names in re.findall(pattern, source.read_text(encoding="utf-8")):
            found.setdefault("".join(names), (f"`{_module(source)}`", "no"))
    return found


def _apart(text: str) -> str:
    """Return `text` between empty lines: next to a comment, Markdown would not read it."""
    return f"\n{text.rstrip()}\n\n"


def _module(source: Path) -> str:
    parts = source.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _there(module: str) -> bool:
    """Whether `module` is in the tree; one that is there and does not import is a fault."""
    parent = module.rpartition(".")[0]
    if parent and not _there(parent):
        return False
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.origin is not None
