"""`tollbook audit`."""

import click

from tollbook.account import audited
from tollbook.account.audit import COLUMNS, told
from tollbook.account.audited import Wanted
from tollbook.account.database import Database
from tollbook.cli.entered import instant
from tollbook.cli.output import emit, shared, workspace
from tollbook.spreadsheets import csv_text
from tollbook.values import OUTCOMES


@click.command()
@click.option("--from", "--since", "since", metavar="T", help="First instant, such as 2026-10-05T13:00Z.")
@click.option("--to", "--until", "until", metavar="T", help="First instant that no longer counts.")
@click.option(
    "--who", default="", metavar="LOGIN", help="Whose login name begins so, or whom they looked as."
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="What was changed: customer, invoice, extension, ...",
)
@click.option("--id", "ident", default="", metavar="ID", help="Which: an id, a number, a login name.")
@click.option("--outcome", "outcomes", multiple=True, type=click.Choice(OUTCOMES), help="What became of it.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for spreadsheets.")
@shared
def audit(
    since: str | None,
    until: str | None,
    who: str,
    kinds: tuple[str, ...],
    ident: str,
    outcomes: tuple[str, ...],
    as_csv: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Show who did what, when, from where, and what became of it; the oldest first."""
    wanted = Wanted(instant(since), instant(until), who, kinds, ident, outcomes)
    with Database.of(workspace()).reading() as session:
        found = audited.entries(session, wanted)
        if as_csv:
            click.echo(csv_text(COLUMNS, map(audited.cells, found)), nl=False)
        else:
            emit([told(event) for event in found])
