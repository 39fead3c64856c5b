"""Takes up a changed rules file while the service runs: all of it, or nothing."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol, TypeAlias

from notifier.app.rulebook import Rulebook, engine_of
from notifier.clock import Clock
from notifier.config.problems import ConfigError
from notifier.config.settings import Config
from notifier.core.rules.proving import prove
from notifier.store.ledger import Ledger

log = logging.getLogger(__name__)

WATCH_EVERY = timedelta(seconds=2)
"""How often it is looked whether a file has changed."""

READ_AGAIN = timedelta(minutes=1)
"""How soon a refused file is read again, changed or not: a file that it names may be there now."""

_MOST = 10
"""Problems that the owner is told of; the log has all."""

_AT_START = {
    "source": "source",
    "telegram": "telegram",
    "channels": "channels",
    "storage_path": "storage.path",
    "web": "web",
}
"""Parts of the configuration that are read at the start only, with their names in the file."""

Stamp: TypeAlias = tuple[int, int, int]
"""When a file was changed, its size, and which one it is: zeros for one that is not there."""


class Owner(Protocol):
    """Who answers for the file."""

    def config_refused(self, problems: str) -> None: ...
    def config_taken_up(self) -> None: ...


@dataclass(slots=True)
class Reloader:
    """Reads the file anew when it is told to, or when it has changed."""

    reread: Callable[[], Config]
    """Raises ConfigError with every problem of the file."""
    rulebook: Rulebook
    ledger: Ledger
    owner: Owner
    clock: Clock
    on_taken: Callable[[Config], None]
    """Called with what is in force from now on."""
    _taken: dict[Path, Stamp] = field(default_factory=dict)
    """What the files were like that were read last."""
    _seen: dict[Path, Stamp] = field(default_factory=dict)
    """What they were like at the last look."""
    _refused_at: float | None = None
    """When they were last found ill, as `Clock.elapsed`; None while they are well."""
    _logged: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._taken = self._seen = _stamps(self.rulebook.config.files)

    async def run(self) -> None:
        """Watch until cancelled. A file is read once it has stayed the same for one look."""
        while True:
            await self.clock.sleep(WATCH_EVERY.total_seconds())
            self.look()

    def look(self) -> None:
        """Read the file anew if something in it has changed and is at rest again."""
        stamps = _stamps(self.rulebook.config.files)
        at_rest, self._seen = stamps == self._seen, stamps
        if at_rest and stamps != self._taken:
            self.reload()
        elif at_rest and self._waited():
            self._read()

    def reload(self) -> bool:
        """Read the file anew; whether its rules are in force now. If not, the owner is told why."""
        self._logged = []
        return self._read()

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the file was refused when it was read last; empty if its rules are in force."""
        return () if self._refused_at is None else tuple(self._logged)

    def _waited(self) -> bool:
        since = self._refused_at
        return since is not None and self.clock.elapsed() - since >= READ_AGAIN.total_seconds()

    def _read(self) -> bool:
        # before it is read: what changes meanwhile is found to differ, and read again
        self._taken = _stamps(self.rulebook.config.files)
        try:
            config = self.reread()
        except ConfigError as error:
            return self._refuse([str(problem) for problem in error.problems])
        if problems := [*self._strangers(config), *_shortfalls(config)]:
            return self._refuse(problems)
        self._take_up(config)
        return True

    def _take_up(self, config: Config) -> None:
        past = self.rulebook.config
        waits = [said for name, said in _AT_START.items() if _moved(name, config, past)]
        self.rulebook.take_up(_kept(config, past))
        self._taken = {**_stamps(config.files), **_among(config.files, self._taken)}
        self._refused_at = None
        reset = self.ledger.adopt(self.rulebook.engine(), config.mutes, self.clock.now())
        self.on_taken(self.rulebook.config)
        self.owner.config_taken_up()
        facts = {"rules": len(config.rules), "reset": reset}
        log.info("took up the changed configuration", extra=facts)
        if waits:
            log.warning("some changes take effect at the next start", extra={"parts": waits})

    def _strangers(self, config: Config) -> Iterator[str]:
        """Say what names a channel that was not there at the start."""
        known = self.rulebook.config.channels
        for place, names in _destinations(config):
            for name in names:
                if name not in known:
                    yield f"{place}: the channel {name} is new; restart to open it"

    def _refuse(self, problems: list[str]) -> bool:
        self._refused_at = self.clock.elapsed()
        for problem in problems if problems != self._logged else ():
            log.error("the changed configuration was not taken up", extra={"problem": problem})
        self._logged = problems
        left = len(problems) - _MOST
        shown = [*problems[:_MOST], *([f"… +{left}"] if left > 0 else [])]
        self.owner.config_refused("\n".join(shown))
        return False


def _moved(name: str, config: Config, past: Config) -> bool:
    return bool(getattr(config, name) != getattr(past, name))


def _kept(config: Config, past: Config) -> Config:
    """Return `config` with the parts that are read at the start as they were then."""
    return replace(
        config,
        source=past.source,
        telegram=past.telegram,
        channels=past.channels,
        storage_path=past.storage_path,
        web=past.web,
    )


def _destinations(config: Config) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give every place of the file that names channels to send to, with the names, each once."""
    yield "defaults.to", config.default_to
    yield "watchdog.send_failed", config.watchdog.send_failed
    for rule in config.rules:
        own = [*rule.to, *(to for step in rule.escalate for to in step.to)]
        yield f"rules.{rule.name}", tuple(dict.fromkeys(own))


def _shortfalls(config: Config) -> Iterator[str]:
    """Say which inline tests the rules do not pass."""
    for shortfall in prove(engine_of(config), config.trials, config.mutes):
        trial, rule = shortfall.trial, shortfall.expected.rule
        yield f"{trial.place}: tests: {trial.name}: {rule} does not do what the test expects"


def _among(files: Iterable[Path], stamps: dict[Path, Stamp]) -> dict[Path, Stamp]:
    return {path: stamps[path] for path in files if path in stamps}


def _stamps(files: Iterable[Path]) -> dict[Path, Stamp]:
    found: dict[Path, Stamp] = {}
    for path in files:
        try:
            status = path.stat()
        except OSError:
            found[path] = (0, 0, 0)
        else:
            found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found
