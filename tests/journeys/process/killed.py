"""A program: runs the real service, and kills its own process before the n-th SQL statement.

It stays warm and forks a child for each line of its standard input, `<rules.yaml> <n>`, n = 0 for a
child that is left to finish; and answers each with a line, `killed` or `done <statements>`.
"""

import asyncio
import os
import signal
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from notifier.app import App, build
from notifier.clock import SystemClock
from notifier.config.loading import load

CLOCK = SystemClock()
PATIENCE_S = 20
SOON = timedelta(hours=1)
"""A timer within it is waited for; later ones, such as that an alert expires, are not."""


@dataclass
class Fuse:
    """Counts statements, and ends everything before the n-th; 0 never does."""

    blows_at: int
    statements: int = 0

    def __call__(self, _sql: str) -> None:
        self.statements += 1
        if self.statements == self.blows_at:
            os.kill(os.getpid(), signal.SIGKILL)


def at_rest(app: App) -> bool:
    """Whether the log has been read since the start and nothing is owed."""
    owed = any(app.outbox.next_due(channel) for channel in app.config.channels)
    due = app.ledger.next_due(app.health.good_since)
    soon = due is not None and due < CLOCK.now() + SOON
    return app.health.polls > 1 and not owed and not soon


async def serve(rules: Path, fuse: Fuse) -> None:
    """Run the service until it has nothing more to do."""
    config = load(rules, environment=os.environ)
    async with build(config, CLOCK, watch=fuse) as app:
        service = asyncio.create_task(app.run())
        async with asyncio.timeout(PATIENCE_S):
            while not service.done():
                await CLOCK.sleep(0.02)
                count = fuse.statements
                if at_rest(app):
                    break
                fuse.statements = count  # to look is no step of the service
        app.stop()
        await service


def child(rules: Path, blows_at: int, out: int) -> None:
    """Be the service; never returns."""
    code = 1
    try:
        fuse = Fuse(blows_at)
        asyncio.run(serve(rules, fuse))
        os.write(out, b"%d" % fuse.statements)
        code = 0
    finally:
        os._exit(code)


async def warm_up(rules: Path) -> None:
    """Open and close everything once, so that no child has to import it."""
    config = load(rules, environment=os.environ)
    with tempfile.TemporaryDirectory() as folder:
        async with build(replace(config, storage_path=Path(folder) / "warm.db"), CLOCK):
            pass


def main() -> None:
    """Serve the lines."""
    warm = False
    for line in sys.stdin:
        rules, blows_at = line.split()
        if not warm:
            asyncio.run(warm_up(Path(rules)))
            warm = True
        back, out = os.pipe()
        if (identity := os.fork()) == 0:
            child(Path(rules), int(blows_at), out)
        os.close(out)
        statements = os.read(back, 100).decode()
        os.close(back)
        _, status = os.waitpid(identity, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write("killed\n" if killed else f"done {statements}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
