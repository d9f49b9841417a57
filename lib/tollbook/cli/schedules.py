"""Commands for what runs when: schedule set, off, list, rounds, run; and `invoice run-due`."""

import threading
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.ledger import SCHEDULE_VIEWS, Round
from tollbook.billing import schedules
from tollbook.cli.output import emit, say, shared, workspace
from tollbook.errors import TollbookError
from tollbook.lake.store import now
from tollbook.params import Invoice, read
from tollbook.periods import parse_period


@click.group()
def schedule() -> None:
    """Schedules: which customer is invoiced how often, by itself."""


@schedule.command("set")
@click.option("--customer", required=True, metavar="C", help="Whose.")
@click.option("--view", required=True, type=click.Choice(SCHEDULE_VIEWS), help="How often.")
@click.option("--from", "since", metavar="P", help="First period, such as 2026-10; default the present one.")
@click.option(
    "--settle-hours",
    type=click.IntRange(0),
    help="Hours from a period's end to its invoice; default params/invoice.yml's.",
)
@shared
def set_(customer: str, view: str, since: str | None, settle_hours: int | None) -> None:
    """Invoice a customer by itself from now on, or from an earlier period."""
    first: datetime = parse_period(since).start if since else now()
    with Database.of(workspace()).session() as session:
        row = schedules.set_schedule(session, command_line(), customer, view, first, settle_hours)
    emit(row)


@schedule.command()
@click.option("--customer", required=True, metavar="C", help="Whose.")
@shared
def off(customer: str) -> None:
    """Invoice a customer no longer by itself."""
    with Database.of(workspace()).session() as session:
        schedules.remove(session, command_line(), customer)
    emit({"customer": customer, "view": None})


@schedule.command("list")
@shared
def list_() -> None:
    """List schedules: what is due next and when, what waits, what has failed."""
    with Database.of(workspace()).reading() as session:
        rows = schedules.listing(session, now(), read("invoice", Invoice).settle_hours)
    emit(rows)


@schedule.command()
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@shared
def rounds(last: int) -> None:
    """List the runs over what was due, the newest first, with what became of each period and why."""
    with Database.of(workspace()).reading() as session:
        found = session.scalars(select(Round).order_by(Round.id.desc()).limit(last)).all()
    columns = ("started_at", "ended_at", "started_by", "made", "skipped", "failed", "report")
    emit([{name: getattr(row, name) for name in columns} for row in found])


@schedule.command()
@shared
def run() -> None:
    """Make invoices as they become due and keep the figures fresh, until stopped.

    `serve` does so too; however many run, each invoice is made once.
    """
    from tollbook.runs.clock import start  # noqa: PLC0415 - each command loads only what it needs

    home = workspace()
    Database.of(home).close()
    ticks = start(home, _tell)
    say("looking once a minute for what is due; stop with Ctrl-C")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        ticks.shutdown(wait=False)


def _tell(report: dict[str, Any]) -> None:
    for what in ("made", "skipped", "failed"):
        for row in report[what]:
            say(f"{what}: {row['customer']} {row['period']}: {row.get('why') or row['number']}")


@click.command("run-due")
@shared
def run_due() -> None:
    """Make every invoice that is due by the schedules, each once, however often and by whomever this is called."""
    from tollbook.runs.due import run_due as made  # noqa: PLC0415 - each command loads only what it needs

    report = made(workspace(), now, read("invoice", Invoice), command_line(), tell=say)
    emit(report)
    if report["failed"]:
        raise TollbookError(
            f"{len(report['failed'])} invoices could not be made: mend what is said above; the next run tries again"
        )
