"""The command `demo`."""

from dataclasses import asdict
from datetime import UTC, datetime

import click

from tollbook.cli.output import emit, home_path, say, shared
from tollbook.demo.install import install
from tollbook.workspace import Workspace, default_home


@click.command()
@click.option(
    "--days", type=click.IntRange(min=1, max=366), default=30, show_default=True, help="UTC days, up to now."
)
@click.option(
    "--calls-per-day", type=click.IntRange(min=1), default=5000, show_default=True, help="Mean over a week."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another seed, other calls."
)
@shared
def demo(days: int, calls_per_day: int, seed: int) -> None:
    """Make a realistic network: customers, carriers, decks and calls, imported like real files."""
    workspace = Workspace((home_path() or default_home()).resolve())
    workspace.create()
    made = install(
        workspace, days=days, calls_per_day=calls_per_day, seed=seed, now=datetime.now(UTC), say=say
    )
    emit({**asdict(made), "seconds": round(sum(made.stages_s.values()), 1)})
    say("`tollbook serve` shows it")
