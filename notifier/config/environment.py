"""The `.env` beside a file: names and values, as the shell writes them, without the shell."""

import re
from pathlib import Path

from notifier.config.problems import Problem

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*)", re.ASCII)

_QUOTED = re.compile(r"""(?P<quote>["'])(?P<text>.*?)(?<!\\)(?P=quote)\s*(?:#.*)?""")

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def read_environment_file(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """Return what `path` sets; nothing if there is no such file.

    A problem never repeats the line it is about: the line is likely to hold a secret.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [Problem(str(path), 1, 1, "", f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError:
        return {}, [Problem(str(path), 1, 1, "", "is not UTF-8; save the file as UTF-8")]
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if message := _take(line.strip(), values):
            problems.append(Problem(str(path), number, 1, "", message))
    return values, problems


def _take(line: str, values: dict[str, str]) -> str:
    """Put what `line` sets into `values`; return what is wrong with it, or ""."""
    if not line or line.startswith("#"):
        return ""
    found = _LINE.fullmatch(line)
    if found is None:
        return "not NAME=value"
    value = found["value"]
    if value[:1] not in {'"', "'"}:
        values[found["name"]] = re.split(r"(?:^|\s+)#", value, maxsplit=1)[0].strip()
        return ""
    inner = _QUOTED.fullmatch(value)
    if inner is None:
        return f"{found['name']}: the quote is not closed on its line"
    values[found["name"]] = _unescaped(inner["text"]) if inner["quote"] == '"' else inner["text"]
    return ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)
