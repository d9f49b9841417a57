"""Commands about rating again: `rerate`, and `charges`, which lists what was replaced."""

import click

from tollbook.account.audit import command_line
from tollbook.calls.history import Replaced, replaced
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, now
from tollbook.params import Invoice, read
from tollbook.periods import parse_instant
from tollbook.runs import rerate as again
from tollbook.runs.post import hand_over


@click.command()
@click.option("--from", "start", default="", metavar="T", help="First instant; default from always.")
@click.option("--to", "end", default="", metavar="T", help="First instant that no longer counts.")
@click.option(
    "--customer",
    "customers",
    multiple=True,
    metavar="C",
    help="Only charges of this customer; may be repeated.",
)
@click.option(
    "--carrier", "carriers", multiple=True, metavar="K", help="Only costs of this carrier; may be repeated."
)
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands on the notes.")
@click.option("--dry-run", is_flag=True, help="Tell the difference and change nothing.")
@shared
def rerate(
    start: str,
    end: str,
    customers: tuple[str, ...],
    carriers: tuple[str, ...],
    reason: str,
    dry_run: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Rate calls again with the decks as they are now; differences on issued invoices become a credit or debit note each."""
    wanted = again.Wanted(
        parse_instant(start) if start else None, parse_instant(end) if end else None, customers, carriers
    )
    home, terms = workspace(), read("invoice", Invoice)
    if dry_run:
        told = again.dry_run(home, wanted)
    else:
        told = again.rerate(home, wanted, now(), terms, command_line(), reason)
        if terms.mail:
            hand_over(home, now)
    emit(told)
    kept = sum(row["records"] for row in told["without_price"])
    if kept:
        say(f"{kept} records have no price by the decks of now, and keep the one that they have")
    failed = [row for row in told["notes"] if row.get("status") == "failed"]
    if failed:
        raise TollbookError(
            f"{len(failed)} notes could not be made: mend what `why` says, then repeat; {failed[0]['why']}"
        )


@click.command()
@click.option("--call", "call_id", default="", metavar="ID", help="Only of this call.")
@click.option("--switch", default="", metavar="NAME", help="Only of calls of this switch.")
@click.option(
    "--customer", "customers", multiple=True, metavar="C", help="Only of this customer; may be repeated."
)
@click.option("--run", type=click.IntRange(1), metavar="N", help="Only what this re-rating replaced.")
@click.option("--from", "start", default="", metavar="T", help="Only of calls that started then or later.")
@click.option("--to", "end", default="", metavar="T", help="Only of calls that started before.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 1_000_000), help="Rows shown."
)
@shared
def charges(
    call_id: str,
    switch: str,
    customers: tuple[str, ...],
    run: int | None,
    start: str,
    end: str,
    limit: int,
) -> None:
    """List charges and costs that were replaced, by what, when, and by which deck."""
    since, until = (parse_instant(text) if text else None for text in (start, end))
    emit(replaced(Lake(workspace()), Replaced(call_id, switch, customers, run, since, until), limit))
