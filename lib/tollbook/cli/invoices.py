"""Commands about invoices: run, list, show; those that correct them are in corrections.py."""

import json

import click

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.billing import invoices
from tollbook.billing.mails import deliveries
from tollbook.cli.corrections import credit, send, verify, waive
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.cli.schedules import run_due
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import now
from tollbook.params import Invoice, read
from tollbook.periods import VIEWS, Period, parse_period
from tollbook.runs.cluster import run_on
from tollbook.runs.invoices import Bill, customers_of
from tollbook.runs.invoices import run as made
from tollbook.runs.post import hand_over

_PERIODIC = tuple(view for view in VIEWS if view != "live")


@click.group()
def invoice() -> None:
    """Invoices: one customer, one period of the Customer Summary."""


@invoice.command()
@click.option(
    "--view", type=click.Choice(_PERIODIC), required=True, help="Which Summary has the period as a row."
)
@click.option("--period", "period_name", required=True, metavar="P", help="2026-10-05, 2026-W41 or 2026-10.")
@click.option(
    "--customer", "customers", multiple=True, metavar="C", help="Only this customer; may be repeated."
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Invoices made at once; default 1.")
@click.option("--cluster", metavar="ADDRESS", help="Let the workers of a Dask cluster make them.")
@shared
def run(view: str, period_name: str, customers: tuple[str, ...], workers: int, cluster: str | None) -> None:
    """Make the invoices of a period: a draft until it is over for long enough, then the invoice."""
    period = _period(view, period_name)
    home, at, terms = workspace(), now(), read("invoice", Invoice)
    names, unknown = (list(dict.fromkeys(customers)), []) if customers else customers_of(home, period)
    for name in unknown:
        say(
            f"{name}: calls name it and nobody has entered it, so there is no invoice: `tollbook customer add {name}`"
        )
    bills = [Bill(home, name, period, at, terms, command_line()) for name in names]
    rows = []
    done = run_on(cluster, bills) if cluster else made(bills, workers)
    for bill, row in zip(bills, done, strict=True):
        if row is None:
            say(f"{bill.customer}: nothing was charged in {period.name}, so there is no invoice")
            continue
        say(f"{bill.customer}: {row.get('why') or row['number'] or 'a draft'}")
        rows.append(row)
    if terms.mail:
        hand_over(home, now)
    emit(rows)
    failures = sum(row["status"] == "failed" for row in rows)
    if failures:
        raise TollbookError(
            f"{failures} of {len(bills)} invoices could not be made: mend what is said above, then repeat"
        )


def _period(view: str, name: str) -> Period:
    period = parse_period(name)
    if period.view != view:
        raise UsageError(f"period '{name}' is a row of the {period.view} view, not of the {view} one")
    return period


@invoice.command("list")
@shared
def list_() -> None:
    """List all invoices and drafts, the newest period first."""
    emit(invoices.invoices(Database.of(workspace())))


@invoice.command()
@click.argument("number")
@shared
def show(number: str) -> None:
    """Show the record of an invoice: every figure, what it was made of, and to whom it was mailed."""
    db = Database.of(workspace())
    told = json.loads(invoices.invoice(db, number).text)
    with db.reading() as session:
        mail = deliveries(session, number)
    emit({**told, "mail": mail} if mail else told)


for _command in (credit, verify, waive, run_due, send):
    invoice.add_command(_command)
