"""What no single value shows: pieces of the file that do not fit together."""

from collections.abc import Iterator

from notifier.config.hours import read_days
from notifier.config.model.rules import AGGREGATES
from notifier.config.nodes import Text
from notifier.config.option_checks import SINGLE, check_options
from notifier.config.order_checks import check_orders, check_trials, zone_of
from notifier.config.problems import Path, Problem
from notifier.config.scalars import read_flag, tried
from notifier.config.sheet import Plain, Sheet, walk
from notifier.core.phones import normalise
from notifier.core.rules.fields import FIELDS

_KINDS = ("telegram", "webhook", "apprise", "console")


def check(sheet: Sheet) -> list[Problem]:
    """Return what does not fit together, as far as the pieces themselves can be read."""
    return [
        *_channels(sheet),
        *_rules(sheet),
        *_hotlines(sheet),
        *_windows(sheet),
        *_calendars(sheet),
        *_keys(sheet),
        *check_options(sheet),
        *check_orders(sheet),
        *check_trials(sheet, _disabled(sheet), zone_of(sheet)),
    ]


def _channels(sheet: Sheet) -> Iterator[Problem]:
    for name, channel in sheet.table("channels").items():
        if not isinstance(channel, dict):
            continue
        path: Path = ("channels", name)
        kinds = [kind for kind in channel if kind in _KINDS]
        unknown = set(channel) - set(_KINDS)
        if len(kinds) != 1 and (kinds or not unknown):
            said = "has no kind" if not kinds else f"has {len(kinds)} kinds"
            message = f"{said}; write exactly one of {', '.join(_KINDS)}"
            yield sheet.problem(path, message, at_key=True)
        if "telegram" in kinds and sheet.at("telegram", "token") is None:
            message = "needs telegram.token, which the file does not have"
            yield sheet.problem((*path, "telegram"), message, at_key=True)
        if "webhook" in kinds:
            yield from _address(sheet, (*path, "webhook"))


def _address(sheet: Sheet, path: Path) -> Iterator[Problem]:
    url = sheet.at(*path, "url")
    allowed = any(tried(read_flag, sheet.at(*path, key)) for key in ("allow_private", "allow_http"))
    if isinstance(url, str) and url.strip().lower().startswith("http:") and not allowed:
        message = "plain http shows every call on the way; use https, or write allow_http: true"
        yield sheet.problem((*path, "url"), message)


def _rules(sheet: Sheet) -> Iterator[Problem]:
    told = bool(sheet.at("defaults", "to"))
    for name, rule in sheet.table("rules").items():
        if not isinstance(rule, dict):
            continue
        path: Path = ("rules", name)
        if "when" not in rule and "report" not in rule:
            yield sheet.problem(path, "has no `when`; write one, such as when: missed", at_key=True)
        if not told and not rule.get("to"):
            message = "tells nobody; write `to`, or defaults.to for all rules"
            yield sheet.problem(path, message, at_key=True)
        for second in [key for key in rule if key in AGGREGATES][1:]:
            message = f"a rule has one of {', '.join(AGGREGATES)} at most"
            yield sheet.problem((*path, second), message, at_key=True)


def _hotlines(sheet: Sheet) -> Iterator[Problem]:
    listed = sheet.at("directory", "hotlines")
    seen: dict[str, int] = {}
    for index, hotline in enumerate(listed if isinstance(listed, list) else ()):
        number = hotline.get("number") if isinstance(hotline, dict) else None
        if not isinstance(number, str):
            continue
        first = seen.setdefault(normalise(number), index)
        if first != index:
            path: Path = ("directory", "hotlines", index, "number")
            yield sheet.problem(path, f"the same number as directory.hotlines[{first}]")


def _windows(sheet: Sheet) -> Iterator[Problem]:
    for name, rule in sheet.table("rules").items():
        both = _names(rule, "during") & _names(rule, "outside")
        for calendar in sorted(both):
            message = f"{calendar} is in `during` too: the rule would never match"
            yield sheet.problem(("rules", name, "outside"), message)


def _names(rule: Plain, key: str) -> set[str]:
    found = rule.get(key, ()) if isinstance(rule, dict) else ()
    return {found} if isinstance(found, str) else {name for name in found if isinstance(name, str)}


def _calendars(sheet: Sheet) -> Iterator[Problem]:
    for name in sheet.table("calendars"):
        seen: set[int] = set()
        for days in sheet.table("calendars", name, "open"):
            found = _days(days)
            if found & seen:
                path: Path = ("calendars", name, "open", days)
                yield sheet.problem(path, "a day of it stands in another line", at_key=True)
            seen |= found


def _days(text: str) -> set[int]:
    try:
        return set(read_days(text))
    except ValueError:
        return set()


def _keys(sheet: Sheet) -> Iterator[Problem]:
    for name in sheet.table("rules"):
        key = sheet.at("rules", name, "key")
        if isinstance(key, str) and key in FIELDS and key not in SINGLE:
            message = f"an alert cannot be about {key}; write one of {', '.join(SINGLE)}"
            yield sheet.problem(("rules", name, "key"), message)


def _disabled(sheet: Sheet) -> frozenset[str]:
    rules = sheet.table("rules")
    return frozenset(n for n in rules if tried(read_flag, sheet.at("rules", n, "enabled")) is False)


_SECRETS: frozenset[Path] = frozenset(
    {
        ("source", "api_key"),
        ("telegram", "token"),
        ("channels", "*", "webhook", "secret"),
        ("channels", "*", "apprise"),
        ("web", "token"),
    }
)


def warn(sheet: Sheet) -> list[Problem]:
    """Return what works, and should not stay: secrets that stand in the file itself."""
    message = "a secret stands in the file; write ${env:NAME} and put it in .env"
    return [
        sheet.problem(path, message)
        for path, node in walk(sheet.root)
        if isinstance(node, Text) and node.value and "${" not in node.value and _secret(path)
    ]


def _secret(path: Path) -> bool:
    if path and isinstance(path[-1], int):
        path = path[:-1]
    shape = tuple("*" if at == 1 and len(path) > 2 else part for at, part in enumerate(path))  # noqa: PLR2004
    return path in _SECRETS or shape in _SECRETS
