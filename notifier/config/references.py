"""`${env:NAME}`, `${env:NAME:-default}` and `${file:path}` in any text of a file."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from notifier.config.nodes import Node, Table, Text
from notifier.config.problems import Path, Problem, did_you_mean, quoted
from notifier.config.sheet import Plain, Sheet

_REFERENCE = re.compile(r"\$\{(?P<inner>[^}]*)\}")
_ENVIRONMENT = re.compile(r"env:(?P<name>[A-Za-z_]\w*)(?P<default>:-.*)?", re.ASCII | re.DOTALL)

_LARGEST = 65_536
"""Bytes of a file that a reference may bring in: a key, not a book."""

_PLACEHOLDERS = {
    "api_key": "placeholder",
    "token": "1:placeholder",
    "chat": "1",
    "secret": "whsec_" + base64.b64encode(bytes(32)).decode(),
    "url": "https://placeholder.invalid/",
    "apprise": "json://placeholder.invalid/",
    "base_url": "https://placeholder.invalid",
}
"""By key: what stands, when nothing is to be resolved, for what is not there. Reaches nobody."""


class _MissingError(Exception):
    """A reference leads nowhere; the message says why."""


@dataclass(slots=True)
class _Filler:
    """Fills one tree; gathers what went wrong on the way."""

    file: str
    folder: FilePath
    environment: Mapping[str, str]
    resolve: bool
    problems: list[tuple[Path, str]] = field(default_factory=list)
    filled: dict[Path, Mapping[str, str]] = field(default_factory=dict)

    def plain(self, node: Node, path: Path) -> Plain | None:
        """Return `node` as plain texts; None for a text that is to be left out."""
        if isinstance(node, Text):
            return self._text(node, path)
        if isinstance(node, Table):
            pairs = {
                key: self.plain(value, (*path, key)) for key, (_, value) in node.entries.items()
            }
            return {key: value for key, value in pairs.items() if value is not None}
        items = (self.plain(value, (*path, i)) for i, value in enumerate(node.items))
        return ["" if item is None else item for item in items]

    def _text(self, text: Text, path: Path) -> str | None:
        if "${" not in text.value:
            return text.value
        given: dict[str, str] = {}
        try:
            value = _REFERENCE.sub(lambda found: self._found(found, given), text.value)
        except _MissingError as error:
            if self.resolve:
                self.problems.append((path, str(error)))
            return _PLACEHOLDERS.get(_key_of(path))  # so that nothing else is said of it
        self.filled[path] = given
        return value

    def _found(self, reference: re.Match[str], given: dict[str, str]) -> str:
        """Return what a reference stands for; what the file itself does not say is `given`."""
        inner = reference["inner"]
        if inner.startswith("file:"):
            value = self._content(inner.removeprefix("file:"))
        else:
            value, default = self._variable(inner)
            if default is not None:
                return default
        given[value] = reference[0]
        return value

    def _variable(self, inner: str) -> tuple[str, str | None]:
        """Return the value of a variable, or its default; an empty variable takes the default."""
        named = _ENVIRONMENT.fullmatch(inner)
        if named is None:
            shown = quoted("${" + inner.split(":", maxsplit=1)[0] + "…}")
            raise _MissingError(f"{shown} is no reference; write ${{env:NAME}} or ${{file:path}}")
        name, default = named["name"], named["default"]
        value = self.environment.get(name, "")
        if default is not None and not value:
            return "", default.removeprefix(":-")
        if default is None and name not in self.environment:
            raise _MissingError(
                f"the environment variable {name} is not set; set it, or write it in "
                f"{self.folder / '.env'}{did_you_mean(name, self.environment)}"
            )
        return value, None

    def _content(self, name: str) -> str:
        path = self.folder / name
        try:
            with path.open("rb") as opened:
                content = opened.read(_LARGEST + 1)
            if len(content) > _LARGEST:
                raise _MissingError(f"the file {path} is larger than {_LARGEST:,} bytes")
            text = content.decode("utf-8-sig")
        except OSError as error:
            raise _MissingError(f"the file {path} cannot be read: {error.strerror}") from None
        except ValueError:
            raise _MissingError(f"the file {name!r} is not UTF-8 text, or not a path") from None
        return text.removesuffix("\n").removesuffix("\r")


def _key_of(path: Path) -> str:
    """Return the nearest key above a value: a list of secrets is under `secret`."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def fill_in(
    root: Node, file: str, folder: FilePath, *, environment: Mapping[str, str], resolve: bool
) -> tuple[Sheet, list[Problem]]:
    """Return the sheet of a tree with its references filled in, and those that lead nowhere.

    Without `resolve`, what leads nowhere becomes a harmless placeholder, or is left out where
    there is none for its key.
    """
    filler = _Filler(file, folder, environment, resolve)
    plain = filler.plain(root, ())
    sheet = Sheet(file, root, plain if plain is not None else "", filler.filled)
    return sheet, [sheet.problem(path, message) for path, message in filler.problems]
