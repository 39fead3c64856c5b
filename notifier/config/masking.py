"""Keeps what references brought in, and what looks like a key, out of messages."""

import re
from collections.abc import Mapping

from notifier.config.problems import Path

_LONG = 6
"""Letters from which a value is hidden in any message, not only in one about its own place, and of
which no run may be left of it anywhere."""

_KEYS = re.compile(r"\b\d{4,}:[\w-]{6,}|whsec_[\w+/=]+")
"""Bot tokens, keys of the PBX's API and signing secrets, put where they do not belong."""

_QUOTED = re.compile(r"'[^']*'|`[^`]*`|\"[^\"]*\"")


def masked(message: str, path: Path, filled: Mapping[Path, Mapping[str, str]]) -> str:
    """Return a message about `path` on one line, with references in the place of their values."""
    for where, given in filled.items():
        near = len(path) > 1 and where[: len(path)] == path
        for value, reference in given.items():
            if value and (near or len(value) >= _LONG):
                message = _hidden(message, value, reference)
    return " ".join(_KEYS.sub("…", message).split())


def _hidden(message: str, value: str, reference: str) -> str:
    """Return `message` without `value`, whole or in part: messages cut and fold long texts."""
    for shape in (value, value.strip(), " ".join(value.split())):
        if shape and re.search(rf"(?<!\w){re.escape(shape)}(?!\w)", message):
            message = re.sub(rf"(?<!\w){re.escape(shape)}(?!\w)", lambda _: reference, message)
    if not _shows(message, value, reference):
        return message
    message = _QUOTED.sub(reference, message)
    return "does not fit here" if _shows(message, value, reference) else message


def _shows(message: str, value: str, reference: str) -> bool:
    rest = message.replace(reference, "")
    runs = {value[at : at + _LONG] for at in range(max(len(value) - _LONG + 1, 0))}
    return any(run in rest for run in runs)
