"""What the contract has and this version cannot carry out yet: one table, which shrinks."""

from notifier.config.problems import Path, Problem
from notifier.config.sheet import Plain, Sheet, walk

NOT_YET: frozenset[Path] = frozenset(
    {
        ("rules", "*", "buttons"),
        ("watchdog", "heartbeat"),
        ("channels", "*", "apprise"),
        ("channels", "*", "webhook", "template"),
    }
)
"""Keys whose use is a problem; `*` stands for any name."""

NO_EFFECT: frozenset[Path] = frozenset({("web",), ("storage", "keep")})
"""Keys that may be written, for they do no harm; the author is warned."""

_NOTHING: tuple[Plain, ...] = ("", [], {})


def judge_versions(sheet: Sheet) -> tuple[list[Problem], list[Problem]]:
    """Return the problems and the warnings about what is not in this version yet."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for path, _node in walk(sheet.root):
        if sheet.at(*path) in _NOTHING:
            continue
        shape = tuple("*" if at == 1 else part for at, part in enumerate(path))
        if path in NOT_YET or shape in NOT_YET:
            problems.append(sheet.problem(path, "not in this version yet", at_key=True))
        elif path in NO_EFFECT:
            warnings.append(sheet.problem(path, "has no effect in this version yet", at_key=True))
    return problems, warnings
