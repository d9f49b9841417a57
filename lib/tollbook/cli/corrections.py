"""Commands about invoices that are there: credit, verify, waive, send."""

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.billing import waivers
from tollbook.billing.parts import Part, parse_net, parse_part
from tollbook.billing.verify import verify as again
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, now
from tollbook.params import Invoice, read
from tollbook.periods import parse_period
from tollbook.runs import crediting, post


@click.command()
@click.argument("number")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stands on the credit note.")
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="N[=A]",
    help="Only this line, counted from 1, or so much of it without VAT; may be repeated.",
)
@click.option("--amount", metavar="A", help="Only so much without VAT, of no line in particular.")
@shared
def credit(number: str, reason: str, lines: tuple[str, ...], amount: str | None) -> None:
    """Take an invoice back by a credit note, in full or in part; taken back in full its period can be invoiced again. A note too."""
    home, at = workspace(), now()
    parts = [parse_part(text) for text in lines]
    parts += [Part(amount=parse_net(amount))] if amount is not None else []
    record = crediting.credited(home, Database.of(home), number, reason, command_line(), at, parts)
    row = crediting.filed(home, record, at)
    if read("invoice", Invoice).mail:
        post.hand_over(home, now)
    emit({**row, "corrects": number, "reason": record.reason})


@click.command()
@click.argument("number")
@click.option(
    "--to", "addresses", multiple=True, metavar="ADDRESS", help="Instead of the customer's; may be repeated."
)
@click.option("--again", "twice", is_flag=True, help="Also to whom it was sent already.")
@shared
def send(number: str, addresses: tuple[str, ...], twice: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Send an invoice or a note by mail; to whom it was sent already only with `--again`."""
    done = post.send(workspace(), number, addresses, command_line(), now, twice=twice)
    emit(done)
    for row in done["mail"]:
        if row["message"] not in done["put"]:
            say(
                f"{row['to']}: is {row['state']} since {row['put_at']:%Y-%m-%d %H:%M} UTC; --again sends it once more"
            )
    failed = [row for row in done["mail"] if row["message"] in done["put"] and row["state"] != "sent"]
    if failed:
        told = ", ".join(
            f"{row['to']} is {row['state']}: {row['answer'] or 'nothing was said'}" for row in failed
        )
        raise TollbookError(f"{number} to {told}")


@click.command()
@click.argument("number")
@shared
def verify(number: str) -> None:
    """Compute an invoice again, from the data as it was and as it is now: equal, or what changed and by how much."""
    home = workspace()
    told = again(Lake(home), Database.of(home), number)
    emit(told)
    if "changed" in (told["record"], told["as_made"]):
        raise TollbookError(f"{number} is not what its own data gives: see the changes above")
    if told["now"] != "equal":
        by = f"; {', '.join(told['corrected_by'])} tells of it" if told["corrected_by"] else ""
        rest = "; the customer's next invoice adjusts it" if told["open"] else ""
        say(f"{number}: the data has changed since{by}{rest}")


@click.command()
@click.option("--customer", required=True, metavar="C", help="Whose calls.")
@click.option("--period", "period_name", required=True, metavar="P", help="2026-10-05, 2026-W41 or 2026-10.")
@click.option("--reason", required=True, metavar="TEXT", help="Why nobody waits for a charge.")
@click.option("--call", "calls", multiple=True, metavar="ID", help="Only this call; may be repeated.")
@shared
def waive(customer: str, period_name: str, reason: str, calls: tuple[str, ...]) -> None:
    """Let calls without a charge go, so that the invoice of their period no longer waits for them."""
    home, period = workspace(), parse_period(period_name)
    emit(waivers.waive(Lake(home), Database.of(home), customer, period, reason, command_line(), calls))
