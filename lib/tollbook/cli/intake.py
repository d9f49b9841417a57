"""What commands share that enter numbers from a file: the plan, what fits of it, and each conflict with its line."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, command_line
from tollbook.account.database import Database
from tollbook.account.lines import Line
from tollbook.account.numbering.book import alone
from tollbook.account.numbering.intake import Plan, settle
from tollbook.cli.output import emit, say, workspace
from tollbook.errors import TollbookError

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
DRY_RUN = click.option(
    "--dry-run", is_flag=True, help="Only say what would be done, with every conflict and its line."
)
STRICT = click.option("--strict", is_flag=True, help="Enter nothing and end with 1 if any line does not fit.")

Planning = Callable[[Session, str, Sequence[Line]], Plan]
Entering = Callable[[Session, Actor, Plan], None]


def take_in(
    file: Path, told: Sequence[Line], planned: Planning, enter: Entering, *, dry_run: bool, strict: bool
) -> None:
    """Enter what fits of a file's lines, unless it is a dry run, and tell what came of each.

    Raises:
        TollbookError: with `strict`, a line does not fit; nothing was entered.
    """
    database = Database.of(workspace())
    with database.reading() if dry_run else database.session() as session:
        if not dry_run:
            alone(session)
        plan = planned(session, file.name, told)
        done = settle(session, command_line(), plan, enter, dry_run=dry_run, strict=strict)
    emit(done)
    for conflict in plan.conflicts:
        say(f"{file.name}: line {conflict.line}: {conflict.why}")
    if strict and plan.conflicts:
        raise TollbookError(f"{len(plan.conflicts)} lines of {file.name} conflict; nothing was entered")
