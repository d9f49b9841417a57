"""Making what is due by the schedules: every period once, whoever asks and however often; one that fails holds up none."""

import os
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl

from tollbook.account.audit import SCHEDULE, Actor, record
from tollbook.account.database import Database
from tollbook.account.ledger import Round
from tollbook.billing import schedules
from tollbook.billing.invoices import OverlapError, issued
from tollbook.billing.schedules import Claimed
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import Period
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.runs.notebook import BULK, KERNEL
from tollbook.runs.post import hand_over
from tollbook.tables import TRAFFIC
from tollbook.workspace import Workspace

CLOCK = Actor(None, "schedule", via=SCHEDULE)
"""Who makes invoices when nobody asks."""

Clock = Callable[[], datetime]


def is_due(db: Database, at: datetime, terms: Invoice) -> bool:
    """Whether there is anything to make now; what failed lately rests."""
    schedules.fill(db, at, terms.settle_hours)
    return schedules.count(db, at, patient=True) > 0


def run_due(
    workspace: Workspace,
    clock: Clock,
    terms: Invoice,
    by: Actor,
    *,
    patient: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Make every invoice that is due and tell what became of each: made, skipped or failed, and why.

    A patient run leaves what failed lately alone. The report is kept, unless nothing was due.

    Raises:
        TollbookError: the database cannot be reached.
    """
    db = Database.of(workspace)
    try:
        report = _run(workspace, db, clock, terms, by, patient=patient, tell=tell)
    finally:
        db.close()
    if terms.mail:
        hand_over(workspace, clock)
    return report


def _run(
    workspace: Workspace,
    db: Database,
    clock: Clock,
    terms: Invoice,
    by: Actor,
    *,
    patient: bool,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    started, me = clock(), f"{socket.gethostname()} {os.getpid()}"
    schedules.fill(db, started, terms.settle_hours)
    _reopen(workspace, db, started)
    total = schedules.count(db, started, patient=patient)
    told: dict[str, list[dict[str, Any]]] = {"made": [], "skipped": [], "failed": []}
    tried: list[int] = []
    while claimed := schedules.claim(db, me, clock(), tried, patient=patient):
        tried.append(claimed.id)
        engine = BULK if total > 1 else KERNEL
        what, row = _one(workspace, db, claimed, clock, terms, by, engine)
        told[what].append(row)
        words = row.get("why") or row["number"]
        tell(f"{len(tried)} of {max(total, len(tried))}: {claimed.customer} {claimed.period.name}: {words}")
    report = {"started_at": started, "ended_at": clock(), **told}
    if tried:
        _keep(db, report, by)
    return report


def _one(
    workspace: Workspace,
    db: Database,
    claimed: Claimed,
    clock: Clock,
    terms: Invoice,
    by: Actor,
    engine: str,
) -> tuple[str, dict[str, Any]]:
    """What became of one: the list of the report that it belongs to, and its row there."""
    row: dict[str, Any] = {"customer": claimed.customer, "period": claimed.period.name}
    own = terms.model_copy(update={"settle_hours": claimed.settle_hours})
    bill = Bill(workspace, claimed.customer, claimed.period, clock(), own, by, engine)
    state, what, number = "made", "made", None
    try:
        there = claimed.attempts == 1 and issued(db, claimed.customer, claimed.period)
        made = make_invoice(bill)
        if made is None:
            state, what, row["why"] = "nothing", "skipped", "nothing was charged"
        elif not made["number"]:
            state, what, row["why"] = "failed", "failed", "the clock went back: the period is not over"
        else:
            number = made["number"]
            row |= {"number": number, "total": made["total"], "currency": made["currency"]}
            if there:
                what, row["why"] = "skipped", f"{number} was there"
    except OverlapError as error:
        state, what, row["why"] = "skipped", "skipped", str(error)
    except Exception as error:  # noqa: BLE001 - whatever it was, the others are made
        known = isinstance(error, TollbookError | OSError)
        state, what, row["why"] = (
            "failed",
            "failed",
            str(error) if known else f"{type(error).__name__}: {error}",
        )
    schedules.finish(db, claimed, state, clock(), number=number, why=row.get("why", ""))
    return what, row


def _reopen(workspace: Workspace, db: Database, at: datetime) -> None:
    """What had nothing to charge, or stood on another invoice, and does so no longer."""
    for customer, period in schedules.at_rest(db, "nothing"):
        if _is_anything(Lake(workspace), customer, period):
            schedules.reopen(db, customer, period, at)
    for customer, period in schedules.at_rest(db, "skipped"):
        try:
            issued(db, customer, period)
        except OverlapError:
            continue
        schedules.reopen(db, customer, period, at)


def _is_anything(lake: Lake, customer: str, period: Period) -> bool:
    """Whether the period has anything to charge, or calls whose charge is not known."""
    days = pl.col("day").is_between(period.start.date(), period.end.date(), closed="left")
    rows = lake.scan(TRAFFIC).filter(days & (pl.col("customer") == customer))
    charge, unrated = rows.select(pl.col("charge", "unrated").sum()).collect().row(0)
    return bool(charge or unrated)


def _keep(db: Database, report: dict[str, Any], by: Actor) -> None:
    counts = {what: len(report[what]) for what in ("made", "skipped", "failed")}
    with db.session() as session:
        times = {"started_at": report["started_at"], "ended_at": report["ended_at"]}
        kept = {what: [_texts(row) for row in report[what]] for what in counts}
        session.add(Round(**times, started_by=by.login, **counts, report=kept))
        record(session, by, "run_due", "invoices", after=counts)


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items()}
