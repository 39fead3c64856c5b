"""Commands that run something: the service, the demo, the simulated PBX."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.options import USAGE, Fault, Settings, common, loaded, set_up_logs

if TYPE_CHECKING:
    from notifier.config.settings import Config


@click.command(
    epilog="""\b
Examples:
  notifier run
  notifier -c /etc/notifier/rules.yaml run --log-format json
"""
)
@common
def run(settings: Settings) -> None:
    """Run the service until it is told to stop (SIGTERM or Ctrl-C)."""
    from notifier.store.lock import HeldError

    config = loaded(settings)
    set_up_logs(settings, config)
    for warning in config.warnings:
        click.echo(f"warning: {warning}", err=True)
    try:
        asyncio.run(_serve(config, lambda: _reread(settings)))
    except HeldError as held:
        raise Fault(str(held), USAGE) from held


def _reread(settings: Settings) -> "Config":
    """Return the file as it is now. ConfigError with every problem if there is any."""
    from notifier.config.loading import load

    return load(settings.config, environment=os.environ)


async def _serve(config: "Config", reread: Callable[[], "Config"]) -> None:
    from notifier.app import build
    from notifier.clock import SystemClock

    async with build(config, SystemClock(), reread=reread) as app:
        _at_the_end(app.stop)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app.reloader.reload)
        await app.run()


@click.command(
    epilog="""\b
Examples:
  notifier demo
  notifier demo --seconds 20
  notifier demo --rules rules.yaml           one's own rules, on simulated calls
  echo /missed | notifier demo --seconds 15
"""
)
@click.option(
    "--seconds",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    help="How long it runs; 0 until Ctrl-C or /quit.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same day.")
@click.option(
    "--rules",
    "own",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="One's own rules file; its channels are shown in the terminal.",
)
@click.option("--telegram", is_flag=True, help="Really send to the Telegram channels of --rules.")
@click.option("--webhook", is_flag=True, help="Really post to the webhooks of --rules.")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Language of the messages.")
@common
def demo(
    *,
    settings: Settings,
    seconds: int,
    seed: int,
    own: Path | None,
    telegram: bool,
    webhook: bool,
    lang: str | None,
) -> None:
    """Show the main job: a simulated PBX, and everything else real.

    Calls are polled, remembered in SQLite, judged by rules and delivered. While it runs, type
    /missed, /calls or /status.
    """
    from notifier.config.problems import ConfigError
    from notifier.demo import Plan, play

    quiet = Settings(settings.config, "warning", settings.log_format)
    set_up_logs(settings if settings.log_level == "debug" else quiet)
    if (telegram or webhook) and own is None:
        raise click.UsageError("--telegram and --webhook need --rules, which names the channels")
    plan = Plan(
        seconds=seconds,
        seed=seed,
        rules=own,
        telegram=telegram,
        webhook=webhook,
        language=lang,
    )
    try:
        sys.exit(asyncio.run(play(plan, click.echo)))
    except ConfigError as problems:
        raise Fault(str(problems), USAGE) from problems


@click.command(
    epilog="""\b
Examples:
  notifier simulate --port 8099
  notifier simulate --rate 20 --seed 7
"""
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65_535), default=8099, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same day.")
@click.option(
    "--rate", type=click.FloatRange(min=0.01), default=1.0, show_default=True,
    help="How many times faster than a small office calls come in.",
)  # fmt: skip
@click.option("--key", default="1234567890:demo", show_default=True, help="The API key it takes.")
@common
def simulate(*, settings: Settings, host: str, port: int, seed: int, rate: float, key: str) -> None:
    """Run the simulated PBX alone, for trying out clients and rules."""
    set_up_logs(settings)
    try:
        asyncio.run(_serve_pbx(host, port, seed=seed, rate=rate, key=key))
    except OSError as fault:
        said = f"listen on {host}:{port}: {fault}; choose another --host or --port"
        raise Fault(said) from fault


async def _serve_pbx(host: str, port: int, *, seed: int, rate: float, key: str) -> None:
    """Serve the simulated PBX until it is interrupted. OSError where the address is taken."""
    from notifier.clock import SystemClock
    from notifier.simulator.serve import serving
    from notifier.simulator.server import create_app
    from notifier.simulator.tempo import Tempo
    from notifier.simulator.world import World

    clock = SystemClock()
    tempo = replace(Tempo(), per_minute=Tempo().per_minute * rate, quiet_nights=False)
    world = World(seed, start=clock.now(), tempo=tempo, history=timedelta(minutes=3))
    over = asyncio.Event()
    _at_the_end(over.set)
    async with serving(create_app(world, clock.now, key), host, port) as url:
        click.echo(f"simulated PBX at {url}, service shop.Sencloud, key {key}; Ctrl-C ends it")
        await over.wait()


def _at_the_end(stop: Callable[[], object]) -> None:
    """Have SIGTERM and Ctrl-C call `stop` instead of ending the process where it stands."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
