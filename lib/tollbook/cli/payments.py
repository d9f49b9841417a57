"""Commands about money: payment add, list, set; balance; statement."""

from pathlib import Path

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.ledger import PAYMENT_METHODS, PAYMENT_STATUSES
from tollbook.billing import balance as accounts
from tollbook.billing import payments
from tollbook.billing.documents.look import look_of
from tollbook.billing.documents.statement import statement_pdf
from tollbook.billing.parties import seller
from tollbook.billing.refunds import refund
from tollbook.billing.statements import account_of, csv_of
from tollbook.cli.notices import assign, dismiss, notices
from tollbook.cli.output import emit, shared, workspace
from tollbook.errors import UsageError
from tollbook.lake.store import Lake, now
from tollbook.periods import parse_instant

_CUSTOMER = click.option("--customer", required=True, metavar="C", help="Whose.")


@click.group()
def payment() -> None:
    """Payments of customers, and what they pay."""


@payment.command()
@_CUSTOMER
@click.option("--amount", required=True, metavar="A", help="In the customer's currency, such as 120.50.")
@click.option("--method", required=True, metavar="|".join(PAYMENT_METHODS), help="How it was paid.")
@click.option("--reference", default="", metavar="R", help="What the bank or the customer calls it.")
@click.option(
    "--status",
    default="completed",
    show_default=True,
    metavar="|".join(PAYMENT_STATUSES),
    help="Whether it has arrived.",
)
@click.option("--at", metavar="T", help="When it came, such as 2026-10-05; default now.")
@click.option(
    "--invoice", default="", metavar="N", help="Invoice that it pays first; default the oldest open one."
)
@click.option("--event", metavar="ID", help="The provider's name of the notification: it is booked once.")
@shared
def add(
    customer: str,
    amount: str,
    method: str,
    reference: str,
    status: str,
    at: str | None,
    invoice: str,
    event: str | None,
) -> None:
    """Book a payment; once it has arrived it pays the oldest open invoices."""
    with Database.of(workspace()).session() as session:
        row = payments.add(
            session,
            command_line(),
            customer,
            amount,
            method,
            status=status,
            reference=reference,
            event=event,
            received_at=parse_instant(at) if at else now(),
            invoice=invoice,
        )
    emit(row)


@payment.command("list")
@click.option("--customer", default="", metavar="C", help="Only of this customer.")
@shared
def list_(customer: str) -> None:
    """List payments, the newest first, with what each pays."""
    with Database.of(workspace()).reading() as session:
        rows = payments.listing(session, customer)
    emit(rows)


@payment.command("set")
@click.argument("number", metavar="ID", type=int)
@click.option("--status", metavar="|".join(PAYMENT_STATUSES), help="What has become of it.")
@click.option("--invoice", metavar="N", help="Invoice that it pays first, whatever it paid until now.")
@shared
def set_(number: int, status: str | None, invoice: str | None) -> None:
    """Tell that a payment has arrived, or that it will not; or which invoice a completed one pays first."""
    if not (status or invoice):
        raise UsageError("say what is to change: --status or --invoice")
    with Database.of(workspace()).session() as session:
        if status:
            row = payments.change(session, command_line(), number, status)
        if invoice:
            row = payments.allocate(session, command_line(), number, invoice)
    emit(row)


@payment.command("refund")
@click.argument("number", metavar="ID", type=int)
@click.option("--amount", default="", metavar="A", help="How much; default all that pays no invoice.")
@click.option(
    "--method", default="", metavar="|".join(PAYMENT_METHODS), help="How it went back; default as it came."
)
@click.option("--reference", default="", metavar="R", help="What the bank or the provider calls it.")
@click.option("--at", metavar="T", help="When it went, such as 2026-10-05; default now.")
@shared
def refund_(number: int, amount: str, method: str, reference: str, at: str | None) -> None:
    """Book that a payment went back, or a part of it; invoices that it paid are open again as far as it no longer reaches."""
    with Database.of(workspace()).session() as session:
        row = refund(
            session,
            command_line(),
            number,
            amount,
            method=method,
            reference=reference,
            at=parse_instant(at) if at else now(),
        )
    emit(row)


for _command in (notices, assign, dismiss):
    payment.add_command(_command)


@click.command()
@_CUSTOMER
@shared
def balance(customer: str) -> None:
    """Show a customer's balance: payments less invoices less usage not yet invoiced, and what its limit leaves."""
    home = workspace()
    with Database.of(home).reading() as session:
        told = accounts.balance(Lake(home), session, customer)
    emit(told)


@click.command()
@_CUSTOMER
@click.option("--from", "start", metavar="T", help="First instant, such as 2026-10-01.")
@click.option("--to", "end", metavar="T", help="First instant that no longer counts.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for spreadsheets.")
@click.option(
    "--pdf",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it as PDF, in the customer's language.",
)
@shared
def statement(customer: str, start: str | None, end: str | None, as_csv: bool, pdf: Path | None) -> None:  # noqa: FBT001 - a flag of the command line
    """Show a customer's statement of account: invoices, credit notes and payments, with the balance after each."""
    home = workspace()
    span = tuple(parse_instant(text) if text else None for text in (start, end))
    with Database.of(home).reading() as session:
        if pdf:
            account = account_of(Lake(home), session, customer, now(), *span)
        rows = accounts.statement(session, customer, *span)
    if pdf:
        pdf.write_bytes(statement_pdf(account, seller(), look_of(customer)))
    if as_csv:
        click.echo(csv_of(rows), nl=False)
    else:
        emit(rows)
