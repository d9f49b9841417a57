"""Commands about what payment providers told: payment notices, assign, dismiss."""

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.online import NOTICE_STATES
from tollbook.billing.notices import booking
from tollbook.cli.output import emit, shared, workspace
from tollbook.lake.store import now


@click.command()
@click.option(
    "--state",
    default="open",
    show_default=True,
    metavar="|".join(NOTICE_STATES),
    help="Only those of this state.",
)
@shared
def notices(state: str) -> None:
    """List what Stripe and PayPal told and nobody could book by itself, the newest first."""
    with Database.of(workspace()).reading() as session:
        rows = booking.listing(session, state)
    emit(rows)


@click.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--customer", required=True, metavar="C", help="Who paid.")
@click.option(
    "--invoice", default="", metavar="N", help="Invoice that it pays first; default the oldest open one."
)
@shared
def assign(number: int, customer: str, invoice: str) -> None:
    """Book the payment of a notification for a customer."""
    with Database.of(workspace()).session() as session:
        row = booking.assign(session, command_line(), number, customer, invoice)
    emit(row)


@click.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--reason", required=True, metavar="R", help="What was done about it.")
@shared
def dismiss(number: int, reason: str) -> None:
    """Take a notification off the list that you have dealt with."""
    with Database.of(workspace()).session() as session:
        row = booking.dismiss(session, command_line(), number, reason, now())
    emit(row)
